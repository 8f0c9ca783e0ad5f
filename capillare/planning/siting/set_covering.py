"""Fewest sites that bring people within reach: set covering (Toregas and others 1971).

Everybody, or a share; a p-median or p-center question is checked here for enough sites too.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.errors import InfeasibleError, named_rows
from capillare.planning.siting.everybody import reduce_everybody
from capillare.planning.siting.fewest import add_until_enough, needs_more_than, search_fewest
from capillare.planning.siting.local_search import Neighbours
from capillare.planning.siting.models import covering_start, set_covering_model
from capillare.planning.siting.questions import Found
from capillare.planning.siting.reduction import reduce_covering
from capillare.planning.solver import solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.questions import Ask, Question
    from capillare.planning.siting.reduction import Reduced

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

PEOPLE_TOLERANCE = 1e-6
"""Arithmetic error allowed on a share of people, in people."""
EXACT_PLACES = 2_000
"""Up to this many demands, after reductions, HiGHS finds the fewest sites."""


def fewest_sites(
    question: Question,
    *,
    within_min: float,
    people_needed: float,
    budget_eur: float | None = None,
    enough: int = 0,
    gap: float = 0.0,
    time_limit_s: float | None = None,
) -> Found:
    """Find the fewest openings that bring `people_needed` people within reach of a site.

    The bound is a number of sites; infinite with nothing chosen means that the budget pays for no
    such choice. Enough candidates must exist: see `check_enough`. Where `enough` sites will do, the
    first choice of so many is taken, and the bound then says nothing more.
    """
    deadline = None if time_limit_s is None else perf_counter() + time_limit_s
    reduced = reduce_covering(
        question.people,
        question.reach(within_min),
        question.is_fixed,
        cost=None if budget_eur is None else question.cost_eur,
    )
    still_needed = people_needed - reduced.people_before
    if still_needed <= PEOPLE_TOLERANCE:
        return Found(np.empty(0, dtype=np.intp), 0.0)
    forced: Indices = np.empty(0, dtype=np.intp)
    if still_needed >= reduced.people_open - PEOPLE_TOLERANCE:
        # Of everybody, how many people a demand has is all the same.
        reduced = replace(reduced, weights=np.ones(reduced.weights.size, dtype=np.int64))
        if budget_eur is None:
            first = add_until_enough(reduced, reduced.people_open)
            if first.size <= enough:
                return Found(reduced.candidates[first], 1.0)
            everybody = reduce_everybody(reduced)
            reduced, forced = everybody.reduced, everybody.forced
        still_needed = reduced.people_open
    if not reduced.weights.size or forced.size >= enough > 0:
        rest = add_until_enough(reduced, still_needed - PEOPLE_TOLERANCE)
        bound = forced.size + float(rest.size > 0)
        return Found(np.union1d(forced, reduced.candidates[rest]), bound)
    found = _fewest_left(
        reduced,
        still_needed,
        cost=question.cost_eur[reduced.candidates],
        budget_eur=budget_eur,
        enough=max(enough - forced.size, 0),
        gap=gap,
        deadline=deadline,
    )
    if found.chosen is None:
        return Found(None, found.bound + forced.size)
    return Found(np.union1d(forced, reduced.candidates[found.chosen]), found.bound + forced.size)


def needs_more(question: Question, *, within_min: float, n_sites: int) -> bool:
    """Whether the relaxation proves that so many sites cannot bring everybody within reach."""
    is_peopled = (question.people > 0).astype(np.int64)
    reduced = reduce_covering(is_peopled, question.reach(within_min), question.is_fixed)
    everybody = reduce_everybody(reduced)
    n_left = n_sites - everybody.forced.size
    if n_left < 0:
        return True
    neighbours = Neighbours.of(everybody.reduced)
    return needs_more_than(n_left, neighbours, int(everybody.reduced.people_open))


def _fewest_left(
    reduced: Reduced,
    people_needed: float,
    *,
    cost: Floats,
    budget_eur: float | None,
    enough: int,
    gap: float,
    deadline: float | None,
) -> Found:
    """Find the fewest candidates of what is left, by their positions there: see `fewest_sites`."""
    least = people_needed - PEOPLE_TOLERANCE
    first = add_until_enough(reduced, least)
    is_paid = budget_eur is None or cost[first].sum() <= budget_eur
    if is_paid and first.size <= enough:
        return Found(first, 1.0)
    is_large = reduced.weights.size > EXACT_PLACES
    if budget_eur is None and _is_whole(reduced) and (is_large or enough):
        found = search_fewest(reduced, ceil(least), enough=enough, gap=gap, deadline=deadline)
        if is_large or found.chosen.size <= enough or found.bound > enough:
            return Found(found.chosen, float(found.bound))
    needs_all = people_needed >= reduced.people_open - PEOPLE_TOLERANCE
    answer = solve_model(
        set_covering_model(
            reduced,
            people_needed=reduced.people_open if needs_all else least,
            cost=cost,
            budget=budget_eur,
        ),
        mip_gap=gap,
        time_limit_s=None if deadline is None else max(deadline - perf_counter(), 0.0),
        start=covering_start(reduced, first),
    )
    if answer.status == "infeasible":
        return Found(None, float("inf"))
    bound = float(ceil(max(answer.bound, 0.0) - PEOPLE_TOLERANCE))
    if answer.columns.size:
        first = np.flatnonzero(answer.columns[: reduced.candidates.size])
    elif not is_paid:
        return Found(None, bound)
    return Found(first, bound)


def _is_whole(reduced: Reduced) -> bool:
    """Whether people are whole, as the search needs them; in part, they are HiGHS's."""
    return bool((np.floor(reduced.weights) == reduced.weights).all())


