"""A real extract against an independent shortest path; damaged files; what is kept."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from capillare.geo.errors import ConfigError, SourceError
from capillare.geo.places import metric_xy
from capillare.geo.roads import (
    RoadTravel,
    build_network,
    current_key,
    forget_networks,
    list_networks,
    load_current,
    read_rules,
    store,
)
from capillare.geo.roads.engines import Dijkstra
from capillare.geo.roads.tags import speeds_of
from capillare.geo.travel import Spots
from tests.geo.road_files import needs_extract, plain_rules, write_pbf

LINE = [([(0, 0), (1, 0)], {"highway": "secondary"})]


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great circle by the spherical law of cosines in vector form, unlike the product's."""
    (lat1, lon1), (lat2, lon2) = [tuple(map(math.radians, point)) for point in (a, b)]
    u = (math.cos(lat1) * math.cos(lon1), math.cos(lat1) * math.sin(lon1), math.sin(lat1))
    v = (math.cos(lat2) * math.cos(lon2), math.cos(lat2) * math.sin(lon2), math.sin(lat2))
    return 2 * 6_371_008.8 * math.asin(math.dist(u, v) / 2)


def _full_graph(path: Path) -> tuple[nx.DiGraph, dict[int, tuple[float, float]]]:
    """Every node of every drivable way, as the file has them: nothing is thinned."""
    import osmium

    graph, at, rules = nx.DiGraph(), {}, plain_rules()
    for way in osmium.FileProcessor(str(path)).with_locations():
        if not way.is_way():
            continue
        speeds = speeds_of(dict(way.tags), rules)
        nodes = [(node.ref, (node.lat, node.lon)) for node in way.nodes if node.location.valid()]
        at.update(nodes)
        for (a, here), (b, there) in pairwise(nodes):
            for tail, head, kph in ((a, b, speeds.forward_kph), (b, a, speeds.backward_kph)):
                if kph and tail != head:
                    minutes = 0.06 * _metres(here, there) / kph
                    before = graph.get_edge_data(tail, head, {"minutes": math.inf})["minutes"]
                    graph.add_edge(tail, head, minutes=min(minutes, before))
    return graph, at


def test_a_real_extract_against_an_independent_shortest_path(tmp_path: Path):
    extract = needs_extract()
    network = build_network(extract, plain_rules(), tmp_path)
    graph, at = _full_graph(extract)
    main = max(nx.strongly_connected_components(graph), key=len)
    crossings = sorted(node for node in main if graph.degree(node) > 4)
    rng = np.random.default_rng(3)
    chosen = [int(node) for node in rng.choice(crossings, 120, replace=False)]
    lat, lon = np.array([at[node] for node in chosen]).T
    ids = np.array([str(node) for node in chosen])
    spots = Spots(ids, metric_xy(lat, lon), np.zeros(len(chosen), dtype=np.int64))
    travel = RoadTravel(network, Dijkstra(network.graph))
    assert travel.report(spots).max_m < 0.01
    pairs = travel.pairs(spots, spots, max_min=1e6)
    table = pairs.travel_min.reshape(pairs.shape)
    for row in range(0, len(chosen), 12):
        minutes = nx.single_source_dijkstra_path_length(graph, chosen[row], weight="minutes")
        expected = [minutes[other] for other in chosen]
        # Hundredths of a minute are kept.
        np.testing.assert_allclose(table[row], expected, atol=0.0051)
    near = travel.pairs(spots, spots, max_min=12.0)
    assert near.travel_min.size == (table <= 12.0).sum()
    some = Spots(ids[:9], spots.xy_m[:9], spots.landmass[:9])
    nearest = travel.nearest(spots, some)
    np.testing.assert_array_equal(nearest.travel_min, table[:, :9].min(axis=1))


