// The planner's map. Leaflet stands before this text as the constant L (see component.py).
// What people typed reaches the page as text nodes only. Nothing here asks the network.

const GREY = "#5b666d";
const MARK_PX = 16;
const LEGEND_BOX = "-11 -11 22 22"; // the largest symbol, whole
const FAR_ZOOM = 7.75; // below it symbols are drawn smaller: a phone shows the whole region
const SVG_NS = "http://www.w3.org/2000/svg";
const ATTRIBUTION = "Confini e residenti: ISTAT";

const mounted = new WeakMap();
const bases = new Map(); // address of a territory's file: the promise of its content

export function show(component) {
  const { data, parentElement, setStateValue } = component;
  let view = mounted.get(parentElement);
  if (!view) {
    view = createView(parentElement, data);
    mounted.set(parentElement, view);
  }
  view.select = (id) => setStateValue("selection", id);
  return draw(view, data);
}

export function remove(parentElement) {
  const view = mounted.get(parentElement);
  if (!view) return;
  view.observer.disconnect();
  view.map.remove();
  view.frame.remove();
  mounted.delete(parentElement);
}

function fetchBase(address) {
  if (!bases.has(address)) {
    const content = fetch(address).then((answer) => {
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      return answer.json();
    });
    content.catch(() => bases.delete(address));
    bases.set(address, content);
  }
  return bases.get(address);
}

