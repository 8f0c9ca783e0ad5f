"""Bring desks nearer by swaps, whatever else is asked of a choice.

Swaps are Teitz and Bart's (1968), one site for another as long as people x minutes fall and
everything else that must stand does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.measures import nearest_min, reached

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from capillare.planning.siting.case import Case, Opened

    Floats = NDArray[np.float64]

MOST_TRIED = 8
"""Candidates tried in place of one site before it is left where it is."""


def swap_nearer(
    case: Case, opened: Opened, stands: Callable[[Opened], bool], *, max_swaps: int
) -> Opened:
    """Swap new points for others as long as people x minutes fall and the choice `stands`.

    Sites are tried in the order of their candidates, each with the candidates that save most;
    branches and moves stay.
    """
    now = reached(case, opened, "minutes")
    n_swaps, is_moving = 0, True
    while is_moving and n_swaps < max_swaps:
        is_moving = False
        for option in opened.options.tolist():
            if case.options.point[option] >= 0:
                continue
            found = _swapped(case, opened, option, stands, now)
            if found is not None:
                opened, now = found
                n_swaps, is_moving = n_swaps + 1, True
    return opened


def _swapped(
    case: Case, opened: Opened, option: int, stands: Callable[[Opened], bool], now: float
) -> tuple[Opened, float] | None:
    """Find a better place for one site; None where there is none."""
    left = replace(opened, options=opened.options[opened.options != option])
    without = np.minimum(nearest_min(case, left), case.far_min)
    pairs, weight = case.to_site, case.demand.weight
    saved = np.bincount(
        pairs.destination,
        weights=weight[pairs.origin] * np.maximum(without[pairs.origin] - pairs.travel_min, 0.0),
        minlength=case.candidate_ids.size,
    )
    saved[case.options.candidate[left.options]] = -np.inf
    base = float(weight @ without)
    order = np.argsort(-saved, kind="stable")
    for candidate in order[:MOST_TRIED].tolist():
        # The first options are the new points, in the candidates' order.
        if candidate == option or base - saved[candidate] >= now - 1e-6 * max(now, 1.0):
            return None
        swapped = replace(left, options=np.sort(np.append(left.options, candidate)))
        if stands(swapped):
            return swapped, reached(case, swapped, "minutes")
    return None


__all__ = ["swap_nearer"]
