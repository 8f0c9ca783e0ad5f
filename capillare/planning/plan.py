"""The whole run as one page: from a scenario to targets, coverage, gaps and proposed sites."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.access import compare_networks
from capillare.geo.schema import SITING_PARETO, SITING_STABILITY, TRAVEL_USED
from capillare.geo.settings import Settings
from capillare.planning.candidates import find_candidates
from capillare.planning.caveats import find_caveats
from capillare.planning.gaps import Gaps, rank_gaps
from capillare.planning.network import (
    Inputs,
    Network,
    describe_network,
    serving_desks,
    silent,
    targets_by_municipality,
)
from capillare.planning.seasons import SeasonPlan, plan_seasons
from capillare.planning.siting.case import Limits
from capillare.planning.siting.ground import Ground
from capillare.planning.siting.proposal import Proposal, propose_sites, with_tradeoffs
from capillare.planning.tours.dates import Horizon
from capillare.planning.tours.proposal import Tours, propose_tours

if TYPE_CHECKING:
    from collections.abc import Callable

    from capillare.geo.settings import Policy
    from capillare.geo.sources.records import SourceRecord
    from capillare.planning.scenario import Scenario


@dataclass(frozen=True)
class Plan:
    """A network with its gaps and proposed sites; with seasons and tours where asked."""

    network: Network
    gaps: Gaps
    candidates: pd.DataFrame
    proposal: Proposal
    caveats: tuple[str, ...]
    season: SeasonPlan | None = None
    tours: Tours | None = None

    @property
    def travel_used(self) -> pd.DataFrame:
        """Table ``travel_used``: every pair that a figure of this plan used."""
        parts = [self.network.access.pairs, self.proposal.pairs]
        if self.season is not None:
            parts.append(self.season.pairs)
        if self.tours is not None:
            parts.append(self.tours.pairs)
        used = pd.concat(parts, ignore_index=True).drop_duplicates(["from_id", "to_id"])
        return TRAVEL_USED.check(used.sort_values(["from_id", "to_id"], ignore_index=True))

    @property
    def sources(self) -> tuple[SourceRecord, ...]:
        """What the plan was read from."""
        of_season = () if self.season is None else self.season.presence.records
        return (*self.network.sources, *of_season)


def compare_sister_networks(network: Network) -> pd.DataFrame:
    """Return table ``network_difference``: what the desks of other networks add."""
    serving = network.desks[network.desks["is_in_service"]]
    return compare_networks(network.territory, serving, network.travel, network.policy)


def count_sites(scenario: Scenario, policy: Policy) -> int:
    """Return how many new sites a scenario asks for, or how many full costs its budget pays."""
    if scenario.budget_eur is None:
        return scenario.new_sites
    return int(scenario.budget_eur // policy.point.cost_eur)


def rank_network_gaps(network: Network) -> Gaps:
    """Rank the under-served inner municipalities of a network."""
    return rank_gaps(
        network.coverage,
        targets_by_municipality(network),
        network.policy,
        travel_error_min=network.travel_error.mean_absolute_error_min,
        lang=network.scenario.lang,
    )


def find_network_candidates(network: Network) -> pd.DataFrame:
    """Find where a new desk of a network could open: table ``found_candidates``."""
    registry = network.registry
    return find_candidates(
        network.territory,
        registry.venues,
        network.policy,
        registry.candidates,
        lang=network.scenario.lang,
    )


def propose_network_sites(network: Network, candidates: pd.DataFrame) -> Proposal:
    """Propose sites for a network as its scenario wishes.

    Raises
    ------
    ConfigError, InfeasibleError
        If a wish names what does not exist, or no choice keeps every wish.
    """
    scenario = network.scenario
    return propose_sites(
        site_ground(network, candidates),
        scenario.sites,
        site_limits(scenario),
        effort=scenario.effort,
        exact_places=Settings().exact_places,
        lang=scenario.lang,
    )


def draw_network_tradeoffs(
    network: Network, candidates: pd.DataFrame, proposal: Proposal
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is traded between people and the worst-off, and how sure a proposal is."""
    scenario = network.scenario
    drawn = with_tradeoffs(
        proposal,
        site_ground(network, candidates),
        scenario.sites,
        site_limits(scenario),
        effort=scenario.effort,
        exact_places=Settings().exact_places,
    )
    front = SITING_PARETO.empty() if drawn.pareto is None else drawn.pareto
    return front, SITING_STABILITY.empty() if drawn.stability is None else drawn.stability


