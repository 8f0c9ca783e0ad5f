"""Vans and gazebo teams as somebody describes them, checked before anything is planned."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.errors import ConfigError
from capillare.geo.schema import VANS
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.geo.sources.exchange import read_exchange

if TYPE_CHECKING:
    from pathlib import Path

MAX_VANS = 50
A_DAY_MIN = 24 * 60
_ITALIAN = dict(zip(("lu", "ma", "me", "gi", "ve", "sa", "do"), WEEKDAY_NAMES, strict=True))
_FERRY = ("port_lat", "port_lon", "landing_lat", "landing_lon", "ferry_min")


@dataclass(frozen=True, kw_only=True)
class Van:
    """One van or team; the defaults are a working day of eight hours and a point's 24 a week.

    Attributes
    ----------
    van
        Its name.
    point_id
        Point whose hours and target it works for.
    lat, lon
        Base, EPSG:4326; without it, the main seat of the point.
    shift_start, shift_end, break_start, break_end, open_from, open_to
        Wall clock, ``HH:MM``: away from the base; midday break, without stop or driving (both
        empty for none); hours in which it may stand at a stop.
    weekdays, ferry_days
        ``Mo-Fr`` or ``Mo,We``; on a ferry day it serves the island of its landing alone.
    min_stay_min, max_stay_min, setup_min
        Least minutes open to people; most minutes on the spot, set-up included; set-up.
    weekly_hours
        Most hours a week open to people, spread evenly over its weekdays.
    days_off
        Days on which it stays at home, ``YYYY-MM-DD`` separated by ``;``.
    port_lat, port_lon, landing_lat, landing_lon, ferry_min
        Ports of the ferry and minutes of a crossing; needed with `ferry_days`.
    cost_eur
        What it costs; a point's cost where not given.
    """

    van: str
    point_id: str = ""
    lat: float | None = None
    lon: float | None = None
    shift_start: str = "08:00"
    shift_end: str = "17:00"
    weekdays: str = "Mo-Fr"
    break_start: str = "13:00"
    break_end: str = "14:00"
    open_from: str = "08:30"
    open_to: str = "18:00"
    min_stay_min: float = 60.0
    max_stay_min: float = 180.0
    setup_min: float = 15.0
    weekly_hours: float = 24.0
    days_off: str = ""
    ferry_days: str = ""
    port_lat: float | None = None
    port_lon: float | None = None
    landing_lat: float | None = None
    landing_lon: float | None = None
    ferry_min: float | None = None
    cost_eur: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a van that could not leave its base, all faults at once."""
        faults = [*_wrong_kinds(self)]
        if not faults:
            faults = [*_clock_faults(self), *_day_faults(self), *_stay_faults(self)]
            faults += _ferry_faults(self)
        if faults:
            raise ConfigError(f"van {self.van!r}: {'; '.join(faults)}. Correct it.")

    @property
    def working_days(self) -> tuple[int, ...]:
        """Working weekdays, 0 is Monday, ferry days among them."""
        return tuple(sorted({*weekday_numbers(self.weekdays), *self.ferry_numbers}))

    @property
    def ferry_numbers(self) -> tuple[int, ...]:
        """Weekdays of the ferry, 0 is Monday."""
        return weekday_numbers(self.ferry_days) if self.ferry_days else ()

    @property
    def off(self) -> frozenset[date]:
        """Days on which it stays at home."""
        return frozenset(date.fromisoformat(day) for day in _listed(self.days_off))


def read_vans(path: Path) -> tuple[Van, ...]:
    """Read a table ``vans`` (CSV or XLSX); a cell left empty takes the default.

    Raises
    ------
    SourceError, DataError, ConfigError
        If the file cannot be read, two vans share a name, or a van cannot work as described.
    """
    frame = read_exchange(path, VANS)
    frame = frame.astype("object").where(frame.notna(), None)
    return vans_of(frame.to_dict("records"), where=path.name)


def vans_of(rows: list[dict[Any, Any]], *, where: str) -> tuple[Van, ...]:
    """Make vans of records, empty cells left out; every faulty van is named at once.

    Raises
    ------
    ConfigError
        If a record names an unknown column, or any van is faulty.
    """
    known = {field.name for field in fields(Van)}
    faults, vans = [], []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            faults.append(f"van {number} is no table")
            continue
        given = {name: cell for name, cell in row.items() if cell is not None}
        strangers = sorted(set(given) - known)
        if strangers or "van" not in given:
            unknown = f"no column {', '.join(strangers)}" if strangers else "van has no name"
            faults.append(f"van {number}: {unknown}")
            continue
        try:
            vans.append(Van(**given))
        except ConfigError as fault:
            faults.append(str(fault).removesuffix(". Correct it."))
    if not faults:
        faults = fleet_faults(tuple(vans))
    if faults:
        raise ConfigError(f"{where}: {'; '.join(faults)}. Correct these vans.")
    return tuple(vans)


def fleet_faults(vans: tuple[Van, ...]) -> list[str]:
    """Say what is wrong with vans together: none at all, too many, or two of one name."""
    if not 0 < len(vans) <= MAX_VANS:
        return [f"{len(vans)} vans, give 1 to {MAX_VANS}"]
    names = [van.van for van in vans]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [f"two vans are called {name!r}" for name in twice]


def vans_as_toml(vans: tuple[Van, ...]) -> str:
    """Return vans as tables ``[[vans]]`` of a scenario file, defaults left out."""
    plain = {field.name: field.default for field in fields(Van)}
    lines = []
    for van in vans:
        lines += ["", "[[vans]]"]
        lines += [
            # A JSON string of printable characters is a TOML string.
            f"{name} = {json.dumps(cell, ensure_ascii=False)}"
            for name, cell in asdict(van).items()
            if cell != plain[name]
        ]
    return "\n".join(lines) + "\n" if lines else ""


