"""Make a covering question smaller without changing its answer.

Demand that nobody weighs, that an open desk already covers or that no candidate reaches cannot
change the choice; demand reached by the same candidates is one demand; a candidate whose catchment
lies inside another's, at no lower cost, is never needed (Toregas and ReVelle 1973).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]

MAX_PAIRS_COMPARED = 300_000_000
"""Dominance multiplies the catchments with each other; above this many products it is skipped."""


@dataclass(frozen=True, eq=False)
class Reduced:
    """What is left of a covering question to decide.

    Attributes
    ----------
    weights
        People of each remaining demand, shape (n_demand,), whole numbers if they came so.
    reach
        Who reaches whom, CSR with sorted indices and ones, shape (n_demand, n_candidates).
    candidates
        Index of each remaining candidate in the question as it was asked, ascending.
    people_before
        People that fixed candidates cover already.
    """

    weights: NDArray[Any]
    reach: sparse.csr_array
    candidates: Indices
    people_before: float

    @property
    def people_open(self) -> float:
        """People not covered yet whom some candidate reaches."""
        return float(self.weights.sum())


def reduce_covering(
    weights: NDArray[Any],
    reach: sparse.csr_array,
    fixed: NDArray[np.bool_],
    *,
    cost: NDArray[np.float64] | None = None,
) -> Reduced:
    """Reduce a covering question to the demand and candidates that can matter.

    Parameters
    ----------
    weights
        People of each demand, shape (n_demand,).
    reach
        Whether each demand reaches each candidate, shape (n_demand, n_candidates).
    fixed
        Candidates that are open anyway, shape (n_candidates,).
    cost
        Cost of each candidate; without it all cost the same. Of candidates with the same
        catchment and cost the lowest index stays.
    """
    cost = np.zeros(fixed.size) if cost is None else cost
    pairs = sparse.csr_array(reach).astype(np.int32, copy=True)
    pairs.sum_duplicates()
    pairs.eliminate_zeros()
    pairs.data[:] = 1
    has_desk = pairs @ fixed.astype(np.int32) > 0
    is_open = (weights > 0) & ~has_desk
    candidates: Indices = np.flatnonzero(~fixed)
    rows = pairs[is_open][:, candidates]
    people, rows = merge_identical(weights[is_open], rows)
    while True:
        is_useful = np.asarray(rows.sum(axis=0)).ravel() > 0
        is_useful[is_useful] = ~find_dominated(rows[:, is_useful], cost[candidates][is_useful])
        if is_useful.all():
            break
        candidates = candidates[is_useful]
        people, rows = merge_identical(people, rows[:, is_useful])
    return Reduced(people, rows, candidates, float(weights[has_desk].sum()))


def merge_identical(
    weights: NDArray[Any], reach: sparse.csr_array
) -> tuple[NDArray[Any], sparse.csr_array]:
    """Merge demand reached by exactly the same candidates; demand reached by none is dropped.

    The merged rows are ordered by their candidates alone, so that the order of the demand that
    came in leaves no trace.
    """
    rows = reach.tocsr()
    rows.sort_indices()
    n_reached = np.diff(rows.indptr)
    merged_weights, merged_columns, merged_sizes = [], [], []
    for size in np.unique(n_reached[n_reached > 0]):
        alike = np.flatnonzero(n_reached == size)
        columns = rows.indices[rows.indptr[alike][:, None] + np.arange(size)]
        distinct, group = np.unique(columns, axis=0, return_inverse=True)
        summed = np.zeros(len(distinct), dtype=weights.dtype)
        np.add.at(summed, group.ravel(), weights[alike])
        merged_weights.append(summed)
        merged_columns.append(distinct.ravel())
        merged_sizes.append(np.full(len(distinct), size))
    if not merged_weights:
        return weights[:0], rows[:0]
    columns = np.concatenate(merged_columns)
    starts = np.concatenate([[0], np.cumsum(np.concatenate(merged_sizes))])
    ones = np.ones(columns.size, dtype=rows.dtype)
    shape = (starts.size - 1, rows.shape[1])
    return np.concatenate(merged_weights), sparse.csr_array((ones, columns, starts), shape=shape)


def find_dominated(reach: sparse.csr_array, cost: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Find candidates whose catchment lies inside another's that costs no more.

    Of candidates with the same catchment and cost, the lowest index is not dominated. Nothing is
    found where comparing all of them would take too long.
    """
    n_reached = np.diff(reach.indptr).astype(np.int64)
    is_dominated = np.zeros(reach.shape[1], dtype=bool)
    if int((n_reached**2).sum()) > MAX_PAIRS_COMPARED:
        return is_dominated
    shared = sparse.coo_array(reach.T.tocsr() @ reach)
    inside, around = shared.coords
    size = np.asarray(reach.sum(axis=0)).ravel()
    is_inside = (shared.data == size[inside]) & (cost[around] <= cost[inside])
    is_same = (size[around] == size[inside]) & (cost[around] == cost[inside])
    is_dominated[inside[is_inside & (~is_same | (around < inside))]] = True
    return is_dominated


__all__ = ["MAX_PAIRS_COMPARED", "Reduced", "find_dominated", "merge_identical", "reduce_covering"]
