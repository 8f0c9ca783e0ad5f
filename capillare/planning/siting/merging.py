"""One choice of sites for maximal covering out of several: what they agree on stays.

Good choices have most sites in common. Those are kept, the others are freed, and HiGHS opens the
best of them (tour merging, Cook and Seymour 2003, for salesmen; restricted search between
solutions, Danna, Rothberg and Le Pape 2005). The answer combines the best regions of each choice,
which no single search found together; short searches merged are worth more than a long one.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.local_search import add_greedily
from capillare.planning.siting.reopening import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from capillare.planning.siting.local_search import Neighbours

    Indices = NDArray[np.intp]

MERGED_AT_ONCE = 3
"""Of two choices less comes; of four the answer may take longer than all searches together."""
MOST_DEMANDS = 2_500
"""Choices that leave more demand to decide are too far from each other: fewer are merged."""


def merge_choices(
    neighbours: Neighbours, choices: Sequence[Indices], *, deadline: float | None = None
) -> Indices:
    """Merge choices a few at a time, each time with what the earlier ones came to.

    Parameters
    ----------
    neighbours
        The reduced question.
    choices
        One or more, each of as many sites; their order is the order of merging.
    deadline
        Instant of the clock at which the merging stops.

    Returns
    -------
    A choice of as many sites that covers as many people as the best of them or more, ascending.
    """
    merged, rest = max(choices, key=neighbours.covered_people), list(choices)
    while rest:
        if deadline is not None and perf_counter() >= deadline:
            break
        n_taken = MERGED_AT_ONCE - 1
        taken, rest = rest[:n_taken], rest[n_taken:]
        merged = _merged(neighbours, merged, taken)
    return merged


def _merged(neighbours: Neighbours, chosen: Indices, others: list[Indices]) -> Indices:
    """Keep what all agree on, and open the best of what only some open."""
    for n_others in range(len(others), 0, -1):
        n_choices = np.zeros(neighbours.reach.shape[1], dtype=np.intp)
        for each in (chosen, *others[:n_others]):
            n_choices[each] += 1
        kept = np.flatnonzero(n_choices == n_others + 1)
        within = np.flatnonzero((n_choices > 0) & (n_choices <= n_others))
        part = Part.of(neighbours, freed=np.setdiff1d(chosen, kept), kept=kept, within=within)
        if not part.n_demands or part.n_demands > MOST_DEMANDS:
            continue
        answer = part.answered()
        if neighbours.covered_people(answer) > neighbours.covered_people(chosen):
            return add_greedily(neighbours, answer, chosen.size)
    return chosen


__all__ = ["merge_choices"]
