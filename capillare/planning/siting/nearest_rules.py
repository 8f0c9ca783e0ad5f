"""Which rules of a question a relaxation of its people x minutes heeds; it may pass over others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.openings import Openings
from capillare.planning.siting.wish_rows import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.planning.siting.case import Case, Limits
    from capillare.planning.siting.wishes import Objective, SitingWishes


@dataclass(frozen=True)
class Heeded:
    """Rules that a relaxation heeds.

    Attributes
    ----------
    allowed
        How many candidates may open at most, moves included, each for its least money.
    least_covered
        Weight of the places that must be within reach; None if none must.
    max_min
        Minutes that no place may pass; infinite without such a rule.
    """

    allowed: Openings
    least_covered: float | None = None
    max_min: float = float("inf")


def heeded_by(
    case: Case, wishes: SitingWishes, limits: Limits, kept: Mapping[Objective, float]
) -> Heeded:
    """Return the rules that a relaxation heeds, of the wishes and of what earlier objectives keep.

    Every choice that keeps the wishes keeps these.
    """
    worst = kept.get("worst", np.inf)
    least = kept.get("coverage")
    if wishes.cover_share is not None and wishes.people == "adults":
        least = max(least or 0.0, wishes.cover_share * float(case.demand.adults.sum()))
    return Heeded(
        allowed=_most_openings(case, limits, kept),
        least_covered=None if least is None else least - ROUNDING,
        # From the minutes that all longer ones count as, nothing is asked.
        max_min=min(wishes.max_min or np.inf, worst if worst < case.far_min else np.inf),
    )


def _most_openings(case: Case, limits: Limits, kept: Mapping[Objective, float]) -> Openings:
    options, n_candidates = case.options, case.candidate_ids.size
    n_moves = int(case.seats.is_movable.sum())
    counts = [limits.n_sites, kept.get("fewest")]
    most = min([n_candidates, *(round(count) + n_moves for count in counts if count is not None)])
    budgets = [limits.budget_eur, kept.get("cost")]
    budget_eur = min((money for money in budgets if money is not None), default=None)
    cost_eur = np.full(n_candidates, np.inf)
    np.minimum.at(cost_eur, options.candidate, options.cost_eur)
    if budget_eur is None or not np.isfinite(cost_eur).all():
        return Openings(most)
    if np.unique(cost_eur).size == 1 and cost_eur[0] > 0:
        return Openings(min(most, int((budget_eur + ROUNDING) // cost_eur[0])))
    return Openings(most, cost_eur, budget_eur)


__all__ = ["Heeded", "heeded_by"]
