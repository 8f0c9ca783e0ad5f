"""How soon the list is of use on a slow line and an old phone; how long the finder takes."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import uvicorn
from playwright.sync_api import sync_playwright

from benchmarks.site_build import network_of
from capillare.publish.site.build import build_site
from capillare.publish.site.serve import site_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CPU_SLOWDOWN = 4
N_RUNS = 5
N_ROUNDS = 3
INTERACTION_LIMIT_MS = 100
BITS_A_BYTE = 8


class Line(NamedTuple):
    """A line and the limit that the product sets itself on it."""

    name: str
    kbit_a_s: float
    latency_ms: float
    limit_s: float


LINES = (
    Line("1.6 Mbit/s, 150 ms", 1600, 150, 1.5),
    Line("Slow 3G: 400 kbit/s, 400 ms", 400, 400, 5.0),
)


def main() -> None:
    """Print when the list is painted and when the search works, then how long each act takes."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no Chromium on PATH: nothing measured")
        return
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for region in ("09", "all"):
            folder = Path(name) / region
            network = network_of(region, Path(name))
            build_site(network, folder)
            origin = _served(folder)
            print(f"region {region}, {int(network.desks['is_in_service'].sum())} desks")
            for line in LINES:
                _print_first_view(browser, origin, line)
            _print_interactions(browser, origin)
        browser.close()


def _served(folder: Path) -> str:
    config = uvicorn.Config(site_app(folder), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}"


def _slow_page(browser: Browser, line: Line | None) -> Page:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    if line is not None:
        session.send("Network.enable")
        bytes_a_s = line.kbit_a_s * 1000 / BITS_A_BYTE
        limits = {"downloadThroughput": bytes_a_s, "uploadThroughput": bytes_a_s}
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": line.latency_ms, **limits},
        )
    return page


def _print_first_view(browser: Browser, origin: str, line: Line) -> None:
    runs = [_first_view(browser, origin, line) for _ in range(N_RUNS)]
    painted, works, sent = (statistics.median(run) for run in zip(*runs, strict=True))
    limit_ms = 1000 * line.limit_s
    print(
        f"{line.name:28} CPU {CPU_SLOWDOWN}x  list painted {painted:5.0f} ms "
        f"({painted / limit_ms:4.0%} of {limit_ms:.0f})  search works {works:5.0f} ms "
        f"({works / limit_ms:4.0%})  {sent / 1000:.0f} kB on a phone, median of {N_RUNS}"
    )


def _first_view(browser: Browser, origin: str, line: Line) -> tuple[float, float, float]:
    page = _slow_page(browser, line)
    page.goto(origin, wait_until="load")
    painted, works, sent = page.evaluate(
        """() => {
          const [page] = performance.getEntriesByType("navigation");
          const sent = performance.getEntriesByType("resource").map((part) => part.transferSize);
          return [
            performance.getEntriesByName("first-contentful-paint")[0].startTime,
            page.domContentLoadedEventEnd,
            sent.reduce((sum, one) => sum + one, page.transferSize),
          ];
        }"""
    )
    page.context.close()
    return painted, works, sent


def _print_interactions(browser: Browser, origin: str) -> None:
    rounds = [_interactions(browser, origin) for _ in range(N_ROUNDS)]
    for name in rounds[0]:
        longest = statistics.median(one[name] for one in rounds)
        print(
            f"{name:28} CPU {CPU_SLOWDOWN}x  longest event {longest:5.0f} ms "
            f"({longest / INTERACTION_LIMIT_MS:4.0%} of {INTERACTION_LIMIT_MS}), "
            f"median of {N_ROUNDS}"
        )


def _interactions(browser: Browser, origin: str) -> dict[str, float]:
    """Return the longest event of each act, from the hand to the next frame, in milliseconds."""
    page = _slow_page(browser, None)
    page.goto(origin, wait_until="load")
    page.evaluate(
        """() => {
          window.longest = 0;
          new PerformanceObserver((list) => {
            const durations = list.getEntries().map((entry) => entry.duration);
            window.longest = Math.max(window.longest, ...durations);
          }).observe({ type: "event", durationThreshold: 16 });
        }"""
    )
    page.locator("#query").focus()
    page.wait_for_timeout(1500)
    acts = {
        "typing a letter": lambda: page.keyboard.type("a"),
        "typing a name with an error": lambda: page.keyboard.type("rcidoso", delay=200),
        "choosing a place": lambda: (
            page.keyboard.press("ArrowDown"),
            page.keyboard.press("Enter"),
        ),
        "choosing a day": lambda: (
            page.locator("#when").focus(),
            page.keyboard.press("ArrowDown"),
            page.keyboard.press("ArrowDown"),
        ),
        "clearing": lambda: page.locator("#clear").click(),
    }
    longest = {}
    for name, act in acts.items():
        page.evaluate("window.longest = 0")
        act()
        page.wait_for_timeout(1000)
        longest[name] = page.evaluate("window.longest")
    page.context.close()
    return longest


if __name__ == "__main__":
    main()
