// The search field's suggestions: an ARIA combobox over places, services and desks.
"use strict";

window.capillare.suggestions = ({ input, list, placesAddress, own, choose, say, loaded }) => {
  const { words, filled, folded, element, distance, wordsOf } = window.capillare;
  const MAX_SHOWN = 8;
  const said = words.finder;
  const KINDS = ["municipality", "hamlet", "service", "desk"];

  let places = [];
  let loading = null;
  let shown = [];
  let active = -1;
  let isDismissed = false;

  const named = (kind, label, detail, more) => ({ kind, label, detail, words: wordsOf(label), ...more });
  const readPlaces = ({ municipalities, hamlets, desks = [] }) => {
    const inside = (row) => filled(said.hamlet, { municipality: municipalities[row][0] });
    return [
      ...municipalities.map(([name, province, lat, lon]) =>
        named("municipality", name, province ? `${said.municipality}, ${province}` : said.municipality, { lat, lon }),
      ),
      ...hamlets.map(([name, row, lat, lon]) => named("hamlet", name, inside(row), { lat, lon })),
      ...desks.map(([name, row, lat, lon]) =>
        named("desk", name, filled(said.desk, { municipality: municipalities[row][0] }), { lat, lon }),
      ),
    ];
  };

  // Places are asked for once, when somebody is about to type; from disk they cannot be read.
  const load = () => {
    loading ??= location.protocol === "file:"
      ? Promise.resolve()
      : fetch(placesAddress)
          .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
          .then((index) => {
            places = readPlaces(index);
            refresh();
            loaded();
          })
          .catch(() => {
            loading = null; // asked again at the next letter
          });
    return loading;
  };

  const ranked = (text, among) => {
    const typed = wordsOf(text);
    if (!typed.length) return [];
    const whole = folded(text).trim();
    const begin = among.filter((one) => distance(typed, one.words, true) === 0);
    return (begin.length ? begin : among)
      .map((one, row) => ({ one, row, far: begin.length ? 0 : distance(typed, one.words) }))
      .filter(({ far }) => far !== Infinity)
      .map((found) => ({ ...found, isWhole: folded(found.one.label).trim() === whole }))
      .sort(
        (a, b) =>
          b.isWhole - a.isWhole ||
          a.far - b.far ||
          KINDS.indexOf(a.one.kind) - KINDS.indexOf(b.one.kind) ||
          a.row - b.row,
      )
      .map(({ one }) => one);
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
    choose(one);
  };

  const optionFor = (one, row) => {
    const option = element("li");
    option.id = `suggestion-${row}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const label = element("bdi", one.label);
    const detail = element("span", one.detail);
    option.append(label, " ", detail);
    option.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    option.addEventListener("click", () => pick(one));
    return option;
  };

  const refresh = () => {
    shown = isDismissed ? [] : ranked(input.value, [...places, ...own()]).slice(0, MAX_SHOWN);
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
    refresh();
  });

  return {
    load,
    bestPlace: (text) => ranked(text, places).find((one) => one.lat !== undefined) ?? null,
    dismiss: () => {
      isDismissed = true;
      close();
    },
  };
};
