// Open or shut: reads the spans that the site's build computed, in the wall clock of Rome.
"use strict";

(() => {
  const { lang, words, filled } = window.capillare;
  const DAY_MS = 86_400_000;
  const REFRESH_MS = 20_000;
  const LATE_MIN = 17 * 60;
  const DAY_MIN = 24 * 60;
  const HORIZON_DAYS = 400;
  const WEEK_DAYS = 7;

  const rome = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Rome",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const dayNumber = (isoDate) => Date.parse(`${isoDate}T00:00Z`) / DAY_MS;

  // Day since 1970 and minute of the day that clocks in Rome show.
  const wallClock = (instant = new Date()) => {
    const part = {};
    for (const { type, value } of rome.formatToParts(instant)) part[type] = Number(value);
    const day = Date.UTC(part.year, part.month - 1, part.day) / DAY_MS;
    return { day, minute: part.hour * 60 + part.minute };
  };

  const spansOf = (written) =>
    written.split(",").map((span) => {
      const [opens, closes] = span.split("-");
      return { opens: Number(opens), closes: parseInt(closes, 10), isKnown: !closes.endsWith("?") };
    });

  // Kinds of day, a slash, the weeks: as `opening_code` of the build writes them.
  const read = (code, firstDate) => {
    const [kinds, weeks] = code.split("/");
    const ofKind = [[], ...kinds.split(";").map(spansOf)];
    const days = [];
    for (const run of weeks.split(" ")) {
      const [week, times = "1"] = run.split("*");
      const kindsOfWeek = week.split(",").map(Number);
      for (let n = 0; n < Number(times); n += 1) days.push(...kindsOfWeek);
    }
    return { first: dayNumber(firstDate), spans: days.slice(0, HORIZON_DAYS).map((kind) => ofKind[kind]) };
  };

  const spansOn = (hours, day) => hours.spans[day - hours.first];

  // true, false, or null where it is not known: beyond the days computed, or by appointment.
  const isOpenAt = (hours, { day, minute }) => {
    const spans = spansOn(hours, day);
    if (!spans) return null;
    const here = spans.find((span) => span.opens <= minute && minute < span.closes);
    return here ? here.isKnown || null : false;
  };

  const opensOn = (hours, day, afterMin = 0) =>
    (spansOn(hours, day) ?? []).some((span) => span.isKnown && span.closes > afterMin);

  // Minutes from `day`'s midnight at which an open span ends; spans that meet at midnight are one.
  const closingAfter = (hours, day, minute) => {
    let closes = minute;
    let on = day;
    for (;;) {
      const next = (spansOn(hours, on) ?? []).find(
        (span) => span.isKnown && span.opens <= closes - (on - day) * DAY_MIN && closes - (on - day) * DAY_MIN < span.closes,
      );
      if (!next) return closes;
      closes = (on - day) * DAY_MIN + next.closes;
      if (next.closes === DAY_MIN) on += 1;
      if (on - day > WEEK_DAYS) return Infinity;
    }
  };

  const nextOpening = (hours, day, minute) => {
    for (let on = day; spansOn(hours, on); on += 1) {
      const from = on === day ? minute : -1;
      const next = spansOn(hours, on).find((span) => span.isKnown && span.opens > from);
      if (next) return { day: on, minute: next.opens };
    }
    return null;
  };

  const spokenTime = (minute) => {
    const hour = minute === DAY_MIN ? 24 : Math.floor((minute % DAY_MIN) / 60);
    const rest = String(minute % 60).padStart(2, "0");
    if (lang !== "it") return `${hour}:${rest}`;
    return rest === "00" ? String(hour) : `${hour}.${rest}`;
  };
  // One for all days: making it takes longer than a hundred uses.
  const inWords = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
    timeZone: "UTC",
    weekday: "long",
    day: "numeric",
    month: "long",
  });
  const spokenDay = (day) => inWords.format(day * DAY_MS);

  const describe = (hours, now) => {
    const said = words.status;
    const isOpen = isOpenAt(hours, now);
    if (isOpen === null) return spansOn(hours, now.day) ? said.ask : said.beyond;
    if (isOpen) {
      const closes = closingAfter(hours, now.day, now.minute);
      return closes === Infinity ? said.open_all_day : filled(said.open_until, { time: spokenTime(closes) });
    }
    const next = nextOpening(hours, now.day, now.minute);
    if (!next) return said.shut;
    const ahead = next.day - now.day;
    const sentence = ahead === 0 ? said.opens_today : ahead === 1 ? said.opens_tomorrow : said.opens_on;
    return filled(sentence, { day: spokenDay(next.day), time: spokenTime(next.minute) });
  };

  // Where nobody confirmed the hours, they are said, and never that it is open.
  const describePublished = (hours, now) => {
    const spans = spansOn(hours, now.day);
    if (!spans) return words.status.beyond;
    const known = spans.filter((span) => span.isKnown);
    if (!known.length) return spans.length ? words.status.ask : words.status.today_shut;
    const times = known.map((span) => `${spokenTime(span.opens)}-${spokenTime(span.closes)}`);
    return filled(words.status.today_hours, { hours: times.join(", ") });
  };

  const ofHolder = new WeakMap();
  const hoursOf = (holder) => {
    if (!holder.dataset.open) return null;
    if (!ofHolder.has(holder)) ofHolder.set(holder, read(holder.dataset.open, holder.dataset.from));
    return ofHolder.get(holder);
  };

  // First and last day of service: what begins or ends after the build does so by itself.
  const validityOf = ({ dataset: { begins, ends } }) => ({
    begins: begins ? dayNumber(begins) : -Infinity,
    ends: ends ? dayNumber(ends) : Infinity,
  });

  const sentenceOf = (holder, now) => {
    const { begins, ends } = validityOf(holder);
    if (now.day > ends) return filled(words.status.over, { day: spokenDay(ends) });
    if (now.day < begins) return filled(words.status.ahead, { day: spokenDay(begins) });
    const hours = hoursOf(holder);
    if (!hours) return "";
    return holder.dataset.confirmed === "1" ? describe(hours, now) : describePublished(hours, now);
  };

  const showStatus = (holder, now) => {
    const line = holder.querySelector(".status");
    if (!line) return;
    const sentence = sentenceOf(holder, now);
    const hours = hoursOf(holder);
    if (line.textContent !== sentence) line.textContent = sentence;
    line.classList.toggle("open", Boolean(hours) && holder.dataset.confirmed === "1" && isOpenAt(hours, now) === true);
    line.classList.toggle("over", now.day > validityOf(holder).ends);
    line.hidden = !sentence;
  };
  // Days that have passed go by themselves, and the next ones come up.
  const showComing = (list, now) => {
    let left = Number(list.dataset.shown);
    for (const row of list.querySelectorAll("li, tbody tr")) {
      const isComing = dayNumber(row.querySelector("time").dateTime) >= now.day && left > 0;
      left -= isComing;
      if (row.hidden === isComing) row.hidden = !isComing;
    }
  };

  const showEveryStatus = (root = document) => {
    const now = wallClock();
    for (const holder of root.querySelectorAll("[data-open], [data-begins], [data-ends]")) showStatus(holder, now);
    for (const list of root.querySelectorAll("[data-shown]")) showComing(list, now);
    for (const tag of root.querySelectorAll(".begins")) tag.hidden = now.day >= dayNumber(tag.dataset.day);
  };

  showEveryStatus();
  setInterval(() => {
    if (!document.hidden) showEveryStatus();
  }, REFRESH_MS);
  document.addEventListener("visibilitychange", () => showEveryStatus());

  for (const button of document.querySelectorAll("button.print")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  const address = document.querySelector(".sheet-address");
  if (address && location.protocol !== "file:") {
    address.querySelector("span").textContent = location.origin + location.pathname;
    address.hidden = false;
  }

  Object.assign(window.capillare, {
    LATE_MIN,
    dayNumber,
    hoursOf,
    isOpenAt,
    opensOn,
    readHours: read,
    showEveryStatus,
    spokenDay,
    spokenTime,
    validityOf,
    wallClock,
  });
})();
