"""The public site: a folder of files that any web server can host, or a browser open from disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.publish.folders import unwritable
from capillare.publish.site.assets import FOLDER, GROUND, PLACES, asset_addresses, read_assets
from capillare.publish.site.content import find_content
from capillare.publish.site.ground import site_ground
from capillare.publish.site.headers import HEADERS_FILE, headers_file
from capillare.publish.site.open_data import compact_json, open_data_files
from capillare.publish.site.pages import site_pages
from capillare.publish.site.places_index import places_index
from capillare.publish.site.sitemap import crawler_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from capillare.planning.network import Network


def build_site(network: Network, folder: Path) -> None:
    """Write the public site of a network: the same network always gives the same bytes.

    Parameters
    ----------
    network
        The network as it is; only its desks in service are published.
    folder
        Where to write; made if it does not exist. Files that are not the site's are left alone.

    Raises
    ------
    SourceError
        If an installed package lacks a file, or the folder cannot be written.
    """
    write_files(site_files(network), folder)


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files by path into a folder; who needs all or nothing gives one made aside.

    Raises
    ------
    SourceError
        If the folder cannot be written.
    """
    try:
        for parent in sorted({(folder / path).parent for path in files}):
            parent.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            (folder / path).write_bytes(content)
    except OSError as fault:
        raise unwritable(folder, fault) from fault


def site_files(network: Network) -> dict[str, bytes]:
    """Return the site's files by path; pages last, so that what they ask for is there already."""
    assets = read_assets()
    content = find_content(network)
    texts = {
        GROUND: compact_json(site_ground(network.territory)),
        PLACES: compact_json(places_index(content)),
        HEADERS_FILE: compact_json(headers_file(network.policy.publication.tile_origin)),
    }
    pages = {path: text.encode() for path, text in site_pages(content, asset_addresses(assets))}
    return {
        **{f"{FOLDER}/{name}": written for name, written in assets.items()},
        **{path: text.encode() for path, text in texts.items()},
        **open_data_files(network, content.structured),
        **crawler_files(pages, network.policy.publication.root, network.scenario.as_of),
        **pages,
    }
