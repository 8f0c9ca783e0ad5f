"""The stops of mobile desks as a calendar: one event a stop, with its rhythm and its days off."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
from icalendar import Calendar, Event

from capillare.geo.hours import ROME
from capillare.geo.points.stops import next_dates, read_stops, scheduled_dates
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.publish.calendars import rome_zone
from capillare.publish.site.addresses import desk_path
from capillare.publish.site.openings import HORIZON_DAYS
from capillare.publish.site.published import published_desks

if TYPE_CHECKING:
    from datetime import date

    from capillare.geo.points.stops import Stop
    from capillare.planning.network import Network

_PRODUCT = "-//Capillare//Soste//IT"


def stops_ics(network: Network, *, words: str = "") -> bytes:
    """Write the stops of published mobile desks as iCalendar (RFC 5545).

    `words` say where they come from.

    A repeated stop is one event with a rule, and with the days it skips as exceptions; the rule
    ends with the stop, or 400 days from now: further holidays are not looked up. Hours are those
    of Rome. The same network always gives the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", network.policy.title)
    if words:
        calendar.add("x-wr-caldesc", words)
    calendar.add("x-wr-timezone", str(ROME))
    calendar.add_component(rome_zone())
    desks = published_desks(network)
    desks = desks[desks["kind"] == "mobile"]
    stops = network.registry.stops
    stops = stops[stops["desk_id"].isin(desks["desk_id"])].sort_values("stop_id", kind="stable")
    by_desk = {row["desk_id"]: row for row in desks.to_dict("records")}
    towns = network.territory.municipalities.set_index("istat_code")["municipality"]
    for rule, row in zip(read_stops(stops), stops.to_dict("records"), strict=True):
        event = _event(network, rule, by_desk[rule.desk_id], row, towns[rule.istat_code])
        if event is not None:
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(
    network: Network, rule: Stop, desk: dict[Any, Any], row: dict[Any, Any], town: str
) -> Event | None:
    """Return the event of a stop; None where none of its days is to come."""
    first_day = network.scenario.as_of
    last_day = first_day + timedelta(days=HORIZON_DAYS - 1)
    days = [day for day in next_dates(rule, as_of=first_day, n=HORIZON_DAYS) if day <= last_day]
    begins, ends = (
        "" if pd.isna(desk[name]) else desk[name] for name in ("valid_from", "valid_to")
    )
    days = [day for day in days if begins <= day.isoformat() <= (ends or "9999")]
    if not days:
        return None
    root = network.policy.publication.root
    event = Event()
    event.add("uid", f"{rule.stop_id}@{_host(root)}")
    event.add("dtstamp", datetime.combine(first_day, time.min, ROME).astimezone(UTC))
    event.add("dtstart", datetime.combine(days[0], rule.opens, ROME))
    event.add("dtend", datetime.combine(days[0], rule.closes, ROME))
    event.add("summary", _line(desk["name"]))
    spots = (row["address"], row["locality"], town)
    named = dict.fromkeys(_line(spot) for spot in spots if not pd.isna(spot))
    event.add("location", ", ".join(named))
    event.add("geo", (round(float(row["lat"]), 6), round(float(row["lon"]), 6)))
    if not pd.isna(desk["phone"]):
        event.add("description", f"Tel. {_line(desk['phone'])}")
    if root:
        event.add("url", root + desk_path(rule.desk_id))
    if rule.weekday is not None and len(days) > 1:
        event.add("rrule", _rhythm(rule, days[-1]))
        held = set(days)
        for day in scheduled_dates(rule, days[0]):
            if day > days[-1]:
                break
            if day not in held:
                event.add("exdate", datetime.combine(day, rule.opens, ROME))
    return event


def _rhythm(rule: Stop, last: date) -> dict[str, Any]:
    until = datetime.combine(last, rule.opens, ROME).astimezone(UTC)
    weekday = WEEKDAY_NAMES[rule.weekday or 0].upper()
    if rule.week_of_month is not None:
        return {"freq": "monthly", "byday": f"{rule.week_of_month}{weekday}", "until": until}
    return {"freq": "weekly", "interval": rule.every_n_weeks, "byday": weekday, "until": until}


def _host(root: str) -> str:
    return root.split("/")[2] if root else "capillare"


def _line(text: object) -> str:
    """Keep what people typed on one line: a control character ends no property."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
