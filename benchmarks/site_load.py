"""The public site under 200 requests a second: latency, errors and memory, against two peers.

The load is open: each request is due at its own instant whether earlier ones were answered or
not, and its latency is counted from when it was due, so that a server that stalls is not excused.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.network import describe_network
from capillare.planning.scenario import Scenario
from capillare.publish.outputs import write_site

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE_PER_S = 200
SECONDS = 60
LIMIT_MS = 100
_WARM_S = 5
_AS_OF = date(2025, 6, 30)
_STATIC = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
app = Starlette(routes=[Mount("/", StaticFiles(directory=sys.argv[1], html=True))],
                middleware=[Middleware(GZipMiddleware)])
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", access_log=False)
"""


@dataclass
class Outcome:
    """What came of a load: latencies in milliseconds, and what went wrong."""

    latency_ms: list[float] = field(default_factory=list)
    n_errors: int = 0
    n_bytes: int = 0


def main() -> None:
    """Print latency at several shares of requests, errors, bytes and memory of each server."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        write_site(describe_network(Scenario(as_of=_AS_OF)), folder)
        pages, interface = _pages(folder), _questions()
        ours = [sys.executable, "-m", "capillare.cli", "site", "serve", str(folder), "--port"]
        _measure("site and API, 3 to 1", [*ours, "8731"], 8731, pages, interface)
        _measure("site alone", [*ours, "8732"], 8732, pages, [])
        static = [sys.executable, "-c", _STATIC, str(folder)]
        _measure("peer: Starlette's static files, gzip", [*static, "8733"], 8733, pages, [])
        plain = [sys.executable, "-m", "http.server", "--directory", str(folder)]
        _measure("peer: http.server, uncompressed", [*plain, "8734"], 8734, pages, [])


def _pages(folder: Path) -> list[str]:
    """Return addresses as readers ask for them: the first page most, then one desk or town each."""
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*.html")]
    others = sorted(path for path in paths if "/" in path)
    assets = [f"assets/{path.name}" for path in sorted((folder / "assets").iterdir())]
    return ["/", "/en/"] * (len(others) // 6) + [f"/{path}" for path in (*others, *assets * 8)]


def _questions() -> list[str]:
    draw = random.Random(1)  # noqa: S311 (addresses of a load, no secret)
    questions = []
    for _ in range(400):
        lat, lon = draw.uniform(43.3, 43.9), draw.uniform(10.8, 11.8)
        questions += [
            f"/api/desks?near={lat:.5f},{lon:.5f}&within_min=30",
            f"/api/desks?near={lat:.5f},{lon:.5f}&limit=10",
            f"/api/desks?bbox={lon - 0.2:.4f},{lat - 0.2:.4f},{lon + 0.2:.4f},{lat + 0.2:.4f}",
            f"/api/desks?open_at=2025-07-0{draw.randint(1, 9)}T1{draw.randint(0, 9)}:00",
            "/api/desks?service=spid&format=geojson",
        ]
    return questions


def _measure(
    title: str, command: list[str], port: int, pages: list[str], interface: list[str]
) -> None:
    draw = random.Random(2)  # noqa: S311 (the same)
    kinds = (pages, pages, pages, interface) if interface else (pages,)
    with _server(command, port) as process:
        asyncio.run(_load(port, [draw.choice(draw.choice(kinds)) for _ in range(400)], _WARM_S))
        before_mb, before_s = _memory_mb(process.pid), _cpu_s(process.pid)
        paths = [draw.choice(draw.choice(kinds)) for _ in range(1000)]
        found = asyncio.run(_load(port, paths, SECONDS))
        after_mb, busy_s = _memory_mb(process.pid), _cpu_s(process.pid) - before_s
    shares = (
        np.percentile(found.latency_ms, [50, 95, 99, 100]) if found.latency_ms else [np.nan] * 4
    )
    print(
        f"{title:38} {RATE_PER_S}/s for {SECONDS} s: median {shares[0]:5.1f} ms, 95 % "
        f"{shares[1]:5.1f}, 99 % {shares[2]:6.1f} ({shares[2] / LIMIT_MS:4.0%} of {LIMIT_MS}), "
        f"worst {shares[3]:6.1f}; errors {found.n_errors} of {RATE_PER_S * SECONDS}; "
        f"{found.n_bytes / 1e6:.0f} MB sent; memory {before_mb:.0f} -> {after_mb:.0f} MB; "
        f"{busy_s / SECONDS:.0%} of a core",
        flush=True,
    )


@contextmanager
def _server(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if asyncio.run(_is_up(port)):
                break
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait()


async def _is_up(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def _load(port: int, paths: list[str], seconds: float) -> Outcome:
    """Ask at a steady rate, each request from its due instant; connections are kept and reused."""
    found, free = Outcome(), asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
    start, tasks = time.perf_counter() + 0.1, []
    for number in range(int(RATE_PER_S * seconds)):
        due = start + number / RATE_PER_S
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        path = paths[number % len(paths)]
        tasks.append(asyncio.create_task(_ask(port, path, due, found, free)))
    await asyncio.wait(tasks, timeout=30)
    found.n_errors += sum(not task.done() for task in tasks)
    return found


async def _ask(
    port: int,
    path: str,
    due: float,
    found: Outcome,
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]],
) -> None:
    try:
        reader, writer = (
            await asyncio.open_connection("127.0.0.1", port) if free.empty() else free.get_nowait()
        )
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        headers = dict(
            line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line
        )
        length = int(headers.get(b"content-length", b"0"))
        await reader.readexactly(length)
    except (OSError, asyncio.IncompleteReadError):
        found.n_errors += 1
        return
    found.latency_ms.append(1000 * (time.perf_counter() - due))
    found.n_bytes += length
    found.n_errors += not head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200", b"HTTP/1.1 304"))
    if head.startswith(b"HTTP/1.1"):
        free.put_nowait((reader, writer))
    else:
        writer.close()


def _cpu_s(pid: int) -> float:
    """Return the seconds of processor that a process has used: less moved by others than times."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main()
