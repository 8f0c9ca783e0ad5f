"""How each figure and table is computed: formula, source with its date, and error, in Italian.

Declared once, in ``data/figures_it.toml``, for the pages, the workbook and the printed report. The
facts in braces are those of the plan at hand.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from capillare.geo.hours import readable_it
from capillare.geo.numerals import day, euros, number, percent
from capillare.geo.sources.reference import DATA_FOLDER
from capillare.planning.service import adults_per_hour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from capillare.geo.sources.records import SourceRecord
    from capillare.planning.network import Network

EXPLANATIONS = DATA_FOLDER / "figures_it.toml"


@dataclass(frozen=True)
class Explanation:
    """How one figure or table is computed.

    Attributes
    ----------
    title
        What it is called.
    formula, source, error
        How it is computed, from what and of when, and how wrong it may be.
    """

    title: str
    formula: str
    source: str
    error: str

    def filled(self, facts: Mapping[str, str]) -> Explanation:
        """Return the same with the facts of a plan."""
        return Explanation(**{name: text.format_map(facts) for name, text in asdict(self).items()})


@cache
def explanations() -> dict[str, Explanation]:
    """Return every explanation by its key, facts still in braces."""
    declared = tomllib.loads(EXPLANATIONS.read_text(encoding="utf-8"))
    return {key: Explanation(**entry) for key, entry in declared.items()}


def facts_of(network: Network) -> dict[str, str]:
    """Return what explanations name in braces, as people write it."""
    policy, sums, scenario = network.policy, network.roll_up, network.scenario
    first = policy.first_campaign
    lines = [c for c in policy.campaigns if c.renewal_line_share is not None]
    line = max(lines, key=lambda c: c.starts_on).renewal_line_share if lines else None
    return {
        "as_of": day(scenario.as_of),
        "n_points": number(sums.n_points),
        "n_declared": number(first.n_points),
        "n_counted": number(sums.n_points_counted),
        "declared_people": number(first.target_citizens),
        "campaign_source": first.source,
        "partial": partial_it(network),
        "renewal_line": "nessuna" if line is None else f"il {percent(line)} dell'obiettivo",
        "rules_source": f"{policy.source} ({plain_date(policy.source_date)})",
        "inner_source": policy.inner_areas.source,
        "seasons_source": policy.seasons.source,
        "presence_source": policy.presence.source,
        "calls_source": policy.calls.source or "nessuna regola di avviso nel file delle regole",
        "siting_source": f"Regole sulle sedi: {policy.siting.source}",
        "point_source": policy.point.source,
        **_amounts(network),
        **_sources(network.sources),
        "minutes_source": minutes_source_it(network),
        "minutes_error": minutes_error_it(network),
    }


def _amounts(network: Network) -> dict[str, str]:
    policy = network.policy
    zones = zip(policy.catchment.zone_min, policy.catchment.zone_weight, strict=True)
    return {
        "within": number(policy.reach.within_min),
        "usual_hours": readable_it(policy.reach.usual_hours) or policy.reach.usual_hours,
        "zones": ", ".join(
            f"{number(weight, 2)} entro {number(minutes)} minuti" for minutes, weight in zones
        ),
        "hours_due": number(policy.point.weekly_hours),
        "contribution": euros(policy.point.contribution_eur),
        "equipment": euros(policy.point.equipment_eur),
        "point_cost": euros(policy.point.cost_eur),
        "branch_cost": euros(policy.siting.branch_cost_eur),
        "move_cost": euros(policy.siting.move_cost_eur),
        "siting_draws": number(policy.siting.n_draws),
        "n_draws": number(policy.gaps.n_draws),
        "under_served_min": number(policy.gaps.under_served_min),
        "unreachable_share": percent(policy.gaps.unreachable_share),
        "visitor_weight": number(policy.presence.visitor_weight, 2),
        "adults_per_score": number(policy.calls.adults_per_score),
        "adults_per_hour": number(adults_per_hour(network)),
    }


def _sources(records: Sequence[SourceRecord]) -> dict[str, str]:
    """Return where people, settlements and the registry come from, each with its date."""
    wanted = {
        "people_source": "popolazione",
        "places_source": "Località",
        "registry_source": "Regist",
    }
    return {
        fact: "; ".join(
            f"{record.name} ({plain_date(record.date)})"
            for record in records
            if word in record.name
        )
        for fact, word in wanted.items()
    }


def partial_it(network: Network) -> str:
    """Say in one line how much of the network is known; empty if all of it is."""
    sums = network.roll_up
    if not sums.is_lower_bound:
        return ""
    return (
        f"Registro parziale: {number(sums.n_points)} punti su "
        f"{number(sums.campaigns[0].n_points)} dichiarati. La copertura è un limite inferiore."
    )


def minutes_source_it(network: Network) -> str:
    """Say where the minutes come from."""
    error = network.travel_error
    estimate = (
        "minuti stimati da Capillare su località, rilievo e strade veloci, tarati il "
        f"{plain_date(error.fitted_on)} su {error.fitted_against}"
    )
    return {
        "estimated": estimate,
        "road": "minuti sulle strade caricate (OpenStreetMap)",
        "given": "minuti del file dato",
        "server": "minuti del server di percorsi configurato",
    }[network.travel.basis]


def minutes_error_it(network: Network) -> str:
    """Say how wrong the minutes are, by what they rest on."""
    mean = number(network.travel_error.mean_absolute_error_min, 1)
    return {
        "estimated": f"Errore medio assoluto rispetto ai minuti ufficiali: {mean} minuti.",
        "server": "L'errore dei minuti non è misurato.",
    }.get(
        network.travel.basis,
        "L'errore dei minuti non è misurato; dove mancano si usa la stima, il cui errore medio "
        f"assoluto è di {mean} minuti.",
    )


def plain_date(text: str) -> str:
    """Write an ISO date in the Italian order; a version or a year stays as it is.

    >>> plain_date("2024-03-18"), plain_date("3.0.2")
    ('18/03/2024', '3.0.2')
    """
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text
