"""One thing to look at on a page, chosen on the map or by name: the map is never the only way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.views.leaflet_map.component import chosen_id, show_map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.views.leaflet_map.drawing import MapData


def chosen(page: str) -> str | None:
    """Return the id of what the reader of a page has chosen, None for nothing."""
    choice: str | None = st.session_state.get(_key(page))
    return choice


def show_choice(
    names: Mapping[str, str],
    page: str,
    *,
    label: str,
    placeholder: str = "Scegli sulla mappa o scrivi il nome",
) -> None:
    """Let the reader choose by name, ids in the order of `names`."""
    if chosen(page) not in names:
        st.session_state[_key(page)] = None
    st.selectbox(
        label,
        options=list(names),
        format_func=lambda choice: names.get(choice, ""),
        key=_key(page),
        index=None,
        placeholder=placeholder,
    )


def show_choosing_map(content: MapData, page: str, choice_of: Mapping[str, str]) -> None:
    """Show a page's map; what is chosen on it fills the page's choice by name.

    Parameters
    ----------
    content
        What to draw.
    page
        Name of the page; choices of different pages do not meet.
    choice_of
        What an area or a symbol stands for, by its id on the map; nothing happens for the others.
    """
    key = f"{page}_map"

    def take() -> None:
        choice = choice_of.get(chosen_id(key) or "")
        if choice is not None:
            st.session_state[_key(page)] = choice

    show_map(content, key=key, on_selection=take)


def _key(page: str) -> str:
    return f"{page}_choice"
