"""Applications of a call in the order of what each is worth beside the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.calls import Call

    Indices = NDArray[np.intp]


def order_by_worth(
    call: Call, applications: Indices, *, beside: Indices
) -> tuple[Indices, NDArray[np.int64]]:
    """Order applications by what each is worth beside those before it, ceilings set aside.

    Parameters
    ----------
    call
        The question.
    applications
        To order; ties go to the lower index.
    beside
        Applications that are funded already.

    Returns
    -------
    The order, and the adults that each newly reaches beside those before it.
    """
    catchments = sparse.csr_array(sparse.csc_array(call.reach).T).astype(np.int64)
    open_adults = call.adults.copy()
    for funded in beside:
        open_adults[catchments[[funded]].indices] = 0
    left = np.sort(applications)
    order = np.empty(left.size, dtype=np.intp)
    gains = np.zeros(left.size, dtype=np.int64)
    for position in range(order.size):
        people = catchments[left] @ open_adults
        best = int(np.argmax(people + call.score_people[left]))
        order[position], gains[position] = left[best], people[best]
        open_adults[catchments[[left[best]]].indices] = 0
        left = np.delete(left, best)
    return order, gains


__all__ = ["order_by_worth"]
