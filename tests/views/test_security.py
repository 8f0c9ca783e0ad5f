"""Headers and language of the planner's pages."""

import base64
import hashlib

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from capillare.views.security import PlannerPages, content_policy
from tests.views.asked import answer

SCRIPT = "window.prerenderReady = false"
PAGE = f'<!DOCTYPE html><html lang="en"><head><script>{SCRIPT}</script></head><body>è</body></html>'


async def _page(_request):
    return HTMLResponse(PAGE, headers={"etag": '"old"'})


async def _text(_request):
    return PlainTextResponse('<html lang="en">')


INSIDE = Starlette(routes=[Route("/", _page), Route("/testo", _text), Route("/sito/", _page)])


def ask(path, accept="text/html"):
    pages = PlannerPages(INSIDE, except_under="/sito")
    _, headers, body = answer(pages, path, [("accept", accept), ("host", "127.0.0.1")])
    return dict(headers), body.decode()


def test_a_page_speaks_italian_and_its_length_is_right():
    headers, body = ask("/")
    assert body == PAGE.replace('lang="en"', 'lang="it"')
    assert int(headers["content-length"]) == len(body.encode())
    assert "etag" not in headers


def test_a_page_carries_a_policy_that_knows_its_inline_script():
    policy = ask("/")[0]["content-security-policy"]
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    scripts = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    assert "'unsafe-eval'" not in scripts
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


def test_other_answers_get_headers_and_stay_as_they_are():
    headers, body = ask("/testo")
    assert body == '<html lang="en">'
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_the_public_site_keeps_its_own_headers():
    headers, body = ask("/sito/")
    assert body == PAGE
    assert "x-frame-options" not in headers


@pytest.mark.parametrize("page", [b"", b"<p>none</p>"])
def test_a_page_without_inline_script_needs_no_hash(page):
    assert "sha256" not in content_policy(page)
