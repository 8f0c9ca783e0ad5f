"""From ways to a graph whose edges carry minutes, cut into pieces that hang together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse import csgraph

from capillare.geo.errors import SourceError
from capillare.geo.places import metric_xy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.roads.pbf import RoadWays
    from capillare.geo.roads.rules import RoadRules

EARTH_RADIUS_M = 6_371_008.8
M_PER_KM = 1000.0
MIN_PER_HOUR = 60.0
SPACING_M = 200.0
"""Along a road without crossings a vertex is kept about this often, so that positions snap near."""
LEAST_MIN = 1e-6
"""Two nodes at one position: an edge of no minutes would be no edge in a sparse matrix."""
CELL_M = 1000.0


@dataclass(frozen=True)
class Extent:
    """Squares of one kilometre that a network covers, EPSG:32632.

    Attributes
    ----------
    covered
        Whether each square is covered, rows from the south, columns from the west.
    corner
        Column and row of the first square, in kilometres.
    """

    covered: NDArray[np.bool_]
    corner: NDArray[np.int64]

    @classmethod
    def around(cls, xy_m: NDArray[np.float64], *, reach_m: float) -> Extent:
        """Cover the squares within about `reach_m` of a vertex, and what they enclose."""
        n_around = int(np.ceil(reach_m / CELL_M))
        square = np.floor(xy_m / CELL_M).astype(np.int64)
        corner = square.min(axis=0) - n_around
        column, row = (square - corner).T
        covered = np.zeros((row.max() + n_around + 1, column.max() + n_around + 1), dtype=np.bool_)
        covered[row, column] = True
        near = np.ones((2 * n_around + 1,) * 2, dtype=np.bool_)
        covered = ndimage.binary_fill_holes(ndimage.binary_dilation(covered, near))
        return cls(np.asarray(covered), corner)

    def holds(self, xy_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say which positions, shape (n, 2), lie in a covered square."""
        column, row = (np.floor(xy_m / CELL_M).astype(np.int64) - self.corner).T
        n_rows, n_columns = self.covered.shape
        inside = (column >= 0) & (column < n_columns) & (row >= 0) & (row < n_rows)
        return np.asarray(
            inside & self.covered[np.where(inside, row, 0), np.where(inside, column, 0)]
        )


@dataclass(frozen=True)
class RoadGraph:
    """A road network: vertices, and edges with minutes.

    Attributes
    ----------
    xy_m
        Positions of the vertices, EPSG:32632, shape (n_vertices, 2).
    start, end
        Vertices of each directed edge, shape (n_edges,), sorted by start then end.
    travel_min
        Minutes along each edge.
    piece
        Number of the piece each vertex belongs to; 0 is the longest. From any vertex of a piece
        every other can be driven to and back; nothing is driven between pieces.
    piece_km
        Length of the roads of each piece, longest first.
    dropped
        Number of pieces left out because they are too short, and of their vertices.
    extent
        Where the network can be asked: about as far around it as positions are snapped.
    """

    xy_m: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    travel_min: NDArray[np.float64]
    piece: NDArray[np.int64]
    piece_km: NDArray[np.float64]
    dropped: tuple[int, int]
    extent: Extent

    def matrix(self) -> sparse.csr_array:
        """Return the minutes of each edge, start x end."""
        n = len(self.xy_m)
        return sparse.csr_array((self.travel_min, (self.start, self.end)), shape=(n, n))


def build_graph(ways: RoadWays, rules: RoadRules) -> RoadGraph:
    """Cut ways at their crossings, time them, and keep the pieces that are long enough."""
    ways = _densified(ways)
    steps = _Steps.of(ways, rules)
    stops = np.flatnonzero(_is_stop(ways, steps))
    # Consecutive stops of one stretch make an edge.
    first, last = stops[:-1], stops[1:]
    is_edge = steps.stretch[first] == steps.stretch[last]
    first, last = first[is_edge], last[is_edge]
    km = steps.run_km[last] - steps.run_km[first]
    bend_min = steps.run_bend_min[last] - steps.run_bend_min[first]
    start, end = ways.node[first], ways.node[last]
    way = steps.way[first]
    edges: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    for kph, tail, head in (
        (ways.forward_kph[way], start, end),
        (ways.backward_kph[way], end, start),
    ):
        open_ = (kph > 0) & (tail != head)
        travel_min = MIN_PER_HOUR * km[open_] / kph[open_] + bend_min[open_]
        edges.append((tail[open_], head[open_], np.maximum(travel_min, LEAST_MIN)))
    roads = (start, end, km)
    return _in_pieces(ways, edges, roads, rules)


def _densified(ways: RoadWays) -> RoadWays:
    """Put nodes into steps longer than `SPACING_M`, so that positions snap along straight roads."""
    step_m = np.append(_step_m(ways), 0.0)
    n_parts = 1 + np.floor(step_m / SPACING_M).astype(np.int64)
    before = np.repeat(np.arange(ways.node.size), n_parts)
    first = np.cumsum(n_parts) - n_parts
    share = (np.arange(before.size) - first[before]) / n_parts[before]
    is_new = share > 0
    start = ways.node[before[is_new]]
    end = ways.node[before[is_new] + 1]
    node = ways.node[before]
    node[is_new] = ways.lat.size + np.arange(start.size)
    share = share[is_new]
    return replace(
        ways,
        node=node,
        starts=np.append(first, before.size)[ways.starts],
        lat=np.append(ways.lat, ways.lat[start] + share * (ways.lat[end] - ways.lat[start])),
        lon=np.append(ways.lon, ways.lon[start] + share * (ways.lon[end] - ways.lon[start])),
    )


