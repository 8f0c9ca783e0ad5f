"""The whole run as one page: from a scenario to targets, coverage, gaps and proposed sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.access import compare_networks
from capillare.geo.schema import TRAVEL_USED
from capillare.geo.settings import Settings
from capillare.planning.candidates import find_candidates
from capillare.planning.caveats import find_caveats
from capillare.planning.gaps import Gaps, rank_gaps
from capillare.planning.network import (
    Inputs,
    Network,
    describe_network,
    silent,
    targets_by_municipality,
)
from capillare.planning.siting.proposal import Proposal, propose_sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from capillare.geo.settings import Policy
    from capillare.planning.scenario import Scenario


@dataclass(frozen=True)
class Plan:
    """A network with its gaps and proposed sites."""

    network: Network
    gaps: Gaps
    candidates: pd.DataFrame
    proposal: Proposal
    caveats: tuple[str, ...]

    @property
    def travel_used(self) -> pd.DataFrame:
        """Table ``travel_used``: every pair that a figure of this plan used."""
        used = pd.concat([self.network.access.pairs, self.proposal.pairs], ignore_index=True)
        return TRAVEL_USED.check(used.sort_values(["from_id", "to_id"], ignore_index=True))


def compare_sister_networks(network: Network) -> pd.DataFrame:
    """Return table ``network_difference``: what the desks of other networks add."""
    serving = network.desks[network.desks["is_in_service"]]
    return compare_networks(network.territory, serving, network.travel, network.policy)


def count_sites(scenario: Scenario, policy: Policy) -> int:
    """Return how many new sites the scenario asks for, or its budget pays."""
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


def plan_from(
    network: Network, *, gaps: Gaps | None = None, report: Callable[[str], None] = silent
) -> Plan:
    """Rank the gaps of a network, unless they are given, and propose sites for it."""
    scenario, policy = network.scenario, network.policy
    report("aree sotto-servite")
    gaps = gaps or rank_network_gaps(network)
    report("sedi proposte")
    registry = network.registry
    candidates = find_candidates(
        network.territory, registry.venues, policy, registry.candidates, lang=scenario.lang
    )
    proposal = propose_sites(
        network.territory,
        candidates,
        network.access,
        network.travel,
        policy,
        n_sites=count_sites(scenario, policy),
        effort=scenario.effort,
        exact_places=Settings().exact_places,
        lang=scenario.lang,
    )
    return Plan(network, gaps, candidates, proposal, find_caveats(network, gaps, proposal))
