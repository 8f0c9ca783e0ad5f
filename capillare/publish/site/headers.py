"""What browsers are told about the site: run only its own scripts, ask nobody else."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from capillare.geo.errors import SourceError
from capillare.publish.site.words import LANGUAGES, read_words

if TYPE_CHECKING:
    from pathlib import Path

HEADERS_FILE = "headers.json"
"""The headers of a built site, for ours and for other web servers."""

_POLICY = "Content-Security-Policy"
_OTHERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_ORIGIN = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?")


def page_policy(tile_origin: str = "") -> str:
    """Return the Content-Security-Policy inside each page, for servers that send no headers.

    Parameters
    ----------
    tile_origin
        Scheme and host that the map's background comes from; empty for none.
    """
    images = f"img-src 'self' data: {tile_origin}".rstrip()
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; {images}; connect-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'none'"
    )


def headers_file(tile_origin: str = "") -> dict[str, object]:
    """Return the content of `HEADERS_FILE`: headers of every page, and of those made for frames."""
    return {
        "tiles": tile_origin,
        "pages": _headers(tile_origin, "'none'"),
        "framed": {
            read_words(lang)["pages"]["embed"]: _headers(tile_origin, "*") for lang in LANGUAGES
        },
    }


class SiteHeaders:
    """What is sent with each address of a built site."""

    def __init__(self, tile_origin: str = "") -> None:
        """Allow the map's background from one origin more, if it is one."""
        tiles = tile_origin if _ORIGIN.fullmatch(tile_origin) else ""
        self._framed = tuple(f"/{read_words(lang)['pages']['embed']}" for lang in LANGUAGES)
        self._of_framed = _headers(tiles, "*")
        self._of_pages = _headers(tiles, "'none'")

    def of(self, path: str) -> dict[str, str]:
        """Return the headers of an address: only a page made for it may stand in another's."""
        return self._of_framed if path.endswith(self._framed) else self._of_pages


def read_headers(folder: Path) -> SiteHeaders:
    """Read what a site was built to allow; without its file, nothing beyond itself.

    Raises
    ------
    SourceError
        If the file is not as the build writes it.
    """
    try:
        written = json.loads((folder / HEADERS_FILE).read_text(encoding="utf-8"))
        return SiteHeaders(str(written["tiles"]))
    except FileNotFoundError:
        return SiteHeaders()
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise SourceError(
            f"{folder / HEADERS_FILE}: not of this version. Build it: capillare site build."
        ) from fault


def _headers(tile_origin: str, frames: str) -> dict[str, str]:
    return {_POLICY: f"{page_policy(tile_origin)}; frame-ancestors {frames}", **_OTHERS}
