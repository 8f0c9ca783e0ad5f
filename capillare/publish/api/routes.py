"""The addresses of the interface: desks, one desk, and the document that describes them."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, to_thread
from starlette.responses import Response
from starlette.routing import Route

from capillare.geo.hours import ROME
from capillare.publish.api.answers import GEOJSON_TYPE, JSON_TYPE, answer, find_matches, one_desk
from capillare.publish.api.index import DeskIndex, read_index
from capillare.publish.api.openapi import openapi
from capillare.publish.api.problems import BadRequest, problem
from capillare.publish.api.query import read_query

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date
    from pathlib import Path

    from starlette.requests import Request

    from capillare.publish.api.query import Query

    Handler = Callable[[Request], Awaitable[Response]]

_MINUTE = "public, max-age=60"
_PRIVATE = "no-store"
_THREADS = 1
MAX_QUERY_BYTES = 2000


class Interface:
    """Answers questions about the desks of one built site, which is read at the first of them."""

    def __init__(
        self, folder: Path, *, cors: str = "", today: Callable[[], date] | None = None
    ) -> None:
        """Answer about a folder; `cors` is the origin whose pages may ask, ``*`` for any.

        `today` tells the day on which desks are in service; without it, the day in Rome.
        """
        self._folder = folder
        self._today = today or _day_in_rome
        self._cors = cors
        self._lock = Lock()
        self._limiter = CapacityLimiter(_THREADS)
        self._index: DeskIndex | None = None

    def index(self) -> DeskIndex:
        """Read the desks, once."""
        with self._lock:
            if self._index is None:
                index = read_index(self._folder)
                index.warm_up()
                self._index = index
            return self._index

    def routes(self) -> list[Route]:
        """Return the routes, to be put before the site's files."""
        return [
            Route(path, self._guarded(handler), methods=["GET", "HEAD"])
            for path, handler in (
                ("/openapi.json", self._openapi),
                ("/desks", self._desks),
                ("/desks/{desk_id}", self._desk),
                ("/{path:path}", self._nothing),
            )
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                response = await handler(request)
            except BadRequest as fault:
                detail = "The parameters cannot be used. See /api/openapi.json."
                response = problem(400, detail, fault.faults)
            if self._cors:
                response.headers["access-control-allow-origin"] = self._cors
                if self._cors != "*":
                    response.headers.add_vary_header("origin")
            return response

        return guarded

    async def _desks(self, request: Request) -> Response:
        if len(request.scope.get("query_string", b"")) > MAX_QUERY_BYTES:
            return problem(414, f"The parameters are over {MAX_QUERY_BYTES} bytes.")
        asked = request.query_params.multi_items()
        query = read_query(asked)
        index = await self._ready()
        answered = partial(self._answer, request, index, query, asked)
        if query.within_min is None:
            return answered()
        # Minutes take longer than the others may wait; each thread that finds them costs memory.
        return await to_thread.run_sync(answered, limiter=self._limiter)

    async def _ready(self) -> DeskIndex:
        if self._index is not None:
            return self._index
        return await to_thread.run_sync(self.index)

    def _answer(
        self, request: Request, index: DeskIndex, query: Query, asked: list[tuple[str, str]]
    ) -> Response:
        today = max(index.as_of, self._today())
        matches = find_matches(index, query, today)
        content = answer(index, query, matches, asked, today=today)
        media_type = GEOJSON_TYPE if query.format == "geojson" else JSON_TYPE
        # Nobody between the reader and us shall keep where the reader is.
        kept = _PRIVATE if query.near is not None else _MINUTE
        return _written(request, content, media_type, kept)

    async def _desk(self, request: Request) -> Response:
        index = await self._ready()
        row = index.row.get(request.path_params["desk_id"])
        if row is None:
            return problem(404, "No desk in service has this id.")
        desk = one_desk(index, row, today=max(index.as_of, self._today()))
        return _written(request, desk, JSON_TYPE, _MINUTE)

    async def _openapi(self, request: Request) -> Response:
        return _written(request, openapi(), JSON_TYPE, _MINUTE)

    async def _nothing(self, _request: Request) -> Response:
        return problem(404, "No such address. See /api/openapi.json.")


def _day_in_rome() -> date:
    return datetime.now(ROME).date()


def _written(request: Request, content: dict[str, Any], media_type: str, kept: str) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    raw = body.encode("utf-8", "replace")
    tag = f'"{hashlib.blake2b(raw, digest_size=12).hexdigest()}"'
    headers = {"cache-control": kept, "etag": tag}
    if kept != _PRIVATE and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(raw, media_type=media_type, headers=headers)
