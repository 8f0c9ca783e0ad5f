"""When a mobile desk stops: the dates of a stop, from the rule that its row writes down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.hours import ROME, is_public_holiday
from capillare.geo.schema.stops import WEEKDAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

_HORIZON = timedelta(days=3660)
_WEEK = timedelta(weeks=1)
_ONE_DAY = timedelta(days=1)
_DECEMBER = 12
VISIT_COLUMNS = ("stop_id", "desk_id", "date", "opens", "closes")


@dataclass(frozen=True)
class Stop:
    """A row of table ``stops``, as far as its dates go.

    Attributes
    ----------
    starts_on, ends_on
        First and last day it may stop on; None for no end.
    weekday
        0 Monday to 6; None for a stop on `starts_on` alone.
    every_n_weeks
        Counted from the first such weekday on or after `starts_on`, whether it stops then or not.
    week_of_month
        Instead of weeks: which of its month's such weekdays, 1 to 5; -1 is the last.
    opens, closes
        Of the wall clock in Rome.
    exceptions
        Days on which it does not stop.
    on_holidays
        Whether it stops on national holidays and its municipality's patron's day too.
    """

    stop_id: str
    desk_id: str
    istat_code: str
    starts_on: date
    ends_on: date | None
    weekday: int | None
    every_n_weeks: int
    week_of_month: int | None
    opens: time
    closes: time
    exceptions: frozenset[date]
    on_holidays: bool


def read_stops(stops: pd.DataFrame) -> list[Stop]:
    """Turn rows of table ``stops`` into rules, in their order."""
    cells = stops.astype("object")
    rows: list[dict[Any, Any]] = cells.where(cells.notna(), None).to_dict("records")
    return [
        Stop(
            stop_id=row["stop_id"],
            desk_id=row["desk_id"],
            istat_code=row["istat_code"],
            starts_on=date.fromisoformat(row["starts_on"]),
            ends_on=date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
            weekday=WEEKDAY_NAMES.index(row["weekday"]) if row["weekday"] else None,
            every_n_weeks=int(row["every_n_weeks"] or 1),
            week_of_month=None if row["week_of_month"] is None else int(row["week_of_month"]),
            opens=time.fromisoformat(row["from_time"]),
            closes=time.fromisoformat(row["to_time"]),
            exceptions=_days(row["exceptions"]),
            on_holidays=bool(row["on_holidays"]),
        )
        for row in rows
    ]


def _days(text: str | None) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in text.split(";")) if text else frozenset()


def next_dates(stop: Stop, *, as_of: date, n: int = 3) -> tuple[date, ...]:
    """Return the next days a stop takes place on, `as_of` included; fewer where it ends before.

    National holidays and the patron's day of its municipality are skipped unless the stop says
    otherwise, as are its exceptions; a skipped day moves no other. A stop on one day only is held
    as it stands, save for its exceptions. Nothing is sought further than ten years away.

    Examples
    --------
    >>> every_second = Stop("s", "d", "048017", date(2026, 6, 1), None, 2, 2, None,
    ...                     time(9), time(12), frozenset(), False)
    >>> [f"{day:%d/%m}" for day in next_dates(every_second, as_of=date(2026, 6, 4))]
    ['17/06', '01/07', '15/07']
    """
    return tuple(islice(_dates(stop, as_of), n))


def visits(stops: list[Stop], first: date, last: date) -> pd.DataFrame:
    """List every visit between two days, both included.

    Returns
    -------
    ``stop_id``, ``desk_id``, ``date``, ``opens`` and ``closes`` (instants in Europe/Rome), in
    order of instant, then stop.
    """
    rows = [
        (
            stop.stop_id,
            stop.desk_id,
            day,
            datetime.combine(day, stop.opens, ROME),
            datetime.combine(day, stop.closes, ROME),
        )
        for stop in stops
        for day in takewhile(lambda day: day <= last, _dates(stop, first))
    ]
    rows.sort(key=lambda row: (row[3].timestamp(), row[0]))
    return pd.DataFrame(rows, columns=list(VISIT_COLUMNS))


def scheduled_dates(stop: Stop, as_of: date) -> Iterator[date]:
    """Yield the days of a stop's rule from a day on, before holidays and exceptions."""
    last = min(stop.ends_on or date.max, as_of + _HORIZON)
    if stop.weekday is None:
        days: Iterator[date] = iter((stop.starts_on,))
    elif stop.week_of_month is not None:
        days = _monthly(stop.weekday, stop.week_of_month, max(as_of, stop.starts_on))
    else:
        days = _weekly(stop, stop.weekday, as_of)
    return (
        day
        for day in takewhile(lambda day: day <= last, days)
        if day >= as_of and day >= stop.starts_on
    )


def _dates(stop: Stop, as_of: date) -> Iterator[date]:
    return (
        day
        for day in scheduled_dates(stop, as_of)
        if day not in stop.exceptions and not _is_holiday_off(stop, day)
    )


def _is_holiday_off(stop: Stop, day: date) -> bool:
    if stop.weekday is None or stop.on_holidays:
        return False
    return is_public_holiday(day, stop.istat_code)


def _weekly(stop: Stop, weekday: int, as_of: date) -> Iterator[date]:
    step = stop.every_n_weeks * _WEEK
    day = stop.starts_on + _ONE_DAY * ((weekday - stop.starts_on.weekday()) % 7)
    if as_of > day:
        day += step * -((day - as_of) // step)
    while True:
        yield day
        day += step


def _monthly(weekday: int, which: int, since: date) -> Iterator[date]:
    year, month = since.year, since.month
    while True:
        first = date(year, month, 1)
        day = first + _ONE_DAY * ((weekday - first.weekday()) % 7)
        in_month = [d for d in (day + _WEEK * k for k in range(5)) if d.month == month]
        if which < 0:
            yield in_month[-1]
        elif which <= len(in_month):
            yield in_month[which - 1]
        year, month = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
