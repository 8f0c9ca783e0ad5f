"""No application is funded whom nobody needs: rules found while solving, as cuts.

A funded application must reach at least L adults whom no other funded one reaches. Where funded
others, C, leave it fewer, not all of C and it can be funded together::

    x_a + sum_{b in C} x_b <= |C|

C is made minimal, so that the cut says as much as it can. All pairs that clash are cut at once;
larger clashes are cut when a solution holds one, and the model is solved again (as the subtour cuts
of Dantzig, Fulkerson and Johnson 1954): a solution that holds none is best of all that hold none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Clash = tuple[int, ...]


def clashing_pairs(
    adults: NDArray[np.int64], reach: sparse.csr_array, least_adults: int
) -> list[Clash]:
    """Return the pairs of which one leaves the other fewer than `least_adults` of its own."""
    served = sparse.csr_array(reach).astype(np.int64)
    shared = (served.T @ served.multiply(adults[:, None]).tocsr()).toarray()
    alone = np.diag(shared)
    has_few = (alone[:, None] - shared < least_adults) & (alone >= least_adults)[:, None]
    first, second = np.nonzero(has_few | has_few.T)
    return [(int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b]


def clashes_in(
    chosen: NDArray[np.intp], adults: NDArray[np.int64], reach: sparse.csr_array, least_adults: int
) -> list[Clash]:
    """Return a minimal clash for each chosen application that has too few adults of its own."""
    served = sparse.csr_array(reach)[:, chosen].toarray() > 0
    n_reaching = served.sum(axis=1)
    own = adults @ (served & (n_reaching == 1)[:, None])
    clashes = {
        _minimal(position, chosen, served, adults, least_adults)
        for position in np.flatnonzero(own < least_adults).tolist()
    }
    return sorted(clashes)


def _minimal(
    position: int,
    chosen: NDArray[np.intp],
    served: NDArray[np.bool_],
    adults: NDArray[np.int64],
    least_adults: int,
) -> Clash:
    """Leave out of the others, one by one, those without whom it still has too few of its own."""
    mine = served[:, position]
    others = [other for other in range(chosen.size) if other != position]
    n_others = served[:, others].sum(axis=1)
    kept = list(others)
    for other in others:
        fewer = n_others - served[:, other]
        if adults[mine & (fewer == 0)].sum() < least_adults:
            n_others = fewer
            kept.remove(other)
    return tuple(sorted(int(chosen[one]) for one in (position, *kept)))


def cut_rows(clashes: list[Clash], n_columns: int) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    """Return the rows that forbid clashes, and their upper ends: one fewer than take part."""
    row = np.repeat(np.arange(len(clashes)), [len(clash) for clash in clashes])
    column = np.array([one for clash in clashes for one in clash], dtype=np.int64)
    rows = sparse.csr_array((np.ones(column.size), (row, column)), shape=(len(clashes), n_columns))
    return rows, np.array([len(clash) - 1.0 for clash in clashes])


__all__ = ["Clash", "clashes_in", "clashing_pairs", "cut_rows"]
