"""A proposed seasonal plan as a calendar (RFC 5545): when each seat of a moving point opens."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import pandas as pd

from capillare.geo.hours import ROME, opening_spans
from capillare.geo.points.approval.seasons import hours_of_the_year
from capillare.publish.calendars import new_calendar

if TYPE_CHECKING:
    from collections.abc import Iterator

    import icalendar

_WEEK = timedelta(weeks=1)
_MOST_SKIPPED = 5
"""Weeks that a weekly opening may skip and still be one event: holidays, not another season."""


class _Opening(NamedTuple):
    """A weekly opening of a seat: the same weekday and hours, from its first day to its last."""

    opens: time
    closes: time
    days: tuple[date, ...]


def season_calendar(
    season_plan: pd.DataFrame, names: dict[str, str], *, as_of: date, words: str = ""
) -> bytes:
    """Return the openings of a seasonal plan for a year, as an iCalendar file.

    Only points that open a seasonal seat are in it, with all their seats: the others keep their
    hours. An event is a weekday and hours that come back week after week; the days left out, such
    as holidays, are exceptions. The same plan gives the same bytes: `as_of` is the stamp.

    Parameters
    ----------
    season_plan
        Table ``season_plan``.
    names
        Name of each point.
    words
        Where it comes from.

    Raises
    ------
    DataError
        If hours cannot be read.
    """
    calendar = new_calendar("Punti Digitale Facile: sedi stagionali proposte", words=words)
    opens = season_plan["candidate_id"].notna() & season_plan["is_open"]
    moving = season_plan[season_plan["point_id"].isin(season_plan.loc[opens, "point_id"])]
    seats = moving.groupby(["point_id", "desk_id", "candidate_id"], dropna=False, sort=True)
    for _, months in seats:
        for opening in _openings(months, as_of):
            calendar.add_component(_event(months.iloc[0], opening, names, as_of))
    content: bytes = calendar.to_ical()
    return content


def _openings(months: pd.DataFrame, as_of: date) -> Iterator[_Opening]:
    """Yield the weekly openings of a seat's year, by weekday and hour, each without long gaps."""
    hours = hours_of_the_year(months)
    if not hours:
        return
    days_of: dict[tuple[int, time, time], list[date]] = defaultdict(list)
    for start, stop in opening_spans(hours, as_of=as_of, istat_code=months["istat_code"].iloc[0]):
        days_of[start.weekday(), start.time(), stop.time()].append(start.date())
    for (_, opens, closes), days in sorted(days_of.items()):
        run = [days[0]]
        for day in days[1:]:
            if (day - run[-1]) > _MOST_SKIPPED * _WEEK:
                yield _Opening(opens, closes, tuple(run))
                run = []
            run.append(day)
        yield _Opening(opens, closes, tuple(run))


def _event(
    seat: pd.Series, opening: _Opening, names: dict[str, str], as_of: date
) -> icalendar.Event:
    import icalendar  # noqa: PLC0415 (paid only when a calendar is written)

    first, last = opening.days[0], opening.days[-1]
    point = names.get(seat["point_id"], seat["point_id"])
    is_seasonal = pd.notna(seat["candidate_id"])
    where = seat["municipality"] if pd.isna(seat["locality"]) else seat["locality"]
    event = icalendar.Event()
    seat_id = seat["candidate_id"] if is_seasonal else seat["desk_id"]
    marks = (seat["point_id"], seat_id, first.isoformat(), opening.opens, opening.closes)
    event.add("uid", f"{uuid5(NAMESPACE_URL, '|'.join(map(str, marks)))}@capillare")
    event.add("dtstamp", datetime(as_of.year, as_of.month, as_of.day, tzinfo=ROME))
    event.add("dtstart", datetime.combine(first, opening.opens, ROME))
    # An opening until midnight ends on the next day.
    is_late = opening.closes <= opening.opens
    ends_on = first + timedelta(days=int(is_late))
    event.add("dtend", datetime.combine(ends_on, opening.closes, ROME))
    n_weeks = (last - first) // _WEEK + 1
    event.add("rrule", {"freq": "weekly", "count": n_weeks})
    for day in (first + _WEEK * week for week in range(n_weeks)):
        if day not in opening.days:
            event.add("exdate", datetime.combine(day, opening.opens, ROME))
    kind = "sede stagionale" if is_seasonal else "sede di tutto l'anno"
    event.add("summary", f"{point}: {where} ({kind})")
    event.add("location", ", ".join(dict.fromkeys([where, seat["municipality"]])))
    event.add("geo", (round(float(seat["lat"]), 6), round(float(seat["lon"]), 6)))
    event.add("description", "Proposta, non ancora approvata: orari da confermare con il punto.")
    event.add("status", "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event
