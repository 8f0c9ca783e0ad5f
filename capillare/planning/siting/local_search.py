"""Good sites for maximal covering where proving the best would take too long.

Greedy adding (Church and ReVelle 1974) and best-improvement swaps (Teitz and Bart 1968).
Everything is counted in whole people, so a swap either helps or it does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.reduction import Reduced

    Indices = NDArray[np.intp]
    People = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Both directions of who reaches whom, with the people to cover.

    Attributes
    ----------
    people
        Whole people of each demand, shape (n_demand,).
    reach
        Demand to candidates, CSR, shape (n_demand, n_candidates).
    catchments
        Candidates to demand, CSR, shape (n_candidates, n_demand).
    """

    people: People
    reach: sparse.csr_array
    catchments: sparse.csr_array

    @classmethod
    def of(cls, reduced: Reduced) -> Neighbours:
        """Hold a reduced question both ways."""
        reach = reduced.reach.astype(np.int64)
        return cls(reduced.weights.astype(np.int64), reach, reach.T.tocsr())

    def times_covered(self, chosen: Indices) -> People:
        """Count the chosen candidates that each demand reaches."""
        counts: People = np.zeros(self.people.size, dtype=np.int64)
        np.add.at(counts, self.catchments[chosen].indices, 1)
        return counts

    def covered_people(self, chosen: Indices) -> int:
        """Count the people who reach a chosen candidate, each once."""
        return int(self.people[self.times_covered(chosen) > 0].sum())


def add_greedily(neighbours: Neighbours, chosen: Indices, n_sites: int) -> Indices:
    """Add the candidate that gains most, ties by lowest index, until `n_sites` or no gain."""
    uncovered = np.where(neighbours.times_covered(chosen) == 0, neighbours.people, 0)
    picked = [int(index) for index in chosen]
    while len(picked) < n_sites:
        gains = neighbours.catchments @ uncovered
        best = int(np.argmax(gains)) if gains.size else 0
        if not gains.size or gains[best] <= 0:
            break
        picked.append(best)
        uncovered[_reached(neighbours.catchments, best)] = 0
    return np.array(sorted(picked), dtype=np.intp)


def swap_best(neighbours: Neighbours, chosen: Indices, *, max_swaps: int) -> Indices:
    """Swap a chosen candidate for another as long as a swap gains people, the best one first."""
    chosen = chosen.copy()
    counts = neighbours.times_covered(chosen)
    for _ in range(max_swaps):
        leaving, entering, gained = _best_swap(neighbours, chosen, counts)
        if gained <= 0:
            break
        counts[_reached(neighbours.catchments, int(chosen[leaving]))] -= 1
        counts[_reached(neighbours.catchments, entering)] += 1
        chosen[leaving] = entering
    return np.sort(chosen)


def _best_swap(neighbours: Neighbours, chosen: Indices, counts: People) -> tuple[int, int, int]:
    """Return (position that leaves, candidate that enters, people gained) of the best swap."""
    if not chosen.size:
        return 0, 0, 0
    gains = neighbours.catchments @ np.where(counts == 0, neighbours.people, 0)
    once = np.where(counts == 1, neighbours.people, 0)
    only_here = sparse.csr_array(neighbours.catchments[chosen].multiply(once[None, :]))
    losses = np.asarray(only_here.sum(axis=1)).ravel()
    # Someone who loses the only site may be reached by the one that enters.
    kept = sparse.csr_array(only_here @ neighbours.reach).tocoo()
    leaving, entering = kept.coords
    nets = kept.data + gains[entering] - losses[leaving]
    cheapest, richest = int(np.argmin(losses)), int(np.argmax(gains))
    plain = int(gains[richest] - losses[cheapest])
    if nets.size and int(nets.max()) >= plain:
        best = int(np.argmax(nets))
        return int(leaving[best]), int(entering[best]), int(nets[best])
    return cheapest, richest, plain


def _reached(catchments: sparse.csr_array, candidate: int) -> NDArray[np.int32]:
    first, end = catchments.indptr[candidate], catchments.indptr[candidate + 1]
    reached: NDArray[np.int32] = catchments.indices[first:end]
    return reached


__all__ = ["Neighbours", "add_greedily", "swap_best"]
