"""Minutes as a power law of the straight line: no roads, no relief, a measure to do better than."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from capillare.geo.travel.protocol import M_PER_KM, MINUTE_DECIMALS, Nearest, TravelPairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.travel.protocol import Spots

SAME_DISTANCE_M = 1e-6
"""A micrometre: what two distances may differ by for the rounding of their last bits."""

_FIRST_NEIGHBOURS = 2


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
        """Return each origin's nearest destination on its own land, ties to the lower row.

        Distances are equal that differ by no more than `SAME_DISTANCE_M`.
        """
        index = np.full(len(origins), -1, dtype=np.int64)
        travel_min = np.full(len(origins), np.nan)
        for land in np.unique(origins.landmass):
            here = np.flatnonzero(origins.landmass == land)
            there = np.flatnonzero(destinations.landmass == land)
            if there.size == 0:
                continue
            spots, first = np.unique(destinations.xy_m[there], axis=0, return_index=True)
            distance_m, found = _lowest_nearest(spots, first, origins.xy_m[here])
            index[here] = there[found]
            travel_min[here] = self.minutes(distance_m)
        return Nearest(index, travel_min)


def _lowest_nearest(
    spots: NDArray[np.float64], rows: NDArray[np.int64], xy_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the distance to the nearest of distinct spots, and the lowest row among the nearest.

    Twice as many neighbours are asked for as long as the farthest of them ties with the nearest;
    few origins ever stand on a line between two spots.
    """
    tree = cKDTree(spots)
    n_asked = min(_FIRST_NEIGHBOURS, len(spots))
    away_m, near = map(np.asarray, tree.query(xy_m, k=[*range(1, n_asked + 1)], workers=-1))
    distance_m, lowest = away_m[:, 0], rows[near[:, 0]]
    tied = np.flatnonzero((away_m[:, -1] <= distance_m + SAME_DISTANCE_M) & (n_asked > 1))
    while tied.size:
        n_asked = min(2 * n_asked, len(spots))
        away_m, near = map(np.asarray, tree.query(xy_m[tied], k=n_asked, workers=-1))
        is_nearest = away_m <= away_m[:, :1] + SAME_DISTANCE_M
        lowest[tied] = np.where(is_nearest, rows[near], rows.max()).min(axis=1)
        is_open = is_nearest[:, -1] & (n_asked < len(spots))
        tied = tied[is_open]
    return distance_m, lowest
