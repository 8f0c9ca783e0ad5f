"""The sheets of the workbook: which tables, under which titles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from capillare.geo.schema import (
    COVERAGE,
    DESKS,
    GAPS,
    SITE_EXPLANATIONS,
    SITES,
    SITING_CURVE,
    SITING_PARETO,
    SITING_STABILITY,
    TARGETS,
    TOUR_COVERAGE,
    TOUR_STOPS,
    Column,
    Table,
)
from capillare.geo.schema.opening import DESK_LOAD, WEEK_COVERAGE
from capillare.geo.schema.seasons import SEASON_MONTHS, SEASON_PLAN, SEASON_POINTS
from capillare.planning.service import load_of_desks, open_by_hour
from capillare.publish.sheet_words import SHEET_WORDS
from capillare.publish.tour_layers import tour_tables

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.plan import Plan
    from capillare.planning.seasons import SeasonPlan
    from capillare.planning.siting.proposal import Proposal
    from capillare.planning.tours.proposal import Tours

DESKS_AS_OF = replace(
    DESKS,
    columns=(
        *DESKS.columns,
        Column("is_in_service", "flag", "Whether it is in service on the date", "In servizio"),
        Column(
            "is_to_be_confirmed",
            "flag",
            "In service, but not verified since its campaign ended",
            "Da confermare",
        ),
        Column(
            "weekly_hours",
            "number",
            "Hours a week, stated or estimated",
            "Ore settimanali",
            "hours",
            may_miss=True,
        ),
    ),
)
"""Table ``desks`` with its state on the plan's date."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: a title people read, a declared table, its rows, and what a row is."""

    title: str
    table: Table
    frame: pd.DataFrame
    explanation: str


def sheet_of(table: Table, frame: pd.DataFrame) -> Sheet:
    """Return the sheet of a table, under its title and with its explanation."""
    words = SHEET_WORDS[table.name]
    return Sheet(words.title, table, frame, words.explanation)


def workbook_sheets(plan: Plan) -> tuple[Sheet, ...]:
    """Return the sheets of a plan, in the order they are read."""
    sheets: tuple[Sheet, ...] = (
        sheet_of(TARGETS, plan.network.targets),
        sheet_of(COVERAGE, plan.network.coverage),
        sheet_of(GAPS, plan.gaps.table),
        sheet_of(SITES, plan.proposal.sites),
        sheet_of(SITE_EXPLANATIONS, plan.proposal.explanations),
        sheet_of(SITING_CURVE, plan.proposal.curve),
        sheet_of(DESKS_AS_OF, plan.network.desks),
        sheet_of(DESK_LOAD, load_of_desks(plan.network)),
        sheet_of(WEEK_COVERAGE, open_by_hour(plan.network)),
    )
    sheets = (*sheets, *tradeoff_sheets(plan.proposal))
    if plan.season is not None:
        sheets = (*sheets, *season_sheets(plan.season))
    return sheets if plan.tours is None else (*sheets, *tour_table_sheets(plan.tours))


def tradeoff_sheets(proposal: Proposal) -> tuple[Sheet, ...]:
    """Return the sheets of what is traded between wishes; none where nobody asked."""
    if proposal.pareto is None or proposal.stability is None:
        return ()
    return (
        sheet_of(SITING_PARETO, proposal.pareto),
        sheet_of(SITING_STABILITY, proposal.stability),
    )


def tour_table_sheets(tours: Tours) -> tuple[Sheet, ...]:
    """Return the sheets of proposed tours."""
    tables = tour_tables(tours)
    return (
        sheet_of(TOUR_STOPS, tables[TOUR_STOPS]),
        sheet_of(TOUR_COVERAGE, tables[TOUR_COVERAGE]),
    )


def season_sheets(season: SeasonPlan) -> tuple[Sheet, ...]:
    """Return the sheets of a seasonal plan."""
    return (
        sheet_of(SEASON_PLAN, season.table),
        sheet_of(SEASON_MONTHS, season.months),
        sheet_of(SEASON_POINTS, season.points),
    )
