"""What a door needs around Streamlit's own endpoints. No Streamlit page here: plain ASGI.

Streamlit signs people in by a signed cookie that only its websocket reads. Here the same cookie is
asked for by what it serves beside: files to take away, uploads, figures about the server. Cookies
go over HTTPS only where the planner does, and a person who was sent to sign in comes back to the
page they had asked for.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from capillare.views.access.claims import Refusal, person_of
from capillare.views.access.sign_in import CALLBACK_PATH

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from capillare.views.access.sign_in import SignIn

RESERVED = (
    "/media/",
    "/app/static/",
    "/_stcore/upload_file/",
    "/_stcore/metrics",
    "/_stcore/agent/",
)
"""Paths of Streamlit that only people with a role may ask for."""

LOGIN_PATH = "/auth/login"
BACK_COOKIE = "capillare_back"
BACK_SECONDS = 600
MAX_BACK_CHARACTERS = 2_000
HSTS = "max-age=31536000"


class Door:
    """Guards Streamlit's endpoints while sign-in is configured.

    Attributes
    ----------
    app
        The application behind.
    sign_in
        What the operator has configured.
    except_under
        Path that stays public.
    """

    def __init__(self, app: ASGIApp, *, sign_in: SignIn, except_under: str) -> None:
        self.app = app
        self.sign_in = sign_in
        self.except_under = except_under

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http" or self._is_public(scope["path"]):
            await self.app(scope, receive, send)
            return
        if self.sign_in.is_https:
            send = self._over_https(send)
        path, cookies = scope["path"], cookie_parser(Headers(scope=scope).get("cookie", ""))
        is_reserved = path.startswith(RESERVED)
        if is_reserved and not self.is_known(cookies):
            refusal = PlainTextResponse("Accesso riservato.", status_code=403)
            await refusal(scope, receive, self._kept_private(send))
            return
        if is_reserved:
            send = self._kept_private(send)
        elif path == LOGIN_PATH:
            send = self._remembering(send, Headers(scope=scope).get("referer", ""))
        elif path == CALLBACK_PATH:
            send = self._going_back(send, cookies.get(BACK_COOKIE, ""))
        await self.app(scope, receive, send)

    def is_known(self, cookies: dict[str, str]) -> bool:
        """Tell whether cookies are those of somebody with a role, whose session lasts."""

        def opened(name: str) -> bytes | None:
            sealed = cookies.get(name)
            return (
                None
                if sealed is None
                else decode_signed_value(
                    self.sign_in.cookie_secret, name, sealed.encode("latin-1", "replace")
                )
            )

        written = get_cookie_with_chunks(opened, USER_COOKIE_NAME)
        try:
            claims: Any = json.loads(written) if written else None
        except ValueError:
            return False
        if not isinstance(claims, dict) or claims.get("origin") != self.sign_in.origin:
            return False
        return not isinstance(person_of(claims, self.sign_in.access, datetime.now(UTC)), Refusal)

    def _is_public(self, path: str) -> bool:
        return path == self.except_under or path.startswith(self.except_under + "/")

    def _remembering(self, send: Send, referer: str) -> Send:
        """Remember the page that somebody was on when they were sent to sign in."""
        back = safe_return(referer, self.sign_in.origin)

        def remember(headers: MutableHeaders) -> None:
            if back:
                headers.append("set-cookie", _cookie(quote(back, safe=""), BACK_SECONDS))

        return _on_start(send, remember)

    def _going_back(self, send: Send, remembered: str) -> Send:
        """Lead somebody who has signed in to the page that they were on."""
        back = safe_return(self.sign_in.origin + unquote(remembered), self.sign_in.origin)

        def lead(headers: MutableHeaders) -> None:
            if remembered and headers.get("location") == "/":
                headers["location"] = back or "/"
                headers.append("set-cookie", _cookie("", 0))

        return _on_start(send, lead)

    @staticmethod
    def _kept_private(send: Send) -> Send:
        def keep(headers: MutableHeaders) -> None:
            headers["cache-control"] = "private, no-store"

        return _on_start(send, keep)

    @staticmethod
    def _over_https(send: Send) -> Send:
        def secure(headers: MutableHeaders) -> None:
            headers["strict-transport-security"] = HSTS
            cookies = headers.getlist("set-cookie")
            del headers["set-cookie"]
            for cookie in cookies:
                is_secure = "; secure" in cookie.lower()
                headers.append("set-cookie", cookie if is_secure else f"{cookie}; Secure")

        return _on_start(send, secure)


def safe_return(address: str, origin: str) -> str:
    """Return path and query of an address of our own; empty for anybody else's, or the way in.

    >>> safe_return("https://p.example/sedi?sedi=25", "https://p.example")
    '/sedi?sedi=25'
    >>> safe_return("https://p.example//evil.example", "https://p.example")
    ''
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    back = parts.path + (f"?{parts.query}" if parts.query else "")
    is_ours = f"{parts.scheme}://{parts.netloc}" == origin
    is_plain = back.isascii() and back.isprintable() and "\\" not in back
    is_inside = back.startswith("/") and not back.startswith(("//", "/auth/", CALLBACK_PATH))
    return back if is_ours and is_plain and is_inside and len(back) <= MAX_BACK_CHARACTERS else ""


def _cookie(content: str, seconds: int) -> str:
    return (
        f"{BACK_COOKIE}={content}; Max-Age={seconds}; Path={CALLBACK_PATH}; HttpOnly; SameSite=Lax"
    )


def _on_start(send: Send, change: Any) -> Send:  # noqa: ANN401 (a function of headers)
    """Change an answer's headers as it begins."""

    async def send_changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            change(MutableHeaders(scope=message))
        await send(message)

    return send_changed
