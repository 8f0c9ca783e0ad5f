"""What is wanted of new sites, asked in one form: every wish that a scenario may hold."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from capillare.geo.errors import ConfigError
from capillare.planning.siting.wish_words import tell_wishes
from capillare.planning.siting.wishes import SitingWishes, sites_as_toml
from capillare.views.faults import show_error
from capillare.views.notes import as_text
from capillare.views.session import change_scenario, current
from capillare.views.wish_fields import Fields, ask_aims, ask_areas, ask_desks, ask_places

if TYPE_CHECKING:
    from capillare.planning.network import Network

_GROUPS = {
    "Obiettivo": ask_aims,
    "Equità": ask_areas,
    "Dove": ask_places,
    "Sportelli di oggi": ask_desks,
}


def show_wishes(network: Network, page: str) -> None:
    """Let the reader say what is wanted; the scenario follows when the form is sent."""
    wishes = current().scenario.sites
    said = tell_wishes(wishes)
    label = "Che cosa si vuole" + (": richieste in vigore" if said else "")
    with st.expander(label, expanded=bool(said)):
        if said:
            st.markdown("**In vigore:** " + as_text("; ".join(said)) + ".")
        with st.form(f"{page}_wishes", border=False):
            fields = Fields(wishes, network, f"{page}_{_mark(wishes)}")
            asked: dict[str, Any] = {}
            for tab, ask in zip(st.tabs(list(_GROUPS)), _GROUPS.values(), strict=True):
                with tab:
                    asked |= ask(fields)
            is_sent = st.form_submit_button("Applica", type="primary")
    if is_sent:
        try:
            change_scenario(sites=replace(wishes, **asked))
        except ConfigError as fault:
            show_error(fault)
            return
        st.rerun()
    if said and st.button("Togli tutte le richieste", key=f"{page}_no_wishes"):
        change_scenario(sites=SitingWishes())
        st.rerun()


def _mark(wishes: SitingWishes) -> str:
    """Tell the fields of one set of wishes from another's, which show what they were given."""
    return hashlib.sha256(sites_as_toml(wishes).encode()).hexdigest()[:8]


__all__ = ["show_wishes"]
