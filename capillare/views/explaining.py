"""«Come si calcola» beside every figure and table: formula, source and error."""

from __future__ import annotations

import streamlit as st

from capillare.publish.explained import Explanation, explanations
from capillare.views.cached import facts_seen
from capillare.views.notes import as_text
from capillare.views.session import current

HOW = "Come si calcola"


def how(key: str) -> str:
    """Return, as Markdown, how a figure or table is computed.

    Raises
    ------
    KeyError
        If nobody has declared it in ``data/figures_it.toml``.
    """
    session = current()
    return written(explanations()[key].filled(facts_seen(session.scenario, session.inputs)))


def written(explanation: Explanation) -> str:
    """Write an explanation as Markdown; what is empty is left out."""
    parts = {
        HOW: explanation.formula,
        "Fonte": explanation.source,
        "Errore": explanation.error,
    }
    return "\n\n".join(f"**{name}.** {as_text(text)}" for name, text in parts.items() if text)


def help_on(key: str, words: str | None = None) -> str:
    """Return what stands behind a figure's question mark: its own words first."""
    return f"{words}\n\n{how(key)}" if words else how(key)


def show_how(key: str, *, widget: str) -> None:
    """Offer, under a table or a chart, how it is computed; `widget` is the key of the button."""
    with st.popover(HOW, type="tertiary", key=f"{widget}_how"):
        st.markdown(how(key))
