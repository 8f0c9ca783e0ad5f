"""From chosen candidates to a table of proposed sites: who gains, how much, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.numerals import Language, number
from capillare.geo.patched_travel import pair_bases, rows_of
from capillare.geo.schema import SITES
from capillare.geo.travel import Spots, TravelPairs, TravelTimes, spots_of
from capillare.planning.siting.covering import CoveringAnswer, order_by_gain, solve_covering
from capillare.planning.targets import band_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.geo.access import Access
    from capillare.geo.places import Territory
    from capillare.geo.settings import Effort, Policy

A_DAY_MIN = 24.0 * 60.0
_MAX_NAMED = 3


@dataclass(frozen=True)
class Proposal:
    """Proposed sites, how they were found, and the pairs they use.

    Attributes
    ----------
    sites
        Table ``sites``, in order of marginal gain.
    answer
        Status, objective, bound and gap of the covering model.
    pairs
        Place-to-site pairs that a figure used: table ``travel_used``.
    """

    sites: pd.DataFrame
    answer: CoveringAnswer
    pairs: pd.DataFrame


def propose_sites(
    territory: Territory,
    candidates: pd.DataFrame,
    access: Access,
    travel: TravelTimes,
    policy: Policy,
    *,
    n_sites: int,
    effort: Effort,
    exact_places: int,
    lang: Language = "it",
) -> Proposal:
    """Propose the sites that bring most adults newly within reach, desks in service fixed.

    Parameters
    ----------
    territory
        Places with their people: the demand.
    candidates
        Table ``candidates``.
    access
        Whom the desks in service reach already.
    travel
        Knows the minutes.
    policy
        Reach, bands and costs.
    n_sites
        How many sites at most; fewer come back where more would gain nobody.
    effort, exact_places
        See `Settings`.
    lang
        Language of the reasons.
    """
    origins = spots_of(territory.places, id_column="place_id")
    ends = spots_of(candidates, id_column="candidate_id")
    within = travel.pairs(origins, ends, max_min=policy.reach.within_min).within(
        policy.reach.within_min
    )
    is_served = access.places["is_within"].to_numpy()
    unserved = np.where(is_served, 0, territory.places["adults"].to_numpy())
    fixed = np.zeros(len(candidates), dtype=np.bool_)
    answer = solve_covering(
        unserved, within, fixed, n_sites, effort=effort, exact_places=exact_places
    )
    order, gains = order_by_gain(answer.chosen, unserved, within, fixed)
    chosen = candidates.iloc[order].reset_index(drop=True)
    chosen_spots = spots_of(chosen, id_column="candidate_id")
    legs = travel.pairs(origins, chosen_spots, max_min=A_DAY_MIN)
    newly = _first_reached(legs.within(policy.reach.within_min), ~is_served)
    saved, is_saving = _minutes_saved(legs, access.places["travel_min"].to_numpy(), territory)
    over65 = territory.places["over65"].to_numpy()
    municipality = territory.municipalities.set_index("istat_code").loc[chosen["istat_code"]]
    bands = band_of(municipality["residents"].reset_index(drop=True), policy.bands)
    all_adults = int(territory.places["adults"].sum())
    before = all_adults - int(unserved.sum())
    sites = chosen.assign(
        rank=np.arange(1, len(chosen) + 1),
        option="point",
        municipality=municipality["municipality"].to_numpy(),
        weekly_hours=policy.point.weekly_hours,
        adults_gained=gains,
        over65_gained=[int(over65[newly == site].sum()) for site in range(len(chosen))],
        person_minutes_saved=saved,
        catchment_adults=_catchment(within, territory, order),
        target_citizens=np.array(policy.bands.target_citizens)[np.asarray(bands) - 1]
        if len(chosen)
        else np.empty(0, dtype=np.int64),
        covered_share_after=((before + np.cumsum(gains)) / max(all_adults, 1)).round(6),
    )
    sites["reasons"] = _reasons(sites, newly, territory, policy, lang)
    near = legs.travel_min <= policy.reach.within_min
    return Proposal(
        sites=SITES.check(sites[SITES.names] if len(sites) else SITES.empty()),
        answer=answer,
        pairs=_pairs_used(legs, near | is_saving, origins, chosen_spots, travel),
    )


def _first_reached(within: sparse.csr_array, is_unserved: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first site, in order, that reaches each unserved place; -1 for none."""
    reach = within.toarray() & is_unserved[:, None]
    if reach.shape[1] == 0:
        return np.full(reach.shape[0], -1)
    return np.where(reach.any(axis=1), reach.argmax(axis=1), -1)


def _minutes_saved(
    legs: TravelPairs, now_min: NDArray[np.float64], territory: Territory
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Adult-minutes saved by each site after those before it, and which legs save any."""
    adults = territory.places["adults"].to_numpy()
    is_saving = np.zeros(legs.origin.size, dtype=np.bool_)
    saved = np.zeros(legs.shape[1])
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


def _catchment(
    within: sparse.csr_array, territory: Territory, order: NDArray[np.int64]
) -> NDArray[np.int64]:
    adults = territory.places["adults"].to_numpy()
    columns = within.tocsc()[:, order].astype(np.int64)
    return np.asarray(columns.T @ adults)


def _reasons(
    sites: pd.DataFrame,
    newly: NDArray[np.int64],
    territory: Territory,
    policy: Policy,
    lang: Language,
) -> list[str]:
    names = territory.municipalities.set_index("istat_code")["municipality"]
    gained = territory.places.assign(site=newly)[newly >= 0]
    by_town = gained.groupby(["site", "istat_code"])[["adults"]].sum().reset_index()
    by_town = by_town.sort_values(["site", "adults", "istat_code"], ascending=[True, False, True])
    words = {
        "it": "{n} maggiorenni in più entro {m} minuti in auto, {o} con almeno 65 anni: {towns}",
        "en": "{n} more adults within {m} minutes by car, {o} aged 65 or older: {towns}",
    }[lang]
    reasons = []
    for position, row in enumerate(sites.to_dict("records")):
        towns = by_town[by_town["site"] == position]
        shown = [
            f"{names[town['istat_code']]} {number(town['adults'], lang=lang)}"
            for town in towns.head(_MAX_NAMED).to_dict("records")
        ]
        rest = len(towns) - len(shown)
        reasons.append(
            words.format(
                n=number(row["adults_gained"], lang=lang),
                o=number(row["over65_gained"], lang=lang),
                m=number(policy.reach.within_min, lang=lang),
                towns=", ".join(shown) + _others(rest, lang),
            )
        )
    return reasons


def _others(n_municipalities: int, lang: Language) -> str:
    if n_municipalities == 0:
        return ""
    if n_municipalities == 1:
        return {"it": " e un altro comune", "en": " and one more municipality"}[lang]
    words = {"it": " e altri {n} comuni", "en": " and {n} more municipalities"}[lang]
    return words.format(n=n_municipalities)


def _pairs_used(
    legs: TravelPairs,
    is_used: NDArray[np.bool_],
    origins: Spots,
    sites: Spots,
    travel: TravelTimes,
) -> pd.DataFrame:
    from_, to = rows_of(origins, legs.origin[is_used]), rows_of(sites, legs.destination[is_used])
    return pd.DataFrame(
        {
            "from_id": from_.ids,
            "to_id": to.ids,
            "travel_min": legs.travel_min[is_used],
            "basis": pair_bases(travel, from_, to),
        }
    )
