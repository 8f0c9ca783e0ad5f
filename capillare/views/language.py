"""Streamlit's own words in Italian: it has one language, and its controls speak it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable

_SCRIPT = Path(__file__).parent / "assets" / "language.js"


def speak_italian() -> None:
    """Have the browser write Streamlit's words in Italian, for as long as the page is open."""
    with st.container(key="language"):
        _component()(key="language_of_controls")


@lru_cache(maxsize=1)
def _component() -> Callable[..., Any]:
    renderer: Callable[..., Any] = st.components.v2.component(
        "capillare.language", js=_SCRIPT.read_text(encoding="utf-8")
    )
    return renderer
