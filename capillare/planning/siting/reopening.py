"""A part of a covering choice decided again, everything else left as it is, by HiGHS.

What is left to decide is small once the demand that the rest covers is left out, so that most
parts are answered exactly within a second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.models import covering_model, covering_start
from capillare.planning.siting.reduction import reduce_covering
from capillare.planning.solver import solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.local_search import Neighbours
    from capillare.planning.siting.reduction import Reduced

    Indices = NDArray[np.intp]

NODES = 1
"""Nodes of HiGHS's search tree for one part: nearly all end in the first."""


@dataclass(frozen=True, eq=False)
class Part:
    """Sites freed, those that stay, and what is left to decide.

    Attributes
    ----------
    freed, kept
        Chosen candidates that may close, and those that may not.
    reduced
        Candidates that may open, named as in the whole question, and who they would cover.
    """

    freed: Indices
    kept: Indices
    reduced: Reduced

    @classmethod
    def of(cls, neighbours: Neighbours, *, freed: Indices, kept: Indices, within: Indices) -> Part:
        """Free some sites of a choice; only candidates `within`, ascending, may open instead."""
        is_open = neighbours.times_covered(kept) == 0
        reduced = reduce_covering(
            np.where(is_open, neighbours.people, 0),
            neighbours.catchments[within].T.tocsr(),
            np.zeros(within.size, dtype=np.bool_),
        )
        return cls(freed, kept, replace(reduced, candidates=within[reduced.candidates]))

    @property
    def n_demands(self) -> int:
        """Count the demand left to decide."""
        return self.reduced.weights.size

    def answered(self) -> Indices:
        """Open at most as many sites as were freed where they cover most, as a few nodes tell.

        Returns
        -------
        The whole choice, ascending: fewer sites where the last would gain nobody.
        """
        reduced = self.reduced
        start = np.flatnonzero(np.isin(reduced.candidates, self.freed))
        answer = solve_model(
            covering_model(reduced, n_sites=self.freed.size),
            node_limit=NODES,
            start=covering_start(reduced, start),
        )
        opened = np.flatnonzero(answer.columns[: reduced.candidates.size])
        return np.union1d(self.kept, reduced.candidates[opened])


__all__ = ["Part"]
