"""Scripts and styles of the site: ours, and Leaflet's from its installed package."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
from importlib.resources import files
from pathlib import Path

from capillare.geo.errors import SourceError

FOLDER = "assets"
GROUND = "ground.json"
PLACES = "places.json"
_OWN = ("map.js", "icon.svg")
_STATUS = ("words.js", "hours.js")
_JOINED = {
    "site.css": ("site.css", "content.css"),
    "status.js": _STATUS,
    "finder.js": (
        *_STATUS,
        "names.js",
        "suggest.js",
        "find.js",
        "provinces.js",
        "question.js",
        "listing.js",
        "sentences.js",
        "own_names.js",
        "map_loader.js",
        "site.js",
    ),
}
"""Styles and scripts made of several files, in their order: each is asked for once."""

_LEAFLET_PACKAGE = "js_lib_leaflet"
_LEAFLET = ("leaflet.js", "leaflet.css")
_MARK_CHARS = 10


def read_assets() -> dict[str, bytes]:
    """Read every asset by the name it is published under.

    Raises
    ------
    SourceError
        If the package that carries Leaflet is not installed, or does not hold it.
    """
    own = files("capillare.publish.site") / "assets"
    assets = {name: (own / name).read_bytes() for name in _OWN}
    for name, parts in _JOINED.items():
        assets[name] = b"".join((own / part).read_bytes() for part in parts)
    folder = leaflet_folder()
    for name in _LEAFLET:
        assets[name] = (folder / name).read_bytes()
    assets["leaflet-LICENSE.txt"] = _leaflet_licence()
    return assets


def leaflet_folder() -> Path:
    """Find Leaflet's files without importing its package, which would ask for Django.

    Raises
    ------
    SourceError
        If the package is not installed, or does not hold them.
    """
    spec = importlib.util.find_spec(_LEAFLET_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    folder = Path(*places[:1]) / "static" / _LEAFLET_PACKAGE
    if not places or not all((folder / name).is_file() for name in _LEAFLET):
        raise SourceError(
            f"package {_LEAFLET_PACKAGE}: Leaflet is not in it. "
            "Reinstall capillare, or django-js-lib-leaflet."
        )
    return folder


def asset_addresses(assets: dict[str, bytes]) -> dict[str, str]:
    """Return each asset's address from the site's root, which changes when its bytes do."""
    return {
        name: f"{FOLDER}/{name}?v={hashlib.sha256(content).hexdigest()[:_MARK_CHARS]}"
        for name, content in assets.items()
    }


def _leaflet_licence() -> bytes:
    # Leaflet's BSD licence asks to travel with it.
    wheel = importlib.metadata.distribution("django-js-lib-leaflet")
    licence = next((f for f in wheel.files or () if f.name == "LICENSE"), None)
    if licence is None:
        raise SourceError("package django-js-lib-leaflet: no licence in it. Reinstall it.")
    return Path(str(licence.locate())).read_bytes()
