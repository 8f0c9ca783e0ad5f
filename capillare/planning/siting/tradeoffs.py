"""What is traded when sites are chosen: people against the worst-off, and how sure a choice is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.errors import InfeasibleError
from capillare.geo.schema import SITING_PARETO, SITING_STABILITY
from capillare.geo.stopping import tell_stage
from capillare.geo.travel import TravelPairs, spots_of
from capillare.planning.siting.measures import reached
from capillare.planning.siting.wish_solver import Choice, choose_as_wished

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from capillare.geo.settings import Effort
    from capillare.planning.siting.case import Case, Limits, Opened
    from capillare.planning.siting.ground import Ground
    from capillare.planning.siting.wishes import SitingWishes

MOST_STEPS = 9
"""Ceilings tried between the shortest possible and none."""
STEP_MIN = 0.01
ROUNDING = 1e-6
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
    free = wishes.for_one("coverage")
    case = replace(case, demand=replace(case.demand, weight=case.demand.adults))
    widest = choose(case, free, limits)
    shortest = choose(case, free.for_one("worst"), limits)
    longest = reached(case, widest.opened, "worst")
    least = reached(case, shortest.opened, "worst")
    step = (longest - least) / (MOST_STEPS - 1)
    rows: list[dict[str, Any]] = []
    ceiling = longest
    while ceiling > least:
        tell_stage(f"persone e chi sta più lontano, passo {len(rows) + 1}")
        rows.append(_front_row(case, free, limits, ceiling, choose))
        # What lies between the ceiling and the worst place found would be found again.
        ceiling = min(rows[-1]["worst_min"], ceiling - step) - STEP_MIN
    rows.append(_front_row(case, free, limits, least, choose))
    front = pd.DataFrame(rows[::-1], columns=SITING_PARETO.names)
    return SITING_PARETO.check(front)


def _front_row(
    case: Case,
    wishes: SitingWishes,
    limits: Limits,
    ceiling: float,
    choose: Callable[[Case, SitingWishes, Limits], Choice],
) -> dict[str, Any]:
    """Solve one step of the front; a ceiling of `far_min` or more is none."""
    # Rounded up to the hundredth in which minutes are known: a ceiling must stay possible.
    ceiling = float(np.ceil(max(ceiling, STEP_MIN) * 100.0 - ROUNDING) / 100.0)
    is_free = ceiling >= case.far_min
    choice = choose(case, wishes if is_free else replace(wishes, max_min=ceiling), limits)
    stage, opened = choice.stages[0], choice.opened
    sites = np.sort(case.candidate_ids[case.options.candidate[opened.options]])
    return {
        "max_min": ceiling,
        "worst_min": reached(case, opened, "worst"),
        "adults_within": int(stage.reached + ROUNDING),
        "covered_share": round(stage.reached / max(float(case.demand.adults.sum()), 1.0), 6),
        "bound_people": int(stage.bound + ROUNDING),
        "gap": round(stage.gap, 9),
        "proof": stage.status,
        "sites": ";".join(sites.tolist()),
    }


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
    random = np.random.default_rng(rules.seed)
    chosen = np.zeros((rules.n_draws, case.candidate_ids.size), dtype=np.bool_)
    for draw in range(rules.n_draws):
        tell_stage(f"stabilità della scelta, estrazione {draw + 1} di {rules.n_draws}")
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
                tolerance_share=ground.tolerance_of(wishes),
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
