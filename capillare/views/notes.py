"""What stands around a page's figures: how they are made, and what is incomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.numerals import day, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.network import Network


def partial_registry(network: Network) -> str:
    """Say in one line how much of the network is known; empty if all of it is."""
    sums = network.roll_up
    if not sums.is_lower_bound:
        return ""
    declared = sums.campaigns[0].n_points
    return (
        f"Registro parziale: {number(sums.n_points)} punti su {number(declared)} dichiarati. "
        "La copertura è un limite inferiore."
    )


def show_heading(title: str, network: Network, lead: str) -> None:
    """Open a page: its title, what it is for, and the line on what is incomplete."""
    st.title(title)
    counted = {"pdf": "soli Punti Digitale Facile", "all": "tutte le reti"}
    st.markdown(
        f"{lead} Situazione al {day(network.scenario.as_of)}, {counted[network.scenario.networks]}."
    )
    warning = partial_registry(network)
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
    with st.expander("Come è calcolato"):
        for paragraph in paragraphs:
            st.markdown(paragraph)


def minutes_method(network: Network) -> str:
    """Say in one paragraph what the minutes are and how wrong, by what they rest on."""
    error = network.travel_error
    how = {
        "estimated": "si stima il tempo in auto",
        "road": "si calcola il tempo in auto sulle strade caricate",
        "given": "si prende il tempo in auto dal file di minuti dato",
        "server": "si chiede il tempo in auto al server di percorsi configurato",
    }[network.travel.basis]
    measured = {
        "estimated": "Errore medio assoluto rispetto ai minuti ufficiali: "
        f"{number(error.mean_absolute_error_min, 1)} minuti.",
        "server": "Il loro errore non è misurato.",
    }.get(
        network.travel.basis,
        "Il loro errore non è misurato; dove mancano si usa la stima, il cui errore medio assoluto "
        f"è di {number(error.mean_absolute_error_min, 1)} minuti.",
    )
    return (
        f"**Minuti.** Per ogni località abitata {how} fino allo sportello in servizio più vicino, "
        "anche oltre il confine del comune. Il valore di un comune è la media delle sue località, "
        f"pesata con i maggiorenni. {measured}"
    )


def as_text(sentence: str) -> str:
    r"""Escape what Markdown would take for its own: sentences carry names that people typed.

    >>> as_text("Comune *di* [Vicchio](http://x) <b> $x$ :red[a]")
    'Comune \\*di\\* \\[Vicchio\\](http\\://x) \\<b\\> \\$x\\$ \\:red\\[a\\]'
    """
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>#|~$:" else sign for sign in sentence)
