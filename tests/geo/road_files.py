"""Small OpenStreetMap extracts written by hand, and where the real one lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from capillare.geo.places import metric_xy
from capillare.geo.roads import RoadRules, read_rules
from capillare.geo.travel import Spots

LIECHTENSTEIN = Path(__file__).parents[3] / "shared/data/official/roads/liechtenstein.osm.pbf"
LAT, LON = 43.8, 11.2
STEP_DEG = 0.01
STEP_KM = 6371.0088 * np.pi / 180 * STEP_DEG
"""A hundredth of a degree of latitude, on the sphere that roads are measured on."""

Node = tuple[int, int]
Way = tuple[list[Node], dict[str, str]]


def needs_extract() -> Path:
    if not LIECHTENSTEIN.is_file():
        pytest.skip(f"{LIECHTENSTEIN.name} is not there")
    return LIECHTENSTEIN


def plain_rules(**changes: object) -> RoadRules:
    """The packaged rules without bends and with every piece kept, unless said otherwise."""
    return replace(read_rules(), **{"bend_s_per_turn": 0.0, "min_piece_km": 0.0, **changes})


def position(node: Node) -> tuple[float, float]:
    """Latitude and longitude of a node of the grid: rows to the north, columns to the east."""
    row, column = node
    return LAT + STEP_DEG * row, LON + STEP_DEG * column


def node_id(node: Node) -> int:
    return 1000 * (node[0] + 1) + node[1] + 1


def write_pbf(path: Path, ways: Iterable[Way], *, missing: Iterable[Node] = ()) -> Path:
    """Write an extract whose ways run over nodes of the grid."""
    osmium = pytest.importorskip("osmium")
    ways = list(ways)
    nodes = sorted({node for way, _ in ways for node in way} - set(missing))
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for node in nodes:
            lat, lon = position(node)
            writer.add_node(osmium.osm.mutable.Node(id=node_id(node), location=(lon, lat)))
        for number, (way, tags) in enumerate(ways, start=1):
            refs = [node_id(node) for node in way]
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))
    return path


def spots_at(nodes: Mapping[str, Node] | Iterable[Node]) -> Spots:
    """Positions exactly at nodes of the grid, all on one land."""
    if not isinstance(nodes, Mapping):
        nodes = {f"{row},{column}": (row, column) for row, column in nodes}
    lat, lon = np.array([position(node) for node in nodes.values()]).T
    return Spots(np.array(list(nodes)), metric_xy(lat, lon), np.zeros(len(nodes), dtype=np.int64))
