// The list on the page: by province and municipality, or ranked by distance.
"use strict";

window.capillare.makeList = (byId, desks, isWhole) => {
  const { words, filled, element } = window.capillare;
  const TENTHS_BELOW_KM = 10;
  const byPlace = byId("by-place");
  const ranked = byId("ranked");
  const rankedCards = byId("ranked-cards");

  const showByPlace = (shown) => {
    for (const line of document.querySelectorAll(".distance")) line.remove();
    ranked.hidden = true;
    byPlace.hidden = false;
    const cards = new Set(shown.map((desk) => desk.card));
    const isScattered = desks.some((desk) => desk.card.parentElement !== desk.home);
    for (const desk of desks) {
      if (isScattered) desk.home.append(desk.card); // every one, so that their order comes back
      desk.card.hidden = !cards.has(desk.card);
    }
    for (const section of byPlace.querySelectorAll(".municipality, .province")) {
      section.hidden = !section.querySelector(".card:not([hidden])");
    }
    if (!isWhole) return;
    for (const link of byPlace.querySelectorAll(".provinces a")) {
      link.parentElement.hidden = byId(link.hash.slice(1)).hidden;
    }
  };

  const distanceLine = (card) => {
    let line = card.querySelector(".distance");
    if (!line) {
      line = element("p");
      line.className = "distance";
      card.querySelector(".tags").after(line);
    }
    return line;
  };

  const showRanked = (found, from, limit) => {
    byPlace.hidden = true;
    ranked.hidden = false;
    byId("origin").textContent = filled(words.finder.from_origin, { origin: from.name });
    for (const desk of desks) desk.card.hidden = true;
    for (const { desk, km } of found.slice(0, limit)) {
      const rounded = km < TENTHS_BELOW_KM ? Math.round(km * 10) / 10 : Math.round(km);
      distanceLine(desk.card).textContent = filled(words.finder.distance, { km: rounded });
      rankedCards.append(desk.card);
      desk.card.hidden = false;
    }
    byId("more-desks").hidden = found.length <= limit;
  };

  return { showByPlace, showRanked };
};
