"""What stands around a page's figures: how they are made, and what is incomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.numerals import day
from capillare.publish.explained import minutes_error_it, partial_it

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.network import Network


def show_heading(title: str, network: Network, lead: str) -> None:
    """Open a page: its title, what it is for, and the line on what is incomplete."""
    st.title(title)
    counted = {"pdf": "soli Punti Digitale Facile", "all": "tutte le reti"}
    st.markdown(
        f"{lead} Situazione al {day(network.scenario.as_of)}, {counted[network.scenario.networks]}."
    )
    warning = partial_it(network)
    if warning:
        st.warning(warning, icon="⚠️")


def show_caveats(caveats: Sequence[str]) -> None:
    """List every caveat behind one fold."""
    if not caveats:
        return
    with st.expander(f"Avvertenze ({len(caveats)})"):
        st.markdown("\n".join(f"- {as_text(sentence)}" for sentence in caveats))


def show_method(*paragraphs: str) -> None:
    """Say how a page's figures are computed, behind one fold."""
    with st.expander("Metodo della pagina"):
        for paragraph in paragraphs:
            st.markdown(paragraph)


def minutes_method(network: Network) -> str:
    """Say in one paragraph what the minutes are and how wrong, by what they rest on."""
    how = {
        "estimated": "si stima il tempo in auto",
        "road": "si calcola il tempo in auto sulle strade caricate",
        "given": "si prende il tempo in auto dal file di minuti dato",
        "server": "si chiede il tempo in auto al server di percorsi configurato",
    }[network.travel.basis]
    return (
        f"**Minuti.** Per ogni località abitata {how} fino allo sportello in servizio più vicino, "
        "anche oltre il confine del comune. Il valore di un comune è la media delle sue località, "
        f"pesata con i maggiorenni. {minutes_error_it(network)}"
    )


def as_text(sentence: str) -> str:
    r"""Escape what Markdown would take for its own: sentences carry names that people typed.

    >>> as_text("Comune *di* [Vicchio](http://x) <b> $x$ :red[a]")
    'Comune \\*di\\* \\[Vicchio\\](http\\://x) \\<b\\> \\$x\\$ \\:red\\[a\\]'
    """
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>#|~$:" else sign for sign in sentence)
