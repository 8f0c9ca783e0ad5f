"""What tests of the planner in Chromium share: starting it, waiting, and finding what it shows."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

PATIENCE_MS = 60_000
FIRST_MS = 180_000
"""On a busy machine a server's first page, seasons, sites and comparison are long in coming."""
TRIES = 5
"""Times that a list is opened, or a file asked for, before a test gives up."""
OPEN_MS = 5_000
TAKE_MS, LOST_MS = 20_000, 200_000
N_MUNICIPALITIES = 273
# Streamlit asks for these under each page's own path before it finds them at the root; and its
# letters may come to use later than the browser thinks is worth fetching them ahead.
NOT_OURS = ("404 (Not Found)", "was preloaded using link preload but not used")
# Nothing runs, nor is looked for beside the page, and so it stays.
RESTS = r"""(quiet_ms) => {
  const app = document.querySelector("[data-testid=stApp]");
  const rests = app?.dataset.testScriptState === "notRunning"
    && app.dataset.testConnectionState === "CONNECTED"
    && ![...document.querySelectorAll("[class*=_stop]")]
      .some((e) => /(^|\s)st-key-\S+_stop(\s|$)/.test(e.className));
  if (!rests) window.restsSince = undefined;
  else window.restsSince ??= performance.now();
  return rests && performance.now() - window.restsSince >= quiet_ms;
}"""
QUIET_MS, LOOK_EVERY_MS = 300, 50


@dataclass
class RunningPlanner:
    """A planner's address, and the file of what it says on its standard error."""

    origin: str
    complaints: Path
    n_read: int = 0

    def check(self):
        """Let it not have complained since this was last asked."""
        said = self.complaints.read_text("utf-8")[self.n_read :]
        self.n_read += len(said)
        assert "Traceback" not in said, said
        # Work beside the page must not look for one.
        assert "ScriptRunContext" not in said, said


@contextmanager
def running_planner(program, arguments, complaints, *, site=False):
    """Run a program that starts a planner, given its arguments and last a port; yield it.

    Parameters
    ----------
    program
        Python text; reads ``sys.argv``.
    arguments
        Texts.
    complaints
        File for what it says on its standard error. Whoever opens its pages asks `check` after:
        a test that is tried again does not start another planner, which would know nothing.
    site
        Whether it says where the public site stands, too.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    says = [f"Pianificatore: {origin}", "Ctrl-C per fermare."]
    if site:
        says.insert(1, f"Sito pubblico: {origin}/sito/")
    with (
        complaints.open("w", encoding="utf-8") as stderr,
        subprocess.Popen(
            [sys.executable, "-u", "-c", program, *arguments, str(port)],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        told = [process.stdout.readline().strip() for _ in says]
        assert told == says, complaints.read_text("utf-8")
        planner = RunningPlanner(origin, complaints)
        yield planner
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    planner.check()


def visit(open_page, address, *, rests=True, **settings):
    """Open a page of the planner, and wait until it is whole unless it is to be seen before."""
    page = open_page(address, expected=NOT_OURS, locale="it-IT", **settings)
    expect(page.locator("h1")).to_have_count(1, timeout=FIRST_MS)
    if rests:
        settle(page)
    return page


def settle(page):
    """Wait until nothing runs any more, and stays so: a page is made in several goes.

    After a press wait first for what only the new page shows: it may not have begun to run.
    """
    page.wait_for_function(RESTS, arg=QUIET_MS, polling=LOOK_EVERY_MS, timeout=FIRST_MS)


def metric(page, label):
    """Find a card's figure by its label."""
    box = page.locator("[data-testid=stMetric]", has=page.get_by_text(label, exact=True))
    return box.locator("[data-testid=stMetricValue]")


def chosen(page, label):
    """Find the field of a choice by name."""
    return page.get_by_role("combobox", name=label)


def choose(page, label, name):
    """Choose by typing a name, once the list is open: typing before is lost on it."""
    field, options = chosen(page, label), page.get_by_role("option")
    for _ in range(TRIES):
        settle(page)
        field.click()
        # A page that is made again closes its lists.
        with suppress(TooLate):
            options.first.wait_for(timeout=OPEN_MS)
            field.fill(name)
            page.get_by_role("option", name=name).first.click(timeout=OPEN_MS)
            return
    raise AssertionError(f"{label}: {name} cannot be chosen")


def step(page, label, key="ArrowRight"):
    """Move a slider by one."""
    settle(page)
    page.get_by_role("slider", name=label).press(key)


def take(page, label):
    """Take the file that a button offers; return its download.

    A page that is made again while the file is written loses it: the button is then pressed again,
    once it does not wait any more.
    """
    button = page.get_by_role("button", name=label)
    for _ in range(TRIES):
        settle(page)
        # It waits three minutes for an answer that was lost.
        expect(button).to_be_enabled(timeout=LOST_MS)
        with suppress(TooLate):
            with page.expect_download(timeout=TAKE_MS) as download:
                button.click()
            return download.value
    raise AssertionError(f"{label}: no file comes")
