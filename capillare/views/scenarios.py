"""Scenari: keep what one looks at, share it, open others, and hold two side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import ConfigError
from capillare.planning.saved_scenarios import key_of, list_saved
from capillare.planning.scenario import (
    MAX_SCENARIO_BYTES,
    MAX_TITLE_CHARACTERS,
    Scenario,
    parse_scenario,
    write_toml,
)
from capillare.publish.provenance import scenario_sentence
from capillare.views.access.gate import allowed
from capillare.views.access.writing import keep_scenario
from capillare.views.address import fits_address
from capillare.views.cached import network_of
from capillare.views.downloads import show_downloads, summary_download, workbook_download
from capillare.views.faults import show_error, told
from capillare.views.kept_scenarios import PAGE, look_at, saying, show_kept, show_said
from capillare.views.notes import as_text, show_heading
from capillare.views.scenario_pair import show_comparison
from capillare.views.session import change_scenario, current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.saved_scenarios import Saved

_NOT_TO_KEEP = "Li salva chi pianifica. Tu scaricalo come file, o condividi l'indirizzo."


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    show_heading(
        "Scenari",
        network,
        "Conserva ciò che stai guardando, ritrovalo, condividilo e confronta due possibilità.",
    )
    show_said()
    saved, faults = list_saved(session.scenario_folder)
    for fault in faults:
        st.warning(as_text(told(fault)))
    left, right = st.columns(2, gap="large")
    with left:
        _show_saving(session.scenario, saved)
    with right:
        show_kept(saved)
        _show_file()
    st.header("Confronta due scenari")
    show_comparison(saved)


def _show_saving(scenario: Scenario, saved: Sequence[Saved]) -> None:
    st.header("Quello che stai guardando")
    st.markdown(as_text(scenario_sentence(replace(scenario, title=""))))
    title = st.text_input(
        "Titolo",
        value=scenario.title,
        max_chars=MAX_TITLE_CHARACTERS,
        key=f"{PAGE}_title",
        placeholder="Per esempio: Venti sedi, tutte le reti",
    ).strip()
    is_taken = key_of(title) in {one.key for one in saved} if title else False
    label = "Salva al posto di quello con lo stesso titolo" if is_taken else "Salva"
    keep, take = st.columns(2)
    keep.button(
        label,
        key=f"{PAGE}_save",
        disabled=not title or not allowed("keep_scenarios"),
        help=None if allowed("keep_scenarios") else _NOT_TO_KEEP,
        type="primary",
        on_click=_save,
        args=(replace(scenario, title=title), is_taken),
        width="stretch",
    )
    take.download_button(
        "Scarica (TOML)",
        data=write_toml(replace(scenario, title=title)),
        file_name=f"{key_of(title)}.toml" if title else "scenario.toml",
        mime="application/toml",
        key=f"{PAGE}_toml",
        on_click="ignore",
        width="stretch",
    )
    _show_sharing(scenario)


def _show_sharing(scenario: Scenario) -> None:
    st.caption(
        "Il file riapre lo stesso piano anche da riga di comando: `capillare plan --scenario "
        "scenario.toml`. Per condividere una pagina basta il suo indirizzo nel browser."
    )
    if not fits_address(scenario, current().default):
        st.warning(
            "Questo scenario chiede qualcosa che l'indirizzo non porta, come i furgoni di un file "
            "o numeri molto grandi: per condividerlo intero manda il file."
        )
    st.checkbox(
        "Il piano comprende le sedi stagionali",
        value=scenario.seasons,
        key="control_seasons",
        on_change=_take_seasons,
        help="Nel piano completo, nel rapporto da stampare e nel confronto, come `--seasons` da "
        "riga di comando.",
    )
    show_downloads(PAGE, [workbook_download(), summary_download()])


def _take_seasons() -> None:
    change_scenario(seasons=bool(st.session_state["control_seasons"]))


def _save(scenario: Scenario, is_replacing: bool) -> None:
    with saying(f"Salvato: {scenario.title}"):
        keep_scenario(current().scenario_folder, scenario, is_replacing=is_replacing)
        look_at(scenario)


def _show_file() -> None:
    uploaded = st.file_uploader(
        "Apri un file di scenario", type=["toml"], key=f"{PAGE}_file", max_upload_size=1
    )
    if uploaded is not None:
        _show_uploaded(uploaded.getvalue(), uploaded.name)


def _show_uploaded(content: bytes, file_name: str) -> None:
    try:
        settings = parse_scenario(content[: MAX_SCENARIO_BYTES + 1], file_name)
        settings.setdefault("as_of", current().scenario.as_of)
        settings.setdefault("region", current().default.region)
        scenario = Scenario(**settings)
    except ConfigError as fault:
        show_error(fault)
        return
    if scenario.region != current().default.region:
        st.error(
            "Questo scenario è di un'altra regione: aprilo da riga di comando, o in un "
            "pianificatore avviato per quella regione."
        )
        return
    st.markdown(as_text(scenario_sentence(replace(scenario, title=scenario.title or file_name))))
    st.button("Apri questo scenario", key=f"{PAGE}_open_file", on_click=_take, args=(scenario,))


def _take(scenario: Scenario) -> None:
    with saying("Scenario aperto."):
        look_at(scenario)
