"""Shortest paths over a road graph: scipy's Dijkstra, or pandana's contraction hierarchies.

Searches that stop at a cut-off are Dijkstra's: measured on 300,000 vertices, 620 places and 300
desks within 20 minutes take it 1.6 s, while a hierarchy takes minutes to build and has no cut-off.
Many far pairs are the other way round, so there pandana is used where it is installed.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.geo.roads.graph import RoadGraph

CELLS_AT_ONCE = 4_000_000
"""Minutes held at once, 32 MB: one row of all vertices per source."""
SECONDS_PER_MIN = 60.0
HALF_MS = 0.0005
FAR_MIN = 120.0
MANY_SOURCES = 100
"""Beyond these minutes, and from this many vertices on either side, pandana pays off."""


class Engine(Protocol):
    """Anything that finds the minutes of the fastest way between vertices."""

    def minutes(
        self, start: NDArray[np.int64], end: NDArray[np.int64], *, max_min: float
    ) -> NDArray[np.float64]:
        """Return the minutes of each pair of vertices of one piece; infinite beyond `max_min`."""


class Dijkstra:
    """Dijkstra's algorithm of scipy, from whichever side has fewer vertices."""

    def __init__(self, graph: RoadGraph) -> None:
        self._there = graph.matrix()
        self._back = self._there.T.tocsr()

    def minutes(
        self, start: NDArray[np.int64], end: NDArray[np.int64], *, max_min: float
    ) -> NDArray[np.float64]:
        """Return the minutes of each pair of vertices of one piece; infinite beyond `max_min`."""
        starts, from_row = np.unique(start, return_inverse=True)
        ends, to_row = np.unique(end, return_inverse=True)
        if starts.size <= ends.size:
            return self._searched(self._there, starts, from_row, end, max_min)
        return self._searched(self._back, ends, to_row, start, max_min)

    def _searched(
        self,
        matrix: sparse.csr_array,
        sources: NDArray[np.int64],
        source_row: NDArray[np.int64],
        target: NDArray[np.int64],
        max_min: float,
    ) -> NDArray[np.float64]:
        found = np.full(target.size, np.inf)
        n_at_once = max(CELLS_AT_ONCE // self._there.shape[0], 1)
        for first in range(0, sources.size, n_at_once):
            batch = sources[first : first + n_at_once]
            minutes = csgraph.dijkstra(matrix, indices=batch, limit=max_min)
            here = np.flatnonzero((source_row >= first) & (source_row < first + batch.size))
            found[here] = minutes[source_row[here] - first, target[here]]
        return found


class Contraction:
    """Contraction hierarchies of pandana, which is under the AGPL and therefore optional."""

    def __init__(self, graph: RoadGraph) -> None:
        import pandas as pd  # noqa: PLC0415 (beside its only use)
        from pandana import Network  # noqa: PLC0415 (an optional extra)

        # It cuts every edge to a thousandth of the unit: seconds, rounded to milliseconds.
        seconds = pd.DataFrame({"seconds": graph.travel_min * SECONDS_PER_MIN + HALF_MS})
        with _no_output():
            self._network = Network(
                pd.Series(graph.xy_m[:, 0]),
                pd.Series(graph.xy_m[:, 1]),
                pd.Series(graph.start),
                pd.Series(graph.end),
                seconds,
                twoway=False,
            )

    def minutes(
        self, start: NDArray[np.int64], end: NDArray[np.int64], *, max_min: float
    ) -> NDArray[np.float64]:
        """Return the minutes of each pair of vertices of one piece; infinite beyond `max_min`."""
        seconds = np.asarray(self._network.shortest_path_lengths(start, end), dtype=np.float64)
        minutes = seconds / SECONDS_PER_MIN
        return np.where(minutes <= max_min, minutes, np.inf)


class EitherEngine:
    """Dijkstra for near pairs; for many far ones pandana where it is installed."""

    def __init__(self, graph: RoadGraph) -> None:
        self._graph = graph
        self._near = Dijkstra(graph)
        self.has_pandana = find_spec("pandana") is not None

    @cached_property
    def _far(self) -> Contraction:
        return Contraction(self._graph)

    def minutes(
        self, start: NDArray[np.int64], end: NDArray[np.int64], *, max_min: float
    ) -> NDArray[np.float64]:
        """Return the minutes of each pair of vertices of one piece; infinite beyond `max_min`."""
        is_far = self.has_pandana and max_min > FAR_MIN
        is_many = is_far and min(np.unique(start).size, np.unique(end).size) >= MANY_SOURCES
        return (self._far if is_many else self._near).minutes(start, end, max_min=max_min)


@contextmanager
def _no_output() -> Iterator[None]:
    """Keep what a compiled library prints out of standard output, which may be a JSON document."""
    sys.stdout.flush()
    libc = ctypes.CDLL(None) if os.name == "posix" else None
    kept = os.dup(1)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 (a device)
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
            if libc is not None:
                libc.fflush(None)
        finally:
            os.dup2(kept, 1)
            os.close(kept)
