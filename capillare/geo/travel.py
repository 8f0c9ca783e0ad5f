"""Car minutes from places to desks, behind one small protocol; an embedded estimate for now.

The estimate is a power law of the straight line within one land: ``minutes = a * km ** b``. It is
zero at zero distance, concave (the first kilometres are the slowest), and it knows no roads.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely
from scipy import sparse
from scipy.spatial import cKDTree

from capillare.geo.errors import DataError, named_rows
from capillare.geo.places import FILE_CRS, METRIC_CRS, find_landmasses, metric_xy
from capillare.geo.sources.reference import DATA_FOLDER

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

M_PER_KM = 1000.0
SHORE_M = 2000.0
MINUTE_DECIMALS = 2


@dataclass(frozen=True)
class Spots:
    """Positions that travel starts from or ends at.

    Attributes
    ----------
    ids
        Text ids, shape (n,).
    xy_m
        EPSG:32632, shape (n, 2), metres.
    landmass
        Number of the land each stands on, shape (n,): nobody drives across water.
    """

    ids: NDArray[np.str_]
    xy_m: NDArray[np.float64]
    landmass: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the positions."""
        return len(self.ids)


@dataclass(frozen=True)
class TravelPairs:
    """Minutes for the pairs within a cut-off, sorted by origin then destination.

    Attributes
    ----------
    origin, destination
        Row numbers in the two `Spots`, shape (n_pairs,).
    travel_min
        Minutes, shape (n_pairs,).
    shape
        Number of origins and of destinations.
    """

    origin: NDArray[np.int64]
    destination: NDArray[np.int64]
    travel_min: NDArray[np.float64]
    shape: tuple[int, int]

    def within(self, max_min: float) -> sparse.csr_array:
        """Return which destination each origin reaches in `max_min` minutes, boundary included.

        Boolean, shape `shape`: demand x supply.
        """
        near = self.travel_min <= max_min
        ones = np.ones(int(near.sum()), dtype=np.bool_)
        return sparse.csr_array(
            (ones, (self.origin[near], self.destination[near])), shape=self.shape
        )


@dataclass(frozen=True)
class Nearest:
    """The nearest destination of each origin, with no cut-off.

    Attributes
    ----------
    destination
        Row number of the nearest destination, ties to the lower; -1 where none is reachable.
    travel_min
        Minutes; NaN where none is reachable.
    """

    destination: NDArray[np.int64]
    travel_min: NDArray[np.float64]


@dataclass(frozen=True)
class TravelError:
    """How far the minutes are from the official ones.

    Attributes
    ----------
    basis
        What is measured, in Italian.
    mean_absolute_error_min
        Mean absolute error, minutes.
    bias_min
        Mean of estimate minus official, minutes.
    within_25_percent_share
        Share of pairs whose estimate is within 25 % of the official minutes.
    fitted_on, fitted_against
        Date of the fit and the official list.
    """

    basis: str
    mean_absolute_error_min: float
    bias_min: float
    within_25_percent_share: float
    fitted_on: str
    fitted_against: str


class TravelTimes(Protocol):
    """Anything that knows the minutes between positions."""

    @property
    def basis(self) -> str:
        """Where the minutes come from, for every table that uses them."""

    def pairs(self, origins: Spots, destinations: Spots, *, max_min: float) -> TravelPairs:
        """Return the minutes of every pair within `max_min`, boundary included."""

    def nearest(self, origins: Spots, destinations: Spots) -> Nearest:
        """Return each origin's nearest destination, with no cut-off."""


