"""A routing server on this machine that speaks OSRM's table and Valhalla's matrix, with faults."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

METRES_PER_SECOND = 10.0
Position = tuple[float, float]


@dataclass
class StandIn:
    """What the server is told to do, and what it was asked.

    Attributes
    ----------
    url
        Its address.
    faults
        What happens to the next requests, first to first; an empty text is a good answer.
    cells
        Seconds instead of its own for pairs of (lon, lat), None for no way.
    far
        Positions that it finds no road near.
    asked
        Sizes of the tables asked for, faulty answers too.
    """

    url: str = ""
    faults: list[str] = field(default_factory=list)
    cells: dict[tuple[Position, Position], Any] = field(default_factory=dict)
    far: set[Position] = field(default_factory=set)
    asked: list[tuple[int, int]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


def seconds(a: Position, b: Position) -> float:
    """Straight metres on a plane, at ten metres a second."""
    (lon1, lat1), (lon2, lat2) = a, b
    east = (lon2 - lon1) * 111_320 * math.cos(math.radians(43.8))
    return round(math.hypot(east, (lat2 - lat1) * 111_320) / METRES_PER_SECOND, 1)


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Run the server for as long as the block lasts."""
    told = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(told: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            service, version, profile, coordinates = address.path.strip("/").split("/")
            assert (service, version, profile) == ("table", "v1", "driving")
            listed = [tuple(map(float, pair.split(","))) for pair in coordinates.split(";")]
            query = parse_qs(address.query)
            origins = [listed[int(row)] for row in query["sources"][0].split(";")]
            ends = [listed[int(row)] for row in query["destinations"][0].split(";")]
            self._answer(
                origins,
                ends,
                lambda: {
                    "code": "Ok",
                    "durations": _table(origins, ends),
                    "sources": [_waypoint(spot) for spot in origins],
                    "destinations": [_waypoint(spot) for spot in ends],
                },
            )

        def do_POST(self) -> None:
            assert self.path == "/sources_to_targets"
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert body["costing"] == "auto"
            origins = [(end["lon"], end["lat"]) for end in body["sources"]]
            ends = [(end["lon"], end["lat"]) for end in body["targets"]]
            self._answer(
                origins,
                ends,
                lambda: {
                    "sources_to_targets": [
                        [{"time": cell, "distance": None if cell is None else 1.0} for cell in row]
                        for row in _table(origins, ends)
                    ]
                },
            )

        def _answer(self, origins: list, ends: list, good: Any) -> None:
            told.asked.append((len(origins), len(ends)))
            fault = told.faults.pop(0) if told.faults else ""
            if fault == "slow":
                told.released.wait(20)
                return
            body = json.dumps(good() if fault != "shape" else {"durations": [[1.0]]}).encode()
            if fault == "text":
                body = b"<html>maintenance</html>"
            status = int(fault) if fault.isdigit() else 200
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status in {301, 302}:
                self.send_header("Location", told.url + self.path)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    def _table(origins: list, ends: list) -> list:
        return [[told.cells.get((a, b), seconds(a, b)) for b in ends] for a in origins]

    def _waypoint(spot: Position) -> dict[str, Any]:
        return {"location": list(spot), "distance": 9000.0 if spot in told.far else 12.5}

    return Handler
