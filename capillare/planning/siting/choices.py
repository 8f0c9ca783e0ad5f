"""Choose sites of a reduced covering question: search, bound, and prove what is left open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Literal

import numpy as np

from capillare.planning.siting.covering_branch import close_covering
from capillare.planning.siting.covering_search import (
    SEARCHES,
    WHOLE,
    Search,
    Searched,
    gap_left,
    search_covering,
    search_further,
    whole_people,
)
from capillare.planning.siting.local_search import Neighbours, add_greedily
from capillare.planning.siting.models import covering_model, covering_start
from capillare.planning.siting.reduction import Reduced, reduce_covering
from capillare.planning.solver import solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.solver import Stop

    Indices = NDArray[np.intp]

Method = Literal["direct", "search", "exact"]

TREE_FACTOR = 3
"""Branch and bound is tried on cores so many times as large as HiGHS is asked for."""
PIVOTS_TO = 1_000
"""Demands up to which a search may make all its pivots: of more, each takes longer."""
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
    """Take the cheapest way that can answer: nothing to choose, search and bound, or a proof.

    Candidates that the bound decides are left aside first; a proof is tried only if more than `gap`
    is open and few demands are left: HiGHS's of `exact_places`, branch and bound's of
    `TREE_FACTOR` times as many. People must be whole.
    """
    if n_sites == 0:
        return Choice(np.empty(0, dtype=np.intp), 0.0, "direct")
    deadline = None if time_limit_s is None else perf_counter() + time_limit_s
    neighbours = Neighbours.of(reduced)
    greedy = add_greedily(neighbours, np.empty(0, dtype=np.intp), n_sites)
    if neighbours.covered_people(greedy) == reduced.people_open:
        return Choice(greedy, reduced.people_open, "direct")
    searched = search_covering(neighbours, greedy, n_sites, search, gap=gap, deadline=deadline)
    if gap_left(neighbours, searched.chosen, searched.bound) > gap and not _is_over(deadline):
        core, needed = _core(neighbours, searched, n_sites)
        if core.weights.size <= TREE_FACTOR * exact_places:
            has_highs = core.weights.size <= exact_places
            proved = _proved(
                neighbours,
                n_sites,
                search,
                searched=searched,
                core=core,
                needed=needed,
                gap=gap,
                deadline=deadline,
                has_highs=has_highs,
            )
            if has_highs or proved.stopped_by != "nodes":
                return proved
            searched = replace(searched, chosen=proved.chosen, bound=proved.bound)
        searched = search_further(neighbours, searched, n_sites, search, gap=gap, deadline=deadline)
    stopped_by: Stop = "time" if _is_over(deadline) else ""
    return Choice(searched.chosen, searched.bound, "search", stopped_by)


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and perf_counter() >= deadline


def _core(neighbours: Neighbours, searched: Searched, n_sites: int) -> tuple[Reduced, Indices]:
    """Leave the candidates that a better choice may open, and find those that each of them does.

    What the latter cover is decided; of a core without demand no choice is better than known.
    """
    relaxed = searched.relaxed
    values = neighbours.catchments.astype(np.float64) @ relaxed.multipliers
    spare = relaxed.bound - neighbours.covered_people(searched.chosen) - 1 + WHOLE
    ranked = -np.sort(-values)
    first_out = ranked[n_sites] if n_sites < ranked.size else 0.0
    is_needed = values > first_out + spare
    kept: Indices = np.flatnonzero(values >= ranked[n_sites - 1] - spare)
    core = reduce_covering(neighbours.people, neighbours.reach[:, kept], is_needed[kept])
    return replace(core, candidates=kept[core.candidates]), np.flatnonzero(is_needed)


def _proved(
    neighbours: Neighbours,
    n_sites: int,
    search: Search,
    *,
    searched: Searched,
    core: Reduced,
    needed: Indices,
    gap: float,
    deadline: float | None,
    has_highs: bool,
) -> Choice:
    """Branch and bound on the core; where that takes too long, HiGHS with its cuts if it may."""
    before, n_left = int(core.people_before), n_sites - needed.size
    best, known = searched.chosen, neighbours.covered_people(searched.chosen)
    closed = close_covering(
        core,
        n_left,
        known_people=known - before,
        max_pivots=int(search.max_pivots * min(1.0, PIVOTS_TO / max(core.weights.size, 1))),
        gap=gap,
        others_people=before,
        deadline=deadline,
    )
    if closed.chosen is not None:
        best = np.union1d(needed, core.candidates[closed.chosen])
    bound, stopped_by = before + closed.bound, closed.stopped_by
    if has_highs and stopped_by == "nodes":
        answer = solve_model(
            covering_model(core, n_sites=n_left),
            mip_gap=gap,
            time_limit_s=None if deadline is None else max(deadline - perf_counter(), 0.0),
            node_limit=search.node_limit,
            presolve=core.weights.size > PRESOLVED_FROM,
            start=covering_start(core, np.flatnonzero(np.isin(core.candidates, best))),
        )
        found = core.candidates[np.flatnonzero(answer.columns[: core.candidates.size])]
        best = max(best, np.union1d(needed, found), key=neighbours.covered_people)
        bound, stopped_by = min(bound, before + answer.bound), answer.stopped_by
    # What was left aside covers no more than the choice at hand; and the bound of a run that closed
    # may lie below its objective by an arithmetic hair.
    bound = max(min(bound, searched.bound), float(neighbours.covered_people(best)))
    return Choice(best, bound, "exact", stopped_by)


__all__ = ["SEARCHES", "WHOLE", "Choice", "Method", "Search", "choose_sites", "whole_people"]
