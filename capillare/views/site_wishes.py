"""Controls of what is wanted of new sites: objective, branches, equity, places in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import ConfigError
from capillare.planning.siting.wishes import SitingWishes, overruled
from capillare.views.session import change_scenario, current

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.network import Network
    from capillare.planning.siting.wishes import Objective, People

OBJECTIVES: dict[tuple[Objective, ...], str] = {
    ("coverage", "minutes"): "Più persone entro la soglia, poi meno strada",
    ("coverage",): "Più persone entro la soglia",
    ("minutes",): "Meno strada per tutti",
    ("worst", "coverage", "minutes"): "Prima chi sta più lontano",
}
PEOPLE: dict[People, str] = {
    "adults": "Maggiorenni",
    "over65": "Solo chi ha almeno 65 anni",
    "mix": "Tutti, ma chi ha almeno 65 anni vale doppio",
}


def show_wishes(network: Network, page: str) -> None:
    """Let the reader say what is wanted; the scenario follows when the form is sent."""
    wishes = current().scenario.sites
    changed = "" if wishes == SitingWishes() else ": richieste in vigore"
    with (
        st.expander(f"Che cosa si vuole{changed}", expanded=bool(changed)),
        st.form(f"{page}_wishes", border=False),
    ):
        towns = network.territory.municipalities.set_index("istat_code")["municipality"]
        asked = _asked(wishes, towns, page)
        is_sent = st.form_submit_button("Applica")
    if is_sent:
        try:
            change_scenario(sites=overruled(wishes, asked))
        except ConfigError as fault:
            st.error(str(fault))
            return
        st.rerun(scope="fragment")
    if changed and st.button("Togli tutte le richieste", key=f"{page}_no_wishes"):
        change_scenario(sites=SitingWishes())
        st.rerun(scope="fragment")


def _asked(wishes: SitingWishes, towns: pd.Series[str], page: str) -> dict[str, object]:
    """Return the settings that the form says."""
    left, right = st.columns(2)
    with left:
        objectives = OBJECTIVES | (
            {}
            if wishes.objective in OBJECTIVES
            else {wishes.objective: "Come nel file: " + ", ".join(wishes.objective)}
        )
        objective = st.selectbox(
            "Obiettivo",
            options=list(objectives),
            index=list(objectives).index(wishes.objective),
            format_func=objectives.__getitem__,
            key=f"{page}_objective",
        )
        people = st.selectbox(
            "Chi conta",
            options=list(PEOPLE),
            index=list(PEOPLE).index(wishes.people),
            format_func=PEOPLE.__getitem__,
            key=f"{page}_people",
        )
        branches = st.checkbox(
            "Anche sedi di punti esistenti",
            value=wishes.branches,
            key=f"{page}_branches",
            help="Una sede prende alcune delle ore del suo punto e costa molto meno.",
        )
        honour = st.checkbox(
            "Nuovi punti solo dove il bacino regge l'obiettivo",
            value=wishes.honour_targets,
            key=f"{page}_honour",
        )
    with right:
        inner = _number("Aree interne coperte, almeno (%)", wishes.inner_share, 100.0, page)
        ceiling = _number("Minuti che nessuna località supera", wishes.max_min, 1.0, page)
        spacing = _number("Minuti fra una sede e l'altra, almeno", wishes.spacing_min, 1.0, page)
        per_province = st.number_input(
            "Sedi in ogni provincia, almeno",
            min_value=0,
            max_value=20,
            value=wishes.per_province,
            key=f"{page}_per_province",
        )
    exclude = _towns("Comuni esclusi", wishes.exclude, towns, f"{page}_exclude")
    require = _towns("Comuni con almeno una sede", wishes.require, towns, f"{page}_require")
    return {
        "objective": objective,
        "people": people,
        "branches": branches,
        "honour_targets": honour,
        "inner_share": None if inner is None else min(inner, 1.0),
        "max_min": ceiling,
        "spacing_min": spacing,
        "per_province": int(per_province),
        "exclude": exclude,
        "require": require,
    }


def _number(label: str, value: float | None, scale: float, page: str) -> float | None:
    """Ask for an amount; empty or 0 asks for nothing."""
    given = st.number_input(
        label,
        min_value=0.0,
        max_value=100.0 if scale > 1 else 240.0,
        value=None if value is None else value * scale,
        step=5.0,
        placeholder="nessuna richiesta",
        key=f"{page}_{label}",
    )
    return given / scale if given else None


def _towns(label: str, kept: tuple[str, ...], towns: pd.Series[str], key: str) -> tuple[str, ...]:
    """Ask for municipalities by name; ids of candidates of a file stay as they are."""
    options = towns.sort_values().index.tolist()
    chosen = st.multiselect(
        label,
        options=options,
        default=[name for name in kept if name in towns.index],
        format_func=towns.to_dict().__getitem__,
        placeholder="nessuno",
        key=key,
    )
    return (*chosen, *(name for name in kept if name not in towns.index))


__all__ = ["OBJECTIVES", "show_wishes"]
