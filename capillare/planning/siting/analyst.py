"""The analysts' door: four classic siting questions on anybody's tables, with their proof.

The objective is measured again from the chosen sites, never taken from the model that chose them.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from capillare.geo.errors import InfeasibleError
from capillare.planning.siting.center import solve_center
from capillare.planning.siting.choices import SEARCHES, choose_sites, whole_people
from capillare.planning.siting.measuring import find_closed, measure_objective
from capillare.planning.siting.median import solve_median
from capillare.planning.siting.models import covering_model, covering_start
from capillare.planning.siting.question_notes import notes_on
from capillare.planning.siting.questions import Ask, Found, Question, read_question
from capillare.planning.siting.reduction import reduce_covering
from capillare.planning.siting.set_covering import check_few_enough, solve_fewest
from capillare.planning.solver import Status, is_proved, relative_gap, solve_model

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from capillare.planning.siting.questions import Objective

    Indices = NDArray[np.intp]


EXACT_PLACES = 2_000
"""Up to this many demands, after reductions, HiGHS closes the gap of maximal covering."""


def solve_tables(
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    travel: pd.DataFrame,
    *,
    objective: Objective,
    full_cost_eur: float,
    within_min: float | None = None,
    new_sites: int | None = None,
    budget_eur: float | None = None,
    cover_share: float = 1.0,
    gap: float = 0.0,
    time_limit_s: float | None = None,
) -> dict[str, Any]:
    """Answer a siting question asked with three tables.

    Parameters
    ----------
    demand, candidates, travel
        ``id, people``; ``id[, cost_eur][, status]``; ``from_id, to_id, travel_min``, where a pair
        not listed is out of reach. Demand without people asks for nothing.
    objective, within_min, new_sites, budget_eur, cover_share, gap, time_limit_s
        See `Ask`. Openings count and cost; what is open today, fixed or closable, does neither.
    full_cost_eur
        Cost of a candidate that states none.

    Returns
    -------
    ``status`` (optimal, feasible, no_solution), ``objective`` (people within reach of an open or
    chosen candidate; people x minutes; sites opened; minutes), ``bound``, ``gap``, ``seconds``,
    ``chosen`` (ids, sorted) and ``closed`` (closable desks that nobody misses then: the objective
    stays what it is without them). Fewer sites than asked are chosen where more would change
    nothing. What is not known (objective and gap of no solution) is None. Last, ``notes``: what is
    odd about the question, see `notes_on`.

    Raises
    ------
    DataError
        If a table is not usable: all its faults.
    ConfigError
        If the ask has no meaning.
    InfeasibleError
        If no choice can satisfy it: which demand, and by how much.
    """
    began = perf_counter()
    ask = Ask(objective, within_min, new_sites, budget_eur, cover_share, gap, time_limit_s)
    question = read_question(demand, candidates, travel, full_cost_eur=full_cost_eur)
    if objective in {"p-median", "p-center"}:
        check_few_enough(question, ask)
    found = SOLVERS[objective](question, ask)
    if found.chosen is None and found.bound == np.inf:
        raise InfeasibleError(
            f"{objective}: no choice keeps both to new_sites and to budget_eur. Raise one of them."
        )
    stated = _stated(question, ask, found, perf_counter() - began)
    return stated | {"notes": notes_on(question, ask)}


def solve_coverage(question: Question, ask: Ask) -> Found:
    """Solve maximal covering: most people within reach, by number of sites, budget or both."""
    free_cost = question.cost_eur[~question.is_fixed]
    costs_differ = ask.budget_eur is not None and bool(np.unique(free_cost).size > 1)
    reduced = reduce_covering(
        question.people,
        question.reach(float(ask.within_min or 0.0)),
        question.is_fixed,
        cost=question.cost_eur if costs_differ else None,
    )
    most = ask.most_sites(free_cost)
    if not costs_differ and (np.floor(reduced.weights) == reduced.weights).all():
        choice = choose_sites(
            reduced,
            most,
            replace(SEARCHES["normal"], node_limit=None),
            exact_places=EXACT_PLACES,
            gap=ask.gap,
            time_limit_s=ask.time_limit_s,
        )
        chosen, bound = choice.chosen, float(whole_people(choice.bound))
    else:
        answer = solve_model(
            covering_model(
                reduced,
                n_sites=most,
                cost=question.cost_eur[reduced.candidates],
                budget=ask.budget_eur if costs_differ else None,
            ),
            mip_gap=ask.gap,
            time_limit_s=ask.time_limit_s,
            start=covering_start(reduced, np.empty(0, dtype=np.intp)),
        )
        chosen = np.flatnonzero(answer.columns[: reduced.candidates.size])
        bound = answer.bound
    bound = reduced.people_before + min(bound, reduced.people_open)
    return Found(_that_gain(question, ask, reduced.candidates[chosen]), bound)


SOLVERS: dict[Objective, Callable[[Question, Ask], Found]] = {
    "mclp": solve_coverage,
    "p-median": solve_median,
    "lscp": solve_fewest,
    "p-center": solve_center,
}


def _that_gain(question: Question, ask: Ask, chosen: Indices) -> Indices:
    """Leave out chosen candidates that bring nobody whom the others do not, largest index first."""
    reach = question.reach(float(ask.within_min or 0.0))[question.people > 0].tocsc()
    has_fixed = reach @ question.is_fixed.astype(np.int64) > 0
    counts = reach[:, chosen].sum(axis=1)
    kept = []
    for position in range(chosen.size - 1, -1, -1):
        first, end = reach.indptr[chosen[position]], reach.indptr[chosen[position] + 1]
        reached = reach.indices[first:end]
        if (has_fixed[reached] | (counts[reached] > 1)).all():
            counts[reached] -= 1
        else:
            kept.append(chosen[position])
    return np.array(kept[::-1], dtype=np.intp)


def _stated(question: Question, ask: Ask, found: Found, seconds: float) -> dict[str, Any]:
    """State an answer under the contract's keys; what is not known is None, never infinite."""
    bound = found.bound if isfinite(found.bound) else None
    stated: dict[str, Any] = {
        "status": "no_solution",
        "objective": None,
        "bound": bound,
        "gap": None,
        "seconds": seconds,
        "chosen": [],
        "closed": [],
    }
    if found.chosen is None:
        return stated
    chosen = found.chosen[~question.is_fixed[found.chosen]]
    objective = measure_objective(question, ask, chosen)
    closed = find_closed(question, ask, chosen)
    status: Status = "feasible"
    if bound is not None and is_proved(objective, bound):
        status, bound = "optimal", objective
    stated |= {
        "status": status,
        "objective": objective,
        "bound": bound,
        "gap": None if bound is None else relative_gap(objective, bound),
        "chosen": sorted(question.candidate_ids[chosen].tolist()),
        "closed": sorted(question.candidate_ids[closed].tolist()),
    }
    return stated


__all__ = ["solve_coverage", "solve_tables"]
