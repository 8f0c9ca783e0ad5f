// What the scripts say, in the page's language, and how they read and write it.
"use strict";

window.capillare = (() => {
  const lang = document.documentElement.lang;
  const holder = document.querySelector("[data-words]");
  const words = holder ? JSON.parse(holder.dataset.words) : {};

  // Case, accents and punctuation do not count; each word begins after a space.
  const folded = (text) =>
    ` ${text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")}`;

  const filled = (sentence, blanks) =>
    sentence.replace(/%\((\w+)\)s/g, (whole, name) => {
      if (!(name in blanks)) return whole;
      const filling = blanks[name];
      return typeof filling === "number" ? filling.toLocaleString(lang) : filling;
    });

  const element = (tag, text = "") => {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  };

  // What a hand did is shown first; what follows from it comes with the next frame.
  const afterPaint = (act) => requestAnimationFrame(() => setTimeout(act));

  return { lang, words, folded, filled, element, afterPaint };
})();