def binding_budget(question: Question, ask: Ask) -> float | None:
    """Return the budget, unless all cost the same: it is then a number of sites."""
    free_cost = question.cost_eur[~question.is_fixed]
    return ask.budget_eur if np.unique(free_cost).size > 1 else None


def check_enough(question: Question, *, within_min: float, share: float) -> None:
    """Refuse what not even every candidate together could reach.

    Raises
    ------
    InfeasibleError
        Naming the demand that no candidate reaches, and how many people are lacking.
    """
    everything = np.arange(question.cost_eur.size)
    nearest = question.nearest_min(everything)
    is_out = ((nearest > within_min) | np.isinf(nearest)) & (question.people > 0)
    people_out = float(question.people[is_out].sum())
    needed = share * float(question.people.sum())
    lacking = needed - (float(question.people.sum()) - people_out)
    if lacking <= PEOPLE_TOLERANCE:
        return
    how_far = f" within {within_min:g} minutes" if np.isfinite(within_min) else ""
    raise InfeasibleError(
        f"demand: no candidate is reached{how_far} by {named_rows(question.demand_ids[is_out])}, "
        f"{people_out:g} people; {lacking:g} more would have to be reached. "
        "Add candidates or pairs, or ask for less."
    )


def solve_fewest(question: Question, ask: Ask) -> Found:
    """Solve set covering: fewest sites so that a share of the people is within reach.

    Raises
    ------
    InfeasibleError
        If too few people can be reached at all, by so few sites, or with so little money.
    """
    within_min = float(ask.within_min or 0.0)
    check_enough(question, within_min=within_min, share=ask.cover_share)
    found = fewest_sites(
        question,
        within_min=within_min,
        people_needed=ask.cover_share * float(question.people.sum()),
        budget_eur=ask.budget_eur,
        gap=ask.gap,
        time_limit_s=ask.time_limit_s,
    )
    if np.isinf(found.bound):
        raise InfeasibleError(
            f"budget_eur: {ask.budget_eur:g} does not bring {ask.cover_share:g} of the people "
            f"within {within_min:g} minutes. Give more or ask for less."
        )
    if ask.new_sites is not None and found.bound > ask.new_sites:
        raise InfeasibleError(
            f"new_sites: {ask.new_sites} are not enough, at least {found.bound:g} are needed to "
            f"bring {ask.cover_share:g} of the people within {within_min:g} minutes."
        )
    if ask.new_sites is not None and found.chosen is not None:
        is_too_many = found.chosen.size > ask.new_sites
        return Found(None, found.bound) if is_too_many else found
    return found


def check_few_enough(question: Question, ask: Ask) -> None:
    """Refuse p-median and p-center questions whose sites cannot reach everybody.

    Raises
    ------
    InfeasibleError
        Naming the demand nobody reaches, or how many sites it would take.
    """
    check_enough(question, within_min=np.inf, share=1.0)
    most = ask.most_sites(question.cost_eur[~question.is_fixed])
    everybody = float(question.people.sum())
    needed = fewest_sites(
        question,
        within_min=np.inf,
        people_needed=everybody,
        enough=most,
        time_limit_s=ask.time_limit_s,
    )
    if needed.bound > most:
        no_more = (
            "" if ask.budget_eur is None else f" (a budget of {ask.budget_eur:g} pays no more)"
        )
        raise InfeasibleError(
            f"sites: {most} may open{no_more}, at least {needed.bound:g} are needed for everybody "
            "to reach one. Allow more."
        )
    budget_eur = binding_budget(question, ask)
    if budget_eur is not None:
        paid = fewest_sites(
            question,
            within_min=np.inf,
            people_needed=everybody,
            budget_eur=budget_eur,
            enough=most,
            time_limit_s=ask.time_limit_s,
        )
        if np.isinf(paid.bound):
            raise InfeasibleError(
                f"budget_eur: {ask.budget_eur:g} does not pay for sites that everybody reaches. "
                "Give more."
            )


__all__ = [
    "binding_budget",
    "check_enough",
    "check_few_enough",
    "fewest_sites",
    "needs_more",
    "solve_fewest",
]