function createView(parentElement, data) {
  const styles = element("link", "");
  styles.rel = "stylesheet";
  styles.href = data.files.styles;
  const frame = element("div", "frame");
  const canvas = element("div", "map");
  const hint = element("p", "hint");
  hint.textContent =
    "Frecce per spostare la mappa, + e − per ingrandire; con Tab si raggiungono i simboli, con le " +
    "frecce si passa dall'uno all'altro, con Invio si scelgono. La tabella contiene le stesse righe.";
  const legend = element("ul", "legend");
  frame.append(styles, canvas, legend, hint);
  // Without its styles Leaflet's layers lie one after another.
  frame.style.visibility = "hidden";
  styles.addEventListener("load", () => {
    frame.style.visibility = "";
    if (view.data) resize(view);
  });
  parentElement.appendChild(frame);
  const map = L.map(canvas, {
    attributionControl: false,
    scrollWheelZoom: false,
    zoomControl: false,
    zoomSnap: 0.25,
    zoomDelta: 0.5,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.attribution({ prefix: false }).addAttribution(ATTRIBUTION).addTo(map);
  L.control
    .zoom({ position: "topright", zoomInTitle: "Ingrandisci", zoomOutTitle: "Riduci" })
    .addTo(map);
  for (const [pane, level] of [["around", 350], ["towns", 640]]) {
    map.createPane(pane).style.zIndex = level;
  }
  map.getPane("towns").style.pointerEvents = "none";
  // The page scrolls under the wheel until the reader has stepped into the map.
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  const view = { frame, canvas, legend, map, areas: null, drawn: null, marks: [], fitted: null };
  map.on("zoomend", () => showTowns(view));
  view.observer = new ResizeObserver(() => resize(view));
  view.observer.observe(canvas);
  return view;
}

async function draw(view, data) {
  view.data = data;
  view.canvas.style.height = `${data.height}px`;
  view.canvas.setAttribute("role", "region");
  view.canvas.setAttribute("aria-label", data.label);
  // Leaflet adds nothing to a map without a view; the right one follows once the size is known.
  if (view.fitted === null) view.map.setView(L.latLngBounds(data.bounds).getCenter(), 8);
  drawLegend(view, data);
  drawMarks(view, data);
  drawLines(view, data);
  resize(view);
  if (view.drawn !== data.base) {
    const base = await fetchBase(data.base);
    // Meanwhile another answer may have come, or the page may have gone.
    if (view.data.base !== data.base || !view.frame.isConnected) return;
    if (view.drawn !== data.base) drawAreas(view, data.base, base);
  }
  paintAreas(view, view.data);
}

function resize(view) {
  if (!view.canvas.clientWidth) return;
  view.map.invalidateSize({ animate: false });
  const wanted = JSON.stringify(view.data.bounds);
  if (view.fitted !== wanted) {
    view.map.fitBounds(view.data.bounds, { animate: false, padding: [8, 8] });
    view.map.setMinZoom(view.map.getZoom() - 1);
    view.map.setMaxBounds(L.latLngBounds(view.data.bounds).pad(0.6));
    view.fitted = wanted;
  }
  showTowns(view);
}

function drawAreas(view, address, base) {
  view.ground?.remove();
  view.areas?.remove();
  view.ground = L.layerGroup(
    base.around
      ? [
          L.geoJSON(base.around, {
            pane: "around",
            interactive: false,
            style: { stroke: false, fillColor: "#eceee9", fillOpacity: 1 },
          }),
        ]
      : [],
  ).addTo(view.map);
  view.towns = base.towns.map(([text, lat, lon, zoom]) => {
    const label = L.marker([lat, lon], {
      pane: "towns",
      interactive: false,
      keyboard: false,
      icon: L.divIcon({ html: townLabel(text), iconSize: [0, 0] }),
    });
    return { label, zoom };
  });
  view.areaById = new Map();
  view.areas = L.geoJSON({ type: "FeatureCollection", features: base.areas }, {
    onEachFeature: (feature, layer) => {
      view.areaById.set(feature.id, layer);
      layer.bindTooltip(() => tip(view.data.area_tips[feature.id]), { sticky: true });
      layer.on("click", () => view.select(feature.id));
      layer.on("mouseover", () => {
        if (feature.id !== view.data.selected) layer.setStyle({ weight: 2.5 });
      });
      layer.on("mouseout", () => layer.setStyle(areaStyle(view.data, feature.id)));
    },
  }).addTo(view.map);
  view.drawn = address;
  showTowns(view);
}

// Names appear as there is room for them: each says from which zoom on.
function showTowns(view) {
  view.canvas.classList.toggle("far", view.map.getZoom() < FAR_ZOOM);
  for (const { label, zoom } of view.towns ?? []) {
    if (zoom <= view.map.getZoom()) label.addTo(view.ground);
    else view.ground.removeLayer(label);
  }
}

function paintAreas(view, data) {
  for (const [id, layer] of view.areaById) {
    layer.setStyle(areaStyle(data, id));
    layer.getElement()?.setAttribute("data-area", id);
    if (id === data.selected) layer.bringToFront();
  }
}

function areaStyle(data, id) {
  const isSelected = id === data.selected;
  return {
    color: isSelected ? "#111" : GREY,
    weight: isSelected ? 3 : 0.6,
    fillColor: data.area_colours[id] ?? "transparent",
    fillOpacity: 1,
  };
}

// The ways of a tour, straight from stop to stop: below the symbols, above the colours.
function drawLines(view, data) {
  for (const line of view.lines ?? []) line.remove();
  view.lines = data.lines.map((ends) =>
    L.polyline(ends, { color: "#54278f", weight: 3, dashArray: "7 6", interactive: false }).addTo(view.map),
  );
}

function drawMarks(view, data) {
  const wanted = JSON.stringify([data.marks, data.selected]);
  if (view.shownMarks === wanted) return;
  view.shownMarks = wanted;
  const focused = view.marks.find((mark) => mark.getElement() === view.frame.getRootNode().activeElement);
  for (const mark of view.marks) mark.remove();
  view.marks = data.marks.map((spec) => {
    const body = element("div", `mark ${spec.kind}`);
    body.append(symbol(spec.kind, spec.text));
    const mark = L.marker([spec.lat, spec.lon], {
      icon: L.divIcon({
        html: body,
        iconSize: [MARK_PX, MARK_PX],
        iconAnchor: [MARK_PX / 2 - spec.dx, MARK_PX / 2 - spec.dy],
      }),
      keyboard: false,
      riseOnHover: true,
      zIndexOffset: ["base", "site", "stop"].includes(spec.kind) ? 1000 : 0,
    });
    mark.spec = spec;
    mark.bindTooltip(() => tip([spec.name, ...spec.lines]), { offset: [spec.dx, spec.dy] });
    mark.on("click", () => view.select(spec.id));
    mark.addTo(view.map);
    return mark;
  });
  view.marks.forEach((mark, position) => nameMark(view, mark, position, data.selected));
  if (focused) view.marks.find((mark) => mark.spec.id === focused.spec.id)?.getElement().focus();
}

// One stop of the Tab key for all symbols; arrows move among them (WAI-ARIA roving tabindex).
function nameMark(view, mark, position, selected) {
  const node = mark.getElement();
  node.setAttribute("role", "button");
  node.setAttribute("tabindex", position === 0 ? "0" : "-1");
  node.setAttribute("aria-label", [mark.spec.name, ...mark.spec.lines].join(", "));
  node.setAttribute("data-mark", mark.spec.id);
  node.classList.toggle("selected", mark.spec.id === selected);
  node.addEventListener("focus", () => mark.openTooltip());
  node.addEventListener("blur", () => mark.closeTooltip());
  node.addEventListener("keydown", (event) => {
    const last = view.marks.length - 1;
    const next = {
      ArrowRight: Math.min(position + 1, last),
      ArrowDown: Math.min(position + 1, last),
      ArrowLeft: Math.max(position - 1, 0),
      ArrowUp: Math.max(position - 1, 0),
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === "Enter" || event.key === " ") view.select(mark.spec.id);
    else if (next === undefined) return;
    else {
      view.marks.forEach((other, place) => other.getElement().setAttribute("tabindex", place === next ? "0" : "-1"));
      view.map.panInside(view.marks[next].getLatLng(), { padding: [24, 24], animate: false });
      view.marks[next].getElement().focus();
    }
    event.preventDefault();
    event.stopPropagation();
  });
}

function drawLegend(view, data) {
  const title = element("li", "legend-title");
  title.textContent = data.legend.title;
  const entries = data.legend.entries.map((entry) => {
    const item = document.createElement("li");
    if (entry.colour) {
      const swatch = element("span", "swatch");
      swatch.style.backgroundColor = entry.colour;
      item.append(swatch);
    } else {
      item.append(symbol(entry.kind, "", LEGEND_BOX));
    }
    item.append(entry.label);
    return item;
  });
  view.legend.setAttribute("aria-label", "Legenda");
  view.legend.replaceChildren(title, ...entries);
}

// Shapes differ, not only colours: disc, ring, square and diamond.
function symbol(kind, text, box = "-8 -8 16 16") {
  const svg = document.createElementNS(SVG_NS, "svg");
  for (const [name, setting] of [["width", MARK_PX], ["height", MARK_PX], ["viewBox", box], ["aria-hidden", "true"]]) {
    svg.setAttribute(name, setting);
  }
  const shapes = {
    desk: ["circle", { r: 5, fill: "#111", stroke: "#fff", "stroke-width": 1.5 }],
    desk_to_confirm: ["circle", { r: 4.2, fill: "#fff", stroke: "#111", "stroke-width": 2.4 }],
    desk_other_network: ["rect", { x: -4.5, y: -4.5, width: 9, height: 9, fill: "#666", stroke: "#fff", "stroke-width": 1.5 }],
    stop: ["circle", { r: 9, fill: "#54278f", stroke: "#fff", "stroke-width": 1.5 }],
    base: ["rect", { x: -7, y: -7, width: 14, height: 14, fill: "#54278f", stroke: "#fff", "stroke-width": 1.5 }],
    site: ["path", { d: "M0 -11 L11 0 L0 11 L-11 0 Z", fill: "#d55e00", stroke: "#fff", "stroke-width": 1.5 }],
  };
  const [tag, settings] = shapes[kind] ?? shapes.desk;
  const shape = document.createElementNS(SVG_NS, tag);
  for (const [name, setting] of Object.entries(settings)) shape.setAttribute(name, setting);
  svg.append(shape);
  if (text) {
    const label = document.createElementNS(SVG_NS, "text");
    for (const [name, setting] of [["text-anchor", "middle"], ["y", 3.2], ["font-size", 9], ["font-weight", 700], ["fill", "#fff"]]) {
      label.setAttribute(name, setting);
    }
    label.textContent = text;
    svg.append(label);
  }
  return svg;
}

function tip(lines) {
  const body = element("div", "tip");
  (lines ?? []).forEach((line, position) => {
    const row = element("div", position === 0 ? "tip-title" : "tip-line");
    row.textContent = line;
    body.append(row);
  });
  return body;
}

function townLabel(text) {
  const label = element("div", "town");
  label.setAttribute("aria-hidden", "true");
  label.textContent = text;
  return label;
}

function element(tag, className) {
  const node = document.createElement(tag);
  node.className = className;
  return node;
}
