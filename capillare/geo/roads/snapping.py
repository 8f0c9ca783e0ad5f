"""Positions are tied to the nearest vertex of the network, and it is said how far that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.roads.graph import RoadGraph
    from capillare.geo.roads.rules import RoadRules
    from capillare.geo.travel import Spots

NO_PIECE = -1


@dataclass(frozen=True)
class Snaps:
    """Where positions meet the network.

    Attributes
    ----------
    xy_m
        The positions, EPSG:32632, shape (n, 2).
    vertex
        Vertex of each position, shape (n,); of any position, also one out of reach.
    distance_m
        Straight line to it.
    piece
        Piece of the network, `NO_PIECE` beyond ``max_snap_m``.
    is_inside
        Whether the position lies where the network can be asked.
    """

    xy_m: NDArray[np.float64]
    vertex: NDArray[np.int64]
    distance_m: NDArray[np.float64]
    piece: NDArray[np.int64]
    is_inside: NDArray[np.bool_]

    @property
    def asked(self) -> NDArray[np.int64]:
        """Rows of the positions that lie inside and reach a road."""
        return np.flatnonzero(self.is_inside & (self.piece != NO_PIECE))


@dataclass(frozen=True)
class SnapReport:
    """How positions met the network; ids in the order of the positions.

    Attributes
    ----------
    n_inside
        How many lie where the network can be asked; the figures below are theirs.
    mean_m, max_m
        Metres to the road; NaN where none is inside.
    outside
        Positions outside.
    far
        Further from a road than ``far_snap_m``.
    unreachable
        Further than ``max_snap_m``.
    off_main
        Tied to a piece that is not the largest, with the number of the piece.
    """

    n_inside: int
    mean_m: float
    max_m: float
    outside: tuple[str, ...]
    far: tuple[str, ...]
    unreachable: tuple[str, ...]
    off_main: tuple[tuple[str, int], ...]


class Snapper:
    """Ties positions to a network: the largest piece, unless another is clearly nearer."""

    def __init__(self, graph: RoadGraph, rules: RoadRules) -> None:
        self._graph, self._rules = graph, rules
        self._all = cKDTree(graph.xy_m)
        self._main = np.flatnonzero(graph.piece == 0)
        self._main_tree = cKDTree(graph.xy_m[self._main])

    def snap(self, spots: Spots) -> Snaps:
        """Tie each position to a vertex; ties in distance go to the lower vertex."""
        graph, rules = self._graph, self._rules
        any_m, vertex = self._all.query(spots.xy_m)
        main_m, main = self._main_tree.query(spots.xy_m)
        is_main = (main_m <= any_m + rules.main_piece_m) & (main_m <= rules.max_snap_m)
        vertex = np.where(is_main, self._main[main], vertex).astype(np.int64)
        distance_m = np.where(is_main, main_m, any_m)
        piece = np.where(distance_m <= rules.max_snap_m, graph.piece[vertex], NO_PIECE)
        return Snaps(spots.xy_m, vertex, distance_m, piece, graph.extent.holds(spots.xy_m))

    def report(self, spots: Spots) -> SnapReport:
        """Say how positions meet the network."""
        snaps = self.snap(spots)
        inside = snaps.is_inside
        off_main = np.flatnonzero(inside & (snaps.piece > 0))
        metres = snaps.distance_m[inside]
        is_far = inside & (snaps.distance_m > self._rules.far_snap_m)
        return SnapReport(
            n_inside=int(inside.sum()),
            mean_m=float(metres.mean()) if metres.size else float("nan"),
            max_m=float(metres.max()) if metres.size else float("nan"),
            outside=tuple(spots.ids[~inside].tolist()),
            far=tuple(spots.ids[is_far].tolist()),
            unreachable=tuple(spots.ids[inside & (snaps.piece == NO_PIECE)].tolist()),
            off_main=tuple(
                (str(spots.ids[row]), int(snaps.piece[row])) for row in off_main.tolist()
            ),
        )
