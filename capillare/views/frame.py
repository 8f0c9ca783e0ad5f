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
from capillare.views.access.entrance import let_in, show_person
from capillare.views.access.gate import require
from capillare.views.cached import network_of
from capillare.views.faults import show_error
from capillare.views.language import speak_italian
from capillare.views.notes import as_text
from capillare.views.page_links import remember_pages
from capillare.views.registry import page as registry
from capillare.views.serving import SITE_PATH
from capillare.views.session import open_session, show_scenario_controls, write_address
from capillare.views.visit import open_visit, show_resuming, show_visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.navigation.page import StreamlitPage

    from capillare.views.deployment import Deployment

_LOG = logging.getLogger(__name__)
_ASSETS = Path(__file__).parent / "assets"


def show_planner(deployment: Deployment) -> None:
    """Show the page that the reader asked for, inside the frame."""
    st.html(_ASSETS / "frame.css")
    speak_italian()
    who = let_in(
        deployment.sign_in, public_site=f"{SITE_PATH}/" if deployment.site is not None else None
    )
    if who is None:
        return
    session = open_session(deployment, who.until)
    st.logo(str(_ASSETS / "capillare.svg"), size="large")
    pages = [
        _page(overview.show, "Panoramica", "panoramica", is_first=True),
        _page(targets.show, "Obiettivi", "obiettivi"),
        _page(coverage.show, "Copertura", "copertura"),
        _page(gaps.show, "Aree sotto-servite", "aree"),
        _page(sites.show, "Nuove sedi", "sedi"),
        _page(seasons.show, "Stagioni", "stagioni"),
        _page(vans.show, "Furgoni", "furgoni"),
        _page(calls.show, "Avvisi e proroghe", "avvisi"),
        _page(scenarios.show, "Scenari", "scenari"),
        _page(registry.show, "Registro", "registro"),
        _page(about.show, "Dati e metodo", "dati"),
    ]
    remember_pages(pages)
    page = st.navigation(pages)
    st.set_page_config(
        page_title=f"{page.title} · Capillare",
        page_icon=str(_ASSETS / "icon.svg"),
        layout="wide",
    )
    open_visit()
    write_address()
    if session.ignored:
        st.warning("\n\n".join(map(as_text, session.ignored)))
    with st.sidebar:
        show_scenario_controls()
        if deployment.site is not None:
            st.link_button("Apri il sito pubblico", f"{SITE_PATH}/", width="stretch")
        show_resuming()
        show_person()
    try:
        network = network_of(session.scenario, session.inputs)
        st.sidebar.caption(f"Territorio: {as_text(region_name(network))}")
        show_visit(page.title)
        page.run()
    except CapillareError as fault:
        show_fault(fault)


def _page(
    show: Callable[[], None], title: str, url_path: str, *, is_first: bool = False
) -> StreamlitPage:
    """Return a page that shows itself to people with a role only."""

    def show_if_allowed() -> None:
        require("see")
        show()

    return st.Page(show_if_allowed, title=title, url_path=url_path, default=is_first)


def show_fault(fault: CapillareError) -> None:
    """Say in the page what went wrong; the rest of the planner lives on."""
    st.title("Questa pagina non si può mostrare")
    show_error(fault)
    st.markdown("Correggi il dato o l'impostazione indicata, poi ricarica la pagina.")


def show_surprise(fault: Exception) -> bool:
    """Show in the page what no page has caught, without a traceback; True is "that was shown".

    What runs again by itself, such as a part of a page, ends here and not in the frame.
    """
    if isinstance(fault, CapillareError):
        show_error(fault)
        return True
    _LOG.error("unforeseen fault in a page", exc_info=fault)
    st.error(
        "Si è verificato un errore imprevisto. Ricarica la pagina; se si ripete, segnalalo con "
        "l'indirizzo che vedi nel browser."
    )
    return True
