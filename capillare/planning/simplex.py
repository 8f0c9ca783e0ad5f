"""A linear relaxation that is solved again and again under other bounds of its columns.

Branch and bound asks the same programme hundreds of times with a column or two fixed; from the
basis of the question before, the dual simplex needs some tens of steps (Lemke 1954). For small
questions with good relaxations this is many times faster than a general solver, which first cuts,
presolves and restarts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from capillare.geo.stopping import heed_stop
from capillare.planning.solver import load_highs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.solver import Model

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Vertex:
    """Where the simplex came to.

    Attributes
    ----------
    columns
        The columns there, shape (n_columns,).
    prices
        What one more unit of each row's bound is worth, shape (n_rows,); not below 0 for a row
        that only has an upper bound in a programme that maximises.
    basis
        Where a later run may start.
    n_pivots
        Steps of the simplex made.
    is_solved
        Whether it came to its end; if it did not, prices are still prices, only not the best.
    """

    columns: Floats
    prices: Floats
    basis: Any
    n_pivots: int
    is_solved: bool


class Programme:
    """The linear relaxation of a model, held by HiGHS."""

    def __init__(self, model: Model) -> None:
        """Hold the relaxation of a model."""
        relaxed = replace(model, is_integer=np.zeros_like(model.is_integer))
        # What presolving takes away, a basis cannot give back.
        self._highs = load_highs(relaxed, solver="simplex", presolve="off")

    def solve(
        self, lower: Floats, upper: Floats, *, max_pivots: int, basis: object = None
    ) -> Vertex:
        """Solve with other bounds of the first columns, from a basis if one is given.

        Parameters
        ----------
        lower, upper
            Bounds of the first columns, same shape; the others keep theirs.
        max_pivots
            Steps of the simplex after which it stops.
        basis
            Of an earlier vertex of this programme.

        Raises
        ------
        StoppedError
            If the work is stopped on request.
        """
        import highspy  # noqa: PLC0415 (a large library: paid only when something is solved)

        heed_stop()
        highs = self._highs
        highs.changeColsBounds(lower.size, np.arange(lower.size, dtype=np.int32), lower, upper)
        highs.setOptionValue("simplex_iteration_limit", max_pivots)
        if basis is not None:
            highs.setBasis(basis)
        highs.run()
        found = highs.getSolution()
        return Vertex(
            columns=np.asarray(found.col_value, dtype=np.float64),
            prices=np.asarray(found.row_dual, dtype=np.float64),
            basis=highs.getBasis(),
            n_pivots=int(highs.getInfo().simplex_iteration_count),
            is_solved=highs.getModelStatus() == highspy.HighsModelStatus.kOptimal,
        )


__all__ = ["Programme", "Vertex"]
