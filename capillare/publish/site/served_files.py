"""A folder's files as a server sends them: read once, compressed once, asked for again by tag."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from dataclasses import dataclass
from email.utils import formatdate
from threading import Lock
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse

from capillare.publish.site.compression import ENDINGS, chosen_coding, compressed, is_compressible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.publish.site.compression import Coding

_MAX_HELD_BYTES = 128 * 1024 * 1024
_MAX_BEST_BYTES = 200_000
_EVERYBODYS = (".js", ".css", ".json", ".svg")


@dataclass(frozen=True)
class HeldFile:
    """A file's content as it is sent.

    Attributes
    ----------
    plain
        As it is.
    forms
        Compressed, by coding; without those that do not pay.
    tag
        Strong checksum of the content.
    modified
        When it last changed, as HTTP writes it.
    """

    plain: bytes
    forms: Mapping[Coding, bytes]
    tag: str
    modified: str

    @property
    def n_bytes(self) -> int:
        """Bytes of every form."""
        return len(self.plain) + sum(map(len, self.forms.values()))


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
        with self._lock:
            if key not in self._held and held.n_bytes <= self._max_bytes:
                self._held[key] = held
                self.n_bytes += held.n_bytes
                while self.n_bytes > self._max_bytes:
                    _, oldest = self._held.popitem(last=False)
                    self.n_bytes -= oldest.n_bytes
        return held


def _read(path: str, stat: os.stat_result) -> HeldFile:
    with open(path, "rb") as file:  # noqa: PTH123 (a text path, as the server has it)
        plain = file.read()
    forms: dict[Coding, bytes] = {}
    if is_compressible(path, plain):
        found = {coding: _form(path, stat, plain, coding) for coding in ENDINGS}
        forms = {coding: form for coding, form in found.items() if form}
    tag = hashlib.sha256(plain).hexdigest()[:24]
    return HeldFile(plain, forms, tag, formatdate(stat.st_mtime, usegmt=True))


def _form(path: str, stat: os.stat_result, plain: bytes, coding: Coding) -> bytes:
    """Return a file compressed: as it lies beside, unless that is older, else compressed now."""
    beside = path + ENDINGS[coding]
    try:
        if os.stat(beside).st_mtime_ns >= stat.st_mtime_ns:  # noqa: PTH116 (a text path)
            with open(beside, "rb") as file:  # noqa: PTH123 (the same)
                return file.read()
    except OSError:
        pass  # the usual case: nothing lies beside
    # What everybody asks for is worth the time; a page is asked for by few, and while one waits.
    is_worth = path.endswith(_EVERYBODYS) and len(plain) <= _MAX_BEST_BYTES
    return compressed(plain, coding, "best" if is_worth else "quick")


def file_answer(
    held: HeldFile, asked: Mapping[str, str], media_type: str, *, status_code: int = 200
) -> Response:
    """Answer with a file: compressed for whom understands it, not at all for whom has it."""
    coding = chosen_coding(asked.get("accept-encoding", ""), held.forms)
    body = held.forms[coding] if coding else held.plain
    headers = {
        # What is sent differs with compression, so its strong tag does too (RFC 9110, 8.8.3).
        "etag": f'"{held.tag}-{coding}"' if coding else f'"{held.tag}"',
        "last-modified": held.modified,
    }
    if held.forms:
        headers["vary"] = "Accept-Encoding"
    if coding:
        headers["content-encoding"] = coding
    answer = Response(body, status_code=status_code, media_type=media_type, headers=headers)
    if status_code == 200 and _has_it(asked, headers):  # noqa: PLR2004 (found)
        return NotModifiedResponse(answer.headers)
    return answer


def _has_it(asked: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    if "if-none-match" in asked:
        tags = [tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")]
        return headers["etag"] in tags or "*" in tags
    return asked.get("if-modified-since") == headers["last-modified"]
