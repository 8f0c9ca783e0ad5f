"""Where what can be approved comes from: the reader's scenario, or the files of a written plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.geo.points.approval import (
    plan_in_memory,
    read_written_plan,
    refuse_another_registry,
)
from capillare.geo.points.journal import read_journal
from capillare.geo.sources.reference import registry_records
from capillare.views.cached import plan_of, season_of, tours_of
from capillare.views.faults import show_error
from capillare.views.registry.store import PAGE, uploaded_folder, working_folder
from capillare.views.session import current
from capillare.views.vans import EFFORTS_IT

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.points.approval import WrittenPlan
    from capillare.geo.settings import Effort
    from capillare.planning.scenario import Scenario

PARTS = {
    "tour_stops": "Soste dei furgoni",
    "season_plan": "Sedi stagionali",
    "sites": "Nuove sedi, come previste",
}
HERE, WRITTEN = "scenario", "files"
SOURCES = {HERE: "Lo scenario che stai guardando", WRITTEN: "I file di un piano già scritto"}
_DRAWN = f"{PAGE}_drawn"


@dataclass(frozen=True)
class _Drawn:
    """A proposal kept while it is approved: writing it into the registry must not redraw it."""

    scenario: Scenario
    part: str
    plan: WrittenPlan


def show_proposal_choice() -> tuple[WrittenPlan, str] | None:
    """Let the reader choose what to approve; return the plan and its part once they are there."""
    left, right = st.columns(2)
    source = left.radio(
        "Da dove viene la proposta",
        options=list(SOURCES),
        format_func=SOURCES.__getitem__,
        key=f"{PAGE}_proposal_source",
    )
    if source == WRITTEN:
        plan = _written_plan()
        offered = [part for part in PARTS if plan is not None and part in plan.tables]
        part = _part_choice(right, offered) if offered else None
        return None if plan is None or part is None else (plan, part)
    part = _part_choice(right, list(PARTS))
    return None if part is None else _drawn(part)


def _part_choice(place: st.delta_generator.DeltaGenerator, offered: list[str]) -> str | None:
    part: str | None = place.radio(
        "Che cosa approvare",
        options=offered,
        format_func=PARTS.__getitem__,
        index=None,
        key=f"{PAGE}_proposal_part",
    )
    return part


def _written_plan() -> WrittenPlan | None:
    uploads = st.file_uploader(
        "File del piano: summary.json, con tour_stops.csv, season_plan.csv o sites.csv",
        type=("json", "csv"),
        accept_multiple_files=True,
        key=f"{PAGE}_proposal_files",
        help="Sono nella cartella scritta da `capillare plan`: caricali come sono, insieme.",
    )
    if not uploads:
        return None
    try:
        with uploaded_folder(uploads, "piano") as folder:
            plan = read_written_plan(folder)
        refuse_another_registry(plan, _checksums(), _earlier_checksums())
    except CapillareError as fault:
        show_error(fault)
        return None
    if not plan.tables:
        st.info("Fra questi file non ci sono soste, sedi stagionali o nuove sedi.")
    return plan


def _checksums() -> tuple[str, ...]:
    return tuple(record.sha256 for record in registry_records(current().inputs.registry))


def _earlier_checksums() -> list[tuple[str, ...]]:
    folder = working_folder()
    return [] if folder is None else [entry.origin for entry in read_journal(folder)]


def _drawn(part: str) -> tuple[WrittenPlan, str] | None:
    """Return the reader's proposal as it was last drawn, or offer to draw it."""
    scenario = current().scenario
    if part == "tour_stops":
        if not scenario.vans:
            st.info("Questo scenario non ha furgoni: scegli quanti nella pagina Furgoni.")
            return None
        scenario = replace(scenario, effort=_effort())
    kept = st.session_state.get(_DRAWN)
    if not (isinstance(kept, _Drawn) and (kept.scenario, kept.part) == (scenario, part)):
        if not st.button("Mostra che cosa si scriverebbe", key=f"{PAGE}_draw", type="primary"):
            return None
        try:
            kept = _Drawn(scenario, part, _draw(scenario, part))
        except CapillareError as fault:
            show_error(fault)
            return None
        st.session_state[_DRAWN] = kept
    return kept.plan, part


def _effort() -> Effort:
    effort: Effort = st.radio(
        "Ricerca",
        options=list(EFFORTS_IT),
        format_func=EFFORTS_IT.__getitem__,
        key=f"{PAGE}_proposal_effort",
        horizontal=True,
        help="La stessa che hai scelto nella pagina Furgoni, per approvare gli stessi giri.",
    )
    return effort


def _draw(scenario: Scenario, part: str) -> WrittenPlan:
    inputs = current().inputs
    proposed: pd.DataFrame
    checksums = _checksums()
    with st.spinner("Preparo la proposta…"):
        if part == "tour_stops":
            proposed = tours_of(scenario, inputs).stops
        elif part == "season_plan":
            proposed = season_of(scenario, inputs).table
        else:
            proposed = plan_of(scenario, inputs).proposal.sites
    return plan_in_memory({part: proposed}, as_of=scenario.as_of, registry_checksums=checksums)
