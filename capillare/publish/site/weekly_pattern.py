"""Openings of 400 days told as periods of one week each, with the days that differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.publish.site.openings import OpenSpan

_WEEK = 7
_ONE_DAY = timedelta(days=1)
_MAX_EXCEPTIONS_A_WEEK = 3
_WEEKS_AHEAD = 4

Day = tuple[tuple[int, int], ...]
"""Opening and closing minutes of one day, in order; empty where shut."""


@dataclass(frozen=True)
class Period:
    """Days on which a desk keeps the same week, save some.

    Attributes
    ----------
    first, last
        Both included.
    week
        Openings of Monday to Sunday.
    exceptions
        Days of the period with other openings than its week's; an empty day is shut.
    """

    first: date
    last: date
    week: tuple[Day, ...]
    exceptions: tuple[tuple[date, Day], ...]


def periods(spans: Sequence[OpenSpan], first: date, n_days: int) -> tuple[Period, ...]:
    """Tell spans as periods that say the same minute by minute.

    A period goes on through up to three weeks that differ from its own on at most three days each,
    told as exceptions, if the week after them is its own again. Spans that are not known are left
    out.

    Parameters
    ----------
    spans
        As `open_spans` gives them.
    first
        Day 0 of the spans.
    n_days
        How many days they were computed for.
    """
    days: list[Day] = [()] * n_days
    known = sorted(span for span in spans if span.is_known and span.day < n_days)
    for number, of_day in groupby(known, key=lambda span: span.day):
        days[number] = tuple((span.opens, span.closes) for span in of_day)
    weeks = _weeks(days, first)
    found: list[Period] = []
    start = 0
    while start < len(weeks):
        own = _usual(weeks, start)
        end = start + 1
        while end < len(weeks) and _goes_on(weeks, end, own):
            end += 1
        found.append(_period(weeks[start:end], own))
        start = end
    return tuple(period for period in found if any(period.week) or _opens(period))


Week = tuple[tuple[date, Day], ...]


def _weeks(days: list[Day], first: date) -> list[Week]:
    dated = [(first + number * _ONE_DAY, day) for number, day in enumerate(days)]
    return [tuple(week) for _, week in groupby(dated, key=lambda entry: entry[0].isocalendar()[:2])]


def _usual(weeks: list[Week], start: int) -> tuple[Day, ...]:
    """Return the week that the days from one week on keep: that week's own, or the next's.

    A short first week, or one with a holiday, is no week to go by if the next two agree.
    """
    ahead = [week for week in weeks[start : start + 3] if len(week) == _WEEK]
    if len(ahead) == 3 and _same(ahead[1], _days(ahead[2])):  # noqa: PLR2004 (this and two more)
        differs = sum(day != _days(ahead[1])[at.weekday()] for at, day in weeks[start])
        if differs <= _MAX_EXCEPTIONS_A_WEEK:
            return _days(ahead[1])
    if len(weeks[start]) == _WEEK or not ahead:
        own: list[Day] = [()] * _WEEK
        for at, day in weeks[start]:
            own[at.weekday()] = day
        return tuple(own)
    return _days(ahead[0])


def _days(week: Week) -> tuple[Day, ...]:
    return tuple(day for _, day in week)


def _same(week: Week, own: tuple[Day, ...]) -> bool:
    return all(day == own[at.weekday()] for at, day in week)


def _goes_on(weeks: list[Week], number: int, own: tuple[Day, ...]) -> bool:
    for week in weeks[number : number + _WEEKS_AHEAD]:
        if _same(week, own):
            return True
        if sum(day != own[at.weekday()] for at, day in week) > _MAX_EXCEPTIONS_A_WEEK:
            return False
    return False


def _period(weeks: list[Week], own: tuple[Day, ...]) -> Period:
    days = [entry for week in weeks for entry in week]
    exceptions = tuple((at, day) for at, day in days if day != own[at.weekday()])
    return Period(days[0][0], days[-1][0], own, exceptions)


def _opens(period: Period) -> bool:
    return any(day for _, day in period.exceptions)
