"""Choose sites of a reduced covering question: search, bound, and prove what is left open."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Literal

import numpy as np

from capillare.planning.siting.lagrangian import relax_covering
from capillare.planning.siting.local_search import (
    Neighbours,
    add_greedily,
    search_sites,
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

WHOLE = 1e-3
"""Arithmetic error allowed on a bound, in people, before it is cut to whole people."""


@dataclass(frozen=True)
class Search:
    """How hard to search: limits that do not depend on the clock.

    Attributes
    ----------
    max_steps
        Subgradient steps of the bound.
    max_swaps, n_restarts
        Swaps of one local search, and how often it starts anew.
    node_limit
        Nodes of HiGHS's search tree; none without.
    """

    max_steps: int
    max_swaps: int
    n_restarts: int
    node_limit: int | None


SEARCHES: dict[Effort, Search] = {
    "quick": Search(max_steps=200, max_swaps=200, n_restarts=0, node_limit=500),
    "normal": Search(max_steps=800, max_swaps=2_000, n_restarts=4, node_limit=20_000),
    "best": Search(max_steps=3_000, max_swaps=20_000, n_restarts=30, node_limit=1_000_000),
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
    neighbours = Neighbours.of(reduced)
    greedy = add_greedily(neighbours, np.empty(0, dtype=np.intp), n_sites)
    if neighbours.covered_people(greedy) == reduced.people_open:
        return Choice(greedy, reduced.people_open, "direct")
    searched = _searched_choice(neighbours, greedy, n_sites, search)
    left_open = relative_gap(
        neighbours.covered_people(searched.chosen), whole_people(searched.bound)
    )
    if left_open <= gap or reduced.weights.size > exact_places:
        return searched
    answer = solve_model(
        covering_model(reduced, n_sites=n_sites),
        mip_gap=gap,
        time_limit_s=time_limit_s,
        node_limit=search.node_limit,
        start=covering_start(reduced, searched.chosen),
    )
    found = np.flatnonzero(answer.columns[: reduced.candidates.size])
    better = max(searched.chosen, found, key=neighbours.covered_people)
    # The bound of a run that closed may lie below its objective by an arithmetic hair.
    proved = answer.bound if answer.status != "optimal" else max(answer.bound, answer.objective)
    return Choice(better, min(proved, searched.bound), "exact", answer.stopped_by)


def _searched_choice(
    neighbours: Neighbours, greedy: Indices, n_sites: int, search: Search
) -> Choice:
    """Search for a choice and bound it, twice: each of the two sharpens the other."""
    chosen = swap_best(neighbours, greedy, max_swaps=search.max_swaps)
    multipliers, bound = None, float("inf")
    for n_restarts in (0, search.n_restarts):
        relaxed = relax_covering(
            neighbours,
            n_sites,
            incumbent=chosen,
            max_steps=search.max_steps // 2,
            multipliers=multipliers,
        )
        multipliers, bound = relaxed.multipliers, min(bound, relaxed.bound)
        chosen = search_sites(
            neighbours,
            n_sites,
            starts=[chosen, relaxed.sites],
            n_restarts=n_restarts,
            max_swaps=search.max_swaps,
            seed=SEED,
        )
        if whole_people(bound) == neighbours.covered_people(chosen):
            break
    return Choice(chosen, bound, "search")


__all__ = ["SEARCHES", "WHOLE", "Choice", "Method", "Search", "choose_sites", "whole_people"]
