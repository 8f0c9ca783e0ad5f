"""The sheets of the workbook: which tables, under which titles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from capillare.geo.numerals import number
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


def workbook_sheets(plan: Plan) -> tuple[Sheet, ...]:
    """Return the sheets of a plan, in the order they are read."""
    within = number(plan.network.policy.reach.within_min)
    sheets: tuple[Sheet, ...] = (
        Sheet(
            "Obiettivi",
            TARGETS,
            plan.network.targets,
            "Un punto finanziato per riga, con i cittadini che si è impegnato a raggiungere.",
        ),
        Sheet(
            "Copertura",
            COVERAGE,
            plan.network.coverage,
            "Un comune per riga: quanto sono lontani i suoi abitanti da uno sportello in servizio.",
        ),
        Sheet(
            "Aree sotto-servite",
            GAPS,
            plan.gaps.table,
            "I comuni delle aree interne, dal più al meno sotto-servito.",
        ),
        Sheet(
            "Sedi proposte",
            SITES,
            plan.proposal.sites,
            "Le sedi che portano più maggiorenni entro "
            f"{within} minuti, in ordine di guadagno. Sono proposte, non decisioni.",
        ),
        Sheet(
            "Sedi spiegate",
            SITE_EXPLANATIONS,
            plan.proposal.explanations,
            "Per ogni sede proposta: chi la avrebbe più vicina, che cosa si perde senza, e la "
            "migliore alternativa a parità delle altre.",
        ),
        Sheet(
            "Una sede in più",
            SITING_CURVE,
            plan.proposal.curve,
            "Quanti maggiorenni si coprono con 0, 1, 2 … sedi, scelte ogni volta da capo.",
        ),
        Sheet(
            "Sportelli",
            DESKS_AS_OF,
            plan.network.desks,
            "Tutti gli sportelli del registro, anche quelli non in servizio alla data.",
        ),
        Sheet(
            "Carico degli sportelli",
            DESK_LOAD,
            load_of_desks(plan.network),
            "Uno sportello in servizio per riga: i maggiorenni che gli toccano, e quelli a cui "
            "bastano le sue ore.",
        ),
        Sheet(
            "Copertura per ora",
            WEEK_COVERAGE,
            open_by_hour(plan.network),
            "Quanti maggiorenni hanno uno sportello aperto entro la soglia, per giorno e ora.",
        ),
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
        Sheet(
            "Coperti e lontani",
            SITING_PARETO,
            proposal.pareto,
            "Quanti maggiorenni si coprono se nessuna località può superare certi minuti.",
        ),
        Sheet(
            "Stabilità",
            SITING_STABILITY,
            proposal.stability,
            "Quanto spesso una località è scelta se i minuti sono sbagliati del loro errore noto.",
        ),
    )


def tour_table_sheets(tours: Tours) -> tuple[Sheet, ...]:
    """Return the sheets of proposed tours."""
    tables = tour_tables(tours)
    return (
        Sheet(
            "Soste dei furgoni",
            TOUR_STOPS,
            tables[TOUR_STOPS],
            "Una sosta in un giorno per riga; la prima e l'ultima del giorno sono la base. Sono "
            "proposte, non decisioni.",
        ),
        Sheet(
            "Copertura con i furgoni",
            TOUR_COVERAGE,
            tables[TOUR_COVERAGE],
            "Un comune per riga: chi è entro la soglia di uno sportello, e chi lo diventa con i "
            "furgoni.",
        ),
    )


def season_sheets(season: SeasonPlan) -> tuple[Sheet, ...]:
    """Return the sheets of a seasonal plan."""
    return (
        Sheet(
            "Stagioni",
            SEASON_PLAN,
            season.table,
            "Una sede in un mese per riga: se apre, quando, e i presenti che serve. Sono proposte, "
            "non decisioni.",
        ),
        Sheet(
            "Mese per mese",
            SEASON_MONTHS,
            season.months,
            "I presenti entro la soglia: oggi, con il piano uguale tutto l'anno e con le stagioni.",
        ),
        Sheet(
            "Punti e stagioni",
            SEASON_POINTS,
            season.points,
            "Un punto per riga: che cosa gli chiede l'obiettivo, che cosa gli portano le sedi "
            "stagionali e quanto costano.",
        ),
    )
