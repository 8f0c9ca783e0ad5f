// Names found although mistyped: by their beginning first, else by few wrong letters.
"use strict";

(() => {
  const { folded } = window.capillare;
  const SHORT = 5;
  const LONG = 8;
  const MOST_BITS = 31; // of a word: a longer one is found by its beginning alone

  // Letters of a word as bits: each letter of one that the other lacks costs at least one change.
  const lettersOf = (word) => {
    let mask = 0;
    for (let at = 0; at < word.length; at += 1) mask |= 1 << (word.charCodeAt(at) % 32);
    return mask;
  };
  const lacksMore = (most, typed, name) => {
    let lacking = typed & ~name;
    for (let n = 0; n < most; n += 1) lacking &= lacking - 1; // the lowest bit goes
    return lacking !== 0;
  };

  // What may be found by its words: they and their letters, side by side.
  const named = (text) => {
    const words = folded(text).split(" ").filter(Boolean);
    return { words, letters: words.map(lettersOf) };
  };

  // For each letter of a word, the bits of the places where it stands.
  const spotsOf = (word) => {
    const spots = new Map();
    for (let at = 0; at < word.length; at += 1) {
      const letter = word.charCodeAt(at);
      spots.set(letter, spots.get(letter) | (1 << at));
    }
    return spots;
  };
  const wrongLettersAllowed = ({ length }) =>
    length < SHORT || length > MOST_BITS ? 0 : length < LONG ? 1 : 2;

  // What somebody typed, made ready once to be held against thousands of names.
  const asked = (text) => {
    const { words, letters } = named(text);
    const likes = words.map((word, n) => {
      const last = 1 << (word.length - 1);
      return { length: word.length, letters: letters[n], most: wrongLettersAllowed(word), spots: spotsOf(word), last };
    });
    return { words, likes };
  };

  // Fewest letters to add, drop, change or swap that make what was typed a beginning of `name`:
  // the optimal string alignment distance to a prefix, a column of the table at a time as the
  // bits of its rises and falls (Hyyrö 2003).
  const wrongLetters = ({ length, most, spots, last }, name) => {
    const n = Math.min(name.length, length + most);
    let rises = -1;
    let falls = 0;
    let level = 0;
    let before = 0;
    let cost = length;
    let least = cost;
    for (let at = 0; at < n; at += 1) {
      const here = spots.get(name.charCodeAt(at)) ?? 0;
      const swapped = ((~level & here) << 1) & before;
      level = (((here & rises) + rises) ^ rises) | here | falls | swapped;
      const up = falls | ~(level | rises);
      const down = level & rises;
      if (up & last) cost += 1;
      if (down & last) cost -= 1;
      least = Math.min(least, cost);
      const above = (up << 1) | 1;
      rises = (down << 1) | ~(level | above);
      falls = above & level;
      before = here;
    }
    return least <= most ? least : Infinity;
  };

  // Fewest wrong letters of one typed word in the words of a name.
  const leastWrong = (like, { words, letters }) => {
    const { length, most } = like;
    let least = Infinity;
    for (let n = 0; most && n < words.length; n += 1) {
      if (words[n].length < length - most || lacksMore(most, like.letters, letters[n])) continue;
      least = Math.min(least, wrongLetters(like, words[n]));
    }
    return least;
  };

  const beginsOne = (typed, { words }) => {
    for (const word of words) if (word.startsWith(typed)) return true;
    return false;
  };

  // How far each typed word is from the words of a name, summed; Infinity where one has no like.
  const distance = ({ words, likes }, name, isStrict = false) => {
    let sum = 0;
    for (let n = 0; n < words.length; n += 1) {
      if (beginsOne(words[n], name)) continue;
      sum += isStrict ? Infinity : leastWrong(likes[n], name);
      if (sum === Infinity) return sum;
    }
    return sum;
  };

  // Those that hold every typed word; where none does, those with the fewest wrong letters.
  const matching = (typed, among) => {
    const exact = among.filter((one) => distance(typed, one, true) === 0);
    if (exact.length || !typed.words.length) return exact;
    const far = among.map((one) => distance(typed, one));
    const least = far.reduce((one, other) => Math.min(one, other), Infinity);
    return least === Infinity ? [] : among.filter((_, n) => far[n] === least);
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

  Object.assign(window.capillare, { asked, distance, kmBetween, matching, named });
})();
