"""Signing in to the planner with a stand-in provider, in Chromium: who gets in, and how far."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import expect

from capillare.geo.points import read_registry
from capillare.geo.points.journal import read_journal
from capillare.geo.points.row_changes import read_rows
from capillare.geo.points.whole import whole_tables
from capillare.geo.population import read_territory
from capillare.publish.registry_folder import write_registry
from tests.browser.identity_provider import CLIENT, SECRET, identity_provider
from tests.browser.planner_pages import choose, settle, visit

pytestmark = pytest.mark.browser

START = """
import os, sys
from capillare.views.deployment import read_deployment
from capillare.views.serving import start_planner
sys.exit(start_planner(read_deployment(os.environ), port=int(sys.argv[1])))
"""
SIGN_IN = """
[provider]
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_id = "{client}"
redirect_uri = "{origin}/oauth2callback"

[access]
province_claim = "provincia"

[access.roles]
pianifica = "planner"
coordina = "coordinator"
legge = "reader"
"""
OTHERS = "buti-misericordia"
COOKIE_SECRET = "biscotto" * 8


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    """Start a provider and a planner behind sign-in; yield its address, folder and provider."""
    folder = tmp_path_factory.mktemp("door")
    registry = folder / "registro"
    write_registry(whole_tables(read_registry(None, read_territory("all"))), registry)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Another name than the provider's: cookies and redirects cross from site to site.
    origin = f"http://localhost:{port}"
    complaints = folder / "planner.err"
    with identity_provider(f"{origin}/oauth2callback") as provider:
        file = folder / "accesso.toml"
        file.write_text(
            SIGN_IN.format(provider=provider.origin, client=CLIENT, origin=origin), "utf-8"
        )
        environ = os.environ | {
            "CAPILLARE_SIGN_IN": str(file),
            "CAPILLARE_CLIENT_SECRET": SECRET,
            "CAPILLARE_COOKIE_SECRET": COOKIE_SECRET,
            "CAPILLARE_REGISTRY": str(registry),
            "CAPILLARE_AS_OF": "2026-03-02",
            "CAPILLARE_SCENARIOS_DIR": str(folder / "scenari"),
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }
        with (
            complaints.open("w", encoding="utf-8") as stderr,
            subprocess.Popen(
                [sys.executable, "-u", "-c", START, str(port)],
                env=environ,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            ) as process,
        ):
            assert "Pianificatore" in process.stdout.readline(), complaints.read_text("utf-8")
            yield origin, registry, provider
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
    told = complaints.read_text("utf-8")
    assert SECRET not in told
    assert COOKIE_SECRET not in told


def heading(page, name):
    return page.get_by_role("heading", name=name, exact=True)


@pytest.fixture
def arrive(open_page, door):
    """Come to a page of the planner."""

    def make(path=""):
        page = visit(open_page, f"{door[0]}/{path}")
        expect(heading(page, "Accesso al pianificatore")).to_be_visible()
        return page

    return make


def enter(page, who):
    page.get_by_role("button", name="Accedi").click()
    page.get_by_role("link", name=who, exact=True).click()


def test_a_coordinator_signs_in_writes_what_is_theirs_and_leaves(arrive, door):
    origin, folder, provider = door
    page = arrive("registro?reti=tutte")
    assert page.evaluate("document.documentElement.lang") == "it"
    expect(page.locator("[data-testid=stSidebar]")).to_have_count(0)
    for path in ("media/x.csv", "_stcore/metrics", "_stcore/upload_file/a/b"):
        refused = page.request.get(f"{origin}/{path}")
        assert refused.status == 403
        assert refused.headers["x-content-type-options"] == "nosniff"
    enter(page, "Carlo")
    expect(heading(page, "Registro")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/registro\?.*reti=tutte"))
    assert provider.asked[-1]["scope"] == "openid email profile"
    sidebar = page.locator("[data-testid=stSidebar]")
    expect(sidebar.get_by_text("Carlo Prova")).to_be_visible()
    expect(sidebar.get_by_text("Coordinatore di provincia SI, fino alle")).to_be_visible()
    cookies = {one["name"]: one for one in page.context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"]
    assert cookies["_streamlit_user"]["sameSite"] == "Lax"
    assert page.request.get(f"{origin}/media/x.csv").status == 404
    # Their own desk is theirs to change, and the history says who did.
    rows = read_rows(folder)["desks"]
    mine = next(key[0] for key, row in sorted(rows.items()) if row["istat_code"].startswith("052"))
    choose(page, "Sportello", rows[(mine,)]["name"])
    number = len(read_journal(folder)) + 1
    page.get_by_role("textbox", name="Telefono").fill(f"0577 {number}")
    page.get_by_role("textbox", name="Telefono").press("Tab")
    page.get_by_role("button", name="Salva nel registro").click()
    expect(page.get_by_text(f"Scritto nel registro, modifica {number}:")).to_be_visible()
    assert read_journal(folder)[-1].who == "Carlo Prova"
    # Others' is not.
    choose(page, "Sportello", rows[(OTHERS,)]["name"])
    expect(page.get_by_role("button", name="Salva nel registro")).to_be_disabled()
    settle(page)
    page.goto(f"{origin}/avvisi")
    expect(page.get_by_text("Domande e proroghe le vede chi pianifica.")).to_be_visible()
    expect(page.get_by_role("tab", name="Punti da tenere")).to_have_count(0)
    settle(page)
    page.get_by_role("button", name="Esci").click()
    expect(heading(page, "Accesso al pianificatore")).to_be_visible()
    assert provider.left[-1]["post_logout_redirect_uri"] == f"{origin}/oauth2callback"
    assert "_streamlit_user" not in {one["name"] for one in page.context.cookies()}


def test_who_has_no_role_sees_only_that(arrive):
    page = arrive()
    enter(page, "Nessuno")
    expect(heading(page, "Non hai un ruolo in questo pianificatore")).to_be_visible()
    expect(page.get_by_text("Accesso come: Nessuno Prova")).to_be_visible()
    expect(page.locator("[data-testid=stSidebar]")).to_have_count(0)
    settle(page)
    page.get_by_role("button", name="Esci").click()
    expect(heading(page, "Accesso al pianificatore")).to_be_visible()


@pytest.fixture
def sign_in(door):
    """Go through the redirects as a browser does, without one; return cookies and a status."""

    def make(who, **changed):
        origin, _, provider = door
        key = OctKey.import_key(COOKIE_SECRET)
        asked = jwt.encode(
            {"alg": "HS256"}, {"provider": "default", "exp": int(time.time()) + 600}, key
        )
        with requests.Session() as browser:
            browser.trust_env = False
            way = browser.get(f"{origin}/auth/login", params={"provider": asked})
            assert way.url.startswith(f"{provider.origin}/authorize")
            back = dict(provider.asked[-1]) | {"who": who}
            code = browser.get(
                f"{provider.origin}/enter", params=back, allow_redirects=False
            ).headers["location"]
            for part, other in changed.items():
                code = re.sub(rf"{part}=[^&]+", f"{part}={other}", code)
            browser.get(code)
            held = {cookie.name for cookie in browser.cookies}
            return "_streamlit_user" in held, browser.get(f"{origin}/media/x.csv").status_code

    return make


@pytest.mark.parametrize(
    ("who", "is_known", "status"),
    [
        # With a role, there is just no such file.
        *(("Pia", True, 404), ("Carlo", True, 404), ("Lia", True, 404)),
        # Known, and let in nowhere.
        *(("Nessuno", True, 403), ("Senza Territorio", True, 403), ("Scaduta", True, 403)),
        # Tokens that no provider signed so, or not for us, or not now.
        ("Vecchia Firma", False, 403),
        ("Falsa Firma", False, 403),
        ("Falso Pubblico", False, 403),
        ("Falso Nonce", False, 403),
        ("Falso Emittente", False, 403),
        ("Altra Chiave", False, 403),
        ("Senza Firma", False, 403),
    ],
)
def test_only_a_true_token_with_a_role_opens(sign_in, who, is_known, status):
    assert sign_in(who) == (is_known, status)


@pytest.mark.parametrize("part", ["state", "code"])
def test_an_answer_that_nobody_asked_for_opens_nothing(sign_in, part):
    assert sign_in("Pia", **{part: "altro"}) == (False, 403)
