"""What a way costs in minutes: fitted coefficients and how they add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.travel.legs import Legs

_HALVINGS = 60


@dataclass(frozen=True)
class Coefficients:
    """Minutes per thing met on the way, fitted; none is negative.

    Attributes
    ----------
    per_km_min, per_root_km_min
        Local way: minutes = a x km + b x sqrt(km); longer legs are faster.
    per_hm_min
        Minutes per hundred metres of ascent.
    density_per_km_min
        Minutes per kilometre and unit of log density: streets, lights, crossings.
    outside_per_km_min
        Minutes per kilometre outside Italian land: the way around a bay. Set, not fitted.
    motorway_per_km_min, expressway_per_km_min
        Minutes per kilometre of straight line between towns on a fast road. Set, not fitted.
    ramp_min
        Minutes between a town and its fast road, paid on and off.
    end_min, end_scale_min
        Minutes of both ends together, and how soon they are paid (set): c x (1 - exp(-path / s)).
    """

    per_km_min: float
    per_root_km_min: float
    per_hm_min: float
    density_per_km_min: float
    outside_per_km_min: float
    motorway_per_km_min: float
    expressway_per_km_min: float
    ramp_min: float
    end_min: float
    end_scale_min: float

    def local_min(self, legs: Legs) -> NDArray[np.float64]:
        """Return the minutes of local legs, without their ends; infinite where cut."""
        return np.where(legs.is_cut, np.inf, self.uncut_min(legs))

    def uncut_min(self, legs: Legs) -> NDArray[np.float64]:
        """Return the minutes of local legs as if water and lakes cut none."""
        km = legs.length_km
        minutes: NDArray[np.float64] = (
            self.per_km_min * km
            + self.per_root_km_min * np.sqrt(km)
            + self.per_hm_min * legs.ascent_hm
            + self.density_per_km_min * km * legs.density
            + self.outside_per_km_min * legs.outside_km
        )
        return minutes

    def with_ends(self, path_min: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add the minutes of both ends to those of the path: zero at zero, rising, concave."""
        return path_min + self.end_min * -np.expm1(-path_min / self.end_scale_min)

    def path_within(self, max_min: float) -> float:
        """Return the longest path, in minutes, that with its ends stays within `max_min`."""
        low, high = max(max_min - self.end_min, 0.0), max_min
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if float(self.with_ends(np.array(middle))) < max_min:
                low = middle
            else:
                high = middle
        return high
