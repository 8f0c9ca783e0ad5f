// The search field's suggestions: an ARIA combobox over places, services and desks.
"use strict";

window.capillare.suggestions = ({ input, list, placesAddress, own, choose, say, loaded }) => {
  const { words, filled, element, afterPaint, asked, distance, named } = window.capillare;
  const MAX_SHOWN = 8;
  const said = words.finder;
  const KINDS = ["municipality", "hamlet", "service", "desk"];
  const SLICE = 1500; // names read between two moments in which the page can answer

  let places = [];
  let loading = null;
  let shown = [];
  let active = -1;
  let isDismissed = false;
  let isStale = false; // letters were typed since the last look

  const KIND_SENTENCE = { hamlet: said.hamlet, desk: said.desk };
  const detailOf = ({ kind, at }) => {
    if (kind !== "municipality") return filled(KIND_SENTENCE[kind], { municipality: at });
    return at ? `${said.municipality}, ${at}` : said.municipality;
  };
  const readPlaces = async ({ municipalities, hamlets, desks = [] }) => {
    const rows = [
      ...municipalities.map((row) => ["municipality", ...row]),
      ...hamlets.map(([name, row, ...spot]) => ["hamlet", name, municipalities[row][0], ...spot]),
      ...desks.map(([name, row, ...spot]) => ["desk", name, municipalities[row][0], ...spot]),
    ];
    const read = [];
    for (const [kind, label, at, lat, lon] of rows) {
      read.push({ kind, label, at, lat, lon, ...named(label) });
      if (read.length % SLICE === 0) await new Promise((next) => setTimeout(next));
    }
    return read;
  };

  // Places are asked for once, when somebody is about to type; from disk they cannot be read.
  const load = () => {
    loading ??= location.protocol === "file:"
      ? Promise.resolve()
      : fetch(placesAddress)
          .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
          .then(readPlaces)
          .then((read) => {
            places = read;
            found = null;
            refresh();
            loaded();
          })
          .catch(() => {
            loading = null; // asked again at the next letter
          });
    return loading;
  };

  // The first few of a long list in order, without ordering the rest.
  const firstOf = (ranks, n) => {
    const first = [];
    for (const rank of ranks) {
      if (first.length === n && order(first[n - 1], rank) <= 0) continue;
      const at = first.findIndex((other) => order(other, rank) > 0);
      first.splice(at < 0 ? first.length : at, 0, rank);
      first.length = Math.min(first.length, n);
    }
    return first;
  };
  const order = (a, b) => b.isWhole - a.isWhole || a.far - b.far || a.kind - b.kind || a.row - b.row;

  const ranked = (text, among) => {
    const typed = asked(text);
    if (!typed.words.length) return [];
    const whole = typed.words.join(" ");
    const rankOf = (one, row, far) => ({
      one,
      row,
      far,
      kind: KINDS.indexOf(one.kind),
      isWhole: one.words.length === typed.words.length && one.words.join(" ") === whole,
    });
    const begin = [];
    among.forEach((one, row) => {
      if (distance(typed, one, true) === 0) begin.push(rankOf(one, row, 0));
    });
    if (begin.length) return firstOf(begin, MAX_SHOWN).map(({ one }) => one);
    const like = [];
    among.forEach((one, row) => {
      const far = distance(typed, one);
      if (far !== Infinity) like.push(rankOf(one, row, far));
    });
    return firstOf(like, MAX_SHOWN).map(({ one }) => one);
  };

  // The list asks for the best place of the same text as the suggestions do.
  let found = null;
  const rankedPlaces = (text) => {
    if (found?.text !== text) found = { text, first: ranked(text, places) };
    return found.first;
  };

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const activate = (row) => {
    active = row;
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === row)));
    if (row < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", list.children[row].id);
    list.children[row].scrollIntoView({ block: "nearest" });
  };

  const pick = (one) => {
    isDismissed = true;
    close();
    afterPaint(() => choose(one));
  };

  const optionFor = (one, row) => {
    const option = element("li");
    option.id = `suggestion-${row}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const label = element("bdi", one.label);
    const detail = element("span", one.detail ?? detailOf(one));
    option.append(label, " ", detail);
    option.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    option.addEventListener("click", () => pick(one));
    return option;
  };

  const refresh = () => {
    isStale = false;
    const text = input.value;
    // The best of both lists are among the first of each.
    shown = isDismissed ? [] : ranked(text, [...rankedPlaces(text), ...ranked(text, own())]);
    list.replaceChildren(...shown.map(optionFor));
    if (!shown.length || document.activeElement !== input) {
      close();
      return;
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    activate(-1);
    say(filled(shown.length === 1 ? said.one_suggestion : said.n_suggestions, { n: shown.length }));
  };

  const onKey = (event) => {
    if (isStale && (event.key.startsWith("Arrow") || event.key === "Enter")) refresh();
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      isDismissed = false;
      if (!isOpen) refresh();
      if (list.hidden) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      const n = shown.length + 1; // one place is the field itself
      activate(((active + 1 + step + n) % n) - 1);
    } else if (event.key === "Enter" && isOpen && active >= 0) {
      event.preventDefault();
      pick(shown[active]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      isDismissed = true;
      close();
    }
  };

  input.addEventListener("focus", load, { once: true });
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
  input.addEventListener("input", () => {
    isDismissed = false;
    isStale = true;
    afterPaint(() => {
      if (isStale) refresh();
    });
  });

  return {
    load,
    bestPlace: (text) => rankedPlaces(text)[0] ?? null,
    dismiss: () => {
      isDismissed = true;
      close();
    },
  };
};
