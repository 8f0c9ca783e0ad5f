// Desks of other provinces, loaded by need: the nearest to a place, with certainty.
"use strict";

window.capillare.FAR_KM = 100; // nobody goes further, and what is open now may be nowhere

window.capillare.provinceLoader = (links, adopt) => {
  const { FAR_KM, kmBetween } = window.capillare;
  const ENOUGH = 20;
  const clamped = (least, wanted, most) => Math.min(most, Math.max(least, wanted));

  const provinces = Array.from(links, (link) => {
    const [south, west, north, east] = link.dataset.bounds.split(" ").map(Number);
    return { address: link.href, south, west, north, east, loading: null };
  });

  const kmToBounds = (origin, { south, west, north, east }) =>
    kmBetween(origin, { lat: clamped(south, origin.lat, north), lon: clamped(west, origin.lon, east) });

  const fetchCards = async (province) => {
    const answer = await fetch(province.address);
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const section = document.importNode(page.querySelector(".province"), true);
    for (const link of section.querySelectorAll("a[href]")) {
      link.href = new URL(link.getAttribute("href"), province.address).href;
    }
    adopt(section);
  };

  // Provinces come in the order of their distance, until no desk of the next can be among the
  // nearest: incremental nearest neighbours (Hjaltason and Samet 1999).
  const loadAround = async (origin, kmOfDesks) => {
    const order = provinces
      .map((province) => ({ province, km: kmToBounds(origin, province) }))
      .sort((one, other) => one.km - other.km);
    for (const { province, km } of order) {
      if (km > FAR_KM || kmOfDesks().filter((other) => other <= km).length >= ENOUGH) return;
      // Who asks while a province is on its way waits for it too.
      province.loading ??= fetchCards(province);
      try {
        await province.loading;
      } catch (fault) {
        province.loading = null;
        throw fault;
      }
    }
  };

  return { loadAround };
};
