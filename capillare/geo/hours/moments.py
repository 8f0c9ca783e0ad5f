"""A moment to ask about: an instant of the calendar, or a weekday and time of the plain week."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from capillare.geo.errors import ConfigError
from capillare.geo.hours.instants import is_open_at
from capillare.geo.hours.measures import MINUTES_A_DAY, open_in_plain_week
from capillare.geo.hours.schedules import ROME
from capillare.geo.schema.stops import WEEKDAY_NAMES

_ITALIAN = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")
_WEEKLY = re.compile(r"([^\W\d]{2,9})\.?\s+(\d{1,2})(?:[:.](\d{2}))?")
_TIMED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_LAST_HOUR, _LAST_MINUTE = 23, 59


@dataclass(frozen=True)
class WeekMoment:
    """A weekday and time of the plain week, in which no day is a holiday.

    Attributes
    ----------
    weekday
        0 is Monday.
    minute
        Of the day, from 0 to 1439.

    Examples
    --------
    >>> str(WeekMoment(2, 17 * 60 + 30))
    'We 17:30'
    """

    weekday: int
    minute: int

    def __str__(self) -> str:
        """Write it as `read_moment` reads it."""
        hour, minute = divmod(self.minute, 60)
        return f"{WEEKDAY_NAMES[self.weekday]} {hour:02d}:{minute:02d}"


Moment = datetime | WeekMoment


def read_moment(text: str) -> Moment:
    """Read an instant, or a weekday and time in English or Italian.

    An instant without zone is Europe/Rome.

    Raises
    ------
    ConfigError
        If it is neither; a day alone is no instant.

    Examples
    --------
    >>> str(read_moment("Mo 10:30")), str(read_moment("mercoledì 17"))
    ('Mo 10:30', 'We 17:00')
    >>> moment_text(read_moment("2026-03-02T10:30"))
    '2026-03-02T10:30'
    """
    asked = text.strip()
    moment = _week_moment(asked) or _instant(asked)
    if moment is None:
        raise ConfigError(
            f"{text!r}: neither an instant nor a weekday and time. Write 2026-03-02T10:30, or "
            "Mo 10:30."
        )
    return moment


def moment_text(moment: Moment) -> str:
    """Write a moment: an instant as ISO 8601 without zone, in Europe/Rome."""
    if isinstance(moment, WeekMoment):
        return str(moment)
    local = moment if moment.tzinfo is None else moment.astimezone(ROME).replace(tzinfo=None)
    return local.isoformat(timespec="minutes")


def is_open_then(
    expression: str, moment: Moment, *, as_of: date, istat_code: str | None = None
) -> bool:
    """Whether a desk is known to be open at a moment; by appointment is not.

    Parameters
    ----------
    expression
        Opening hours in the OpenStreetMap grammar.
    as_of
        The plain week is the one from the Monday on or after it.
    istat_code
        For hours that shut on the patron's day of a municipality; instants only.
    """
    if isinstance(moment, WeekMoment):
        week = open_in_plain_week(expression, as_of=as_of)
        return bool(week[moment.weekday * MINUTES_A_DAY + moment.minute])
    return is_open_at(expression, moment, istat_code=istat_code) is True


def _week_moment(text: str) -> WeekMoment | None:
    found = _WEEKLY.fullmatch(text)
    day = _weekday(found[1]) if found else None
    if found is None or day is None:
        return None
    hour, minute = int(found[2]), int(found[3] or 0)
    is_clock = hour <= _LAST_HOUR and minute <= _LAST_MINUTE
    return WeekMoment(day, hour * 60 + minute) if is_clock else None


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if _TIMED.match(text) else None
    except ValueError:
        return None


def _weekday(word: str) -> int | None:
    folded = word.casefold()
    for day, (english, italian) in enumerate(zip(WEEKDAY_NAMES, _ITALIAN, strict=True)):
        if folded == english.casefold() or folded.startswith(italian):
            return day
    return None
