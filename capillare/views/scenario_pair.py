"""Two scenarios side by side on the page of scenarios: maps, figures, municipalities, sites."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from capillare.geo.errors import ConfigError, InfeasibleError
from capillare.geo.schema.scenarios import (
    SCENARIO_FIGURES,
    SCENARIO_MUNICIPALITIES,
    SCENARIO_PROVINCES,
    SCENARIO_SITES,
)
from capillare.planning.comparison import compare_plans
from capillare.publish.compared import written_figure, year_round_it
from capillare.publish.sheets import sheet_of
from capillare.views.cached import asked, base_of, whole_plan_of
from capillare.views.explaining import show_how
from capillare.views.exports import show_exports
from capillare.views.faults import show_error
from capillare.views.grids import show_grid
from capillare.views.leaflet_map.areas import scenario_areas
from capillare.views.leaflet_map.classes import classes_at
from capillare.views.leaflet_map.component import show_map
from capillare.views.leaflet_map.drawing import draw
from capillare.views.leaflet_map.marks import site_marks
from capillare.views.long_work import awaited
from capillare.views.notes import as_text, show_method
from capillare.views.overview import STEPS_OF_REACH
from capillare.views.session import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.comparison import Comparison
    from capillare.planning.network import Inputs
    from capillare.planning.plan import Plan
    from capillare.planning.saved_scenarios import Saved
    from capillare.planning.scenario import Scenario

PAGE = "scenario_pair"
HERE = ""
"""Key, in the choice of what to compare, of what the reader looks at."""
CHANGED_COLUMNS = (
    "municipality",
    "difference_within",
    "first_within",
    "second_within",
    "first_min",
    "second_min",
    "adults",
)
_PROPOSED_BY = {"first": "il primo", "second": "il secondo", "both": "tutti e due"}


@dataclass(frozen=True)
class Pair:
    """Two scenarios, how the reader calls them, their plans, and what they change."""

    scenarios: tuple[Scenario, ...]
    titles: tuple[str, ...]
    plans: tuple[Plan, ...]
    comparison: Comparison


def show_comparison(saved: Sequence[Saved]) -> None:
    """Let the reader choose two scenarios, and show what they change."""
    session = current()
    region = session.default.region
    scenarios = {HERE: session.scenario} | {
        one.key: one.scenario for one in saved if one.scenario.region == region
    }
    if len(scenarios) == 1:
        st.info("Salva almeno uno scenario: qui lo confronti con quello che stai guardando.")
        return

    def words(key: str) -> str:
        return "Quello che stai guardando" if key == HERE else scenarios[key].title

    left, right = st.columns(2, gap="large")
    first = left.selectbox("Primo", list(scenarios), 0, words, key=f"{PAGE}_first")
    second = right.selectbox("Secondo", list(scenarios), 1, words, key=f"{PAGE}_second")
    chosen = tuple(scenarios[key or HERE] for key in (first, second))
    try:
        pair = awaited(
            "comparison",
            asked(chosen[0], session.inputs, chosen[1]),
            lambda: _pair_of(chosen, (words(first or HERE), words(second or HERE)), session.inputs),
            title="Calcolo i due scenari e li confronto",
            page=PAGE,
        )
    except (ConfigError, InfeasibleError) as fault:
        show_error(fault)
        return
    if pair is not None:
        _show_pair(pair)


def _pair_of(scenarios: Sequence[Scenario], titles: Sequence[str], inputs: Inputs) -> Pair:
    plans = [whole_plan_of(replace(asked_for, lang="it"), inputs) for asked_for in scenarios]
    return Pair(tuple(scenarios), tuple(titles), tuple(plans), compare_plans(plans[0], plans[1]))


def _show_pair(pair: Pair) -> None:
    comparison = pair.comparison
    left_out = year_round_it(pair.plans)
    if left_out:
        st.info(left_out)
    _show_maps(pair)
    _show_figures(comparison)
    st.header("Per provincia")
    show_grid(
        comparison.provinces,
        SCENARIO_PROVINCES,
        SCENARIO_PROVINCES.names,
        key=f"{PAGE}_provinces",
        description="Le province nei due scenari e la differenza",
    )
    _show_changes(comparison)
    show_exports(
        PAGE,
        "Due scenari a confronto",
        [
            sheet_of(SCENARIO_FIGURES, comparison.figures),
            sheet_of(SCENARIO_PROVINCES, comparison.provinces),
            sheet_of(SCENARIO_MUNICIPALITIES, comparison.municipalities),
            sheet_of(SCENARIO_SITES, comparison.sites),
        ],
        pair.plans[0].network,
        caveats=[left_out] if left_out else [],
        asked=pair.scenarios,
    )
    show_method(
        "**Confronto.** Ogni scenario si misura con le sedi che propone già aperte, accanto agli "
        "sportelli in servizio nel suo giorno e nelle sue reti. Le differenze sono il secondo meno "
        "il primo.",
        "**Persone.** Ogni maggiorenne conta una volta, per lo sportello o la sede più vicina.",
        "**Costo.** Quello delle sedi proposte: gli sportelli già aperti costano lo stesso nei due "
        "scenari e non si contano.",
        "**Stagioni e furgoni.** Le sedi stagionali e i furgoni stanno nelle cifre d'insieme, dove "
        "uno dei due scenari li ha; non cambiano minuti e persone di comuni e province, che "
        "contano le sedi aperte tutto l'anno.",
    )


def _show_maps(pair: Pair) -> None:
    within_min = pair.plans[0].network.policy.reach.within_min
    classes = classes_at(
        [step * within_min for step in STEPS_OF_REACH], scheme="YlGnBu", unit="minutes"
    )
    with st.container(key=f"{PAGE}_beside"):
        columns = st.columns(2, gap="large")
    for column, plan, side, title in zip(
        columns, pair.plans, ("first", "second"), pair.titles, strict=True
    ):
        content = draw(
            base_of(plan.network),
            scenario_areas(pair.comparison.municipalities, side),
            classes,
            title="Minuti in auto, con le sedi proposte aperte",
            label=f"Mappa dei comuni colorati per minuti nello scenario: {title}",
            missing="nessuno sportello raggiungibile",
            marks=site_marks(plan.proposal.sites),
        )
        with column:
            st.markdown(f"**{as_text(title)}**")
            show_map(content, key=f"{PAGE}_map_{side}", on_selection=_nothing)


def _nothing() -> None:
    """Choose nothing: the tables below hold every municipality."""


def _show_figures(comparison: Comparison) -> None:
    figures = comparison.figures.to_dict("records")
    shown = pd.DataFrame(
        {
            "Grandezza": [row["figure"] for row in figures],
            "Primo": [written_figure(row["first"], row["kind"]) for row in figures],
            "Secondo": [written_figure(row["second"], row["kind"]) for row in figures],
            "Differenza": [
                written_figure(row["difference"], row["kind"], is_difference=True)
                for row in figures
            ],
        }
    )
    st.table(shown.set_index("Grandezza"))
    show_how("scenario_figures", widget=f"{PAGE}_figures")


def _show_changes(comparison: Comparison) -> None:
    changed = comparison.municipalities
    changed = changed[(changed["difference_within"] != 0) | (changed["difference_min"].abs() > 0)]
    st.header("Comuni in cui cambia qualcosa")
    if changed.empty:
        st.info("I due scenari danno lo stesso servizio in tutti i comuni.")
        return
    show_grid(
        changed,
        SCENARIO_MUNICIPALITIES,
        CHANGED_COLUMNS,
        key=f"{PAGE}_grid",
        description="Comuni che cambiano fra i due scenari, dalla differenza più grande",
    )
    told = comparison.sites.assign(
        proposed_by=comparison.sites["proposed_by"].map(_PROPOSED_BY).astype("str")
    )
    if len(told):
        st.header("Sedi proposte")
        show_grid(
            told,
            SCENARIO_SITES,
            ("locality", "municipality", "proposed_by", "cost_eur"),
            key=f"{PAGE}_sites",
            description="Sedi proposte da uno scenario o da tutti e due",
        )
