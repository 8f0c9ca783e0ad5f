"""Addresses of the site's pages from its root: stable, one a desk and one a municipality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.places import normalised_name
from capillare.publish.site.slugs import municipality_slug, slug

if TYPE_CHECKING:
    from capillare.geo.numerals import Language

_FOLDERS: dict[Language, dict[str, str]] = {
    "it": {"desk": "sportelli", "municipality": "comuni", "province": "province"},
    "en": {"desk": "en/desks", "municipality": "en/municipalities", "province": "en/provinces"},
}


def desk_path(desk_id: str, lang: Language = "it") -> str:
    """Return the page of a desk: the same whatever else is published.

    >>> desk_path("arcidosso-nido-di-fate")
    'sportelli/arcidosso-nido-di-fate.html'
    """
    return f"{_FOLDERS[lang]['desk']}/{slug(desk_id)}.html"


def municipality_path(municipality: str, istat_code: str, lang: Language = "it") -> str:
    """Return the page of a municipality.

    >>> municipality_path("Casole d'Elsa", "052004", "en")
    'en/municipalities/casole-d-elsa-052004.html'
    """
    return f"{_FOLDERS[lang]['municipality']}/{municipality_slug(municipality, istat_code)}.html"


def province_slug(province: str) -> str:
    """Return a readable name of a province.

    >>> province_slug("Massa-Carrara")
    'massa-carrara'
    """
    return normalised_name(province).replace(" ", "-")


def province_path(province: str, lang: Language = "it") -> str:
    """Return the page of a province, which stands where one list would be too long.

    >>> province_path("Massa-Carrara")
    'province/massa-carrara.html'
    """
    return f"{_FOLDERS[lang]['province']}/{province_slug(province)}.html"
