"""Minutes along the settlement graph, between any two positions on one land."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from capillare.geo.travel.joining import Direct, Links, distinct, find_direct, find_links
from capillare.geo.travel.protocol import MINUTE_DECIMALS, Nearest, TravelPairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.travel.costs import Coefficients
    from capillare.geo.travel.graph import SettlementGraph
    from capillare.geo.travel.protocol import Spots

_SOURCES_AT_ONCE = 256
_LEAST_MIN = 1e-9
_SAFE_DECIMALS = 6
_TIE_MIN = 1e-7
_HALF_HUNDREDTH_MIN = 0.005


@dataclass(frozen=True)
class SettlementTravel:
    """Shortest paths over the settlement graph.

    A spot that is no settlement hangs on the three nearest of its land by local legs; two spots
    within 5 km of each other, unless both are settlements, are also joined directly. Minutes are
    the same both ways; between settlements they keep the triangle inequality, but for rounding.

    Attributes
    ----------
    graph
        Settlements and ways.
    costs
        Minutes per thing met.
    """

    graph: SettlementGraph
    costs: Coefficients
    basis: str = "estimated"

    def pairs(self, origins: Spots, destinations: Spots, *, max_min: float) -> TravelPairs:
        """Return the minutes of every pair on one land within `max_min`, boundary included."""
        shape = (len(origins), len(destinations))
        if 0 in shape:
            none = np.empty(0, dtype=np.int64)
            return TravelPairs(none, none, np.empty(0), shape)
        if len(origins) <= len(destinations):
            found = self._table(origins, destinations, max_min)
        else:
            found = self._table(destinations, origins, max_min).T.tocsr()
        origin = np.repeat(np.arange(shape[0]), np.diff(found.indptr))
        return TravelPairs(origin, found.indices.astype(np.int64), found.data, shape)

    def nearest(self, origins: Spots, destinations: Spots) -> Nearest:
        """Return each origin's nearest destination on its own land, ties to the lower row."""
        index = np.full(len(origins), -1, dtype=np.int64)
        travel_min = np.full(len(origins), np.nan)
        if len(origins) == 0 or len(destinations) == 0:
            return Nearest(index, travel_min)
        first, _ = distinct(destinations)
        ends = destinations.at(first)
        starts = find_links(self.graph, self.costs, origins)
        links = find_links(self.graph, self.costs, ends)
        # Rows break ties: each destination is set back by a little more than those before it.
        back_min = _TIE_MIN * np.argsort(np.argsort(first)) / len(first)
        path_min, found = self._nearest_path(starts, links, back_min)
        direct = find_direct(self.costs, origins, ends, starts.is_node, links.is_node)
        path_min, found = _with_direct(path_min, found, direct, back_min)
        reaches = np.isfinite(path_min)
        index[reaches] = first[found[reaches]]
        travel_min[reaches] = self.minutes_of(path_min[reaches] - back_min[found[reaches]])
        return Nearest(index, travel_min)

    def _nearest_path(
        self, starts: Links, ends: Links, back_min: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return each start's minutes to the nearest end along the graph, and which it is."""
        n_nodes = self.graph.n_nodes
        ends = replace(ends, minutes=ends.minutes + back_min[:, None])
        path_min, _, source = csgraph.dijkstra(
            self.with_sources(ends),
            indices=n_nodes + np.arange(len(ends)),
            min_only=True,
            return_predecessors=True,
        )
        by_link = path_min[starts.node] + starts.minutes
        best = np.argmin(by_link, axis=1)
        rows = np.arange(len(starts))
        return by_link[rows, best], source[starts.node[rows, best]].astype(np.int64) - n_nodes

    def _table(self, sources: Spots, others: Spots, max_min: float) -> sparse.csr_array:
        """Return minutes within `max_min`, sources x others, columns in order."""
        first, group = distinct(sources)
        starts = sources.at(first)
        links = find_links(self.graph, self.costs, starts)
        ends = find_links(self.graph, self.costs, others)
        direct = find_direct(self.costs, starts, others, links.is_node, ends.is_node)
        limit_min = self.costs.path_within(max_min + _HALF_HUNDREDTH_MIN)
        edges = self.with_sources(links)
        rows = []
        for low in range(0, len(starts), _SOURCES_AT_ONCE):
            high = min(low + _SOURCES_AT_ONCE, len(starts))
            reach_min = csgraph.dijkstra(
                edges, indices=self.graph.n_nodes + np.arange(low, high), limit=limit_min
            )
            path_min = _at_ends(reach_min, ends)
            here = slice(*np.searchsorted(direct.origin, [low, high]))
            np.minimum.at(
                path_min,
                (direct.origin[here] - low, direct.destination[here]),
                direct.path_min[here],
            )
            rows.append(self._within(path_min, limit_min, max_min))
        table: sparse.csr_array = sparse.csr_array(sparse.vstack(rows, format="csr")[group])
        return table

    def _within(
        self, path_min: NDArray[np.float64], limit_min: float, max_min: float
    ) -> sparse.csr_array:
        row, column = np.nonzero(path_min <= limit_min)
        travel_min = self.minutes_of(path_min[row, column])
        kept = travel_min <= max_min
        starts = np.searchsorted(row[kept], np.arange(len(path_min) + 1))
        return sparse.csr_array((travel_min[kept], column[kept], starts), shape=path_min.shape)

    def minutes_of(self, path_min: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the minutes of paths, both ends added, as they are said to people."""
        # The same path summed from its other end differs in the last bits: they must not decide.
        minutes = self.costs.with_ends(np.maximum(np.round(path_min, _SAFE_DECIMALS), 0.0))
        return np.round(minutes, MINUTE_DECIMALS)

    @cached_property
    def _edges(self) -> sparse.csr_array:
        return self.graph.minutes(self.costs)

    def with_sources(self, links: Links) -> sparse.csr_array:
        """Add one node per linked spot, from which its links lead into the graph, one way."""
        is_link = np.isfinite(links.minutes)
        n_all = self.graph.n_nodes + len(links)
        return sparse.csr_array(
            (
                np.append(self._edges.data, np.maximum(links.minutes[is_link], _LEAST_MIN)),
                np.append(self._edges.indices, links.node[is_link]),
                np.append(self._edges.indptr, self._edges.nnz + np.cumsum(is_link.sum(axis=1))),
            ),
            shape=(n_all, n_all),
        )


def _at_ends(reach_min: NDArray[np.float64], ends: Links) -> NDArray[np.float64]:
    """Return path minutes from each source (row) to each linked spot (column)."""
    path_min = reach_min[:, ends.node[:, 0]] + ends.minutes[:, 0]
    between = np.flatnonzero(~ends.is_node)
    for link in range(1, ends.node.shape[1]):
        other = reach_min[:, ends.node[between, link]] + ends.minutes[between, link]
        path_min[:, between] = np.minimum(path_min[:, between], other)
    return path_min


def _with_direct(
    path_min: NDArray[np.float64],
    found: NDArray[np.int64],
    direct: Direct,
    back_min: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Let direct ways win where they are faster."""
    direct_min = direct.path_min + back_min[direct.destination]
    order = np.lexsort((direct_min, direct.origin))
    origin, first = np.unique(direct.origin[order], return_index=True)
    best = order[first]
    wins = direct_min[best] < path_min[origin]
    path_min, found = path_min.copy(), found.copy()
    path_min[origin[wins]] = direct_min[best[wins]]
    found[origin[wins]] = direct.destination[best[wins]]
    return path_min, found
