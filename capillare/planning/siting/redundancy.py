"""No application is funded whom nobody needs: rows of the model of `calls`.

A funded application must reach at least L adults whom no other funded one reaches. With u_ia (at
most 1) for demand i of w_i adults being a's own, and x as in `calls`::

    u_ia <= x_a                                          for each a that i reaches
    x_b + sum_{a != b} u_ia <= 1                         for each b that i reaches
    sum_i min(w_i, L) u_ia >= L x_a                      for each a

Once x is whole, u_ia can be above 0 only where a is funded and no other that i reaches is, so that
u need not be whole. Where every w_i is L or more, one demand of its own is enough for a; of two,
the one that reaches fewer applications is a's own whenever the other is: only that one is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class OwnRows:
    """Rows over the applications' columns x, then those of u.

    Attributes
    ----------
    of_applications, of_owners
        Coefficients, shapes (n_rows, n_applications) and (n_rows, n_owners).
    lower, upper
        Bounds, shape (n_rows,).
    """

    of_applications: sparse.csr_array
    of_owners: sparse.csr_array
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]

    @property
    def n_owners(self) -> int:
        """Count the columns of u."""
        return int(self.of_owners.shape[1])


def own_rows(adults: NDArray[Any], reach: sparse.csr_array, least_adults: int) -> OwnRows:
    """Return the rows of this module; none where nobody of their own is asked for.

    Parameters
    ----------
    adults
        Adults of each demand, shape (n_demand,).
    reach
        Whether each demand reaches each application, shape (n_demand, n_applications).
    least_adults
        L of this module.
    """
    n_applications = reach.shape[1]
    if least_adults <= 0:
        none = np.empty(0)
        empty = sparse.csr_array((0, n_applications))
        return OwnRows(empty, sparse.csr_array((0, 0)), none, none)
    is_peopled = adults > 0
    reached = sparse.csr_array((sparse.csr_array(reach)[is_peopled] > 0).astype(np.int64))
    worth = np.minimum(adults[is_peopled].astype(np.float64), least_adults)
    asked = _fewest_reached(reached) if (worth >= least_adults).all() else reached
    demand, owner = (cells.astype(np.int64) for cells in sparse.coo_array(asked).coords)
    n_owners = owner.size
    own = np.arange(n_owners)
    # Who else may not be funded where a demand is somebody's own.
    of_demand = _ones(demand, own, (reached.shape[0], n_owners))
    other_demand, other = (cells.astype(np.int64) for cells in sparse.coo_array(reached).coords)
    same = sparse.coo_array(of_demand[other_demand])
    is_another = other[same.coords[0]] != owner[same.coords[1]]
    row, column = (cells[is_another] for cells in same.coords)
    used, row = np.unique(row, return_inverse=True)
    n_others = used.size
    blocks_x = [
        -_ones(own, owner, (n_owners, n_applications)),
        _ones(np.arange(n_others), other[used], (n_others, n_applications)),
        -least_adults * sparse.eye_array(n_applications),
    ]
    people = sparse.csr_array((worth[demand], (owner, own)), shape=(n_applications, n_owners))
    blocks_u = [sparse.eye_array(n_owners), _ones(row, column, (n_others, n_owners)), people]
    free, one = np.full(n_owners + n_others, -np.inf), np.ones(n_others)
    return OwnRows(
        of_applications=sparse.csr_array(sparse.vstack(blocks_x)),
        of_owners=sparse.csr_array(sparse.vstack(blocks_u)),
        lower=np.r_[free, np.zeros(n_applications)],
        upper=np.r_[np.zeros(n_owners), one, np.full(n_applications, np.inf)],
    )


def _fewest_reached(reached: sparse.csr_array) -> sparse.csr_array:
    """Leave out a demand for an application where one that reaches fewer of the same is left."""
    shared = (reached @ reached.T).toarray()
    size = np.diag(shared)
    is_within = (shared == size[:, None]) & (size[:, None] < size[None, :])
    is_spare = (sparse.csr_array(is_within.T.astype(np.int64)) @ reached).multiply(reached)
    kept = reached - (is_spare > 0).astype(np.int64)
    kept = sparse.csr_array(kept)
    kept.eliminate_zeros()
    return kept


def _ones(
    row: NDArray[np.int64], column: NDArray[np.int64], shape: tuple[int, int]
) -> sparse.csr_array:
    return sparse.csr_array((np.ones(row.size), (row, column)), shape=shape)


__all__ = ["OwnRows", "own_rows"]
