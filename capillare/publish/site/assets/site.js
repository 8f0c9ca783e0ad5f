// The finder: what is asked, the list that answers, and the way to the map and back.
// Without this script the list is whole.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const form = byId("search");
  if (!form) return;

  const tools = window.capillare;
  const { words, element, afterPaint } = tools;
  const STEP = 20; // desks of a ranked list at a time
  const ANNOUNCE_MS = 300; // not at every letter
  const query = byId("query");
  const count = byId("count");
  const offer = byId("offer");
  const views = byId("views");
  const mapBox = byId("map");
  const ranked = byId("ranked");
  const moreDesks = byId("more-desks");
  const provinceLinks = document.querySelectorAll(".provinces a[data-bounds]");
  const isWhole = provinceLinks.length === 0;
  // The letter is shown first, and the list when typing pauses: longer where it is to be fetched.
  const TYPING_MS = isWhole ? 120 : 300;
  const { sentenceOf, unconfirmedOf } = tools.makeSentences(form);

  const desks = [];
  const question = tools.makeQuestion(byId);
  const list = tools.makeList(byId, desks, isWhole);
  let origin = null; // a place that somebody chose: name, lat, lon
  let withUnconfirmed = false;
  let limit = STEP;
  let map = null; // what map.js makes, once the map is on screen
  let answer = { shown: [] };
  let announcing = 0;
  let saying = 0; // beside `announcing`: whoever listens hears both
  let typing = 0;
  let asked = 0;

  // ---- What is said of an answer

  const announce = () => {
    clearTimeout(announcing);
    announcing = setTimeout(() => {
      count.textContent = sentenceOf(answer);
    }, ANNOUNCE_MS);
    offer.hidden = !answer.n_unconfirmed;
    if (!offer.hidden) offer.firstElementChild.textContent = unconfirmedOf(answer);
  };

  // ---- From the wish to the page

  const findNear = async (wish, from, now, turn) => {
    const kmOf = () => {
      const { shown } = tools.findDesks(desks, { ...wish, text: "" }, now);
      return tools.nearestFirst(shown, from, now.day).map(({ km }) => km);
    };
    if (isWhole) return true;
    count.textContent = words.finder.loading;
    try {
      await loader.loadAround(from, kmOf);
    } catch {
      count.textContent = words.finder.not_loaded;
      return false;
    }
    return turn === asked;
  };

  const answerNear = async (wish, from, now, turn, nearTo) => {
    if (!(await findNear(wish, from, now, turn))) return;
    const found = tools.findDesks(desks, { ...wish, text: "" }, now);
    const inOrder = tools.nearestFirst(found.shown, from, now.day);
    list.showRanked(inOrder, from, limit);
    const near = inOrder.slice(0, limit).map(({ desk }) => desk);
    finish({ ...found, wish, nearTo, isFar: isWhole ? "" : from.name, shown: isWhole ? found.shown : near }, near);
  };

  const finish = (found, onMap) => {
    answer = found;
    if (map) map.show(onMap);
    announce();
    question.keep(origin);
  };

  const apply = () => {
    clearTimeout(typing);
    asked += 1;
    const now = tools.wallClock();
    const wish = { ...question.wish(now, origin), unconfirmed: withUnconfirmed };
    byId("day-fields").hidden = wish.when !== "day";
    if (origin) return answerNear(wish, origin, now, asked, null);
    const found = tools.findDesks(desks, wish, now);
    const place = wish.text && (!isWhole || !found.isNamed) ? suggestions.bestPlace(wish.text) : null;
    if (place) {
      const from = { name: place.label, lat: place.lat, lon: place.lon };
      const nearTo = isWhole ? { text: wish.text, origin: place.label } : null;
      return answerNear(wish, from, now, asked, nearTo);
    }
    const shown = isWhole ? found.shown : [];
    list.showByPlace(shown);
    const isAwaited = isWhole ? "" : words.finder.choose_place;
    return finish({ ...found, shown, wish, isAwaited }, shown);
  };

  // Suggestions that were taken are no longer spoken of.
  const hush = () => {
    clearTimeout(saying);
    byId("shared").textContent = "";
  };

  const setOrigin = (place) => {
    origin = place;
    limit = STEP;
    withUnconfirmed = false;
    hush();
    return apply();
  };

  const share = async () => {
    question.keep(origin);
    const address = location.origin === "null" ? location.href : location.origin + location.pathname + question.address(origin);
    const line = byId("shared");
    try {
      await navigator.clipboard.writeText(address);
      line.textContent = words.finder.shared;
    } catch {
      line.replaceChildren(element("span", `${words.finder.share_by_hand} `), element("bdi", address));
    }
  };

  // ---- Where I am: asked only when the button is pressed, and never sent

  const findMe = () => {
    count.textContent = words.finder.locating;
    clearTimeout(announcing);
    const refused = (fault) => {
      count.textContent = fault?.code === 1 ? words.finder.position_refused : words.finder.no_position;
    };
    if (!navigator.geolocation) {
      refused();
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        query.value = "";
        setOrigin({ name: words.finder.here, lat: coords.latitude, lon: coords.longitude, isPublic: false });
        showResults();
      },
      refused,
      { timeout: 10_000, maximumAge: 300_000 },
    );
  };

  // ---- List and map

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
    card.querySelector(".name").focus({ preventScroll: true });
    card.scrollIntoView({ block: "center" });
  };

  // On a phone the answer is below what was asked: it is brought to the eye.
  const showResults = () => {
    const bar = count.parentElement;
    const { top } = bar.getBoundingClientRect();
    if (top < 0 || top > innerHeight / 2) bar.scrollIntoView({ block: "start" });
  };

  const readMap = tools.mapLoader(byId, chooseCard);
  const loadMap = async () => {
    const made = await readMap();
    if (map || !made) return;
    map = made;
    map.show(ranked.hidden ? answer.shown : answer.shown.filter((desk) => !desk.card.hidden));
  };

  const chooseOnMap = async (desk) => {
    setView("map");
    await loadMap();
    if (!map) return;
    if (matchMedia("(max-width: 63.99rem)").matches) mapBox.scrollIntoView({ block: "nearest" });
    map.choose(desk);
  };

  const adopt = (card) => {
    const desk = tools.deskOf(card);
    desks.push(desk);
    const button = card.querySelector(".show");
    button.hidden = false;
    button.addEventListener("click", () => chooseOnMap(desk));
    if (!document.body.classList.contains("embedded")) return;
    for (const link of card.querySelectorAll("a[href]")) link.target = "_blank"; // out of the frame
  };

  const loader = isWhole
    ? null
    : tools.provinceLoader(provinceLinks, (section) => {
        section.hidden = true;
        byId("by-place").append(section);
        tools.showEveryStatus(section);
        section.querySelectorAll(".card").forEach(adopt);
      });

  // ---- Suggestions

  let ownNames = null;

  const choose = async (one) => {
    if (one.kind === "service") {
      query.value = "";
      byId("service").value = one.label;
      byId("more").open = true;
      await setOrigin(null);
    } else if (one.desk) {
      query.value = one.label;
      await setOrigin(null);
      if (!one.desk.card.hidden) chooseCard(one.desk.card);
    } else {
      query.value = one.label;
      await setOrigin({ name: one.label, lat: one.lat, lon: one.lon, isPublic: true });
      showResults();
    }
  };

  const suggestions = tools.suggestions({
    input: query,
    list: byId("suggestions"),
    placesAddress: form.dataset.places,
    own: () => (ownNames ??= tools.ownNames(byId, isWhole ? desks : [])),
    choose,
    say: (sentence) => {
      clearTimeout(saying);
      saying = setTimeout(() => {
        byId("shared").textContent = sentence;
      }, ANNOUNCE_MS);
    },
    loaded: () => {
      if (query.value && !origin) apply();
    },
  });

  // ---- Start

  document.querySelectorAll(".province .card").forEach(adopt);

  query.addEventListener("input", () => {
    origin = null;
    limit = STEP;
    suggestions.load();
    clearTimeout(typing);
    typing = setTimeout(apply, TYPING_MS);
  });
  form.addEventListener("input", (event) => {
    if (event.target === query) return;
    withUnconfirmed = false;
    afterPaint(apply);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    suggestions.dismiss();
    hush();
    apply();
    showResults();
    byId("list-title").focus({ preventScroll: true });
  });
  form.addEventListener("reset", () => {
    origin = null;
    withUnconfirmed = false;
    suggestions.dismiss();
    setTimeout(apply); // after the browser has emptied the fields
    query.focus();
  });
  byId("near-me").addEventListener("click", findMe);
  byId("share").addEventListener("click", share);
  byId("print").addEventListener("click", () => window.print());
  byId("forget-origin").addEventListener("click", () => {
    query.value = "";
    setOrigin(null);
    query.focus();
  });
  byId("show-unconfirmed").addEventListener("click", () => {
    withUnconfirmed = true;
    apply();
    count.tabIndex = -1;
    count.focus();
  });
  moreDesks.addEventListener("click", () => {
    const before = limit;
    limit += STEP;
    apply();
    byId("ranked-cards").children[before]?.querySelector(".name").focus();
  });
  for (const button of views.querySelectorAll("button")) {
    button.addEventListener("click", () => setView(button.dataset.view));
  }

  byId("map-status").textContent = "";
  form.hidden = false;
  views.hidden = false;
  byId("tools").hidden = false;
  mapBox.hidden = false;
  document.body.classList.add("with-map");
  setView("list");
  origin = question.restore();
  if (query.value && !origin) suggestions.load();
  apply();
  new IntersectionObserver((seen, watcher) => {
    if (!seen.some((part) => part.isIntersecting)) return;
    watcher.disconnect();
    loadMap();
  }).observe(mapBox);
})();
