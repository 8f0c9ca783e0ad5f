"""What templates see: the words, the content and how to spell it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from capillare.geo.numerals import day, number
from capillare.planning.caveats import network_caveats
from capillare.publish.site.addresses import (
    desk_path,
    municipality_path,
    province_path,
    province_slug,
)
from capillare.publish.site.entries import n_serving
from capillare.publish.site.headers import page_policy
from capillare.publish.site.links import phone_links
from capillare.publish.site.openings import HORIZON_DAYS
from capillare.publish.site.visits import next_visits
from capillare.publish.site.words import (
    ESSENTIAL_LANGUAGES,
    partial_day,
    read_essential,
    read_words,
    spoken_clock,
    spoken_day,
)

if TYPE_CHECKING:
    from capillare.geo.numerals import Language
    from capillare.publish.site.content import Content
    from capillare.publish.site.entries import Entry
    from capillare.publish.site.visits import StopPlace

_SEATS = ("exact", "near", "municipality")
_ALL_ITALY = {"it": "Italia", "en": "Italy"}
_MAX_SERVICES = 40


def page_context(content: Content, assets: dict[str, str], lang: Language) -> dict[str, Any]:
    """Return what every template may name, in a language.

    Parameters
    ----------
    assets
        Address of each asset from the site's root.
    """
    words = read_words(lang)
    network = content.network
    helplines = phone_links(network.policy.helpline)
    kinds = {entry.kind for entry in content.entries}
    seats = {entry.seat for entry in content.entries}
    last = content.first_day + timedelta(days=HORIZON_DAYS - 1)
    south, west, north, east = _bounds(content)
    return {
        **_site_wide(content, lang),
        "assets": assets,
        "footers": {},
        "t": words,
        "guides": _guides(),
        "script_words": _script_words(words, "search", "finder", "status"),
        "status_words": _script_words(words, "status"),
        "first_day": content.first_day.isoformat(),
        "last_day": last.isoformat(),
        "horizon_days": HORIZON_DAYS,
        "figures": content.figures,
        "helpline": helplines[0] if helplines else None,
        "provinces": content.provinces,
        "is_one_page": content.is_one_page,
        "municipalities": content.municipalities,
        "of_municipality": content.of_municipality,
        "of_desk": content.of_desk,
        "codes": _Codes(content.codes),
        "stops": content.stops,
        "stops_code": lambda stops: _stops_code(stops, content.first_day),
        "seats": [seat for seat in _SEATS if seat in seats],
        "corners": (f"{north:.4f} {west:.4f}", f"{south:.4f} {east:.4f}"),
        "has_mobile": "mobile" in kinds,
        "has_seasonal": "seasonal" in kinds,
        "sources": network.sources,
        "caveats": network_caveats(network, networks="all"),
        **offered_choices(content.entries),
    }


def _site_wide(content: Content, lang: Language) -> dict[str, Any]:
    """Return what depends on the language and the territory alone, and the functions of pages."""
    rules = content.network.policy.publication
    return {
        "lang": lang,
        "page_lang": "",
        "direction": "ltr",
        "region": _region(content, lang),
        "site_title": site_title(content, lang),
        "content_policy": page_policy(rules.tile_origin),
        "tile_url": rules.tile_url,
        "tile_credits": rules.tile_credits,
        "tile_host": rules.tile_origin.partition("//")[2],
        "as_of": day(content.first_day, lang=lang),
        "italian": Markup("") if lang == "it" else Markup(' lang="it"'),
        "desk_path": desk_path,
        "municipality_path": municipality_path,
        "province_path": province_path,
        "province_slug": province_slug,
        "n_serving": n_serving,
        "next_visits": next_visits,
        "lines": lambda text: text.strip().splitlines(),
        "partial_day": partial_day,
        "spell_day": lambda when: day(when, lang=lang),
        "spell_weekday": lambda when: spoken_day(when, lang),
        "spell_clock": lambda clock: spoken_clock(clock, lang),
        "spell": lambda figure: number(figure, lang=lang),
    }


class _Codes(dict[str, str]):
    """Opening codes, empty where hours are not known."""

    def __missing__(self, desk_id: str) -> str:
        return ""


def offered_choices(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Return what the filters of a list offer: its most common services, languages, networks."""
    counts: dict[str, int] = {}
    for entry in entries:
        for service in entry.services:
            counts[service] = counts.get(service, 0) + 1
    common = sorted(counts, key=lambda service: (-counts[service], service))[:_MAX_SERVICES]
    return {
        "services": sorted(common, key=str.casefold),
        "spoken": sorted({code for entry in entries for code in entry.languages}),
        "has_sisters": any(entry.network != "pdf" for entry in entries),
    }


def _stops_code(stops: tuple[StopPlace, ...], first: date) -> str:
    """Write the stops of a desk for scripts: ``[name, lat, lon, opens, closes, days]`` each."""
    listed = [
        [
            stop.locality or stop.municipality,
            stop.lat,
            stop.lon,
            stop.opens,
            stop.closes,
            [(when - first).days for when in stop.dates],
        ]
        for stop in stops
    ]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":"))


def _script_words(words: dict[str, dict[str, str]], *sections: str) -> Markup:
    """Write sections of the words for scripts, escaped once for every page that carries them."""
    said = {section: words[section] for section in sections}
    return escape(json.dumps(said, ensure_ascii=False, separators=(",", ":")))


def _guides() -> list[dict[str, str]]:
    """List the languages that have the guide alone."""
    return [
        {**read_essential(lang)["language"], "lang": lang, "page": essential_path(lang)}
        for lang in ESSENTIAL_LANGUAGES
    ]


def _bounds(content: Content) -> tuple[float, float, float, float]:
    towns = content.network.territory.municipalities
    lat, lon = towns["lat"], towns["lon"]
    return float(lat.min()), float(lon.min()), float(lat.max()), float(lon.max())


def _region(content: Content, lang: Language) -> str:
    regions = content.network.territory.municipalities["region"].unique()
    return str(regions[0]) if len(regions) == 1 else _ALL_ITALY[lang]


def site_title(content: Content, lang: Language) -> str:
    """Return the site's name with its region."""
    return read_words(lang)["site"]["in_region"] % {"region": _region(content, lang)}


def essential_path(lang: str) -> str:
    """Return the page of a language that has the guide alone.

    >>> essential_path("ro")
    'lingue/ro.html'
    """
    return f"lingue/{lang}.html"
