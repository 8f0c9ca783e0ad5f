"""How any position joins the settlement graph: links to nodes, and direct ways between spots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from capillare.geo.travel.legs import ends_at, measure_legs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.travel.costs import Coefficients
    from capillare.geo.travel.graph import SettlementGraph
    from capillare.geo.travel.protocol import Spots

N_LINKS = 3
SAME_PLACE_M = 1.0
DIRECT_M = 5000.0


@dataclass(frozen=True)
class Links:
    """How spots hang on the graph.

    Attributes
    ----------
    node
        Nearest nodes of the same land, nearest first, shape (n, 3).
    minutes
        Minutes to them, infinite where there is none; a spot at a node hangs on that one only.
    is_node
        Whether the spot is a node of the graph, shape (n,).
    """

    node: NDArray[np.int64]
    minutes: NDArray[np.float64]
    is_node: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the spots."""
        return len(self.node)


@dataclass(frozen=True)
class Direct:
    """Ways that need no graph: from origin to destination in one leg, sorted by origin."""

    origin: NDArray[np.int64]
    destination: NDArray[np.int64]
    path_min: NDArray[np.float64]


def distinct(spots: Spots) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of each distinct position, sorted by position, and each row's group."""
    _, first, group = np.unique(
        np.column_stack([spots.landmass, spots.xy_m]),
        axis=0,
        return_index=True,
        return_inverse=True,
    )
    return first, group.reshape(-1)


def find_links(graph: SettlementGraph, costs: Coefficients, spots: Spots) -> Links:
    """Hang each spot on the nearest settlements of its land, by local legs.

    Where water or a lake cuts every leg of a spot, its nearest settlement is kept all the same, at
    the cost of the leg without the cut: it stands on that land, so some road leads there.
    """
    node = np.zeros((len(spots), N_LINKS), dtype=np.int64)
    distance_m = np.full((len(spots), N_LINKS), np.inf)
    for land in np.unique(spots.landmass):
        here = np.flatnonzero(spots.landmass == land)
        if int(land) in graph.by_land:
            there, tree = graph.by_land[int(land)]
            n_links = min(N_LINKS, there.size)
            far, near = tree.query(spots.xy_m[here], k=[*range(1, n_links + 1)])
            node[here, :n_links], distance_m[here, :n_links] = there[near], far
    minutes = np.full(node.shape, np.inf)
    is_node = distance_m[:, 0] <= SAME_PLACE_M
    minutes[is_node, 0] = 0.0
    row, link = np.nonzero(np.isfinite(distance_m) & ~is_node[:, None])
    if row.size:
        ends, settlements = ends_at(spots.xy_m), ends_at(graph.xy_m[node[row, link]])
        legs = measure_legs(ends.at(row), settlements)
        minutes[row, link] = costs.local_min(legs)
        is_lost = ~np.isfinite(minutes[row].min(axis=1)) & (link == 0)
        minutes[row[is_lost], 0] = costs.uncut_min(legs.at(np.flatnonzero(is_lost)))
    return Links(node, minutes, is_node)


def find_direct(
    costs: Coefficients,
    origins: Spots,
    destinations: Spots,
    origin_is_node: NDArray[np.bool_],
    destination_is_node: NDArray[np.bool_],
) -> Direct:
    """Join spots of one land within 5 km by one local leg, unless both are nodes."""
    near = cKDTree(origins.xy_m).sparse_distance_matrix(
        cKDTree(destinations.xy_m), DIRECT_M, output_type="ndarray"
    )
    origin, destination = near["i"].astype(np.int64), near["j"].astype(np.int64)
    kept = (origins.landmass[origin] == destinations.landmass[destination]) & ~(
        origin_is_node[origin] & destination_is_node[destination]
    )
    origin, destination = origin[kept], destination[kept]
    order = np.lexsort((destination, origin))
    origin, destination = origin[order], destination[order]
    if origin.size == 0:
        return Direct(origin, destination, np.empty(0))
    legs = measure_legs(
        ends_at(origins.xy_m).at(origin), ends_at(destinations.xy_m).at(destination)
    )
    path_min = costs.local_min(legs)
    return Direct(origin, destination, path_min)
