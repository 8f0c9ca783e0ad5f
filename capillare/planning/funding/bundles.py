"""The applications of a call as bundles: what each opens, costs and takes of every ceiling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from capillare.geo.patched_travel import pair_bases
from capillare.geo.travel import spots_of
from capillare.planning.siting.calls import Call, Ceiling

if TYPE_CHECKING:
    from capillare.geo.funding_rules import CallRules
    from capillare.planning.network import Network

AWAITING = ("proposed", "reserve")
"""Outcomes of applications that nobody has decided on yet."""


@dataclass(frozen=True)
class Bundles:
    """Applications that await a decision, sorted by id.

    Attributes
    ----------
    applications
        Table ``applications`` with ``entity``, ``n_seats``, ``weekly_hours`` (missing where a
        seat does not say), ``provinces`` and ``municipalities`` (names, separated by commas),
        ``cost_eur`` (never missing) and ``cost_basis``.
    province_shares
        Share of an application's seats in each province: rows as `applications`.
    reach
        Whether each place of the territory reaches a seat, shape (n_places, n_applications).
    pairs
        Place-to-seat pairs within reach, as table ``travel_used`` has them.
    """

    applications: pd.DataFrame
    province_shares: pd.DataFrame
    reach: sparse.csr_array
    pairs: pd.DataFrame


def open_applications(network: Network) -> pd.DataFrame:
    """Return the registry's applications that await a decision, sorted by id."""
    applications = network.registry.applications
    awaiting = applications[applications["application_status"].isin(AWAITING)]
    return awaiting.sort_values("application_id", ignore_index=True)


def bundle(network: Network, applications: pd.DataFrame) -> Bundles:
    """Bundle the seats of applications, with what each costs and which places reach it.

    Parameters
    ----------
    network
        Gives the seats, the minutes and the policy; within reach is at most its minutes.
    applications
        Rows of table ``applications``, sorted by id.
    """
    ids = applications["application_id"]
    seats = network.registry.application_seats
    seats = seats[seats["application_id"].isin(ids)]
    seats = seats.sort_values(["application_id", "seat_id"], ignore_index=True)
    names = network.territory.municipalities.set_index("istat_code")
    seats = seats.assign(
        municipality=seats["istat_code"].map(names["municipality"]),
        province=seats["istat_code"].map(names["province"]),
        place=seats["application_id"] + "/" + seats["seat_id"],
    )
    by_application = seats.groupby("application_id")
    bodies = network.registry.entities.set_index("entity_id")["entity"]
    is_costed = applications["cost_eur"].notna()
    n_points = seats["kind"].eq("main").groupby(seats["application_id"]).sum().reindex(ids)
    assumed = n_points.fillna(0).clip(lower=1).to_numpy() * network.policy.point.cost_eur
    described = applications.assign(
        entity=applications["entity_id"].map(bodies).fillna(applications["entity_id"]),
        n_seats=by_application.size().reindex(ids, fill_value=0).to_numpy(),
        weekly_hours=by_application["weekly_hours"]
        .sum(min_count=1)
        .where(by_application["weekly_hours"].count() == by_application.size())
        .reindex(ids)
        .to_numpy("float64"),
        provinces=_listed(seats, "province").reindex(ids).to_numpy(),
        municipalities=_listed(seats, "municipality").reindex(ids).to_numpy(),
        cost_eur=applications["cost_eur"].where(is_costed, assumed),
        cost_basis=np.where(is_costed, "stated", "assumed"),
    )
    shares = pd.crosstab(seats["application_id"], seats["province"], normalize="index")
    reach, pairs = _reach(network, seats, ids)
    return Bundles(described, shares.reindex(ids, fill_value=0.0), reach, pairs)


def _listed(seats: pd.DataFrame, column: str) -> pd.Series:
    distinct = seats.drop_duplicates(["application_id", column])
    return distinct.groupby("application_id")[column].agg(lambda names: ", ".join(sorted(names)))


def _reach(
    network: Network, seats: pd.DataFrame, ids: pd.Series
) -> tuple[sparse.csr_array, pd.DataFrame]:
    origins = spots_of(network.territory.places, id_column="place_id")
    within_min = network.policy.reach.within_min
    if seats.empty:
        nothing = pd.DataFrame({"from_id": [], "to_id": [], "travel_min": [], "basis": []})
        return sparse.csr_array(np.zeros((len(origins), len(ids)), dtype=np.int32)), nothing
    ends = spots_of(seats, id_column="place")
    near = network.travel.pairs(origins, ends, max_min=within_min)
    owner = pd.Index(ids).get_indexer(pd.Index(seats["application_id"]))
    membership = sparse.csr_array(
        (np.ones(len(seats), dtype=np.int32), (np.arange(len(seats)), owner)),
        shape=(len(seats), len(ids)),
    )
    reach = sparse.csr_array(near.within(within_min).astype(np.int32) @ membership)
    reach.data[:] = 1
    from_, to = origins.at(near.origin), ends.at(near.destination)
    pairs = pd.DataFrame(
        {
            "from_id": from_.ids,
            "to_id": to.ids,
            "travel_min": near.travel_min,
            "basis": pair_bases(network.travel, from_, to),
        }
    )
    return reach, pairs


def call_of(network: Network, bundles: Bundles, budget_eur: float) -> Call:
    """Ask the question of `capillare.planning.siting.calls` about bundles."""
    rules = network.policy.calls
    is_served = network.access.places["is_within"].to_numpy()
    adults = network.territory.places["adults"].to_numpy()
    applications = bundles.applications
    return Call(
        adults=np.where(is_served, 0, adults).astype(np.int64),
        reach=bundles.reach,
        score_people=applications["score"].fillna(0.0).to_numpy() * rules.adults_per_score,
        cost_eur=applications["cost_eur"].to_numpy(),
        ceilings=tuple(_ceilings(bundles, rules, budget_eur)),
        least_adults=rules.least_adults,
    )


def _ceilings(bundles: Bundles, rules: CallRules, budget_eur: float) -> list[Ceiling]:
    cost, index = bundles.applications["cost_eur"].to_numpy(), bundles.applications.index
    found = [Ceiling("over_budget", "", cost, budget_eur, "EUR")]
    bodies = bundles.applications.groupby("entity_id")
    groups = (
        (
            "over_body_cap",
            [
                (
                    str(own["entity"].iloc[0]),
                    own["cost_eur"].reindex(index).notna().astype("float64"),
                )
                for _, own in bodies
            ],
            rules.most_per_body,
            rules.body_budget_share,
        ),
        (
            "over_province_cap",
            [
                (str(name), share.reset_index(drop=True))
                for name, share in bundles.province_shares.items()
            ],
            rules.most_per_province,
            rules.province_budget_share,
        ),
    )
    for rule, members, most, budget_share in groups:
        for name, share in members:
            part = share.to_numpy()
            if most is not None:
                taken = (part > 0).astype(np.float64)
                found.append(Ceiling(rule, name, taken, float(most), "applications"))
            if budget_share is not None:
                found.append(Ceiling(rule, name, cost * part, budget_share * budget_eur, "EUR"))
    return found


__all__ = ["AWAITING", "Bundles", "bundle", "call_of", "open_applications"]
