"""The public site over HTTP: its files and its interface, with headers that protect readers."""

from __future__ import annotations

import logging
import mimetypes
import time
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from capillare.geo.errors import SourceError
from capillare.publish.api.problems import problem
from capillare.publish.api.routes import Interface
from capillare.publish.site.assets import FOLDER, GROUND, PLACES
from capillare.publish.site.compression import LEAST_BYTES, chosen_coding, compressed
from capillare.publish.site.headers import read_headers
from capillare.publish.site.served_files import HeldFiles, file_answer
from capillare.publish.site.words import LANGUAGES, read_words

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from datetime import date

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from capillare.publish.site.headers import SiteHeaders

LOG = logging.getLogger("capillare.site")

_MEDIA_TYPES = {
    ".geojson": "application/geo+json",
    ".jsonld": "application/ld+json",
    ".csv": "text/csv; charset=utf-8; header=present",
    ".ics": "text/calendar; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttl": "text/turtle; charset=utf-8",
    ".rdf": "application/rdf+xml",
}
_YEAR = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_MAX_PATH_CHARS = 1000
_LONG_BYTES = 64_000
"""Answers that are longer are compressed beside the others, not between them."""


class _SecurityHeaders:
    """Adds the security headers to every answer; a fault of ours says nothing of itself."""

    def __init__(self, app: ASGIApp, headers: SiteHeaders) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers.of(scope["path"]))
            await send(message)

        await self.app(scope, receive, send_with_headers)


class _AccessLog:
    """Logs method, path, status and milliseconds: no query, no address, nothing of the reader."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log what it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self.app(scope, receive, send_noting)
        path = scope["path"].encode("ascii", "backslashreplace").decode()[:_MAX_PATH_CHARS]
        shown = "".join(letter if letter.isprintable() else "?" for letter in path)
        took_ms = 1000 * (time.perf_counter() - start)
        LOG.info("%s %s %d %.0f ms", scope["method"], shown, status, took_ms)


class _Compressed:
    """Sends each answer in the coding that its reader prefers; short ones as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back in fewer bytes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        accepted = Headers(scope=scope).get("accept-encoding", "")
        begun: list[Message] = []

        async def send_compressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
                return
            if begun:
                start = begun.pop()
                message = await _in_fewer_bytes(start, message, accepted)
                await send(start)
            await send(message)

        await self.app(scope, receive, send_compressed)


async def _in_fewer_bytes(start: Message, message: Message, accepted: str) -> Message:
    """Return the body compressed, and say so in the headers of its start."""
    content: bytes = message.get("body", b"")
    headers = MutableHeaders(scope=start)
    is_part = message.get("more_body", False) or "content-encoding" in headers
    if is_part or len(content) < LEAST_BYTES:
        return message
    headers.add_vary_header("Accept-Encoding")
    coding = chosen_coding(accepted, {"br": content, "gzip": content})
    if coding is None:
        return message
    if len(content) < _LONG_BYTES:
        packed = compressed(content, coding, "quick")
    else:
        packed = await anyio.to_thread.run_sync(compressed, content, coding, "quick")
    if not packed:
        return message
    headers["Content-Encoding"], headers["Content-Length"] = coding, str(len(packed))
    return {**message, "body": packed}


class _SiteFiles(StaticFiles):
    """The folder's files: their kinds, how long they keep, and the page for a wrong address."""

    def __init__(self, folder: Path) -> None:
        self.missing_page = (folder / "404.html").read_text(encoding="utf-8")
        self.held = HeldFiles()
        super().__init__(directory=folder, html=True)

    def warm_up(self) -> None:
        """Read and compress now what every reader asks for first."""
        folder = Path(str(self.directory))
        homes = [folder / read_words(lang)["pages"]["home"] for lang in LANGUAGES]
        first = [*homes, folder / GROUND, folder / PLACES, *sorted((folder / FOLDER).glob("*"))]
        for path in filter(Path.is_file, first):
            self.held.read(str(path), path.stat())

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, or with the page for a wrong address."""
        try:
            answer = await super().get_response(path, scope)
        except (OSError, ValueError):  # a name that no file can have, such as one with a null
            answer = PlainTextResponse("", status_code=404)
        if answer.status_code != 404:  # noqa: PLR2004 (not found)
            return answer
        # The page's links are relative to the site's root, which a deep wrong address is not in.
        home = scope.get("root_path", "")
        page = self.missing_page.replace('="./', f'="{home}/')
        return HTMLResponse(page, status_code=404)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with a file; one whose address carries its checksum may be kept for a year."""
        path = str(full_path)
        suffix = "." + path.rpartition(".")[2]
        kind = _MEDIA_TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "text/plain"
        held = self.held.read(path, stat_result)
        answer = file_answer(held, Headers(scope=scope), kind, status_code=status_code)
        has_checksum = scope.get("query_string", b"").startswith(b"v=")
        answer.headers["cache-control"] = _YEAR if has_checksum else _ASK_AGAIN
        return answer


def site_app(
    folder: Path,
    *,
    cors: str = "",
    has_log: bool = False,
    is_warm: bool = False,
    today: Callable[[], date] | None = None,
) -> Starlette:
    """Serve a folder written by `build_site`, and its interface; may be mounted under a path.

    Parameters
    ----------
    cors
        Origin whose pages may ask the interface; ``*`` for any, empty for none but ours.
    has_log
        Whether each request is logged, without its parameters.
    is_warm
        Whether interface and first pages are made ready now, rather than at the first question.
    today
        Tells the interface the day on which desks are in service; None for the day in Rome.

    Raises
    ------
    SourceError
        If the folder holds no site.
    """
    if not (folder / "index.html").is_file() or not (folder / "404.html").is_file():
        raise SourceError(f"{folder}: no site in it. Write one: capillare site build.")
    interface = Interface(folder, cors=cors, today=today)
    site_files = _SiteFiles(folder)
    if is_warm:
        interface.index()
        site_files.warm_up()
    middleware = [Middleware(_AccessLog)] if has_log else []
    return Starlette(
        routes=[
            Route("/healthz", _healthz),
            Mount("/api", app=_interface_app(interface)),
            Mount("/", app=site_files),
        ],
        middleware=[*middleware, Middleware(_SecurityHeaders, headers=read_headers(folder))],
        # A line feed in an address matches no route at all.
        exception_handlers={404: _no_address},
    )


def _interface_app(interface: Interface) -> Starlette:
    return Starlette(
        routes=interface.routes(),
        middleware=[Middleware(_Compressed)],
        exception_handlers={404: _no_address, 405: _wrong_method},
    )


def serve_site(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    cors: str = "",
    has_log: bool = False,
) -> None:
    """Serve the site until interrupted; by default to this computer alone.

    Raises
    ------
    SourceError
        If the folder holds no site.
    """
    import uvicorn  # noqa: PLC0415 (only a server pays for it)

    if has_log:
        LOG.addHandler(logging.StreamHandler())
        LOG.setLevel(logging.INFO)
    app = site_app(folder, cors=cors, has_log=has_log, is_warm=True)
    # uvicorn's own log would write whole addresses, and so where readers are.
    uvicorn.run(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False
    )


async def _healthz(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


async def _no_address(_request: Request, _fault: Exception) -> Response:
    return problem(404, "No such address. See /api/openapi.json.")


async def _wrong_method(_request: Request, _fault: Exception) -> Response:
    answer = problem(405, "Only GET and HEAD are answered.")
    answer.headers["allow"] = "GET, HEAD"
    return answer
