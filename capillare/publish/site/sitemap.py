"""What crawlers are told: where every page is, once the site's own address is known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

MAX_ADDRESSES = 50_000
"""A sitemap holds no more (sitemaps.org)."""

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
_NO_PAGES = frozenset({"404.html"})


def crawler_files(paths: Iterable[str], root: str, as_of: date) -> dict[str, bytes]:
    """Return ``robots.txt`` and, where the root is known, ``sitemap.xml`` with every page.

    Parameters
    ----------
    paths
        Files of the site; pages are those that end in ``.html``.
    root
        Address of the site's root with a slash at its end; empty where not known.
    as_of
        When the pages were last made.
    """
    allowed = "User-agent: *\nAllow: /\nDisallow: /api/\n"
    if not root:
        return {"robots.txt": allowed.encode()}
    pages = sorted(path for path in paths if path.endswith(".html") and path not in _NO_PAGES)
    entries = [
        f"<url><loc>{escape(root + _address(page))}</loc><lastmod>{as_of}</lastmod></url>\n"
        for page in pages[:MAX_ADDRESSES]
    ]
    return {
        "robots.txt": f"{allowed}Sitemap: {root}sitemap.xml\n".encode(),
        "sitemap.xml": (_HEAD + "".join(entries) + "</urlset>\n").encode(),
    }


def _address(page: str) -> str:
    return page.removesuffix("index.html")
