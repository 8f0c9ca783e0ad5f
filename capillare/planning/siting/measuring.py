"""What open sites achieve, measured from the pairs alone, by no code of the solvers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.questions import Ask, Question

    Indices = NDArray[np.intp]

SHARE_TOLERANCE = 1e-6
"""Arithmetic error allowed on a share of people, in people."""


def measure_objective(question: Question, ask: Ask, chosen: Indices) -> float:
    """Measure the objective with these candidates open, beside those that are open today."""
    if ask.objective == "lscp":
        return float(chosen.size)
    return _worth(question, ask, np.union1d(chosen, np.flatnonzero(question.is_fixed)))


def find_closed(question: Question, ask: Ask, chosen: Indices) -> Indices:
    """Find the closable desks that nobody misses once the chosen candidates are open.

    Each closes if the objective stays what it is without it and without those before it (for
    lscp: if the share asked for stays within reach), the last of the table first.
    """
    opened = np.union1d(chosen, np.flatnonzero(question.is_fixed))
    worth = _worth(question, ask, opened)
    if ask.objective == "lscp":
        worth = min(worth, ask.cover_share * float(question.people.sum()) - SHARE_TOLERANCE)
    closed = []
    for desk in np.flatnonzero(question.is_closable)[::-1]:
        without = opened[opened != desk]
        left = _worth(question, ask, without)
        is_missed = left < worth if ask.objective in {"mclp", "lscp"} else left > worth
        if not is_missed:
            opened = without
            closed.append(desk)
    return np.array(closed[::-1], dtype=np.intp)


def _worth(question: Question, ask: Ask, opened: Indices) -> float:
    """People within reach; people x minutes; or the longest minutes; infinite for no desk."""
    nearest = question.nearest_min(opened)
    is_peopled = question.people > 0
    if ask.objective in {"mclp", "lscp"}:
        return float(question.people[nearest <= float(ask.within_min or 0.0)].sum())
    if ask.objective == "p-median":
        return float(question.people[is_peopled] @ nearest[is_peopled])
    return float(nearest[is_peopled].max(initial=0.0))


__all__ = ["find_closed", "measure_objective"]
