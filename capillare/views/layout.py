"""How a page's parts stand beside each other; on narrow screens ``frame.css`` stacks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from capillare.views.explaining import help_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.delta_generator import DeltaGenerator


@dataclass(frozen=True)
class Figure:
    """One card.

    Attributes
    ----------
    label, written
        What it is called, and the figure as people write it.
    words
        What it means in the plan at hand.
    explained
        Key of how it is computed, in ``data/figures_it.toml``.
    """

    label: str
    written: str
    words: str | None = None
    explained: str = ""


def show_figures(figures: Sequence[Figure], *, key: str) -> None:
    """Show figures as cards, four to a row and two on a narrow screen."""
    with st.container(key=f"{key}_figures"):
        for start in range(0, len(figures), 4):
            row = figures[start : start + 4]
            for column, figure in zip(st.columns(4), row, strict=False):
                column.metric(
                    figure.label,
                    figure.written,
                    help=help_on(figure.explained, figure.words),
                    border=True,
                    height="stretch",
                )


def map_beside_table(page: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return where a page's map and its table go."""
    with st.container(key=f"{page}_beside"):
        left, right = st.columns(2, gap="medium")
    return left, right
