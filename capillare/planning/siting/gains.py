"""What chosen sites bring: counted from the sites themselves, by no code of the solvers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]
    People = NDArray[np.int64]
    Flags = NDArray[np.bool_]


def order_by_gain(
    chosen: Indices, weights_people: People, reach: sparse.csr_array, fixed: Flags
) -> tuple[Indices, People]:
    """Order chosen candidates by greedy marginal gain inside the chosen set.

    Returns
    -------
    order
        The chosen candidates, the one that gains most first, ties by lowest index.
    gains
        People each adds to those before it and to fixed candidates; they sum to all that the
        chosen candidates add.
    """
    left = np.sort(np.asarray(chosen, dtype=np.intp))
    is_covered = _reaches_any(reach, np.flatnonzero(fixed))
    uncovered: People = np.where(is_covered, 0, weights_people)
    catchments = sparse.csr_array(sparse.csc_array(reach)[:, left].T).astype(np.int64)
    order = np.empty(left.size, dtype=np.intp)
    gains = np.zeros(left.size, dtype=np.int64)
    is_left = np.ones(left.size, dtype=bool)
    for position in range(left.size):
        marginal = np.where(is_left, catchments @ uncovered, -1)
        best = int(np.argmax(marginal))
        order[position], gains[position] = left[best], marginal[best]
        is_left[best] = False
        uncovered[catchments[[best]].indices] = 0
    return order, gains


def people_within(weights_people: People, reach: sparse.csr_array, opened: Indices) -> int:
    """Count the people who reach an open candidate, each once."""
    return int(np.asarray(weights_people)[_reaches_any(reach, opened)].sum())


def _reaches_any(reach: sparse.csr_array, opened: Indices) -> Flags:
    pairs = sparse.coo_array(reach)
    row, column = pairs.coords
    is_met = (pairs.data != 0) & np.isin(column, opened)
    reached = np.zeros(reach.shape[0], dtype=bool)
    reached[row[is_met]] = True
    return reached


__all__ = ["order_by_gain", "people_within"]
