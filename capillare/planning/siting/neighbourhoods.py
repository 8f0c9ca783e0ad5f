"""Better sites for maximal covering, one neighbourhood at a time, each answered all but exactly.

Some chosen sites that lie near each other are freed, everything else stays, and HiGHS opens as many
again where they cover most (large neighbourhood search, Shaw 1998). What is left to decide is small
once the demand that the others cover is left out, so that one takes a tenth of a second or so.
Near means where a walk from candidate to candidate through common demand comes soon: no position
is needed.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.local_search import add_greedily
from capillare.planning.siting.reopening import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.local_search import Neighbours

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

SITES_FREED = 12
FEWEST_FREED = 2
MOST_DEMANDS = 350
"""A neighbourhood with more demand to decide is halved: its answer would take seconds."""
STEPS_OF_WALK = 8


def improve_by_neighbourhoods(
    neighbours: Neighbours,
    chosen: Indices,
    *,
    n_rounds: int,
    seed: int,
    enough_people: float = np.inf,
    deadline: float | None = None,
) -> Indices:
    """Search from a choice for one that covers more people.

    Parameters
    ----------
    neighbours
        The reduced question.
    chosen
        Where to start; as many sites may be chosen again.
    n_rounds
        Neighbourhoods at most; each has another chosen site at its centre until all had their turn.
    seed
        Of the order of the centres.
    enough_people
        The search stops once so many are covered.
    deadline
        Instant of the clock at which the search stops.

    Returns
    -------
    A choice that covers as many people or more, ascending.
    """
    n_sites, covered = chosen.size, neighbours.covered_people(chosen)
    draws = np.random.default_rng(seed)
    waiting: list[int] = []
    for _ in range(n_rounds if n_sites else 0):
        if covered >= enough_people or (deadline is not None and perf_counter() >= deadline):
            break
        waiting = [site for site in waiting if site in set(chosen.tolist())]
        waiting = waiting or draws.permutation(chosen).tolist()
        around = _around(neighbours, chosen, waiting.pop())
        if around is None:
            continue
        other = around.answered()
        if neighbours.covered_people(other) > covered:
            chosen = add_greedily(neighbours, other, n_sites)
            covered = neighbours.covered_people(chosen)
    return chosen


def _around(neighbours: Neighbours, chosen: Indices, centre: int) -> Part | None:
    """Free the sites around one, fewer if their neighbourhood is large; none if it stays so."""
    nearness = _nearness(neighbours, centre)
    by_nearness = chosen[np.argsort(-nearness[chosen], kind="stable")]
    n_freed = min(SITES_FREED, chosen.size)
    while n_freed >= min(FEWEST_FREED, chosen.size):
        freed, kept = np.sort(by_nearness[:n_freed]), np.sort(by_nearness[n_freed:])
        is_within = nearness >= nearness[freed].min()
        is_within[kept] = False
        within = np.flatnonzero(is_within & (nearness > 0))
        within = np.union1d(within, freed)
        part = Part.of(neighbours, freed=freed, kept=kept, within=within)
        if part.n_demands <= MOST_DEMANDS:
            return part
        n_freed //= 2
    return None


def _nearness(neighbours: Neighbours, centre: int) -> Floats:
    """How soon a walk from a candidate comes to each other, through demand that both reach."""
    reach, catchments = neighbours.reach, neighbours.catchments
    n_candidates, n_demands = np.diff(reach.indptr), np.diff(catchments.indptr)
    walkers: Floats = np.zeros(n_demands.size)
    walkers[centre] = 1.0
    been = walkers.copy()
    for _ in range(STEPS_OF_WALK):
        at_demand = reach @ (walkers / np.maximum(n_demands, 1))
        walkers = catchments @ (at_demand / np.maximum(n_candidates, 1))
        been += walkers
    # A candidate that reaches much is met more often without being nearer.
    nearness: Floats = been / np.maximum(n_demands, 1)
    nearness[centre] = np.inf
    return nearness


__all__ = ["improve_by_neighbourhoods"]
