"""What is traded when sites are chosen: people against the worst-off, and how sure a choice is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.errors import InfeasibleError
from capillare.geo.schema import SITING_PARETO, SITING_STABILITY
from capillare.geo.travel import TravelPairs, spots_of
from capillare.planning.siting.measures import reached
from capillare.planning.siting.wish_solver import choose_as_wished

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.settings import Effort
    from capillare.planning.siting.case import Case, Limits, Opened
    from capillare.planning.siting.ground import Ground
    from capillare.planning.siting.wishes import SitingWishes

MOST_STEPS = 9
NEAR_MIN = 10.0
"""Minutes within which another candidate stands for the same choice."""


def draw_front(
    case: Case, wishes: SitingWishes, limits: Limits, *, effort: Effort, exact_places: int
) -> pd.DataFrame:
    """Draw table ``siting_pareto``: most people within reach under ever shorter ceilings.

    The ceilings run evenly from the shortest that the limits allow to where none is needed
    (epsilon-constraint method, Haimes and others 1971); each is solved anew, with its bound.
    Minutes beyond the case's `far_min`, or no desk at all, count as these.
    """
    choose = partial(
        choose_as_wished, tolerance_share=0.0, effort=effort, exact_places=exact_places
    )
    free = replace(wishes, objective=("coverage",), max_min=None, people="adults")
    case = replace(case, demand=replace(case.demand, weight=case.demand.adults))
    widest = choose(case, free, limits)
    shortest = choose(case, replace(free, objective=("worst",)), limits)
    longest = reached(case, widest.opened, "worst")
    least = reached(case, shortest.opened, "worst")
    # Rounded up to the hundredth in which minutes are known: a ceiling must stay possible.
    ceilings = np.unique(np.ceil(np.linspace(least, longest, MOST_STEPS) * 100.0) / 100.0)
    rows = []
    for ceiling in ceilings.tolist():
        is_free = ceiling >= case.far_min
        bounded = free if is_free else replace(free, max_min=max(ceiling, 0.01))
        try:
            choice = choose(case, bounded, limits)
        except InfeasibleError:
            continue
        stage, opened = choice.stages[0], choice.opened
        sites = np.sort(case.candidate_ids[case.options.candidate[opened.options]])
        rows.append(
            {
                "max_min": ceiling,
                "worst_min": reached(case, opened, "worst"),
                "adults_within": int(stage.reached + 1e-6),
                "covered_share": round(stage.reached / max(float(case.demand.adults.sum()), 1), 6),
                "bound_people": int(stage.bound + 1e-6),
                "gap": round(stage.gap, 9),
                "proof": stage.status,
                "sites": ";".join(sites.tolist()),
            }
        )
    return SITING_PARETO.check(pd.DataFrame(rows, columns=SITING_PARETO.names))


def draw_stability(
    ground: Ground,
    case: Case,
    wishes: SitingWishes,
    limits: Limits,
    opened: Opened,
    *,
    effort: Effort,
    exact_places: int,
) -> pd.DataFrame:
    """Draw table ``siting_stability``: how often each candidate is chosen if minutes are off.

    Each seeded draw adds to the minutes of every pair a Laplace error whose mean absolute value is
    that of the minutes, as the draws of the gap index do, and chooses anew by the same objectives;
    people x minutes are then brought down by swaps, not proved. Nobody is taken farther from the
    settlement one lives in, nor nearer than no minutes.
    """
    rules = ground.policy.siting
    tolerance = wishes.tolerance_share
    random = np.random.default_rng(rules.seed)
    chosen = np.zeros((rules.n_draws, case.candidate_ids.size), dtype=np.bool_)
    for draw in range(rules.n_draws):
        shaken = replace(
            case,
            to_site=_shaken(case.to_site, ground.travel_error_min, random),
            to_desk=_shaken(case.to_desk, ground.travel_error_min, random),
        )
        try:
            choice = choose_as_wished(
                shaken,
                wishes,
                limits,
                tolerance_share=rules.tolerance_share if tolerance is None else tolerance,
                effort=effort,
                exact_places=exact_places,
                proves_minutes=False,
            )
        except InfeasibleError:
            continue
        chosen[draw, shaken.options.candidate[choice.opened.options]] = True
    proposed = np.zeros(case.candidate_ids.size, dtype=np.bool_)
    proposed[case.options.candidate[opened.options]] = True
    return _stability_table(ground, chosen, proposed)


def _shaken(pairs: TravelPairs, error_min: float, random: np.random.Generator) -> TravelPairs:
    noise = random.laplace(0.0, error_min, pairs.travel_min.size)
    minutes = np.maximum(pairs.travel_min + noise, 0.0).round(2)
    return replace(pairs, travel_min=np.where(pairs.travel_min == 0, 0.0, minutes))


def _stability_table(
    ground: Ground, chosen: NDArray[np.bool_], proposed: NDArray[np.bool_]
) -> pd.DataFrame:
    candidates = ground.candidates.reset_index(drop=True)
    spots = spots_of(candidates, id_column="candidate_id")
    near = ground.travel.pairs(spots, spots, max_min=NEAR_MIN).within(NEAR_MIN).astype(np.int64)
    is_near = (near @ chosen.T.astype(np.int64)).T > 0
    names = ground.territory.municipalities.set_index("istat_code")["municipality"]
    columns: dict[str, Any] = {
        "candidate_id": candidates["candidate_id"],
        "istat_code": candidates["istat_code"],
        "municipality": names.loc[candidates["istat_code"]].to_numpy(),
        "locality": candidates["locality"],
        "is_proposed": proposed,
        "chosen_share": chosen.mean(axis=0).round(6),
        "near_share": (is_near | chosen).mean(axis=0).round(6),
        "n_draws": len(chosen),
    }
    table = pd.DataFrame(columns)
    table = table[table["is_proposed"] | (table["chosen_share"] > 0)]
    order = ["is_proposed", "chosen_share", "near_share", "candidate_id"]
    table = table.sort_values(order, ascending=[False, False, False, True], ignore_index=True)
    return SITING_STABILITY.check(table)


__all__ = ["draw_front", "draw_stability"]
