"""Registro: browse it, change a desk, bring lists and counts in, take a change back."""

from __future__ import annotations

import streamlit as st

from capillare.geo.numerals import counted
from capillare.publish.explained import partial_it
from capillare.views.access.gate import is_signed_in
from capillare.views.cached import network_of
from capillare.views.notes import as_text
from capillare.views.registry.approving import show_approving
from capillare.views.registry.browse import show_browsing
from capillare.views.registry.checking import show_checking
from capillare.views.registry.counts import show_counts
from capillare.views.registry.history import show_history
from capillare.views.registry.list_import import show_import
from capillare.views.registry.store import (
    PAGE,
    WHO,
    kept_folder,
    show_told,
    why_not_kept,
    working_folder,
)
from capillare.views.session import current

TABS = (
    "Sfoglia e modifica",
    "Controlla un file",
    "Importa un elenco",
    "Carica i conteggi",
    "Approva proposte",
    "Storia",
)
MOST_NAME_CHARACTERS = 80


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    st.title("Registro")
    st.markdown(
        f"{counted(len(network.registry.points), 'punto', 'punti')} e "
        f"{counted(len(network.desks), 'sportello', 'sportelli')} di ogni rete: correggi, "
        "confronta con un elenco, aggiorna i conteggi."
    )
    partial = partial_it(network)
    if partial:
        st.warning(partial, icon="⚠️")
    show_told()
    folder = kept_folder()
    if why_not_kept():
        st.info(as_text(f"Si può sfogliare e confrontare, non cambiare. {why_not_kept()}"))
    elif folder is None:
        st.info(
            "Questo registro si può sfogliare e confrontare, non cambiare. Per lavorare su una "
            "copia tua: `capillare registry start CARTELLA`, poi `capillare up --registry "
            "CARTELLA`."
        )
    elif working_folder() is None:
        st.info("Il tuo ruolo legge il registro e non lo cambia.")
    elif not is_signed_in():
        st.text_input(
            "Chi sei",
            key=WHO,
            max_chars=MOST_NAME_CHARACTERS,
            placeholder="Nome e cognome, o ufficio",
            help="Finisce nella storia accanto a ogni modifica.",
        )
    browse, check, listed, counts, proposals, history = st.tabs(TABS, key=f"{PAGE}_tabs")
    with browse:
        show_browsing(network)
    with check:
        show_checking()
    with listed:
        show_import(network)
    with counts:
        show_counts()
    with proposals:
        show_approving(network)
    with history:
        if folder is None:
            st.info("La storia comincia con un registro che si può cambiare.")
        else:
            show_history(folder)
    _show_method()


def _show_method() -> None:
    with st.expander("Come funziona"):
        st.markdown(
            "**Uno alla volta.** Chi scrive tiene il registro per sé il tempo di una modifica. Se "
            "qualcuno ha cambiato la stessa riga mentre la guardavi, la tua modifica è rifiutata "
            "e nulla si perde: rileggi e ripeti.\n\n"
            "**Storia.** Ogni modifica resta con chi, quando, prima e dopo. Annullarne una ne "
            "scrive un'altra, che dice quale.\n\n"
            "**File.** Il registro è una cartella di file CSV. I nuovi sono scritti a parte, letti "
            "come ogni registro, e solo se nessuna riga nuova è rifiutata prendono il loro nome."
            "\n\n"
            "**Persone.** Qui stanno solo totali: un file con codici fiscali o nomi di cittadini "
            "è rifiutato per intero."
        )
