"""Bring desks nearer where proving the nearest would take too long: swaps, and a proven bound.

Swaps are Teitz and Bart's (1968), one site for another as long as people x minutes fall and
everything else that must stand does. The bound is the Lagrangian one of the p-median (Cornuejols,
Fisher and Nemhauser 1977): with place i of weight w_i, D_i minutes to a desk that stays, t_ij
minutes to candidate j and multipliers u_i, relaxing that each place has one nearest desk leaves

    L(u) = sum_i min(u_i, w_i D_i) + the p smallest of sum_j min(0, w_i t_ij - u_i),

no more than the fewest people x minutes of any p sites, whatever else is asked of them.
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

FIRST_STEP = 1.0
PATIENCE = 12
SMALLEST_STEP = 1e-3
MARGIN_MIN = 3.0
"""Minutes above the incumbent's at which multipliers start: a nearer site is worth something."""
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


def fewest_minutes_bound(case: Case, n_sites: int, *, incumbent: Opened, max_steps: int) -> float:
    """Bound from below the people x minutes of any choice of `n_sites` candidates.

    Desks that may cease are counted as staying wherever that is better.

    Parameters
    ----------
    case
        The question.
    n_sites
        Openings, moves included.
    incumbent
        A good choice: its minutes set the first multipliers and the length of the steps.
    max_steps
        Subgradient steps at most.
    """
    pairs, weight = case.to_site, case.demand.weight
    beyond = np.minimum(case.today_min, case.far_min)
    is_useful = (weight[pairs.origin] > 0) & (pairs.travel_min < beyond[pairs.origin])
    place, candidate = pairs.origin[is_useful], pairs.destination[is_useful]
    price = weight[place] * pairs.travel_min[is_useful]
    stays = weight * beyond
    n_sites = min(n_sites, case.candidate_ids.size)
    found = reached(case, incumbent, "minutes")
    kept = multipliers = weight * np.minimum(nearest_min(case, incumbent) + MARGIN_MIN, beyond)
    best, step, n_stalled = 0.0, FIRST_STEP, 0
    for _ in range(max_steps):
        reduced = price - multipliers[place]
        is_less = reduced < 0
        worth = np.bincount(
            candidate[is_less], weights=reduced[is_less], minlength=case.candidate_ids.size
        )
        opened = np.argpartition(worth, max(n_sites - 1, 0))[:n_sites]
        bound = float(np.minimum(multipliers, stays).sum() + worth[opened].sum())
        n_stalled += 1
        if bound > best:
            best, kept, n_stalled = bound, multipliers, 0
        if n_stalled > PATIENCE:
            step, n_stalled, multipliers = step / 2, 0, kept
            if step < SMALLEST_STEP:
                break
            continue
        is_open = np.zeros(case.candidate_ids.size, dtype=np.bool_)
        is_open[opened] = True
        served = np.bincount(place[is_less & is_open[candidate]], minlength=weight.size)
        slope = 1.0 - served - (multipliers > stays)
        length = float(slope @ slope)
        if length == 0 or found <= bound:
            break
        multipliers = multipliers + step * (found - bound) / length * slope
    return best


__all__ = ["fewest_minutes_bound", "swap_nearer"]
