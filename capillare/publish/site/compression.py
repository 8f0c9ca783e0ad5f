"""The site's texts in fewer bytes: Brotli (RFC 7932) and gzip (RFC 1952), and which one to send."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

import brotli

if TYPE_CHECKING:
    from collections.abc import Mapping

    Coding = Literal["br", "gzip"]
    Effort = Literal["quick", "best"]

ENDINGS: dict[Coding, str] = {"br": ".br", "gzip": ".gz"}
"""Codings in order of preference, with the ending of a file beside the plain one."""

LEAST_BYTES = 500
TEXT_ENDINGS = (".html", ".js", ".css", ".json", ".geojson", ".jsonld", ".csv", ".ics", ".svg",
                ".txt", ".xml", ".ttl", ".rdf")  # fmt: skip
_BROTLI_QUALITY = {"quick": 5, "best": 11}
_GZIP_LEVEL = {"quick": 6, "best": 9}
_THREADS = 2


def is_compressible(path: str, content: bytes) -> bool:
    """Whether a file is a text long enough to pay."""
    return path.endswith(TEXT_ENDINGS) and len(content) >= LEAST_BYTES


def compressed(content: bytes, coding: Coding, effort: Effort = "best") -> bytes:
    """Return content compressed; empty where that is no shorter."""
    if coding == "br":
        packed: bytes = brotli.compress(content, quality=_BROTLI_QUALITY[effort])
    else:
        packed = gzip.compress(content, _GZIP_LEVEL[effort], mtime=0)
    return packed if len(packed) < len(content) else b""


def compressed_beside(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the compressed forms of files by path, for web servers that send what lies beside.

    The same files always give the same bytes.
    """
    asked = [
        (path, content, coding)
        for path, content in files.items()
        if is_compressible(path, content)
        for coding in ENDINGS
    ]
    # Both libraries let other threads work while they compress.
    with ThreadPoolExecutor(_THREADS) as threads:
        packed = threads.map(lambda one: compressed(one[1], one[2]), asked)
        return {
            path + ENDINGS[coding]: shorter
            for (path, _, coding), shorter in zip(asked, packed, strict=True)
            if shorter
        }


def chosen_coding(accepted: str, forms: Mapping[Coding, bytes]) -> Coding | None:
    """Choose the coding to send from a request's Accept-Encoding (RFC 9110, 12.5.3).

    The one with the highest weight, Brotli before gzip; None for the content as it is.

    >>> chosen_coding("gzip, br;q=0.5", {"br": b"1", "gzip": b"22"})
    'gzip'
    >>> chosen_coding("gzip, deflate, br", {"br": b"1", "gzip": b"22"})
    'br'
    """
    weights = dict(map(_weighed, accepted.lower().split(",")))
    best: Coding | None = None
    best_weight = 0.0
    for coding in ENDINGS:
        weight = weights.get(coding, weights.get("*", 0.0))
        if forms.get(coding) and weight > best_weight:
            best, best_weight = coding, weight
    return best


def _weighed(part: str) -> tuple[str, float]:
    name, _, weight = part.partition(";")
    try:
        return name.strip(), float(weight.replace(" ", "").removeprefix("q=") or 1)
    except ValueError:
        return name.strip(), 0.0
