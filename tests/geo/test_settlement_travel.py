"""Minutes over the settlement graph: closed forms, an independent search, and the real Italy."""

from __future__ import annotations

import tomllib
from functools import cache

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csgraph

from benchmarks.calibrate_travel import errors, read_legs
from capillare.geo.places import find_settlements, metric_xy
from capillare.geo.schema import FAST_ROADS, LAKES
from capillare.geo.sources.reference import DATA_FOLDER, read_table
from capillare.geo.travel import (
    Coefficients,
    SettlementGraph,
    SettlementTravel,
    Spots,
    read_estimate,
    read_graph,
    spots_of,
)
from capillare.geo.travel.graph import FastRoads, build_graph
from capillare.geo.travel.joining import find_direct, find_links
from capillare.geo.travel.legs import Legs
from tests.geo.test_travel import INNER_AREAS_FILE, needs_official

TRAVEL, _ = read_estimate("all")
ROUND_KM = Coefficients(
    per_km_min=1.0,
    per_root_km_min=0.0,
    per_hm_min=2.0,
    density_per_km_min=0.5,
    outside_per_km_min=3.0,
    motorway_per_km_min=0.25,
    expressway_per_km_min=0.5,
    ramp_min=2.0,
    end_min=4.0,
    end_scale_min=2.0,
)
NO_ENDS = Coefficients(**{**vars(ROUND_KM), "end_min": 0.0})


def _legs(n: int, **columns: object) -> Legs:
    zero = np.zeros(n)
    given_columns = {name: np.asarray(column) for name, column in columns.items()}
    return Legs(
        **{
            "length_km": zero,
            "ascent_hm": zero,
            "density": zero,
            "outside_km": zero,
            "is_cut": np.zeros(n, dtype=bool),
            **given_columns,
        }
    )


def _graph(
    xy_km: list[tuple[float, float]],
    ways: list[tuple[int, int]],
    minutes: list[float],
    fast: list[tuple[int, int, float, bool]] = [],  # noqa: B006 (never changed)
    landmass: list[int] | None = None,
) -> SettlementGraph:
    """Hand-made graph: ways whose length is their minutes; fast stretches between the nodes."""
    pairs = np.array(ways, dtype=np.int64).reshape(-1, 2)
    towns, town = np.unique(
        np.array([stretch[:2] for stretch in fast], dtype=np.int64).reshape(-1, 2),
        return_inverse=True,
    )
    town = town.reshape(-1, 2)
    return SettlementGraph(
        xy_m=np.array(xy_km, dtype=np.float64) * 1000,
        landmass=np.array(landmass or [0] * len(xy_km)),
        start=pairs[:, 0],
        end=pairs[:, 1],
        legs=_legs(len(ways), length_km=np.array(minutes, dtype=np.float64)),
        fast=FastRoads(
            start=town[:, 0],
            end=town[:, 1],
            length_km=np.array([stretch[2] for stretch in fast], dtype=np.float64),
            is_motorway=np.array([stretch[3] for stretch in fast], dtype=bool),
            settlement=towns,
        ),
    )


def _at_nodes(graph: SettlementGraph, rows: list[int]) -> Spots:
    return Spots(
        np.array([str(row) for row in rows], dtype=str), graph.xy_m[rows], graph.landmass[rows]
    )


@cache
def _town(municipality: str) -> tuple[float, float]:
    places = find_settlements()
    found = places[(places["place"] == municipality) & places["is_chief_town"]]
    return float(found["lat"].iloc[0]), float(found["lon"].iloc[0])


def _at_towns(*municipalities: str) -> Spots:
    places = find_settlements()
    chiefs = places[places["is_chief_town"]].drop_duplicates("place").set_index("place", drop=False)
    return spots_of(chiefs.loc[list(municipalities)], id_column="place_id")


def _minutes(start: str, end: str, max_min: float = 300.0) -> float:
    found = TRAVEL.pairs(_at_towns(start), _at_towns(end), max_min=max_min).travel_min
    return float(found[0]) if found.size else np.inf


def _random_spots(n: int, seed: int, *, spread_m: float) -> Spots:
    """Positions scattered around Tuscan settlements of the mainland."""
    places = find_settlements()
    near = places[places["lat"].between(43.3, 44.1) & places["lon"].between(10.4, 11.8)]
    random = np.random.default_rng(seed)
    spots = spots_of(near.iloc[random.choice(len(near), n, replace=False)], id_column="place_id")
    moved = spots.xy_m + random.uniform(-spread_m, spread_m, (n, 2))
    return Spots(spots.ids, moved, spots.landmass)


