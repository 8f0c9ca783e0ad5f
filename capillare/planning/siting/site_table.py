"""From chosen sites to the table of proposed sites: who gains, how much, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.patched_travel import pair_bases
from capillare.geo.schema import SITES
from capillare.geo.travel import Spots, TravelPairs, TravelTimes, spots_of
from capillare.planning.siting.case import NOTHING, Case, Opened
from capillare.planning.siting.measures import nearest_min
from capillare.planning.siting.options import point_targets
from capillare.planning.siting.site_reasons import site_reasons

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.geo.numerals import Language
    from capillare.geo.places import Territory
    from capillare.planning.siting.ground import Ground

    Indices = NDArray[np.intp]

A_DAY_MIN = 24.0 * 60.0


@dataclass(frozen=True)
class DrawnSites:
    """Table ``sites``, and the pairs of table ``travel_used`` that its figures used."""

    sites: pd.DataFrame
    pairs: pd.DataFrame


def draw_sites(ground: Ground, case: Case, opened: Opened, lang: Language) -> DrawnSites:
    """Draw the table of the options that open, in the order given."""
    origins = spots_of(ground.territory.places, id_column="place_id")
    ends = spots_of(ground.candidates, id_column="candidate_id")
    spots = ends.at(case.options.candidate[opened.options])
    legs = ground.travel.pairs(origins, spots, max_min=A_DAY_MIN)
    sites, is_saving = _sites_table(ground, case, opened, legs, lang)
    is_used = (legs.travel_min <= case.within_min) | is_saving
    return DrawnSites(sites, _pairs_used(legs, is_used, origins, spots, ground.travel))


def _sites_table(
    ground: Ground, case: Case, opened: Opened, legs: TravelPairs, lang: Language
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return table ``sites``, and which legs save somebody minutes."""
    options, territory = case.options, ground.territory
    order, n_sites = options.candidate[opened.options], opened.options.size
    if n_sites == 0:
        return SITES.check(SITES.empty()), np.zeros(legs.origin.size, dtype=np.bool_)
    chosen = ground.candidates.iloc[order].reset_index(drop=True)
    is_served = case.today_min <= case.within_min
    newly = _first_reached(legs.within(case.within_min), ~is_served)
    left = Opened(NOTHING.options, opened.ceased)
    now_min = nearest_min(case, left) if opened.ceased.size else ground.today_min.to_numpy()
    saved, is_saving = _minutes_saved(legs, np.where(np.isinf(now_min), np.nan, now_min), territory)
    adults, over65 = (territory.places[name].to_numpy() for name in ("adults", "over65"))
    towns = territory.municipalities.set_index("istat_code")
    is_point = options.point[opened.options] < 0
    targets = point_targets(chosen["istat_code"], towns["residents"], ground.policy)
    catchment = _catchment(case, order)
    gained = np.bincount(newly[newly >= 0], weights=adults[newly >= 0], minlength=n_sites)
    sites = chosen.drop(columns="cost_eur").assign(
        rank=np.arange(1, n_sites + 1),
        option=np.where(is_point, "point", "branch"),
        municipality=towns.loc[chosen["istat_code"], "municipality"].to_numpy(),
        weekly_hours=options.weekly_hours[opened.options],
        adults_gained=gained.astype(np.int64),
        over65_gained=np.bincount(
            newly[newly >= 0], weights=over65[newly >= 0], minlength=n_sites
        ).astype(np.int64),
        person_minutes_saved=saved,
        catchment_adults=catchment,
        target_citizens=pd.array(targets, dtype="Int64"),
        cost_eur=options.cost_eur[opened.options],
        covered_share_after=_shares_after(case, opened, legs),
        of_point_id=_names(case.points.point_ids, options.point[opened.options]),
        replaces_desk_id=_names(case.seats.desk_ids, options.moved_desk[opened.options]),
        target_of_catchment_share=np.where(
            is_point, targets / np.maximum(catchment, 1), np.nan
        ).round(6),
        is_target_honoured=pd.array(options.is_honoured[opened.options], dtype="boolean"),
        adults_served=_served(opened, order),
    )
    for name in ("target_citizens", "is_target_honoured"):
        sites[name] = sites[name].mask(~is_point)
    sites["reasons"] = site_reasons(sites, newly, ground, lang)
    return SITES.check(sites[SITES.names]), is_saving


