"""Search for sites of maximal covering and bound what any could reach, by turns.

Each sharpens the other: a better choice makes better steps of the relaxation, a lower bound says
when a choice is good enough. Small questions are left to branch and bound after that; on large ones
a search that cools and neighbourhoods improve the choice, and pieces lower the bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from time import perf_counter
from typing import TYPE_CHECKING

from capillare.planning.siting.annealing import anneal_sites
from capillare.planning.siting.lagrangian import Relaxed, relax_covering
from capillare.planning.siting.local_search import swap_best
from capillare.planning.siting.merging import merge_choices
from capillare.planning.siting.neighbourhoods import improve_by_neighbourhoods
from capillare.planning.siting.pieces import bound_by_pieces
from capillare.planning.solver import SEED, relative_gap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from capillare.geo.settings import Effort
    from capillare.planning.siting.local_search import Neighbours

    Indices = NDArray[np.intp]

STEPS_A_TURN = 120
"""Subgradient steps between two looks at what the relaxation opens."""
STEPS_A_DEMAND = 10
"""Steps of one cooling search per demand."""
ROUNDS_A_SITE = 1
"""Neighbourhoods for each site at most: nearly all that can be gained is gained in one pass."""
WHOLE = 1e-3
"""Arithmetic error allowed on a bound, in people, before it is cut to whole people."""


@dataclass(frozen=True)
class Search:
    """How hard to search: limits that do not depend on the clock.

    Attributes
    ----------
    max_steps
        Subgradient steps of the bound.
    max_pivots
        Steps of the simplex of branch and bound, before HiGHS is asked.
    max_swaps
        Swaps of one local search.
    node_limit
        Nodes of HiGHS's search tree; none without.
    max_anneals
        Most steps of the search that then cools.
    max_rounds
        Most neighbourhoods of a large question.
    piece_nodes
        Nodes of HiGHS's search tree for one piece of a large question; 0 for no pieces.
    n_starts
        Searches that cool, each with other draws, whose choices are merged on a large question.
    """

    max_steps: int
    max_swaps: int
    node_limit: int | None
    max_anneals: int
    max_pivots: int = 50_000
    max_rounds: int = 0
    piece_nodes: int = 0
    n_starts: int = 1


SEARCHES: dict[Effort, Search] = {
    "quick": Search(400, 200, 500, max_anneals=20_000),
    "normal": Search(
        2_400, 2_000, 20_000, max_anneals=25_000, max_rounds=600, piece_nodes=5, n_starts=10
    ),
    "best": Search(
        8_000, 20_000, 1_000_000, max_anneals=100_000, max_rounds=3_000, piece_nodes=50, n_starts=20
    ),
}


@dataclass(frozen=True, eq=False)
class Searched:
    """The best choice met, ascending, and what was proved of all.

    Attributes
    ----------
    chosen
        Candidates.
    relaxed
        The relaxation of all rows.
    bound
        No choice covers more people; at most the relaxation's.
    """

    chosen: Indices
    relaxed: Relaxed
    bound: float


def whole_people(bound: float) -> int:
    """Cut a bound to whole people: none can be covered in part.

    >>> whole_people(41.9), whole_people(41.9999)
    (41, 42)
    """
    return floor(bound + WHOLE)


def search_covering(
    neighbours: Neighbours,
    start: Indices,
    n_sites: int,
    search: Search,
    *,
    gap: float = 0.0,
    deadline: float | None = None,
) -> Searched:
    """Search a little from a choice and bound all, by turns, until both meet within `gap`.

    Parameters
    ----------
    neighbours
        The reduced question.
    start
        A choice of at most `n_sites` candidates.
    n_sites, search
        Candidates that may open, and how hard to search.
    gap, deadline
        Relative gap and instant of the clock at which it ends.
    """
    chosen = swap_best(neighbours, start, max_swaps=search.max_swaps)
    everybody = float(neighbours.people.sum())
    n_left, tried = search.max_steps // 2, {start.tobytes()}
    best = relaxed = relax_covering(
        neighbours,
        n_sites,
        incumbent=chosen,
        max_steps=min(STEPS_A_TURN, n_left),
        deadline=deadline,
    )
    while True:
        best = min(best, relaxed, key=lambda each: each.bound)
        n_left -= relaxed.n_steps
        # What the relaxation opens is often a better start than what greedy adding does.
        if relaxed.sites.tobytes() not in tried:
            tried.add(relaxed.sites.tobytes())
            other = swap_best(neighbours, relaxed.sites, max_swaps=search.max_swaps)
            chosen = max(chosen, other, key=neighbours.covered_people)
        bound = min(best.bound, everybody)
        is_late = deadline is not None and perf_counter() >= deadline
        is_stuck = relaxed.n_steps < STEPS_A_TURN
        if gap_left(neighbours, chosen, bound) <= gap or n_left <= 0 or is_stuck or is_late:
            return Searched(chosen, best, bound)
        relaxed = relax_covering(
            neighbours,
            n_sites,
            incumbent=chosen,
            max_steps=min(STEPS_A_TURN, n_left),
            multipliers=best.multipliers,
            step=relaxed.step,
            deadline=deadline,
        )


def search_further(
    neighbours: Neighbours,
    searched: Searched,
    n_sites: int,
    search: Search,
    *,
    gap: float = 0.0,
    deadline: float | None = None,
) -> Searched:
    """Search hard from what was found, where nothing else follows, and tighten the bound."""
    bound = searched.bound
    chosen = _improved(
        neighbours, searched.chosen, search, enough=bound / (1 + gap), deadline=deadline
    )
    turn = relax_covering(
        neighbours,
        n_sites,
        incumbent=chosen,
        max_steps=search.max_steps // 2,
        multipliers=searched.relaxed.multipliers,
        deadline=deadline,
    )
    relaxed = min(searched.relaxed, turn, key=lambda each: each.bound)
    bound = min(relaxed.bound, bound)
    if search.piece_nodes and gap_left(neighbours, chosen, bound) > gap:
        pieced = bound_by_pieces(
            neighbours,
            relaxed,
            n_sites,
            node_limit=search.piece_nodes,
            enough=neighbours.covered_people(chosen) * (1 + gap),
            deadline=deadline,
        )
        bound = min(bound, pieced)
    return Searched(chosen, relaxed, bound)


def gap_left(neighbours: Neighbours, chosen: Indices, bound: float) -> float:
    """Relative gap between a choice and a bound."""
    return relative_gap(neighbours.covered_people(chosen), whole_people(bound))


def _improved(
    neighbours: Neighbours,
    chosen: Indices,
    search: Search,
    *,
    enough: float,
    deadline: float | None,
) -> Indices:
    """Anneal and swap several times, merge the choices, and improve neighbourhoods."""
    n_steps = min(search.max_anneals, neighbours.people.size * STEPS_A_DEMAND)
    choices: list[Indices] = []
    for start in range(search.n_starts):
        annealed = anneal_sites(
            neighbours,
            chosen,
            n_steps=n_steps,
            seed=SEED + start,
            enough_people=enough,
            deadline=deadline,
        )
        choices.append(swap_best(neighbours, annealed, max_swaps=search.max_swaps))
        if neighbours.covered_people(choices[-1]) >= enough:
            break
    chosen = merge_choices(neighbours, [*choices, chosen], deadline=deadline)
    return improve_by_neighbourhoods(
        neighbours,
        chosen,
        n_rounds=min(search.max_rounds, ROUNDS_A_SITE * chosen.size),
        seed=SEED,
        enough_people=enough,
        deadline=deadline,
    )


__all__ = [
    "SEARCHES",
    "WHOLE",
    "Search",
    "Searched",
    "gap_left",
    "search_covering",
    "search_further",
    "whole_people",
]
