"""Who can reach an open desk: nearest desk, weekly coverage, and hours per thousand adults.

Everything counts people over places, demand x supply, and is summed to municipalities with their
adults as weights. Missing means not known; people who reach no desk are counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from capillare.geo.hours import open_in_plain_week
from capillare.geo.schema import COVERAGE
from capillare.geo.travel import Nearest, Spots, TravelPairs, TravelTimes, spots_of

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.settings import Catchment, Policy

BANDS_MIN = (15.0, 30.0)
PER_ADULTS = 1000.0


@dataclass(frozen=True)
class Access:
    """What each place of a territory reaches.

    Attributes
    ----------
    places
        One row per place, in the territory's order: ``place_id``, ``nearest_desk_id`` (missing
        where no desk is reachable), ``travel_min``, ``is_within``, ``is_within_15``,
        ``is_within_30``, ``weekly_coverage_share`` and ``weekly_coverage_high_share``,
        ``hours_per_1000_adults``.
    coverage
        Table ``coverage`` without the inner-area columns, sorted by ``istat_code``.
    pairs
        Place-to-desk pairs that a figure used: ``from_id``, ``to_id``, ``travel_min``, ``basis``.
    """

    places: pd.DataFrame
    coverage: pd.DataFrame
    pairs: pd.DataFrame


def measure_access(
    territory: Territory,
    desks: pd.DataFrame,
    travel: TravelTimes,
    policy: Policy,
    *,
    as_of: date,
) -> Access:
    """Measure access to the desks in service.

    Parameters
    ----------
    territory
        Places with their people.
    desks
        Desks in service only: ``desk_id``, ``lat``, ``lon``, ``landmass``, ``weekly_hours``
        (missing where nothing is known or due), ``facilitators``, ``n_desks``,
        ``opening_hours``, ``by_appointment``.
    travel
        Knows the minutes.
    policy
        Reach, usual hours and catchment zones.
    as_of
        The plain week of weekly coverage starts on the first Monday not before it.
    """
    desks = desks.sort_values("desk_id", ignore_index=True)
    origins = spots_of(territory.places, id_column="place_id")
    ends = spots_of(desks, id_column="desk_id")
    nearest = travel.nearest(origins, ends)
    reach_min = max(policy.reach.within_min, policy.catchment.zone_min[-1])
    pairs = travel.pairs(origins, ends, max_min=reach_min)
    within = pairs.within(policy.reach.within_min)
    low, high = weekly_coverage(within, desks, policy.reach.usual_hours, as_of=as_of)
    adults = territory.places["adults"].to_numpy(dtype=np.float64)
    nearest_ids = np.append(ends.ids, "")[nearest.destination]
    places = territory.places[["place_id", "istat_code", "adults", "over65"]].assign(
        nearest_desk_id=pd.Series(nearest_ids, dtype="str").mask(nearest.destination < 0),
        travel_min=nearest.travel_min,
        is_within=nearest.travel_min <= policy.reach.within_min,
        is_within_15=nearest.travel_min <= BANDS_MIN[0],
        is_within_30=nearest.travel_min <= BANDS_MIN[1],
        weekly_coverage_share=low,
        weekly_coverage_high_share=high,
        hours_per_1000_adults=floating_catchment(
            pairs, supply_hours(desks), adults, policy.catchment
        ),
    )
    return Access(
        places=places,
        coverage=_by_municipality(places, territory, travel.basis),
        pairs=_pairs_used(pairs, nearest, origins, ends, travel.basis),
    )


def supply_hours(desks: pd.DataFrame) -> NDArray[np.float64]:
    """Return facilitator-hours a week of each desk: hours x facilitators x desks of the row.

    Unknown hours supply nothing; one facilitator and one desk where not stated.
    """
    hours = desks["weekly_hours"].fillna(0.0).to_numpy(dtype=np.float64)
    facilitators = desks["facilitators"].fillna(1).to_numpy(dtype=np.float64)
    n_desks = desks["n_desks"].fillna(1).to_numpy(dtype=np.float64)
    return np.asarray(hours * facilitators * n_desks)


def floating_catchment(
    pairs: TravelPairs,
    supply: NDArray[np.float64],
    people: NDArray[np.float64],
    rules: Catchment,
) -> NDArray[np.float64]:
    """Enhanced two-step floating catchment area (Luo and Qi 2009, equations 4 and 5).

    Step one shares each desk's supply among the weighted people of its zones; step two adds up,
    for each place, the shares of the desks it reaches. A zone's upper minute belongs to it. The
    sum of people x access equals the supply that anyone reaches.

    Parameters
    ----------
    pairs
        Minutes from demand to desks, at least up to the last zone.
    supply
        Facilitator-hours a week, shape (n_desks,).
    people
        Adults, shape (n_places,).
    rules
        Zones in minutes and their weights.

    Returns
    -------
    Hours a week per 1,000 adults, shape (n_places,); 0 where no desk is reached.
    """
    zone = np.searchsorted(rules.zone_min, pairs.travel_min)
    weight = np.append(rules.zone_weight, 0.0)[zone]
    matrix = sparse.csr_array((weight, (pairs.origin, pairs.destination)), shape=pairs.shape)
    demand = matrix.T @ people
    ratio = np.divide(supply, demand, out=np.zeros_like(supply), where=demand > 0)
    return np.asarray(PER_ADULTS * (matrix @ ratio))


def weekly_coverage(
    within: sparse.csr_array, desks: pd.DataFrame, usual_hours: str, *, as_of: date
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of usual hours in which a desk within reach is open, low and high.

    Low takes unknown hours as shut, high as open all usual hours. Desks by appointment only are
    in neither: nobody can just go there.

    Parameters
    ----------
    within
        Which desk each place has within reach, boolean, demand x supply.
    desks
        ``opening_hours`` (missing where unknown) and ``by_appointment``.
    usual_hours
        OpenStreetMap grammar.
    as_of
        The plain week, without holidays, starts on the first Monday not before it.

    Returns
    -------
    Two arrays of shape (n_places,).
    """
    usual = open_in_plain_week(usual_hours, as_of=as_of)
    is_walk_in = ~desks["by_appointment"].fillna(value=False).to_numpy(dtype=bool)
    low = np.zeros((len(desks), int(usual.sum())), dtype=np.int32)
    high = np.zeros_like(low)
    for row, hours in enumerate(desks["opening_hours"]):
        if not is_walk_in[row]:
            continue
        if isinstance(hours, str):
            low[row] = high[row] = open_in_plain_week(hours, as_of=as_of)[usual]
        else:
            high[row] = 1
    return _open_share(within, low), _open_share(within, high)