@dataclass(frozen=True)
class EstimatedTravel:
    """Minutes as a power law of the straight line, within one land.

    Attributes
    ----------
    minutes_at_1_km
        Minutes for one kilometre of straight line.
    exponent
        Exponent of the distance in kilometres; below 1, so that longer ways are faster.
    """

    minutes_at_1_km: float
    exponent: float
    basis: str = "estimated"

    def minutes(self, distance_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return minutes for straight-line metres, rounded to hundredths.

        >>> EstimatedTravel(minutes_at_1_km=4.0, exponent=0.5).minutes(np.array([0.0, 4000.0]))
        array([0., 8.])
        """
        minutes = self.minutes_at_1_km * (distance_m / M_PER_KM) ** self.exponent
        return np.round(minutes, MINUTE_DECIMALS)

    def reach_m(self, max_min: float) -> float:
        """Return the straight-line metres that certainly hold every pair within `max_min`."""
        km: float = ((max_min + 0.01) / self.minutes_at_1_km) ** (1 / self.exponent)
        return km * M_PER_KM

    def pairs(self, origins: Spots, destinations: Spots, *, max_min: float) -> TravelPairs:
        """Return the minutes of every pair on one land within `max_min`, boundary included."""
        shape = (len(origins), len(destinations))
        if 0 in shape:
            none = np.empty(0, dtype=np.int64)
            return TravelPairs(none, none, np.empty(0), shape)
        found = cKDTree(origins.xy_m).sparse_distance_matrix(
            cKDTree(destinations.xy_m), self.reach_m(max_min), output_type="ndarray"
        )
        origin, destination = found["i"].astype(np.int64), found["j"].astype(np.int64)
        travel_min = self.minutes(found["v"])
        kept = (travel_min <= max_min) & (
            origins.landmass[origin] == destinations.landmass[destination]
        )
        origin, destination, travel_min = origin[kept], destination[kept], travel_min[kept]
        order = np.lexsort((destination, origin))
        return TravelPairs(origin[order], destination[order], travel_min[order], shape)

    def nearest(self, origins: Spots, destinations: Spots) -> Nearest:
        """Return each origin's nearest destination on its own land, ties to the lower row."""
        index = np.full(len(origins), -1, dtype=np.int64)
        travel_min = np.full(len(origins), np.nan)
        for land in np.unique(origins.landmass):
            here = np.flatnonzero(origins.landmass == land)
            there = np.flatnonzero(destinations.landmass == land)
            if there.size == 0:
                continue
            spots, first = np.unique(destinations.xy_m[there], axis=0, return_index=True)
            distance_m, found = cKDTree(spots).query(origins.xy_m[here])
            index[here] = there[first[found]]
            travel_min[here] = self.minutes(np.asarray(distance_m))
        return Nearest(index, travel_min)


def read_estimate(region: str) -> tuple[EstimatedTravel, TravelError]:
    """Return the packaged estimate and its measured error, for `region` where known apart."""
    with (DATA_FOLDER / "travel.toml").open("rb") as file:
        fit = tomllib.load(file)
    is_apart = region in fit["errors"] and region != "all"
    errors = fit["errors"][region if is_apart else "all"]
    travel = EstimatedTravel(fit["minutes_at_1_km"], fit["exponent"])
    where = "nella regione" if is_apart else ", ".join(fit["regions_fitted"])
    return travel, TravelError(
        basis=f"minuti in auto stimati dalla linea d'aria; errore misurato: {where}",
        fitted_on=fit["fitted_on"],
        fitted_against=fit["fitted_against"],
        **errors,
    )


def spots_of(frame: pd.DataFrame, *, id_column: str) -> Spots:
    """Make `Spots` of a frame with `id_column`, ``lat``, ``lon`` (EPSG:4326) and ``landmass``."""
    return Spots(
        ids=frame[id_column].to_numpy(dtype=str),
        xy_m=metric_xy(frame["lat"].to_numpy(), frame["lon"].to_numpy()),
        landmass=frame["landmass"].to_numpy(dtype=np.int64),
    )


def landmass_at(frame: pd.DataFrame, *, id_column: str, table: str) -> NDArray[np.int64]:
    """Find the land that positions stand on; up to 2 km off a shore still counts as on it.

    Raises
    ------
    DataError
        If positions lie in the sea or outside Italy, with their ids.
    """
    lands = find_landmasses()
    spots = shapely.points(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    spot, part = shapely.STRtree(lands.geometry.to_numpy()).query(spots, predicate="intersects")
    landmass = np.full(len(frame), -1, dtype=np.int64)
    number = lands["landmass"].to_numpy()
    landmass[spot] = number[part]
    lost = np.flatnonzero(landmass < 0)
    if lost.size:
        metric = lands.to_crs(METRIC_CRS).geometry
        xy_m = metric_xy(frame["lat"].to_numpy()[lost], frame["lon"].to_numpy()[lost])
        near, shore = shapely.STRtree(metric.to_numpy()).query_nearest(
            shapely.points(xy_m), max_distance=SHORE_M, all_matches=False
        )
        landmass[lost[near]] = number[shore]
    at_sea = frame.loc[landmass < 0, id_column]
    if len(at_sea):
        raise DataError(
            f"{table}: in the sea or outside Italy ({FILE_CRS}), {named_rows(at_sea)}. "
            "Check lat and lon."
        )
    return landmass
