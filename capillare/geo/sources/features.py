"""Point features of a GeoJSON file or of a WFS answer, read as text with their positions."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pandas as pd

from capillare.geo.errors import SourceError
from capillare.geo.sources.files import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, RawFault, RawTable

if TYPE_CHECKING:
    from pathlib import Path

X_COLUMN, Y_COLUMN = "geometry.x", "geometry.y"
"""Columns of the position, in the file's own CRS; x is east or longitude."""

_FARTHEST = 1e9
"""No CRS has coordinates beyond it; infinity and what is no number fall here."""

DEFAULT_CRS = "EPSG:4326"
_CRS_NAME = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):.*?:?([\w.]+)", re.IGNORECASE)
_CRS84 = {"CRS84", "84"}
_EXCEPTION = re.compile(r"<(\w+:)?(ExceptionReport|ServiceExceptionReport)", re.IGNORECASE)


def read_features(path: Path) -> tuple[RawTable, str]:
    """Read a GeoJSON feature collection of points.

    Numbers and flags become text, lists become texts parted by ``; ``. Lines are the features'
    numbers, from 1. A feature that is no point, or has no usable position, is a fault.

    Returns
    -------
    The table, with `X_COLUMN` and `Y_COLUMN` behind the properties, empty for features without
    geometry; and the CRS that the file names (GeoJSON 2008), empty where it names none: it is
    then EPSG:4326 (RFC 7946).

    Raises
    ------
    SourceError
        If the file is too large, no feature collection, or holds no feature.
    """
    collection = _collection(path)
    features = collection.get("features")
    if not isinstance(features, list) or not features:
        raise SourceError(f"{path.name}: holds no feature. Give the published list.")
    if len(features) > MAX_ROWS:
        raise SourceError(f"{path.name}: over {MAX_ROWS:,} features, no more are read. Split it.")
    faults: list[RawFault] = []
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    for number, feature in enumerate(features, start=1):
        row = _row(feature, number, faults)
        if row is not None:
            rows.append(row)
            lines.append(number)
    names = list(dict.fromkeys(name for row in rows for name in row))
    names = [*(n for n in names if n not in (X_COLUMN, Y_COLUMN)), X_COLUMN, Y_COLUMN]
    if len(names) > MAX_COLUMNS:
        raise SourceError(f"{path.name}: over {MAX_COLUMNS} properties. Remove some.")
    frame = pd.DataFrame(
        {name: pd.array([row.get(name, "") for row in rows], dtype="str") for name in names}
    )
    notes = ["le righe sono gli elementi del GeoJSON, contati da 1"]
    matched = collection.get("numberMatched")
    if isinstance(matched, int) and matched > len(features):
        raise SourceError(
            f"{path.name}: {len(features)} features of {matched}, the server gives pages. "
            "Ask for all of them (count=…), or the others would seem gone."
        )
    raw = RawTable(path.name, None, frame, np.array(lines, dtype=np.int64), notes, faults)
    return raw, _crs(collection.get("crs"), path)


def _collection(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SourceError(
                f"{path.name}: {path.stat().st_size / 1e6:.0f} MB, at most 20 MB are read."
            )
        text = path.read_bytes().decode("utf-8-sig")
        found = json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: not UTF-8, as GeoJSON must be. Save it so.") from fault
    except (ValueError, RecursionError) as fault:
        said = "a WFS error instead of features" if _EXCEPTION.search(text) else "no JSON, or cut"
        raise SourceError(f"{path.name}: {said} ({str(fault)[:80]}). Fetch it again.") from fault
    except OSError as fault:
        if isinstance(fault, SourceError):
            raise
        raise SourceError(f"{path.name}: cannot be read ({fault.strerror}).") from fault
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise SourceError(f"{path.name}: no GeoJSON feature collection. Give the published list.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _row(feature: object, number: int, faults: list[RawFault]) -> dict[str, str] | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        faults.append(RawFault(number, "", "non è un elemento GeoJSON", "Correggilo o toglilo."))
        return None
    row = {str(name): _text(cell) for name, cell in (properties or {}).items()}
    if "id" in feature and "id" not in row:
        row["id"] = _text(feature["id"])
    position = _position(feature.get("geometry"))
    if isinstance(position, str):
        faults.append(RawFault(number, position, "la geometria non è un punto", "Dai un punto."))
        return None
    row[X_COLUMN], row[Y_COLUMN] = position
    return row


def _position(geometry: object) -> tuple[str, str] | str:
    """Return x and y as text, both empty without geometry; the kind of what is no point."""
    if geometry is None:
        return "", ""
    if not isinstance(geometry, dict):
        return str(type(geometry).__name__)
    spots: Any = geometry.get("coordinates")
    if geometry.get("type") == "MultiPoint" and isinstance(spots, list) and len(spots) == 1:
        spots = spots[0]
    elif geometry.get("type") != "Point":
        return str(geometry.get("type"))
    is_pair = isinstance(spots, list) and len(spots) >= 2  # noqa: PLR2004 (x, y and perhaps z)
    if not is_pair or not all(_is_number(spot) for spot in spots[:2]):
        return "Point senza coordinate"
    return repr(float(spots[0])), repr(float(spots[1]))


def _is_number(spot: object) -> bool:
    is_number = isinstance(spot, int | float) and not isinstance(spot, bool)
    return is_number and -_FARTHEST < spot < _FARTHEST  # type: ignore[operator]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, list):
        return "; ".join(_text(part) for part in cell)
    if isinstance(cell, dict):
        return json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _crs(member: object, path: Path) -> str:
    """Return the CRS that the file names, empty where it names none."""
    if member is None:
        return ""
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    match = _CRS_NAME.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise SourceError(f"{path.name}: its CRS cannot be read. Ask for srsName=EPSG:4326.")
    code = match[2].rpartition(":")[2]
    return DEFAULT_CRS if code.upper() in _CRS84 else f"EPSG:{code}"