def test_what_is_said_of_a_real_extract(tmp_path: Path):
    about = build_network(needs_extract(), read_rules(), tmp_path).about
    assert about.dated == "2015-07-27"
    assert about.file == "liechtenstein.osm.pbf"
    # 2015: the principality has some 400 km of streets besides lanes and field tracks.
    assert 300 < about.road_km < 500
    assert about.n_pieces == 1
    assert about.dropped[0] > 0


def test_a_network_is_kept_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    extract = write_pbf(tmp_path / "hand.osm.pbf", LINE)
    folder = tmp_path / "kept"
    assert load_current(folder) is None
    built = build_network(extract, plain_rules(), folder)
    monkeypatch.setattr(store, "read_ways", lambda *_, **__: pytest.fail("read again"))
    again = build_network(extract, plain_rules(), folder)
    loaded = load_current(folder)
    assert loaded is not None
    for network in (again, loaded):
        assert network.about == built.about
        for name in ("xy_m", "start", "end", "travel_min", "piece", "piece_km"):
            np.testing.assert_array_equal(getattr(network.graph, name), getattr(built.graph, name))
        inside = network.graph.extent.holds(built.graph.xy_m)
        assert inside.all()
    assert not list(folder.glob(".*"))


def test_other_speeds_are_another_network_and_the_last_built_is_current(tmp_path: Path):
    extract = write_pbf(tmp_path / "hand.osm.pbf", LINE)
    folder = tmp_path / "kept"
    first = build_network(extract, plain_rules(), folder).about
    second = build_network(extract, plain_rules(access_kph=10.0), folder).about
    assert {about.key for about in list_networks(folder)} == {first.key, second.key}
    assert current_key(folder) == second.key
    build_network(extract, plain_rules(), folder)
    assert current_key(folder) == first.key
    assert [about.key for about in forget_networks(folder, [first.key])] == [first.key]
    assert current_key(folder) is None
    with pytest.raises(ConfigError, match="names 0 built networks"):
        forget_networks(folder, ["zzz"])
    forget_networks(folder, [])
    assert list_networks(folder) == []


def test_a_damaged_network_is_said_and_built_anew(tmp_path: Path):
    extract = write_pbf(tmp_path / "hand.osm.pbf", LINE)
    folder = tmp_path / "kept"
    key = build_network(extract, plain_rules(), folder).about.key
    arrays = folder / key / "network.npz"
    whole = arrays.read_bytes()
    for cut in (b"", whole[: len(whole) // 2]):
        arrays.write_bytes(cut)
        with pytest.raises(SourceError, match="Build it again"):
            load_current(folder)
    build_network(extract, plain_rules(), folder)
    assert arrays.read_bytes() == whole


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("half.osm.pbf", "damaged, cut"),
        ("text.osm.pbf", "damaged, cut"),
        ("empty.osm.pbf", "damaged, cut"),
        ("absent.osm.pbf", "no such file"),
        ("map.osm", "not a .osm.pbf file"),
    ],
)
def test_what_is_no_extract_is_refused_and_nothing_is_kept(
    tmp_path: Path, name: str, sentence: str
):
    line = write_pbf(tmp_path / "line.osm.pbf", LINE).read_bytes()
    contents = {
        "half.osm.pbf": line[: len(line) // 2],
        "text.osm.pbf": b"id,lat,lon\n" * 40,
        "empty.osm.pbf": b"",
        "map.osm": b"<osm/>",
    }
    path = tmp_path / name
    if name in contents:
        path.write_bytes(contents[name])
    folder = tmp_path / "kept"
    with pytest.raises(SourceError, match=sentence):
        build_network(path, plain_rules(), folder)
    assert not folder.exists()


def test_a_real_extract_cut_anywhere_is_refused(tmp_path: Path):
    whole = needs_extract().read_bytes()
    for share in (0.2, 0.5, 0.97):
        path = tmp_path / "cut.osm.pbf"
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(SourceError, match=r"cut\.osm\.pbf"):
            build_network(path, plain_rules(), tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
