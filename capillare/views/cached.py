"""Caches around pure functions: what a page asks for again is not computed again.

Objects are shared by every reader of the server, so that nobody may change them. What is searched
for beside the page (see ``long_work``) says how far it is by itself, without Streamlit's spinner.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from capillare.geo.population import ALL_REGIONS
from capillare.geo.settings import Settings
from capillare.geo.stopping import tell_stage
from capillare.planning.funding import keep_points, rank_call
from capillare.planning.network import Inputs, Network, describe_network
from capillare.planning.plan import (
    Plan,
    draw_network_tradeoffs,
    find_network_candidates,
    plan_from,
    plan_network_seasons,
    plan_network_tours,
    rank_network_gaps,
    with_tours,
)
from capillare.planning.scenario import Scenario
from capillare.planning.service import Service, describe_service
from capillare.planning.siting.funding_wishes import FundingWishes
from capillare.planning.siting.wishes import SitingWishes
from capillare.publish.explained import facts_of
from capillare.views.derived import Derived
from capillare.views.leaflet_map.drawing import Base, base_layer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from capillare.planning.funding import CallRanking, Renewal
    from capillare.planning.gaps import Gaps
    from capillare.planning.seasons import SeasonPlan
    from capillare.planning.tours.proposal import Tours

MOST_NETWORKS = 6
MOST_PLANS = 64
WHOLE_COUNTRY_FACTOR = 8
"""Boundaries of all Italy are drawn coarser, or no browser would hold them."""


def network_of(scenario: Scenario, inputs: Inputs) -> Network:
    """Return the network as a scenario sees it, whatever it wants built."""
    seen = _seen(scenario)
    network = _network(_untitled(seen), inputs)
    return replace(network, scenario=seen) if seen.title else network


def gaps_of(scenario: Scenario, inputs: Inputs) -> Gaps:
    """Return the ranking of under-served municipalities of a scenario's network."""
    return _gaps(_untitled(_seen(scenario)), inputs)


def plan_of(scenario: Scenario, inputs: Inputs) -> Plan:
    """Return the plan of a scenario without its tours: see `whole_plan_of`."""
    plan = _plan(replace(_untitled(_unfunded(scenario)), vans=0), inputs)
    return replace(plan, network=replace(plan.network, scenario=replace(scenario, vans=0)))


def whole_plan_of(scenario: Scenario, inputs: Inputs) -> Plan:
    """Return the plan that the command line draws for a scenario, tours included."""
    plan = plan_of(scenario, inputs)
    if not scenario.vans:
        return plan
    return with_tours(plan, scenario, tours_of(scenario, inputs))


def service_of(scenario: Scenario, inputs: Inputs) -> Service:
    """Return when a scenario's desks are open to whom, and how loaded they are."""
    return _service(_untitled(_seen(scenario)), inputs)


def ranking_of(scenario: Scenario, inputs: Inputs) -> CallRanking:
    """Return the ranking of a scenario's call over its network."""
    return _ranking(_funded(scenario), inputs)


def renewal_of(scenario: Scenario, inputs: Inputs, wish: str) -> Renewal:
    """Return which points of a scenario's network a renewal keeps."""
    return _renewal(_funded(scenario), inputs, wish)


def season_of(scenario: Scenario, inputs: Inputs) -> SeasonPlan:
    """Return the seasonal plan of a scenario's network."""
    return _season(_untitled(_seen(scenario)), inputs)


def tours_of(scenario: Scenario, inputs: Inputs) -> Tours:
    """Return the tours of a scenario's vans; whatever else it wants built is left out."""
    return _tours(replace(_untitled(_seen(scenario)), vans=scenario.vans), inputs)


def base_of(network: Network) -> Base:
    """Return the outlines of a network's territory, simplified for the screen."""
    return _base(network.territory.region, _network=network)


def facts_seen(scenario: Scenario, inputs: Inputs) -> dict[str, str]:
    """Return what explanations say of a scenario's network: a page asks for it at every figure."""
    return _facts(_untitled(_seen(scenario)), inputs)


def derived_of(scenario: Scenario, inputs: Inputs) -> Derived:
    """Return what pages make of a scenario's network."""
    return _derived(_untitled(_seen(scenario)), inputs)


