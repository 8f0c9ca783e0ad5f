"""A Chromium for tests, pages that tell on whoever asks another origin, and axe-core."""

from __future__ import annotations

import os
import re
import shutil
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import expect, sync_playwright

from capillare.planning.network import describe_network
from capillare.planning.scenario import Scenario
from capillare.publish.site.build import build_site

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AS_OF = date(2026, 3, 2)
LOCAL = ("127.0.0.1", "localhost")
PATIENCE_MS = 60_000
"""What must come in the end comes on a busy machine too; no test waits so long for what is there."""
NAVIGATION_MS = 180_000
"""A server's first page is long in coming there."""
NOT_A_FILE = re.compile(r"^(?!file:|data:|about:)")


def pytest_collection_modifyitems(items):
    """Try a browser's tests once more where they fail, and tell of it at the end of all.

    Much goes on in a browser that no test has in hand; nothing else is tried again.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser():
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        absent = "no Chromium on PATH (Debian: apt-get install chromium)"
        if os.environ.get("CAPILLARE_REQUIRE_BROWSER"):
            pytest.fail(absent)
        pytest.skip(absent)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser):
    """Open pages whose requests to other origins are refused; at the end there must be none.

    Nor may there be a script error, a refusal of the content policy, or a dialog: what a page is
    expected to log is named by ``expected``, parts of its texts.
    """
    contexts, foreign, faults = [], [], []

    def refuse_foreign(route):
        if urlsplit(route.request.url).hostname in LOCAL:
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    def make(url, *, expected=(), **settings):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        contexts.append(context)
        context.route(NOT_A_FILE, refuse_foreign)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.set_default_navigation_timeout(NAVIGATION_MS)

        def log(message):
            is_expected = any(part in message.text for part in expected)
            if message.type in {"error", "warning"} and not is_expected:
                faults.append(message.text)

        def dismiss(dialog):
            faults.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("console", log)
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("dialog", dismiss)
        page.goto(url)
        return page

    yield make
    for context in contexts:
        context.close()
    assert foreign == []
    assert faults == []


@pytest.fixture(scope="session")
def tuscan_folder(tmp_path_factory):
    """The public site of Tuscany as it was on `AS_OF`."""
    folder = tmp_path_factory.mktemp("tuscan")
    build_site(describe_network(Scenario(as_of=AS_OF)), folder)
    return folder


@pytest.fixture(scope="session")
def axe_violations():
    """Run axe-core in a page, all rules or those named: which it breaks, and where."""
    script = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")

    def check(page, *rules):
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        settings = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
        found = page.evaluate("settings => axe.run(document, settings)", settings)
        return [
            (rule["id"], [node["html"][:200] for node in rule["nodes"][:5]])
            for rule in found["violations"]
        ]

    return check
