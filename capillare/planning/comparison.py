"""Two plans side by side: what each would change, once what it proposes is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import ConfigError
from capillare.geo.schema.scenarios import (
    SCENARIO_FIGURES,
    SCENARIO_MUNICIPALITIES,
    SCENARIO_PROVINCES,
    SCENARIO_SITES,
)
from capillare.geo.travel import spots_of
from capillare.planning.network import serving_desks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.plan import Plan

MINUTES_COUNTED = (15, 30)


@dataclass(frozen=True)
class Comparison:
    """Differences of two plans of one territory.

    Attributes
    ----------
    figures
        Table ``scenario_figures``.
    provinces
        Table ``scenario_provinces``, by name.
    municipalities
        Table ``scenario_municipalities``, largest change of people first.
    sites
        Table ``scenario_sites``, those of the first before those of the second.
    """

    figures: pd.DataFrame
    provinces: pd.DataFrame
    municipalities: pd.DataFrame
    sites: pd.DataFrame


def compare_plans(first: Plan, second: Plan) -> Comparison:
    """Compare two plans, each with its proposed sites open.

    Raises
    ------
    ConfigError
        If they are of different territories: their people are not the same.
    """
    regions = {plan.network.territory.region for plan in (first, second)}
    if len(regions) > 1:
        raise ConfigError(
            f"comparison: the scenarios are of regions {' and '.join(sorted(regions))}. "
            "Compare scenarios of one region."
        )
    places = [places_after(plan) for plan in (first, second)]
    return Comparison(
        figures=_figures((first, second), places),
        provinces=_provinces((first, second), places),
        municipalities=_municipalities(first, places),
        sites=_sites(first, second),
    )


def places_after(plan: Plan) -> pd.DataFrame:
    """Return each place's minutes to the nearest desk once all that is proposed is done.

    Sites are open then, and desks that the plan closes or moves are gone.

    Returns
    -------
    In the territory's order: ``place_id``, ``istat_code``, ``adults``, ``over65``, ``travel_min``
    (missing where nobody can drive to any), ``is_within``.
    """
    access = plan.network.access.places
    new_min = plan.proposal.pairs.groupby("from_id")["travel_min"].min()
    travel_min = np.fmin(_kept_min(plan), new_min.reindex(access["place_id"]).to_numpy())
    return access[["place_id", "istat_code", "adults", "over65"]].assign(
        travel_min=travel_min, is_within=travel_min <= plan.network.policy.reach.within_min
    )


def _kept_min(plan: Plan) -> NDArray[np.float64]:
    """Return each place's minutes to the nearest desk of today that stays."""
    network, ceased = plan.network, plan.proposal.ceased
    if not ceased:
        return network.access.places["travel_min"].to_numpy(dtype=np.float64)
    desks = serving_desks(network.desks, network.scenario)
    staying = desks[~desks["desk_id"].isin(ceased)]
    origins = spots_of(network.territory.places, id_column="place_id")
    return network.travel.nearest(origins, spots_of(staying, id_column="desk_id")).travel_min


def _figures(plans: tuple[Plan, Plan], places: list[pd.DataFrame]) -> pd.DataFrame:
    thresholds = {plan.network.policy.reach.within_min for plan in plans}
    near = (
        f"entro {thresholds.pop():g} minuti"
        if len(thresholds) == 1
        else "entro la soglia del proprio scenario"
    )
    columns = [_figures_of(plan, held, near) for plan, held in zip(plans, places, strict=True)]
    beside = [_beside_sites(plan) for plan in plans]
    columns = [
        column | {name: own[name] for name in own if any(other[name] for other in beside)}
        for column, own in zip(columns, beside, strict=True)
    ]
    rows = [
        {"figure": name, "kind": kind, "first": columns[0][name, kind], "second": figure}
        for (name, kind), figure in columns[1].items()
        if (name, kind) in columns[0]
    ]
    figures = pd.DataFrame(rows).astype({"first": "float64", "second": "float64"})
    figures["difference"] = figures["second"] - figures["first"]
    return SCENARIO_FIGURES.check(figures)


def _figures_of(plan: Plan, places: pd.DataFrame, near: str) -> dict[tuple[str, str], float]:
    adults, reached = places["adults"], places["travel_min"].notna()
    within = plan.network.policy.reach.within_min
    sites = plan.proposal.sites
    figures: dict[tuple[str, str], float] = {
        ("Sedi proposte", "count"): len(sites),
        ("Costo delle sedi proposte", "EUR"): float(sites["cost_eur"].sum()),
        ("Ore a settimana delle sedi proposte", "hours"): float(sites["weekly_hours"].sum()),
        (f"Maggiorenni {near}", "people"): int(adults[places["is_within"]].sum()),
        (f"Quota di maggiorenni {near}", "share"): _share(
            adults[places["is_within"]].sum(), adults.sum()
        ),
        (f"Con almeno 65 anni {near}", "people"): int(
            places.loc[places["is_within"], "over65"].sum()
        ),
    }
    for most in MINUTES_COUNTED:
        if most != within:
            counted = int(adults[places["travel_min"] <= most].sum())
            figures[f"Maggiorenni entro {most} minuti", "people"] = counted
    figures["Maggiorenni senza uno sportello raggiungibile", "people"] = int(adults[~reached].sum())
    figures["Minuti medi di chi raggiunge uno sportello", "minutes"] = _mean_min(places)
    return figures


