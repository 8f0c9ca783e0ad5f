// Names that the page itself holds and people may type: services, and desks still in service.
"use strict";

window.capillare.ownNames = (byId, desks) => {
  const { words, filled, named, wallClock } = window.capillare;
  const said = words.finder;
  const services = [...(byId("service")?.options ?? [])]
    .filter((option) => option.value)
    .map(({ value }) => ({ kind: "service", label: value, detail: said.service_kind, ...named(value) }));
  const { day } = wallClock();
  const serving = desks
    .filter(({ ends }) => day <= ends)
    .map((desk) => ({
      kind: "desk",
      label: desk.name,
      detail: filled(said.desk, { municipality: desk.place }),
      ...named(desk.name),
      desk,
    }));
  return [...services, ...serving];
};
