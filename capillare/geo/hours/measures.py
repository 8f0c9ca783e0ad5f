"""What opening hours amount to: hours a week, by weekday and time of day, minute by minute."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from opening_hours import State

from capillare.geo.errors import ConfigError
from capillare.geo.hours.patrons import FIRST_YEAR, LAST_YEAR
from capillare.geo.hours.schedules import schedule_of
from capillare.geo.schema.stops import WEEKDAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY
BAND_COLUMNS = ("morning_hours", "afternoon_hours", "evening_weekend_hours")

_WEEKS = 52
_WORKDAYS = 5
_MORNING = slice(8 * 60, 13 * 60)
_AFTERNOON = slice(13 * 60, 19 * 60)
_ONE_DAY = timedelta(days=1)
_ONE_MINUTE = timedelta(minutes=1)
_APPOINTMENT = re.compile(r"appuntament|prenotazion|appointment|booking", re.IGNORECASE)
_DAY = f"(?:{'|'.join(WEEKDAY_NAMES)})"
_TIME = r"\d\d:\d\d-\d\d:\d\d"
_SAME_EVERY_WEEK = re.compile(
    rf"(?:(?:^|; ){_DAY}(?:[-,]{_DAY})* {_TIME}(?:,{_TIME})*)+",
)


@lru_cache(maxsize=65536)
def weekly_hours(expression: str, *, as_of: date, istat_code: str | None = None) -> float:
    """Hours a week: mean of the 52 weeks from `as_of`, Italian national holidays applied.

    Hours are those of the wall clock. Holidays count only where the expression names them: ``PH``,
    and, with `istat_code`, the patron's day of that municipality. Hours by appointment count, whole
    days by appointment and other ``unknown`` hours do not.

    Raises
    ------
    DataError
        If the expression cannot be read.
    ConfigError
        If holidays are not known in the year of `as_of`.

    >>> weekly_hours("Mo-Fr 09:00-13:00", as_of=date(2025, 1, 1))
    20.0
    """
    n_weeks = 1 if _SAME_EVERY_WEEK.fullmatch(expression) else _WEEKS
    spans = opening_spans(expression, as_of=as_of, n_weeks=n_weeks, istat_code=istat_code)
    total = sum((closes - opens for opens, closes in spans), timedelta())
    return total / timedelta(hours=1) / n_weeks


def hours_by_band(expression: str, *, as_of: date, istat_code: str | None = None) -> pd.DataFrame:
    """Hours a week by weekday and time of day; they sum to `weekly_hours`.

    Returns
    -------
    One row per ``weekday`` (``Mo`` to ``Su``): ``morning_hours`` (Monday to Friday 8-13),
    ``afternoon_hours`` (Monday to Friday 13-19) and ``evening_weekend_hours`` (the rest).

    Raises
    ------
    DataError
        If the expression cannot be read.
    ConfigError
        If holidays are not known in the year of `as_of`.
    """
    spans = opening_spans(expression, as_of=as_of, istat_code=istat_code)
    return spans_by_band(spans, as_of=as_of)


def spans_by_band(spans: Iterable[tuple[datetime, datetime]], *, as_of: date) -> pd.DataFrame:
    """Hours a week, by weekday and time of day, of spans within the 52 weeks from `as_of`.

    Parameters
    ----------
    spans
        Opening and closing, on the wall clock without zone; where two overlap both count.

    Returns
    -------
    As `hours_by_band`.
    """
    first = _midnight(as_of)
    n_open = np.zeros(_WEEKS * MINUTES_A_WEEK, dtype=np.int32)
    for opens, closes in spans:
        n_open[(opens - first) // _ONE_MINUTE : (closes - first) // _ONE_MINUTE] += 1
    by_minute = n_open.reshape(_WEEKS, len(WEEKDAY_NAMES), MINUTES_A_DAY).sum(axis=0)
    by_minute = np.roll(by_minute, as_of.weekday(), axis=0)
    workdays = np.arange(len(WEEKDAY_NAMES)) < _WORKDAYS
    morning = by_minute[:, _MORNING].sum(axis=1) * workdays
    afternoon = by_minute[:, _AFTERNOON].sum(axis=1) * workdays
    rest = by_minute.sum(axis=1) - morning - afternoon
    hours = {
        name: minutes / 60 / _WEEKS
        for name, minutes in zip(BAND_COLUMNS, (morning, afternoon, rest), strict=True)
    }
    return pd.DataFrame({"weekday": pd.array(WEEKDAY_NAMES, dtype="str"), **hours})


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
    schedule = schedule_of(expression, year=as_of.year, has_holidays=False)
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


def opening_spans(
    expression: str, *, as_of: date, n_weeks: int = _WEEKS, istat_code: str | None = None
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans that count as hours within `n_weeks` from a day, cut to them, in order.

    Instants are those of the wall clock, without zone; see `weekly_hours` for what counts.

    Raises
    ------
    DataError
        If the expression cannot be read.
    ConfigError
        If holidays are not known in the year of `as_of`.
    """
    first = _midnight(as_of)
    last = first + timedelta(weeks=n_weeks)
    schedule = schedule_of(expression, year=as_of.year, istat_code=istat_code)
    for opens, closes, state, comment in schedule.intervals(first, last):
        start, stop = max(opens, first), min(closes, last)
        is_counted_appointment = _is_by_appointment(state, comment) and stop - start < _ONE_DAY
        if state == State.OPEN or is_counted_appointment:
            yield start, stop


def _is_by_appointment(state: State, comment: str) -> bool:
    return bool(state == State.UNKNOWN and _APPOINTMENT.search(comment))


def _midnight(day: date) -> datetime:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ConfigError(
            f"as-of {day}: national holidays are known from {FIRST_YEAR} to {LAST_YEAR}. "
            "Choose a date between them."
        )
    return datetime.combine(day, time.min)
