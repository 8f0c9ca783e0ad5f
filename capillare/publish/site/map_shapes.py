"""The map's ground, drawn from boundaries alone: no tiles, so nobody else is asked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from capillare.geo.places import FILE_CRS, METRIC_CRS, metric_xy
from capillare.geo.sources.embedded import read_boundaries

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory

SIMPLIFY_M = 400.0
ALL_ITALY_SIMPLIFY_M = 2000.0
DECIMALS = 5
"""Of a degree, about a metre; at four some simplified polygons cross themselves."""

_AROUND_M = 120_000.0
_AROUND_SIMPLIFY_M = 800.0
_AROUND_DECIMALS = 3
_OVERLAP_M = 1000.0
_MIN_ISLAND_M2 = 2e6

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
    metric = municipalities.geometry.to_crs(METRIC_CRS).to_numpy()
    is_italy = territory.region == "all"
    simple = shapely.coverage_simplify(metric, ALL_ITALY_SIMPLIFY_M if is_italy else SIMPLIFY_M)
    names = municipalities["municipality"].tolist()
    around = None
    if not is_italy:
        around = _land_around(territory.region, tuple(shapely.total_bounds(metric).tolist()))
    return {
        "areas": {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"name": name}, "geometry": geometry}
                for name, geometry in zip(names, _geojson(simple, DECIMALS), strict=True)
            ],
        },
        "around": around,
        "labels": _labels(territory),
    }


def _geojson(metric: NDArray[np.object_], decimals: int) -> list[dict[str, Any]]:
    shapes = gpd.GeoSeries(metric, crs=METRIC_CRS).to_crs(FILE_CRS).to_numpy()
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, decimals))
    return [shapely.geometry.mapping(shape) for shape in rounded]


@lru_cache(maxsize=8)
def _land_around(region: str, bounds_m: tuple[float, float, float, float]) -> dict[str, Any]:
    window = shapely.box(*bounds_m).buffer(_AROUND_M, join_style="mitre")
    reach = gpd.GeoSeries([window], crs=METRIC_CRS).to_crs(FILE_CRS).envelope.iloc[0]
    others = read_boundaries()
    is_near = shapely.intersects(others.geometry.to_numpy(), reach)
    others = others[is_near & (others["region_code"] != region)]
    land = others.geometry.to_crs(METRIC_CRS).to_numpy()
    land = shapely.coverage_simplify(land, _AROUND_SIMPLIFY_M)
    # The region is drawn above: a wider neighbour leaves no sliver of sea along the border.
    whole = shapely.union_all(land).buffer(_OVERLAP_M).simplify(_AROUND_SIMPLIFY_M)
    parts = shapely.get_parts(shapely.intersection(whole, window))
    parts = parts[shapely.area(parts) > _MIN_ISLAND_M2]
    filled = shapely.multipolygons(shapely.polygons(shapely.get_exterior_ring(parts)))
    return _geojson(np.array([filled]), _AROUND_DECIMALS)[0]


def _labels(territory: Territory) -> list[list[Any]]:
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
