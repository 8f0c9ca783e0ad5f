"""Close the p-median's gap by branch and bound on a small core of candidates.

Each node opens some candidates for good, shuts others, and bounds the rest by a few steps of the
relaxation from its parent's prices; candidates that no better choice opens, or that every one
does, are decided at once (Christofides and Beasley 1982). The node with the lowest bound goes
first, so that a search that a limit stops leaves as little open as it can. On questions with few
sites this takes a fraction of the time of the linear relaxation of the whole model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.median_dual import Dual, relax_median

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.median_costs import DenseCosts
    from capillare.planning.siting.openings import Openings

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

STEPS_PER_NODE = 40
NODE_PATIENCE = 8
SMALLEST_NODE_STEP = 0.02


@dataclass(frozen=True, eq=False)
class Closed:
    """What branch and bound came to.

    Attributes
    ----------
    opened
        The best choice it found; None if it found none cheaper than the one it was given.
    cost
        What the best known choice costs.
    bound
        No choice costs less: the cost less the margin if the search ended.
    is_stopped
        Whether a limit ended it.
    """

    opened: Indices | None
    cost: float
    bound: float
    is_stopped: bool


@dataclass(frozen=True, eq=False)
class _Node:
    bound: float
    prices: Floats
    free: Indices
    opened: Indices


def close_median(
    core: DenseCosts,
    allowed: Openings,
    *,
    prices: Floats,
    bound: float,
    cost: float,
    margin: float,
    max_work: float,
    deadline: float | None = None,
) -> Closed:
    """Find the cheapest candidates of the core, or prove that none are cheaper than known.

    Parameters
    ----------
    core
        Candidates that a cheaper choice may open.
    allowed
        How many of them may open.
    prices, bound
        Of the relaxation of the whole question.
    cost
        Of the best known choice.
    margin
        Only a choice cheaper by more than this matters: less than one unit for whole costs.
    max_work, deadline
        Cells visited, and instant of the clock, after which the search stops.
    """
    best: Indices | None = None
    everything: Indices = np.arange(core.cells.shape[0])
    serial = count()
    left = [(bound, next(serial), _Node(bound, prices, everything, everything[:0]))]
    work = 0.0
    while left and work < max_work and (deadline is None or perf_counter() < deadline):
        node = heappop(left)[-1]
        if node.bound >= cost - margin:
            left = []
            break
        node, left_over = _affordable(node, allowed)
        if left_over.holds(np.arange(node.free.size)):
            found, dual = np.concatenate([node.opened, node.free]), None
        else:
            dual, n_cells = _relaxed(
                core, node, left_over, cost=cost, margin=margin, deadline=deadline
            )
            work += n_cells
            found = np.concatenate([node.opened, node.free[dual.opened]])
        found_cost = core.total(found)
        if found_cost < cost and allowed.holds(found):
            best, cost = np.sort(found), found_cost
        if dual is not None and max(dual.bound, node.bound) < cost - margin:
            for child in _children(node, dual, left_over, cost - margin):
                heappush(left, (child.bound, -next(serial), child))
    lowest = min([cost - margin, *(least for least, _, _ in left)])
    return Closed(best, cost, lowest, is_stopped=bool(left))


def _affordable(node: _Node, allowed: Openings) -> tuple[_Node, Openings]:
    """Shut what cannot open beside what is open; say what may still open of the rest."""
    after = allowed.after(node.opened)
    free = node.free[after.affords(node.free)]
    return replace(node, free=free), after.among(free)


def _relaxed(
    core: DenseCosts,
    node: _Node,
    allowed: Openings,
    *,
    cost: float,
    margin: float,
    deadline: float | None,
) -> tuple[Dual, float]:
    """Relax what a node leaves free, from its parent's prices; and say how many cells it took."""
    rest = core.without(node.free, node.opened)
    dual = relax_median(
        rest,
        allowed,
        prices=node.prices,
        incumbent_cost=cost,
        good_enough=cost - margin,
        max_steps=STEPS_PER_NODE,
        smallest_step=SMALLEST_NODE_STEP,
        patience=NODE_PATIENCE,
        deadline=deadline,
    )
    return dual, float(dual.n_steps) * rest.cells.size


def _children(node: _Node, dual: Dual, allowed: Openings, worst: float) -> list[_Node]:
    """Decide what the node's bound decides, then branch on the candidate most often open."""
    spare = worst - dual.bound
    is_needed = dual.needed(allowed, spare)
    if not allowed.holds(np.flatnonzero(is_needed)):
        return []
    is_free = ~is_needed & ~dual.useless(allowed, spare)
    opened = np.concatenate([node.opened, node.free[is_needed]])
    free, share_open = node.free[is_free], dual.share_open[is_free]
    bound = max(dual.bound, node.bound)
    if is_needed.sum() >= allowed.n_sites or not free.size:
        return [_Node(bound, dual.prices, free, opened)]
    branch = int(np.argmax(share_open))
    others = np.delete(free, branch)
    shut = _Node(bound, dual.prices, others, opened)
    if not allowed.holds(np.append(np.flatnonzero(is_needed), np.flatnonzero(is_free)[branch])):
        return [shut]
    return [shut, _Node(bound, dual.prices, others, np.append(opened, free[branch]))]


__all__ = ["Closed", "close_median"]
