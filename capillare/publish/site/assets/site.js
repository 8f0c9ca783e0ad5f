// The list: search, filters, and the way to the map and back. Without this script the list is whole.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const form = byId("search");
  if (!form) return;

  const lang = document.documentElement.lang;
  const query = byId("query");
  const network = byId("network");
  const withHours = byId("with-hours");
  const count = byId("count");
  const views = byId("views");
  const mapBox = byId("map");

  // Case, accents and punctuation do not count; a word is found by its beginning.
  const folded = (text) =>
    ` ${text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")}`;
  const filled = (sentence, numbers) =>
    sentence.replace(/%\((\w+)\)s/g, (_, name) => numbers[name].toLocaleString(lang));

  const desks = Array.from(document.querySelectorAll(".card"), (card) => {
    const municipality = card.closest(".municipality");
    const province = card.closest(".province");
    const own = Array.from(card.querySelectorAll("[data-find]"), (part) => part.textContent);
    return {
      card,
      municipality,
      n: Number(card.dataset.n),
      network: card.dataset.network,
      hasHours: card.dataset.hours === "1",
      seat: card.dataset.seat,
      lat: Number(card.dataset.lat),
      lon: Number(card.dataset.lon),
      name: card.querySelector("h5").textContent,
      place: municipality.querySelector("h4").textContent,
      findable: folded(
        [...own, municipality.querySelector("h4").textContent, province.querySelector("h3").textContent].join(" "),
      ),
    };
  });

  let map = null; // what map.js makes, once the map is on screen
  let announcing = 0;

  const matching = () => {
    const words = folded(query.value).split(" ").filter(Boolean);
    return desks.filter(
      (desk) =>
        words.every((word) => desk.findable.includes(` ${word}`)) &&
        (!network || !network.value || desk.network === network.value) &&
        (!withHours.checked || desk.hasHours),
    );
  };

  const announce = (shown) => {
    const n = shown.reduce((sum, desk) => sum + desk.n, 0);
    const places = new Set(shown.map((desk) => desk.municipality)).size;
    const { one, many, manyOnePlace, none } = count.dataset;
    const sentence = n === 0 ? none : n === 1 ? one : places === 1 ? manyOnePlace : many;
    count.textContent = filled(sentence, { n, places });
  };

  const filter = () => {
    const shown = matching();
    const cards = new Set(shown.map((desk) => desk.card));
    for (const desk of desks) desk.card.hidden = !cards.has(desk.card);
    for (const section of document.querySelectorAll(".municipality, .province")) {
      section.hidden = !section.querySelector(".card:not([hidden])");
    }
    for (const link of document.querySelectorAll(".provinces a")) {
      link.parentElement.hidden = byId(link.hash.slice(1)).hidden;
    }
    if (map) map.show(shown);
    clearTimeout(announcing);
    announcing = setTimeout(() => announce(shown), 300); // not at every letter
  };

  const setView = (view) => {
    document.body.dataset.view = view;
    for (const button of views.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
  };

  const chooseCard = (card) => {
    setView("list");
    document.querySelector(".card.chosen")?.classList.remove("chosen");
    card.classList.add("chosen");
    const title = card.querySelector("h5");
    title.focus({ preventScroll: true });
    card.scrollIntoView({ block: "center" });
  };

  const load = (address) =>
    new Promise((loaded, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = loaded;
      script.onerror = failed;
      document.head.append(script);
    });

  let loading = null;
  const loadMap = () => {
    loading ??= (async () => {
      const status = byId("map-status");
      status.textContent = status.dataset.loading;
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = mapBox.dataset.leafletStyle;
      document.head.prepend(style); // before ours, which has the last word
      try {
        await load(mapBox.dataset.leaflet);
        await load(mapBox.dataset.script);
      } catch {
        status.textContent = status.dataset.failed;
        mapBox.hidden = true;
        return;
      }
      status.textContent = "";
      byId("legend").hidden = false;
      map = window.capillareMap(mapBox, status, chooseCard);
      map.show(matching());
    })();
    return loading;
  };

  const chooseOnMap = async (desk) => {
    setView("map");
    await loadMap();
    if (!map) return;
    if (matchMedia("(max-width: 63.99rem)").matches) mapBox.scrollIntoView({ block: "nearest" });
    map.choose(desk);
  };

  for (const desk of desks) {
    const button = desk.card.querySelector(".show");
    button.hidden = false;
    button.addEventListener("click", () => chooseOnMap(desk));
  }
  for (const button of views.querySelectorAll("button")) {
    button.addEventListener("click", () => setView(button.dataset.view));
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    setTimeout(filter); // after the browser has emptied the fields
    query.focus();
  });

  byId("map-status").textContent = "";
  form.hidden = false;
  views.hidden = false;
  mapBox.hidden = false;
  document.body.classList.add("with-map");
  setView("list");
  filter();
  new IntersectionObserver((seen, watcher) => {
    if (!seen.some((part) => part.isIntersecting)) return;
    watcher.disconnect();
    loadMap();
  }).observe(mapBox);
})();
