"""How few sites are enough, where the question is too large for HiGHS.

So many sites are not enough if even the relaxation of maximal covering with them leaves somebody
out; they are if a search finds them. Halving what lies between gives a bound and a choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.annealing import anneal_sites
from capillare.planning.siting.covering_search import whole_people
from capillare.planning.siting.lagrangian import relax_covering
from capillare.planning.siting.local_search import Neighbours, add_greedily
from capillare.planning.solver import SEED, relative_gap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.reduction import Reduced

    Indices = NDArray[np.intp]
    Floats = NDArray[np.float64]

STEPS_PER_BOUND = 1_500
STEPS_PER_SEARCH, STEPS_PER_DEMAND = 60_000, 30
"""Steps of one cooling search at most, and for each demand."""


@dataclass(frozen=True, eq=False)
class Enough:
    """Sites that are enough, ascending, and how many are needed at least."""

    chosen: Indices
    bound: int


def add_until_enough(reduced: Reduced, people_needed: float) -> Indices:
    """Add the candidate that gains most, ties by lowest index, until enough people are covered.

    What turns out superfluous at the end is left out, first what came first.
    """
    catchments = reduced.reach.T.tocsr().astype(np.float64)
    uncovered: Floats = reduced.weights.astype(np.float64).copy()
    picked: list[int] = []
    while reduced.people_open - uncovered.sum() < people_needed:
        gains = catchments @ uncovered
        best = int(np.argmax(gains))
        if gains[best] <= 0:
            break
        picked.append(best)
        uncovered[catchments[[best]].indices] = 0.0
    counts = catchments[picked].sum(axis=0)
    kept = list(picked)
    for site in picked:
        without = counts - catchments[[site]].toarray().ravel()
        if reduced.weights[without > 0].sum() >= people_needed:
            counts = without
            kept.remove(site)
    return np.array(sorted(kept), dtype=np.intp)


def search_fewest(
    reduced: Reduced,
    people_needed: int,
    *,
    enough: int = 0,
    gap: float = 0.0,
    deadline: float | None = None,
) -> Enough:
    """Search for the fewest sites that cover enough people, and bound their number.

    Parameters
    ----------
    reduced
        The reduced question; its people are whole.
    people_needed
        How many must be covered; all candidates together cover as many.
    enough
        If not 0, only whether so many sites will do is asked.
    gap, deadline
        Relative gap and instant of the clock at which it ends.
    """
    neighbours = Neighbours.of(reduced)
    best = add_until_enough(reduced, people_needed)
    if best.size <= enough:
        return Enough(best, 1)
    low, high = (enough, enough + 1) if enough else (1, best.size)
    while low < high and not _is_over(deadline):
        middle = (low + high) // 2
        start = add_greedily(neighbours, np.empty(0, dtype=np.intp), middle)
        relaxed = relax_covering(
            neighbours, middle, incumbent=start, max_steps=STEPS_PER_BOUND, deadline=deadline
        )
        if whole_people(relaxed.bound) < people_needed:
            low = middle + 1
        else:
            high = middle
    n_steps = min(STEPS_PER_SEARCH, STEPS_PER_DEMAND * reduced.weights.size)
    tried, end = low, enough + 1 if enough else best.size
    while tried < end and relative_gap(best.size, low) > gap and not _is_over(deadline):
        middle = (tried + end) // 2
        start = add_greedily(neighbours, np.empty(0, dtype=np.intp), middle)
        found = anneal_sites(neighbours, start, n_steps=n_steps, seed=SEED, deadline=deadline)
        if neighbours.covered_people(found) >= people_needed:
            best = found
            end = found.size
        else:
            tried = middle + 1
    # Fewer than `enough` were not tried: then nothing is known of them.
    return Enough(best, 1 if enough and low <= enough else low)


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and perf_counter() >= deadline


__all__ = ["Enough", "add_until_enough", "search_fewest"]
