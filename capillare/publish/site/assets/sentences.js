// What is said of an answer: how many desks, near what, or why there is none.
"use strict";

window.capillare.makeSentences = ({ dataset }) => {
  const { FAR_KM, words, filled, dayNumber, spokenDay } = window.capillare;
  const said = words.finder;
  const firstDay = dayNumber(dataset.first);
  const lastDay = firstDay + Number(dataset.horizon) - 1;

  const countDesks = (shown) => {
    const { one, many, many_one_place: manyOnePlace, none } = words.search;
    const n = shown.reduce((sum, desk) => sum + desk.n, 0);
    const places = new Set(shown.map((desk) => desk.place)).size;
    return filled(n === 0 ? none : n === 1 ? one : places === 1 ? manyOnePlace : many, { n, places });
  };

  const sentenceOf = ({ wish, shown, nearTo, isAwaited, isFar }) => {
    if (isAwaited) return isAwaited;
    const isBeyond = wish.day !== null && (wish.day > lastDay || wish.day < firstDay);
    if (isBeyond) return filled(said.beyond, { day: spokenDay(lastDay) });
    if (!shown.length && isFar) return filled(said.none_near, { km: FAR_KM, origin: isFar });
    if (!shown.length && wish.when === "now") return said.none_now;
    if (!shown.length && wish.day !== null) return said.none_on_day;
    return nearTo && shown.length ? filled(said.nearest_to, nearTo) : countDesks(shown);
  };

  const unconfirmedOf = ({ n_unconfirmed: n }) => filled(n === 1 ? said.unconfirmed_one : said.unconfirmed, { n });

  return { sentenceOf, unconfirmedOf };
};
