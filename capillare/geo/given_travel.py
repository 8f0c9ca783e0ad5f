"""Minutes of a matrix that a user gives: between places and desks, or between chief towns.

A pair that the matrix does not list, though it knows both ends, is out of reach. An end that it
does not know leaves the pair to another way of knowing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from capillare.geo.errors import DataError
from capillare.geo.places import find_settlements, metric_xy
from capillare.geo.points.codes import CodeBook
from capillare.geo.schema import LINEAGE
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.reference import read_table
from capillare.geo.travel import Nearest, Spots, TravelPairs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from capillare.geo.sources.matrices import TravelMatrix

AT_CHIEF_TOWN_M = 1000.0
"""A position this near a chief town stands for its municipality in a municipal matrix."""
UNKNOWN = -1
CANDIDATE_PREFIX = "c-"
MINUTE_DECIMALS = 2


@dataclass(frozen=True)
class MatrixUse:
    """What a matrix was good for.

    Attributes
    ----------
    n_pairs
        Pairs that are used.
    n_ids
        Places, desks and municipalities that it knows.
    n_unknown_ids
        Ids in it that are nothing of ours: other regions' municipalities, for instance.
    n_merged_codes
        Codes of municipalities that merged into one or were split since: which of them speaks for
        the new one is not known, and their pairs are not used.
    """

    n_pairs: int
    n_ids: int
    n_unknown_ids: int
    n_merged_codes: int


class GivenTravel:
    """Minutes as a matrix lists them, between the ends it knows."""

    basis = "given"

    def __init__(self, matrix: TravelMatrix, known_ids: Iterable[str]) -> None:
        """Keep the pairs of ids we know.

        Parameters
        ----------
        matrix
            As read.
        known_ids
            Ids of places, desks and candidates; codes of municipalities are known anyway.

        Raises
        ------
        DataError
            If no pair of the matrix joins two ids that are known.
        """
        legs = matrix.legs
        number, listed = pd.factorize(pd.concat([legs["from_id"], legs["to_id"]]))
        own = set() if matrix.is_by_municipality else set(known_ids)
        resolved, n_merged = _resolved(listed.tolist(), own)
        from_, to = number[: len(legs)], number[len(legs) :]
        is_known = np.array([name in resolved for name in listed], dtype=np.bool_)
        kept = is_known[from_] & is_known[to]
        if not kept.any():
            raise DataError(
                f"{matrix.file}: none of its {len(legs)} pairs joins places, desks or "
                "municipalities that are known here. Its ids must be place_id, desk_id or codes."
            )
        used = np.union1d(from_[kept], to[kept])
        self._key = {resolved[listed[row]]: key for key, row in enumerate(used.tolist())}
        rows, columns = np.searchsorted(used, from_[kept]), np.searchsorted(used, to[kept])
        minutes = np.round(legs["travel_min"].to_numpy()[kept], MINUTE_DECIMALS)
        # One is added so that a pair of no minutes is told from one that is not listed.
        self._listed = sparse.csr_array((minutes + 1.0, (rows, columns)), shape=(used.size,) * 2)
        self._towns = _Towns.of(self._key)
        n_unknown = len(listed) - len(resolved) - n_merged
        self.use = MatrixUse(int(kept.sum()), used.size, n_unknown, n_merged)

    def keys(self, spots: Spots) -> NDArray[np.int64]:
        """Return the matrix's row of each position, `UNKNOWN` where it has none."""
        key = np.array([self._own_key(name) for name in spots.ids.tolist()], dtype=np.int64)
        return np.where(key == UNKNOWN, self._towns.keys(spots.xy_m), key)

    def _own_key(self, name: str) -> int:
        place = name.removeprefix(CANDIDATE_PREFIX)
        return self._key.get(name, self._key.get(place, UNKNOWN))

    def answers(self, origins: Spots, destinations: Spots) -> NDArray[np.bool_]:
        """Say of each pair, row by row, whether the matrix decides it."""
        from_, to = self.keys(origins), self.keys(destinations)
        is_known = (from_ != UNKNOWN) & (to != UNKNOWN)
        diagonal = self._listed.diagonal() > 0
        return np.asarray(is_known & ((from_ != to) | diagonal[np.maximum(from_, 0)]))

    def unanswered(
        self, origins: Spots, destinations: Spots
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """List the blocks of pairs, rows by rows, that the matrix does not decide.

        Two positions that stand for one municipality are among them, unless it lists the way from
        a municipality to itself.
        """
        from_, to = self.keys(origins), self.keys(destinations)
        blocks = [
            (np.flatnonzero(from_ == UNKNOWN), np.arange(to.size)),
            (np.flatnonzero(from_ != UNKNOWN), np.flatnonzero(to == UNKNOWN)),
        ]
        shared = np.intersect1d(from_[from_ != UNKNOWN], to[to != UNKNOWN])
        undecided = shared[self._listed.diagonal()[shared] == 0]
        blocks += [(np.flatnonzero(from_ == key), np.flatnonzero(to == key)) for key in undecided]
        return blocks

    def pairs(self, origins: Spots, destinations: Spots, *, max_min: float) -> TravelPairs:
        """Return the minutes of every listed pair within `max_min`, boundary included."""
        origin, destination, travel_min = self._found(origins, destinations)
        kept = travel_min <= max_min
        shape = (len(origins), len(destinations))
        return TravelPairs(origin[kept], destination[kept], travel_min[kept], shape)

    def nearest(self, origins: Spots, destinations: Spots) -> Nearest:
        """Return each origin's nearest destination among listed pairs, ties to the lower row."""
        origin, destination, travel_min = self._found(origins, destinations)
        order = np.lexsort((destination, travel_min, origin))
        row, at = np.unique(origin[order], return_index=True)
        index = np.full(len(origins), -1, dtype=np.int64)
        minutes = np.full(len(origins), np.nan)
        index[row], minutes[row] = destination[order][at], travel_min[order][at]
        return Nearest(index, minutes)

    def _found(
        self, origins: Spots, destinations: Spots
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        from_, to = self.keys(origins), self.keys(destinations)
        starts, ends = np.flatnonzero(from_ != UNKNOWN), np.flatnonzero(to != UNKNOWN)
        block = self._listed[from_[starts]][:, to[ends]].tocoo()
        origin, destination = starts[block.coords[0]], ends[block.coords[1]]
        order = np.lexsort((destination, origin))
        return origin[order], destination[order], block.data[order] - 1.0


@dataclass(frozen=True)
class _Towns:
    """Chief towns of the municipalities that a matrix knows by code."""

    tree: cKDTree | None
    key: NDArray[np.int64]

    @classmethod
    def of(cls, keys: dict[str, int]) -> _Towns:
        towns = find_settlements()
        towns = towns[towns["is_chief_town"] & towns["istat_code"].isin(keys.keys())]
        if towns.empty:
            return cls(None, np.empty(0, dtype=np.int64))
        xy_m = metric_xy(towns["lat"].to_numpy(), towns["lon"].to_numpy())
        return cls(cKDTree(xy_m), towns["istat_code"].map(keys).to_numpy().astype(np.int64))

    def keys(self, xy_m: NDArray[np.float64]) -> NDArray[np.int64]:
        if self.tree is None or not len(xy_m):
            return np.full(len(xy_m), UNKNOWN, dtype=np.int64)
        _, town = self.tree.query(xy_m, distance_upper_bound=AT_CHIEF_TOWN_M)
        return np.append(self.key, UNKNOWN)[town]


def _resolved(listed: list[str], own: set[str]) -> tuple[dict[str, str], int]:
    """Map the ids of a matrix to ours: as they stand, else as codes in force; count merged codes.

    Codes lose their zeros in spreadsheets, and municipalities merge. A code that alone became a
    new one is read as it; of several that became one, none is.
    """
    book = CodeBook.of(read_boundaries()["istat_code"], read_table(LINEAGE))
    resolved = {name: name for name in listed if name in own}
    codes: dict[str, list[str]] = {}
    n_merged = 0
    for name in listed:
        code = None if name in resolved else book.padded(name)
        in_force = book.in_force(code) if code else ()
        n_merged += len(in_force) > 1
        if len(in_force) == 1:
            codes.setdefault(in_force[0], []).append(name)
    for code, names in codes.items():
        if len(names) == 1:
            resolved[names[0]] = code
        else:
            # The code in force speaks for itself; what ended beside it is left out.
            still = [name for name in names if book.padded(name) == code]
            resolved.update(dict.fromkeys(still[:1], code))
            n_merged += len(names) - len(still[:1])
    return resolved, n_merged
