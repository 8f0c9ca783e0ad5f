"""What a browser is told to fetch with the page, before the page finds out that it needs it.

Streamlit's page brings the script of each kind of control when the first of the kind is to be
shown, and the map brings its own after that: one after another, while the server is busy with the
answer itself. Named in the page's head they come together, while nobody waits. No Streamlit here:
its files are read, not imported.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from capillare.views.leaflet_map.files import Shelf

FIRST_KINDS = (
    "BidiComponent",
    "DataFrame",
    "DateInput",
    "DownloadButton",
    "Html",
    "Metric",
    "NumberInput",
    "PageLink",
    "Radio",
    "Selectbox",
)
"""Kinds of controls that nearly every page shows at once, as Streamlit names their scripts."""

_IMPORT = re.compile(r"(?:from|import)\"\./([\w.-]+\.js)\"")
_HEAD_END = b"</head>"


def streamlit_files() -> Path:
    """Return the folder of the files that Streamlit's page asks for."""
    spec = find_spec("streamlit")
    origin = spec.origin if spec is not None else None
    return Path(origin or ".").parent / "static" / "static"


@lru_cache(maxsize=4)
def first_scripts(folder: Path) -> tuple[str, ...]:
    """Return the scripts of `FIRST_KINDS` in a folder, with what these import, by name.

    A kind that Streamlit calls otherwise is passed over: its script comes when it is needed.
    """
    found: set[str] = set()
    waiting = [file for kind in FIRST_KINDS for file in folder.glob(f"js/{kind}.*.js")]
    while waiting:
        file = waiting.pop()
        if file.name not in found and file.is_file():
            found.add(file.name)
            text = file.read_text(encoding="utf-8")
            waiting += [file.with_name(name) for name in _IMPORT.findall(text)]
    return tuple(sorted(found))


@lru_cache(maxsize=4)
def first_styles(folder: Path) -> tuple[str, ...]:
    """Return the style sheets of `FIRST_KINDS` in a folder, by name."""
    return tuple(sorted(f.name for kind in FIRST_KINDS for f in folder.glob(f"css/{kind}.*.css")))


class Preloads:
    """Writes into a page's head what will be needed: Streamlit's scripts and the map's files.

    Attributes
    ----------
    files
        Streamlit's own.
    shelf
        Of the map.
    """

    def __init__(self, files: Path, shelf: Shelf) -> None:
        self.files = files
        self.shelf = shelf

    def __call__(self, page: bytes) -> bytes:
        """Return the page with its head filled; what it names already is not named again."""
        scripts = [f"./static/js/{name}" for name in first_scripts(self.files)]
        styles = [f"./static/css/{name}" for name in first_styles(self.files)]
        maps = self.shelf.urls()
        scripts += [url for url in maps if url.endswith(".js")]
        others = [*styles, *(url for url in maps if not url.endswith(".js"))]
        # A page without a map or a table would complain of what was preloaded in vain; of modules
        # and of what is fetched ahead it does not.
        links = [
            *_links(page, "modulepreload", scripts),
            *_links(page, "prefetch", others),
        ]
        return page.replace(_HEAD_END, "".join(links).encode() + _HEAD_END, 1)


def _links(page: bytes, kind: str, urls: Iterable[str]) -> list[str]:
    return [
        f'<link rel="{kind}" crossorigin href="{url}">' for url in urls if url.encode() not in page
    ]
