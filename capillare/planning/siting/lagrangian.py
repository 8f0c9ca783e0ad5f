"""A proven upper bound on maximal covering at any size.

Maximal covering (Church and ReVelle 1974) with demand i of w_i people, candidates j, reach a_ij:
maximise sum w_i z_i subject to z_i <= sum_j a_ij y_j, sum_j y_j <= p, z and y in {0, 1}. Relaxing
the first rows with multipliers 0 <= u_i <= w_i leaves

    L(u) = sum_i (w_i - u_i) + the p largest of sum_i a_ij u_i,

an upper bound for every u (Galvao and ReVelle 1996). The smallest L equals the bound of the linear
relaxation; subgradient steps (Held, Wolfe and Crowder 1974) approach it from above.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.stopping import heed_stop

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.planning.siting.local_search import Neighbours

    Indices = NDArray[np.intp]
    Floats = NDArray[np.float64]

FIRST_STEP = 1.0
PATIENCE = 50
SMALLEST_STEP = 1e-4
MEMORY = 0.9
"""Weight of the last direction in the next: it damps the zigzag of plain subgradients."""


@dataclass(frozen=True, eq=False)
class Relaxed:
    """Where the relaxation came to.

    Attributes
    ----------
    bound
        No choice covers more people than this.
    multipliers
        The u that give it, people per demand.
    sites
        The p candidates that the relaxation opens there: a start for a search.
    n_steps, step
        Subgradient steps made, and the length of the last: where a later run goes on.
    """

    bound: float
    multipliers: Floats
    sites: Indices
    n_steps: int
    step: float


def relax_covering(
    neighbours: Neighbours,
    n_sites: int,
    *,
    incumbent: Indices,
    max_steps: int,
    multipliers: Floats | None = None,
    step: float = FIRST_STEP,
    until: float = -np.inf,
    deadline: float | None = None,
) -> Relaxed:
    """Bound the people that any `n_sites` candidates can cover.

    Parameters
    ----------
    neighbours, n_sites
        The reduced question, and candidates that may open, at least 1 and at most all.
    incumbent
        A good choice: its people set the length of the steps and the first multipliers.
    max_steps
        The search stops after this many steps, or sooner when steps vanish or the bound meets
        the incumbent.
    multipliers, step
        Where to start: those of an earlier relaxation of the same question.
    until, deadline
        The search stops once the bound is below this, or at this instant of the clock.
    """
    weights = neighbours.people.astype(np.float64)
    reach = neighbours.reach.astype(np.float64)
    catchments = neighbours.catchments.astype(np.float64)
    target = float(neighbours.covered_people(incumbent))
    # Steps in proportion to the root of the people: settlements differ by a factor of ten thousand.
    scale = np.sqrt(weights)
    direction = np.zeros(weights.size)
    if multipliers is None:
        multipliers = weights / np.maximum(neighbours.times_covered(incumbent), 1)
    best = Relaxed(float("inf"), multipliers, incumbent, 0, step)
    n_stalled = n_steps = 0
    while n_steps < max_steps and step > SMALLEST_STEP and best.bound >= max(target + 1, until):
        heed_stop()
        n_steps += 1
        opened, bound = _opened_at(weights, catchments, multipliers, n_sites)
        n_stalled += 1
        if bound < best.bound:
            best, n_stalled = Relaxed(bound, multipliers, np.sort(opened), n_steps, step), 0
        if deadline is not None and perf_counter() >= deadline:
            break
        if n_stalled > PATIENCE:
            step, n_stalled, multipliers = step / 2, 0, best.multipliers
            direction = np.zeros(weights.size)
            continue
        direction = _inside(_slope(reach, opened) + MEMORY * direction, multipliers, weights)
        length = float(direction @ (scale * direction))
        if length == 0:
            break
        move = step * (bound - target) / length * scale * direction
        multipliers = np.clip(multipliers - move, 0.0, weights)
    return replace(best, n_steps=n_steps, step=step)


def _opened_at(
    weights: Floats, catchments: sparse.csr_array, multipliers: Floats, n_sites: int
) -> tuple[Indices, float]:
    """Return the candidates that the relaxation opens, and its bound."""
    values = catchments @ multipliers
    opened: Indices = np.argpartition(-values, n_sites - 1)[:n_sites]
    return opened, float((weights - multipliers).sum() + values[opened].sum())


def _slope(reach: sparse.csr_array, opened: Indices) -> Floats:
    """How the bound rises with each multiplier: open candidates reached, less one."""
    is_open = np.zeros(reach.shape[1])
    is_open[opened] = 1.0
    slope: Floats = reach @ is_open - 1.0
    return slope


def _inside(direction: Floats, multipliers: Floats, weights: Floats) -> Floats:
    """Keep only what does not push a multiplier (downhill) out of its range."""
    is_stuck = ((multipliers >= weights) & (direction < 0)) | ((multipliers <= 0) & (direction > 0))
    return np.where(is_stuck, 0.0, direction)


__all__ = ["Relaxed", "relax_covering"]
