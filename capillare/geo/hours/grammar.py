"""The OpenStreetMap grammar of opening hours: what is accepted, in which canonical form."""

from __future__ import annotations

import calendar
import re
from functools import lru_cache

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from capillare.geo.schema.stops import WEEKDAY_NAMES

MAX_CHARS = 1000
# A change further than ten years away is no change: it keeps impossible dates from being sought.
HORIZON_DAYS = 3660

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DAY = rf"(?:{'|'.join(WEEKDAY_NAMES)}|PH|SH)"
_TIME = r"\d{1,2}:\d{2}"
_STATE = r"(?:open|closed|off|unknown)"
_DAY_LIST_SPACE = re.compile(rf"({_DAY}(?:\[[^\]]*\])?)\s*,\s+(?={_DAY}\b)", re.IGNORECASE)
_TIME_LIST_SPACE = re.compile(rf"({_TIME})\s*,\s+(?={_TIME}\s*-)")
_STATED = re.compile(rf"(?:^|\W){_STATE}\s*$", re.IGNORECASE)
_LONE_MARCH = re.compile(rf"(?:^|[;,|]\s*)Mar\s*(?:{_TIME}|$|[;|])")
_MONTH_DAY = re.compile(rf"({'|'.join(MONTHS)}) (\d{{1,2}})\b")
_MEANS_SOMETHING = re.compile(r"[A-Za-z:]|24/7")


@lru_cache(maxsize=65536)
def canonical_osm(text: str) -> str | None:
    """Return the canonical form of an OpenStreetMap expression; None if it is not one.

    A comment without a state means *unknown* in the specification (0.7.4, rule modifiers) and is
    written so. A comma followed by a space inside a list of weekdays or of times is read as the
    list that it is. Refused although the grammar lets them through: a number alone, a day that its
    month does not have, and ``Mar`` directly before a time (March, or the Italian Tuesday?).

    >>> canonical_osm("Mo-Fr 9:00-13:00; PH off")
    'Mo-Fr 09:00-13:00; PH closed'
    >>> canonical_osm('Mo-Fr 09:00-13:00 "su appuntamento"')
    'Mo-Fr 09:00-13:00 unknown "su appuntamento"'
    >>> canonical_osm("Mo-Fr 25:00") is None
    True
    """
    if len(text) > MAX_CHARS or not text.strip() or text.count('"') % 2:
        return None
    cleaned = _with_stated_comments(text, state="unknown")
    schedule = compiled(cleaned)
    if schedule is None or not _MEANS_SOMETHING.search(cleaned):
        return None
    written = _with_stated_comments(str(schedule), state="open")
    if compiled(written) is None:
        written = cleaned  # offsets of holidays are not written back as they are read
    if _LONE_MARCH.search(written) or _has_impossible_day(written):
        return None
    return written


def could_be_march(text: str) -> bool:
    """Whether a text of the grammar says ``Mar`` directly before a time: March, or "martedì"."""
    cleaned = _with_stated_comments(text, state="unknown")
    return bool(_LONE_MARCH.search(cleaned)) and compiled(cleaned) is not None


@lru_cache(maxsize=8192)
def compiled(expression: str, *, has_holidays: bool = True) -> OpeningHours | None:
    """Return the evaluator of an expression in local wall-clock time; None if it does not parse.

    Without holidays, ``PH`` never happens.
    """
    try:
        return OpeningHours(
            expression,
            country="IT" if has_holidays else None,
            auto_country=False,
            auto_timezone=False,
            max_interval_days=HORIZON_DAYS,
        )
    except ParserError:
        return None


def _with_stated_comments(text: str, *, state: str) -> str:
    """Return `text` with plain dashes and spaces, joined lists, and `state` before bare comments.

    The evaluator drops the word ``open`` before a comment when it writes, hence two passes.
    """
    parts = text.split('"')
    pieces: list[str] = []
    for position, part in enumerate(parts):
        if position % 2:
            follows = parts[position + 1].lstrip()
            is_stated = bool(_STATED.search(parts[position - 1])) or follows.startswith(":")
            pieces.append(("" if is_stated else f"{state} ") + f'"{part}"')
            continue
        plain = re.sub(r"\s+", " ", re.sub(r"[‐‑‒–—−]", "-", part))
        pieces.append(_TIME_LIST_SPACE.sub(r"\1,", _DAY_LIST_SPACE.sub(r"\1,", plain)))
    return "".join(pieces).strip().rstrip(";, ")


def _has_impossible_day(expression: str) -> bool:
    return any(
        int(day) > calendar.monthrange(2024, MONTHS.index(month) + 1)[1]
        for month, day in _MONTH_DAY.findall(expression)
    )
