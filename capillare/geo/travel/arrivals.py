"""Minutes from any one position to the same destinations, asked again and again: for a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from capillare.geo.travel.joining import find_direct, find_links

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.travel.protocol import Spots
    from capillare.geo.travel.settlement import SettlementTravel

_DESTINATIONS_AT_ONCE = 64


class Arrivals:
    """Paths from every settlement to fixed destinations, found once.

    Parameters
    ----------
    travel
        Whose minutes these are: `minutes_from` says what its `pairs` would.
    destinations
        Where people go.
    max_min
        Minutes beyond which nothing is kept.
    """

    def __init__(self, travel: SettlementTravel, destinations: Spots, *, max_min: float) -> None:
        """Find the paths; memory grows with the settlements within `max_min` of a destination."""
        self.basis = travel.basis
        self.max_min = max_min
        self._travel = travel
        self._destinations = destinations
        self._ends = find_links(travel.graph, travel.costs, destinations)
        limit_min = travel.costs.path_within(max_min)
        edges = travel.with_sources(self._ends)
        n_nodes = travel.graph.n_nodes
        rows = []
        for low in range(0, len(destinations), _DESTINATIONS_AT_ONCE):
            high = min(low + _DESTINATIONS_AT_ONCE, len(destinations))
            path_min = csgraph.dijkstra(
                edges, indices=n_nodes + np.arange(low, high), limit=limit_min
            )
            path_min = path_min[:, :n_nodes]
            row, column = np.nonzero(np.isfinite(path_min))
            shape = (high - low, n_nodes)
            # A path of no length is kept too: sparse tables drop what is exactly zero.
            kept = np.maximum(path_min[row, column], np.finfo(np.float64).tiny)
            rows.append(sparse.csr_array((kept, (row, column)), shape=shape))
        self._to_node = sparse.csc_array(sparse.vstack(rows)) if rows else None

    def minutes_from(self, origin: Spots) -> NDArray[np.float64]:
        """Return the minutes from one position to each destination; infinite beyond the cut-off.

        Shape (n_destinations,).
        """
        path_min = np.full(len(self._destinations), np.inf)
        if self._to_node is None:
            return path_min
        costs = self._travel.costs
        start = find_links(self._travel.graph, costs, origin)
        for node, link_min in zip(start.node[0], start.minutes[0], strict=True):
            if np.isfinite(link_min):
                here = slice(*self._to_node.indptr[[node, node + 1]])
                row = self._to_node.indices[here]
                path_min[row] = np.minimum(path_min[row], self._to_node.data[here] + link_min)
        direct = find_direct(costs, origin, self._destinations, start.is_node, self._ends.is_node)
        np.minimum.at(path_min, direct.destination, direct.path_min)
        minutes = self._travel.minutes_of(path_min)
        return np.where(minutes <= self.max_min, minutes, np.inf)
