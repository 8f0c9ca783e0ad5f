"""Stable names for addresses: the same desk keeps its anchor whatever else is published."""

from __future__ import annotations

import hashlib

from capillare.geo.places import normalised_name

MAX_CHARS = 60
_MARK_CHARS = 8


def slug(text: str) -> str:
    """Return a name of ASCII letters, digits and hyphens for `text`; distinct texts stay apart.

    Where the name does not say the whole text, a mark of the text follows, so that no two texts
    share a name and none depends on the others that are published with it.

    >>> slug("arcidosso-nido-di-fate")
    'arcidosso-nido-di-fate'
    >>> slug("Colle di Val d'Elsa")
    'colle-di-val-d-elsa-ab2c4620'
    """
    plain = normalised_name(text).replace(" ", "-")
    if plain and plain == text and len(plain) <= MAX_CHARS:
        return plain
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_CHARS]
    return f"{plain[:MAX_CHARS].rstrip('-')}-{mark}".lstrip("-")


def municipality_slug(municipality: str, istat_code: str) -> str:
    """Return a readable name that the ISTAT code keeps apart from namesakes.

    >>> municipality_slug("Casole d'Elsa", "052004")
    'casole-d-elsa-052004'
    """
    return f"{normalised_name(municipality).replace(' ', '-')[:MAX_CHARS]}-{istat_code}"
