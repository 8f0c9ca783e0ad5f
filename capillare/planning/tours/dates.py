"""The four weeks of a plan: which days vans work, and which places keep a holiday on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from capillare.geo.hours.patrons import is_public_holiday, local_holidays

if TYPE_CHECKING:
    from collections.abc import Iterable

N_WEEKS = 4
WEEK_SETS: dict[tuple[int, ...], str] = {
    (0, 1, 2, 3): "weekly",
    (0, 2): "biweekly",
    (1, 3): "biweekly",
    (0,): "monthly",
    (1,): "monthly",
    (2,): "monthly",
    (3,): "monthly",
}
"""Weeks, from 0, in which a tour may run, and what the pattern is called."""


@dataclass(frozen=True)
class Horizon:
    """Four whole weeks from a Monday.

    Attributes
    ----------
    monday
        First day.
    """

    monday: date

    @classmethod
    def after(cls, as_of: date) -> Horizon:
        """Return the four weeks from the first Monday not before a day.

        >>> Horizon.after(date(2026, 3, 4)).monday
        datetime.date(2026, 3, 9)
        """
        return cls(as_of + timedelta(days=-as_of.weekday() % 7))

    @property
    def last(self) -> date:
        """Last day, a Sunday."""
        return self.monday + timedelta(days=7 * N_WEEKS - 1)

    def day(self, week: int, weekday: int) -> date:
        """Return a day; weeks and weekdays count from 0."""
        return self.monday + timedelta(days=7 * week + weekday)

    def working_weeks(self, weekday: int, off: frozenset[date]) -> tuple[int, ...]:
        """Return the weeks whose `weekday` is no national holiday and not in `off`."""
        days = ((week, self.day(week, weekday)) for week in range(N_WEEKS))
        return tuple(w for w, day in days if day not in off and not is_public_holiday(day))

    def national_holidays(self) -> list[date]:
        """Return the national holidays in the four weeks."""
        days = (self.monday + timedelta(days=ahead) for ahead in range(7 * N_WEEKS))
        return [day for day in days if is_public_holiday(day)]

    def patrons_days(self, istat_codes: Iterable[str]) -> dict[str, frozenset[date]]:
        """Return, for each municipality that keeps one within the four weeks, its patron's day."""
        found = {}
        for code in sorted(set(istat_codes)):
            years = {self.monday.year, self.last.year}
            days = {local_holidays(code, year).date for year in years}
            kept = frozenset(day for day in days if day and self.monday <= day <= self.last)
            if kept:
                found[code] = kept
        return found
