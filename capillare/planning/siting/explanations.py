"""What each proposed site changes, what is lost without it, and what would stand in for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.schema import SITE_EXPLANATIONS
from capillare.planning.siting.case import Opened
from capillare.planning.siting.measures import nearest_min
from capillare.planning.siting.site_reasons import towns_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from capillare.geo.numerals import Language
    from capillare.planning.siting.case import Case
    from capillare.planning.siting.ground import Ground

    Floats = NDArray[np.float64]

MOST_TRIED = 25
"""Candidates tried in place of a site before it is said that none may stand in for it."""
MOST_TOWNS = 8


def explain_sites(
    ground: Ground,
    case: Case,
    opened: Opened,
    sites: pd.DataFrame,
    *,
    stands: Callable[[Opened], bool],
    lang: Language,
) -> pd.DataFrame:
    """Return table ``site_explanations``, one row a site in the order of ``sites``.

    A choice `stands` if it breaks no rule.

    People within reach are adults; minutes longer than the case's `far_min`, or no desk, count as
    these. A site's stand-in is the new point that, all others open, leaves most adults within
    reach, then the fewest people x minutes, among those that break no rule.
    """
    if sites.empty:
        return SITE_EXPLANATIONS.check(SITE_EXPLANATIONS.empty())
    adults = case.demand.adults
    after = np.minimum(nearest_min(case, opened), case.far_min)
    before = np.minimum(case.today_min, case.far_min)
    legs = _minutes_to(case, case.options.candidate[opened.options])
    nearest = np.where(np.isfinite(legs).any(axis=1), legs.argmin(axis=1), -1)
    is_nearest = (legs.min(axis=1) <= after) & (after < before)
    rows: list[dict[str, Any]] = []
    for position, option in enumerate(opened.options.tolist()):
        without = replace(opened, options=opened.options[opened.options != option])
        left = np.minimum(nearest_min(case, without), case.far_min)
        own = is_nearest & (nearest == position)
        is_lost = (after <= case.within_min) & (left > case.within_min)
        people = float(adults[own].sum())
        rows.append(
            {
                "municipalities_gaining": towns_of(own, ground, lang=lang, most=MOST_TOWNS),
                "n_municipalities_gaining": len(
                    np.unique(case.demand.istat_code[own & (adults > 0)])
                ),
                "adults_nearest": int(people),
                "before_min": _mean(before[own], adults[own]),
                "after_min": _mean(after[own], adults[own]),
                "adults_lost": int(adults[is_lost].sum()),
                "person_minutes_lost": round(float(adults @ (left - after)), 1),
                **_stand_in(ground, case, without, option, left=left, after=after, stands=stands),
            }
        )
    columns = ["rank", "candidate_id", "istat_code", "municipality", "locality", "option"]
    explained = pd.concat([sites[columns], pd.DataFrame(rows)], axis="columns")
    return SITE_EXPLANATIONS.check(explained)


def _mean(minutes: Floats, adults: Floats) -> float:
    people = float(adults.sum())
    return round(float(minutes @ adults) / people, 2) if people else float("nan")


def _minutes_to(case: Case, sites: NDArray[np.intp]) -> Floats:
    """Minutes from each place to each open site, infinite beyond far; shape (n_places, n_sites)."""
    column = np.full(case.candidate_ids.size, -1, dtype=np.intp)
    column[sites] = np.arange(sites.size)
    is_open = column[case.to_site.destination] >= 0
    minutes = np.full((case.demand.adults.size, sites.size), np.inf)
    pairs = case.to_site
    minutes[pairs.origin[is_open], column[pairs.destination[is_open]]] = pairs.travel_min[is_open]
    return minutes


def _stand_in(
    ground: Ground,
    case: Case,
    without: Opened,
    option: int,
    *,
    left: Floats,
    after: Floats,
    stands: Callable[[Opened], bool],
) -> dict[str, Any]:
    """Find the best new point in place of a site; missing where the rules allow none."""
    adults, pairs = case.demand.adults, case.to_site
    n_sites = case.candidate_ids.size
    is_out = left > case.within_min
    is_near = (pairs.travel_min <= case.within_min) & is_out[pairs.origin]
    covered = np.bincount(
        pairs.destination[is_near], weights=adults[pairs.origin[is_near]], minlength=n_sites
    )
    saved = np.bincount(
        pairs.destination,
        weights=adults[pairs.origin] * np.maximum(left[pairs.origin] - pairs.travel_min, 0.0),
        minlength=n_sites,
    )
    taken = np.append(case.options.candidate[without.options], case.options.candidate[option])
    order = np.lexsort((np.arange(n_sites), -saved, -covered))
    order = order[~np.isin(order, taken)]
    # A move that is undone lets its desk stay: a stand-in for it is a new point beside that desk.
    moved = case.options.moved_desk[option]
    without = Opened(without.options, without.ceased[without.ceased != moved])
    for candidate in order[:MOST_TRIED].tolist():
        # The first options are the new points, in the candidates' order.
        other = replace(without, options=np.sort(np.append(without.options, candidate)))
        if not stands(other):
            continue
        found = ground.candidates.iloc[candidate]
        then = np.minimum(nearest_min(case, other), case.far_min)
        is_within = after <= case.within_min
        fewer = float(adults[is_within].sum() - adults[then <= case.within_min].sum())
        towns = ground.territory.municipalities.set_index("istat_code")["municipality"]
        return {
            "next_candidate_id": found["candidate_id"],
            "next_locality": found["locality"],
            "next_municipality": towns[found["istat_code"]],
            "next_adults_fewer": int(fewer),
            "next_person_minutes_more": round(float(adults @ (then - after)), 1),
            "next_cost_eur": float(case.options.cost_eur[candidate]),
        }
    return dict.fromkeys(_STAND_IN)


_STAND_IN = (
    "next_candidate_id",
    "next_locality",
    "next_municipality",
    "next_adults_fewer",
    "next_person_minutes_more",
    "next_cost_eur",
)


__all__ = ["explain_sites"]
