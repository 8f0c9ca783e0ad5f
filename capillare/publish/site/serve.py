"""The public site over HTTP: a folder of files, compressed, with headers that protect readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from capillare.geo.errors import SourceError
from capillare.publish.site.headers import SECURITY_HEADERS

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MEDIA_TYPES = {
    ".geojson": "application/geo+json",
    ".csv": "text/csv; charset=utf-8; header=present",
    ".js": "text/javascript; charset=utf-8",
}
_YEAR = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


class _SecurityHeaders:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class _SiteFiles(StaticFiles):
    """The folder's files: their kinds, how long they keep, and the page for a wrong address."""

    def __init__(self, folder: Path) -> None:
        self.missing_page = (folder / "404.html").read_text(encoding="utf-8")
        super().__init__(directory=folder, html=True)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, or with the page for a wrong address."""
        answer = await super().get_response(path, scope)
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
        answer = super().file_response(full_path, stat_result, scope, status_code)
        suffix = "." + str(full_path).rpartition(".")[2]
        if suffix in _MEDIA_TYPES and "content-type" in answer.headers:
            answer.headers["content-type"] = _MEDIA_TYPES[suffix]
        has_checksum = scope.get("query_string", b"").startswith(b"v=")
        answer.headers["cache-control"] = _YEAR if has_checksum else _ASK_AGAIN
        return answer


def site_app(folder: Path) -> Starlette:
    """Serve a folder written by `build_site`; may be mounted under a path.

    Raises
    ------
    SourceError
        If the folder holds no site.
    """
    if not (folder / "index.html").is_file() or not (folder / "404.html").is_file():
        raise SourceError(f"{folder}: no site in it. Write one: capillare site build.")
    return Starlette(
        routes=[
            Route("/healthz", _healthz),
            Mount("/", app=_SiteFiles(folder)),
        ],
        middleware=[
            Middleware(_SecurityHeaders),
            Middleware(GZipMiddleware, minimum_size=500, compresslevel=6),
        ],
    )


def serve_site(folder: Path, *, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the site until interrupted; by default to this computer alone.

    Raises
    ------
    SourceError
        If the folder holds no site.
    """
    import uvicorn  # noqa: PLC0415 (only a server pays for it)

    uvicorn.run(site_app(folder), host=host, port=port, log_level="warning", server_header=False)


async def _healthz(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})
