"""What the desks of a network give: when they are open to whom, and how much falls to each.

A desk's capacity is measured by the programme itself: the hours that the first campaign's points
owe, over the adults of its region, say for how many adults an hour a week is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.access import BANDS_MIN, open_within, reach_of, week_coverage
from capillare.geo.population import ALL_REGIONS, read_territory
from capillare.geo.schema.opening import DESK_LOAD
from capillare.planning.network import serving_desks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from scipy import sparse

    from capillare.geo.hours import Moment
    from capillare.planning.network import Network

_DECIMALS = 6


@dataclass(frozen=True)
class PeopleWithin:
    """People with a desk in service within minutes; the boundary is within.

    Attributes
    ----------
    minutes
        By car.
    adults, over65
        People.
    adults_share, over65_share
        Of all of them, 0 to 1; 0 where nobody lives.
    """

    minutes: int
    adults: int
    over65: int
    adults_share: float
    over65_share: float


@dataclass(frozen=True, eq=False)
class Service:
    """What the desks in service of a network give.

    Attributes
    ----------
    within
        Which desk each place has within reach, demand x supply.
    by_hour
        Table ``week_coverage``.
    load
        Table ``desk_load``.
    """

    within: sparse.csr_array
    by_hour: pd.DataFrame
    load: pd.DataFrame


def describe_service(network: Network) -> Service:
    """Find who is within reach, who finds a desk open hour by hour, and what falls to each."""
    within = network_reach(network)
    return Service(within, open_by_hour(network, within), load_of_desks(network))


def people_within(network: Network) -> tuple[PeopleWithin, ...]:
    """Count the people of a network's territory within each of `BANDS_MIN`."""
    places = network.access.places
    people = {group: places[group].to_numpy() for group in ("adults", "over65")}
    total = {group: max(int(counts.sum()), 1) for group, counts in people.items()}
    found = []
    for minutes in BANDS_MIN:
        # A missing minute is nobody's reach: NaN compares false.
        near = (places["travel_min"] <= minutes).to_numpy()
        adults, over65 = (int(people[group][near].sum()) for group in ("adults", "over65"))
        shares = adults / total["adults"], over65 / total["over65"]
        found.append(PeopleWithin(minutes, adults, over65, *shares))
    return tuple(found)


def network_reach(network: Network) -> sparse.csr_array:
    """Return which desk in service each place has within reach, demand x supply."""
    desks = serving_desks(network.desks, network.scenario)
    return reach_of(network.territory, desks, network.travel, network.policy)


def open_at(
    network: Network, moments: Sequence[Moment], within: sparse.csr_array | None = None
) -> pd.DataFrame:
    """Return table ``open_within`` of a network at moments.

    `within` is what `network_reach` returned, if it is at hand.
    """
    return open_within(
        network.territory,
        serving_desks(network.desks, network.scenario),
        network_reach(network) if within is None else within,
        moments=moments,
        as_of=network.scenario.as_of,
    )


def open_by_hour(network: Network, within: sparse.csr_array | None = None) -> pd.DataFrame:
    """Return table ``week_coverage`` of a network."""
    return week_coverage(
        network.territory,
        serving_desks(network.desks, network.scenario),
        network_reach(network) if within is None else within,
        network.policy.reach.usual_hours,
        as_of=network.scenario.as_of,
    )


def load_of_desks(network: Network) -> pd.DataFrame:
    """Return table ``desk_load``, sorted by ``desk_id``: what falls to each desk in service."""
    capacity = network.access.desks["supply_hours"] * adults_per_hour(network)
    load = network.access.desks.assign(adults_capacity=capacity)
    allotted = load["adults_allotted"]
    load["utilisation_share"] = allotted / capacity.where(capacity > 0)
    load["adults_unmet"] = (allotted - capacity).clip(lower=0.0)
    figures = load.columns.drop("desk_id")
    load[figures] = load[figures].round(_DECIMALS)
    towns = network.territory.municipalities[["istat_code", "municipality", "province"]]
    named = network.desks[["desk_id", "name", "istat_code"]].merge(
        towns, on="istat_code", how="left", validate="many_to_one"
    )
    table = load.merge(named, on="desk_id", how="left", validate="one_to_one")
    return DESK_LOAD.check(table[DESK_LOAD.names])


def adults_per_hour(network: Network) -> float:
    """Return for how many adults one facilitator-hour a week is meant.

    Adults of the policy's region over declared points x weekly hours due of its first campaign;
    not known, NaN, where the campaign declares no points.
    """
    policy = network.policy
    owed_hours = policy.first_campaign.n_points * policy.point.weekly_hours
    towns = network.territory.municipalities
    if policy.region != ALL_REGIONS:
        towns = towns[towns["region_code"] == policy.region]
    if towns.empty:
        towns = read_territory(policy.region).municipalities
    return float(towns["adults"].sum() / owed_hours) if owed_hours else np.nan
