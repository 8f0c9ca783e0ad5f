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
