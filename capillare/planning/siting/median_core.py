"""Close a p-median with HiGHS where hardly a pair is left that a cheaper choice could use.

With prices u_i of a relaxation whose bound is L, a choice in which demand i costs c_i costs at
least L + max(c_i - u_i, 0): of the choices cheaper than C only pairs of at most u_i + C - L are of
use, beside the candidates that `Dual` decides (reduced costs, Beasley 1985). Where L all but meets
C, one or two pairs of a demand are left, and the model of levels is closed at its root; branch and
bound on the relaxation, whose bounds are then all alike, would visit every node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.median_branch import Closed
from capillare.planning.siting.median_levels import find_levels, median_model
from capillare.planning.siting.questions import Ask, Question
from capillare.planning.solver import solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.median_costs import SparseCosts
    from capillare.planning.siting.median_dual import Dual
    from capillare.planning.siting.openings import Openings

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]

NODES = 200
"""Nodes of HiGHS's search tree; nearly all cores end in the first."""


def close_by_levels(
    costs: SparseCosts,
    allowed: Openings,
    *,
    dual: Dual,
    cost: float,
    margin: float,
    most_pairs: int,
    time_limit_s: float | None = None,
) -> Closed | None:
    """Find the cheapest candidates, or prove that none are cheaper than known by the margin.

    Parameters
    ----------
    costs, allowed
        The whole question.
    dual
        Its relaxation.
    cost, margin
        See `close_median`.
    most_pairs
        Above so many pairs HiGHS is not asked.
    time_limit_s
        Wall seconds after which it stops.

    Returns
    -------
    None where too many pairs are left, or some that are not held might be of use.
    """
    worst = cost - margin
    spare = worst - dual.bound
    limit = dual.prices + spare
    is_cut_short = (costs.ceiling <= limit) & (costs.ceiling < costs.fallback)
    is_kept = ~dual.useless(allowed, spare)
    is_useful = (costs.cost <= limit[costs.demand]) & is_kept[costs.candidate]
    if is_cut_short.any() or int(is_useful.sum()) > most_pairs:
        return None
    has_fallback = costs.fallback <= limit
    n_useful = np.bincount(costs.demand[is_useful], minlength=limit.size)
    if (~has_fallback & (n_useful == 0)).any():
        return Closed(None, cost, worst, is_stopped=False)
    question = _question(costs, is_useful, has_fallback, allowed.cost_eur)
    ask = Ask("p-median", new_sites=allowed.n_sites, budget_eur=allowed.most_eur)
    model = median_model(question, ask, find_levels(question))
    n = costs.n_candidates
    is_needed = dual.needed(allowed, spare)
    model.upper[:n] = np.where(is_kept, model.upper[:n], 0.0)
    model.lower[:n] = np.where(is_needed, 1.0, model.lower[:n])
    answer = solve_model(model, node_limit=NODES, time_limit_s=time_limit_s)
    if answer.status == "infeasible":
        return Closed(None, cost, worst, is_stopped=False)
    constant = float(question.nearest_min(np.arange(question.cost_eur.size)).sum())
    bound = min(worst, max(constant + answer.bound, dual.bound))
    is_stopped = answer.status != "optimal"
    opened = np.flatnonzero(answer.columns[:n])
    found = costs.total(opened) if answer.columns.size and allowed.holds(opened) else np.inf
    if found < cost:
        return Closed(opened, found, min(bound, found), is_stopped)
    return Closed(None, cost, bound, is_stopped)


def _question(
    costs: SparseCosts, is_useful: Flags, has_fallback: Flags, cost_eur: Floats | None
) -> Question:
    """Ask for the pairs that are of use; what is open anyway is one more candidate, fixed."""
    n, fallen = costs.n_candidates, np.flatnonzero(has_fallback)
    is_fixed = np.arange(n + 1) == n
    n_demand = has_fallback.size
    return Question(
        demand_ids=np.arange(n_demand).astype(object),
        people=np.ones(n_demand),
        candidate_ids=np.arange(n + 1).astype(object),
        cost_eur=np.zeros(n + 1) if cost_eur is None else np.append(cost_eur, 0.0),
        is_fixed=is_fixed,
        is_closable=np.zeros(n + 1, dtype=np.bool_),
        demand=np.concatenate([costs.demand[is_useful], fallen]),
        candidate=np.concatenate([costs.candidate[is_useful], np.full(fallen.size, n)]),
        travel_min=np.concatenate([costs.cost[is_useful], costs.fallback[fallen]]),
    )


__all__ = ["close_by_levels"]
