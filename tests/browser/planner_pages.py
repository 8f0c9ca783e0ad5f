"""What tests of the planner in Chromium share: starting it, waiting, and finding what it shows."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress

from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

PATIENCE_MS = 60_000
OPENINGS = 5
"""Times that a list is opened before a test gives up."""
N_MUNICIPALITIES = 273
# Streamlit asks for these under each page's own path before it finds them at the root.
PROBE = "404 (Not Found)"


@contextmanager
def running_planner(program, arguments, complaints):
    """Run a program that starts a planner, given its arguments and last a port; yield the port.

    Parameters
    ----------
    program
        Python text; reads ``sys.argv``.
    arguments
        Texts.
    complaints
        File for what it says on its standard error, in which no traceback may stand at the end.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        complaints.open("w", encoding="utf-8") as stderr,
        subprocess.Popen(
            [sys.executable, "-u", "-c", program, *arguments, str(port)],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        line = process.stdout.readline().strip()
        assert line == f"Pianificatore: http://127.0.0.1:{port}", complaints.read_text("utf-8")
        yield port
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    said = complaints.read_text("utf-8")
    assert "Traceback" not in said
    # Work beside the page must not look for one.
    assert "ScriptRunContext" not in said


def settle(page):
    """Wait until nothing runs any more."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=PATIENCE_MS
    )


def metric(page, label):
    """Find a card's figure by its label."""
    box = page.locator("[data-testid=stMetric]", has=page.get_by_text(label, exact=True))
    return box.locator("[data-testid=stMetricValue]")


def chosen(page, label):
    """Find the field of a choice by name."""
    return page.get_by_role("combobox", name=label)


def choose(page, label, name):
    """Choose by typing a name, once the list is open: typing before is lost on it."""
    settle(page)
    field, options = chosen(page, label), page.get_by_role("option")
    for _ in range(OPENINGS):
        field.click()
        # A page that is made again closes its lists.
        with suppress(TooLate):
            options.first.wait_for(timeout=5_000)
            break
    field.fill(name)
    page.get_by_role("option", name=name).first.click()
