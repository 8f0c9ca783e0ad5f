"""Make smaller the question of who must open for everybody to be within reach.

Beside what `reduction` leaves out, demand whose candidates include all of another's is served
whenever that other is, and a candidate that is some demand's only one must open (Toregas and
ReVelle 1973). Each opens the way to more of the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from capillare.planning.siting.reduction import MAX_PAIRS_COMPARED, Reduced, reduce_covering

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]

MAX_ROUNDS = 3
"""Nearly all that can be left out is after so many."""


@dataclass(frozen=True, eq=False)
class Everybody:
    """What is left to decide where everybody must be served.

    Attributes
    ----------
    reduced
        The smaller question; each demand counts as one.
    forced
        Candidates that must open, named as in the question that was reduced, ascending.
    """

    reduced: Reduced
    forced: Indices


def reduce_everybody(reduced: Reduced) -> Everybody:
    """Leave out demand that is served whenever another is, and candidates that must open."""
    reduced = replace(reduced, weights=_ones(reduced.weights.size))
    forced: list[Indices] = [reduced.candidates[:0]]
    for _ in range(MAX_ROUNDS):
        rows = reduced.reach[~find_implied(reduced.reach)]
        only = np.unique(rows.indices[rows.indptr[:-1][np.diff(rows.indptr) == 1]])
        if not only.size and rows.shape == reduced.reach.shape:
            break
        is_forced = np.zeros(rows.shape[1], dtype=np.bool_)
        is_forced[only] = True
        forced.append(reduced.candidates[only])
        smaller = reduce_covering(_ones(rows.shape[0]), rows, is_forced)
        names = reduced.candidates[smaller.candidates]
        weights = _ones(smaller.weights.size)
        reduced = replace(smaller, candidates=names, weights=weights, people_before=0.0)
    return Everybody(reduced, np.unique(np.concatenate(forced)))


def find_implied(reach: sparse.csr_array) -> NDArray[np.bool_]:
    """Find demand whose candidates include all of another's; of the same, the first is not found.

    Nothing is found where comparing all demand would take too long.
    """
    is_implied = np.zeros(reach.shape[0], dtype=np.bool_)
    catchments = reach.T.tocsr()
    if int((np.diff(catchments.indptr).astype(np.int64) ** 2).sum()) > MAX_PAIRS_COMPARED:
        return is_implied
    shared = sparse.coo_array(reach @ catchments)
    around, inside = shared.coords
    size = np.diff(reach.indptr)
    holds_all = (shared.data == size[inside]) & (around != inside)
    is_more = (size[around] > size[inside]) | (around > inside)
    is_implied[around[holds_all & is_more]] = True
    return is_implied


def _ones(n: int) -> NDArray[np.int64]:
    return np.ones(n, dtype=np.int64)


__all__ = ["Everybody", "find_implied", "reduce_everybody"]
