from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from capillare.geo.errors import ConfigError, DataError, SourceError
from capillare.geo.places import metric_xy
from capillare.geo.server_travel import RoutingServer, ServerTravel, routing_server
from capillare.geo.travel import Spots
from tests.geo.routing_stand_in import StandIn, seconds, stand_in

pytest.importorskip("routingpy")
KINDS = ("osrm", "valhalla")


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in() as told:
        yield told


def _travel(server: StandIn, kind: str = "osrm", **manners) -> ServerTravel:
    asked = {"timeout_s": 5.0, "retries": 2, "backoff_s": 0.01, **manners}
    return ServerTravel(RoutingServer(url=server.url, kind=kind, **asked))


def _grid(n: int, *, name: str = "p", east: float = 0.0) -> tuple[Spots, list[tuple[float, float]]]:
    lonlat = [
        (round(11.0 + east + 0.02 * (k % 5), 6), round(43.6 + 0.02 * (k // 5), 6)) for k in range(n)
    ]
    lon, lat = np.array(lonlat).T
    ids = np.array([f"{name}{k}" for k in range(n)])
    return Spots(ids, metric_xy(lat, lon), np.zeros(n, dtype=np.int64)), lonlat


def _expected(origins: list, ends: list) -> np.ndarray:
    return np.round(np.array([[seconds(a, b) / 60 for b in ends] for a in origins]), 2)


@pytest.mark.parametrize("kind", KINDS)
def test_minutes_are_the_server_s(server: StandIn, kind: str):
    origins, from_ = _grid(13)
    ends, to = _grid(7, name="d", east=0.005)
    travel = _travel(server, kind, batch=4)
    expected = _expected(from_, to)
    pairs = travel.pairs(origins, ends, max_min=15.0)
    table = np.full(pairs.shape, np.inf)
    table[pairs.origin, pairs.destination] = pairs.travel_min
    np.testing.assert_allclose(table, np.where(expected <= 15, expected, np.inf), atol=0.011)
    nearest = travel.nearest(origins, ends)
    np.testing.assert_allclose(nearest.travel_min, expected.min(axis=1), atol=0.011)
    assert travel.basis == "server"
    assert max(max(size) for size in server.asked) <= 4
    assert len(server.asked) == travel.n_requests


def test_one_position_on_either_side(server: StandIn):
    for kind in KINDS:
        origins, from_ = _grid(1)
        ends, to = _grid(1, name="d", east=0.1)
        pairs = _travel(server, kind).pairs(origins, ends, max_min=60)
        np.testing.assert_allclose(pairs.travel_min, _expected(from_, to)[0], atol=0.011)


def test_the_same_table_is_asked_once(server: StandIn):
    origins, _ = _grid(5)
    travel = _travel(server)
    travel.nearest(origins, origins)
    n_asked = len(server.asked)
    travel.pairs(origins, origins, max_min=10)
    assert len(server.asked) == n_asked


def test_what_is_surely_too_far_is_not_asked(server: StandIn):
    origins, _ = _grid(3)
    ends, _ = _grid(3, name="d", east=4.0)
    travel = _travel(server)
    assert travel.pairs(origins, ends, max_min=60).travel_min.size == 0
    assert server.asked == []
    assert travel.nearest(origins, ends).destination.tolist() == [0, 0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_null_is_no_way_and_is_counted(server: StandIn, kind: str):
    origins, from_ = _grid(2)
    ends, to = _grid(2, name="d", east=0.01)
    server.cells = {(from_[0], to[0]): None, (from_[1], to[0]): None, (from_[1], to[1]): None}
    travel = _travel(server, kind)
    nearest = travel.nearest(origins, ends)
    assert nearest.destination.tolist() == [1, -1]
    assert math.isnan(nearest.travel_min[1])
    assert travel.n_null == 3
    assert travel.pairs(origins, ends, max_min=1e3).origin.tolist() == [0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", [-5.0, 90_000.0, "12", True, float("nan")])
def test_absurd_cells_are_refused_with_their_pairs(server: StandIn, kind: str, cell: object):
    origins, from_ = _grid(3)
    ends, to = _grid(2, name="d", east=0.01)
    server.cells = {(from_[2], to[1]): cell}
    with pytest.raises(DataError, match=r"1 row \[p2→d1\]"):
        _travel(server, kind).nearest(origins, ends)


def test_a_position_far_from_the_server_s_roads_is_not_reached(server: StandIn):
    origins, from_ = _grid(2)
    server.far = {from_[1]}
    travel = _travel(server)
    assert travel.pairs(origins, origins, max_min=1e3).origin.tolist() == [0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["500", "429", "cut", "text", "slow"])
def test_a_fault_that_passes_is_asked_again(server: StandIn, kind: str, fault: str):
    origins, from_ = _grid(2)
    server.faults = [fault, fault]
    travel = _travel(server, kind, timeout_s=0.3 if fault == "slow" else 5.0)
    found = travel.pairs(origins, origins, max_min=1e3).travel_min.reshape(2, 2)
    np.testing.assert_allclose(found, _expected(from_, from_), atol=0.011)
    assert travel.n_requests == 3


@pytest.mark.parametrize(
    ("fault", "sentence", "n_requests"),
    [
        ("500", r"does not answer, tried 3 times \(status 500\)", 3),
        ("cut", "does not answer, tried 3 times", 3),
        ("slow", r"tried 3 times \(too slow\)", 3),
        ("302", "sent elsewhere", 3),
        ("400", r"refuses the request \(status 400\)", 1),
        ("shape", "no table of osrm", 1),
    ],
)
def test_a_fault_that_stays_is_a_sentence(
    server: StandIn, fault: str, sentence: str, n_requests: int
):
    origins, _ = _grid(2)
    server.faults = [fault] * 9
    travel = _travel(server, timeout_s=0.3 if fault == "slow" else 5.0)
    with pytest.raises(SourceError, match=sentence):
        travel.nearest(origins, origins)
    assert len(server.asked) == n_requests


def test_a_wrong_answer_of_valhalla_is_a_sentence(server: StandIn):
    origins, _ = _grid(2)
    server.faults = ["shape"]
    with pytest.raises(SourceError, match="no table of valhalla"):
        _travel(server, "valhalla").nearest(origins, origins)


def test_nobody_there():
    with stand_in() as gone:
        pass
    origins, _ = _grid(2)
    with pytest.raises(SourceError, match=r"127\.0\.0\.1: the routing server does not answer"):
        _travel(gone, retries=0).nearest(origins, origins)


def test_no_positions(server: StandIn):
    some, _ = _grid(2)
    none = Spots(np.empty(0, dtype=str), np.empty((0, 2)), np.empty(0, dtype=np.int64))
    travel = _travel(server)
    assert travel.pairs(none, some, max_min=9).shape == (0, 2)
    assert travel.nearest(some, none).destination.tolist() == [-1, -1]
    assert server.asked == []


def test_the_settings_make_a_server_or_none():
    assert routing_server(None, None) is None
    assert routing_server("", "") is None
    server = routing_server("https://user:secret@roads.example/osrm/", "OSRM")
    assert server is not None
    assert (server.kind, server.host) == ("osrm", "roads.example")
    assert server.url.endswith("/osrm")


@pytest.mark.parametrize(
    ("url", "kind", "sentence"),
    [
        ("http://roads.example", None, "one without the other"),
        (None, "osrm", "one without the other"),
        ("http://roads.example", "graphhopper", "osrm, valhalla"),
        ("file:///etc/hosts", "osrm", "not an http or https address"),
        ("roads.example", "osrm", "not an http or https address"),
        ("http://[", "osrm", "not an http or https address"),
    ],
)
def test_bad_settings_are_refused(url: str | None, kind: str | None, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        routing_server(url, kind)
