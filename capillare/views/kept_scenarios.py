"""Saved scenarios on the page of scenarios: opened, renamed, duplicated, deleted and taken back."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import ConfigError, SourceError
from capillare.geo.numerals import day, number
from capillare.planning.saved_scenarios import MAX_DELETED, key_of, list_deleted, read_saved
from capillare.planning.scenario import MAX_TITLE_CHARACTERS
from capillare.publish.provenance import scenario_sentence
from capillare.views.access.gate import allowed
from capillare.views.access.writing import (
    drop_scenario,
    keep_scenario,
    rename_scenario,
    restore_scenario,
)
from capillare.views.faults import show_error
from capillare.views.notes import as_text
from capillare.views.session import current, open_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from capillare.planning.saved_scenarios import Saved
    from capillare.planning.scenario import Scenario

PAGE = "scenarios"
_SAID = f"{PAGE}_said"
_FAULT = f"{PAGE}_fault"
_DELETED = f"{PAGE}_deleted"


@contextmanager
def saying(sentence: str) -> Iterator[None]:
    """Do what a button asks, then say so above the page; or say what went wrong, and live on."""
    st.session_state.pop(_DELETED, None)
    try:
        yield
    except (ConfigError, SourceError) as fault:
        st.session_state[_FAULT] = fault
    else:
        st.session_state[_SAID] = sentence


def show_said() -> None:
    """Say what the last button did; let a deletion be taken back until another button is used."""
    fault = st.session_state.pop(_FAULT, None)
    if fault is not None:
        show_error(fault)
    said = st.session_state.pop(_SAID, None)
    if said:
        st.success(as_text(said))
    deleted: Saved | None = st.session_state.get(_DELETED)
    if deleted is not None and allowed("keep_scenarios"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Eliminato: «{as_text(deleted.scenario.title)}».")
            st.button(
                "Annulla l'eliminazione",
                key=f"{PAGE}_undelete",
                icon=":material/undo:",
                on_click=_restore,
                args=(deleted.key, deleted.scenario.title),
            )


def look_at(scenario: Scenario) -> None:
    """Make a scenario what the reader looks at, on every page."""
    open_scenario(scenario)
    st.session_state[f"{PAGE}_title"] = scenario.title


def show_kept(saved: Sequence[Saved]) -> None:
    """Show the saved scenarios and what can be done with each, then those deleted."""
    st.header("Scenari salvati")
    if saved:
        _show_saved(saved)
    else:
        st.info("Non c'è nessuno scenario salvato: dai un titolo a quello che stai guardando.")
    _show_deleted()


def _show_saved(saved: Sequence[Saved]) -> None:
    one = _chosen("Scenario", saved, key=f"{PAGE}_chosen")
    if one is None:
        return
    st.markdown(
        f"{as_text(scenario_sentence(one.scenario))}. Salvato il {day(one.saved_at.date())}."
    )
    with st.container(horizontal=True):
        st.button("Apri", key=f"{PAGE}_open", on_click=_open, args=(one.key,))
        if allowed("keep_scenarios"):
            _show_changes(one, saved)


def _chosen(label: str, scenarios: Sequence[Saved], *, key: str) -> Saved | None:
    """Let one of some scenarios be chosen by its title."""
    by_key = {one.key: one for one in scenarios}
    chosen = st.selectbox(
        label,
        options=list(by_key),
        format_func=lambda name: by_key[name].scenario.title if name in by_key else "",
        key=key,
    )
    return None if chosen is None else by_key[chosen]


def _show_changes(one: Saved, saved: Sequence[Saved]) -> None:
    with st.popover("Rinomina"):
        title = st.text_input(
            "Nuovo titolo",
            value=one.scenario.title,
            max_chars=MAX_TITLE_CHARACTERS,
            key=f"{PAGE}_new_title_{one.key}",
        ).strip()
        is_taken = key_of(title) in {other.key for other in saved}
        st.button(
            "Rinomina",
            key=f"{PAGE}_rename",
            on_click=_rename,
            args=(one, title),
            disabled=not title or is_taken,
            help="Un altro scenario, o questo, ha già questo titolo." if is_taken else None,
        )
    st.button("Duplica", key=f"{PAGE}_copy", on_click=_duplicate, args=(one.key, saved))
    st.button("Elimina", key=f"{PAGE}_delete", on_click=_delete, args=(one,))


def _open(key: str) -> None:
    with saying("Ora stai guardando lo scenario salvato."):
        look_at(read_saved(current().scenario_folder, key).scenario)


def _rename(one: Saved, title: str) -> None:
    session = current()
    with saying(f"«{one.scenario.title}» ora si chiama «{title}»."):
        renamed = rename_scenario(session.scenario_folder, one.key, title)
        st.session_state[f"{PAGE}_chosen"] = renamed.key
        if session.scenario == one.scenario:
            look_at(renamed.scenario)


def _duplicate(key: str, saved: Sequence[Saved]) -> None:
    taken = {one.key for one in saved}
    stem = next(one.scenario.title for one in saved if one.key == key)
    stem = stem[: MAX_TITLE_CHARACTERS - len(" (copia 000)")]
    titles = [f"{stem} (copia)", *(f"{stem} (copia {n})" for n in range(2, len(taken) + 3))]
    title = next(title for title in titles if key_of(title) not in taken)
    with saying(f"Duplicato come: {title}"):
        folder = current().scenario_folder
        keep_scenario(folder, replace(read_saved(folder, key).scenario, title=title))
        st.session_state[f"{PAGE}_chosen"] = key_of(title)


def _delete(one: Saved) -> None:
    with saying(""):
        drop_scenario(current().scenario_folder, one.key)
        st.session_state[_DELETED] = one


def _show_deleted() -> None:
    """Let scenarios that somebody deleted be taken back, whenever and by whoever keeps them."""
    deleted = list_deleted(current().scenario_folder) if allowed("keep_scenarios") else []
    if not deleted:
        return
    with st.expander(f"Scenari eliminati ({number(len(deleted))})"):
        one = _chosen("Quale riprendere", deleted, key=f"{PAGE}_deleted_chosen")
        if one is None:
            return
        st.markdown(
            f"{as_text(scenario_sentence(one.scenario))}. Eliminato il {day(one.saved_at.date())}."
        )
        st.button(
            "Salva di nuovo",
            key=f"{PAGE}_restore",
            icon=":material/undo:",
            on_click=_restore,
            args=(one.key, one.scenario.title),
        )
        st.caption(f"Si conservano gli ultimi {number(MAX_DELETED)} eliminati.")


def _restore(key: str, title: str) -> None:
    with saying(f"Di nuovo salvato: {title}"):
        restored = restore_scenario(current().scenario_folder, key)
        st.session_state[f"{PAGE}_chosen"] = restored.key
