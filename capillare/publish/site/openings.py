"""When a desk is open in the next 400 days, as Python computes it and browsers read it back.

Times are those of the wall clock in Rome, so that a change of the clocks needs no rule of its own.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from opening_hours import State

from capillare.geo.hours import normalise_hours, shuts_on_patrons_day
from capillare.geo.hours.schedules import schedule_of

HORIZON_DAYS = 400
"""Beyond them a page says that hours are to be verified."""

_DAYS_A_WEEK = 7
_ONE_MINUTE = timedelta(minutes=1)
_ONE_DAY = timedelta(days=1)


class OpenSpan(NamedTuple):
    """A span of one day in which a desk is open, or not known to be.

    Attributes
    ----------
    day
        Days since the first.
    opens, closes
        Minutes of the day, 0 to 1440; the closing minute is outside.
    is_known
        False where the hours say "unknown", such as by appointment.
    """

    day: int
    opens: int
    closes: int
    is_known: bool = True


def open_spans(
    expression: str,
    first: date,
    *,
    istat_code: str | None = None,
    valid_from: str = "",
    valid_to: str = "",
) -> tuple[OpenSpan, ...]:
    """List the spans of `HORIZON_DAYS` days in order; none where hours cannot be read.

    Parameters
    ----------
    expression
        Opening hours, OpenStreetMap grammar or Italian text.
    first
        Day 0.
    istat_code
        Municipality whose patron's day counts where the hours say so.
    valid_from, valid_to
        ISO dates of the first and last day of service; empty for none.

    >>> open_spans("Mo 09:00-13:00; PH off", date(2026, 4, 5))[0]
    OpenSpan(day=8, opens=540, closes=780, is_known=True)
    """
    canonical = normalise_hours(expression)
    if canonical is None:
        return ()
    # Only where the patron's day counts do equal hours differ from place to place.
    own = istat_code if shuts_on_patrons_day(canonical) else None
    spans = _every_span(canonical, first, own)
    if not valid_from and not valid_to:
        return spans
    begins = (date.fromisoformat(valid_from) - first).days if valid_from else 0
    ends = (date.fromisoformat(valid_to) - first).days if valid_to else HORIZON_DAYS
    return tuple(span for span in spans if begins <= span.day <= ends)


@lru_cache(maxsize=8192)
def _every_span(canonical: str, first: date, istat_code: str | None) -> tuple[OpenSpan, ...]:
    start = datetime.combine(first, time.min)
    stop = start + timedelta(days=HORIZON_DAYS)
    schedule = schedule_of(canonical, year=first.year, istat_code=istat_code)
    return tuple(
        span
        for opens, closes, state, _ in schedule.intervals(start, stop)
        if state != State.CLOSED
        for span in _by_day(
            (max(opens, start) - start) // _ONE_MINUTE,
            (min(closes, stop) - start) // _ONE_MINUTE,
            is_known=state == State.OPEN,
        )
    )


@lru_cache(maxsize=8192)
def opening_code(spans: tuple[OpenSpan, ...]) -> str:
    """Write spans as text for a page: the kinds of day, a slash, the weeks that they make.

    A kind of day is ``540-780,900-1140?``, minutes with a mark where it is not known; day kind 0
    is shut, the others are numbered from 1. A week is the kinds of its seven days, the first being
    day 0's, and ``*n`` where it comes n times. No spans give an empty text.

    >>> opening_code(open_spans("Mo-Fr 09:00-13:00", date(2026, 3, 2)))
    '540-780/1,1,1,1,1,0,0*57 1,0,0,0,0,0,0'
    """
    if not spans:
        return ""
    kinds: dict[str, int] = {}
    days = [0] * (HORIZON_DAYS + -HORIZON_DAYS % _DAYS_A_WEEK)
    for day, of_day in groupby(sorted(spans), key=lambda span: span.day):
        days[day] = kinds.setdefault(",".join(map(_written, of_day)), len(kinds) + 1)
    weeks = [
        ",".join(map(str, days[start : start + _DAYS_A_WEEK]))
        for start in range(0, len(days), _DAYS_A_WEEK)
    ]
    runs = [(week, len(list(same))) for week, same in groupby(weeks)]
    written = " ".join(f"{week}*{n}" if n > 1 else week for week, n in runs)
    return f"{';'.join(kinds)}/{written}"


def _by_day(opens: int, closes: int, *, is_known: bool) -> list[OpenSpan]:
    minutes = _ONE_DAY // _ONE_MINUTE
    spans = []
    while opens < closes:
        day, start = divmod(opens, minutes)
        end = min(closes, (day + 1) * minutes)
        spans.append(OpenSpan(day, start, end - day * minutes, is_known))
        opens = end
    return spans


def _written(span: OpenSpan) -> str:
    return f"{span.opens}-{span.closes}{'' if span.is_known else '?'}"
