"""A proven lower bound on the p-median at any size.

With w_i people at d_ij minutes, c_ij = w_i d_ij, relaxing the rows that give each demand one
server, at prices u_i >= 0, leaves

    L(u) = sum_i u_i - the p largest of sum_i max(0, u_i - c_ij),

or, with a budget, the most that the knapsack of them saves (see `openings`): a lower bound for
every u (Cornuejols, Fisher and Nemhauser 1977; Beasley 1985). The largest L is
the bound of the linear relaxation; subgradient steps (Held, Wolfe and Crowder 1974) approach it.
A price never exceeds what an open desk costs, nor the cheapest pair that was left out: below
these, what is left out of the costs saves nothing, and the bound holds for the whole question.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.stopping import heed_stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.median_costs import Costs
    from capillare.planning.siting.openings import Openings, Pick

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Indices = NDArray[np.intp]

FIRST_STEP = 1.0
SMALLEST_STEP = 1e-4
MEMORY = 0.5
"""Weight of the last direction in the next: it damps the zigzag of plain subgradients."""
PATIENCE = 20
ROUNDING = float(np.finfo(np.float64).eps)
FADING = 0.9
"""How fast the steps before the last ones count less in how often a candidate was open."""


@dataclass(frozen=True, eq=False)
class Dual:
    """Where the relaxation came to.

    Attributes
    ----------
    bound
        No choice costs less.
    prices, savings
        The u that give it, per demand, and what each candidate saves there.
    opened
        The candidates that the relaxation opens wholly there: a start for a search.
    share_open
        How often each candidate was open in the last steps, 0 to 1.
    step
        Length of the last steps: where a later run goes on.
    n_steps
        Steps made.
    """

    bound: float
    prices: Floats
    savings: Floats
    opened: Indices
    share_open: Floats
    step: float
    n_steps: int

    def useless(self, allowed: Openings, spare: float) -> Flags:
        """Candidates that no choice within `spare` of the bound opens."""
        return allowed.useless(self.savings, spare)

    def needed(self, allowed: Openings, spare: float) -> Flags:
        """Candidates that every choice within `spare` of the bound opens."""
        return allowed.needed(self.savings, spare)


def relax_median(
    costs: Costs,
    allowed: Openings,
    *,
    prices: Floats,
    incumbent_cost: float,
    good_enough: float,
    max_steps: int,
    step: float = FIRST_STEP,
    smallest_step: float = SMALLEST_STEP,
    patience: int = PATIENCE,
    deadline: float | None = None,
) -> Dual:
    """Bound what any choice of candidates costs at least.

    Parameters
    ----------
    costs, allowed
        Of each demand from each candidate; and how many may open, at least 1 and at most all.
    prices, incumbent_cost
        Where to start, and the cost of a known choice: it sets the length of the steps.
    good_enough, max_steps, smallest_step, deadline
        It stops once the bound reaches this, after so many steps, when steps get so short, or at
        this instant of the clock.
    step, patience
        Length of the first steps; it is halved after so many without a better bound.
    """
    prices = np.minimum(prices, costs.ceiling)
    best: Dual | None = None
    direction = np.zeros(prices.size)
    share_open = np.zeros(0)
    # Steps in proportion to the root of the prices: settlements differ by a factor of ten thousand.
    scale = np.sqrt(np.where(prices > 0, prices, prices.mean()))
    n_stalled = n_steps = 0
    while n_steps < max_steps and step > smallest_step:
        heed_stop()
        n_steps += 1
        savings = costs.savings(prices)
        pick = allowed.pick(savings)
        bound = _bound_at(prices, pick)
        share_open = _faded(share_open, pick.opened, savings.size)
        n_stalled += 1
        if best is None or bound > best.bound:
            opened = pick.opened
            best, n_stalled = Dual(bound, prices, savings, opened, share_open, step, n_steps), 0
        if best.bound >= good_enough or (deadline is not None and perf_counter() > deadline):
            break
        if n_stalled > patience:
            step, n_stalled, prices = step / 2, 0, best.prices
            direction = np.zeros(prices.size)
            continue
        direction = _slope(costs, prices, pick) + MEMORY * direction
        length = float(direction @ (scale * direction))
        if length == 0:
            break
        move = step * (incumbent_cost - bound) / length * scale * direction
        prices = np.clip(prices + move, 0.0, costs.ceiling)
    return _last(best, share_open, step, n_steps)


def _slope(costs: Costs, prices: Floats, pick: Pick) -> Floats:
    """Return how the bound grows with each price; a price at its ceiling goes no higher."""
    slope = 1.0 - costs.servers(prices, pick.opened)
    if pick.share > 0:
        slope -= pick.share * costs.servers(prices, np.array([pick.last]))
    slope[(prices >= costs.ceiling) & (slope > 0)] = 0.0
    return slope


def _bound_at(prices: Floats, pick: Pick) -> float:
    paid = float(prices.sum())
    # Two long sums that nearly cancel: what rounding may have added is taken off the bound.
    return paid - pick.saved - prices.size * ROUNDING * (paid + pick.saved)


def _faded(share_open: Floats, opened: Indices, n_candidates: int) -> Floats:
    """Count a step in how often each candidate was open."""
    share_open = FADING * share_open if share_open.size else np.zeros(n_candidates)
    share_open[opened] += 1.0 - FADING
    return share_open


def _last(best: Dual | None, share_open: Floats, step: float, n_steps: int) -> Dual:
    """Return the best point with the run's last shares, step and count."""
    if best is None:
        raise ValueError("max_steps: no step was allowed.")
    return Dual(
        best.bound, best.prices, best.savings, best.opened, share_open, step, max(n_steps, 1)
    )


__all__ = ["FIRST_STEP", "Dual", "relax_median"]
