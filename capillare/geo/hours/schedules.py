"""Opening hours as evaluators: a text in canonical form, compiled with the holidays it names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from capillare.geo.errors import DataError
from capillare.geo.hours.grammar import MAX_CHARS, canonical_osm, compiled, could_be_march
from capillare.geo.hours.italian import italian_hours
from capillare.geo.hours.patrons import closed_on_patrons_day, shuts_on_patrons_day

if TYPE_CHECKING:
    from opening_hours import OpeningHours

ROME = ZoneInfo("Europe/Rome")


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


def canonical_hours(expression: str) -> str:
    """Return the canonical form of an expression.

    Raises
    ------
    DataError
        If the expression cannot be read.
    """
    canonical = normalise_hours(expression)
    if canonical is None:
        raise DataError(
            f"opening hours {expression[:80]!r}: cannot be read. "
            "Write them like Mo-Fr 09:00-13:00 or lun-ven 9-13."
        )
    return canonical


def schedule_of(
    expression: str, *, year: int, istat_code: str | None = None, has_holidays: bool = True
) -> OpeningHours:
    """Return the evaluator of an expression, good from `year` for the ten years after it.

    With `istat_code`, hours that say so are shut on the patron's day of that municipality, as far
    as the day is known.

    Raises
    ------
    DataError
        If the expression cannot be read.
    """
    canonical = canonical_hours(expression)
    if istat_code is not None and shuts_on_patrons_day(canonical):
        canonical += closed_on_patrons_day(istat_code, year)
    schedule = compiled(canonical, has_holidays=has_holidays)
    if schedule is None:  # a canonical form always compiles
        raise DataError(f"opening hours {expression[:80]!r}: cannot be evaluated. Rewrite them.")
    return schedule
