"""What opening hours amount to: hours a week, open at an instant, the next change."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from opening_hours import OpeningHours, State

from capillare.geo.errors import ConfigError, DataError
from capillare.geo.hours.grammar import MAX_CHARS, WEEKDAYS, canonical_osm, compiled, could_be_march
from capillare.geo.hours.italian import italian_hours
from capillare.geo.hours.readers import said

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROME = ZoneInfo("Europe/Rome")
MINUTES_A_WEEK = 7 * 24 * 60
FIRST_YEAR, LAST_YEAR = 1990, 2070
"""Years for which the evaluator knows the Italian national holidays."""

_WEEKS = 52
_ONE_DAY = timedelta(days=1)
_APPOINTMENT = re.compile(r"appuntament|prenotazion|appointment|booking", re.IGNORECASE)
_DAY = f"(?:{'|'.join(WEEKDAYS)})"
_TIME = r"\d\d:\d\d-\d\d:\d\d"
_SAME_EVERY_WEEK = re.compile(
    rf"(?:(?:^|; ){_DAY}(?:[-,]{_DAY})* {_TIME}(?:,{_TIME})*)+",
)


@lru_cache(maxsize=65536)
def normalise_hours(text: str) -> str | None:
    """Return opening hours in canonical OSM grammar; None where they cannot be read.

    The grammar is tried first, then common Italian free text. Nothing is guessed; no text of any
    length or content raises.

    >>> normalise_hours("lun-ven 9-13")
    'Mo-Fr 09:00-13:00'
    >>> normalise_hours("feriali 9-13") is None
    True
    """
    canonical = canonical_osm(text)
    if canonical is not None or '"' in text or len(text) > MAX_CHARS or could_be_march(text):
        return canonical
    italian = italian_hours(text)
    return None if italian is None else canonical_osm(italian)


@lru_cache(maxsize=65536)
def weekly_hours(expression: str, *, as_of: date) -> float:
    """Hours a week: mean of the 52 weeks from `as_of`, Italian national holidays applied.

    Hours are those of the wall clock. Holidays count only where the expression names them (``PH``);
    hours by appointment count, whole days by appointment and other ``unknown`` hours do not.

    Raises
    ------
    DataError
        If the expression cannot be read.
    ConfigError
        If holidays are not known in the year of `as_of`.

    >>> weekly_hours("Mo-Fr 09:00-13:00", as_of=date(2025, 1, 1))
    20.0
    """
    schedule = _schedule(expression)
    n_weeks = 1 if _SAME_EVERY_WEEK.fullmatch(expression) else _WEEKS
    first = _midnight(as_of)
    last = first + timedelta(weeks=n_weeks)
    total = timedelta()
    for opens, closes, state, comment in schedule.intervals(first, last):
        lasts = min(closes, last) - max(opens, first)
        if state == State.OPEN or (_is_by_appointment(state, comment) and lasts < _ONE_DAY):
            total += lasts
    return total / timedelta(hours=1) / n_weeks


@lru_cache(maxsize=4096)
def open_in_plain_week(
    expression: str, *, as_of: date, by_appointment: bool = False
) -> NDArray[np.bool_]:
    """Minutes of the plain week in which a desk is open, shape (10080,), Monday 00:00 first.

    The week is the one from the Monday on or after `as_of`, with no holidays. With
    `by_appointment`, the minutes in which it is open by appointment instead. Read-only.

    Raises
    ------
    DataError
        If the expression cannot be read.
    """
    schedule = _schedule(expression, has_holidays=False)
    monday = _midnight(as_of + timedelta(days=-as_of.weekday() % 7))
    sunday = monday + timedelta(weeks=1)
    minutes = np.zeros(MINUTES_A_WEEK, dtype=bool)
    for opens, closes, state, comment in schedule.intervals(monday, sunday):
        is_meant = _is_by_appointment(state, comment) if by_appointment else state == State.OPEN
        if is_meant:
            start = (max(opens, monday) - monday) // timedelta(minutes=1)
            stop = (min(closes, sunday) - monday) // timedelta(minutes=1)
            minutes[start:stop] = True
    minutes.setflags(write=False)
    return minutes


def is_open_at(expression: str | None, instant: datetime) -> bool | None:
    """Whether a desk is open at an instant; None where it is not known.

    An instant without zone is Europe/Rome. Opening is within, closing is not. Not known: no
    expression, one that cannot be read, and a state ``unknown`` such as hours by appointment.
    """
    canonical = normalise_hours(expression) if expression else None
    if canonical is None:
        return None
    state, _ = _schedule(canonical).state(_wall_clock(instant))
    return None if state == State.UNKNOWN else bool(state == State.OPEN)


def next_change(expression: str | None, instant: datetime) -> datetime | None:
    """Instant in Europe/Rome at which the state next changes; None if it does not in ten years."""
    canonical = normalise_hours(expression) if expression else None
    if canonical is None:
        return None
    change = _schedule(canonical).next_change(_wall_clock(instant))
    if change is None:
        return None
    changes_at = change.replace(tzinfo=ROME)
    if changes_at.timestamp() <= _in_rome(instant).timestamp():
        changes_at = changes_at.replace(fold=1)  # the second of the two 02:30 of October
    return changes_at


def readable_it(expression: str) -> str:
    """Say opening hours in Italian; DataError if they cannot be read.

    >>> readable_it("We[1] 16:00-19:00")
    'primo mercoledì del mese 16-19'
    """
    return said(_canonical(expression), "it")


def readable_en(expression: str) -> str:
    """Say opening hours in English; DataError if they cannot be read.

    >>> readable_en("Mo-Fr 09:00-13:00")
    'Monday-Friday 9-13'
    """
    return said(_canonical(expression), "en")


def describe_hours(expression: str, *, at: list[datetime], as_of: date) -> dict[str, object]:
    """Return everything one can say of an expression, as plain JSON values.

    ``parsed`` (canonical form), ``weekly_hours``, ``readable_it`` and ``readable_en`` are None
    where it cannot be read; ``open`` and ``next_change`` hold one entry per instant of `at`.
    """
    parsed = normalise_hours(expression)
    changes = [next_change(parsed, instant) for instant in at]
    return {
        "parsed": parsed,
        "weekly_hours": None if parsed is None else weekly_hours(parsed, as_of=as_of),
        "open": [is_open_at(parsed, instant) for instant in at],
        "next_change": [None if change is None else change.isoformat() for change in changes],
        "readable_it": None if parsed is None else readable_it(parsed),
        "readable_en": None if parsed is None else readable_en(parsed),
    }


def _canonical(expression: str) -> str:
    canonical = normalise_hours(expression)
    if canonical is None:
        raise DataError(
            f"opening hours {expression[:80]!r}: cannot be read. "
            "Write them like Mo-Fr 09:00-13:00 or lun-ven 9-13."
        )
    return canonical


def _schedule(expression: str, *, has_holidays: bool = True) -> OpeningHours:
    schedule = compiled(_canonical(expression), has_holidays=has_holidays)
    if schedule is None:  # a canonical form always compiles
        raise DataError(f"opening hours {expression[:80]!r}: cannot be evaluated. Rewrite them.")
    return schedule


def _is_by_appointment(state: State, comment: str) -> bool:
    return bool(state == State.UNKNOWN and _APPOINTMENT.search(comment))


def _midnight(day: date) -> datetime:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ConfigError(
            f"as-of {day}: national holidays are known from {FIRST_YEAR} to {LAST_YEAR}. "
            "Choose a date between them."
        )
    return datetime.combine(day, time.min)


def _in_rome(instant: datetime) -> datetime:
    return instant.replace(tzinfo=ROME) if instant.tzinfo is None else instant.astimezone(ROME)


def _wall_clock(instant: datetime) -> datetime:
    return _in_rome(instant).replace(tzinfo=None)
