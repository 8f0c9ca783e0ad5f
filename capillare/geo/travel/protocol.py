"""Positions, minutes between them, and the protocol of everything that knows minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely
from scipy import sparse

from capillare.geo.errors import DataError, named_rows
from capillare.geo.places import FILE_CRS, METRIC_CRS, find_landmasses, metric_xy

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

    def at(self, rows: NDArray[np.int64]) -> Spots:
        """Take rows, in the order given."""
        return Spots(self.ids[rows], self.xy_m[rows], self.landmass[rows])


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
