"""How a year's nights fall on the months, where only the year is published.

A municipality takes the mean monthly shares of the `NEIGHBOURS` most alike among those whose months
are known. Unlikeness adds up the straight line between chief towns (30 km are 1), how far each is
from the sea (on a logarithmic scale), their altitudes (600 m are 1), the mean stay (nights per
arrival, a factor of 1.28 is 1) and the size (nights, a factor of 20 is 1): neighbours of one
character. The scales were chosen by leaving each known municipality out in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NEIGHBOURS = 8
KM_SCALE = 30.0
SEA_SCALE = 2.0
ALTITUDE_SCALE_M = 600.0
STAY_SCALE = 0.25
SIZE_SCALE = 3.0
_NEAREST_UNLIKENESS = 0.2


@dataclass(frozen=True, eq=False)
class Character:
    """What tells one municipality's tourism from another's; every array of shape (n,).

    Attributes
    ----------
    xy_km
        Chief town, EPSG:32632, kilometres, shape (n, 2).
    sea_km
        From the chief town to the sea; large where there is none near.
    altitude_m
        Of the chief town.
    stay_nights
        Nights per arrival; NaN where arrivals are not known.
    nights
        Of the year.
    """

    xy_km: Floats
    sea_km: Floats
    altitude_m: Floats
    stay_nights: Floats
    nights: Floats

    def at(self, rows: NDArray[np.int64]) -> Character:
        """Take rows, in the order given."""
        return Character(
            self.xy_km[rows],
            self.sea_km[rows],
            self.altitude_m[rows],
            self.stay_nights[rows],
            self.nights[rows],
        )


def unlikeness(some: Character, others: Character) -> Floats:
    """Return how unlike municipalities are, shape (n_some, n_others); 0 is alike."""
    apart_km = np.hypot(*(some.xy_km[:, None] - others.xy_km).transpose(2, 0, 1))
    measures = (
        (
            np.log1p(np.minimum(some.sea_km, 1e3)),
            np.log1p(np.minimum(others.sea_km, 1e3)),
            SEA_SCALE,
        ),
        (some.altitude_m, others.altitude_m, ALTITUDE_SCALE_M),
        (np.log(some.stay_nights), np.log(others.stay_nights), STAY_SCALE),
        (np.log1p(some.nights), np.log1p(others.nights), SIZE_SCALE),
    )
    total = apart_km / KM_SCALE
    for own, their, scale in measures:
        # A stay that is not known tells nothing.
        total = total + np.nan_to_num(np.abs(own[:, None] - their) / scale)
    return np.asarray(total)


def estimate_profiles(
    asked: Character, known: Character, shares: Floats, *, leave_out_self: bool = False
) -> Floats:
    """Estimate the monthly shares of a year's nights.

    Parameters
    ----------
    asked, known
        Municipalities to estimate, and those with months.
    shares
        Monthly shares of the latter, shape (n_known, 12).
    leave_out_self
        Whether `asked` is `known` itself, each to be estimated from the others.

    Returns
    -------
    Shape (n_asked, 12), each row sums to 1; NaN where nobody is known.
    """
    if len(known.nights) - leave_out_self < 1:
        return np.full((len(asked.nights), shares.shape[1]), np.nan)
    apart = unlikeness(asked, known)
    if leave_out_self:
        np.fill_diagonal(apart, np.inf)
    n_near = min(NEIGHBOURS, len(known.nights) - leave_out_self)
    near = np.argsort(apart, axis=1, kind="stable")[:, :n_near]
    weight = 1.0 / (_NEAREST_UNLIKENESS + np.take_along_axis(apart, near, axis=1))
    weight /= weight.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("ik,ikm->im", weight, shares[near]))


def profile_error(known: Character, shares: Floats) -> float:
    """Mean share of a municipality's nights that the estimate puts in a wrong month.

    Each known municipality is estimated from the others. NaN with fewer than two.
    """
    estimated = estimate_profiles(known, known, shares, leave_out_self=True)
    return float(np.mean(0.5 * np.abs(estimated - shares).sum(axis=1))) if len(shares) else np.nan
