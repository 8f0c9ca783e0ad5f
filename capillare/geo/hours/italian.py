"""Common Italian free text on opening hours, read into clauses and written in the OSM grammar."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from capillare.geo.hours.grammar import MONTHS
from capillare.geo.hours.italian_rules import Clause, Unreadable, written
from capillare.geo.hours.italian_words import Kind, Token, segments

if TYPE_CHECKING:
    from collections.abc import Callable

_LISTING: tuple[Kind, ...] = ("comma", "slash", "and")
_WEEK = 7
_MINUTES = 60
_FIRST_PLAUSIBLE_MIN = 6 * _MINUTES
_NOON_MIN = 12 * _MINUTES
_MORNING_END_MIN = 13 * _MINUTES
_LAST_MIN = 24 * _MINUTES


def italian_hours(text: str) -> str | None:
    """Return Italian free text in the OSM grammar; None if any part of it has no single reading.

    Unlike the grammar's semicolon, two clauses on one day add up ("lun-ven 9-13; mer 15-18").
    Times before six, or that do not ascend, could be afternoon hours and are not read.

    >>> italian_hours("Lun. e Mer. 9.00-12.30 / 15.00-18.00")
    'Mo,We 09:00-12:30,15:00-18:00'
    >>> italian_hours("dal lunedì al venerdì dalle 9 alle 13, festivi esclusi")
    'Mo-Fr 09:00-13:00; PH off'
    >>> italian_hours("sabato mattina") is None
    True
    """
    parts = segments(text)
    if not parts:
        return None
    try:
        clauses: list[Clause] = []
        for tokens in parts:
            clauses = _with_segment(clauses, tokens)
        return written(clauses)
    except Unreadable:
        return None


def _with_segment(before: list[Clause], tokens: list[Token]) -> list[Clause]:
    """Return the clauses read so far and those of one more segment.

    "Su appuntamento" belongs to the only clause of its segment, or, alone, to every clause.
    """
    by_appointment = tokens[-1].kind == "appointment"
    if by_appointment:
        tokens = tokens[:-1]
        if not tokens:
            return [replace(clause, by_appointment=True) for clause in before]
    clauses = _Reader(tokens, before).clauses()
    if by_appointment:
        opens = [clause for clause in clauses if clause.spans]
        if len(opens) != 1:
            raise Unreadable
        clauses = [
            replace(clause, by_appointment=True) if clause.spans else clause for clause in clauses
        ]
    return before + clauses


@dataclass
class _Reader:
    """Reads the clauses of one segment from left to right."""

    tokens: list[Token]
    before: list[Clause]
    at: int = 0

    def clauses(self) -> list[Clause]:
        opens = [clause for clause in self.before if clause.spans]
        season = opens[-1].season if opens else ""
        if season and not all(clause.season for clause in opens):
            season = "?"
        found: list[Clause] = []
        while self.at < len(self.tokens):
            new_season = self._season()
            season = new_season or season
            for clause in self._clause(season, is_new=bool(new_season)):
                if clause.season == "?":
                    raise Unreadable
                found.append(clause)
                season = clause.season if clause.spans else ("" if new_season else season)
            self._take(*_LISTING)
        return found

    def _clause(self, season: str, *, is_new: bool) -> list[Clause]:
        if is_new and self._take("closed"):
            return [Clause(season=season, is_closed=True)]
        if self._take("closed", "except"):
            return self._closures()
        if self._peek() in ("holidays", "patron"):
            named = self._closure_of_name()
            if not self._take("closed", "except"):
                raise Unreadable
            return [named]
        if self._peek() in ("time", "from", "morning", "afternoon") and not self._from_day():
            return [self._times_first(season)]
        nth, days = self._days()
        if self._take("closed"):
            return [Clause(season=season if is_new else "", nth=nth, days=days, is_closed=True)]
        self._take("comma")
        closures = self._closures() if self._take("except") else []
        shut = {day for closure in closures if not closure.season for day in closure.days}
        closures = [closure for closure in closures if closure.season or closure.closes]
        self._take("comma")
        open_days = tuple(day for day in days if day not in shut)
        return [Clause(season=season, nth=nth, days=open_days, spans=self._spans()), *closures]

    def _times_first(self, season: str) -> Clause:
        """Read "9-13 lun-ven", or more times of the clause before."""
        spans = self._spans()
        if self.at == len(self.tokens) and self.before and self.before[-1].spans:
            last = self.before[-1]
            return replace(last, spans=spans)
        nth, days = self._days()
        if self.at < len(self.tokens) and self._peek() == "time":
            raise Unreadable
        return Clause(season=season, nth=nth, days=days, spans=spans)

    def _closures(self) -> list[Clause]:
        closures = [self._closure()]
        while self._peek() in _LISTING and self._peek(1) in ("patron", "holidays"):
            self.at += 1
            closures.append(self._closure())
        return closures

    def _closure(self) -> Clause:
        if self._peek() in ("holidays", "patron"):
            return self._closure_of_name()
        self._take("to")  # "chiuso ad agosto"
        if season := self._season(with_single_day=True):
            return Clause(season=season, is_closed=True)
        nth, days = self._days()
        return Clause(nth=nth, days=days, is_closed=True)

    def _closure_of_name(self) -> Clause:
        if self._take("holidays"):
            return Clause(is_closed=True, closes="holidays")
        self._need("patron")
        return Clause(is_closed=True, closes="patron")

    def _days(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return ordinals in the month (none for every week) and weekdays 0 to 6."""
        if self._take("every_day"):
            return (), tuple(range(_WEEK))
        ordinals = self._ordinals()
        if ordinals:
            day = self._need("day").number
            self._need("of_month")
            return ordinals, (day,)
        days = self._day_range()
        while True:
            start = self.at
            self._take(*_LISTING)
            if self._peek() != "day" and not self._from_day():
                self.at = start
                return (), tuple(dict.fromkeys(days))
            days += self._day_range()

    def _ordinals(self) -> tuple[int, ...]:
        ordinals: list[int] = []
        while self._peek() == "ordinal":
            ordinals.append(self._need("ordinal").number)
            if self._peek(1) == "ordinal":
                self._take(*_LISTING)
        return tuple(ordinals)

    def _day_range(self) -> tuple[int, ...]:
        is_from = self._take("from")
        first = self._need("day").number
        if is_from:
            self._need("to")
        elif not self._take("dash"):
            return (first,)
        last = self._need("day").number
        return tuple((first + n) % _WEEK for n in range((last - first) % _WEEK + 1))

    def _spans(self) -> tuple[tuple[int, int], ...]:
        spans = [self._span()]
        while True:
            start = self.at
            self._take(*_LISTING)
            if not self._span_follows():
                self.at = start
                return tuple(spans)
            spans.append(self._span())
            if spans[-1][0] < spans[-2][1]:
                raise Unreadable

    def _span_follows(self) -> bool:
        start = self.at
        has_season = bool(self._season())
        self.at = start
        ahead = self._peek()
        if ahead == "from":
            ahead = self._peek(1)
        return not has_season and ahead in ("time", "morning", "afternoon")

    def _span(self) -> tuple[int, int]:
        is_morning, is_afternoon = self._take("morning"), self._take("afternoon")
        self._take("from")
        opens = self._need("time").number
        if not self._take("dash", "to", "slash"):
            raise Unreadable
        closes = self._need("time").number
        if (
            not _FIRST_PLAUSIBLE_MIN <= opens < closes <= _LAST_MIN
            or (is_morning and opens >= _MORNING_END_MIN)
            or (is_afternoon and opens < _NOON_MIN)
        ):
            raise Unreadable
        return opens, closes

    def _season(self, *, with_single_day: bool = False) -> str:
        """Read months or dates as a selector of the grammar; nothing is taken if there is none."""
        readings: list[Callable[[], str]] = [self._date_range, self._months]
        if with_single_day:
            readings.append(self._date)
        for read in readings:
            start = self.at
            try:
                return read()
            except Unreadable:
                self.at = start
        return ""

    def _date_range(self) -> str:
        self._need("from")
        if self._peek() == "month":
            first = self._month()
            self._need("to")
            return f"{first}-{self._month()}"
        first_day = self._day_of_month()
        if self._take("to", "dash"):
            last_day, month = self._day_of_month(), self._month()
            return f"{_day_in(month, first_day)}-{_day_in(month, last_day)}"
        first = _day_in(self._month(), first_day)
        self._need("to")
        last_day = self._day_of_month()
        return f"{first}-{_day_in(self._month(), last_day)}"

    def _months(self) -> str:
        months = [self._month()]
        if self._peek() == "dash" and self._peek(1) == "month":
            self.at += 1
            return f"{months[0]}-{self._month()}"
        while self._peek() in _LISTING and self._peek(1) == "month":
            self.at += 1
            months.append(self._month())
        return ",".join(months)

    def _date(self) -> str:
        day = self._day_of_month()
        return _day_in(self._month(), day)

    def _month(self) -> str:
        return MONTHS[self._need("month").number - 1]

    def _day_of_month(self) -> int:
        if self._peek() == "ordinal":
            return self._need("ordinal").number
        token = self._need("time")
        if token.is_clock:
            raise Unreadable
        return token.number // _MINUTES

    def _from_day(self) -> bool:
        return self._peek() == "from" and self._peek(1) == "day"

    def _peek(self, ahead: int = 0) -> Kind | None:
        at = self.at + ahead
        return self.tokens[at].kind if at < len(self.tokens) else None

    def _take(self, *kinds: Kind) -> bool:
        has = self._peek() in kinds
        self.at += has
        return has

    def _need(self, kind: Kind) -> Token:
        if self._peek() != kind:
            raise Unreadable
        self.at += 1
        return self.tokens[self.at - 1]


def _day_in(month: str, day: int) -> str:
    if not 1 <= day <= calendar.monthrange(2024, MONTHS.index(month) + 1)[1]:
        raise Unreadable
    return f"{month} {day}"
