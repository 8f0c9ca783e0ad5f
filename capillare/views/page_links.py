"""Links from one page to another: they keep the reader's scenario, as the menu does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.navigation.page import StreamlitPage

_STATE = "capillare_pages"


def remember_pages(pages: Sequence[StreamlitPage]) -> None:
    """Keep the pages that this reader may open; the frame calls it."""
    st.session_state[_STATE] = {page.title: page for page in pages}


def page_called(title: str) -> StreamlitPage | None:
    """Return a page by its title; None where this reader has none of that name."""
    pages: dict[str, StreamlitPage] = st.session_state.get(_STATE, {})
    return pages.get(title)


def show_link(title: str, label: str) -> None:
    """Show a link to a page; where the reader may not open it, its label alone."""
    page = page_called(title)
    if page is None:
        st.markdown(label)
    else:
        st.page_link(page, label=label, icon=":material/arrow_forward:")
