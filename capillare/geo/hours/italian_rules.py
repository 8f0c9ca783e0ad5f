"""Clauses of Italian opening hours, checked for contradictions and written in the OSM grammar."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from capillare.geo.schema.stops import WEEKDAY_NAMES

APPOINTMENT_IT = "su appuntamento"
PATRON_IT = "chiuso per il patrono"
_SUNDAY = 6
_RANGE_FROM = 3


class Unreadable(ValueError):  # noqa: N818 (a reading that fails is no error)
    """The text has no single reading."""


@dataclass(frozen=True)
class Clause:
    """What one clause says: on which days of which season, open in which spans or closed.

    Attributes
    ----------
    season
        Months or dates as a selector of the grammar; empty for the whole year.
    nth
        Ordinals of the weekday in its month; empty for every week.
    days
        Weekdays 0 to 6.
    spans
        Opening and closing minute of the day.
    closes
        ``holidays`` or ``patron`` where the closure has a name.
    """

    season: str = ""
    nth: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    is_closed: bool = False
    closes: Literal["", "holidays", "patron"] = ""
    by_appointment: bool = False


Spans = dict[tuple[tuple[int, ...], int], tuple[tuple[int, int], ...]]


def written(clauses: list[Clause]) -> str:
    """Write clauses in the grammar, spans of one day added up.

    Raises
    ------
    Unreadable
        If nothing is open, spans of one day overlap, a day is both open and closed, a season
        leaves it open whether other days go on, or "festivi" could mean the Sundays that are open.
    """
    opens = [clause for clause in clauses if clause.spans]
    if not opens:
        raise Unreadable
    by_season: dict[str, Spans] = {}
    for clause in opens:
        _add(by_season.setdefault(clause.season, {}), clause)
    _check_seasons(by_season)
    modifier = _modifier(clauses)
    base_first = sorted(by_season.items(), key=lambda entry: entry[0] != "")
    rules = [_season_rules(season, spans, modifier) for season, spans in base_first]
    open_days = {day for spans in by_season.values() for _, day in spans}
    rules += [_closure(clause, open_days) for clause in clauses if _is_rule(clause)]
    return "; ".join(dict.fromkeys(rules))


def _add(spans: Spans, clause: Clause) -> None:
    for day in clause.days:
        key = (clause.nth, day)
        together = tuple(sorted(spans.get(key, ()) + clause.spans))
        if any(later[0] < earlier[1] for earlier, later in pairwise(together)):
            raise Unreadable
        spans[key] = together
    for (nth, day), added in spans.items():
        weekly = spans.get(((), day), ()) if nth else ()
        together = tuple(sorted(weekly + added))
        if any(later[0] < earlier[1] for earlier, later in pairwise(together)):
            raise Unreadable


def _check_seasons(by_season: dict[str, Spans]) -> None:
    base = by_season.get("", {})
    if len(by_season) > 1 and any(not base.keys() <= spans.keys() for spans in by_season.values()):
        raise Unreadable


def _modifier(clauses: list[Clause]) -> str:
    """Return the state and comment of every open rule, with a space before; empty for none."""
    appointment = {clause.by_appointment for clause in clauses if clause.spans}
    if len(appointment) > 1:
        raise Unreadable
    remarks = [APPOINTMENT_IT] if appointment == {True} else []
    remarks += [PATRON_IT] if any(clause.closes == "patron" for clause in clauses) else []
    if not remarks:
        return ""
    state = "unknown" if appointment == {True} else "open"
    return f' {state} "{", ".join(remarks)}"'


def _season_rules(season: str, spans: Spans, modifier: str) -> str:
    """Write one season: weekly days first, then days of the month, which add up to them."""
    days_by_hours: dict[tuple[tuple[int, ...], str], list[int]] = {}
    for (nth, day), day_spans in sorted(spans.items()):
        hours = ",".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in day_spans)
        days_by_hours.setdefault((nth, hours), []).append(day)
    text = ""
    for (nth, hours), days in days_by_hours.items():
        adds_up = bool(nth) and any(((), day) in spans for day in days)
        text += (", " if adds_up else "; ") if text else ""
        text += " ".join(filter(None, (season, _days(nth, days), hours))) + modifier
    return text


def _days(nth: tuple[int, ...], days: list[int]) -> str:
    if nth:
        ordinals = ",".join(str(n) for n in nth)
        return ",".join(f"{WEEKDAY_NAMES[day]}[{ordinals}]" for day in days)
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        f"{WEEKDAY_NAMES[run[0]]}-{WEEKDAY_NAMES[run[-1]]}"
        if len(run) >= _RANGE_FROM
        else ",".join(WEEKDAY_NAMES[day] for day in run)
        for run in runs
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _is_rule(clause: Clause) -> bool:
    return clause.is_closed and clause.closes != "patron"


def _closure(clause: Clause, open_days: set[int]) -> str:
    if clause.closes == "holidays":
        if _SUNDAY in open_days:
            raise Unreadable
        return "PH off"
    if not clause.season and not clause.nth and open_days & set(clause.days):
        raise Unreadable
    days = _days(clause.nth, sorted(clause.days)) if clause.days else ""
    return " ".join(filter(None, (clause.season, days, "off")))
