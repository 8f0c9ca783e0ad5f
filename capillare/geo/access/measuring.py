"""Nearest desk, people within minutes, weekly coverage and hours per thousand adults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.access.catchment import (
    desk_load,
    floating_catchment,
    supply_hours,
    zone_weights,
)
from capillare.geo.access.opening import weekly_coverage
from capillare.geo.patched_travel import pair_bases
from capillare.geo.schema import COVERAGE
from capillare.geo.travel import Nearest, Spots, TravelPairs, TravelTimes, spots_of

if TYPE_CHECKING:
    from datetime import date

    from capillare.geo.places import Territory
    from capillare.geo.settings import Policy

BANDS_MIN = (10, 15, 20, 30)
"""Minutes whose adults and over-65s are counted; the boundary is within."""


@dataclass(frozen=True)
class Access:
    """What each place of a territory reaches.

    Attributes
    ----------
    places
        One row per place, in the territory's order: ``place_id``, ``nearest_desk_id`` (missing
        where no desk is reachable), ``travel_min``, ``is_within``, ``is_within_15``,
        ``is_within_30``, ``weekly_coverage_share`` and ``weekly_coverage_high_share``,
        ``hours_per_1000_adults``, ``is_served`` (whether a desk that supplies hours is within the
        last zone of the catchment).
    coverage
        Table ``coverage`` without the inner-area columns, sorted by ``istat_code``.
    desks
        One row per desk, sorted by ``desk_id``: how many people it has to serve, as `desk_load`
        says.
    pairs
        Place-to-desk pairs that a figure used: ``from_id``, ``to_id``, ``travel_min``, ``basis``.
    """

    places: pd.DataFrame
    coverage: pd.DataFrame
    desks: pd.DataFrame
    pairs: pd.DataFrame

    @property
    def adults_unserved(self) -> int:
        """Adults whom no desk serves: none that supplies hours is within the last zone."""
        return int(self.places.loc[~self.places["is_served"], "adults"].sum())


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
    supply = supply_hours(desks)
    load, is_served = desk_load(zone_weights(pairs, policy.catchment), supply, adults)
    nearest_ids = np.append(ends.ids, "")[nearest.destination]
    places = territory.places[["place_id", "istat_code", "adults", "over65"]].assign(
        nearest_desk_id=pd.Series(nearest_ids, dtype="str").mask(nearest.destination < 0),
        travel_min=nearest.travel_min,
        is_within=nearest.travel_min <= policy.reach.within_min,
        is_within_15=nearest.travel_min <= BANDS_MIN[1],
        is_within_30=nearest.travel_min <= BANDS_MIN[-1],
        weekly_coverage_share=low,
        weekly_coverage_high_share=high,
        hours_per_1000_adults=floating_catchment(pairs, supply, adults, policy.catchment),
        is_served=is_served,
    )
    return Access(
        places=places,
        coverage=_by_municipality(
            places, territory, _nearest_bases(nearest, origins, ends, travel)
        ),
        desks=pd.concat([desks[["desk_id"]], load], axis="columns"),
        pairs=_pairs_used(pairs, nearest, origins, ends, travel),
    )


def _nearest_bases(nearest: Nearest, origins: Spots, ends: Spots, travel: TravelTimes) -> pd.Series:
    """Return where each place's minutes to its nearest desk come from; missing if it has none."""
    reached = np.flatnonzero(nearest.destination >= 0)
    desks = ends.at(nearest.destination[reached])
    bases = pd.Series(pair_bases(travel, origins.at(reached), desks), reached, dtype="str")
    return bases.reindex(range(len(origins)))


def _by_municipality(places: pd.DataFrame, territory: Territory, bases: pd.Series) -> pd.DataFrame:
    adults = places["adults"].to_numpy(dtype=np.float64)
    reaches = places["travel_min"].notna().to_numpy()
    weighted = pd.DataFrame(
        {
            "istat_code": places["istat_code"],
            "adult_minutes": np.where(reaches, adults * places["travel_min"].fillna(0.0), 0.0),
            "adults_reaching": np.where(reaches, places["adults"], 0),
            "adults_unreachable": np.where(reaches, 0, places["adults"]),
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
        nearest_desk_id=_of_most_adults(places, "nearest_desk_id"),
        travel_min=_ratio(summed["adult_minutes"], summed["adults_reaching"]).round(2),
        adults_unreachable=summed["adults_unreachable"],
        weekly_coverage_share=_ratio(summed["low"], total).round(6),
        weekly_coverage_high_share=_ratio(summed["high"], total).round(6),
        hours_per_1000_adults=_ratio(summed["hours"], total).round(6),
        adults_within=summed["adults_within"],
        over65_within=summed["over65_within"],
        **_shares_within(places, peopled),
    )
    based = places.assign(travel_basis=bases.set_axis(places.index))
    coverage["travel_basis"] = _of_most_adults(based, "travel_basis")
    coverage = coverage.reset_index()
    return coverage[[name for name in COVERAGE.names if name in coverage]]


def _shares_within(places: pd.DataFrame, peopled: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the share of each municipality's adults and over-65s within each of `BANDS_MIN`."""
    shares = {}
    for group in ("adults", "over65"):
        for minutes in BANDS_MIN:
            near = places[group].where(places["travel_min"] <= minutes, 0)
            reached = near.groupby(places["istat_code"]).sum().reindex(peopled.index)
            shares[f"{group}_{minutes}min_share"] = _ratio(reached, peopled[group]).round(6)
    return shares


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part.astype("float64") / whole.astype("float64").where(whole > 0)


def _of_most_adults(places: pd.DataFrame, name: str) -> pd.Series:
    """Return what holds for most of each municipality's adults where known, ties by its name."""
    known = places.dropna(subset=[name])
    summed = known.groupby(["istat_code", name])[["adults"]].sum().reset_index()
    ranked = summed.sort_values(["istat_code", "adults", name], ascending=[True, False, True])
    return ranked.drop_duplicates("istat_code").set_index("istat_code")[name]


def _pairs_used(
    pairs: TravelPairs, nearest: Nearest, origins: Spots, ends: Spots, travel: TravelTimes
) -> pd.DataFrame:
    reached = np.flatnonzero(nearest.destination >= 0)
    from_ = origins.at(np.append(pairs.origin, reached))
    to = ends.at(np.append(pairs.destination, nearest.destination[reached]))
    used = pd.DataFrame(
        {
            "from_id": from_.ids,
            "to_id": to.ids,
            "travel_min": np.append(pairs.travel_min, nearest.travel_min[reached]),
            "basis": pair_bases(travel, from_, to),
        }
    )
    used = used.drop_duplicates(["from_id", "to_id"])
    return used.sort_values(["from_id", "to_id"], ignore_index=True)