def tradeoffs_of(scenario: Scenario, inputs: Inputs) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return tables ``siting_pareto`` and ``siting_stability`` of a scenario."""
    return _tradeoffs(replace(_untitled(_unfunded(scenario)), vans=0), inputs)


def asked(scenario: Scenario, inputs: Inputs, *more: object) -> tuple[object, ...]:
    """Return what tells one question from another: scenario, files as they are, the rest."""
    return (scenario, fingerprint(inputs), *more)


def _seen(scenario: Scenario) -> Scenario:
    return replace(
        _unfunded(scenario),
        vans=0,
        new_sites=0,
        budget_eur=None,
        seasons=False,
        sites=SitingWishes(),
    )


def _unfunded(scenario: Scenario) -> Scenario:
    """Return a scenario as plans know it: calls and renewals change no figure of them."""
    return replace(scenario, funding=FundingWishes())


def _funded(scenario: Scenario) -> Scenario:
    return replace(_untitled(_seen(scenario)), funding=scenario.funding)


def _untitled(scenario: Scenario) -> Scenario:
    """Return a scenario as caches know it: its title changes no figure."""
    return replace(scenario, title="")


def fingerprint(inputs: Inputs) -> tuple[tuple[str, int, int], ...]:
    """Tell whether a user's files are others, or have changed, without reading them."""
    files: list[Path] = []
    for path in (inputs.registry, inputs.policy, inputs.official):
        if path is not None:
            files += [path, *(sorted(path.iterdir()) if path.is_dir() else [])]
    return tuple(_seal(file) for file in files)


def _seal(file: Path) -> tuple[str, int, int]:
    if not file.exists():
        return (str(file), 0, 0)
    stat = file.stat()
    return (str(file), stat.st_mtime_ns, stat.st_size)


KEYS: dict[str | type[Any], Callable[[Any], Any]] = {Inputs: fingerprint, Scenario: repr}
"""How the caches tell arguments apart; a scenario's fields one by one would take milliseconds."""


@st.cache_resource(
    max_entries=MOST_NETWORKS,
    show_spinner="Leggo il registro e misuro la copertura…",
    hash_funcs=KEYS,
)
def _network(scenario: Scenario, inputs: Inputs) -> Network:
    return describe_network(scenario, inputs)


@st.cache_resource(max_entries=MOST_NETWORKS, show_spinner=False, hash_funcs=KEYS)
def _facts(scenario: Scenario, inputs: Inputs) -> dict[str, str]:
    return facts_of(_network(scenario, inputs))


@st.cache_resource(max_entries=MOST_NETWORKS, show_spinner=False, hash_funcs=KEYS)
def _derived(scenario: Scenario, inputs: Inputs) -> Derived:
    return Derived(_network(scenario, inputs))


@st.cache_resource(
    max_entries=MOST_NETWORKS,
    show_spinner="Metto in graduatoria le aree…",
    hash_funcs=KEYS,
)
def _gaps(scenario: Scenario, inputs: Inputs) -> Gaps:
    return rank_network_gaps(_network(scenario, inputs))


@st.cache_resource(max_entries=MOST_PLANS, show_spinner=False, hash_funcs=KEYS)
def _plan(scenario: Scenario, inputs: Inputs) -> Plan:
    network = replace(network_of(scenario, inputs), scenario=scenario)
    return plan_from(network, gaps=gaps_of(scenario, inputs), report=tell_stage)


@st.cache_resource(
    max_entries=MOST_NETWORKS,
    show_spinner="Guardo chi trova aperto, ora per ora…",
    hash_funcs=KEYS,
)
def _service(scenario: Scenario, inputs: Inputs) -> Service:
    return describe_service(_network(scenario, inputs))


@st.cache_resource(max_entries=MOST_PLANS, show_spinner=False, hash_funcs=KEYS)
def _ranking(scenario: Scenario, inputs: Inputs) -> CallRanking:
    return rank_call(replace(network_of(scenario, inputs), scenario=scenario))


@st.cache_resource(max_entries=MOST_PLANS, show_spinner=False, hash_funcs=KEYS)
def _renewal(scenario: Scenario, inputs: Inputs, wish: str) -> Renewal:
    return keep_points(replace(network_of(scenario, inputs), scenario=scenario), wish)


@st.cache_resource(max_entries=MOST_NETWORKS, show_spinner=False, hash_funcs=KEYS)
def _season(scenario: Scenario, inputs: Inputs) -> SeasonPlan:
    network = network_of(scenario, inputs)
    return plan_network_seasons(network, find_network_candidates(network))


@st.cache_resource(max_entries=MOST_PLANS, show_spinner=False, hash_funcs=KEYS)
def _tours(scenario: Scenario, inputs: Inputs) -> Tours:
    network = replace(network_of(scenario, inputs), scenario=scenario)
    return plan_network_tours(network, report=tell_stage)


@st.cache_resource(max_entries=MOST_NETWORKS, show_spinner=False, hash_funcs=KEYS)
def _tradeoffs(scenario: Scenario, inputs: Inputs) -> tuple[pd.DataFrame, pd.DataFrame]:
    plan = plan_of(scenario, inputs)
    return draw_network_tradeoffs(plan.network, plan.candidates, plan.proposal)


@st.cache_resource(max_entries=MOST_NETWORKS, show_spinner=False)
def _base(region: str, *, _network: Network) -> Base:
    tolerance_m = Settings().simplify_m
    if region == ALL_REGIONS:
        tolerance_m *= WHOLE_COUNTRY_FACTOR
    return base_layer(_network.territory, simplify_m=tolerance_m)
