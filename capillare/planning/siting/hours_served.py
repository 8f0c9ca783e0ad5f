"""Whom the desks of a choice can serve at best, where their hours set a limit.

A transport from places to open desks: no desk takes more adults than its hours allow, nobody goes
beyond reach, and as many as possible are served (maximum flow: Ford and Fulkerson 1956; found by
Dinic's algorithm). It stands beside the models: what they claim is recomputed by other means.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from capillare.planning.siting.measures import hours_by_supply

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.case import Case, Opened

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int32]

WHOLE = 1e-6


def serve(case: Case, opened: Opened) -> Opened:
    """Return a choice with who is served at best; as it is where hours set no limit.

    Adults are served whole; each counts the same, whatever the wishes weigh.
    """
    if case.adults_per_hour is None:
        return opened
    adults = case.demand.adults
    able = np.floor(case.adults_per_hour * np.maximum(hours_by_supply(case, opened), 0.0) + WHOLE)
    served = _flow(adults.astype(np.int32), able.astype(np.int32), *_pairs(case, able))
    by_place = np.asarray(served.sum(axis=1)).ravel()
    share = np.divide(by_place, adults, out=np.zeros(adults.size), where=adults > 0)
    return replace(opened, served=served, served_share=share)


def _pairs(case: Case, able: Floats) -> tuple[Indices, Indices]:
    """Places and the supplies that they reach and that serve anybody, once each."""
    n_sites, parts = case.candidate_ids.size, []
    for pairs, first in ((case.to_site, 0), (case.to_desk, n_sites)):
        supply = first + pairs.destination
        is_near = (pairs.travel_min <= case.within_min) & (able[supply] > 0)
        parts.append(np.column_stack([pairs.origin[is_near], supply[is_near]]))
    both = np.unique(np.concatenate(parts), axis=0).astype(np.int32)
    return both[:, 0], both[:, 1]


def _flow(adults: Indices, able: Indices, place: Indices, supply: Indices) -> sparse.coo_array:
    """Adults served, shape (n_places, n_supply): a maximum flow from a source, 0, to a sink."""
    n_places, n_supply = adults.size, able.size
    sink = n_places + n_supply + 1
    is_peopled, is_able = np.flatnonzero(adults), np.flatnonzero(able)
    start = np.concatenate([np.zeros(is_peopled.size), 1 + place, 1 + n_places + is_able])
    end = np.concatenate([1 + is_peopled, 1 + n_places + supply, np.full(is_able.size, sink)])
    most = np.concatenate([adults[is_peopled], adults[place], able[is_able]]).astype(np.int32)
    graph = sparse.csr_array(
        (most, (start.astype(np.int32), end.astype(np.int32))), shape=(sink + 1, sink + 1)
    )
    # Graphs of scipy are matrices of 32-bit indices.
    graph.indices, graph.indptr = graph.indices.astype(np.int32), graph.indptr.astype(np.int32)
    flow = sparse.coo_array(maximum_flow(graph, 0, sink).flow)
    # What flows back is the same with its sign changed.
    is_leg = (flow.data > 0) & (flow.coords[0] > 0) & (flow.coords[1] < sink)
    legs = (flow.coords[0][is_leg] - 1, flow.coords[1][is_leg] - 1 - n_places)
    people = flow.data[is_leg].astype(np.float64)
    return sparse.coo_array((people, legs), shape=(n_places, n_supply))


__all__ = ["serve"]