def _beside_sites(plan: Plan) -> dict[tuple[str, str], float]:
    """Return what seasonal seats and vans bring and cost: they move no municipality's minutes."""
    season, tours = plan.season, plan.tours
    return {
        ("Sedi stagionali", "count"): season.n_seasonal if season else 0,
        ("Costo annuo delle sedi stagionali", "EUR"): (
            float(season.points["cost_eur"].sum()) if season else 0.0
        ),
        ("Furgoni", "count"): len(tours.vans) if tours else 0,
        ("Maggiorenni senza sportello con una sosta di un furgone", "people"): (
            tours.worth.people if tours else 0
        ),
        ("Costo dei furgoni", "EUR"): tours.cost_eur if tours else 0.0,
    }


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else 0.0


def _mean_min(places: pd.DataFrame) -> float:
    reached = places.dropna(subset=["travel_min"])
    reached = reached[reached["adults"] > 0]
    if reached.empty:
        return float("nan")
    return float(np.average(reached["travel_min"], weights=reached["adults"]))


def _provinces(plans: tuple[Plan, Plan], places: list[pd.DataFrame]) -> pd.DataFrame:
    province_of = plans[0].network.territory.municipalities.set_index("istat_code")["province"]
    adults = places[0].groupby(places[0]["istat_code"].map(province_of))["adults"].sum()
    listed = pd.DataFrame({"adults": adults}).rename_axis("province")
    for side, plan, held in zip(("first", "second"), plans, places, strict=True):
        by_province = held.groupby(held["istat_code"].map(province_of))
        within = held["adults"].where(held["is_within"], 0)
        sites = plan.proposal.sites
        cost = sites.groupby(sites["istat_code"].map(province_of))["cost_eur"].sum()
        listed[f"{side}_within"] = within.groupby(held["istat_code"].map(province_of)).sum()
        listed[f"{side}_min"] = by_province[["adults", "travel_min"]].apply(_mean_min)
        listed[f"{side}_cost_eur"] = cost.reindex(listed.index).fillna(0.0).astype("float64")
    for name in ("within", "min", "cost_eur"):
        listed[f"difference_{name}"] = listed[f"second_{name}"] - listed[f"first_{name}"]
    listed = listed.sort_index().reset_index().astype({"province": "str"})
    return SCENARIO_PROVINCES.check(listed[SCENARIO_PROVINCES.names])


def _municipalities(plan: Plan, places: list[pd.DataFrame]) -> pd.DataFrame:
    listed = plan.network.coverage[["istat_code", "municipality", "province", "adults"]]
    for side, held in zip(("first", "second"), places, strict=True):
        grouped = held.groupby("istat_code")
        within = held[held["is_within"]].groupby("istat_code")["adults"].sum()
        listed = listed.assign(
            **{
                f"{side}_min": listed["istat_code"].map(
                    grouped[["adults", "travel_min"]].apply(_mean_min)
                ),
                f"{side}_within": listed["istat_code"].map(within).fillna(0).astype("int64"),
            }
        )
    listed["difference_min"] = listed["second_min"] - listed["first_min"]
    listed["difference_within"] = listed["second_within"] - listed["first_within"]
    order = listed["difference_within"].abs().sort_values(ascending=False, kind="stable").index
    return SCENARIO_MUNICIPALITIES.check(
        listed.loc[order, SCENARIO_MUNICIPALITIES.names].reset_index(drop=True)
    )


def _sites(first: Plan, second: Plan) -> pd.DataFrame:
    columns = ["candidate_id", "istat_code", "municipality", "locality", "cost_eur"]
    ours, theirs = (plan.proposal.sites[columns] for plan in (first, second))
    both = pd.concat([ours, theirs]).drop_duplicates("candidate_id", ignore_index=True)
    in_first = both["candidate_id"].isin(ours["candidate_id"])
    in_second = both["candidate_id"].isin(theirs["candidate_id"])
    proposed_by = np.select([in_first & in_second, in_first], ["both", "first"], "second")
    sites = both.assign(proposed_by=proposed_by)
    return SCENARIO_SITES.check(
        sites[SCENARIO_SITES.names] if len(sites) else SCENARIO_SITES.empty()
    )


__all__ = ["Comparison", "compare_plans", "places_after"]
