"""Reads the drivable ways of an OpenStreetMap extract (PBF) with osmium."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from capillare.geo.errors import ConfigError, SourceError
from capillare.geo.roads.tags import NOT_DRIVABLE, speeds_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from capillare.geo.roads.rules import RoadRules

INSTALL = "Install it with: pip install 'capillare[roads]'"


@dataclass(frozen=True)
class RoadWays:
    """Drivable ways as arrays: their nodes one after another, and where each way starts.

    Attributes
    ----------
    node
        Number of the node in `lat` and `lon`, -1 where the file lacks it; all ways in a row,
        shape (n_steps,).
    starts
        Where each way starts in `node`, and the end of the last, shape (n_ways + 1,).
    forward_kph, backward_kph
        Speed along each way and against it, 0 where nobody may drive, shape (n_ways,).
    lat, lon
        Positions of the nodes, EPSG:4326, shape (n_nodes,).
    dated
        Day of the extract, ISO, as its header says; empty where it does not.
    """

    node: NDArray[np.int64]
    starts: NDArray[np.int64]
    forward_kph: NDArray[np.float64]
    backward_kph: NDArray[np.float64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    dated: str


def read_ways(
    path: Path, rules: RoadRules, *, report: Callable[[str], None] = lambda _step: None
) -> RoadWays:
    """Read the ways that a car of the public may drive, and the positions of their nodes.

    Raises
    ------
    SourceError
        If the file is absent, is no PBF, is damaged or cut, or holds no drivable road.
    ConfigError
        If osmium is not installed.
    """
    osmium = _osmium()
    if not path.is_file():
        raise SourceError(f"{path.name}: no such file. Check the name.")
    if path.suffix.lower() != ".pbf":
        raise SourceError(f"{path.name}: not a .osm.pbf file. Give an extract in that format.")
    refs, sizes, forward, backward = array("q"), array("q"), array("d"), array("d")
    try:
        report("strade")
        ways = osmium.FileProcessor(str(path), osmium.osm.WAY)
        for way in ways.with_filter(osmium.filter.KeyFilter("highway", "route")):
            speeds = speeds_of({tag.k: tag.v for tag in way.tags}, rules)
            if speeds == NOT_DRIVABLE:
                continue
            before = len(refs)
            refs.extend(node.ref for node in way.nodes)
            sizes.append(len(refs) - before)
            forward.append(speeds.forward_kph)
            backward.append(speeds.backward_kph)
        wanted, node = np.unique(np.array(refs, dtype=np.int64), return_inverse=True)
        report("posizioni delle strade")
        lat, lon = _positions(osmium, path, wanted)
        dated = str(ways.header.get("osmosis_replication_timestamp") or "")[:10]
    except (RuntimeError, OSError, UnicodeDecodeError) as fault:
        raise SourceError(
            f"{path.name}: cannot be read as OpenStreetMap PBF ({fault}): it is damaged, cut or "
            "something else. Download it again."
        ) from fault
    found = np.isfinite(lat)
    if not found.any():
        raise SourceError(
            f"{path.name}: holds no road that a car may drive. Give an extract with roads."
        )
    number = np.where(found, np.cumsum(found) - 1, -1)
    return RoadWays(
        node=number[node],
        starts=np.concatenate([[0], np.cumsum(np.array(sizes, dtype=np.int64))]),
        forward_kph=np.array(forward),
        backward_kph=np.array(backward),
        lat=lat[found],
        lon=lon[found],
        dated=dated,
    )


def _positions(
    osmium: Any,  # noqa: ANN401 (a module that may be absent)
    path: Path,
    wanted: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return latitude and longitude of the wanted nodes, NaN where the file lacks one."""
    ids, lat, lon = array("q"), array("d"), array("d")
    nodes = osmium.FileProcessor(str(path), osmium.osm.NODE)
    if wanted.size and wanted[0] >= 0:
        # Editors number nodes that are not uploaded yet below zero, which the filter cannot take.
        nodes = nodes.with_filter(osmium.filter.IdFilter(wanted.tolist()))
    for node in nodes:
        if node.location.valid():
            ids.append(node.id)
            lat.append(node.lat)
            lon.append(node.lon)
    found = np.array(ids, dtype=np.int64)
    place = np.searchsorted(wanted, found)
    is_wanted = np.append(wanted, 0)[place] == found
    is_wanted &= place < wanted.size
    place = place[is_wanted]
    both = np.full((2, wanted.size), np.nan)
    both[0, place], both[1, place] = np.array(lat)[is_wanted], np.array(lon)[is_wanted]
    return both[0], both[1]


def _osmium() -> Any:  # noqa: ANN401 (a module that may be absent)
    try:
        import osmium  # noqa: PLC0415 (an optional extra)
    except ModuleNotFoundError as fault:
        raise ConfigError(f"roads: osmium is needed to read PBF files. {INSTALL}.") from fault
    return osmium