def _joins(ways: RoadWays) -> NDArray[np.bool_]:
    """Say whether each step is followed by another of its way, both with known positions."""
    way = _way_of_step(ways)
    is_known = ways.node >= 0
    return np.asarray((way[1:] == way[:-1]) & is_known[1:] & is_known[:-1])


def _way_of_step(ways: RoadWays) -> NDArray[np.int64]:
    return np.repeat(np.arange(ways.starts.size - 1), np.diff(ways.starts))


def _step_m(ways: RoadWays) -> NDArray[np.float64]:
    """Return metres on the sphere (haversine) from each step to the next of its way, else 0."""
    lat, lon = np.radians(ways.lat[ways.node]), np.radians(ways.lon[ways.node])
    chord = np.sin(np.diff(lat) / 2) ** 2
    chord += np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
    return np.where(_joins(ways), 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(chord)), 0.0)


@dataclass(frozen=True)
class _Steps:
    """Each step of every way: its way, its stretch without gaps, and what lies behind it."""

    way: NDArray[np.int64]
    stretch: NDArray[np.int64]
    run_km: NDArray[np.float64]
    run_bend_min: NDArray[np.float64]

    @classmethod
    def of(cls, ways: RoadWays, rules: RoadRules) -> _Steps:
        """Measure the steps of all ways at once; lengths run on across ways, differences count."""
        joins, step_m = _joins(ways), _step_m(ways)
        lat, lon = np.radians(ways.lat[ways.node]), np.radians(ways.lon[ways.node])
        heading = np.arctan2((lon[1:] - lon[:-1]) * np.cos(lat[1:]), lat[1:] - lat[:-1])
        turn = np.abs((np.diff(heading) + np.pi) % (2 * np.pi) - np.pi)
        turns = joins[1:] & joins[:-1] & (step_m[1:] > 0) & (step_m[:-1] > 0)
        bend_min = np.zeros(ways.node.size)
        # A turn at a step delays the step after it.
        bend_min[2:] = np.where(turns, turn, 0.0) / (2 * np.pi) * rules.bend_s_per_turn / 60.0
        return cls(
            way=_way_of_step(ways),
            stretch=np.concatenate([[0], np.cumsum(~joins)]),
            run_km=np.concatenate([[0.0], np.cumsum(step_m)]) / M_PER_KM,
            run_bend_min=np.cumsum(bend_min),
        )


def _is_stop(ways: RoadWays, steps: _Steps) -> NDArray[np.bool_]:
    """Say where edges end: ends of stretches, nodes met twice, and every `SPACING_M`."""
    is_known = ways.node >= 0
    met = np.bincount(ways.node[is_known], minlength=ways.lat.size)
    is_new = np.concatenate([[True], np.diff(steps.stretch) > 0])
    is_last = np.append(is_new[1:], True)
    lap = np.floor(steps.run_km * M_PER_KM / SPACING_M)
    is_lap = np.concatenate([[False], np.diff(lap) > 0])
    return np.asarray(is_known & (is_new | is_last | is_lap | (met[ways.node] > 1)))


def _in_pieces(
    ways: RoadWays,
    edges: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]],
    roads: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    rules: RoadRules,
) -> RoadGraph:
    start, end, travel_min = (np.concatenate(part) for part in zip(*edges, strict=True))
    if not start.size:
        raise SourceError("roads: no stretch of road with both ends known. Give a whole extract.")
    vertex, ends = np.unique(np.concatenate([start, end]), return_inverse=True)
    start, end = ends[: start.size], ends[start.size :]
    shape = (vertex.size, vertex.size)
    links = sparse.csr_array((np.ones(start.size), (start, end)), shape=shape)
    n_pieces, label = csgraph.connected_components(links, directed=True, connection="strong")
    number = np.full(ways.lat.size, -1, dtype=np.int64)
    number[vertex] = label
    road_start, road_end, km = roads
    is_inside = (number[road_start] == number[road_end]) & (number[road_start] >= 0)
    inside = number[road_start[is_inside]]
    piece_km = np.bincount(inside, km[is_inside], minlength=n_pieces).astype(np.float64)
    order = np.lexsort((np.arange(n_pieces), -piece_km))
    # The longest piece stays however short it is.
    n_kept = max(int((piece_km >= rules.min_piece_km).sum()), 1)
    rank = np.empty(n_pieces, dtype=np.int64)
    rank[order] = np.arange(n_pieces)
    piece = rank[label]
    is_kept = piece < n_kept
    renumbered = np.cumsum(is_kept) - 1
    within = (piece[start] == piece[end]) & is_kept[start]
    start, end, travel_min = _fastest(
        renumbered[start[within]], renumbered[end[within]], travel_min[within]
    )
    node = vertex[is_kept]
    xy_m = metric_xy(ways.lat[node], ways.lon[node])
    return RoadGraph(
        xy_m=xy_m,
        start=start,
        end=end,
        travel_min=travel_min,
        piece=piece[is_kept],
        piece_km=piece_km[order][:n_kept],
        dropped=(n_pieces - n_kept, int((~is_kept).sum())),
        extent=Extent.around(xy_m, reach_m=rules.max_snap_m),
    )


def _fastest(
    start: NDArray[np.int64], end: NDArray[np.int64], travel_min: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Sort edges by start and end; of parallel ones the fastest stays."""
    order = np.lexsort((travel_min, end, start))
    start, end, travel_min = start[order], end[order], travel_min[order]
    is_new = np.ones(start.size, dtype=np.bool_)
    is_new[1:] = (np.diff(start) != 0) | (np.diff(end) != 0)
    return start[is_new], end[is_new], travel_min[is_new]
