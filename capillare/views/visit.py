"""The guided first visit: five steps through the pages, at the reader's own pace.

It is offered once, on the first page, to whoever comes without a link to something; it covers
nothing and asks for nothing. Where the reader is in it stands in the page's address (``visita``):
a reload or a bookmark goes on from there, and no cookie is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from capillare.views.page_links import page_called

IN_ADDRESS = "visita"
CLOSED = "no"
_STATE = "capillare_visit"
_LAST = "capillare_visit_last"


@dataclass(frozen=True)
class Step:
    """One step: the page it is on, and what to look at there."""

    page: str
    words: str


STEPS = (
    Step(
        "Panoramica",
        "Qui vedi quanti maggiorenni hanno uno sportello vicino. Scegli un comune sulla mappa, o "
        "scrivine il nome: la scheda accanto dice dove vanno i suoi abitanti. Il punto di domanda "
        "vicino a ogni cifra dice come si calcola.",
    ),
    Step(
        "Aree sotto-servite",
        "I comuni delle aree interne in ordine di carenza. La posizione minima e massima dicono "
        "quanto ci si può fidare dell'ordine; i motivi, perché un comune è lì.",
    ),
    Step(
        "Nuove sedi",
        "Muovi il cursore: il programma cerca le sedi che avvicinano più persone e dice se la "
        "scelta è dimostrata la migliore. Sotto la mappa, ogni sede è spiegata.",
    ),
    Step(
        "Scenari",
        "Ciò che hai scelto è uno scenario: dagli un nome e salvalo, confrontalo con un altro, o "
        "copia l'indirizzo del browser per mostrarlo a qualcuno.",
    ),
    Step(
        "Nuove sedi",
        "**Esporta.** In fondo a ogni pagina scarichi le righe che vedi, il piano intero in XLSX e "
        "i rapporti da stampare. Ogni file dice lo scenario e la data dei dati.",
    ),
)


def open_visit() -> None:
    """Find in the page's address, once a session, where the reader is in the visit."""
    if _STATE in st.session_state:
        return
    asked = st.query_params.get(IN_ADDRESS, "")
    is_step = asked.isdecimal() and 1 <= int(asked) <= len(STEPS)
    # Who follows a link wants what it shows.
    first = CLOSED if len(st.query_params) else ""
    st.session_state[_STATE] = asked if is_step else first


def visit_in_address() -> dict[str, str]:
    """Return what the address must say for the visit to go on; nothing before its first click."""
    state = st.session_state.get(_STATE, "")
    return {IN_ADDRESS: state} if state else {}


def show_visit(page: str) -> None:
    """Offer the visit, or show its step, above a page."""
    state = st.session_state.get(_STATE, CLOSED)
    if state == "" and page == STEPS[0].page:
        _show_offer()
    elif state.isdecimal():
        _show_step(int(state), page)


def show_resuming() -> None:
    """Let the reader open the visit again, where it was left."""
    if st.session_state.get(_STATE) == CLOSED and st.button(
        "Visita guidata", key="visit_resume", type="tertiary", icon=":material/tour:"
    ):
        _go(int(st.session_state.get(_LAST, 1)))


def _show_offer() -> None:
    with st.container(border=True, key="visit"):
        st.markdown(
            f"**Prima volta qui?** Una visita in {len(STEPS)} passi porta dalla mappa a uno "
            "scenario da condividere. La puoi chiudere e riprendere quando vuoi."
        )
        with st.container(horizontal=True):
            if st.button("Comincia la visita", key="visit_begin", type="primary"):
                _go(1)
            if st.button("Non ora", key="visit_later"):
                _close(1)


def _show_step(number: int, page: str) -> None:
    step = STEPS[number - 1]
    with st.container(border=True, key="visit"):
        st.markdown(
            f"**Visita guidata, passo {number} di {len(STEPS)}: {step.page}**  \n{step.words}"
        )
        with st.container(horizontal=True):
            if page != step.page and st.button(f"Vai a {step.page}", key="visit_there"):
                _go(number)
            if number > 1 and st.button("Indietro", key="visit_back"):
                _go(number - 1)
            if number < len(STEPS) and st.button("Avanti", key="visit_next", type="primary"):
                _go(number + 1)
            label = "Chiudi la visita" if number < len(STEPS) else "Fine della visita"
            if st.button(label, key="visit_close"):
                _close(number if number < len(STEPS) else 1)


def _go(number: int) -> None:
    st.session_state[_STATE] = str(number)
    st.session_state[_LAST] = number
    page = page_called(STEPS[number - 1].page)
    if page is None:
        st.rerun()
    st.switch_page(page)


def _close(number: int) -> None:
    st.session_state[_STATE] = CLOSED
    st.session_state[_LAST] = number
    st.rerun()
