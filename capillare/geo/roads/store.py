"""Built networks kept in a folder of the user's, one of them current; written aside and renamed."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from capillare.geo.errors import ConfigError, SourceError
from capillare.geo.roads.graph import Extent, RoadGraph, build_graph
from capillare.geo.roads.pbf import read_ways
from capillare.geo.roads.rules import RoadRules, rules_of
from capillare.geo.sources.records import checksum

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = 1
"""Raised whenever the same file and speeds would build another network."""
CURRENT = "current"
_ARRAYS = ("xy_m", "start", "end", "travel_min", "piece", "piece_km")
_KEY_LENGTH = 16


@dataclass(frozen=True)
class RoadFile:
    """What a built network is.

    Attributes
    ----------
    key
        Its name in the folder, from the checksums of file and speeds.
    file, sha256
        Name and checksum of the extract.
    dated
        Day of the extract, ISO; empty where the file does not say.
    built_on
        Day on which it was built, ISO.
    n_vertices, n_edges, road_km
        Size of the network.
    n_pieces
        Pieces that are kept.
    dropped
        Pieces left out because they are too short, and their vertices.
    rules
        Speeds it was built with.
    """

    key: str
    file: str
    sha256: str
    dated: str
    built_on: str
    n_vertices: int
    n_edges: int
    road_km: float
    n_pieces: int
    dropped: tuple[int, int]
    rules: RoadRules


@dataclass(frozen=True)
class RoadNetwork:
    """A network as it is used: what it is, and its graph."""

    about: RoadFile
    graph: RoadGraph


def build_network(
    extract: Path,
    rules: RoadRules,
    folder: Path,
    *,
    report: Callable[[str], None] = lambda _step: None,
) -> RoadNetwork:
    """Build the network of an extract, unless it stands there already, and make it current.

    Raises
    ------
    SourceError
        If the extract cannot be used or the folder not be written; nothing is then kept.
    """
    if not extract.is_file():
        raise SourceError(f"{extract.name}: no such file. Check the name.")
    sha256 = checksum(extract)
    key = _key(sha256, rules)
    network = _load_sound(folder / key)
    if network is None:
        ways = read_ways(extract, rules, report=report)
        report("rete stradale")
        graph = build_graph(ways, rules)
        about = RoadFile(
            key=key,
            file=extract.name,
            sha256=sha256,
            dated=ways.dated,
            built_on=date.today().isoformat(),  # noqa: DTZ011 (the user's own calendar day)
            n_vertices=len(graph.xy_m),
            n_edges=graph.start.size,
            road_km=round(float(graph.piece_km.sum()), 1),
            n_pieces=graph.piece_km.size,
            dropped=graph.dropped,
            rules=rules,
        )
        network = RoadNetwork(about, graph)
        _keep(network, folder)
    make_current(folder, key)
    return network


def list_networks(folder: Path) -> list[RoadFile]:
    """List the built networks, newest first; what cannot be read is left out."""
    found = []
    for path in sorted(folder.glob("*/network.json")):
        try:
            found.append(_about(path.parent))
        except SourceError:
            continue
    return sorted(found, key=lambda about: (about.built_on, about.key), reverse=True)


def current_key(folder: Path) -> str | None:
    """Return the key of the current network, None where there is none.

    Raises
    ------
    SourceError
        If the file that names it is there and cannot be read.
    """
    try:
        key = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as fault:
        raise SourceError(f"roads: the current network cannot be read ({fault}).") from fault
    return key if key and (folder / key / "network.json").is_file() else None


def load_current(folder: Path) -> RoadNetwork | None:
    """Load the current network; None where none was built.

    Raises
    ------
    SourceError
        If it is there but damaged.
    """
    key = current_key(folder)
    return None if key is None else _load(folder / key)


def make_current(folder: Path, key: str) -> None:
    """Make a built network the current one, in one step.

    Raises
    ------
    SourceError
        If the folder cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".current-", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(key + "\n")
        Path(name).replace(folder / CURRENT)
    except OSError as fault:
        raise _unwritable(folder, fault) from fault


def forget_networks(folder: Path, keys: list[str]) -> list[RoadFile]:
    """Delete built networks by key, or by its first characters; all of them for no key.

    Raises
    ------
    ConfigError
        If a key names none of them, or several.
    """
    known = list_networks(folder)
    gone = known if not keys else [_named(known, key) for key in keys]
    current = current_key(folder)
    for about in gone:
        if about.key == current:
            (folder / CURRENT).unlink(missing_ok=True)
        shutil.rmtree(folder / about.key, ignore_errors=True)
    return gone


def _named(known: list[RoadFile], key: str) -> RoadFile:
    found = [about for about in known if about.key.startswith(key)]
    if len(found) != 1:
        listed = ", ".join(about.key for about in known) or "none"
        raise ConfigError(f"roads: {key!r} names {len(found)} built networks. Built: {listed}.")
    return found[0]


def _key(sha256: str, rules: RoadRules) -> str:
    half = _KEY_LENGTH // 2
    return f"{sha256[:half]}{rules.sha256[:half]}-{FORMAT}"


def _keep(network: RoadNetwork, folder: Path) -> None:
    graph, about = network.graph, network.about
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".building-", dir=folder) as aside:
            content = Path(aside) / about.key
            content.mkdir()
            arrays: dict[str, Any] = {name: getattr(graph, name) for name in _ARRAYS}
            arrays |= {"covered": graph.extent.covered, "corner": graph.extent.corner}
            np.savez(content / "network.npz", **arrays)
            written = json.dumps(asdict(about), ensure_ascii=False, indent=1)
            (content / "network.json").write_text(written, encoding="utf-8")
            # Whatever stands there could not be loaded.
            shutil.rmtree(folder / about.key, ignore_errors=True)
            content.rename(folder / about.key)
    except OSError as fault:
        raise _unwritable(folder, fault) from fault


def _about(place: Path) -> RoadFile:
    try:
        said = json.loads((place / "network.json").read_text(encoding="utf-8"))
        rules = rules_of(said.pop("rules"), where="roads")
        return RoadFile(**{**said, "dropped": tuple(said["dropped"])}, rules=rules)
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise _damaged(place) from fault


def _load(place: Path) -> RoadNetwork:
    about = _about(place)
    try:
        with (
            (place / "network.npz").open("rb") as file,
            np.load(file, allow_pickle=False) as stored,
        ):
            arrays = {name: stored[name] for name in _ARRAYS}
            extent = Extent(stored["covered"], stored["corner"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as fault:
        raise _damaged(place) from fault
    return RoadNetwork(about, RoadGraph(**arrays, dropped=about.dropped, extent=extent))


def _load_sound(place: Path) -> RoadNetwork | None:
    """Load a network; None where none stands, or one that cannot be read and is built anew."""
    try:
        return _load(place)
    except SourceError:
        return None


def _damaged(place: Path) -> SourceError:
    return SourceError(
        f"roads: the built network {place.name} cannot be read. "
        "Build it again with: capillare roads build FILE.osm.pbf"
    )


def _unwritable(folder: Path, fault: OSError) -> SourceError:
    reason = fault.strerror or str(fault)
    return SourceError(f"{folder}: cannot be written ({reason}). Choose another place.")
