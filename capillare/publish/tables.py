"""Tables of a plan as CSV files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.schema import (
    COVERAGE,
    GAPS,
    GAPS_SENSITIVITY,
    NETWORK_DIFFERENCE,
    SITE_EXPLANATIONS,
    SITES,
    SITING_CURVE,
    SITING_PARETO,
    SITING_STABILITY,
    TARGETS,
    TRAVEL_USED,
)
from capillare.geo.schema.csv_text import table_as_csv
from capillare.geo.schema.opening import DESK_LOAD, WEEK_COVERAGE
from capillare.geo.schema.seasons import PRESENCE, SEASON_MONTHS, SEASON_PLAN, SEASON_POINTS
from capillare.planning.plan import compare_sister_networks
from capillare.planning.service import load_of_desks, open_by_hour
from capillare.publish.folders import file_aside
from capillare.publish.tour_layers import tour_tables

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from capillare.geo.schema import Table
    from capillare.planning.plan import Plan
    from capillare.planning.seasons import SeasonPlan
    from capillare.planning.siting.proposal import Proposal


def write_table(frame: pd.DataFrame, table: Table, path: Path) -> None:
    """Write a table's declared columns, in order, as one CSV file in one step."""
    text = table_as_csv(frame, table)
    with file_aside(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


def plan_tables(plan: Plan) -> dict[Table, pd.DataFrame]:
    """Return the tables of a plan by their declaration, in the order they are read."""
    tables = {
        TARGETS: plan.network.targets,
        COVERAGE: plan.network.coverage,
        GAPS: plan.gaps.table,
        GAPS_SENSITIVITY: plan.gaps.sensitivity,
        NETWORK_DIFFERENCE: compare_sister_networks(plan.network),
        DESK_LOAD: load_of_desks(plan.network),
        WEEK_COVERAGE: open_by_hour(plan.network),
        **site_tables(plan.proposal),
        TRAVEL_USED: plan.travel_used,
    }
    if plan.season is not None:
        tables |= season_tables(plan.season)
    return tables if plan.tours is None else tables | tour_tables(plan.tours)


def site_tables(proposal: Proposal) -> dict[Table, pd.DataFrame]:
    """Return the proposed sites and what explains them by their declaration."""
    tables = {
        SITES: proposal.sites,
        SITE_EXPLANATIONS: proposal.explanations,
        SITING_CURVE: proposal.curve,
    }
    if proposal.pareto is None or proposal.stability is None:
        return tables
    return tables | {SITING_PARETO: proposal.pareto, SITING_STABILITY: proposal.stability}


def season_tables(season: SeasonPlan) -> dict[Table, pd.DataFrame]:
    """Return the tables of a seasonal plan by their declaration."""
    return {
        SEASON_PLAN: season.table,
        SEASON_MONTHS: season.months,
        SEASON_POINTS: season.points,
        PRESENCE: season.presence.places,
    }


def write_tables(plan: Plan, folder: Path) -> None:
    """Write each table of a plan as ``<table>.csv`` in `folder`."""
    for table, frame in plan_tables(plan).items():
        write_table(frame, table, folder / f"{table.name}.csv")
