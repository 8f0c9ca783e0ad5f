"""The p-median question (Hakimi 1964): fewest people x minutes to the nearest open site.

A relaxation gives the bound and points to good sites, swaps improve them, and each sharpens the
other; candidates that the bound rules out are left aside, and branch and bound closes what is left
open on the rest. Only pairs near enough to matter are looked at: see `SparseCosts.up_to`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.median_branch import close_median
from capillare.planning.siting.median_core import close_by_levels
from capillare.planning.siting.median_costs import Costs, SparseCosts
from capillare.planning.siting.median_dual import FIRST_STEP, Dual, relax_median
from capillare.planning.siting.median_levels import solve_levels
from capillare.planning.siting.median_search import swap_medians
from capillare.planning.siting.openings import Openings
from capillare.planning.siting.questions import Found

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.questions import Ask, Question

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

FIRST_STEPS = 60
STEPS_PER_ROUND = 100
MAX_ROUNDS = 20
SMALLEST_STEP = 1e-4
CORE_CELLS = 4_000_000
"""A core of candidates x demand up to this size is held whole, in 32 MB."""
CELLS_PER_PAIR = 6
"""Cells of a whole table that cost as much time as one pair of a sparse one."""
PAIRS_A_DEMAND = 4
"""Pairs of a demand on average up to which HiGHS is asked before branch and bound."""
CLOSING_WORK = 8e9
"""Cells that branch and bound visits at most where no time limit is given: some ten seconds."""
ROUNDING = 1e-9
"""Arithmetic error of a total, as a share of it."""


@dataclass(frozen=True, eq=False)
class Medians:
    """Open candidates, ascending, what they cost, and a bound: no choice costs less."""

    opened: Indices
    cost: float
    bound: float


@dataclass(frozen=True)
class Limits:
    """When a search may stop before its proof.

    Attributes
    ----------
    gap
        Relative gap that is small enough.
    deadline
        Instant of the clock at which it stops.
    max_work
        Cells that branch and bound may visit.
    """

    gap: float = 0.0
    deadline: float | None = None
    max_work: float = CLOSING_WORK

    @classmethod
    def of(cls, ask: Ask) -> Limits:
        """Read the limits of an ask; with a time limit, work is not limited otherwise."""
        if ask.time_limit_s is None:
            return cls(gap=ask.gap)
        return cls(ask.gap, perf_counter() + ask.time_limit_s, float("inf"))

    @property
    def is_over(self) -> bool:
        """Whether the clock has stopped the search."""
        return self.deadline is not None and perf_counter() >= self.deadline


def solve_median(question: Question, ask: Ask) -> Found:
    """Solve the p-median; everybody must be able to reach some candidate.

    Chosen sites that would be nobody's nearest are left out. Nothing chosen means that the run
    stopped, or that so few sites cannot reach everybody: the caller tells the two apart.
    """
    free_cost = question.cost_eur[~question.is_fixed]
    costs_differ = ask.budget_eur is not None and np.unique(free_cost).size > 1
    allowed = Openings(ask.most_sites(free_cost))
    if costs_differ and ask.budget_eur is not None:
        allowed = replace(allowed, cost_eur=question.cost_eur, budget_eur=ask.budget_eur)
    medians = find_medians(median_costs(question), allowed, Limits.of(ask))
    found = Found(medians.opened, medians.bound)
    if not np.isfinite(medians.cost):
        found = solve_levels(question, ask)
    if found.chosen is None:
        return found
    return Found(_nearest_of_somebody(question, found.chosen), found.bound)


def median_costs(question: Question) -> SparseCosts:
    """Hold the pairs that could serve people for less than a fixed site does."""
    is_peopled = question.people > 0
    fixed_min = question.nearest_min(np.flatnonzero(question.is_fixed))
    with np.errstate(invalid="ignore"):  # nobody times infinity
        fallback = (question.people * fixed_min)[is_peopled]
    is_useful = is_peopled[question.demand] & (question.travel_min < fixed_min[question.demand])
    position = np.cumsum(is_peopled) - 1
    demand = position[question.demand[is_useful]]
    n_pairs = np.bincount(demand, minlength=fallback.size)
    return SparseCosts(
        start=np.concatenate([[0], np.cumsum(n_pairs)]),
        candidate=question.candidate[is_useful],
        cost=question.people[is_peopled][demand] * question.travel_min[is_useful],
        ceiling=fallback,
        fallback=fallback,
        n_candidates=question.cost_eur.size,
    )


def find_medians(costs: SparseCosts, allowed: Openings, limits: Limits) -> Medians:
    """Find the cheapest candidates that may open, or good ones and their bound.

    The cost is infinite where no choice was found that serves everybody.
    """
    if allowed.n_sites == 0 or not costs.cost.size:
        cost = float(costs.fallback.sum())
        return Medians(np.empty(0, dtype=np.intp), cost, cost)
    is_whole = _is_whole(costs)
    medians, dual = _search(costs, allowed, limits, is_whole=is_whole)
    if not np.isfinite(medians.cost):
        return medians
    margin = _margin(medians.cost, limits.gap, is_whole=is_whole)
    if medians.bound < medians.cost - margin and not limits.is_over:
        medians = _close(costs, allowed, limits, medians=medians, dual=dual, margin=margin)
    bound = medians.bound
    if is_whole:
        bound = float(ceil(bound - _rounding(medians.cost)))
    return replace(medians, bound=min(bound, medians.cost))


def _search(
    costs: SparseCosts, allowed: Openings, limits: Limits, *, is_whole: bool
) -> tuple[Medians, Dual]:
    """Relax and swap by turns: each of the two sharpens the other."""
    patched = replace(costs, fallback=_finite_fallback(costs))
    dual, opened, cost = _first_sites(patched, allowed, limits)
    nearest, _, second = patched.two_cheapest(opened)
    near = _near_costs(patched, 2.0 * second)
    best, seen = Medians(opened, cost, dual.bound), {opened.tobytes()}
    prices, step = (nearest + second) / 2.0, FIRST_STEP
    for _ in range(MAX_ROUNDS):
        turn = relax_median(
            near,
            allowed,
            prices=prices,
            incumbent_cost=best.cost,
            good_enough=best.cost - _margin(best.cost, limits.gap, is_whole=is_whole),
            max_steps=STEPS_PER_ROUND,
            step=step,
            smallest_step=SMALLEST_STEP,
            deadline=limits.deadline,
        )
        dual = turn if turn.bound >= dual.bound else dual
        prices, step = turn.prices, turn.step
        best = replace(best, bound=max(best.bound, turn.bound))
        start: Indices = np.sort(turn.opened)
        if start.tobytes() not in seen and not limits.is_over:
            seen.add(start.tobytes())
            opened, cost = swap_medians(patched, start, allowed)
            best = replace(best, opened=opened, cost=cost) if cost < best.cost else best
        closed = best.cost - _margin(best.cost, limits.gap, is_whole=is_whole)
        if best.bound >= closed or step <= SMALLEST_STEP or limits.is_over:
            break
    return replace(best, cost=costs.total(best.opened)), dual


def _first_sites(
    costs: SparseCosts, allowed: Openings, limits: Limits
) -> tuple[Dual, Indices, float]:
    """Relax a little from prices that an even spread of sites would make, then swap."""
    rank = int(1.5 * costs.n_candidates / allowed.usual_sites) + 1
    dual = relax_median(
        _near_costs(costs, costs.at_rank(4 * rank)),
        allowed,
        prices=costs.at_rank(rank),
        incumbent_cost=1.1 * float(costs.at_rank(rank // 3).sum()) + 1.0,
        good_enough=np.inf,
        max_steps=FIRST_STEPS,
        deadline=limits.deadline,
    )
    opened, cost = swap_medians(costs, dual.opened, allowed)
    return dual, opened, cost


def _near_costs(costs: SparseCosts, limit: Floats) -> Costs:
    """Leave out pairs beyond a limit; hold what is left in the form that is quicker."""
    near = costs.up_to(limit)
    cells = costs.n_candidates * costs.fallback.size
    if cells <= CORE_CELLS and cells < CELLS_PER_PAIR * near.cost.size:
        return costs.core(np.arange(costs.n_candidates))
    return near


def _close(
    costs: SparseCosts,
    allowed: Openings,
    limits: Limits,
    *,
    medians: Medians,
    dual: Dual,
    margin: float,
) -> Medians:
    """Close what is open: HiGHS if hardly a pair is left, else branch and bound on candidates."""
    left_s = None if limits.deadline is None else max(limits.deadline - perf_counter(), 0.0)
    closed = close_by_levels(
        costs,
        allowed,
        dual=dual,
        cost=medians.cost,
        margin=margin,
        most_pairs=PAIRS_A_DEMAND * costs.fallback.size,
        time_limit_s=left_s,
    )
    if closed is not None:
        opened = medians.opened if closed.opened is None else closed.opened
        medians = Medians(opened, closed.cost, max(medians.bound, closed.bound))
        if not closed.is_stopped or limits.is_over:
            return medians
    spare = medians.cost - margin - dual.bound
    kept = np.flatnonzero(~dual.useless(allowed, spare))
    if kept.size * costs.fallback.size > CORE_CELLS:
        return medians
    closed = close_median(
        costs.core(kept),
        allowed.among(kept),
        prices=dual.prices,
        bound=dual.bound,
        cost=medians.cost,
        margin=margin,
        max_work=limits.max_work,
        deadline=limits.deadline,
    )
    opened = medians.opened if closed.opened is None else kept[closed.opened]
    return Medians(opened, closed.cost, max(medians.bound, closed.bound))


def _finite_fallback(costs: SparseCosts) -> Floats:
    """Price what nobody serves above anything that somebody does, so that swaps avoid it."""
    dearest = np.zeros(costs.fallback.size)
    np.maximum.at(dearest, costs.demand, costs.cost)
    unserved = dearest + costs.cost.max(initial=0.0) + 1.0
    return np.where(np.isfinite(costs.fallback), costs.fallback, unserved)


def _margin(cost: float, gap: float, *, is_whole: bool) -> float:
    """How much cheaper a choice must be to matter."""
    asked = gap * max(abs(cost), 1.0)
    least = _rounding(cost)
    if is_whole:
        least = max(1.0 - 2.0 * least, least)
    return max(asked, least)


def _rounding(total: float) -> float:
    return max(ROUNDING * abs(total), ROUNDING)


def _is_whole(costs: SparseCosts) -> bool:
    """Whether every cost is a whole number, and so every total."""
    fallback = costs.fallback[np.isfinite(costs.fallback)]
    return all(bool((part == np.floor(part)).all()) for part in (costs.cost, fallback))


def _nearest_of_somebody(question: Question, opened: Indices) -> Indices:
    """Keep the open candidates that are the nearest of some demand, ties by lowest index."""
    is_open = np.isin(question.candidate, opened) & (question.people[question.demand] > 0)
    _, nearest = np.unique(question.demand[is_open], return_index=True)
    used: Indices = np.unique(question.candidate[is_open][nearest])
    return used


__all__ = ["Limits", "Medians", "find_medians", "median_costs", "solve_median"]
