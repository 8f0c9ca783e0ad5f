"""Opening hours described: in Italian, in English, and as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.hours.instants import is_open_at, next_change
from capillare.geo.hours.measures import weekly_hours
from capillare.geo.hours.readers import said
from capillare.geo.hours.schedules import canonical_hours, normalise_hours

if TYPE_CHECKING:
    from datetime import date, datetime


def readable_it(expression: str) -> str:
    """Say opening hours in Italian; DataError if they cannot be read.

    >>> readable_it("We[1] 16:00-19:00")
    'primo mercoledì del mese 16-19'
    """
    return said(canonical_hours(expression), "it")


def readable_en(expression: str) -> str:
    """Say opening hours in English; DataError if they cannot be read.

    >>> readable_en("Mo-Fr 09:00-13:00")
    'Monday-Friday 9-13'
    """
    return said(canonical_hours(expression), "en")


def describe_hours(
    expression: str, *, at: list[datetime], as_of: date, istat_code: str | None = None
) -> dict[str, object]:
    """Return everything one can say of an expression, as plain JSON values.

    ``parsed`` (canonical form), ``weekly_hours``, ``readable_it`` and ``readable_en`` are None
    where it cannot be read; ``open`` and ``next_change`` hold one entry per instant of `at`.
    """
    parsed = normalise_hours(expression)
    changes = [next_change(parsed, instant, istat_code=istat_code) for instant in at]
    return {
        "parsed": parsed,
        "weekly_hours": None
        if parsed is None
        else weekly_hours(parsed, as_of=as_of, istat_code=istat_code),
        "open": [is_open_at(parsed, instant, istat_code=istat_code) for instant in at],
        "next_change": [None if change is None else change.isoformat() for change in changes],
        "readable_it": None if parsed is None else readable_it(parsed),
        "readable_en": None if parsed is None else readable_en(parsed),
    }
