"""Links made from what people typed: only schemes that cannot run anything, else plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

MAX_URL_CHARS = 2000
_MAPS = "https://www.openstreetmap.org"
_MAX_QUERY_CHARS = 200
_WEB = ("http", "https")
_PHONE_DIGITS = range(3, 16)
_BETWEEN_PHONES = re.compile(r"\s*(?:[;,/]|\bo\b|\bor\b)\s*")
_PHONE = re.compile(r"\+?[\d .()-]+", re.ASCII)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_NOT_IN_URL = re.compile(r"[\s\x00-\x1f\x7f\"'<>\\^`{|}]")


@dataclass(frozen=True)
class Link:
    """A text and, where it is safe, its address.

    Attributes
    ----------
    text
        As shown.
    href
        Address of scheme http, https, tel or mailto; empty for plain text.
    """

    text: str
    href: str = ""


def web_link(text: str) -> Link:
    """Link a page by its host; anything that is not an http or https address stays text.

    >>> web_link("https://www.comune.example.it/prenota?x=1").text
    'comune.example.it'
    >>> web_link("javascript:alert(1)").href
    ''
    """
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return Link(text)
    is_safe = parts.scheme in _WEB and host and len(text) <= MAX_URL_CHARS and not parts.username
    if not is_safe or _NOT_IN_URL.search(text):
        return Link(text)
    return Link(str(host).removeprefix("www."), text)


def phone_links(text: str) -> tuple[Link, ...]:
    """Link each phone number of a text.

    >>> [link.href for link in phone_links("0571 268257 / +39 333 1234567")]
    ['tel:0571268257', 'tel:+393331234567']
    """
    return tuple(_phone_link(part) for part in _BETWEEN_PHONES.split(text.strip()) if part)


def _phone_link(text: str) -> Link:
    digits = re.sub(r"\D", "", text, flags=re.ASCII)
    if not _PHONE.fullmatch(text) or len(digits) not in _PHONE_DIGITS:
        return Link(text)
    return Link(text, f"tel:{'+' if text.startswith('+') else ''}{digits}")


def email_link(text: str) -> Link:
    """Link an e-mail address.

    >>> email_link("urp@comune.example.it").href
    'mailto:urp@comune.example.it'
    """
    return Link(text, f"mailto:{quote(text, safe='@')}" if _EMAIL.fullmatch(text) else "")


def directions_link(text: str, *, where: str = "", at: tuple[float, float] | None = None) -> Link:
    """Link the way to a place on OpenStreetMap, which is asked only by who follows the link.

    Parameters
    ----------
    where
        Address to look for, where the position is not exact.
    at
        Exact position, lat and lon in EPSG:4326; it wins.

    >>> directions_link("Come arrivare", at=(43.5, 11.25)).href
    'https://www.openstreetmap.org/directions?to=43.50000%2C11.25000'
    """
    if at is not None:
        return Link(text, f"{_MAPS}/directions?to={at[0]:.5f}%2C{at[1]:.5f}")
    query = quote(where[:_MAX_QUERY_CHARS], safe="")
    return Link(text, f"{_MAPS}/search?query={query}" if query else "")