def vans_frame(vans: tuple[Van, ...]) -> pd.DataFrame:
    """Return vans as table ``vans``."""
    rows = [
        {name: cell or None if cell == "" else cell for name, cell in asdict(v).items()}
        for v in vans
    ]
    return VANS.check(pd.DataFrame(rows))


def clock_minutes(text: str) -> int:
    """Return minutes after midnight of ``HH:MM``.

    >>> clock_minutes("08:30"), clock_minutes("9:05")
    (510, 545)
    """
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def clock_text(minutes: float) -> str:
    """Return ``HH:MM`` of minutes after midnight.

    >>> clock_text(545)
    '09:05'
    """
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def weekday_numbers(text: str) -> tuple[int, ...]:
    """Return the weekdays that a text lists, 0 is Monday; Italian names are read too.

    Raises
    ------
    ConfigError
        If a weekday cannot be read.

    >>> weekday_numbers("Mo-We,Fr"), weekday_numbers("lun, gio")
    ((0, 1, 2, 4), (0, 3))
    """
    found: set[int] = set()
    for part in re.split(r"[,;]", text):
        ends = [_weekday(name, text) for name in part.split("-")]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or last < first:  # noqa: PLR2004 (a range has two ends)
            raise ConfigError(f"weekdays {text!r}: cannot be read. Write Mo-Fr or Mo,We,Fr.")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def _weekday(name: str, text: str) -> int:
    short = name.strip().casefold()[:2]
    short = _ITALIAN.get(short, short.capitalize())
    if short not in WEEKDAY_NAMES:
        raise ConfigError(f"weekdays {text!r}: cannot be read. Write Mo-Fr or Mo,We,Fr.")
    return WEEKDAY_NAMES.index(short)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _wrong_kinds(van: Van) -> list[str]:
    faults = []
    for field in fields(Van):
        cell = getattr(van, field.name)
        is_text = isinstance(field.default, str) or field.name == "van"
        if is_text and not isinstance(cell, str):
            faults.append(f"{field.name} {cell!r} is no text")
        if not is_text and cell is not None:
            is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
            if not is_number or not math.isfinite(cell) or (cell < 0 and field.name[0] != "l"):
                faults.append(f"{field.name} {cell!r} is no usable number")
    texts = [str(getattr(van, field.name)) for field in fields(Van)]
    if not van.van or not str(van.van).strip():
        faults.append("it has no name")
    if not all(text.isprintable() for text in texts):
        faults.append("a text holds characters that cannot be printed")
    return faults


def _clock_faults(van: Van) -> list[str]:
    faults = []
    names = ("shift_start", "shift_end", "open_from", "open_to", "break_start", "break_end")
    for name in names:
        text = getattr(van, name)
        is_free = name.startswith("break") and not (van.break_start or van.break_end)
        if not is_free and not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text):
            faults.append(f"{name} {text!r} is no time of day")
    if faults:
        return faults
    for first, last in (("shift_start", "shift_end"), ("open_from", "open_to")):
        if clock_minutes(getattr(van, first)) >= clock_minutes(getattr(van, last)):
            faults.append(f"{last} {getattr(van, last)} is not after {first} {getattr(van, first)}")
    if van.break_start and clock_minutes(van.break_start) >= clock_minutes(van.break_end):
        faults.append(f"break_end {van.break_end} is not after break_start {van.break_start}")
    return faults


def _day_faults(van: Van) -> list[str]:
    faults = []
    for text in (van.weekdays, van.ferry_days):
        try:
            _ = weekday_numbers(text) if text else ()
        except ConfigError as fault:
            faults.append(str(fault).partition(". ")[0])
    if not van.weekdays and not van.ferry_days:
        faults.append("it has no weekday")
    for day in _listed(van.days_off):
        try:
            date.fromisoformat(day)
        except ValueError:
            faults.append(f"days_off {day!r} is not a day of the calendar")
    return faults


def _stay_faults(van: Van) -> list[str]:
    faults = []
    if van.min_stay_min < 1:
        faults.append(f"min_stay_min {van.min_stay_min:g} is under a minute")
    if van.setup_min + van.min_stay_min > van.max_stay_min:
        faults.append(
            f"set-up {van.setup_min:g} and shortest stay {van.min_stay_min:g} pass the longest "
            f"stay of {van.max_stay_min:g} minutes"
        )
    if not _clock_faults(van):
        shift = clock_minutes(van.shift_end) - clock_minutes(van.shift_start)
        if van.setup_min + van.min_stay_min > shift:
            faults.append(
                f"a stay of {van.setup_min + van.min_stay_min:g} minutes is longer than the shift "
                f"of {shift}"
            )
    if not _day_faults(van):
        a_day = 60 * van.weekly_hours / len(van.working_days)
        if van.min_stay_min > a_day:
            faults.append(
                f"{van.weekly_hours:g} hours over {len(van.working_days)} days are "
                f"{a_day:g} minutes a day, under the shortest stay of {van.min_stay_min:g}"
            )
    return faults


def _ferry_faults(van: Van) -> list[str]:
    faults = []
    if (van.lat is None) != (van.lon is None):
        faults.append("lat and lon go together")
    if van.lat is None and not van.point_id:
        faults.append("it has neither a base (lat, lon) nor a point_id")
    absent = [name for name in _FERRY if getattr(van, name) is None]
    if van.ferry_days and absent:
        faults.append(f"ferry_days without {', '.join(absent)}")
    return faults


__all__ = [
    "MAX_VANS",
    "Van",
    "clock_minutes",
    "clock_text",
    "fleet_faults",
    "read_vans",
    "vans_as_toml",
    "vans_frame",
    "vans_of",
    "weekday_numbers",
]
