// Brings the map's script, once, from the planner's own server, and hands every answer to it.

export default function (component) {
  const { data, parentElement } = component;
  if (!data) return undefined;
  const script = import(new URL(data.files.script, location.origin).href);
  script
    .then((map) => map.show(component))
    .catch((fault) => {
      console.error(fault);
      const sorry = document.createElement("p");
      sorry.textContent = "La mappa non si può mostrare. La tabella contiene le stesse righe.";
      parentElement.replaceChildren(sorry);
    });
  return () => script.then((map) => map.remove(parentElement)).catch(() => undefined);
}
