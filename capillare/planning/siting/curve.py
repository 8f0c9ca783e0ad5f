"""How many people are within reach with none to all of the sites: what one more is worth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.schema import SITING_CURVE
from capillare.geo.stopping import tell_stage
from capillare.planning.siting.case import Case, Limits
from capillare.planning.siting.measures import reached
from capillare.planning.siting.posing import MANY_PLACES
from capillare.planning.siting.wish_solver import choose_as_wished

if TYPE_CHECKING:
    from capillare.geo.settings import Effort
    from capillare.planning.siting.wish_solver import Choice
    from capillare.planning.siting.wishes import SitingWishes

MOST_STEPS = 31
FEW_STEPS = 11
"""Steps where each asks for the general model."""
LARGE_STEPS = 4
"""Steps above `MANY_PLACES` places; each is then searched and bounded, not proved."""


def draw_curve(
    case: Case,
    wishes: SitingWishes,
    limits: Limits,
    *,
    n_opened: int,
    effort: Effort,
    exact_places: int,
) -> pd.DataFrame:
    """Draw table ``siting_curve``: most adults within reach by number of sites, or by money.

    Wishes that say where or what may open are kept; those that ask for sites or people are not,
    or few sites would break them. Every step is solved anew, with its bound: it does not say
    which sites to open first.

    Parameters
    ----------
    case, wishes
        The question.
    limits
        Its last step; without any, `n_opened` sites.
    n_opened
        Sites that the proposal opens.
    effort, exact_places
        See `Settings`.
    """
    case, free = _unruled(case, wishes)
    if case.demand.adults.size > MANY_PLACES:
        effort, exact_places = "quick", 0
    rows: list[dict[str, Any]] = []
    for step in _steps(case, free, limits, n_opened):
        tell_stage(f"quanto vale una sede in più, passo {len(rows)} di circa {n_opened}")
        choice = choose_as_wished(
            case, free, step, tolerance_share=0.0, effort=effort, exact_places=exact_places
        )
        rows.append(_row(case, step, choice))
    curve = pd.DataFrame(rows)
    curve["adults_added"] = curve["adults_within"].diff().fillna(0).clip(lower=0)
    return SITING_CURVE.check(curve.assign(step=np.arange(len(curve)))[SITING_CURVE.names])


def _unruled(case: Case, wishes: SitingWishes) -> tuple[Case, SitingWishes]:
    """Leave out what asks for sites or people."""
    free = replace(
        wishes.for_one("coverage"),
        cover_share=None,
        inner_share=None,
        per_province=0,
        per_union=0,
        at_least=(),
        require=(),
        close_desks=0,
    )
    demand = replace(case.demand, weight=case.demand.adults)
    case = replace(
        case, demand=demand, required=(), areas_province=(), areas_union=(), areas_named=()
    )
    return case, free


def _row(case: Case, step: Limits, choice: Choice) -> dict[str, Any]:
    stage, opened = choice.stages[0], choice.opened
    return {
        "n_sites": step.n_sites,
        "budget_eur": step.budget_eur,
        "sites_opened": opened.options.size,
        "cost_eur": reached(case, opened, "cost"),
        "adults_within": _whole(stage.reached),
        "bound_people": _whole(stage.bound),
        "covered_share": round(stage.reached / max(float(case.demand.adults.sum()), 1.0), 6),
        "gap": round(stage.gap, 9),
        "proof": stage.status,
    }


def _whole(people: float) -> int:
    return int(np.floor(people + 1e-6))


def _steps(case: Case, wishes: SitingWishes, limits: Limits, n_opened: int) -> list[Limits]:
    """Limits from nothing to all that was allowed, evenly."""
    costs = np.unique(case.options.cost_eur)
    is_plain = wishes.is_plain_covering and not case.seats.is_free.any()
    most_steps = MOST_STEPS if is_plain else FEW_STEPS
    if case.demand.adults.size > MANY_PLACES:
        most_steps = LARGE_STEPS
    if limits.budget_eur is not None and costs.size == 1 and costs[0] > 0:
        limits = Limits(int((limits.budget_eur + 1e-6) // costs[0]))
    if limits.n_sites is None and limits.budget_eur is not None:
        amounts = np.linspace(0.0, limits.budget_eur, most_steps)
        return [Limits(budget_eur=round(float(amount), 2)) for amount in np.unique(amounts)]
    last = n_opened if limits.n_sites is None else limits.n_sites
    last = min(last, case.candidate_ids.size)
    counts = np.unique(np.linspace(0, last, min(most_steps, last + 1)).round())
    return [Limits(int(count)) for count in counts]


__all__ = ["draw_curve"]
