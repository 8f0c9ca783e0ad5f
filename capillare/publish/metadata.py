"""What a plan is and what it found, for programs: ``summary.json`` and its JSON Schema."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from capillare import __version__
from capillare.geo.numerals import day, euros, number, percent
from capillare.geo.settings import Settings
from capillare.geo.sources.records import checksum
from capillare.geo.sources.reference import DATA_FOLDER
from capillare.planning.headline import sum_up
from capillare.publish.folders import write_text_aside
from capillare.publish.season_figures import season_figures
from capillare.publish.siting_figures import solver_figures
from capillare.publish.tour_figures import tour_figures, tour_summary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from capillare.planning.headline import Headline
    from capillare.planning.network import Network
    from capillare.planning.plan import Plan

SCHEMA_FILE = DATA_FOLDER / "summary.schema.json"
SHARE_DECIMALS = 6


def summarise(plan: Plan) -> dict[str, Any]:
    """Return what ``summary.json`` holds, as `SCHEMA_FILE` declares it.

    Shares are 0 to 1, dates ISO 8601, money in euros. Everything but the solver's ``seconds`` is
    the same for the same input.
    """
    network = plan.network
    return {
        "capillare": __version__,
        "as_of": network.scenario.as_of.isoformat(),
        "region": {"code": network.scenario.region, "name": region_name(network)},
        "headline": _network_figures(plan) | _proposal_figures(plan),
        "caveats": list(plan.caveats),
        "solver": solver_figures(plan.proposal),
        "gap_index": {
            "indicators_used": list(plan.gaps.indicators_used),
            "indicators_left_out": list(plan.gaps.indicators_left_out),
            "municipalities_unclassed": plan.gaps.n_unclassed,
        },
        "travel_error": asdict(network.travel_error),
        "scenario": asdict(network.scenario) | {"as_of": network.scenario.as_of.isoformat()},
        "settings": asdict(Settings(effort=network.scenario.effort)),
        "policy": _plain(asdict(network.policy)),
        "inputs": [asdict(source) for source in plan.sources],
        "season": None if plan.season is None else season_figures(plan.season),
        "tours": None if plan.tours is None else tour_figures(plan.tours),
    }


def write_summary(plan: Plan, path: Path) -> None:
    """Write ``summary.json`` in one step, with the checksum of every file beside it."""
    files = sorted(file for file in path.absolute().parent.iterdir() if file.is_file())
    outputs = {file.name: checksum(file) for file in files if file.name != path.name}
    write_text_aside(path, summary_text(plan, outputs))


def summary_text(plan: Plan, outputs: Mapping[str, str]) -> str:
    """Return the text of ``summary.json``; `outputs` are the checksums of the files beside it."""
    content = summarise(plan) | {"outputs": dict(outputs)}
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def headlines(plan: Plan) -> str:
    """Say a plan in a few Italian lines, for a terminal."""
    network, sites, answer = plan.network, plan.proposal.sites, plan.proposal.answer
    figures = sum_up(network, plan.gaps)
    within = number(network.policy.reach.within_min)
    before = percent(figures.adults_share(figures.adults_within), 1)
    after = percent(_covered_share_after(plan, figures), 1)
    points, declared = number(figures.n_points), number(figures.n_points_declared)
    desks, to_confirm = number(figures.n_desks), number(figures.n_desks_to_confirm)
    reached, adults = number(figures.adults_within), number(figures.adults)
    under_served, ranked = number(figures.n_under_served), number(figures.n_ranked)
    cost = euros(float(sites["cost_eur"].sum()))
    lines = [
        f"{region_name(network)}, situazione al {day(network.scenario.as_of)}.",
        f"Punti nel registro: {points} su {declared} dichiarati.",
        f"Sportelli in servizio: {desks}, di cui {to_confirm} da confermare.",
        f"Maggiorenni entro {within} minuti da uno sportello: {reached} su {adults} ({before}).",
        f"Comuni sotto-serviti nelle aree interne: {under_served} su {ranked}.",
        answer.summary(),
        f"Costo delle sedi: {cost}. Maggiorenni coperti: dal {before} al {after}.",
    ]
    if plan.season is not None:
        lines.append(plan.season.summary())
    if plan.tours is not None:
        lines.append(tour_summary(plan.tours))
    notes = [f"- {caveat}" for caveat in plan.caveats]
    return "\n".join([*lines, "", "Da sapere prima di usare queste cifre:", *notes])


def region_name(network: Network) -> str:
    """Return the name of the region that a network is of; Italia for all of them."""
    if network.scenario.region == "all":
        return "Italia"
    return str(network.territory.municipalities["region"].iloc[0])


def _network_figures(plan: Plan) -> dict[str, Any]:
    network = plan.network
    towns, total = network.territory.municipalities, network.roll_up
    figures = sum_up(network, plan.gaps)
    first = total.campaigns[0]

    def share(n_adults: int) -> float:
        return round(figures.adults_share(n_adults), SHARE_DECIMALS)

    return {
        "municipalities": len(towns),
        "residents": int(towns["residents"].sum()),
        "adults": figures.adults,
        "over65": int(towns["over65"].sum()),
        "points_held": figures.n_points,
        "points_active": total.n_points_by_status.get("active", 0),
        "points_declared": figures.n_points_declared,
        "desks_in_service": figures.n_desks,
        "desks_to_be_confirmed": figures.n_desks_to_confirm,
        "weekly_hours": round(figures.weekly_hours, 2),
        "within_min": network.policy.reach.within_min,
        "adults_within": figures.adults_within,
        "adults_within_share": share(figures.adults_within),
        "adults_15min": figures.adults_15min,
        "adults_15min_share": share(figures.adults_15min),
        "adults_30min": figures.adults_30min,
        "adults_30min_share": share(figures.adults_30min),
        "adults_unreachable": figures.adults_unreachable,
        "municipalities_ranked": figures.n_ranked,
        "municipalities_under_served": figures.n_under_served,
        "target_citizens": figures.target_citizens,
        "target_citizens_active": total.target_active_people,
        "target_citizens_committed": first.target_citizens,
        "target_services_committed": first.target_services,
        "citizens_reached": total.citizens_reached_people,
        "points_with_progress": total.n_points_counted,
        "is_lower_bound": total.is_lower_bound,
    }


def _proposal_figures(plan: Plan) -> dict[str, Any]:
    figures = sum_up(plan.network, plan.gaps)
    sites = plan.proposal.sites
    return {
        "sites_proposed": len(sites),
        "adults_gained": int(sites["adults_gained"].sum()),
        "over65_gained": int(sites["over65_gained"].sum()),
        "covered_share_before": round(figures.adults_share(figures.adults_within), SHARE_DECIMALS),
        "covered_share_after": round(_covered_share_after(plan, figures), SHARE_DECIMALS),
        "cost_eur": float(sites["cost_eur"].sum()),
    }


def _covered_share_after(plan: Plan, figures: Headline) -> float:
    gained = int(plan.proposal.sites["adults_gained"].sum())
    lost = plan.proposal.answer.adults_lost
    return figures.adults_share(figures.adults_within + gained - lost)


def _plain(rules: dict[str, Any]) -> dict[str, Any]:
    """Return rules as JSON has them: tuples become lists."""
    plain: dict[str, Any] = json.loads(json.dumps(rules))
    return plain
