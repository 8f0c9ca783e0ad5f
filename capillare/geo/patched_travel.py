"""Minutes of one source where it knows them, and of another everywhere else, pair by pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from capillare.geo.travel import Nearest, Spots, TravelPairs, TravelTimes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Block = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""Rows of origins and rows of destinations: every pair of the two."""


class PartialTravel(TravelTimes, Protocol):
    """Knows the minutes of some pairs only, and which."""

    def answers(self, origins: Spots, destinations: Spots) -> NDArray[np.bool_]:
        """Say of each pair, row by row, whether it decides it."""

    def unanswered(self, origins: Spots, destinations: Spots) -> Iterable[Block]:
        """List the blocks of pairs that it does not decide; none twice."""


@dataclass(frozen=True)
class PatchedTravel:
    """Minutes of one source, and of a second one for the pairs that the first does not decide.

    Attributes
    ----------
    first
        Asked for every pair it decides.
    fallback
        Asked for the others.
    """

    first: PartialTravel
    fallback: TravelTimes

    @property
    def basis(self) -> str:
        """Where most minutes come from; `pair_bases` tells pair by pair."""
        return self.first.basis

    def pairs(self, origins: Spots, destinations: Spots, *, max_min: float) -> TravelPairs:
        """Return the minutes of every pair within `max_min`, boundary included."""
        found = self.first.pairs(origins, destinations, max_min=max_min)
        parts = [(found.origin, found.destination, found.travel_min)]
        for rows, columns in self._blocks(origins, destinations):
            more = self.fallback.pairs(origins.at(rows), destinations.at(columns), max_min=max_min)
            parts.append((rows[more.origin], columns[more.destination], more.travel_min))
        origin, destination, travel_min = (
            np.concatenate(pieces) for pieces in zip(*parts, strict=True)
        )
        order = np.lexsort((destination, origin))
        shape = (len(origins), len(destinations))
        return TravelPairs(origin[order], destination[order], travel_min[order], shape)

    def nearest(self, origins: Spots, destinations: Spots) -> Nearest:
        """Return each origin's nearest destination by either source, ties to the lower row."""
        best = self.first.nearest(origins, destinations)
        index = best.destination.copy()
        travel_min = np.where(index < 0, np.inf, best.travel_min)
        for rows, columns in self._blocks(origins, destinations):
            more = self.fallback.nearest(origins.at(rows), destinations.at(columns))
            found = more.destination >= 0
            row, column = rows[found], columns[more.destination[found]]
            minutes = more.travel_min[found]
            is_tie = (minutes == travel_min[row]) & (column < index[row])
            is_better = (minutes < travel_min[row]) | is_tie
            index[row[is_better]] = column[is_better]
            travel_min[row[is_better]] = minutes[is_better]
        return Nearest(index, np.where(index < 0, np.nan, travel_min))

    def _blocks(self, origins: Spots, destinations: Spots) -> list[Block]:
        blocks = self.first.unanswered(origins, destinations)
        return [(rows, columns) for rows, columns in blocks if rows.size and columns.size]


def pair_bases(travel: TravelTimes, origins: Spots, destinations: Spots) -> NDArray[np.str_]:
    """Return where the minutes of each pair come from, row by row of two equally long `Spots`."""
    if not isinstance(travel, PatchedTravel):
        return np.full(len(origins), travel.basis)
    decided = travel.first.answers(origins, destinations)
    return np.where(decided, travel.first.basis, travel.fallback.basis)
