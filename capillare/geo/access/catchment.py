"""Hours per thousand adults, and how many people each desk has to serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.settings import Catchment
    from capillare.geo.travel import TravelPairs

PER_ADULTS = 1000.0


def supply_hours(desks: pd.DataFrame) -> NDArray[np.float64]:
    """Return facilitator-hours a week of each desk: hours x facilitators x desks of the row.

    Unknown hours supply nothing; one facilitator and one desk where not stated.
    """
    hours = desks["weekly_hours"].fillna(0.0).to_numpy(dtype=np.float64)
    facilitators = desks["facilitators"].fillna(1).to_numpy(dtype=np.float64)
    n_desks = desks["n_desks"].fillna(1).to_numpy(dtype=np.float64)
    return np.asarray(hours * facilitators * n_desks)


def zone_weights(pairs: TravelPairs, rules: Catchment) -> sparse.csr_array:
    """Return the zone weight of each pair, demand x supply; a zone's upper minute belongs to it."""
    zone = np.searchsorted(rules.zone_min, pairs.travel_min)
    weight = np.append(rules.zone_weight, 0.0)[zone]
    return sparse.csr_array((weight, (pairs.origin, pairs.destination)), shape=pairs.shape)


def floating_catchment(
    pairs: TravelPairs,
    supply: NDArray[np.float64],
    people: NDArray[np.float64],
    rules: Catchment,
) -> NDArray[np.float64]:
    """Enhanced two-step floating catchment area (Luo and Qi 2009, equations 4 and 5).

    Step one shares each desk's supply among the weighted people of its zones; step two adds up,
    for each place, the shares of the desks it reaches. A zone's upper minute belongs to it. The
    sum of people x access equals the supply that anyone reaches.

    Parameters
    ----------
    pairs
        Minutes from demand to desks, at least up to the last zone.
    supply
        Facilitator-hours a week, shape (n_desks,).
    people
        Adults, shape (n_places,).
    rules
        Zones in minutes and their weights.

    Returns
    -------
    Hours a week per 1,000 adults, shape (n_places,); 0 where no desk is reached.
    """
    matrix = zone_weights(pairs, rules)
    demand = matrix.T @ people
    ratio = np.divide(supply, demand, out=np.zeros_like(supply), where=demand > 0)
    return np.asarray(PER_ADULTS * (matrix @ ratio))


def desk_load(
    weights: sparse.csr_array, supply: NDArray[np.float64], people: NDArray[np.float64]
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Say how many people each desk has to serve, and which places no desk serves.

    A place's people choose among the desks that serve it by nearness and hours together, as in
    Huff (1964, Land Economics 40): in proportion to zone weight x supply. A desk that supplies no
    hours serves nobody: its people count as served only by other desks.

    Parameters
    ----------
    weights
        Zone weights, demand x supply, as `zone_weights` gives them.
    supply
        Facilitator-hours a week, shape (n_desks,).
    people
        Adults, shape (n_places,).

    Returns
    -------
    One row per desk: ``supply_hours``; ``adults_weighted``, the adults of its zones times their
    weights; ``hours_per_1000_adults``, supply over those (missing where there are none);
    ``adults_allotted``, in which each place's adults are divided among the desks that serve it, so
    that they sum to the adults served. And whether each place is
    served at all, shape (n_places,).
    """
    serving = weights @ sparse.diags_array(supply)
    total = np.asarray(serving.sum(axis=1)).ravel()
    is_served = total > 0
    per_weight = np.divide(people, total, out=np.zeros_like(people), where=is_served)
    demand = np.asarray(weights.T @ people)
    load = pd.DataFrame(
        {
            "supply_hours": supply,
            "adults_weighted": demand,
            "hours_per_1000_adults": PER_ADULTS
            * np.divide(supply, demand, out=np.full_like(supply, np.nan), where=demand > 0),
            "adults_allotted": np.asarray(serving.T @ per_weight),
        }
    )
    return load, is_served
