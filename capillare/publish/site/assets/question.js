// What is asked: the fields of the form, and the address that holds the same question.
"use strict";

window.capillare.makeQuestion = (byId) => {
  const { dayNumber } = window.capillare;
  const KEPT = ["when", "day", "service", "network", "language"];
  const KEPT_CHECKS = ["late", "with-hours"];
  const MAX_LAT = 90;
  const MAX_LON = 180;
  const field = (id) => byId(id) ?? { value: "", checked: false };
  const query = byId("query");
  const when = byId("when");

  const dayOf = (now) => {
    if (when.value === "today") return now.day;
    if (when.value === "tomorrow") return now.day + 1;
    return when.value === "day" && byId("day").value ? dayNumber(byId("day").value) : null;
  };

  const wish = (now, origin) => ({
    text: origin ? "" : query.value,
    network: field("network").value,
    service: field("service").value,
    language: field("language").value,
    withHours: byId("with-hours").checked,
    when: when.value,
    day: dayOf(now),
    late: when.value === "late" || (when.value === "day" && byId("late").checked),
    van: when.value === "van",
  });

  // The address never holds the position of who asks: only a place chosen by name.
  const address = (origin) => {
    const asking = new URLSearchParams();
    if (origin?.isPublic) asking.set("near", [origin.name, origin.lat, origin.lon].join("|"));
    else if (!origin && query.value) asking.set("q", query.value);
    for (const id of KEPT) {
      const isKept = id !== "day" || when.value === "day";
      if (isKept && field(id).value) asking.set(id, field(id).value);
    }
    for (const id of KEPT_CHECKS) if (field(id).checked) asking.set(id, "1");
    const written = asking.toString();
    return written ? `#?${written}` : "";
  };

  const keep = (origin) => {
    const question = address(origin);
    if (question || location.hash.startsWith("#?")) {
      history.replaceState(null, "", question || location.pathname + location.search);
    }
  };

  const originOf = (written) => {
    const [name, lat, lon] = (written ?? "").split("|");
    const isPlace = name && lat && lon && Math.abs(lat) <= MAX_LAT && Math.abs(lon) <= MAX_LON;
    return isPlace ? { name, lat: Number(lat), lon: Number(lon), isPublic: true } : null;
  };

  // Fills the form from the address; gives the place to start from, or null.
  const restore = () => {
    if (!location.hash.startsWith("#?")) return null;
    const asking = new URLSearchParams(location.hash.slice(2));
    const origin = originOf(asking.get("near"));
    query.value = origin ? origin.name : (asking.get("q") ?? "");
    for (const id of KEPT) if (asking.has(id) && byId(id)) byId(id).value = asking.get(id);
    for (const id of KEPT_CHECKS) byId(id).checked = asking.get(id) === "1";
    byId("more").open = ["service", "network", "language", "with-hours"].some((id) => asking.has(id));
    return origin;
  };

  return { wish, address, keep, restore };
};
