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
from capillare.planning.siting.covering_search import WHOLE, whole_people
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
STEPS_IF_ASKED = (500, 20_000)
"""Steps of a bound and of a search where only whether so many sites will do is asked: it is asked
many times."""


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
        max_steps = STEPS_IF_ASKED[0] if enough else STEPS_PER_BOUND
        if needs_more_than(
            middle, neighbours, people_needed, max_steps=max_steps, deadline=deadline
        ):
            low = middle + 1
        else:
            high = middle
    most_steps = STEPS_IF_ASKED[1] if enough else STEPS_PER_SEARCH
    n_steps = min(most_steps, STEPS_PER_DEMAND * reduced.weights.size)
    tried, end = low, enough + 1 if enough else best.size
    while tried < end and relative_gap(best.size, low) > gap and not _is_over(deadline):
        middle = (tried + end) // 2
        found = anneal_sites(
            neighbours,
            add_greedily(neighbours, np.empty(0, dtype=np.intp), middle),
            n_steps=n_steps,
            seed=SEED,
            enough_people=people_needed,
            deadline=deadline,
        )
        if neighbours.covered_people(found) >= people_needed:
            best = found
            end = found.size
        else:
            tried = middle + 1
    # Fewer than `enough` were not tried: then nothing is known of them.
    return Enough(best, 1 if enough and low <= enough else low)


def needs_more_than(
    n_sites: int,
    neighbours: Neighbours,
    people_needed: int,
    *,
    max_steps: int = STEPS_PER_BOUND,
    deadline: float | None = None,
) -> bool:
    """Whether the relaxation proves that so many sites cannot cover enough people."""
    if n_sites >= neighbours.catchments.shape[0]:
        return False
    if n_sites <= 0:
        return people_needed > 0
    relaxed = relax_covering(
        neighbours,
        n_sites,
        incumbent=add_greedily(neighbours, np.empty(0, dtype=np.intp), n_sites),
        max_steps=max_steps,
        until=people_needed - 2.0 * WHOLE,
        deadline=deadline,
    )
    return whole_people(relaxed.bound) < people_needed


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and perf_counter() >= deadline


__all__ = ["Enough", "add_until_enough", "needs_more_than", "search_fewest"]