def test_minutes_of_a_leg_in_closed_form():
    legs = _legs(3, length_km=[4.0, 4.0, 4.0], ascent_hm=[0, 3.0, 0], density=[0, 0, 2.0])
    assert NO_ENDS.local_min(legs).tolist() == [4.0, 10.0, 8.0]
    wet = _legs(2, length_km=[4.0, 4.0], outside_km=[1.0, 1.0], is_cut=[False, True])
    assert NO_ENDS.local_min(wet).tolist() == [7.0, np.inf]
    assert NO_ENDS.uncut_min(wet).tolist() == [7.0, 7.0]


def test_ends_are_nothing_at_home_and_all_paid_far_away():
    paths = np.array([0.0, 2.0, 100.0])
    assert ROUND_KM.with_ends(paths).tolist() == pytest.approx([0, 2 + 4 * (1 - np.exp(-1)), 104])
    rising = ROUND_KM.with_ends(np.linspace(0, 60, 200))
    steps = np.diff(rising)
    assert (steps > 0).all()
    assert (np.diff(steps) <= 1e-9).all()


@given(max_min=st.floats(0, 400))
def test_the_longest_path_within_minutes_is_their_inverse(max_min: float):
    path_min = ROUND_KM.path_within(max_min)
    assert float(ROUND_KM.with_ends(np.array(path_min))) == pytest.approx(max_min, abs=1e-6)


def test_a_line_of_three_towns_and_a_motorway_over_them():
    xy_km, ways = [(0.0, 0.0), (20.0, 0.0), (40.0, 0.0)], [(0, 1), (1, 2)]
    slow = SettlementTravel(_graph(xy_km, ways, [20.0, 20.0]), NO_ENDS)
    fast_graph = _graph(xy_km, ways, [20.0, 20.0], fast=[(0, 2, 40.0, True)])
    fast = SettlementTravel(fast_graph, NO_ENDS)
    ends = _at_nodes(fast_graph, [0, 1, 2])
    assert slow.pairs(ends, ends, max_min=100).travel_min.tolist() == [
        0,
        20,
        40,
        20,
        0,
        20,
        40,
        20,
        0,
    ]
    # Ramp 2, 40 km at a quarter of a minute, ramp 2; the middle town has no junction.
    assert fast.pairs(ends, ends, max_min=100).travel_min.tolist() == [
        0,
        20,
        14,
        20,
        0,
        20,
        14,
        20,
        0,
    ]
    expressway = _graph(xy_km, ways, [20.0, 20.0], fast=[(0, 2, 40.0, False)])
    there = SettlementTravel(expressway, NO_ENDS).nearest(_at_nodes(expressway, [0]), ends.at([2]))
    assert there.travel_min.tolist() == [24.0]


def test_the_boundary_is_within_reach():
    graph = _graph([(0, 0), (20, 0), (40, 0)], [(0, 1), (1, 2)], [20.0, 0.01])
    pairs = SettlementTravel(graph, NO_ENDS).pairs(
        _at_nodes(graph, [0]), _at_nodes(graph, [1, 2]), max_min=20
    )
    assert pairs.destination.tolist() == [0]


