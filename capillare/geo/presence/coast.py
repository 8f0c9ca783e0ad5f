"""How far places are from the sea, from the boundaries of municipalities and the relief."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.ndimage import minimum_filter

from capillare.geo.places import metric_xy
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.relief import read_relief

if TYPE_CHECKING:
    from numpy.typing import NDArray

AROUND_DEG = 0.3
"""Boundaries are read this far around the places: the sea beyond is further than it matters."""


def sea_distance_km(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return kilometres in a straight line from each place to the nearest shore of the sea.

    A shore is a border that one municipality only has, where the land beside it lies at sea level:
    a border with another country in the hills is none, and neither is a lake inside Italy.

    Returns
    -------
    Shape (n,); exact up to `AROUND_DEG`, and never less than that beyond, where a nearer shore may
    lie outside the frame that is read; infinite where the frame holds none.
    """
    shore = _shore(lat, lon)
    distance_km = np.full(lat.size, np.inf)
    if lat.size and shore.size:
        places = shapely.points(metric_xy(lat, lon))
        _, metres = shapely.STRtree(shore).query_nearest(
            places, return_distance=True, all_matches=False
        )
        distance_km = metres / 1000.0
    return distance_km


def _shore(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the shore around places as segments, EPSG:32632."""
    if not lat.size:
        return np.empty(0, dtype=object)
    frame = shapely.box(
        lon.min() - AROUND_DEG,
        lat.min() - AROUND_DEG,
        lon.max() + AROUND_DEG,
        lat.max() + AROUND_DEG,
    )
    boundaries = read_boundaries().geometry.to_numpy()
    segments = _lone_borders(boundaries[shapely.intersects(boundaries, frame)])
    middle = (segments[:, :2] + segments[:, 2:]) / 2
    inside = shapely.contains_xy(frame, middle[:, 0], middle[:, 1])
    segments, middle = segments[inside], middle[inside]
    segments = segments[_is_low(middle[:, 1], middle[:, 0])]
    ends = [metric_xy(segments[:, 1], segments[:, 0]), metric_xy(segments[:, 3], segments[:, 2])]
    return np.asarray(shapely.linestrings(np.stack(ends, axis=1)))


def _lone_borders(boundaries: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the border segments that one municipality only has, rows of lon, lat, lon, lat."""
    rings = shapely.get_rings(shapely.get_parts(boundaries))
    lon_lat, ring = shapely.get_coordinates(rings, return_index=True)
    is_next = ring[1:] == ring[:-1]
    first, second = lon_lat[:-1][is_next], lon_lat[1:][is_next]
    is_after = (first[:, 0] > second[:, 0]) | (
        (first[:, 0] == second[:, 0]) & (first[:, 1] > second[:, 1])
    )
    segments = np.where(is_after[:, None], np.hstack([second, first]), np.hstack([first, second]))
    distinct, times = np.unique(segments, axis=0, return_counts=True)
    return np.asarray(distinct[times == 1])


def _is_low(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a node of the relief beside each position lies at sea level."""
    relief = read_relief()
    lowest_m = minimum_filter(relief.altitude_m, size=3)
    row = np.rint((lat - relief.south) / relief.step_deg).astype(np.int64)
    column = np.rint((lon - relief.west) / relief.step_deg).astype(np.int64)
    row = np.clip(row, 0, lowest_m.shape[0] - 1)
    column = np.clip(column, 0, lowest_m.shape[1] - 1)
    return np.asarray(lowest_m[row, column] <= 0)
