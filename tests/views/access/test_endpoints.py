"""What only people with a role may ask of Streamlit's endpoints."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from capillare.views.access.claims import Access
from capillare.views.access.endpoints import BACK_COOKIE, Door, safe_return
from capillare.views.access.sign_in import Provider, SignIn
from tests.views.asked import answer

ORIGIN = "https://piani.example"
COOKIE_SECRET = "c" * 32
SIGNED = "_streamlit_user"
SIGN_IN = SignIn(
    Path("accesso.toml"),
    Provider("https://a.example/x", "capillare", f"{ORIGIN}/oauth2callback"),
    Access(roles={"leggi": "reader"}),
    "s",
    COOKIE_SECRET,
)
PRIVATE = "/media/0a1b.csv"


async def _file(_request):
    return PlainTextResponse("righe", headers={"set-cookie": "a=b; Path=/; HttpOnly"})


async def _home(_request):
    return RedirectResponse("/", status_code=302)


INSIDE = Starlette(
    routes=[
        Route("/oauth2callback", _home),
        Route("/auth/login", _file),
        Route("/{rest:path}", _file),
    ]
)


def claims(**changed):
    person = {"is_logged_in": True, "origin": ORIGIN, "name": "Anna", "roles": ["leggi"]}
    return person | {"exp": time.time() + 600} | changed


def sealed(held, secret=COOKIE_SECRET, name=SIGNED):
    return create_signed_value(secret, name, json.dumps(held)).decode()


def ask(path, *, cookies=None, sign_in=SIGN_IN, **headers):
    jar = "; ".join(f"{name}={held}" for name, held in (cookies or {}).items())
    door = Door(INSIDE, sign_in=sign_in, except_under="/sito")
    return answer(door, path, [*([("cookie", jar)] if jar else []), *headers.items()])


@pytest.mark.parametrize(
    "path",
    [
        PRIVATE,
        "/_stcore/upload_file/s/f",
        "/_stcore/metrics",
        "/_stcore/agent/interact",
        "/app/static/x",
    ],
)
def test_a_stranger_takes_and_leaves_nothing(path):
    status, headers, body = ask(path)
    assert (status, body) == (403, b"Accesso riservato.")
    assert ("cache-control", "private, no-store") in headers
    status, headers, body = ask(path, cookies={SIGNED: sealed(claims())})
    assert (status, body) == (200, b"righe")
    assert ("cache-control", "private, no-store") in headers


@pytest.mark.parametrize(
    "path", ["/", "/sedi", "/_stcore/health", "/static/js/x.js", "/sito/media/x"]
)
def test_the_way_in_and_the_public_site_stay_open(path):
    assert ask(path)[0] == 200


# Sealed when they are used: a seal holds the second, and tests are named before they run.
USELESS_COOKIES = {
    "another secret": lambda: sealed(claims(), secret="d" * 32),
    "another cookie's": lambda: sealed(claims(), name="_streamlit_xsrf"),
    "expired": lambda: sealed(claims(exp=time.time() - 1)),
    "no role": lambda: sealed(claims(roles=["altro"])),
    "another origin": lambda: sealed(claims(origin="https://altri.example")),
    "signed out": lambda: sealed(claims(is_logged_in=False)),
    "chunks that are not there": lambda: sealed("chunks-3"),
    "a list": lambda: sealed([1]),
    "cut": lambda: sealed(claims())[:-2],
    "bare": lambda: json.dumps(claims()).replace('"', ""),
    "empty": lambda: "",
    "not ASCII": lambda: "è",
}


@pytest.mark.parametrize("what", list(USELESS_COOKIES))
def test_a_forged_or_spent_cookie_opens_nothing(what):
    cookie = USELESS_COOKIES[what]()
    assert ask(PRIVATE, cookies={SIGNED: cookie})[0] == 403


def test_cookies_go_over_https_where_the_planner_does():
    _, headers, _ = ask("/")
    assert ("set-cookie", "a=b; Path=/; HttpOnly; Secure") in headers
    assert any(name == "strict-transport-security" for name, _ in headers)
    local = replace(
        SIGN_IN, provider=replace(SIGN_IN.provider, redirect_uri="http://localhost/oauth2callback")
    )
    _, headers, _ = ask("/", sign_in=local)
    assert ("set-cookie", "a=b; Path=/; HttpOnly") in headers


def test_who_signs_in_comes_back_to_the_page_they_had_asked_for():
    _, headers, _ = ask("/auth/login", referer=f"{ORIGIN}/sedi?sedi=25&reti=tutte")
    (cookie,) = [held for name, held in headers if held.startswith(BACK_COOKIE)]
    assert "Path=/oauth2callback; HttpOnly; SameSite=Lax; Secure" in cookie
    held = cookie.split(";")[0].partition("=")[2]
    status, headers, _ = ask("/oauth2callback", cookies={BACK_COOKIE: held})
    assert status == 302
    assert ("location", "/sedi?sedi=25&reti=tutte") in headers
    assert any("Max-Age=0" in held for name, held in headers if name == "set-cookie")


@pytest.mark.parametrize(
    "held",
    ["%2F%2Fevil.example", "%40evil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil", ""],
)
def test_nobody_is_led_elsewhere(held):
    _, headers, _ = ask("/oauth2callback", cookies={BACK_COOKIE: held})
    assert ("location", "/") in headers


@pytest.mark.parametrize(
    "address",
    [
        "https://altri.example/sedi",
        "http://piani.example/sedi",
        "https://piani.example.altri.example/sedi",
        "https://piani.example@altri.example/sedi",
        f"{ORIGIN}//altri.example",
        f"{ORIGIN}/auth/logout",
        f"{ORIGIN}/oauth2callback?code=1",
        f"{ORIGIN}/\\altri.example",
        f"{ORIGIN}/a\r\nset-cookie: x=1",
        f"{ORIGIN}/{'a' * 3000}",
        "https://[",
        "",
    ],
)
def test_only_our_own_pages_are_remembered(address):
    assert "\n" not in safe_return(address, ORIGIN)
    if "\r" not in address:
        assert safe_return(address, ORIGIN) == ""
