"""The parameters of a question about desks, read and held to their ranges, all faults at once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from capillare.geo.fields import nearest
from capillare.geo.hours import ROME
from capillare.geo.schema.registry import NETWORKS
from capillare.publish.api.problems import BadRequest, Fault, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MAX_LIMIT = 200
DEFAULT_LIMIT = 50
MAX_OFFSET = 100_000
MAX_WITHIN_MIN = 120
MAX_TEXT_CHARS = 100
FORMATS = ("json", "geojson")
_NUMBER = re.compile(r"[+-]?(\d{1,4}(\.\d{0,12})?|\.\d{1,12})", re.ASCII)
_WHOLE = re.compile(r"\d{1,7}", re.ASCII)
_N_CORNERS = 4


@dataclass(frozen=True)
class Query:
    """A question about desks.

    Attributes
    ----------
    open_at
        Instant in Europe/Rome; only desks known to be open then.
    near
        ``(lat, lon)``, EPSG:4326: nearest first.
    within_min
        Minutes by car from `near`, boundary included.
    bbox
        West, south, east, north, boundary included.
    service, municipality
        Words of a service; name or ISTAT code of a municipality.
    networks
        Empty for all.
    """

    open_at: datetime | None = None
    near: tuple[float, float] | None = None
    within_min: float | None = None
    bbox: tuple[float, float, float, float] | None = None
    service: str = ""
    municipality: str = ""
    networks: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    format: str = "json"


def read_query(given: Sequence[tuple[str, str]]) -> Query:
    """Read the parameters of a request.

    Raises
    ------
    BadRequest
        If a parameter is unknown, given twice, not of its form or out of its range: every fault.
    """
    faults: list[Fault] = []
    values: dict[str, str] = {}
    for name, text in given:
        if name not in _READERS:
            meant = nearest(name, _READERS)
            faults.append(Fault(shown(name), f"unknown parameter.{meant}"))
        elif name in values:
            faults.append(Fault(name, "given twice"))
        else:
            values[name] = text
    read: dict[str, object] = {}
    for name, text in values.items():
        try:
            read[_FIELDS.get(name, name)] = _READERS[name](text)
        except ValueError as fault:
            faults.append(Fault(name, str(fault)))
    if "within_min" in values and "near" not in values:
        faults.append(Fault("within_min", "needs near=LAT,LON"))
    if faults:
        raise BadRequest(faults)
    return Query(**read)  # type: ignore[arg-type]


def _number(text: str, low: float, high: float) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    number = float(text)
    if not (math.isfinite(number) and low <= number <= high):
        raise ValueError(f"not from {low:g} to {high:g}")
    return number


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
            raise ValueError(f"not a whole number from {low} to {high}")
        return int(text)

    return read


def _instant(text: str) -> datetime:
    # A plus sign that was not escaped arrives as a space.
    try:
        instant = datetime.fromisoformat(text.replace(" ", "+", 1) if "T" in text else text)
    except ValueError:
        raise ValueError("not an instant like 2026-03-02T10:30 (Rome) or with an offset") from None
    try:
        return instant.replace(tzinfo=ROME) if instant.tzinfo is None else instant.astimezone(ROME)
    except (OverflowError, ValueError):
        raise ValueError("out of the calendar") from None


def _position(text: str) -> tuple[float, float]:
    parts = text.split(",")
    if len(parts) != 2:  # noqa: PLR2004 (lat and lon)
        raise ValueError("not LAT,LON")
    return _number(parts[0].strip(), -90, 90), _number(parts[1].strip(), -180, 180)


def _box(text: str) -> tuple[float, float, float, float]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != _N_CORNERS:
        raise ValueError("not WEST,SOUTH,EAST,NORTH")
    west, east = _number(parts[0], -180, 180), _number(parts[2], -180, 180)
    south, north = _number(parts[1], -90, 90), _number(parts[3], -90, 90)
    if west > east or south > north:
        raise ValueError("west is not up to east, or south not up to north")
    return west, south, east, north


def _text(text: str) -> str:
    stripped = text.strip()
    if not stripped or len(stripped) > MAX_TEXT_CHARS:
        raise ValueError(f"not a text of 1 to {MAX_TEXT_CHARS} characters")
    return stripped


def _networks(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    strangers = [name for name in names if name not in NETWORKS]
    if strangers:
        raise ValueError(f"not of {', '.join(NETWORKS)}")
    return names


def _format(text: str) -> str:
    if text not in FORMATS:
        raise ValueError(f"not of {', '.join(FORMATS)}")
    return text


_FIELDS = {"network": "networks"}
_READERS: Mapping[str, Callable[[str], object]] = {
    "open_at": _instant,
    "near": _position,
    "within_min": lambda text: _number(text, 1, MAX_WITHIN_MIN),
    "bbox": _box,
    "service": _text,
    "municipality": _text,
    "network": _networks,
    "limit": _whole(1, MAX_LIMIT),
    "offset": _whole(0, MAX_OFFSET),
    "format": _format,
}
