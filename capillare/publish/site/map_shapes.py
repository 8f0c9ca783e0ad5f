"""The map's ground, drawn from boundaries alone: no tiles, so nobody else is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

from capillare.geo.places import metric_xy
from capillare.publish.outlines import DECIMALS, land_around, municipality_outlines

if TYPE_CHECKING:
    from capillare.geo.places import Territory

SIMPLIFY_M = 400.0
ALL_ITALY_SIMPLIFY_M = 2000.0

_ZOOMS = range(7, 13)
_LABEL_PX = (96.0, 30.0)
_M_PER_PX_AT_0 = 156_543.034


def draw_ground(territory: Territory) -> dict[str, Any]:
    """Draw the municipalities of a territory, the land around it, and names to find one's way.

    Returns
    -------
    ``areas``: GeoJSON features with ``name``; ``around``: one GeoJSON geometry, or None for all
    Italy; ``labels``: ``[name, lat, lon, zoom]``, shown from that zoom on. EPSG:4326.
    """
    municipalities = territory.municipalities
    simplify_m = ALL_ITALY_SIMPLIFY_M if territory.region == "all" else SIMPLIFY_M
    outlines = municipality_outlines(municipalities, simplify_m=simplify_m)
    return {
        "areas": {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"name": name}, "geometry": geometry}
                for name, geometry in zip(municipalities["municipality"], outlines, strict=True)
            ],
        },
        "around": land_around(territory),
        "labels": find_labels(territory),
    }


def find_labels(territory: Territory) -> list[list[Any]]:
    """List names to find one's way: ``[name, lat, lon, zoom]``, shown from that zoom on."""
    towns = territory.municipalities.sort_values(
        ["residents", "istat_code"], ascending=[False, True], kind="stable", na_position="last"
    )
    lat, lon = towns["lat"].to_numpy("float64"), towns["lon"].to_numpy("float64")
    xy = metric_xy(lat, lon)
    zoom = np.full(len(towns), _ZOOMS.stop)
    for level in _ZOOMS:
        room = np.array(_LABEL_PX) * _M_PER_PX_AT_0 * np.cos(np.radians(lat.mean())) / 2**level
        near = cKDTree(xy / room).query_ball_point(xy / room, 1.0, p=np.inf)
        for town in np.flatnonzero(zoom == _ZOOMS.stop):
            if not (zoom[near[town]] <= level).any():
                zoom[town] = level
    return [
        [name, round(float(y), DECIMALS), round(float(x), DECIMALS), int(level)]
        for name, y, x, level in zip(towns["municipality"], lat, lon, zoom, strict=True)
    ]
