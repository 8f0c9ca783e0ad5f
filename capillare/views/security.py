"""Headers of the planner's pages, and their language. No Streamlit here: plain ASGI."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_LANGUAGE = re.compile(rb"<html lang=\"en\"", re.IGNORECASE)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def content_policy(page: bytes) -> str:
    """Return the Content-Security-Policy under which a Streamlit page works.

    Scripts come from this server, from the blob into which Streamlit puts a component's module,
    and from the page's own inline script, known by its hash. Styles are inline: Streamlit writes
    them while it draws. Nothing comes from, or goes to, anybody else.
    """
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(page)
    ]
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self' blob: 'wasm-unsafe-eval'", *hashes]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class PlannerPages:
    """Puts the headers on every answer of the planner and says that its pages are Italian.

    Attributes
    ----------
    app
        The application behind.
    except_under
        Path whose answers carry headers of their own.
    lang
        Language of the pages.
    fill
        Writes more into a page before it is sealed.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        except_under: str,
        lang: str = "it",
        fill: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self.app = app
        self.except_under = except_under
        self.lang = lang
        self.fill = fill

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or self._is_elsewhere(scope["path"]):
            await self.app(scope, receive, send)
            return
        # A page is rewritten as it passes, so it must not come compressed.
        headers = Headers(scope=scope)
        if "text/html" in headers.get("accept", ""):
            kept = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        await self.app(scope, receive, _Answer(send, self._finished))

    def _finished(self, page: bytes) -> bytes:
        return self.fill(_LANGUAGE.sub(f'<html lang="{self.lang}"'.encode(), page, count=1))

    def _is_elsewhere(self, path: str) -> bool:
        return path == self.except_under or path.startswith(self.except_under + "/")


class _Answer:
    """One answer on its way out: held back while it is a page, passed on otherwise."""

    def __init__(self, send: Send, finished: Callable[[bytes], bytes]) -> None:
        self._send = send
        self._finished = finished
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            for name, setting in FIXED.items():
                headers.setdefault(name, setting)
            if headers.get("content-type", "").startswith("text/html"):
                self._start = message
            else:
                await self._send(message)
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._start)
        else:
            await self._send(message)

    async def _send_page(self, start: Message) -> None:
        page = self._finished(self._body)
        headers = MutableHeaders(raw=start["headers"])
        headers["Content-Security-Policy"] = content_policy(page)
        headers["Content-Length"] = str(len(page))
        # The stored checksum was that of the file before it was rewritten.
        if "etag" in headers:
            del headers["etag"]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page, "more_body": False})
