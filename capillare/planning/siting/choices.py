"""Choose sites of a reduced covering question: search, bound, and prove what is left open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Literal

import numpy as np

from capillare.planning.siting.covering_search import (
    SEARCHES,
    WHOLE,
    Search,
    gap_left,
    search_covering,
    whole_people,
)
from capillare.planning.siting.local_search import Neighbours, add_greedily
from capillare.planning.siting.models import covering_model, covering_start
from capillare.planning.solver import solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.lagrangian import Relaxed
    from capillare.planning.siting.reduction import Reduced
    from capillare.planning.solver import Stop

    Indices = NDArray[np.intp]

Method = Literal["direct", "search", "exact"]

PRESOLVED_FROM = 400
"""Up to this many demands, reduced already, presolving costs HiGHS more than it saves."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Candidates of a reduced question, and a bound on the people any choice can cover.

    Attributes
    ----------
    chosen
        Index of each chosen candidate in the reduced question, ascending.
    bound
        Upper bound on the people newly covered, not cut to whole people.
    method
        See `CoveringAnswer`.
    stopped_by
        Limit that ended the proof.
    """

    chosen: Indices
    bound: float
    method: Method
    stopped_by: Stop = ""


def choose_sites(
    reduced: Reduced,
    n_sites: int,
    search: Search,
    *,
    exact_places: float,
    gap: float = 0.0,
    time_limit_s: float | None = None,
) -> Choice:
    """Take the cheapest way that can answer: nothing to choose, search and bound, or HiGHS.

    HiGHS is asked only if the search leaves more than `gap` open and at most `exact_places`
    demands are left. People must be whole.
    """
    if n_sites == 0:
        return Choice(np.empty(0, dtype=np.intp), 0.0, "direct")
    deadline = None if time_limit_s is None else perf_counter() + time_limit_s
    neighbours = Neighbours.of(reduced)
    greedy = add_greedily(neighbours, np.empty(0, dtype=np.intp), n_sites)
    if neighbours.covered_people(greedy) == reduced.people_open:
        return Choice(greedy, reduced.people_open, "direct")
    is_large = reduced.weights.size > exact_places
    searched = search_covering(
        neighbours, greedy, n_sites, search, is_large=is_large, gap=gap, deadline=deadline
    )
    chosen, bound = searched.chosen, searched.bound
    is_late = deadline is not None and perf_counter() >= deadline
    if is_large or gap_left(neighbours, chosen, bound) <= gap:
        return Choice(chosen, bound, "search", "time" if is_late else "")
    relaxed = searched.relaxed
    spare = relaxed.bound - neighbours.covered_people(chosen)
    core = _without_useless(reduced, relaxed, n_sites, spare)
    answer = solve_model(
        covering_model(core, n_sites=n_sites),
        mip_gap=gap,
        time_limit_s=None if deadline is None else max(deadline - perf_counter(), 0.0),
        node_limit=search.node_limit,
        presolve=reduced.weights.size > PRESOLVED_FROM,
        start=covering_start(
            core, np.flatnonzero(np.isin(core.candidates, reduced.candidates[chosen]))
        ),
    )
    found = core.candidates[np.flatnonzero(answer.columns[: core.candidates.size])]
    found = np.searchsorted(reduced.candidates, found)
    better = max(chosen, found, key=neighbours.covered_people)
    # What was left aside covers no more than the choice at hand; and the bound of a run that closed
    # may lie below its objective by an arithmetic hair.
    proved = max(answer.bound, float(neighbours.covered_people(better)))
    return Choice(better, min(proved, bound), "exact", answer.stopped_by)


def _without_useless(reduced: Reduced, relaxed: Relaxed, n_sites: int, spare: float) -> Reduced:
    """Leave out the candidates that no choice within `spare` people of the bound opens."""
    values = reduced.reach.T.astype(np.float64) @ relaxed.multipliers
    last_in = np.partition(-values, n_sites - 1)[n_sites - 1]
    is_kept = values >= -last_in - spare - WHOLE
    return replace(
        reduced,
        reach=reduced.reach[:, is_kept],
        candidates=reduced.candidates[is_kept],
    )


__all__ = ["SEARCHES", "WHOLE", "Choice", "Method", "Search", "choose_sites", "whole_people"]