def _open_share(within: sparse.csr_array, is_open: NDArray[np.int32]) -> NDArray[np.float64]:
    """Share of minutes in which at least one desk in each row of `within` is open."""
    if 0 in is_open.shape:
        return np.zeros(within.shape[0])
    pattern, minutes = np.unique(is_open, axis=1, return_counts=True)
    is_covered = (within.astype(np.int32) @ pattern) > 0
    return np.asarray(is_covered @ minutes / minutes.sum())


def _by_municipality(places: pd.DataFrame, territory: Territory, basis: str) -> pd.DataFrame:
    adults = places["adults"].to_numpy(dtype=np.float64)
    reaches = places["travel_min"].notna().to_numpy()
    weighted = pd.DataFrame(
        {
            "istat_code": places["istat_code"],
            "adult_minutes": np.where(reaches, adults * places["travel_min"].fillna(0.0), 0.0),
            "adults_reaching": np.where(reaches, places["adults"], 0),
            "adults_unreachable": np.where(reaches, 0, places["adults"]),
            "adults_15": np.where(places["is_within_15"], places["adults"], 0),
            "adults_30": np.where(places["is_within_30"], places["adults"], 0),
            "adults_within": np.where(places["is_within"], places["adults"], 0),
            "over65_within": np.where(places["is_within"], places["over65"], 0),
            "low": adults * places["weekly_coverage_share"],
            "high": adults * places["weekly_coverage_high_share"],
            "hours": adults * places["hours_per_1000_adults"],
        }
    )
    summed = weighted.groupby("istat_code").sum().reindex(territory.municipalities["istat_code"])
    peopled = territory.municipalities.set_index("istat_code")
    total = peopled["adults"].astype("float64").where(peopled["adults"] > 0)
    coverage = pd.DataFrame(peopled.drop(columns=["geometry", "lat", "lon"])).assign(
        nearest_desk_id=_serving_desk(places),
        travel_min=_ratio(summed["adult_minutes"], summed["adults_reaching"]).round(2),
        adults_unreachable=summed["adults_unreachable"],
        adults_15min_share=_ratio(summed["adults_15"], total).round(6),
        adults_30min_share=_ratio(summed["adults_30"], total).round(6),
        weekly_coverage_share=_ratio(summed["low"], total).round(6),
        weekly_coverage_high_share=_ratio(summed["high"], total).round(6),
        hours_per_1000_adults=_ratio(summed["hours"], total).round(6),
        adults_within=summed["adults_within"],
        over65_within=summed["over65_within"],
    )
    coverage["travel_basis"] = pd.Series(basis, index=coverage.index, dtype="str").where(
        coverage["travel_min"].notna()
    )
    coverage = coverage.reset_index()
    return coverage[[name for name in COVERAGE.names if name in coverage]]


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part.astype("float64") / whole.astype("float64").where(whole > 0)


def _serving_desk(places: pd.DataFrame) -> pd.Series:
    """Return the desk that is nearest for most of each municipality's adults, ties by id."""
    served = places.dropna(subset=["nearest_desk_id"])
    by_desk = served.groupby(["istat_code", "nearest_desk_id"])[["adults"]].sum().reset_index()
    served = by_desk.sort_values(
        ["istat_code", "adults", "nearest_desk_id"], ascending=[True, False, True]
    )
    return served.drop_duplicates("istat_code").set_index("istat_code")["nearest_desk_id"]


def _pairs_used(
    pairs: TravelPairs, nearest: Nearest, origins: Spots, ends: Spots, basis: str
) -> pd.DataFrame:
    reached = np.flatnonzero(nearest.destination >= 0)
    used = pd.DataFrame(
        {
            "from_id": np.append(origins.ids[pairs.origin], origins.ids[reached]),
            "to_id": np.append(ends.ids[pairs.destination], ends.ids[nearest.destination[reached]]),
            "travel_min": np.append(pairs.travel_min, nearest.travel_min[reached]),
        }
    )
    used = used.drop_duplicates(["from_id", "to_id"]).assign(basis=basis)
    return used.sort_values(["from_id", "to_id"], ignore_index=True)
