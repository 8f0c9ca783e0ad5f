"""A folder's files as a server sends them: read once, compressed once, asked for again by tag."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from email.utils import formatdate
from threading import Lock
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_MAX_HELD_BYTES = 128 * 1024 * 1024
_LEAST_COMPRESSED_BYTES = 500
_LEVEL = 9
_TEXT_ENDINGS = (".html", ".js", ".css", ".json", ".geojson", ".jsonld", ".csv", ".ics", ".svg",
                 ".txt", ".xml", ".ttl", ".rdf")  # fmt: skip


@dataclass(frozen=True)
class HeldFile:
    """A file's content as it is sent.

    Attributes
    ----------
    plain, squeezed
        As it is, and by gzip; the latter is empty where it does not pay.
    tag
        Strong checksum of the content.
    modified
        When it last changed, as HTTP writes it.
    """

    plain: bytes
    squeezed: bytes
    tag: str
    modified: str


class HeldFiles:
    """Files that were asked for, held in memory until they change; the oldest make room.

    Attributes
    ----------
    n_bytes
        Bytes held, compressed forms included.
    """

    def __init__(self, max_bytes: int = _MAX_HELD_BYTES) -> None:
        """Hold files of at most so many bytes in all."""
        self._max_bytes = max_bytes
        self._held: OrderedDict[tuple[str, int, int], HeldFile] = OrderedDict()
        self.n_bytes = 0
        self._lock = Lock()

    def read(self, path: str, stat: os.stat_result) -> HeldFile:
        """Return a file's content, read and compressed at most once while it stays as it is."""
        key = (path, stat.st_mtime_ns, stat.st_size)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        held = _read(path, stat)
        size = len(held.plain) + len(held.squeezed)
        with self._lock:
            if key not in self._held and size <= self._max_bytes:
                self._held[key] = held
                self.n_bytes += size
                while self.n_bytes > self._max_bytes:
                    _, oldest = self._held.popitem(last=False)
                    self.n_bytes -= len(oldest.plain) + len(oldest.squeezed)
        return held


def _read(path: str, stat: os.stat_result) -> HeldFile:
    with open(path, "rb") as file:  # noqa: PTH123 (a text path, as the server has it)
        plain = file.read()
    squeezed = b""
    if path.endswith(_TEXT_ENDINGS) and len(plain) >= _LEAST_COMPRESSED_BYTES:
        squeezed = gzip.compress(plain, _LEVEL, mtime=0)
    tag = hashlib.sha256(plain).hexdigest()[:24]
    return HeldFile(
        plain,
        squeezed if len(squeezed) < len(plain) else b"",
        tag,
        formatdate(stat.st_mtime, usegmt=True),
    )


def file_answer(
    held: HeldFile, asked: Mapping[str, str], media_type: str, *, status_code: int = 200
) -> Response:
    """Answer with a file: compressed for whom understands it, not at all for whom has it."""
    is_squeezed = bool(held.squeezed) and _accepts_gzip(asked.get("accept-encoding", ""))
    body = held.squeezed if is_squeezed else held.plain
    headers = {
        # What is sent differs with compression, so its strong tag does too (RFC 9110, 8.8.3).
        "etag": f'"{held.tag}-gz"' if is_squeezed else f'"{held.tag}"',
        "last-modified": held.modified,
    }
    if held.squeezed:
        headers["vary"] = "Accept-Encoding"
    if is_squeezed:
        headers["content-encoding"] = "gzip"
    answer = Response(body, status_code=status_code, media_type=media_type, headers=headers)
    if status_code == 200 and _has_it(asked, headers):  # noqa: PLR2004 (found)
        return NotModifiedResponse(answer.headers)
    return answer


def _has_it(asked: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    if "if-none-match" in asked:
        tags = [tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")]
        return headers["etag"] in tags or "*" in tags
    return asked.get("if-modified-since") == headers["last-modified"]


def _accepts_gzip(text: str) -> bool:
    for part in text.split(","):
        name, _, quality = part.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return quality.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
