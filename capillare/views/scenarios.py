"""Scenari: keep what one looks at, share it, and hold two side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import ConfigError
from capillare.geo.numerals import day
from capillare.planning.saved_scenarios import key_of, list_saved, read_saved
from capillare.planning.scenario import (
    MAX_SCENARIO_BYTES,
    MAX_TITLE_CHARACTERS,
    Scenario,
    parse_scenario,
    write_toml,
)
from capillare.publish.provenance import scenario_sentence
from capillare.views.access.gate import allowed
from capillare.views.access.writing import drop_scenario, keep_scenario
from capillare.views.cached import network_of
from capillare.views.faults import show_error, told
from capillare.views.notes import as_text, show_heading
from capillare.views.scenario_pair import show_comparison
from capillare.views.session import current, open_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.saved_scenarios import Saved

PAGE = "scenarios"
_SAID = f"{PAGE}_said"
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
    said = st.session_state.pop(_SAID, None)
    if said:
        st.success(as_text(said))
    saved, faults = list_saved(session.scenario_folder)
    for fault in faults:
        st.warning(as_text(told(fault)))
    left, right = st.columns(2, gap="large")
    with left:
        _show_saving(session.scenario, saved)
    with right:
        _show_opening(saved)
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
    st.caption(
        "Il file riapre lo stesso piano anche da riga di comando: `capillare plan --scenario "
        "scenario.toml`. Per condividere una pagina basta il suo indirizzo nel browser."
    )


def _save(scenario: Scenario, is_replacing: bool) -> None:
    saved = keep_scenario(current().scenario_folder, scenario, is_replacing=is_replacing)
    open_scenario(saved.scenario)
    st.session_state[_SAID] = f"Salvato: {saved.scenario.title}"


def _show_opening(saved: Sequence[Saved]) -> None:
    st.header("Scenari salvati")
    if not saved:
        st.info("Non c'è ancora nessuno scenario salvato: dai un titolo a quello a sinistra.")
    else:
        _show_saved(saved)
    uploaded = st.file_uploader(
        "Apri un file di scenario", type=["toml"], key=f"{PAGE}_file", max_upload_size=1
    )
    if uploaded is not None:
        _show_uploaded(uploaded.getvalue(), uploaded.name)


def _show_saved(saved: Sequence[Saved]) -> None:
    by_key = {one.key: one for one in saved}
    key = st.selectbox(
        "Scenario",
        options=list(by_key),
        format_func=lambda key: by_key[key].scenario.title if key in by_key else "",
        key=f"{PAGE}_chosen",
    )
    if key is None:
        return
    one = by_key[key]
    st.markdown(
        f"{as_text(scenario_sentence(one.scenario))}. Salvato il {day(one.saved_at.date())}."
    )
    opening, copying, deleting = st.columns(3)
    opening.button("Apri", key=f"{PAGE}_open", on_click=_open, args=(key,), width="stretch")
    copying.button(
        "Duplica",
        key=f"{PAGE}_copy",
        on_click=_duplicate,
        args=(key, saved),
        disabled=not allowed("keep_scenarios"),
        width="stretch",
    )
    if not allowed("keep_scenarios"):
        return
    with deleting.popover("Elimina", width="stretch"):
        st.markdown(f"Eliminare «{as_text(one.scenario.title)}»? Non si può annullare.")
        st.button("Sì, elimina", key=f"{PAGE}_delete", on_click=_delete, args=(one,))


def _open(key: str) -> None:
    scenario = read_saved(current().scenario_folder, key).scenario
    open_scenario(scenario)
    st.session_state[f"{PAGE}_title"] = scenario.title
    st.session_state[_SAID] = f"Ora stai guardando: {scenario.title}"


def _duplicate(key: str, saved: Sequence[Saved]) -> None:
    scenario = read_saved(current().scenario_folder, key).scenario
    taken = {one.key for one in saved}
    stem = scenario.title[: MAX_TITLE_CHARACTERS - len(" (copia 000)")]
    titles = [f"{stem} (copia)", *(f"{stem} (copia {n})" for n in range(2, len(taken) + 3))]
    title = next(title for title in titles if key_of(title) not in taken)
    keep_scenario(current().scenario_folder, replace(scenario, title=title))
    st.session_state[f"{PAGE}_chosen"] = key_of(title)
    st.session_state[_SAID] = f"Duplicato come: {title}"


def _delete(one: Saved) -> None:
    drop_scenario(current().scenario_folder, one.key)
    st.session_state[_SAID] = f"Eliminato: {one.scenario.title}"


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
    open_scenario(scenario)
    st.session_state[f"{PAGE}_title"] = scenario.title
    st.session_state[_SAID] = "Scenario aperto."
