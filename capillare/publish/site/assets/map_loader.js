// The map's own scripts and styles, asked for when somebody looks at the map.
"use strict";

window.capillare.mapLoader = (byId, chooseCard) => {
  const box = byId("map");
  const status = byId("map-status");
  let loading = null;

  const load = (address) =>
    new Promise((loaded, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = loaded;
      script.onerror = failed;
      document.head.append(script);
    });

  // Gives the map, or null where a file is lost: the page then says so, and keeps its list.
  const make = async () => {
    status.textContent = status.dataset.loading;
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = box.dataset.leafletStyle;
    document.head.prepend(style); // before ours, which has the last word
    try {
      await load(box.dataset.leaflet);
      await load(box.dataset.script);
    } catch {
      status.textContent = status.dataset.failed;
      box.hidden = true;
      return null;
    }
    status.textContent = "";
    byId("legend").hidden = false;
    return window.capillare.makeMap(box, status, chooseCard);
  };

  return () => (loading ??= make());
};
