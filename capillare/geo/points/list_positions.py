"""Coordinates of a published list: whether cells can be some, and in which CRS they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from capillare.geo.sources.features import DEFAULT_CRS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

METRIC_CRS = ("EPSG:32632", "EPSG:32633", "EPSG:3003", "EPSG:3004", "EPSG:3857")
"""What Italian offices publish beside degrees: UTM and Gauss-Boaga, two zones each; web maps."""

_DEGREES = {"lat": (35.0, 48.0), "lon": (6.0, 19.0)}
_METRES = {"lat": (3.8e6, 6.2e6), "lon": (1e5, 3.2e6)}
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
_LEAST_INSIDE = 0.5


def could_be(field: str, text: str) -> bool:
    """Tell whether a cell can be a latitude or a longitude of Italy, in degrees or in metres.

    >>> could_be("lat", "43,77"), could_be("lon", "43,77"), could_be("lon", "1681000")
    (True, False, True)
    """
    if not _NUMBER.fullmatch(text):
        return False
    return any(low <= _value(text) <= high for low, high in (_DEGREES[field], _METRES[field]))


def guess_crs(x: pd.Series, y: pd.Series, bounds: Sequence[float]) -> str:
    """Guess the CRS of coordinates: the one that puts most of them into a territory.

    Parameters
    ----------
    x, y
        As text; what is no number is passed over.
    bounds
        West, south, east, north of the territory, EPSG:4326.

    Returns
    -------
    As ``EPSG:…``; empty where none puts as much as half of them there. Ties go to degrees, then
    to the order of `METRIC_CRS`.
    """
    pairs = [
        (_value(east), _value(north))
        for east, north in zip(x.str.strip(), y.str.strip(), strict=True)
        if _NUMBER.fullmatch(east) and _NUMBER.fullmatch(north)
    ]
    spots = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    if not len(spots):
        return ""
    shares = {crs: _share_inside(spots, crs, bounds) for crs in (DEFAULT_CRS, *METRIC_CRS)}
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= _LEAST_INSIDE else ""


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def _share_inside(spots: NDArray[np.float64], crs: str, bounds: Sequence[float]) -> float:
    """Return the share of spots, shape (n, 2), that a CRS puts into the bounds."""
    move = Transformer.from_crs(crs, DEFAULT_CRS, always_xy=True)
    lon, lat = move.transform(spots[:, 0], spots[:, 1])
    west, south, east, north = bounds
    is_inside = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
    return float(is_inside.mean())