def _names(ids: NDArray[np.str_], index: Indices) -> pd.Series[str]:
    """Names at some positions; missing for -1."""
    return pd.Series(np.append(ids, "")[index], dtype="str").mask(index < 0)


def _served(opened: Opened, order: Indices) -> NDArray[np.float64]:
    """Adults served by each site where hours set a limit; NaN elsewhere."""
    if opened.served is None:
        return np.full(order.size, np.nan)
    given = np.asarray(opened.served.sum(axis=0)).ravel()[order]
    served: NDArray[np.float64] = np.floor(given + 1e-6)
    return served


def _first_reached(within: sparse.csr_array, is_unserved: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first site, in order, that reaches each unserved place; -1 for none."""
    reach = within.toarray() & is_unserved[:, None]
    return np.where(reach.any(axis=1), reach.argmax(axis=1), -1)


def _shares_after(case: Case, opened: Opened, legs: TravelPairs) -> NDArray[np.float64]:
    """Share of all adults within reach once each site and those above it are open."""
    left = nearest_min(case, Opened(NOTHING.options, opened.ceased)) <= case.within_min
    first = _first_reached(legs.within(case.within_min), ~left)
    adults = case.demand.adults
    newly = np.bincount(
        first[first >= 0], weights=adults[first >= 0], minlength=opened.options.size
    )
    covered = float(adults[left].sum()) + np.cumsum(newly)
    return np.asarray((covered / max(float(adults.sum()), 1.0)).round(6), dtype=np.float64)


def _minutes_saved(
    legs: TravelPairs, now_min: NDArray[np.float64], territory: Territory
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Adult-minutes saved by each site after those before it, and which legs save any."""
    adults = territory.places["adults"].to_numpy()
    is_saving = np.zeros(legs.origin.size, dtype=np.bool_)
    saved = np.zeros(legs.shape[1], dtype=np.float64)
    best = now_min.copy()
    by_site = np.argsort(legs.destination, kind="stable")
    ends = np.searchsorted(legs.destination[by_site], np.arange(legs.shape[1] + 1))
    for site in range(legs.shape[1]):
        rows = by_site[ends[site] : ends[site + 1]]
        place = legs.origin[rows]
        less = np.nan_to_num(best[place] - legs.travel_min[rows], nan=0.0)
        is_less = less > 0
        saved[site] = round(float((adults[place] * less)[is_less].sum()), 1)
        is_saving[rows[is_less]] = True
        best[place[is_less]] = legs.travel_min[rows][is_less]
    return saved, is_saving


def _catchment(case: Case, order: Indices) -> NDArray[np.int64]:
    near = case.to_site.travel_min <= case.within_min
    adults = np.bincount(
        case.to_site.destination[near],
        weights=case.demand.adults[case.to_site.origin[near]],
        minlength=case.candidate_ids.size,
    )
    return adults[order].astype(np.int64)


def _pairs_used(
    legs: TravelPairs,
    is_used: NDArray[np.bool_],
    origins: Spots,
    sites: Spots,
    travel: TravelTimes,
) -> pd.DataFrame:
    from_, to = origins.at(legs.origin[is_used]), sites.at(legs.destination[is_used])
    return pd.DataFrame(
        {
            "from_id": from_.ids,
            "to_id": to.ids,
            "travel_min": legs.travel_min[is_used],
            "basis": pair_bases(travel, from_, to),
        }
    )


__all__ = ["DrawnSites", "draw_sites"]
