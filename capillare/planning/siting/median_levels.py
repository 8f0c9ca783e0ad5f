"""The p-median as a model of levels: for budgets where sites cost differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from capillare.planning.siting.questions import Found
from capillare.planning.solver import Model, solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.questions import Ask, Question

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Levels:
    """The distinct minutes at which a demand's nearest site may lie, nearest first.

    Attributes
    ----------
    demand
        Demand of each level, ascending, shape (n_levels,).
    travel_min
        Minutes of each level, ascending within a demand.
    is_first, is_last
        Whether it is its demand's first or last.
    beyond_min
        Minutes if no site of this level or a nearer one opens: the next level's, the nearest fixed
        site's after the last, infinite without one.
    pair_level, pair_candidate
        Level and candidate of each pair.
    """

    demand: Indices
    travel_min: Floats
    is_first: NDArray[np.bool_]
    is_last: NDArray[np.bool_]
    beyond_min: Floats
    pair_level: Indices
    pair_candidate: Indices


def find_levels(question: Question) -> Levels:
    """Group the pairs that could serve people nearer than a fixed site does, by their minutes."""
    fixed_min = question.nearest_min(np.flatnonzero(question.is_fixed))
    is_useful = (question.people[question.demand] > 0) & (
        question.travel_min < fixed_min[question.demand]
    )
    demand, minutes = question.demand[is_useful], question.travel_min[is_useful]
    is_new_demand = np.ones(demand.size, dtype=bool)
    is_new_demand[1:] = demand[1:] != demand[:-1]
    is_new = is_new_demand.copy()
    is_new[1:] |= minutes[1:] != minutes[:-1]
    level_demand, level_min = demand[is_new], minutes[is_new]
    is_first = is_new_demand[is_new]
    is_last = np.append(is_first[1:], True) if is_first.size else is_first
    beyond = np.append(level_min[1:], np.inf)[: level_min.size]
    return Levels(
        demand=level_demand,
        travel_min=level_min,
        is_first=is_first,
        is_last=is_last,
        beyond_min=np.where(is_last, fixed_min[level_demand], beyond),
        pair_level=np.cumsum(is_new) - 1,
        pair_candidate=question.candidate[is_useful],
    )


def median_model(question: Question, ask: Ask, levels: Levels) -> Model:
    """Build the p-median by its radii (Cornuejols, Nemhauser and Wolsey 1980).

    Candidates j open (y_j, binary); z_ik is 1 if demand i, of w_i people, has no open site at its
    level k or nearer. With D_ik the minutes of level k::

        minimise    sum_i w_i (D_i1 + sum_k (D_i,k+1 - D_ik) z_ik)
        subject to  z_ik + sum_(j at level k of i) y_j >= z_i,k-1   (1 for the first level)
                    sum_j y_j <= new_sites, sum_j cost_j y_j <= budget

    Past the last level lies the nearest fixed site; without one z is 0 there, so that everybody
    reaches some site. The constant first terms are left out of the model. Columns are y of every
    candidate (fixed ones held at 1), then z.
    """
    n_candidates = question.cost_eur.size
    n_levels = levels.demand.size
    reaches_fixed = np.isfinite(levels.beyond_min)
    step = np.where(reaches_fixed, levels.beyond_min - levels.travel_min, 0.0)
    unit = np.ones(levels.pair_level.size)
    at_level = sparse.csr_array(
        (unit, (levels.pair_level, levels.pair_candidate)), shape=(n_levels, n_candidates)
    )
    later = np.flatnonzero(~levels.is_first)
    before = sparse.csr_array((np.ones(later.size), (later, later - 1)), shape=(n_levels, n_levels))
    blocks = [sparse.hstack([at_level, sparse.eye_array(n_levels) - before])]
    row_lower, row_upper = [levels.is_first.astype(np.float64)], [np.full(n_levels, np.inf)]
    free = (~question.is_fixed).astype(np.float64)
    for price, most in ((free, ask.new_sites), (free * question.cost_eur, ask.budget_eur)):
        if most is not None:
            blocks.append(sparse.csr_array(np.r_[price, np.zeros(n_levels)][None, :]))
            row_lower.append(np.array([-np.inf]))
            row_upper.append(np.array([float(most)]))
    return Model(
        objective=np.r_[np.zeros(n_candidates), question.people[levels.demand] * step],
        lower=np.r_[question.is_fixed.astype(np.float64), np.zeros(n_levels)],
        upper=np.r_[np.ones(n_candidates), reaches_fixed.astype(np.float64)],
        is_integer=np.arange(n_candidates + n_levels) < n_candidates,
        rows=sparse.csr_array(sparse.vstack(blocks)),
        row_lower=np.concatenate(row_lower),
        row_upper=np.concatenate(row_upper),
        sense="minimize",
    )


def solve_levels(question: Question, ask: Ask) -> Found:
    """Solve the p-median with HiGHS; everybody must be able to reach some candidate.

    Nothing chosen means that the run stopped, or that so few sites cannot reach everybody: the
    caller tells the two apart.
    """
    levels = find_levels(question)
    answer = solve_model(
        median_model(question, ask, levels), mip_gap=ask.gap, time_limit_s=ask.time_limit_s
    )
    nearest_possible = np.where(
        question.people > 0, question.nearest_min(np.arange(question.cost_eur.size)), 0.0
    )
    constant = float(question.people @ nearest_possible)
    bound = constant + max(answer.bound, 0.0)
    if answer.status == "infeasible":
        return Found(None, float("inf"))
    if not answer.columns.size:
        return Found(None, bound)
    return Found(np.flatnonzero(answer.columns[: question.cost_eur.size]), bound)


__all__ = ["Levels", "find_levels", "median_model", "solve_levels"]
