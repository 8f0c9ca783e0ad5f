"""What each proposed site changes, what is lost without it, and what would stand in for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.schema import SITE_EXPLANATIONS
from capillare.geo.stopping import tell_stage
from capillare.planning.siting.case import Opened
from capillare.planning.siting.hours_served import serve
from capillare.planning.siting.measures import covered_share, nearest_min
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
MOST_BY_HOURS = 6
"""Candidates whose people served are counted where hours set a limit; the best stands in."""
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

    People are adults; minutes longer than the case's `far_min`, or no desk, count as these. Who
    loses without a site is within reach no longer or, where hours set a limit, is served no longer
    (see `hours_served`). A site's stand-in is the new point that, all others open, leaves most
    adults within reach (of `MOST_BY_HOURS` candidates, most adults served), then the fewest
    people x minutes, among those that break no rule.
    """
    if sites.empty:
        return SITE_EXPLANATIONS.check(SITE_EXPLANATIONS.empty())
    adults = case.demand.adults
    after = np.minimum(nearest_min(case, opened), case.far_min)
    before = np.minimum(case.today_min, case.far_min)
    legs = _minutes_to(case, case.options.candidate[opened.options])
    nearest = np.where(np.isfinite(legs).any(axis=1), legs.argmin(axis=1), -1)
    is_nearest = (legs.min(axis=1) <= after) & (after < before)
    whole = _Whole(ground, case, after, adults_covered(case, opened), stands)
    rows: list[dict[str, Any]] = []
    for position, option in enumerate(opened.options.tolist()):
        tell_stage(f"spiegazione delle sedi, {position + 1} di {opened.options.size}")
        without = Opened(opened.options[opened.options != option], opened.ceased)
        left = np.minimum(nearest_min(case, without), case.far_min)
        own = is_nearest & (nearest == position)
        rows.append(
            {
                "municipalities_gaining": towns_of(own, ground, lang=lang, most=MOST_TOWNS),
                "n_municipalities_gaining": len(
                    np.unique(case.demand.istat_code[own & (adults > 0)])
                ),
                "adults_nearest": int(adults[own].sum()),
                "before_min": _mean(before[own], adults[own]),
                "after_min": _mean(after[own], adults[own]),
                "adults_lost": whole.adults - adults_covered(case, without),
                "person_minutes_lost": round(float(adults @ (left - after)), 1),
                **_stand_in(whole, without, option, left),
            }
        )
    columns = ["rank", "candidate_id", "istat_code", "municipality", "locality", "option"]
    explained = pd.concat([sites[columns], pd.DataFrame(rows)], axis="columns")
    return SITE_EXPLANATIONS.check(explained)


@dataclass(frozen=True, eq=False)
class _Whole:
    """The whole proposal, against which each site is held.

    Attributes
    ----------
    after
        Minutes of each place to its nearest desk, all sites open.
    adults
        Adults within reach, or served where hours set a limit, all sites open.
    stands
        Whether a choice breaks no rule.
    """

    ground: Ground
    case: Case
    after: Floats
    adults: int
    stands: Callable[[Opened], bool]


def adults_covered(case: Case, opened: Opened) -> int:
    """Adults within reach of a choice; where hours set a limit, those whom it can serve."""
    share = covered_share(case, serve(case, opened))
    return round(float(case.demand.adults @ share))


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


def _stand_in(whole: _Whole, without: Opened, option: int, left: Floats) -> dict[str, Any]:
    """Describe the best new point in place of a site; missing where the rules allow none."""
    case = whole.case
    # A move that is undone lets its desk stay: a stand-in for it is a new point beside that desk.
    stays = without.ceased[without.ceased != case.options.moved_desk[option]]
    without = Opened(without.options, stays)
    taken = np.append(without.options, option)
    candidate, covered = _best_candidate(whole, without, _in_order(case, taken, left))
    if candidate is None:
        return dict.fromkeys(_STAND_IN)
    found = whole.ground.candidates.iloc[candidate]
    other = _with_point(without, candidate)
    then = np.minimum(nearest_min(case, other), case.far_min)
    towns = whole.ground.territory.municipalities.set_index("istat_code")["municipality"]
    return {
        "next_candidate_id": found["candidate_id"],
        "next_locality": found["locality"],
        "next_municipality": towns[found["istat_code"]],
        "next_adults_fewer": whole.adults - covered,
        "next_person_minutes_more": round(float(case.demand.adults @ (then - whole.after)), 1),
        "next_cost_eur": float(case.options.cost_eur[candidate]),
    }


def _in_order(case: Case, taken: NDArray[np.intp], left: Floats) -> list[int]:
    """Candidates without a site by adults newly within reach, then by minutes saved."""
    adults, pairs, n_sites = case.demand.adults, case.to_site, case.candidate_ids.size
    is_out = left > case.within_min
    is_near = pairs.travel_min <= case.within_min
    if case.adults_per_hour is None:
        is_near &= is_out[pairs.origin]
    covered = np.bincount(
        pairs.destination[is_near], weights=adults[pairs.origin[is_near]], minlength=n_sites
    )
    saved = np.bincount(
        pairs.destination,
        weights=adults[pairs.origin] * np.maximum(left[pairs.origin] - pairs.travel_min, 0.0),
        minlength=n_sites,
    )
    # Where hours set a limit, people within reach of other desks may still wait: what saves most
    # minutes stands near the site that is left out.
    keys = (-saved, -covered) if case.adults_per_hour is None else (-covered, -saved)
    order = np.lexsort((np.arange(n_sites), *keys))
    ordered: list[int] = order[~np.isin(order, case.options.candidate[taken])].tolist()
    return ordered


def _best_candidate(whole: _Whole, without: Opened, ordered: list[int]) -> tuple[int | None, int]:
    """Return the candidate that covers most adults among those that break no rule, and how many."""
    case = whole.case
    most_counted = 1 if case.adults_per_hour is None else MOST_BY_HOURS
    best, most, n_counted = None, -1, 0
    for candidate in ordered[:MOST_TRIED]:
        other = serve(case, _with_point(without, candidate))
        if not whole.stands(other):
            continue
        covered = adults_covered(case, other)
        if covered > most:
            best, most = candidate, covered
        n_counted += 1
        if n_counted == most_counted:
            break
    return best, most


def _with_point(opened: Opened, candidate: int) -> Opened:
    """Open a new point, too: the first options are those, in the candidates' order."""
    return Opened(np.sort(np.append(opened.options, candidate)), opened.ceased)


_STAND_IN = (
    "next_candidate_id",
    "next_locality",
    "next_municipality",
    "next_adults_fewer",
    "next_person_minutes_more",
    "next_cost_eur",
)


__all__ = ["adults_covered", "explain_sites"]
