"""Minutes over hand-made roads, checked in closed form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from capillare.geo.errors import SourceError
from capillare.geo.places import metric_xy
from capillare.geo.roads import RoadFile, RoadNetwork, RoadRules, RoadTravel, build_graph
from capillare.geo.roads.engines import Contraction, Dijkstra, EitherEngine
from capillare.geo.roads.pbf import RoadWays, read_ways
from capillare.geo.travel import Spots
from tests.geo.road_files import (
    LAT,
    LON,
    STEP_KM,
    Node,
    Way,
    plain_rules,
    spots_at,
    write_pbf,
)

ROAD = {"highway": "secondary"}
KPH = 58.0
STEP_MIN = 60 * STEP_KM / KPH


def _travel(path: Path, ways: list[Way], rules: RoadRules | None = None, **more) -> RoadTravel:
    rules = rules or plain_rules()
    graph = build_graph(read_ways(write_pbf(path / "hand.osm.pbf", ways, **more), rules), rules)
    about = RoadFile("k", "hand.osm.pbf", "", "", "", 0, 0, 0.0, 0, graph.dropped, rules)
    return RoadTravel(RoadNetwork(about, graph))


def _minutes(travel: RoadTravel, from_: Node, to: Node) -> float:
    pairs = travel.pairs(spots_at([from_]), spots_at([to]), max_min=10_000)
    return float(pairs.travel_min[0]) if pairs.travel_min.size else np.inf


def test_minutes_of_a_straight_road(tmp_path: Path):
    travel = _travel(tmp_path, [([(0, 0), (1, 0), (2, 0), (3, 0)], ROAD)])
    assert _minutes(travel, (0, 0), (3, 0)) == pytest.approx(3 * STEP_MIN, abs=0.006)
    assert _minutes(travel, (2, 0), (1, 0)) == pytest.approx(STEP_MIN, abs=0.006)


def test_a_one_way_street_is_driven_one_way(tmp_path: Path):
    ways = [
        ([(0, 0), (1, 0)], {**ROAD, "oneway": "yes"}),
        ([(0, 0), (0, 1), (1, 1), (1, 0)], ROAD),
    ]
    travel = _travel(tmp_path, ways)
    around = 60 * (STEP_KM * (1 + 2 * np.cos(np.radians(43.805)))) / KPH
    assert _minutes(travel, (0, 0), (1, 0)) == pytest.approx(STEP_MIN, abs=0.006)
    assert _minutes(travel, (1, 0), (0, 0)) == pytest.approx(around, abs=0.01)


def test_a_roundabout_is_driven_one_way(tmp_path: Path):
    ring = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]
    travel = _travel(tmp_path, [(ring, {**ROAD, "junction": "roundabout"})])
    there, back = _minutes(travel, (0, 0), (1, 0)), _minutes(travel, (1, 0), (0, 0))
    assert back == pytest.approx(STEP_MIN, abs=0.006)
    assert there > 2.4 * back


def test_a_private_road_is_not_driven(tmp_path: Path):
    detour = ([(0, 0), (0, 1), (1, 1), (1, 0)], ROAD)
    short = [(0, 0), (1, 0)]
    private = _travel(tmp_path, [detour, (short, {**ROAD, "access": "private"})])
    public = _travel(tmp_path, [detour, (short, ROAD)])
    assert _minutes(public, (0, 0), (1, 0)) == pytest.approx(STEP_MIN, abs=0.006)
    assert _minutes(private, (0, 0), (1, 0)) > 2 * STEP_MIN


def test_of_two_parallel_roads_the_faster_is_taken(tmp_path: Path):
    line = [(0, 0), (1, 0)]
    ways = [(line, {**ROAD, "maxspeed": "30"}), (line, ROAD), (line, {"highway": "residential"})]
    assert _minutes(_travel(tmp_path, ways), (0, 0), (1, 0)) == pytest.approx(STEP_MIN, abs=0.006)


def test_bends_cost_time(tmp_path: Path):
    """Four right angles, one full turn, six seconds; a fifth node leaves the ring straight."""
    ring = [(0, 0), (0, 2), (2, 2), (2, 0), (0, 0), (0, 1)]
    plain = _minutes(_travel(tmp_path, [(ring[:4], ROAD)]), (0, 0), (2, 0))
    bent = _travel(tmp_path, [(ring[:4], ROAD)], plain_rules(bend_s_per_turn=60.0))
    assert _minutes(bent, (0, 0), (2, 0)) - plain == pytest.approx(0.5, abs=0.02)


def test_without_ferries_an_island_is_not_reached(tmp_path: Path):
    ways = [
        ([(0, 0), (1, 0)], ROAD),
        ([(1, 0), (3, 0)], {"route": "ferry", "motor_vehicle": "yes"}),
        ([(3, 0), (4, 0)], ROAD),
    ]
    apart = _travel(tmp_path, ways)
    assert _minutes(apart, (0, 0), (4, 0)) == np.inf
    assert _minutes(apart, (3, 0), (4, 0)) == pytest.approx(STEP_MIN, abs=0.006)
    sailed = _travel(tmp_path, ways, plain_rules(with_ferries=True))
    expected = 2 * STEP_MIN + 60 * 2 * STEP_KM / 20
    assert _minutes(sailed, (0, 0), (4, 0)) == pytest.approx(expected, abs=0.01)
    nearest = apart.nearest(spots_at([(0, 0), (3, 0)]), spots_at([(4, 0)]))
    assert nearest.destination.tolist() == [-1, 0]
    assert np.isnan(nearest.travel_min[0])


def test_short_pieces_are_left_out_and_said(tmp_path: Path):
    ways = [([(0, 0), (5, 0)], ROAD), ([(0, 9), (1, 9)], ROAD), ([(6, 9), (6, 10)], ROAD)]
    travel = _travel(tmp_path, ways, plain_rules(min_piece_km=1.0))
    graph = travel._graph
    assert graph.piece_km == pytest.approx([5 * STEP_KM, STEP_KM], rel=1e-6)
    assert graph.dropped[0] == 1
    report = travel.report(spots_at({"main": (2, 0), "off": (0, 9), "lost": (6, 9)}))
    assert report.off_main == (("off", 1),)
    assert report.outside == ("lost",)


def test_a_one_way_dead_end_is_no_place_to_stay(tmp_path: Path):
    """What can only be entered, or only be left, is no part of a piece."""
    ways = [([(0, 0), (2, 0)], ROAD), ([(2, 0), (3, 0)], {**ROAD, "oneway": "yes"})]
    travel = _travel(tmp_path, ways)
    assert travel._graph.piece_km[0] == pytest.approx(2 * STEP_KM, rel=1e-6)


def test_a_node_the_file_lacks_parts_its_way(tmp_path: Path):
    ways = [([(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)], ROAD)]
    travel = _travel(tmp_path, ways, missing=[(2, 0)])
    assert _minutes(travel, (0, 0), (1, 0)) == pytest.approx(STEP_MIN, abs=0.006)
    assert _minutes(travel, (1, 0), (3, 0)) == np.inf


def test_the_way_to_the_road_counts_and_is_reported(tmp_path: Path):
    travel = _travel(tmp_path, [([(0, 0), (9, 0)], ROAD)])
    on = spots_at([(0, 0), (9, 0)])
    moved = Spots(on.ids, on.xy_m + np.array([[0.0, -600.0], [0.0, 0.0]]), on.landmass)
    there = travel.pairs(moved, on, max_min=100).travel_min.reshape(2, 2)
    # 600 m at 15 km/h are 2.4 minutes, straight to the road's end.
    assert there[0, 1] == pytest.approx(9 * STEP_MIN + 2.4, abs=0.02)
    assert there[0, 0] == pytest.approx(2.4, abs=0.02)
    report = travel.report(moved)
    assert (report.n_inside, report.far) == (2, ("0,0",))
    assert report.max_m == pytest.approx(600, abs=10)
    assert report.mean_m == pytest.approx(300, abs=5)


def test_beyond_the_furthest_snap_nothing_is_reached(tmp_path: Path):
    """A ring encloses ground further than two kilometres from any road."""
    ring = [(0, 0), (0, 9), (9, 9), (9, 0), (0, 0)]
    travel = _travel(tmp_path, [(ring, ROAD)])
    inside, far = spots_at({"middle": (4, 4)}), spots_at({"away": (20, 4)})
    assert travel.report(inside).unreachable == ("middle",)
    assert travel.report(far).outside == ("away",)
    desk = spots_at([(0, 0)])
    assert travel.answers(inside, desk).all()
    assert not travel.answers(far, desk).any()
    assert travel.pairs(inside, desk, max_min=1e6).travel_min.size == 0
    assert travel.nearest(inside, desk).destination.tolist() == [-1]
    blocks = travel.unanswered(spots_at([(4, 4), (20, 4)]), spots_at([(0, 0), (20, 4)]))
    asked = [(int(i), int(j)) for rows, columns in blocks for i in rows for j in columns]
    assert sorted(asked) == [(0, 1), (1, 0), (1, 1)]


def test_two_positions_at_one_spot_are_no_minutes_apart(tmp_path: Path):
    travel = _travel(tmp_path, [([(0, 0), (9, 0)], ROAD)])
    off = spots_at([(4, 0)])
    off = Spots(off.ids, off.xy_m + 300.0, off.landmass)
    assert travel.pairs(off, off, max_min=5).travel_min.tolist() == [0.0]
    nearest = travel.nearest(off, off)
    assert (nearest.destination.tolist(), nearest.travel_min.tolist()) == ([0], [0.0])


def test_ties_go_to_the_lower_row(tmp_path: Path):
    travel = _travel(tmp_path, [([(0, 0), (1, 0), (2, 0)], ROAD)])
    ends = spots_at({"b": (2, 0), "a": (0, 0), "b again": (2, 0)})
    assert travel.nearest(spots_at([(1, 0), (2, 0)]), ends).destination.tolist() == [0, 0]


def test_the_cut_off_keeps_its_boundary(tmp_path: Path):
    travel = _travel(tmp_path, [([(0, 0), (1, 0), (2, 0)], ROAD)])
    one = _minutes(travel, (0, 0), (1, 0))
    origins, ends = spots_at([(0, 0)]), spots_at([(0, 0), (1, 0), (2, 0)])
    assert travel.pairs(origins, ends, max_min=one).destination.tolist() == [0, 1]
    assert travel.pairs(origins, ends, max_min=one - 0.01).destination.tolist() == [0]


def test_nothing_to_reach(tmp_path: Path):
    travel = _travel(tmp_path, [([(0, 0), (1, 0)], ROAD)])
    none = replace(
        spots_at([(0, 0)]), ids=np.empty(0, str), xy_m=np.empty((0, 2)), landmass=np.empty(0, int)
    )
    some = spots_at([(0, 0)])
    assert travel.pairs(some, none, max_min=9).shape == (1, 0)
    assert travel.pairs(none, some, max_min=9).shape == (0, 1)
    assert travel.nearest(some, none).destination.tolist() == [-1]


def test_roads_nobody_may_drive_are_no_network(tmp_path: Path):
    path = write_pbf(tmp_path / "foot.osm.pbf", [([(0, 0), (1, 0)], {"highway": "footway"})])
    with pytest.raises(SourceError, match="no road that a car may drive"):
        read_ways(path, plain_rules())
    lonely = [([(0, 0), (1, 0)], ROAD)]
    with pytest.raises(SourceError, match="no stretch of road"):
        _travel(tmp_path, lonely, missing=[(1, 0)])


def _grid(n: int) -> list[Way]:
    rows = [([(row, column) for column in range(n)], ROAD) for row in range(n)]
    columns = [
        ([(row, column) for row in range(n)], {"highway": "tertiary", "oneway": "yes"})
        for column in range(0, n, 2)
    ]
    return rows + columns + [([(row, n - 1) for row in range(n)], {"highway": "residential"})]


def test_the_nearest_is_the_least_of_all_pairs(tmp_path: Path):
    travel = _travel(tmp_path, _grid(6))
    everywhere = [(row, column) for row in range(6) for column in range(6)]
    origins, ends = spots_at(everywhere), spots_at(everywhere[3::7])
    pairs = travel.pairs(origins, ends, max_min=1e6)
    table = pairs.travel_min.reshape(pairs.shape)
    nearest = travel.nearest(origins, ends)
    np.testing.assert_array_equal(nearest.travel_min, table.min(axis=1))
    least = table[np.arange(len(origins)), nearest.destination]
    np.testing.assert_array_equal(least, nearest.travel_min)


def test_pandana_agrees_with_scipy_and_keeps_quiet(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    pytest.importorskip("pandana")
    graph = _travel(tmp_path, _grid(12))._graph
    rng = np.random.default_rng(7)
    start, end = rng.integers(0, len(graph.xy_m), (2, 400))
    expected = Dijkstra(graph).minutes(start, end, max_min=1e6)
    capfd.readouterr()
    far = Contraction(graph).minutes(start, end, max_min=1e6)
    assert capfd.readouterr().out == ""
    np.testing.assert_allclose(far, expected, atol=0.005)
    either = EitherEngine(graph)
    np.testing.assert_allclose(either.minutes(start, end, max_min=1e6), expected, atol=0.005)
    assert "_far" in vars(either)
    near = EitherEngine(graph)
    np.testing.assert_array_equal(
        near.minutes(start, end, max_min=10.0), np.where(expected <= 10, expected, np.inf)
    )
    assert "_far" not in vars(near)


@given(st.data())
@settings(max_examples=40)
def test_any_graph_against_all_pairs_by_another_algorithm(data: st.DataObject):
    """Random one-way and two-way streets between nine crossings, by Floyd and Warshall's method."""
    n = 9
    some = st.tuples(
        st.integers(0, n - 1), st.integers(0, n - 1), st.integers(10, 90), st.booleans()
    )
    streets = [
        street
        for street in data.draw(st.lists(some, min_size=1, max_size=24))
        if street[0] != street[1]
    ]
    assume(streets)
    # On a circle no street passes through another's end.
    angle = 2 * np.pi * np.arange(n) / n
    lat, lon = LAT + 0.02 * np.sin(angle), LON + 0.02 * np.cos(angle)
    kph = np.array([float(street[2]) for street in streets])
    ways = RoadWays(
        node=np.array([end for street in streets for end in street[:2]]),
        starts=np.arange(len(streets) + 1) * 2,
        forward_kph=kph,
        backward_kph=np.where([street[3] for street in streets], kph, 0.0),
        lat=lat,
        lon=lon,
        dated="",
    )
    table = np.full((n, n), np.inf)
    np.fill_diagonal(table, 0.0)
    for from_, to, speed, is_two_way in streets:
        minutes = 60 * _km((lat[from_], lon[from_]), (lat[to], lon[to])) / speed
        table[from_, to] = min(table[from_, to], minutes)
        if is_two_way:
            table[to, from_] = min(table[to, from_], minutes)
    for middle in range(n):
        table = np.minimum(table, table[:, [middle]] + table[[middle], :])
    mutual = np.isfinite(table) & np.isfinite(table.T)
    assume((mutual.sum(axis=1) > 1).any())
    rules = plain_rules(main_piece_m=0.0)
    about = RoadFile("k", "hand", "", "", "", 0, 0, 0.0, 0, (0, 0), rules)
    graph = build_graph(ways, rules)
    travel = RoadTravel(RoadNetwork(about, graph))
    used = np.flatnonzero(mutual.sum(axis=1) > 1)
    spots = Spots(used.astype(str), metric_xy(lat[used], lon[used]), np.zeros(used.size, dtype=int))
    pairs = travel.pairs(spots, spots, max_min=1e5)
    found = np.full((used.size, used.size), np.inf)
    found[pairs.origin, pairs.destination] = pairs.travel_min
    expected = np.where(mutual, table, np.inf)[np.ix_(used, used)]
    np.testing.assert_allclose(found, expected, atol=0.011)


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great circle by the spherical law of cosines."""
    (lat1, lon1), (lat2, lon2) = np.radians([a, b])
    cosine = np.sin(lat1) * np.sin(lat2) + np.cos(lat1) * np.cos(lat2) * np.cos(lon2 - lon1)
    return float(6371.0088 * np.arccos(min(cosine, 1.0)))
