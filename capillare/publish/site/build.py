"""The public site: a folder of files that any web server can host, or a browser open from disk."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from capillare.geo.numerals import day, number
from capillare.planning.caveats import network_caveats
from capillare.publish.folders import file_aside
from capillare.publish.site.assets import FOLDER, asset_addresses, read_assets
from capillare.publish.site.entries import by_province, find_entries
from capillare.publish.site.figures import count_entries
from capillare.publish.site.headers import PAGE_POLICY
from capillare.publish.site.links import phone_links
from capillare.publish.site.map_shapes import draw_ground
from capillare.publish.site.open_data import desks_csv, desks_geojson, ground_json
from capillare.publish.site.words import LANGUAGES, partial_day, read_words

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.numerals import Language
    from capillare.planning.network import Network
    from capillare.publish.site.entries import Entry

GROUND = "ground.json"
_TEMPLATES = {
    "home": "home.html.j2",
    "about": "about.{lang}.html.j2",
    "accessibility": "accessibility.{lang}.html.j2",
}
_SEATS = ("exact", "near", "municipality")
_ALL_ITALY = {"it": "Italia", "en": "Italy"}


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
    for path, content in site_files(network).items():
        with file_aside(folder / path) as aside:
            aside.write_bytes(content)


def site_files(network: Network) -> dict[str, bytes]:
    """Return the site's files by path; pages last, so that what they ask for is there already."""
    assets = read_assets()
    texts = {
        GROUND: ground_json(draw_ground(network.territory)),
        "desks.csv": desks_csv(network),
        "desks.geojson": desks_geojson(network),
        "robots.txt": "User-agent: *\nAllow: /\n",
        **_pages(network, asset_addresses(assets)),
    }
    return {
        **{f"{FOLDER}/{name}": content for name, content in assets.items()},
        **{path: text.encode() for path, text in texts.items()},
    }


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("capillare.publish.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _pages(network: Network, assets: dict[str, str]) -> dict[str, str]:
    templates = _templates()
    entries = find_entries(network.desks)
    pages = {}
    for lang in LANGUAGES:
        context = _context(network, entries, lang)
        for page, template in _TEMPLATES.items():
            path = read_words(lang)["pages"][page]
            pages[path] = templates.get_template(template.format(lang=lang)).render(
                context,
                page=page,
                assets=assets,
                root="../" * path.count("/"),
                languages=_languages(page),
            )
    pages["404.html"] = templates.get_template("404.html.j2").render(
        assets=assets,
        content_policy=PAGE_POLICY,
        site_title=_context(network, entries, "it")["site_title"],
        words={lang: read_words(lang) for lang in LANGUAGES},
    )
    return pages


def _context(network: Network, entries: tuple[Entry, ...], lang: Language) -> dict[str, Any]:
    words = read_words(lang)
    regions = network.territory.municipalities["region"].unique()
    region = regions[0] if len(regions) == 1 else _ALL_ITALY[lang]
    helplines = phone_links(network.policy.helpline)
    seats = {entry.seat for entry in entries}
    return {
        "lang": lang,
        "t": words,
        "region": region,
        "site_title": words["site"]["in_region"] % {"region": region},
        "content_policy": PAGE_POLICY,
        "as_of": day(network.scenario.as_of, lang=lang),
        "figures": count_entries(entries, network),
        "helpline": helplines[0] if helplines else None,
        "provinces": by_province(entries, network),
        "seats": [seat for seat in _SEATS if seat in seats],
        "has_sisters": any(entry.network != "pdf" for entry in entries),
        "sources": network.sources,
        "caveats": network_caveats(network),
        "italian": Markup("") if lang == "it" else Markup(' lang="it"'),
        "partial_day": partial_day,
        "spell_day": lambda when: day(when, lang=lang),
        "spell": lambda figure: number(figure, lang=lang),
    }


def _languages(page: str) -> list[dict[str, str]]:
    return [
        {"lang": lang, "name": words["site"]["language"], "page": words["pages"][page]}
        for lang in LANGUAGES
        for words in [read_words(lang)]
    ]
