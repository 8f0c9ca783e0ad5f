"""The frame around every page: navigation, the scenario's controls, and friendly errors."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.publish.metadata import region_name
from capillare.views import (
    about,
    calls,
    coverage,
    gaps,
    overview,
    scenarios,
    seasons,
    sites,
    targets,
    vans,
)
from capillare.views.cached import network_of
from capillare.views.notes import as_text
from capillare.views.registry import page as registry
from capillare.views.serving import SITE_PATH
from capillare.views.session import open_session, show_scenario_controls, write_address

if TYPE_CHECKING:
    from capillare.views.deployment import Deployment

_LOG = logging.getLogger(__name__)
_ASSETS = Path(__file__).parent / "assets"


def show_planner(deployment: Deployment) -> None:
    """Show the page that the reader asked for, inside the frame."""
    st.html(_ASSETS / "frame.css")
    st.logo(str(_ASSETS / "capillare.svg"), size="large")
    page = st.navigation(
        [
            st.Page(overview.show, title="Panoramica", url_path="panoramica", default=True),
            st.Page(targets.show, title="Obiettivi", url_path="obiettivi"),
            st.Page(coverage.show, title="Copertura", url_path="copertura"),
            st.Page(gaps.show, title="Aree sotto-servite", url_path="aree"),
            st.Page(sites.show, title="Nuove sedi", url_path="sedi"),
            st.Page(seasons.show, title="Stagioni", url_path="stagioni"),
            st.Page(vans.show, title="Furgoni", url_path="furgoni"),
            st.Page(calls.show, title="Avvisi e proroghe", url_path="avvisi"),
            st.Page(scenarios.show, title="Scenari", url_path="scenari"),
            st.Page(registry.show, title="Registro", url_path="registro"),
            st.Page(about.show, title="Dati e metodo", url_path="dati"),
        ]
    )
    st.set_page_config(
        page_title=f"{page.title} · Capillare",
        page_icon=str(_ASSETS / "icon.svg"),
        layout="wide",
    )
    session = open_session(deployment)
    write_address()
    for sentence in session.ignored:
        st.warning(as_text(sentence))
    with st.sidebar:
        show_scenario_controls()
        if deployment.site is not None:
            st.link_button("Apri il sito pubblico", f"{SITE_PATH}/", width="stretch")
    try:
        network = network_of(session.scenario, session.inputs)
        st.sidebar.caption(f"Territorio: {as_text(region_name(network))}")
        page.run()
    except CapillareError as fault:
        show_fault(fault)


def show_fault(fault: CapillareError) -> None:
    """Say in the page what went wrong; the rest of the planner lives on."""
    st.title("Questa pagina non si può mostrare")
    st.error(as_text(str(fault)))
    st.markdown("Correggi il dato o l'impostazione indicata, poi ricarica la pagina.")


def show_surprise(fault: Exception) -> bool:
    """Show in the page what no page has caught, without a traceback; True is "that was shown".

    What runs again by itself, such as a part of a page, ends here and not in the frame.
    """
    if isinstance(fault, CapillareError):
        st.error(as_text(str(fault)))
        return True
    _LOG.error("unforeseen fault in a page", exc_info=fault)
    st.error(
        "Si è verificato un errore imprevisto. Ricarica la pagina; se si ripete, segnalalo con "
        "l'indirizzo che vedi nel browser."
    )
    return True
