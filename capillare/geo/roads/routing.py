"""Minutes over a built road network, as one of the ways to know travel times."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from capillare.geo.roads.engines import EitherEngine, Engine
from capillare.geo.roads.snapping import Snapper, SnapReport, Snaps
from capillare.geo.travel import Nearest, Spots, TravelPairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from capillare.geo.roads.store import RoadNetwork

MINUTE_DECIMALS = 2
HALF_UNIT_MIN = 0.5 * 10.0**-MINUTE_DECIMALS
METRES_PER_KPH_MIN = 1000.0 / 60.0
PAIRS_AT_ONCE = 2_000_000
TIE_MIN = 1e-9
"""Added to the minutes of each destination times its row, so that ties go to the lower one."""


class RoadTravel:
    """Minutes by car over roads: from position to road, along roads, from road to position.

    Positions tied to one vertex are joined by a straight line at the speed of access. It answers
    where both ends lie inside the network's extent; elsewhere it knows nothing.
    """

    basis = "road"

    def __init__(self, network: RoadNetwork, engine: Engine | None = None) -> None:
        self.about = network.about
        self._graph, self._rules = network.graph, network.about.rules
        self._snapper = Snapper(self._graph, self._rules)
        self.engine = engine or EitherEngine(self._graph)

    @cached_property
    def _back(self) -> sparse.csr_array:
        return self._graph.matrix().T.tocsr()

    def report(self, spots: Spots) -> SnapReport:
        """Say how positions meet the network."""
        return self._snapper.report(spots)

    def answers(self, origins: Spots, destinations: Spots) -> NDArray[np.bool_]:
        """Say of each pair, row by row, whether the network can be asked for it."""
        extent = self._graph.extent
        return np.asarray(extent.holds(origins.xy_m) & extent.holds(destinations.xy_m))

    def unanswered(
        self, origins: Spots, destinations: Spots
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """List the blocks of pairs, rows by rows, that the network cannot be asked for."""
        from_inside = self._graph.extent.holds(origins.xy_m)
        to_inside = self._graph.extent.holds(destinations.xy_m)
        return [
            (np.flatnonzero(~from_inside), np.arange(len(destinations))),
            (np.flatnonzero(from_inside), np.flatnonzero(~to_inside)),
        ]

    def pairs(self, origins: Spots, destinations: Spots, *, max_min: float) -> TravelPairs:
        """Return the minutes of every pair over roads within `max_min`, boundary included."""
        from_, to = self._snapper.snap(origins), self._snapper.snap(destinations)
        parts = [
            self._timed(from_, to, pair, max_min) for pair in self._possible(from_, to, max_min)
        ]
        none = np.empty(0, dtype=np.int64)
        origin = np.concatenate([none, *(part[0] for part in parts)])
        destination = np.concatenate([none, *(part[1] for part in parts)])
        travel_min = np.concatenate([np.empty(0), *(part[2] for part in parts)])
        order = np.lexsort((destination, origin))
        return TravelPairs(
            origin[order], destination[order], travel_min[order], (len(origins), len(destinations))
        )

    def nearest(self, origins: Spots, destinations: Spots) -> Nearest:
        """Return each origin's nearest destination over roads, with no cut-off."""
        from_, to = self._snapper.snap(origins), self._snapper.snap(destinations)
        index = np.full(len(origins), -1, dtype=np.int64)
        travel_min = np.full(len(origins), np.nan)
        starts = from_.asked
        ends = to.asked
        if not (starts.size and ends.size):
            return Nearest(index, travel_min)
        row, minutes = self._flooded(to, ends)
        vertex = from_.vertex[starts]
        reached = np.isfinite(minutes[vertex])
        index[starts[reached]] = row[vertex[reached]]
        travel_min[starts[reached]] = minutes[vertex[reached]] + self._access_min(
            from_.distance_m[starts[reached]]
        )
        _settle_at_one_vertex(from_, to, index, travel_min, self._access_min)
        return Nearest(index, np.round(travel_min, MINUTE_DECIMALS))

    def _access_min(self, distance_m: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(distance_m / (self._rules.access_kph * METRES_PER_KPH_MIN))

    def _possible(
        self, from_: Snaps, to: Snaps, max_min: float
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Give pairs of one piece that the fastest straight line could join, in batches.

        Batches part the smaller side, from which the engine searches: none is searched twice.
        """
        starts, ends = from_.asked, to.asked
        is_from_ends = ends.size < starts.size
        few, many = (ends, starts) if is_from_ends else (starts, ends)
        few_xy, many_xy = (to.xy_m, from_.xy_m) if is_from_ends else (from_.xy_m, to.xy_m)
        if not few.size:
            return
        tree = cKDTree(many_xy[many])
        reach_m = (max_min + HALF_UNIT_MIN) * self._fastest_m_per_min
        n_at_once = max(PAIRS_AT_ONCE // many.size, 1)
        for first in range(0, few.size, n_at_once):
            batch = few[first : first + n_at_once]
            near = cKDTree(few_xy[batch]).query_ball_tree(tree, reach_m)
            searched = np.repeat(batch, [len(rows) for rows in near])
            found = many[np.array([row for rows in near for row in rows], dtype=np.int64)]
            origin, destination = (found, searched) if is_from_ends else (searched, found)
            is_one = from_.piece[origin] == to.piece[destination]
            yield origin[is_one], destination[is_one]

    @cached_property
    def _fastest_m_per_min(self) -> float:
        """No pair is faster than its straight line at the speed of the fastest edge."""
        graph = self._graph
        straight_m = np.linalg.norm(graph.xy_m[graph.end] - graph.xy_m[graph.start], axis=1)
        fastest = float((straight_m / graph.travel_min).max()) if straight_m.size else 0.0
        return max(fastest, self._rules.access_kph * METRES_PER_KPH_MIN)

    def _timed(
        self,
        from_: Snaps,
        to: Snaps,
        pair: tuple[NDArray[np.int64], NDArray[np.int64]],
        max_min: float,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        origin, destination = pair
        start, end = from_.vertex[origin], to.vertex[destination]
        road_min = self.engine.minutes(start, end, max_min=max_min + HALF_UNIT_MIN)
        access_m = from_.distance_m[origin] + to.distance_m[destination]
        straight_m = np.linalg.norm(from_.xy_m[origin] - to.xy_m[destination], axis=1)
        off_road_m = np.where(start == end, straight_m, access_m)
        travel_min = np.round(road_min + self._access_min(off_road_m), MINUTE_DECIMALS)
        kept = travel_min <= max_min
        return origin[kept], destination[kept], travel_min[kept]

    def _flooded(
        self, to: Snaps, ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Flood the network backwards from all destinations: nearest row and minutes by vertex."""
        n = len(self._graph.xy_m)
        lead_min = self._access_min(to.distance_m[ends]) + TIE_MIN * (np.arange(ends.size) + 1)
        # A door of its own for every destination, before the vertex it is tied to.
        back = self._back.tocoo()
        doors = np.arange(n, n + ends.size)
        flooded = sparse.csr_array(
            (
                np.concatenate([back.data, lead_min]),
                (
                    np.concatenate([back.coords[0], doors]),
                    np.concatenate([back.coords[1], to.vertex[ends]]),
                ),
            ),
            shape=(n + ends.size,) * 2,
        )
        minutes, _, source = csgraph.dijkstra(
            flooded, indices=doors, min_only=True, return_predecessors=True
        )
        door = np.clip(source[:n] - n, 0, None)
        return ends[door], np.maximum(minutes[:n] - TIE_MIN * (door + 1), 0.0)


def _settle_at_one_vertex(
    from_: Snaps,
    to: Snaps,
    index: NDArray[np.int64],
    travel_min: NDArray[np.float64],
    access_min: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> None:
    """Let a destination at an origin's own vertex win by the straight line, in place."""
    ends = to.asked
    ends = ends[np.argsort(to.vertex[ends], kind="stable")]
    starts = from_.asked
    first = np.searchsorted(to.vertex[ends], from_.vertex[starts], side="left")
    after = np.searchsorted(to.vertex[ends], from_.vertex[starts], side="right")
    n_there = after - first
    origin = np.repeat(starts, n_there)
    within = np.arange(n_there.sum()) - np.repeat(np.cumsum(n_there) - n_there, n_there)
    destination = ends[np.repeat(first, n_there) + within]
    straight_m = np.linalg.norm(from_.xy_m[origin] - to.xy_m[destination], axis=1)
    direct_min = access_min(straight_m)
    order = np.lexsort((destination, direct_min, origin))
    best, at = np.unique(origin[order], return_index=True)
    row, minutes = destination[order][at], direct_min[order][at]
    is_better = (minutes < travel_min[best]) | ((minutes == travel_min[best]) & (row < index[best]))
    index[best[is_better]] = row[is_better]
    travel_min[best[is_better]] = minutes[is_better]
