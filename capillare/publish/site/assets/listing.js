// The list on the page: by province and municipality, or ranked by distance.
"use strict";

window.capillare.makeList = (byId, desks, isWhole) => {
  const { words, filled, element } = window.capillare;
  const TENTHS_BELOW_KM = 10;
  // An attribute that is set again to what it is makes the page be laid out again.
  const show = (part, isShown) => {
    if (part.hidden === isShown) part.hidden = !isShown;
  };
  const byPlace = byId("by-place");
  const ranked = byId("ranked");
  const rankedCards = byId("ranked-cards");

  const showByPlace = (shown) => {
    for (const line of document.querySelectorAll(".distance")) line.remove();
    show(ranked, false);
    show(byPlace, true);
    const cards = new Set(shown.map((desk) => desk.card));
    const isScattered = desks.some((desk) => desk.card.parentElement !== desk.home);
    for (const desk of desks) {
      if (isScattered) desk.home.append(desk.card); // every one, so that their order comes back
      show(desk.card, cards.has(desk.card));
    }
    const parts = new Set(shown.flatMap((desk) => [desk.municipality, desk.province]));
    for (const section of byPlace.querySelectorAll(".municipality, .province")) {
      show(section, parts.has(section));
    }
    if (!isWhole) return;
    for (const link of byPlace.querySelectorAll(".provinces a")) {
      show(link.parentElement, !byId(link.hash.slice(1)).hidden);
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
    show(byPlace, false);
    show(ranked, true);
    byId("origin").textContent = filled(words.finder.from_origin, { origin: from.name });
    const near = found.slice(0, limit);
    const cards = new Set(near.map(({ desk }) => desk.card));
    for (const desk of desks) show(desk.card, cards.has(desk.card));
    near.forEach(({ desk, km }, row) => {
      const rounded = km < TENTHS_BELOW_KM ? Math.round(km * 10) / 10 : Math.round(km);
      distanceLine(desk.card).textContent = filled(words.finder.distance, { km: rounded });
      const there = rankedCards.children[row];
      if (there !== desk.card) rankedCards.insertBefore(desk.card, there ?? null);
    });
    show(byId("more-desks"), found.length > limit);
  };

  return { showByPlace, showRanked };
};
