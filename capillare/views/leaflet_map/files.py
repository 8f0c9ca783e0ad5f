"""What a map's browser asks for once and keeps: script, styles, and a territory's outlines.

Sent with each answer of a page they would be nine tenths of it. Each file has its content's
checksum in its name, so that a browser never asks twice and never shows an old one. They hold
published boundaries and code, nothing that a door would keep back. Plain ASGI, no Streamlit.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from capillare.views.kept_files import kept_answer, zipped

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

MAP_PATH = "/mappa"
MOST_FILES = 16
_DIGITS = 16


@dataclass(frozen=True)
class MapFile:
    """One file.

    Attributes
    ----------
    name
        With its content's checksum and its ending.
    zipped
        Content, gzip.
    """

    name: str
    zipped: bytes

    @property
    def url(self) -> str:
        """Where a browser of the same origin finds it."""
        return f"{MAP_PATH}/{self.name}"


def map_file(stem: str, ending: str, text: str) -> MapFile:
    """Make a file of a text; `ending` is js, css or json."""
    plain = text.encode()
    checksum = hashlib.sha256(plain).hexdigest()[:_DIGITS]
    return MapFile(f"{stem}.{checksum}.{ending}", zipped(plain))


class Shelf:
    """Files that browsers may ask for; the least recently shown make room."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, MapFile] = OrderedDict()
        self._lock = Lock()

    def offer(self, file: MapFile) -> str:
        """Put a file where browsers find it; return its address."""
        with self._lock:
            self._files[file.name] = file
            self._files.move_to_end(file.name)
            while len(self._files) > MOST_FILES:
                self._files.popitem(last=False)
        return file.url

    def urls(self) -> list[str]:
        """Return the addresses of the files, the most recently shown last."""
        with self._lock:
            return [file.url for file in self._files.values()]

    def find(self, name: str) -> MapFile | None:
        """Return the file of that name."""
        with self._lock:
            return self._files.get(name)


@lru_cache(maxsize=1)
def shelf() -> Shelf:
    """Return the process's shelf: pages fill it, the server sends from it."""
    return Shelf()


def map_app(files: Shelf) -> Starlette:
    """Return the application that serves a shelf's files, to be mounted at `MAP_PATH`."""

    async def answer(request: Request) -> Response:
        file = files.find(request.path_params["name"])
        if file is None:
            return PlainTextResponse("Not found", status_code=404)
        return kept_answer(file.name, file.zipped, request.headers.get("accept-encoding", ""))

    return Starlette(routes=[Route("/{name}", answer, methods=["GET"])])