def site_ground(network: Network, candidates: pd.DataFrame) -> Ground:
    """Return what new sites of a network are chosen on."""
    desks = serving_desks(network.desks, network.scenario)
    return Ground(
        territory=network.territory,
        registry=network.registry,
        desks=desks.sort_values("desk_id", ignore_index=True),
        candidates=candidates,
        inner_class=network.coverage.set_index("istat_code")["inner_class"],
        today_min=network.access.places["travel_min"],
        travel=network.travel,
        travel_error_min=network.travel_error.mean_absolute_error_min,
        policy=network.policy,
    )


def sites_step(scenario: Scenario) -> str:
    """Name the step that proposes sites, with what else it draws."""
    return "sedi proposte" + (", compromessi e stabilità" if scenario.sites.tradeoffs else "")


def site_limits(scenario: Scenario) -> Limits:
    """Return how much may open: money if there is a budget, else a number of sites.

    Where the fewest sites or the least money come first, their number is the answer, not a limit.
    """
    if scenario.budget_eur is not None or scenario.sites.objective[0] in {"fewest", "cost"}:
        return Limits(budget_eur=scenario.budget_eur)
    return Limits(scenario.new_sites)


def plan_network_seasons(network: Network, candidates: pd.DataFrame) -> SeasonPlan:
    """Plan which seats of a network's points open month by month."""
    return plan_seasons(
        network.territory,
        network.registry,
        serving_desks(network.desks, network.scenario),
        candidates,
        travel=network.travel,
        policy=network.policy,
        targets=network.targets,
        official=network.official,
        effort=network.scenario.effort,
    )


def plan_network_tours(network: Network, *, report: Callable[[str], None] = silent) -> Tours:
    """Plan the tours of the scenario's vans over the four weeks after its day."""
    return propose_tours(
        network.territory,
        network.desks,
        serving_desks(network.desks, network.scenario),
        network.access,
        network.travel,
        targets=network.targets,
        policy=network.policy,
        vans=network.scenario.vans,
        horizon=Horizon.after(network.scenario.as_of),
        effort=network.scenario.effort,
        report=report,
    )


def draw_plan(
    scenario: Scenario, inputs: Inputs | None = None, *, report: Callable[[str], None] = silent
) -> Plan:
    """Draw the whole plan: describe the network, rank its gaps, propose sites.

    Parameters
    ----------
    scenario
        What is asked.
    inputs
        What the user brings.
    report
        Called with each step's name, in Italian.
    """
    network = describe_network(scenario, inputs, report=report)
    return plan_from(network, report=report)


def with_tours(plan: Plan, scenario: Scenario, tours: Tours) -> Plan:
    """Return a plan drawn without vans as `plan_from` draws it for the scenario with them."""
    network = replace(plan.network, scenario=scenario)
    caveats = (*plan.caveats, *tours.caveats)
    return replace(plan, network=network, tours=tours, caveats=caveats)


def plan_from(
    network: Network, *, gaps: Gaps | None = None, report: Callable[[str], None] = silent
) -> Plan:
    """Rank the gaps of a network, unless they are given, and propose sites for it."""
    scenario = network.scenario
    report("aree sotto-servite")
    gaps = gaps or rank_network_gaps(network)
    report(sites_step(scenario))
    candidates = find_network_candidates(network)
    proposal = propose_network_sites(network, candidates)
    season = None
    if scenario.seasons:
        report("sedi stagionali")
        season = plan_network_seasons(network, candidates)
    tours = plan_network_tours(network, report=report) if scenario.vans else None
    caveats = find_caveats(network, gaps, proposal)
    more = [found.caveats for found in (season, tours) if found is not None]
    caveats = (*caveats, *(caveat for of_part in more for caveat in of_part))
    return Plan(network, gaps, candidates, proposal, caveats, season, tours)