@given(data=st.data())
@settings(max_examples=60)
def test_pairs_and_nearest_equal_an_independent_search(data: st.DataObject):
    n = data.draw(st.integers(2, 9))
    every = [(i, j) for i in range(n) for j in range(i + 1, n)]
    ways = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=14, unique=True))
    minutes = data.draw(st.lists(st.integers(1, 40), min_size=len(ways), max_size=len(ways)))
    fast = data.draw(
        st.lists(
            st.tuples(
                st.integers(0, n - 1), st.integers(0, n - 1), st.integers(4, 80), st.booleans()
            ),
            max_size=4,
        )
    )
    graph = _graph(
        [(30.0 * i, 7.0 * i * i) for i in range(n)], ways, [float(m) for m in minutes], fast
    )
    travel = SettlementTravel(graph, ROUND_KM)
    network = nx.MultiGraph()
    network.add_nodes_from(range(n))
    network.add_weighted_edges_from((*way, m) for way, m in zip(ways, minutes, strict=True))
    for start, end, km, is_motorway in fast:
        network.add_edge(start, ("fast", start), weight=2.0)
        network.add_edge(end, ("fast", end), weight=2.0)
        network.add_edge(("fast", start), ("fast", end), weight=km / (4 if is_motorway else 2))
    rows = list(range(n))
    origins, ends = _at_nodes(graph, rows[: n // 2 + 1]), _at_nodes(graph, rows[n // 2 :])
    expected = np.full((len(origins), len(ends)), np.inf)
    for i in range(len(origins)):
        reached = nx.single_source_dijkstra_path_length(network, i)
        for j in range(len(ends)):
            if (path := reached.get(n // 2 + j)) is not None:
                expected[i, j] = path + 4 * (1 - np.exp(-path / 2))
    max_min = data.draw(st.integers(1, 90))
    pairs = travel.pairs(origins, ends, max_min=max_min)
    found = np.full(expected.shape, np.inf)
    found[pairs.origin, pairs.destination] = pairs.travel_min
    rounded = np.round(expected, 2)
    assert found == pytest.approx(np.where(rounded <= max_min, rounded, np.inf), abs=0.0101)
    nearest = travel.nearest(origins, ends)
    for i, row in enumerate(rounded):
        if np.isinf(row).all():
            assert nearest.destination[i] == -1
            assert np.isnan(nearest.travel_min[i])
        else:
            assert nearest.travel_min[i] == pytest.approx(row.min(), abs=0.0101)
            # Paths differ by a quarter of a minute at least: those that tie are equal.
            assert nearest.destination[i] == row.argmin()


def test_spots_off_the_settlements_equal_an_independent_search():
    origins, ends = _random_spots(25, 1, spread_m=1500), _random_spots(20, 2, spread_m=1500)
    graph = TRAVEL.graph
    start, end, minutes = graph.edges(TRAVEL.costs)
    network = nx.MultiGraph()
    exists = np.isfinite(minutes)
    network.add_weighted_edges_from(zip(start[exists], end[exists], minutes[exists], strict=True))
    links = {
        "o": find_links(graph, TRAVEL.costs, origins),
        "d": find_links(graph, TRAVEL.costs, ends),
    }
    for side, hung in links.items():
        for row in range(len(hung)):
            for node, leg_min in zip(hung.node[row], hung.minutes[row], strict=True):
                if np.isfinite(leg_min):
                    network.add_edge((side, row), node, weight=leg_min)
    direct = find_direct(TRAVEL.costs, origins, ends, links["o"].is_node, links["d"].is_node)
    for i, j, leg_min in zip(direct.origin, direct.destination, direct.path_min, strict=True):
        network.add_edge(("o", i), ("d", j), weight=leg_min)
    pairs = TRAVEL.pairs(origins, ends, max_min=45)
    found = np.full((len(origins), len(ends)), np.inf)
    found[pairs.origin, pairs.destination] = pairs.travel_min
    assert direct.origin.size > 0
    for i in range(len(origins)):
        # No other spot is driven through: each pair is searched without the rest.
        for j in range(len(ends)):
            others = {("o", k) for k in range(len(origins)) if k != i}
            others |= {("d", k) for k in range(len(ends)) if k != j}
            if (i + j) % 5:
                continue
            seen = nx.subgraph_view(network, filter_node=lambda node, o=others: node not in o)
            path = nx.bidirectional_dijkstra(seen, ("o", i), ("d", j))[0]
            expected = round(float(TRAVEL.costs.with_ends(np.array(path))), 2)
            assert found[i, j] == pytest.approx(expected if expected <= 45 else np.inf, abs=0.0101)


def test_nearest_is_the_least_of_all_pairs_and_row_order_is_irrelevant():
    origins, ends = _random_spots(120, 3, spread_m=900), _random_spots(60, 4, spread_m=900)
    nearest = TRAVEL.nearest(origins, ends)
    pairs = TRAVEL.pairs(origins, ends, max_min=400)
    table = np.full((len(origins), len(ends)), np.inf)
    table[pairs.origin, pairs.destination] = pairs.travel_min
    assert nearest.travel_min.tolist() == table.min(axis=1).tolist()
    assert (
        table[np.arange(len(origins)), nearest.destination].tolist() == table.min(axis=1).tolist()
    )
    shuffled = np.random.default_rng(5).permutation(len(ends))
    again = TRAVEL.nearest(origins, ends.at(shuffled))
    assert shuffled[again.destination].tolist() == nearest.destination.tolist()
    turned = TRAVEL.pairs(origins, ends.at(shuffled), max_min=400)
    moved = np.full(table.shape, np.inf)
    moved[turned.origin, shuffled[turned.destination]] = turned.travel_min
    assert np.array_equal(moved, table)


def test_minutes_are_the_same_both_ways():
    origins, ends = _random_spots(80, 6, spread_m=2000), _random_spots(50, 7, spread_m=2000)
    there = TRAVEL.pairs(origins, ends, max_min=60)
    back = TRAVEL.pairs(ends, origins, max_min=60)
    order = np.lexsort((back.origin, back.destination))
    assert there.travel_min.tolist() == back.travel_min[order].tolist()
    assert there.destination.tolist() == back.origin[order].tolist()


def test_settlements_keep_the_triangle_inequality():
    spots = _random_spots(60, 8, spread_m=0)
    pairs = TRAVEL.pairs(spots, spots, max_min=400)
    table = np.full((60, 60), np.inf)
    table[pairs.origin, pairs.destination] = pairs.travel_min
    assert (np.diag(table) == 0).all()
    through = (table[:, :, None] + table[None, :, :]).min(axis=1)
    assert (table <= through + 0.03).all()


def test_the_region_asked_for_does_not_matter():
    near, all_of = (
        _at_towns("Firenze", "Empoli"),
        _at_towns("Firenze", "Empoli", "Palermo", "Udine"),
    )
    alone = TRAVEL.pairs(near, near, max_min=100)
    among = TRAVEL.pairs(all_of, all_of, max_min=100)
    both = (among.origin < 2) & (among.destination < 2)
    assert among.travel_min[both].tolist() == alone.travel_min.tolist()
    assert read_estimate("09")[0] is read_estimate("11")[0]


def test_near_positions_take_little_and_more_when_farther():
    lat, lon = _town("Empoli")
    # Eastwards from the middle of the town, over flat ground.
    steps_m = np.array([0, 50, 200, 500, 1000, 1500, 2000, 3000])
    xy_m = metric_xy(np.array([lat]), np.array([lon])) + np.array([[250.0, 250.0]])
    start = Spots(np.array(["home"]), xy_m, np.array([0]))
    ends = Spots(
        steps_m.astype(str),
        xy_m + np.column_stack([steps_m, 0 * steps_m]),
        np.zeros(8, dtype=np.int64),
    )
    minutes = TRAVEL.pairs(start, ends, max_min=60).travel_min
    assert minutes[0] == 0
    assert minutes[1] < 2
    assert 2 < minutes[4] < 7
    assert (np.diff(minutes) > 0).all()


def test_nobody_drives_across_water():
    assert _minutes("Piombino", "Portoferraio") == np.inf
    assert _minutes("Villa San Giovanni", "Messina") == np.inf
    assert _minutes("Portoferraio", "Capoliveri") < 40
    # Four kilometres across the lake of Como, six across Garda; the road goes around.
    assert _minutes("Menaggio", "Varenna") > 45
    assert _minutes("Limone sul Garda", "Malcesine") > 25
    nearest = TRAVEL.nearest(_at_towns("Isola del Giglio", "Grosseto"), _at_towns("Orbetello"))
    assert nearest.destination.tolist() == [-1, 0]
    assert np.isnan(nearest.travel_min[0])


def test_a_land_without_settlements_has_direct_ways_only():
    xy_m = np.array([[0.0, 0.0], [1000.0, 0.0], [9000.0, 0.0]]) + np.array([[690_000.0, 4.849e6]])
    rock = Spots(np.array(["a", "b", "c"]), xy_m, np.array([99_999] * 3))
    pairs = TRAVEL.pairs(rock, rock, max_min=300)
    kept = list(zip(pairs.origin.tolist(), pairs.destination.tolist(), strict=True))
    assert kept == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)]
    assert TRAVEL.nearest(rock.at(np.array([2])), rock.at(np.array([0]))).destination.tolist() == [
        -1
    ]


def test_of_desks_at_one_position_the_lower_row_is_nearest():
    ends = _at_towns("Pisa", "Empoli", "Empoli")
    assert TRAVEL.nearest(_at_towns("Firenze"), ends).destination.tolist() == [1]


def test_ties_between_positions_go_to_the_lower_row():
    """Two settlements ten minutes either side of a third, and a desk off the graph."""
    graph = _graph([(600, 4800), (610, 4800), (590, 4800)], [(0, 1), (0, 2)], [10, 10])
    travel = SettlementTravel(graph, ROUND_KM)
    for rows in ([1, 2], [2, 1]):
        nearest = travel.nearest(_at_nodes(graph, [0]), _at_nodes(graph, rows))
        assert nearest.destination.tolist() == [0]
        assert nearest.travel_min.tolist() == [14 - round(4 * np.exp(-5), 2)]


def test_no_destination_is_no_fault():
    none = Spots(np.empty(0, dtype=str), np.empty((0, 2)), np.empty(0, dtype=np.int64))
    town = _at_towns("Firenze")
    assert TRAVEL.pairs(town, none, max_min=20).travel_min.size == 0
    assert TRAVEL.pairs(none, town, max_min=20).shape == (0, 1)
    assert TRAVEL.nearest(town, none).destination.tolist() == [-1]


def test_every_settlement_reaches_every_other_of_its_land():
    graph = read_graph()
    _, label = csgraph.connected_components(graph.minutes(TRAVEL.costs), directed=False)
    lands = pd.DataFrame({"land": graph.landmass, "label": label[: len(graph.xy_m)]})
    assert lands.groupby("land")["label"].nunique().max() == 1
    assert lands.groupby("label")["land"].nunique().max() == 1


def test_the_graph_does_not_depend_on_the_order_of_settlements():
    places = find_settlements()
    near = places[places["lat"].between(43.7, 43.9) & places["lon"].between(11.0, 11.4)]
    roads = read_table(FAST_ROADS)
    roads = roads[roads["road"] == "FI-PI-LI"]
    one = build_graph(near, roads)
    other = build_graph(near.sample(frac=1, random_state=1), roads.sample(frac=1, random_state=2))
    assert np.array_equal(one.xy_m, other.xy_m)
    assert np.array_equal(one.start, other.start)
    assert np.array_equal(one.legs.ascent_hm, other.legs.ascent_hm)
    assert np.array_equal(one.fast.length_km, other.fast.length_km)


def test_fast_roads_follow_towns_that_exist():
    roads = read_table(FAST_ROADS)
    assert (roads.groupby("road")["stop"].transform("count") > 1).all()
    assert (roads.groupby("road")["stop"].min() == 1).all()
    stops = roads.groupby("road")["stop"]
    assert (stops.max() == stops.count()).all()
    assert len(roads[["road", "kind"]].drop_duplicates()) == roads["road"].nunique()
    fast = read_graph().fast
    assert fast.length_km.max() < 60
    assert fast.length_km.min() > 0.5
    towns = metric_xy(roads["lat"].to_numpy(), roads["lon"].to_numpy())
    graph = read_graph()
    distance_m = np.hypot(*(towns[:, None, :] - graph.xy_m[None, :, :]).transpose(2, 0, 1)).min(
        axis=1
    )
    assert distance_m.max() < 1000
    land = graph.landmass[fast.settlement]
    assert (land[fast.start] == land[fast.end]).all()


def test_lakes_are_lines_of_two_points_or_more():
    lakes = read_table(LAKES)
    assert (lakes.groupby("lake")["stop"].count() >= 2).all()
    assert len(lakes) == len(lakes.drop_duplicates(["lake", "stop"]))


def test_the_errors_shown_name_their_scope():
    _, tuscan = read_estimate("09")
    _, elsewhere = read_estimate("11")
    assert tuscan.mean_absolute_error_min == 3.53
    assert elsewhere.mean_absolute_error_min == 3.7
    assert "Toscana" in elsewhere.basis


@needs_official
@pytest.mark.parametrize("region", ["all", "08", "09", "12"])
def test_the_carried_errors_are_those_measured(region: str):
    carried = tomllib.loads((DATA_FOLDER / "travel.toml").read_text(encoding="utf-8"))
    legs = read_legs(INNER_AREAS_FILE)
    assert legs.official_min.size == carried["n_pairs"]
    assert errors(TRAVEL, legs, region) == carried["errors"][region]


@needs_official
def test_the_error_is_within_what_the_product_promises():
    legs = read_legs(INNER_AREAS_FILE)
    tuscan = errors(TRAVEL, legs, "09")
    assert tuscan["mean_absolute_error_min"] <= 4.7
    assert tuscan["within_25_percent_share"] >= 0.88
    assert (
        max(abs(errors(TRAVEL, legs, region)["bias_min"]) for region in ("08", "09", "12")) <= 2.5
    )
    carried = tomllib.loads((DATA_FOLDER / "travel.toml").read_text(encoding="utf-8"))
    unseen = [region["mean_absolute_error_min"] for region in carried["left_out"].values()]
    assert sum(unseen) / len(unseen) <= 5.8
