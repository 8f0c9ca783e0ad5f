"""Mounts the map in a page and hands the reader's choice back.

Each answer of a page carries only colours, words and symbols: script, styles and outlines are files
that the browser asks for once (see ``files``).
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import streamlit as st

from capillare.views.leaflet_map.files import MapFile, map_file, shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from capillare.views.leaflet_map.drawing import MapData

_OWN = resources.files("capillare.views.leaflet_map") / "assets"
_LEAFLET = resources.files("js_lib_leaflet") / "static" / "js_lib_leaflet"


def show_map(content: MapData, *, key: str, on_selection: Callable[[], None]) -> None:
    """Show a map.

    Parameters
    ----------
    content
        What to draw.
    key
        Of the widget; `chosen_id` reads the choice under it.
    on_selection
        Called when the reader chooses an area or a symbol, never when the map is moved.
    """
    _component()(
        key=key, data={**content, "files": offer_files()}, on_selection_change=on_selection
    )


def offer_files() -> dict[str, str]:
    """Put script and styles where browsers find them; return their addresses."""
    return {"script": shelf().offer(_script_file()), "styles": shelf().offer(_styles_file())}


def chosen_id(key: str) -> str | None:
    """Return the id chosen on the map under `key`: an ISTAT code, a desk or a candidate."""
    chosen = st.session_state.get(key)
    return chosen.get("selection") if chosen else None


@lru_cache(maxsize=1)
def _component() -> Callable[..., Any]:
    loader = (_OWN / "loader.js").read_text(encoding="utf-8")
    renderer: Callable[..., Any] = st.components.v2.component("capillare.leaflet_map", js=loader)
    return renderer


@lru_cache(maxsize=1)
def _script_file() -> MapFile:
    return map_file("mappa", "js", map_script())


@lru_cache(maxsize=1)
def _styles_file() -> MapFile:
    return map_file("mappa", "css", map_styles())


def map_script() -> str:
    """Return our module with Leaflet before it, read from the installed package.

    Leaflet's own file sets a global or fills CommonJS's ``exports``; the wrapper gives it the
    latter, so that nothing leaks into the page.
    """
    leaflet = (_LEAFLET / "leaflet.js").read_text(encoding="utf-8")
    leaflet = leaflet.replace("//# sourceMappingURL=leaflet.js.map", "")
    own = (_OWN / "map.js").read_text(encoding="utf-8")
    wrapped = (
        "const L = (() => { const module = { exports: {} }; const exports = module.exports;\n"
        f"{leaflet}\nreturn module.exports; }})();\n"
    )
    return wrapped + own


def map_styles() -> str:
    """Return Leaflet's style sheet and ours, for the map's own shadow root."""
    leaflet = (_LEAFLET / "leaflet.css").read_text(encoding="utf-8")
    return leaflet + (_OWN / "map.css").read_text(encoding="utf-8")
