"""Good sites for the p-median: best swaps, many at once (Teitz and Bart 1968).

What every swap would gain is tabled at once from each demand's two cheapest open candidates, as
Resende and Werneck (2007) do: what opening gains, what closing loses, and what of the loss the one
that opens takes back. With a budget only swaps that it pays for are made, and what is left of it
opens the candidates that gain most a euro.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.median_costs import SparseCosts
    from capillare.planning.siting.openings import Openings

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

ROUNDING = 1e-10
"""A gain below this share of the total is arithmetic."""


def swap_medians(
    costs: SparseCosts, opened: Indices, allowed: Openings, *, max_rounds: int = 1_000
) -> tuple[Indices, float]:
    """Swap open candidates for others as long as that costs less.

    Parameters
    ----------
    costs
        With a finite fallback for every demand.
    opened, allowed
        Where to start, and how many may open.
    max_rounds
        Most rounds of swaps.

    Returns
    -------
    The open candidates, ascending, and what they cost.
    """
    opened = _filled(costs, np.sort(opened), allowed)
    total = costs.total(opened)
    for _ in range(max_rounds):
        if not opened.size or opened.size == costs.n_candidates:
            break
        entering, gains = _best_entering(costs, opened, allowed)
        order = np.argsort(-gains, kind="stable")
        order = order[gains[order] > ROUNDING * max(total, 1.0)]
        # A candidate enters once: for the site whose swap with it gains most.
        _, first = np.unique(entering[order], return_index=True)
        leaving = _paid(order[np.sort(first)], entering, opened, allowed)
        swapped, swapped_total = _swap_together(costs, opened, entering, leaving, total)
        if swapped_total >= total:
            break
        opened = _filled(costs, swapped, allowed)
        total = swapped_total if opened is swapped else costs.total(opened)
    return opened, total


def _filled(costs: SparseCosts, opened: Indices, allowed: Openings) -> Indices:
    """Open what gains most a euro as long as the money pays for it, ties by lowest index."""
    while allowed.cost_eur is not None:
        everything = np.arange(costs.n_candidates)
        is_paid = allowed.after(opened).affords(everything) & ~costs.flags(opened)
        now = costs.two_cheapest(opened)[0]
        saved = np.maximum(np.repeat(now, costs.n_pairs) - costs.cost, 0.0)
        gains = np.bincount(costs.candidate, saved, minlength=costs.n_candidates)
        per_euro = np.where(is_paid, gains, 0.0) / np.maximum(allowed.cost_eur, 1.0)
        best = int(np.argmax(per_euro))
        if per_euro[best] <= 0:
            break
        opened = np.sort(np.append(opened, best))
    return opened


def _paid(leaving: Indices, entering: Indices, opened: Indices, allowed: Openings) -> Indices:
    """Leave out swaps, the later ones first, that the money does not pay for together."""
    if allowed.cost_eur is None:
        return leaving
    is_paid = np.zeros(leaving.size, dtype=np.bool_)
    more_eur = allowed.cost_eur[entering[leaving]] - allowed.cost_eur[opened[leaving]]
    left_eur = allowed.after(opened).most_eur or 0.0
    for position, extra in enumerate(more_eur.tolist()):
        if extra <= left_eur:
            is_paid[position] = True
            left_eur -= extra
    return leaving[is_paid]


def _best_entering(
    costs: SparseCosts, opened: Indices, allowed: Openings
) -> tuple[Indices, Floats]:
    """Return the best candidate to enter for each open one, and what the swap gains."""
    n_open, n_all = opened.size, costs.n_candidates
    cost, server, next_cost = costs.two_cheapest(opened)
    seat = np.full(n_all + 1, n_open)
    seat[opened] = np.arange(n_open)
    seat_of_demand = seat[server]  # the fallback's server, -1, is the last, no seat
    active = np.flatnonzero(costs.cost < np.repeat(next_cost, costs.n_pairs))
    demand, candidate = costs.demand[active], costs.candidate[active]
    pair_cost, now = costs.cost[active], cost[demand]
    gain = np.bincount(candidate, np.maximum(now - pair_cost, 0.0), minlength=n_all)
    loss = np.bincount(seat_of_demand, next_cost - cost, minlength=n_open + 1)
    regained = np.bincount(
        seat_of_demand[demand] * n_all + candidate,
        next_cost[demand] - np.maximum(pair_cost, now),
        minlength=(n_open + 1) * n_all,
    ).reshape(n_open + 1, n_all)
    net = (regained[:n_open] + gain[None, :] - loss[:n_open, None]).astype(np.float64)
    net[:, opened] = -np.inf
    left_eur = allowed.after(opened).most_eur
    if allowed.cost_eur is not None and left_eur is not None:
        pays = allowed.cost_eur[opened] + left_eur
        net[allowed.cost_eur[None, :] > pays[:, None]] = -np.inf
    entering: Indices = net.argmax(axis=1)
    return entering, net[np.arange(n_open), entering]


def _swap_together(
    costs: SparseCosts, opened: Indices, entering: Indices, leaving: Indices, total: float
) -> tuple[Indices, float]:
    """Make all these swaps at once, or fewer of the best where together they gain nothing."""
    while leaving.size:
        is_open = costs.flags(opened)
        is_open[opened[leaving]] = False
        is_open[entering[leaving]] = True
        swapped: Indices = np.flatnonzero(is_open)
        swapped_total = costs.total(swapped)
        if swapped_total < total or leaving.size == 1:
            return swapped, swapped_total
        leaving = leaving[: max(1, leaving.size // 4)]
    return opened, total


__all__ = ["swap_medians"]
