"""The planner in Chromium: first page, changes that solve nothing, five planners, memory, a peer.

Times are the browser's: from the click to the frame in which the map's legend and the page's words
both say the new thing. The processor's seconds of the server stand beside them, since a busy
machine stretches times and not those.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

from benchmarks.planner_peer import peer_command, write_peer
from capillare.views.deployment import Deployment, as_environment
from capillare.views.serving import planner_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize

AS_OF = date(2026, 3, 2)
FIRST_PAGE_LIMIT_S = 3.0
CHANGE_LIMIT_S = 0.4
N_PLANNERS, N_INTERACTIONS, N_CHANGES, N_FIRST_PAGES = 5, 200, 24, 5
MINUTES = ("10", "15", "20", "30")
_PATIENCE_MS = 120_000
_VIEWPORT: ViewportSize = {"width": 1440, "height": 1000}
_PROBE = "404 (Not Found)"
"""What Streamlit's own page logs when it looks for its server under the page's path."""

_READY = """(wanted) => {
  const inside = (root) => [root, ...[...root.querySelectorAll('*')]
    .flatMap((node) => node.shadowRoot ? [node.shadowRoot] : [])];
  const frames = [...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument);
  const roots = [...inside(document), ...frames.filter(Boolean)];
  return roots.some((root) => root.querySelectorAll('path.leaflet-interactive').length >= wanted)
    && document.querySelector('[data-testid=stDataFrame] canvas') !== null;
}"""
_CHANGE = """([group, option, onMap, onPage]) => new Promise((done, fail) => {
  const radios = [...document.querySelectorAll('[role=radiogroup]')]
    .find((node) => node.getAttribute('aria-label') === group);
  const label = [...radios.querySelectorAll('label')]
    .find((node) => node.textContent.trim() === option);
  const find = () => [...document.querySelectorAll('*')]
    .find((node) => node.shadowRoot && node.shadowRoot.querySelector('.legend'));
  let host = find();
  const onMapNow = () => {
    if (!host?.isConnected) host = find();
    if (host) return host.shadowRoot.querySelector('.legend').textContent;
    return [...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument)
      .filter((page) => page && page.querySelectorAll('path.leaflet-interactive').length >= 273)
      .map((page) => page.body.textContent).join();
  };
  const main = document.querySelector('[data-testid=stMain]');
  const start = performance.now();
  const look = () => {
    if (onMapNow().includes(onMap) && main.textContent.includes(onPage)) {
      requestAnimationFrame(() => done(performance.now() - start));
    } else if (performance.now() - start > 60000) fail(new Error('never changed'));
    else requestAnimationFrame(look);
  };
  label.click();
  look();
})"""


@dataclass(frozen=True)
class Server:
    """A running planner, or its peer."""

    origin: str
    pid: int

    def cpu_s(self) -> float:
        """Seconds of processor used so far."""
        text = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Resident memory."""
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        line = next(line for line in text.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


def main() -> None:
    """Print each measurement with its limit, the peer's beside it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no Chromium on PATH: nothing measured")
        return
    asyncio.run(_measure(chromium))


async def _measure(chromium: str) -> None:
    environment = as_environment(Deployment(as_of=AS_OF))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        port = _free_port()
        with _served(planner_command(host="127.0.0.1", port=port), port, environment) as server:
            await _print_first_page(browser, server, "planner", "")
            await _print_change(browser, server, "planner", "copertura")
            await _print_planners(browser, server)
            await _print_memory(browser, server)
        with tempfile.TemporaryDirectory() as folder:
            write_peer(Path(folder), as_of=AS_OF)
            port = _free_port()
            with _served(peer_command(Path(folder), port), port, {}) as server:
                await _print_first_page(browser, server, "peer: folium in an iframe", "")
                await _print_change(browser, server, "peer: folium in an iframe", "")
        await browser.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def _served(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=os.environ | environment, stdout=quiet, stderr=quiet)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


async def _open(browser: Browser, address: str) -> tuple[Page, float]:
    """Open an address with an empty cache; return the page and when map and table were there, s."""
    context = await browser.new_context(viewport=_VIEWPORT, locale="it-IT")
    page = await context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    start = time.perf_counter()
    await page.goto(address)
    await page.wait_for_function(_READY, arg=273)
    return page, time.perf_counter() - start


async def _print_first_page(browser: Browser, server: Server, who: str, path: str) -> None:
    seconds = []
    for _ in range(N_FIRST_PAGES + 1):
        page, taken_s = await _open(browser, f"{server.origin}/{path}")
        seconds.append(taken_s)
        await page.context.close()
    cold_s, *warm = seconds
    middle_s = statistics.median(warm)
    print(
        f"{who:26} first useful page: cold {cold_s:5.2f} s, warm {middle_s:5.2f} s "
        f"({middle_s / FIRST_PAGE_LIMIT_S:4.0%} of {FIRST_PAGE_LIMIT_S:g})",
        flush=True,
    )


async def _change(page: Page, minutes: str) -> float:
    """Ask for other minutes; return seconds until map and words say so."""
    words = f"entro {minutes} minuti"
    ms: float = await page.evaluate(_CHANGE, ["Minuti in auto", minutes, words, words])
    return ms / 1000


async def _ready_to_change(browser: Browser, server: Server, path: str) -> Page:
    page, _ = await _open(browser, f"{server.origin}/{path}")
    if path:
        await page.get_by_text("Persone entro un tempo").click()
        await page.get_by_role("radiogroup", name="Minuti in auto").wait_for()
    for minutes in MINUTES:
        await _change(page, minutes)
    return page


async def _print_change(browser: Browser, server: Server, who: str, path: str) -> None:
    page = await _ready_to_change(browser, server, path)
    n_bytes = 0

    def count(payload: str | bytes) -> None:
        nonlocal n_bytes
        n_bytes += len(payload)

    page.on("websocket", lambda socket_: socket_.on("framereceived", count))
    await page.reload()
    await page.wait_for_function(_READY, arg=273)
    if path:
        await page.get_by_text("Persone entro un tempo").click()
        await page.get_by_role("radiogroup", name="Minuti in auto").wait_for()
    await page.wait_for_timeout(1000)
    n_bytes, before_s, seconds = 0, server.cpu_s(), []
    for turn in range(N_CHANGES):
        seconds.append(await _change(page, MINUTES[turn % len(MINUTES)]))
        await page.wait_for_timeout(300)
    busy_ms = 1000 * (server.cpu_s() - before_s) / N_CHANGES
    middle_s, worst_s = statistics.median(seconds), max(seconds)
    print(
        f"{who:26} change to map and table: median {middle_s:5.3f} s "
        f"({middle_s / CHANGE_LIMIT_S:4.0%} of {CHANGE_LIMIT_S:g}), worst {worst_s:5.3f} s; "
        f"{busy_ms:4.0f} ms of processor, {n_bytes / N_CHANGES / 1000:4.0f} kB each",
        flush=True,
    )
    await page.context.close()


async def _work(browser: Browser, server: Server, faults: list[str], start: int) -> list[float]:
    """Do what a planner does in a quarter of an hour; return how long each change took, s."""
    page, _ = await _open(browser, f"{server.origin}/")
    page.on("pageerror", lambda fault: faults.append(str(fault)))

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and _PROBE not in message.text:
            faults.append(message.text)

    page.on("console", note)
    await page.get_by_role("link", name="Copertura").click()
    await page.get_by_text("Persone entro un tempo").click()
    await page.get_by_role("radiogroup", name="Minuti in auto").wait_for()
    seconds = [
        await _change(page, MINUTES[(start + turn) % len(MINUTES)]) for turn in range(N_CHANGES)
    ]
    await page.goto(f"{server.origin}/sedi?sedi={3 + start}")
    await page.wait_for_function(_READY, arg=273)
    await page.get_by_role("link", name="Aree sotto-servite").click()
    await page.get_by_text("comuni in elenco").wait_for()
    n_alerts = await page.locator("[data-testid=stAlertContentError], .stException").count()
    faults.extend(["an error in the page"] * n_alerts)
    await page.context.close()
    return seconds


async def _print_planners(browser: Browser, server: Server) -> None:
    faults: list[str] = []
    start, before_s = time.perf_counter(), server.cpu_s()
    each = await asyncio.gather(
        *(_work(browser, server, faults, number) for number in range(N_PLANNERS))
    )
    taken_s, busy_s = time.perf_counter() - start, server.cpu_s() - before_s
    seconds = [taken for own in each for taken in own]
    print(
        f"{N_PLANNERS} planners at once on {os.cpu_count()} cores: {len(faults)} errors; change "
        f"median {statistics.median(seconds):5.3f} s, worst {max(seconds):5.3f} s; {taken_s:.0f} s "
        f"in all, {busy_s:.0f} s of processor; {server.memory_mb():.0f} MB",
        *faults[:3],
        flush=True,
    )


async def _print_memory(browser: Browser, server: Server) -> None:
    page = await _ready_to_change(browser, server, "copertura")
    for turn in range(20):
        await _change(page, MINUTES[turn % len(MINUTES)])
    seen = [server.memory_mb()]
    for turn in range(N_INTERACTIONS):
        await _change(page, MINUTES[turn % len(MINUTES)])
        if (turn + 1) % 50 == 0:
            seen.append(server.memory_mb())
    await page.context.close()
    print(
        f"memory of the server over {N_INTERACTIONS} changes: "
        + " -> ".join(f"{level:.0f}" for level in seen)
        + " MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
