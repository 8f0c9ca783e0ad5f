// Which desks answer a wish, in which order: no page is touched here.
"use strict";

(() => {
  const { LATE_MIN, asked, hoursOf, isOpenAt, kmBetween, matching, named, opensOn, validityOf } = window.capillare;
  const VAN_DAYS = 7;
  const LATE_DAYS = 7;

  const deskOf = (card) => {
    const municipality = card.closest(".municipality");
    const province = card.closest(".province");
    const titles = [municipality.querySelector(".place"), province.firstElementChild];
    const own = [...card.querySelectorAll("[data-find]"), ...titles].map((part) => part.textContent);
    const stops = card.dataset.stops ? JSON.parse(card.dataset.stops) : [];
    const name = card.querySelector(".name").textContent;
    return {
      card,
      ...validityOf(card),
      home: card.parentElement,
      municipality,
      province,
      name,
      place: titles[0].textContent,
      ...named([...own, ...stops.map((stop) => stop[0])].join(" ")),
      n: Number(card.dataset.n),
      network: card.dataset.network,
      kind: card.dataset.kind,
      seat: card.dataset.seat,
      lat: Number(card.dataset.lat),
      lon: Number(card.dataset.lon),
      hasHours: card.dataset.hours === "1" || stops.length > 0,
      isConfirmed: card.dataset.confirmed === "1",
      services: (card.dataset.services ?? "").split(";"),
      languages: (card.dataset.languages ?? "").split(" "),
      stops: stops.map(([at, lat, lon, opens, closes, days]) => ({ at, lat, lon, opens, closes, days })),
    };
  };

  // Stops that a van still makes within some days, each with the first of them.
  const comingStops = (desk, today, nDays) => {
    const hours = hoursOf(desk.card);
    if (!hours) return [];
    return desk.stops
      .map((stop) => ({ ...stop, day: stop.days.map((day) => day + hours.first).find((day) => day >= today) }))
      .filter((stop) => stop.day < today + nDays)
      .sort((one, other) => one.day - other.day);
  };

  const isAtHand = (desk, wish, now) => {
    const hours = hoursOf(desk.card);
    if (wish.van && (desk.kind !== "mobile" || !comingStops(desk, now.day, VAN_DAYS).length)) return false;
    if (wish.when === "now") return Boolean(hours) && isOpenAt(hours, now) === true;
    const after = wish.late ? LATE_MIN : 0;
    if (wish.day !== null) {
      const from = wish.day === now.day ? Math.max(after, now.minute) : after;
      return Boolean(hours) && opensOn(hours, wish.day, from);
    }
    if (!wish.late) return true;
    const days = Array.from({ length: LATE_DAYS }, (_, ahead) => now.day + ahead);
    return Boolean(hours) && days.some((day) => opensOn(hours, day, LATE_MIN));
  };

  const isAsked = (desk, wish) =>
    (!wish.network || desk.network === wish.network) &&
    (!wish.service || desk.services.includes(wish.service)) &&
    (!wish.language || desk.languages.includes(wish.language)) &&
    (!wish.withHours || desk.hasHours);

  // What is open now is said of confirmed desks alone; the others are counted apart.
  const findDesks = (desks, wish, now) => {
    const serving = desks.filter((desk) => now.day <= desk.ends);
    const meant = matching(asked(wish.text), serving);
    const atHand = meant.filter((desk) => isAsked(desk, wish) && isAtHand(desk, wish, now));
    const mayShow = (desk) => desk.isConfirmed || wish.unconfirmed || wish.when !== "now";
    return {
      isNamed: meant.length > 0,
      shown: atHand.filter(mayShow),
      n_unconfirmed: atHand.reduce((sum, desk) => sum + (mayShow(desk) ? 0 : desk.n), 0),
    };
  };

  const kmTo = (desk, origin, today) => {
    const coming = comingStops(desk, today, Infinity);
    return Math.min(...(coming.length ? coming : [desk]).map((spot) => kmBetween(origin, spot)));
  };

  const nearestFirst = (desks, origin, today) =>
    desks
      .map((desk, row) => ({ desk, row, km: kmTo(desk, origin, today) }))
      .sort((one, other) => one.km - other.km || one.row - other.row);

  Object.assign(window.capillare, { comingStops, deskOf, findDesks, nearestFirst });
})();
