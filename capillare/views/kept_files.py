"""Files whose names change with their content, answered from memory, compressed once.

Streamlit reads each of its page's hundred and thirty scripts from disk for every visitor, through
a thread, and sends it as it is: four megabytes. Kept here zipped they are one, and cost the server
next to nothing. Plain ASGI, no Streamlit.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import Response

from capillare.publish.site.compression import chosen_coding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

STATIC_PATH = "/static/"
_LEVEL = 6
_FOREVER = "public, max-age=31536000, immutable"
_MEDIA_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
}


def is_kept(name: str) -> bool:
    """Tell whether a file is of a kind that is kept: text, which shrinks."""
    return name.rpartition(".")[2] in _MEDIA_TYPES


def zipped(content: bytes) -> bytes:
    """Compress a file's content; no time in the header: the same content gives the same bytes."""
    return gzip.compress(content, compresslevel=_LEVEL, mtime=0)


def kept_answer(name: str, content: bytes, accept_encoding: str) -> Response:
    """Answer with a file for good: `content` is gzip, and is inflated for who cannot read it."""
    headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
    if chosen_coding(accept_encoding, {"gzip": content}):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type=_MEDIA_TYPES[name.rpartition(".")[2]], headers=headers)


class KeptFiles:
    """Answers for Streamlit's scripts and style sheets; hands everything else on.

    Attributes
    ----------
    app
        The application behind.
    folder
        Where the files lie; what is in it when the server starts is known by name, and nothing
        else is ever read.
    ready
        Names of scripts to read and compress now; the others wait until somebody asks.
    """

    def __init__(self, app: ASGIApp, *, folder: Path, ready: Iterable[str] = ()) -> None:
        self.app = app
        self.folder = folder
        self._files = {
            f"{STATIC_PATH}{kind}/{file.name}": file
            for kind in ("js", "css")
            for file in folder.glob(f"{kind}/*")
            if is_kept(file.name)
        }
        self._kept: dict[str, bytes] = {}
        for name in ready:
            self._find(f"{STATIC_PATH}js/{name}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or scope["method"] != "GET" or path not in self._files:
            await self.app(scope, receive, send)
            return
        accepted = Headers(scope=scope).get("accept-encoding", "")
        await kept_answer(path, self._find(path), accepted)(scope, receive, send)

    def _find(self, path: str) -> bytes:
        if path not in self._kept:
            self._kept[path] = zipped(self._files[path].read_bytes())
        return self._kept[path]
