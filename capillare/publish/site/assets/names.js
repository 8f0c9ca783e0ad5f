// Names found although mistyped: by their beginning first, else by few wrong letters.
"use strict";

(() => {
  const { folded } = window.capillare;
  const SHORT = 5;
  const LONG = 8;

  const wordsOf = (text) => folded(text).split(" ").filter(Boolean);
  const wrongLettersAllowed = (word) => (word.length < SHORT ? 0 : word.length < LONG ? 1 : 2);

  // Fewest letters to add, drop, change or swap that make `typed` a beginning of `name`
  // (optimal string alignment distance to a prefix); above `most` it stops counting.
  const wrongLetters = (typed, name, most) => {
    const n = Math.min(name.length, typed.length + most);
    let before = null;
    let last = Array.from({ length: n + 1 }, (_, column) => column);
    for (let row = 1; row <= typed.length; row += 1) {
      const line = [row];
      let fewest = row;
      for (let column = 1; column <= n; column += 1) {
        const isSame = typed[row - 1] === name[column - 1];
        let cost = Math.min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1));
        const isSwap = before && column > 1 && typed[row - 1] === name[column - 2] && typed[row - 2] === name[column - 1];
        if (isSwap) cost = Math.min(cost, before[column - 2] + 1);
        line.push(cost);
        fewest = Math.min(fewest, cost);
      }
      if (fewest > most) return Infinity;
      before = last;
      last = line;
    }
    const least = Math.min(...last);
    return least <= most ? least : Infinity;
  };

  // Letters of a word as bits: each letter of one that the other lacks costs at least one change.
  const masks = new Map();
  const letters = (word) => {
    let mask = masks.get(word);
    if (mask === undefined) {
      mask = 0;
      for (let at = 0; at < word.length; at += 1) mask |= 1 << (word.charCodeAt(at) % 32);
      masks.set(word, mask);
    }
    return mask;
  };
  const nLacking = (typed, name) => {
    let lacking = letters(typed) & ~letters(name);
    let n = 0;
    for (; lacking; lacking &= lacking - 1) n += 1;
    return n;
  };

  // How far each typed word is from the words of a name, summed; Infinity where one has no like.
  const distance = (typed, nameWords, isStrict = false) => {
    let sum = 0;
    for (const word of typed) {
      if (nameWords.some((name) => name.startsWith(word))) continue;
      const most = isStrict ? 0 : wrongLettersAllowed(word);
      let least = Infinity;
      for (const name of most ? nameWords : []) {
        if (nLacking(word, name) <= most) least = Math.min(least, wrongLetters(word, name, most));
      }
      if (least === Infinity) return Infinity;
      sum += least;
    }
    return sum;
  };

  // Those that hold every typed word; where none does, those with the fewest wrong letters.
  const matching = (typed, named) => {
    const exact = named.filter((one) => distance(typed, one.words, true) === 0);
    if (exact.length || !typed.length) return exact;
    const far = named.map((one) => distance(typed, one.words));
    const least = far.reduce((one, other) => Math.min(one, other), Infinity);
    return least === Infinity ? [] : named.filter((_, n) => far[n] === least);
  };

  const EARTH_KM = 6371;
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const kmBetween = (one, other) => {
    const dLat = radians(other.lat - one.lat);
    const dLon = radians(other.lon - one.lon);
    const h =
      Math.sin(dLat / 2) ** 2 +
      Math.cos(radians(one.lat)) * Math.cos(radians(other.lat)) * Math.sin(dLon / 2) ** 2;
    return 2 * EARTH_KM * Math.asin(Math.sqrt(h));
  };

  Object.assign(window.capillare, { distance, kmBetween, matching, wordsOf });
})();
