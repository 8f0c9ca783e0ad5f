"""What lies between two positions: length, ascent, density, water, lakes."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely
from scipy.ndimage import percentile_filter
from scipy.spatial import cKDTree

from capillare.geo.places import FILE_CRS, METRIC_CRS, find_landmasses, find_settlements, metric_xy
from capillare.geo.schema import LAKES
from capillare.geo.sources.reference import read_table
from capillare.geo.sources.relief import Relief, read_relief
from capillare.geo.travel.protocol import M_PER_KM

if TYPE_CHECKING:
    from numpy.typing import NDArray

M_PER_HM = 100.0
RELIEF_SAMPLES = 25
SHORE_SAMPLES = 9
VALLEY_PERCENTILE = 25
VALLEY_CELLS = 3
MOST_WATER_KM = 6.0
DENSITY_SIGMA_M = 3000.0
DENSITY_REACH_M = 9000.0
DENSITY_UNIT_PER_KM2 = 300.0


@dataclass(frozen=True)
class Ends:
    """Positions that legs start from or end at, one row each.

    Attributes
    ----------
    xy_m
        EPSG:32632, shape (n, 2), metres.
    lon_lat
        EPSG:4326, shape (n, 2), degrees.
    density_per_km2
        Listed people of the settlements around, spread by a Gaussian of 3 km, shape (n,).
    """

    xy_m: NDArray[np.float64]
    lon_lat: NDArray[np.float64]
    density_per_km2: NDArray[np.float64]

    def at(self, rows: NDArray[np.int64]) -> Ends:
        """Take rows, in the order given."""
        return Ends(self.xy_m[rows], self.lon_lat[rows], self.density_per_km2[rows])


@dataclass(frozen=True)
class Legs:
    """Straight local ways between two positions each, as a road there would find them.

    Attributes
    ----------
    length_km
        Straight line, kilometres.
    ascent_hm
        Climbs and descents together along the straight line, over the lower ground around it,
        hundreds of metres.
    density
        Natural logarithm of 1 + mean density of the two ends in units of 300 people per km2.
    outside_km
        Kilometres outside every Italian municipality: sea, mostly.
    is_cut
        Whether no road is believed: more than 6 km outside, or across a lake.
    """

    length_km: NDArray[np.float64]
    ascent_hm: NDArray[np.float64]
    density: NDArray[np.float64]
    outside_km: NDArray[np.float64]
    is_cut: NDArray[np.bool_]

    def at(self, rows: NDArray[np.int64]) -> Legs:
        """Take rows, in the order given."""
        return Legs(*(getattr(self, field.name)[rows] for field in fields(self)))


def measure_legs(start: Ends, end: Ends) -> Legs:
    """Measure the straight line between positions, row by row; either way gives the same."""
    is_back = (start.xy_m[:, 0] > end.xy_m[:, 0]) | (
        (start.xy_m[:, 0] == end.xy_m[:, 0]) & (start.xy_m[:, 1] > end.xy_m[:, 1])
    )
    first = np.where(is_back[:, None], end.lon_lat, start.lon_lat)
    second = np.where(is_back[:, None], start.lon_lat, end.lon_lat)
    length_km = np.hypot(*(start.xy_m - end.xy_m).T) / M_PER_KM
    outside_km = _outside_share(first, second) * length_km
    mean_density = (start.density_per_km2 + end.density_per_km2) / 2
    return Legs(
        length_km=length_km,
        ascent_hm=_ascent_m(first, second) / M_PER_HM,
        density=np.log1p(mean_density / DENSITY_UNIT_PER_KM2),
        outside_km=outside_km,
        is_cut=(outside_km > MOST_WATER_KM) | _crosses_lake(first, second),
    )


def _along(
    first: NDArray[np.float64], second: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Positions at shares of the way, shape (n, n_shares, 2)."""
    way: NDArray[np.float64] = (
        first[:, None, :] * (1 - share)[:, None] + second[:, None, :] * share[:, None]
    )
    return way


def _ascent_m(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    way = _along(first, second, np.linspace(0, 1, RELIEF_SAMPLES))
    altitude_m = _valley_relief().at(way[..., 1].ravel(), way[..., 0].ravel())
    return np.asarray(np.abs(np.diff(altitude_m.reshape(way.shape[:2]), axis=1)).sum(axis=1))


@lru_cache(maxsize=1)
def _valley_relief() -> Relief:
    """Lower quartile of the altitudes around each node: roads and towns keep to the valleys."""
    relief = read_relief()
    lower = percentile_filter(relief.altitude_m, VALLEY_PERCENTILE, size=VALLEY_CELLS)
    return replace(relief, altitude_m=lower)


def _outside_share(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    share = (np.arange(SHORE_SAMPLES) + 0.5) / SHORE_SAMPLES
    way = _along(first, second, share)
    is_outside = np.ones(way.shape[:2], dtype=bool)
    lands, spots = _land_tree(), way.reshape(-1, 2)
    # Boxes first, then prepared outlines: three times faster than the tree's own predicate.
    near, land = lands.query(shapely.points(spots))
    is_in = shapely.intersects_xy(lands.geometries[land], spots[near, 0], spots[near, 1])
    is_outside.ravel()[near[is_in]] = False
    return np.asarray(is_outside.mean(axis=1))


@lru_cache(maxsize=1)
def _land_tree() -> shapely.STRtree:
    lands = find_landmasses().geometry.to_numpy()
    shapely.prepare(lands)
    return shapely.STRtree(lands)


def _crosses_lake(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.bool_]:
    lines = shapely.linestrings(np.stack([first, second], axis=1))
    crosses = np.zeros(len(first), dtype=bool)
    crosses[_lake_tree().query(lines, predicate="intersects")[0]] = True
    return crosses


@lru_cache(maxsize=1)
def _lake_tree() -> shapely.STRtree:
    points = read_table(LAKES).sort_values(["lake", "stop"])
    _, lake = np.unique(points["lake"].to_numpy(dtype=str), return_inverse=True)
    return shapely.STRtree(
        shapely.linestrings(points[["lon", "lat"]].to_numpy(dtype=np.float64), indices=lake)
    )


def density_at(xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return people per km2 around positions (EPSG:32632): listed people, Gaussian of 3 km."""
    listed, listed_people = _listed_settlements()
    near = cKDTree(xy_m).sparse_distance_matrix(listed, DENSITY_REACH_M, output_type="ndarray")
    people = listed_people[near["j"]]
    share = np.exp(-0.5 * (near["v"] / DENSITY_SIGMA_M) ** 2)
    sigma_km = DENSITY_SIGMA_M / M_PER_KM
    spread = np.bincount(near["i"], share * people, minlength=len(xy_m))
    return np.asarray(spread / (2 * np.pi * sigma_km**2))


@lru_cache(maxsize=1)
def _listed_settlements() -> tuple[cKDTree, NDArray[np.float64]]:
    settlements = find_settlements()
    xy_m = metric_xy(settlements["lat"].to_numpy(), settlements["lon"].to_numpy())
    return cKDTree(xy_m), settlements["listed_people"].to_numpy(dtype=np.float64)


def ends_at(xy_m: NDArray[np.float64]) -> Ends:
    """Describe positions (EPSG:32632) as ends of legs."""
    return Ends(xy_m, np.column_stack(_to_degrees().transform(*xy_m.T)), density_at(xy_m))


@lru_cache(maxsize=1)
def _to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(METRIC_CRS, FILE_CRS, always_xy=True)
