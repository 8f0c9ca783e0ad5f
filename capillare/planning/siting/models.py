"""Siting questions as arrays for the solver, each written beside its objective and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from capillare.planning.solver import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.reduction import Reduced

    Floats = NDArray[np.float64]


def covering_model(
    reduced: Reduced,
    *,
    n_sites: int | None = None,
    cost: Floats | None = None,
    budget: float | None = None,
) -> Model:
    """Build maximal covering (Church and ReVelle 1974).

    Candidates j open (y_j, binary), demand i of w_i people covered (z_i, at most 1)::

        maximise    sum_i w_i z_i
        subject to  z_i - sum_j a_ij y_j <= 0    for each demand i
                    sum_j y_j <= n_sites         if given
                    sum_j cost_j y_j <= budget   if given

    z needs no integrality: with y binary it is 0 or 1 at the optimum. Columns are y, then z.
    """
    n_demand, n_candidates = reduced.reach.shape
    opening = -reduced.reach.astype(np.float64)
    blocks = [sparse.hstack([opening, sparse.eye_array(n_demand)])]
    ceilings = [np.zeros(n_demand)]
    for price, most in ((np.ones(n_candidates), n_sites), (cost, budget)):
        if most is not None and price is not None:
            blocks.append(sparse.csr_array(np.r_[price, np.zeros(n_demand)][None, :]))
            ceilings.append(np.array([float(most)]))
    row_upper = np.concatenate(ceilings)
    n_columns = n_candidates + n_demand
    return Model(
        objective=np.r_[np.zeros(n_candidates), reduced.weights.astype(np.float64)],
        lower=np.zeros(n_columns),
        upper=np.ones(n_columns),
        is_integer=np.arange(n_columns) < n_candidates,
        rows=sparse.csr_array(sparse.vstack(blocks)),
        row_lower=np.full(row_upper.size, -np.inf),
        row_upper=row_upper,
        sense="maximize",
    )


def covering_start(reduced: Reduced, chosen: NDArray[np.intp]) -> Floats:
    """Columns of `covering_model` for a choice of its candidates."""
    opened = np.zeros(reduced.reach.shape[1])
    opened[chosen] = 1.0
    covered: NDArray[Any] = (reduced.reach @ opened > 0).astype(np.float64)
    return np.concatenate([opened, covered])


def set_covering_model(
    reduced: Reduced,
    *,
    people_needed: float,
    cost: Floats,
    budget: float | None = None,
) -> Model:
    """Build set covering (Toregas and others 1971), of all people or of a share of them.

    With y and z as in `covering_model`::

        minimise    sum_j y_j
        subject to  z_i - sum_j a_ij y_j <= 0       for each demand i
                    sum_i w_i z_i >= people_needed  (if all are needed, z_i = 1 instead)
                    sum_j cost_j y_j <= budget      if given
    """
    n_demand, n_candidates = reduced.reach.shape
    covering = covering_model(reduced, cost=cost, budget=budget)
    needs_all = people_needed >= reduced.people_open
    lower = np.r_[np.zeros(n_candidates), np.full(n_demand, float(needs_all))]
    rows, row_lower, row_upper = covering.rows, covering.row_lower, covering.row_upper
    if not needs_all:
        rows = sparse.csr_array(
            sparse.vstack([rows, sparse.csr_array(covering.objective[None, :])])
        )
        row_lower = np.append(row_lower, people_needed)
        row_upper = np.append(row_upper, np.inf)
    return Model(
        objective=covering.is_integer.astype(np.float64),
        lower=lower,
        upper=covering.upper,
        is_integer=covering.is_integer,
        rows=rows,
        row_lower=row_lower,
        row_upper=row_upper,
        sense="minimize",
    )


__all__ = ["covering_model", "covering_start", "set_covering_model"]
