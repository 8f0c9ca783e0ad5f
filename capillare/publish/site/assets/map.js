// The map: boundaries for a ground, one marker a place, the same desks as the list shows.
"use strict";

window.capillare.makeMap = (box, status, chooseCard) => {
  const L = window.L;
  const { comingStops, element, filled, spokenDay, spokenTime, wallClock } = window.capillare;
  const words = box.dataset;
  const STOP_DAYS = 31; // how far ahead a van's stops are on the map
  const CLOSE_ZOOM = 11;
  const MARGIN_PX = 12;
  const MAX_POPUP_PX = 270;
  const AROUND_POPUP_PX = 80; // its own frame, and a margin on both sides
  const EXACTNESS = ["municipality", "near", "exact"];

  const GROUND_ZOOM = 14; // boundaries alone say nothing nearer
  const TILE_ZOOM = 18;

  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    zoomControl: false,
    attributionControl: false,
    minZoom: 5,
    maxZoom: words.tiles ? TILE_ZOOM : GROUND_ZOOM,
    zoomSnap: 0.5,
    fadeAnimation: !isCalm,
    zoomAnimation: !isCalm,
    markerZoomAnimation: !isCalm,
    inertia: !isCalm,
  });
  L.control
    .zoom({ position: "bottomleft", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut })
    .addTo(map);
  L.control.attribution({ prefix: false }).addAttribution(words.credits).addTo(map);
  if (words.tiles) {
    // Tile servers ask to know which site uses them; they learn its address, not the page's.
    const credits = element("span", words.tileCredits).outerHTML;
    L.tileLayer(words.tiles, { maxZoom: TILE_ZOOM, attribution: credits, referrerPolicy: "strict-origin" }).addTo(map);
    box.classList.add("with-tiles");
  }
  // Names lie above the ground and below the markers.
  const labelPane = map.createPane("labels");
  labelPane.style.zIndex = 450;
  labelPane.setAttribute("aria-hidden", "true");
  const markers = L.layerGroup().addTo(map);
  const popup = L.popup({ offset: [0, -6], autoPan: false });
  const region = L.latLngBounds([words.northWest, words.southEast].map((corner) => corner.split(" ").map(Number)));
  let ofDesk = new Map();
  let opened = null;
  let isPlaced = false;

  // A button: Leaflet's own icons answer Enter, but neither the space bar nor a screen reader's press.
  const Pin = L.Icon.extend({
    options: { iconSize: [34, 34], iconAnchor: [17, 17] },
    createIcon() {
      const pin = element("button");
      pin.type = "button";
      pin.setAttribute("aria-label", this.options.name);
      const face = element("span");
      if (this.options.n > 1) face.append(element("b", String(this.options.n)));
      pin.append(face);
      this._setIconStyles(pin, "icon");
      return pin;
    },
    createShadow: () => null,
  });

  const minutesOf = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
  const stopSentence = ({ at, day, opens, closes }) => {
    const times = [opens, closes].map((clock) => spokenTime(minutesOf(clock))).join("-");
    return `${filled(words.stop, { day: spokenDay(day) })}, ${times}. ${at}`;
  };

  const describe = (group, desks) => {
    const content = element("div");
    for (const desk of desks) {
      const part = element("section");
      const dl = desk.card.querySelector("dl");
      const page = element("a", desk.name);
      page.href = desk.card.querySelector(".name a").href;
      const title = element("h3");
      title.append(page);
      part.append(title);
      if (group.stop) part.append(element("p", stopSentence(group.stop)));
      else {
        for (const fact of [...dl.children].slice(0, 2)) {
          part.append(element("p", fact.querySelector("dd").innerText));
        }
        if (desk.seat === "near") part.append(element("p", words.near));
      }
      const button = element("button", words.toCard);
      button.type = "button";
      button.setAttribute("aria-label", `${words.toCard}: ${desk.name}`);
      button.addEventListener("click", () => {
        map.closePopup();
        chooseCard(desk.card);
      });
      part.append(button);
      content.append(part);
    }
    return content;
  };

  // Leaflet would pan with an animation, and a button that moves is easily missed.
  const makeRoom = () => {
    const frame = box.getBoundingClientRect();
    const card = popup.getElement().getBoundingClientRect();
    const over = (start, end) => Math.min(0, start - MARGIN_PX) || Math.max(0, MARGIN_PX - end);
    const x = over(card.left - frame.left, frame.right - card.right);
    const y = over(card.top - frame.top, frame.bottom - card.bottom);
    map.panBy([x, y], { animate: false });
  };

  const open = (group, first) => {
    opened = group;
    const desks = first ? [first, ...group.desks.filter((desk) => desk !== first)] : group.desks;
    popup.options.maxWidth = Math.min(MAX_POPUP_PX, box.clientWidth - AROUND_POPUP_PX);
    popup.options.minWidth = popup.options.maxWidth;
    popup.setLatLng(group.latlng).setContent(describe(group, desks)).openOn(map);
    makeRoom();
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", words.close);
    popup.getElement().querySelector("section button").focus({ preventScroll: true });
  };

  map.on("popupclose", () => {
    const hadFocus = popup.getElement()?.contains(document.activeElement);
    if (hadFocus && opened) opened.marker.getElement()?.focus({ preventScroll: true });
    opened = null;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opened) map.closePopup();
  });

  // A desk that moves stands where it stops next; one without dates where it is kept.
  const spotsOf = (desk, today) => {
    const stops = comingStops(desk, today, STOP_DAYS);
    return stops.length
      ? stops.map((stop) => ({ desk, stop, lat: stop.lat, lon: stop.lon }))
      : [{ desk, stop: null, lat: desk.lat, lon: desk.lon }];
  };

  const grouped = (desks) => {
    const groups = new Map();
    const { day } = wallClock();
    for (const { desk, stop, lat, lon } of desks.flatMap((one) => spotsOf(one, day))) {
      const key = `${lat} ${lon}`;
      if (!groups.has(key)) groups.set(key, { latlng: L.latLng(lat, lon), desks: [], stop });
      const group = groups.get(key);
      if (!group.desks.includes(desk)) group.desks.push(desk);
      if (!stop) group.stop = null;
    }
    return [...groups.values()];
  };

  const nameOf = (group, n, seat) => {
    const { name, place } = group.desks[0];
    if (group.stop && n === 1) return `${name}. ${stopSentence(group.stop)}. ${words.mobile}`;
    const names = group.desks.length === 1 ? name : filled(words.desks, { n });
    return `${place}: ${names}. ${words[seat]}`;
  };

  // Own shapes for what moves or opens in season only, where nothing else stands in the same place.
  const shapeOf = (group, seat) => {
    const isAll = (kind) => group.desks.every((desk) => desk.kind === kind);
    if (isAll("mobile")) return "mobile";
    return isAll("seasonal") ? "seasonal" : `seat-${seat}`;
  };

  const mark = (group) => {
    const n = group.desks.reduce((sum, desk) => sum + desk.n, 0);
    // A place is only as exact as the least exact of its desks.
    const seat = EXACTNESS.find((basis) => group.desks.some((desk) => desk.seat === basis));
    const kin = group.desks.some((desk) => desk.network === "pdf") ? "pdf" : "sister";
    const shape = shapeOf(group, seat);
    const name = nameOf(group, n, shape === "seasonal" ? shape : seat);
    const icon = new Pin({ className: `pin ${shape} ${kin}`, n, name });
    group.marker = L.marker(group.latlng, { icon, keyboard: false, title: name, riseOnHover: true });
    group.marker.on("click", () => open(group));
    group.marker.addTo(markers);
    for (const desk of group.desks) if (!ofDesk.has(desk.card)) ofDesk.set(desk.card, group);
  };

  const show = (desks) => {
    map.closePopup();
    markers.clearLayers();
    ofDesk = new Map();
    // From north-west to south-east: the order in which the keyboard meets them.
    const groups = grouped(desks).sort((a, b) => b.latlng.lat - a.latlng.lat || a.latlng.lng - b.latlng.lng);
    groups.forEach(mark);
    if (!groups.length) {
      if (!isPlaced) map.fitBounds(region);
      return;
    }
    const bounds = L.latLngBounds(groups.map((group) => group.latlng));
    map.fitBounds(bounds.pad(0.08), { maxZoom: CLOSE_ZOOM, animate: isPlaced && !isCalm });
    isPlaced = true;
  };

  const choose = (desk) => {
    const group = ofDesk.get(desk.card);
    if (!group) return;
    map.setView(group.latlng, Math.max(map.getZoom(), CLOSE_ZOOM), { animate: false });
    open(group, desk);
  };

  // Leaflet's bound tooltips would put every municipality in the way of the Tab key.
  const nameTag = L.tooltip({ direction: "top", offset: [0, -8] });
  const pointed = (name) => ({
    mouseover: (event) => nameTag.setContent(element("span", name)).setLatLng(event.latlng).openOn(map),
    mousemove: (event) => nameTag.setLatLng(event.latlng),
    mouseout: () => map.closeTooltip(nameTag),
  });

  // A ring is a first corner, then steps, in whole parts of a degree: lon, lat.
  const cornersOf = (ring, scale) => {
    const corners = [];
    let lon = 0;
    let lat = 0;
    for (let at = 0; at < ring.length; at += 2) {
      lon += ring[at];
      lat += ring[at + 1];
      corners.push([lat / scale, lon / scale]);
    }
    return corners;
  };

  const drawGround = ({ scale, areas, around, labels: names }) => {
    const quiet = { interactive: false };
    const drawn = (polygons, options) =>
      L.polygon(polygons.map((rings) => rings.map((ring) => cornersOf(ring, scale))), options);
    drawn(around, { ...quiet, className: "around", weight: 0 }).addTo(map).bringToBack();
    for (const [name, polygons] of areas) drawn(polygons, { className: "area", weight: 1 }).on(pointed(name)).addTo(map);
    if (words.tiles) return; // which bear names of their own
    const labels = names.map(([name, lat, lon, zoom]) => ({
      zoom,
      layer: L.marker([lat, lon], {
        ...quiet,
        keyboard: false,
        pane: "labels",
        icon: L.divIcon({ className: "place-label", html: element("span", name), iconSize: null }),
      }),
    }));
    const relabel = () => {
      for (const { zoom, layer } of labels) {
        if (map.getZoom() >= zoom) layer.addTo(map);
        else layer.remove();
      }
    };
    map.on("zoomend", relabel);
    relabel();
  };

  // A page opened from disk may not read a file beside it.
  if (location.protocol === "file:") {
    status.textContent = status.dataset.fromDisk;
  } else {
    fetch(words.ground)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then(drawGround)
      .catch(() => {
        status.textContent = status.dataset.noGround;
      });
  }

  new ResizeObserver(() => map.invalidateSize()).observe(box);
  return { show, choose };
};
