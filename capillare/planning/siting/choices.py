"""Choose sites of a reduced covering question: search, bound, and prove what is left open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor
from time import perf_counter
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from capillare.planning.siting.annealing import anneal_sites
from capillare.planning.siting.lagrangian import Relaxed, relax_covering
from capillare.planning.siting.local_search import (
    Neighbours,
    add_greedily,
    swap_best,
)
from capillare.planning.siting.models import covering_model, covering_start
from capillare.planning.solver import SEED, relative_gap, solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.settings import Effort
    from capillare.planning.siting.reduction import Reduced
    from capillare.planning.solver import Stop

    Indices = NDArray[np.intp]

Method = Literal["direct", "search", "exact"]

STEPS_IF_SMALL, STEPS_IF_LARGE = 20, 60
"""Steps of the cooling search per demand: before HiGHS, and where HiGHS does not follow."""
PRESOLVED_FROM = 400
"""Up to this many demands, reduced already, presolving costs HiGHS more than it saves."""
WHOLE = 1e-3
"""Arithmetic error allowed on a bound, in people, before it is cut to whole people."""


@dataclass(frozen=True)
class Search:
    """How hard to search: limits that do not depend on the clock.

    Attributes
    ----------
    max_steps
        Subgradient steps of the bound.
    max_swaps
        Swaps of one local search.
    node_limit
        Nodes of HiGHS's search tree; none without.
    max_anneals
        Most steps of the search that then cools.
    """

    max_steps: int
    max_swaps: int
    node_limit: int | None
    max_anneals: int


SEARCHES: dict[Effort, Search] = {
    "quick": Search(400, max_swaps=200, node_limit=500, max_anneals=20_000),
    "normal": Search(2_400, max_swaps=2_000, node_limit=20_000, max_anneals=100_000),
    "best": Search(8_000, max_swaps=20_000, node_limit=1_000_000, max_anneals=600_000),
}


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


def whole_people(bound: float) -> int:
    """Cut a bound to whole people: none can be covered in part.

    >>> whole_people(41.9), whole_people(41.9999)
    (41, 42)
    """
    return floor(bound + WHOLE)


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
    chosen, relaxed = _searched(
        neighbours, greedy, n_sites, search, is_large=is_large, gap=gap, deadline=deadline
    )
    is_late = deadline is not None and perf_counter() >= deadline
    if is_large or _gap_left(neighbours, chosen, relaxed) <= gap:
        return Choice(chosen, relaxed.bound, "search", "time" if is_late else "")
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
    return Choice(better, min(proved, relaxed.bound), "exact", answer.stopped_by)


def _searched(
    neighbours: Neighbours,
    greedy: Indices,
    n_sites: int,
    search: Search,
    *,
    is_large: bool,
    gap: float,
    deadline: float | None,
) -> tuple[Indices, Relaxed]:
    """Search for a choice and bound it, twice: each of the two sharpens the other."""
    chosen = swap_best(neighbours, greedy, max_swaps=search.max_swaps)
    relaxed: Relaxed | None = None
    for is_last in (False, True):
        turn = relax_covering(
            neighbours,
            n_sites,
            incumbent=chosen,
            max_steps=search.max_steps // 2,
            multipliers=relaxed.multipliers if relaxed else None,
            deadline=deadline,
        )
        relaxed = turn if relaxed is None or turn.bound < relaxed.bound else relaxed
        if _gap_left(neighbours, chosen, relaxed) <= gap:
            break
        if not is_last:
            n_steps = neighbours.people.size * (STEPS_IF_LARGE if is_large else STEPS_IF_SMALL)
            annealed = anneal_sites(
                neighbours,
                chosen,
                n_steps=min(search.max_anneals, n_steps),
                seed=SEED,
                deadline=deadline,
            )
            chosen = swap_best(neighbours, annealed, max_swaps=search.max_swaps)
    return chosen, cast("Relaxed", relaxed)


def _gap_left(neighbours: Neighbours, chosen: Indices, relaxed: Relaxed) -> float:
    return relative_gap(neighbours.covered_people(chosen), whole_people(relaxed.bound))


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
