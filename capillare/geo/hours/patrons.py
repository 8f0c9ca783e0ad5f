"""Patron saints' days: which day a municipality keeps, and what shuts on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal

import holidays

from capillare.geo.hours.grammar import MONTHS
from capillare.geo.schema.territory import LOCAL_HOLIDAYS
from capillare.geo.sources.reference import read_table

FIRST_YEAR, LAST_YEAR = 1990, 2070
"""Years for which the evaluator knows the Italian national holidays."""

_YEARS_AHEAD = 11
_SHUTS = re.compile(r'"[^"]*(?:chius\w*|closed)\b[^",;]*\bpatron', re.IGNORECASE)


@dataclass(frozen=True)
class LocalHoliday:
    """The patron's day that holds for a municipality in one year.

    Attributes
    ----------
    date, name
        The day and what it is called; None and empty where not known.
    basis
        ``municipality``: its own; ``province_capital``: that of the capital of its province stands
        in for its own, which is not known; ``unknown``.
    municipality
        Name of the municipality whose day it is.
    """

    date: date | None
    name: str
    basis: Literal["municipality", "province_capital", "unknown"]
    municipality: str


_UNKNOWN = LocalHoliday(None, "", "unknown", "")


@lru_cache(maxsize=65536)
def local_holidays(istat_code: str, year: int) -> LocalHoliday:
    """Return the patron's day of a municipality in a year (table ``local_holidays``).

    Without a row of its own, a municipality gets the day of the capital of its province, and
    `basis` says so; in a province with several capitals, or for a day that the source leaves open
    or puts outside 1990 to 2070, it is ``unknown``.

    >>> local_holidays("048017", 2026).date
    datetime.date(2026, 6, 24)
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _UNKNOWN
    rows = _rows()
    if istat_code in rows:
        return _kept(rows[istat_code], year, "municipality")
    capitals = [
        row
        for code, row in rows.items()
        if row["is_province_capital"] and code[:3] == istat_code[:3]
    ]
    return _kept(capitals[0], year, "province_capital") if len(capitals) == 1 else _UNKNOWN


@lru_cache(maxsize=1024)
def is_public_holiday(day: date, istat_code: str | None = None) -> bool:
    """Whether a day is a national holiday of Italy or, with `istat_code`, the patron's day there.

    >>> is_public_holiday(date(2026, 6, 24)), is_public_holiday(date(2026, 6, 24), "048017")
    (False, True)
    """
    is_patrons = istat_code is not None and local_holidays(istat_code, day.year).date == day
    return is_patrons or day in _national(day.year)


def shuts_on_patrons_day(canonical: str) -> bool:
    """Whether a comment of canonical hours says that they are shut on the patron's day.

    >>> shuts_on_patrons_day('Mo-Fr 09:00-13:00 open "chiuso per il patrono"')
    True
    """
    return _SHUTS.search(canonical) is not None


def closed_on_patrons_day(istat_code: str, year: int) -> str:
    """Return the rule that shuts on the patron's days of a municipality, to append to hours.

    The days are those of `year` and the eleven after it, which is further than any change is
    sought; empty where none is known.

    >>> closed_on_patrons_day("048017", 2069)
    '; 2069 Jun 24,2070 Jun 24 closed'
    """
    days = [local_holidays(istat_code, year + ahead).date for ahead in range(_YEARS_AHEAD + 1)]
    dates = [f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}" for day in days if day]
    return f"; {','.join(dates)} closed" if dates else ""


def _kept(
    row: dict[str, Any], year: int, basis: Literal["municipality", "province_capital"]
) -> LocalHoliday:
    if row["subdivision"]:
        days = _days_of_subdivision(row["subdivision"], year)
        if len(days) != 1:
            return _UNKNOWN
        day, name = days[0]
    else:
        name = row["name"]
        day = (
            _easter(year) + timedelta(days=row["easter_days"])
            if row["easter_days"] is not None
            else date(year, row["month"], row["day"])
        )
    return LocalHoliday(day, name, basis, row["municipality"])


@lru_cache(maxsize=1)
def _rows() -> dict[str, dict[str, Any]]:
    table = read_table(LOCAL_HOLIDAYS).astype("object")
    table = table.where(table.notna(), None)
    rows = [dict(zip(table.columns, cells, strict=True)) for cells in table.itertuples(index=False)]
    return {row["istat_code"]: row for row in rows}


@lru_cache(maxsize=4096)
def _days_of_subdivision(subdivision: str, year: int) -> list[tuple[date, str]]:
    """Return the days of a subdivision that are no national holiday by the same name."""
    national = _national(year)
    calendar = holidays.country_holidays("IT", subdiv=subdivision, years=year, language="it_IT")
    return [
        (day, name)
        for day, names in sorted(calendar.items())
        for name in names.split("; ")
        if name not in national.get(day, "").split("; ")
    ]


def _easter(year: int) -> date:
    return next(day for day, names in _national(year).items() if "Pasqua" in names.split("; "))


@lru_cache(maxsize=128)
def _national(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("IT", years=year, language="it_IT").items())
