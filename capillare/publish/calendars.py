"""Proposed tours as a calendar: ``tours.ics`` (RFC 5545), for any calendar program."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from capillare import __version__
from capillare.geo.hours.schedules import ROME
from capillare.geo.numerals import number
from capillare.publish.folders import write_text_aside

if TYPE_CHECKING:
    from pathlib import Path

    import icalendar
    import pandas as pd

    from capillare.planning.tours.proposal import Tours
    from capillare.publish.provenance import Provenance

WEEKS_BETWEEN = {"weekly": 1, "biweekly": 2, "monthly": 4}
_N_WEEKS = 4


def new_calendar(name: str, *, words: str = "") -> icalendar.Calendar:
    """Return a calendar of the wall clock of Europe/Rome, without events.

    Parameters
    ----------
    name
        What calendar programs call it.
    words
        What it is and where it comes from.
    """
    import icalendar  # noqa: PLC0415 (paid only when a calendar is written)

    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Capillare//{__version__}//IT")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    if words:
        calendar.add("x-wr-caldesc", words)
    calendar.add("x-wr-timezone", "Europe/Rome")
    calendar.add_component(rome_zone())
    return calendar


def tours_calendar(tours: Tours, *, as_of: date, words: str = "") -> bytes:
    """Return the stops of proposed tours as an iCalendar file.

    One event per stop, from the minute people are received to the departure, in the wall clock of
    Europe/Rome, so that summer time moves nothing. It recurs every one, two or four weeks within
    the four weeks of the plan, and days that are left out (holidays, days off) are exceptions. The
    same tours give the same bytes: `as_of` is the stamp. `words` say where they come from.
    """
    calendar = new_calendar("Punti Digitale Facile: giri proposti", words=words)
    made = tours.stops[tours.stops["place_id"].notna()]
    for _, visits in made.groupby(["van", "place_id"], sort=True):
        calendar.add_component(_event(visits, tours, as_of))
    content: bytes = calendar.to_ical()
    return content


def write_calendar(tours: Tours, path: Path, about: Provenance) -> None:
    """Write ``tours.ics`` in one step."""
    content = tours_calendar(tours, as_of=about.as_of, words=" ".join(about.lines))
    write_text_aside(path, content.decode("utf-8"))


def rome_zone() -> icalendar.Timezone:
    """Return the rules of Europe/Rome since 1996, as every calendar program reads them."""
    import icalendar  # noqa: PLC0415 (paid only when a calendar is written)

    zone = icalendar.Timezone()
    zone.add("tzid", "Europe/Rome")
    for part, month, name, before, after in (
        (icalendar.TimezoneDaylight(), 3, "CEST", 1, 2),
        (icalendar.TimezoneStandard(), 10, "CET", 2, 1),
    ):
        part.add("tzname", name)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        last_sunday = {"freq": "yearly", "bymonth": month, "byday": "-1su"}
        part.add("rrule", last_sunday)
        first = {3: datetime(1996, 3, 31, 2), 10: datetime(1996, 10, 27, 3)}[month]  # noqa: DTZ001 (RFC 5545: wall clock)
        part.add("dtstart", first)
        zone.add_component(part)
    return zone


def _event(visits: pd.DataFrame, tours: Tours, as_of: date) -> icalendar.Event:
    import icalendar  # noqa: PLC0415 (paid only when a calendar is written)

    stop = visits.sort_values("date").to_dict("records")[0]
    days = sorted(date.fromisoformat(day) for day in visits["date"])
    step = WEEKS_BETWEEN[stop["pattern"]]
    first_day = date.fromisoformat(tours.params["first_day"])
    days_meant = _days_meant(days, step, first_day)
    opens = _minutes(stop["arrive"]) + round(stop["setup_min"])
    start, end = (_moment(days_meant[0], m) for m in (opens, _minutes(stop["depart"])))
    event = icalendar.Event()
    name = f"{stop['van']}|{stop['place_id']}|{first_day}"
    event.add("uid", f"{uuid5(NAMESPACE_URL, name)}@capillare")
    event.add("dtstamp", datetime(as_of.year, as_of.month, as_of.day, tzinfo=ROME))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("rrule", {"freq": "weekly", "interval": step, "count": len(days_meant)})
    for day in days_meant:
        if day not in days:
            event.add("exdate", _moment(day, opens))
    event.add("summary", f"Punto Digitale Facile a {stop['locality']} ({stop['van']})")
    where = dict.fromkeys([stop["locality"], stop["municipality"]])
    event.add("location", ", ".join(where))
    event.add("geo", (round(stop["lat"], 6), round(stop["lon"], 6)))
    event.add("description", _description(visits, stop))
    event.add("status", "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event


def _days_meant(days: list[date], step: int, first_day: date) -> list[date]:
    """Return the days on which a stop would be made if none were a holiday."""
    start = min(days)
    while start - timedelta(weeks=step) >= first_day:
        start -= timedelta(weeks=step)
    last = first_day + timedelta(weeks=_N_WEEKS)
    listed = [start + timedelta(weeks=step * turn) for turn in range(_N_WEEKS)]
    return [day for day in listed if day < last]


def _description(visits: pd.DataFrame, stop: dict[Any, Any]) -> str:
    served = number(int(visits["adults_served"].sum()))
    lines = [
        "Proposta, non ancora approvata: la sosta va confermata col comune.",
        f"Il furgone arriva alle {stop['arrive']}.",
        f"Maggiorenni che solo questa sosta avvicina a uno sportello: {served}.",
    ]
    if visits["note"].notna().any():
        lines.append(f"{visits['note'].dropna().iloc[0].capitalize()}.")
    return "\n".join(lines)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _moment(day: date, minutes: int) -> datetime:
    return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=ROME)


__all__ = ["new_calendar", "rome_zone", "tours_calendar", "write_calendar"]
