"""Close what search and relaxation leave open of maximal covering: branch and bound on its LP.

Each node opens some candidates for good, shuts others, and solves the linear relaxation of the
rest from its parent's basis. Its prices u_i, cut to 0 <= u_i <= w_i, give the bound of
`lagrangian`, with what is open counted and what is shut left out::

    L = sum_i (w_i - u_i) + sum of v_j over open j + the n largest v_j of free j

with v_j = sum_i a_ij u_i and n the sites left,
so that a bound holds whatever the simplex's arithmetic came to; candidates that no better choice
opens, or that every one does, are decided at once. The node with the highest bound goes first and
branches where both sides promise to lower it most (pseudo-costs, Benichou and others 1971).
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from capillare.planning.simplex import Programme
from capillare.planning.siting.covering_search import WHOLE, whole_people
from capillare.planning.siting.local_search import Neighbours, swap_best
from capillare.planning.siting.models import covering_model
from capillare.planning.solver import relative_gap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.simplex import Vertex
    from capillare.planning.siting.reduction import Reduced
    from capillare.planning.solver import Stop

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Indices = NDArray[np.intp]

FRACTION = 1e-6
"""A column this near to 0 or 1 is whole."""
LEAST_LOSS = 1e-6
SWAPPED_FIRST, SWAPPED_EVERY = 10, 10
"""Visits whose rounded choice is swapped: the first, then one in so many."""
MAX_SWAPS = 200


@dataclass(frozen=True, eq=False)
class Closed:
    """What branch and bound came to.

    Attributes
    ----------
    chosen
        The best choice it found, ascending; None if none is better than the one known.
    bound
        No choice covers more people.
    stopped_by
        Limit that ended it: ``nodes``, ``time``, or ``gap``; empty if it ran to its end.
    """

    chosen: Indices | None
    bound: float
    stopped_by: Stop = ""


@dataclass(frozen=True, eq=False)
class _Node:
    """Bounds of the candidates, the bound on people, and how it came from its parent."""

    bound: float
    lower: Floats
    upper: Floats
    basis: Any = None
    branch: int = -1
    side: int = 0
    distance: float = 1.0


class _Losses:
    """People that the bound lost per unit, where a candidate was shut (0) or opened (1)."""

    def __init__(self, worth: Floats) -> None:
        """Take what each candidate is worth for want of anything learnt."""
        self._worth = worth / max(float(worth.max(initial=0.0)), 1.0)
        self._sum = np.zeros((2, worth.size))
        self._times = np.zeros((2, worth.size))

    def learn(self, node: _Node, bound: float) -> None:
        """Take note of what a branch did to the bound."""
        if node.branch >= 0:
            lost = max(node.bound - bound, 0.0) / node.distance
            self._sum[node.side, node.branch] += lost
            self._times[node.side, node.branch] += 1.0

    def best(self, candidates: Indices, opened: Floats) -> int:
        """Return the position of the candidate whose two sides promise most together."""
        promise = np.ones(candidates.size)
        for side, distance in ((0, opened), (1, 1.0 - opened)):
            times = self._times[side, candidates]
            mean = self._sum[side].sum() / max(self._times[side].sum(), 1.0) or 1.0
            known = self._sum[side, candidates] / np.maximum(times, 1.0)
            # What was never tried is taken for average, larger where more people are reached.
            lost = np.where(times > 0, known, mean * self._worth[candidates])
            promise *= np.maximum(lost * distance, LEAST_LOSS)
        return int(np.argmax(promise))


def close_covering(
    core: Reduced,
    n_sites: int,
    *,
    known_people: int,
    max_pivots: int,
    gap: float = 0.0,
    others_people: int = 0,
    deadline: float | None = None,
) -> Closed:
    """Find the `n_sites` candidates of a core that cover most, or prove none better than known.

    Parameters
    ----------
    core
        Candidates that a better choice may open; people are whole.
    n_sites
        Candidates that open, at least 1.
    known_people
        What the best known choice covers.
    max_pivots
        Steps of the simplex after which the search stops.
    gap, others_people
        Relative gap at which it stops, and people beside the core's who count in it.
    deadline
        Instant of the clock at which it stops.
    """
    tree = _Tree(core, n_sites)
    chosen: Indices | None = None
    n_candidates, n_pivots = core.candidates.size, 0
    stopped_by: Stop = ""
    root = _Node(core.people_open, np.zeros(n_candidates), np.ones(n_candidates))
    serial = count()
    left = [(-root.bound, next(serial), root)]
    while left and -left[0][0] >= known_people + 1 - WHOLE:
        most = whole_people(-left[0][0])
        if relative_gap(others_people + known_people, others_people + most) <= gap:
            stopped_by = "gap"
        elif deadline is not None and perf_counter() >= deadline:
            stopped_by = "time"
        elif n_pivots >= max_pivots:
            stopped_by = "nodes"
        if stopped_by:
            break
        visit = tree.visit(heappop(left)[-1], known_people, max_pivots - n_pivots)
        n_pivots += visit.n_pivots
        if visit.people > known_people:
            chosen, known_people = visit.chosen, visit.people
        for child in visit.children:
            heappush(left, (-child.bound, -next(serial), child))
    highest = max([float(known_people), *(-negative for negative, _, _ in left)])
    return Closed(chosen, highest, stopped_by)


@dataclass(frozen=True, eq=False)
class _Visit:
    """What a node came to: a choice and its people, and what is left to visit under it."""

    chosen: Indices
    people: int
    children: tuple[_Node, ...] = ()
    n_pivots: int = 0


class _Tree:
    """The programme of a core, and what its branches taught."""

    def __init__(self, core: Reduced, n_sites: int) -> None:
        """Build the programme."""
        self._neighbours = Neighbours.of(core)
        self._weights = core.weights.astype(np.float64)
        self._catchments = self._neighbours.catchments.astype(np.float64)
        self._programme = Programme(covering_model(core, n_sites=n_sites))
        self._losses = _Losses(self._catchments @ self._weights)
        self._n_sites = n_sites
        self._seen: set[bytes] = set()
        self._n_visits = 0

    def visit(self, node: _Node, known_people: int, max_pivots: int) -> _Visit:
        """Bound a node, look for a choice, and branch where a better one than known may be."""
        opened = np.flatnonzero(node.lower > 0)
        free = np.flatnonzero(node.lower < node.upper)
        n_left = self._n_sites - opened.size
        if n_left <= 0 or free.size <= n_left:
            leaf = np.union1d(opened, free[: max(n_left, 0)])
            return _Visit(leaf, self._neighbours.covered_people(leaf))
        vertex = self._programme.solve(
            node.lower, node.upper, max_pivots=max_pivots, basis=node.basis
        )
        share = vertex.columns[: node.lower.size]
        chosen, people = self._choice(share)
        bound, values = self._bound(vertex, opened, free, n_left)
        self._losses.learn(node, bound)
        children = self._children(
            node,
            vertex,
            min(bound, node.bound),
            values=values,
            spare=bound - max(known_people, people) - 1 + WHOLE,
        )
        return _Visit(chosen, people, children, vertex.n_pivots)

    def _choice(self, share: Floats) -> tuple[Indices, int]:
        """Open what the relaxation opens most of, and swap; the same is not tried twice."""
        rounded = np.sort(np.argsort(-share, kind="stable")[: self._n_sites])
        self._n_visits += 1
        is_turn = self._n_visits <= SWAPPED_FIRST or self._n_visits % SWAPPED_EVERY == 0
        if is_turn and rounded.tobytes() not in self._seen:
            self._seen.add(rounded.tobytes())
            rounded = swap_best(self._neighbours, rounded, max_swaps=MAX_SWAPS)
        return rounded, self._neighbours.covered_people(rounded)

    def _bound(
        self, vertex: Vertex, opened: Indices, free: Indices, n_left: int
    ) -> tuple[float, Floats]:
        """Bound the people of a node by its prices, and value each candidate by them."""
        prices = np.clip(vertex.prices[: self._weights.size], 0.0, self._weights)
        values: Floats = self._catchments @ prices
        best = -np.partition(-values[free], n_left - 1)[:n_left]
        bound = (self._weights - prices).sum() + values[opened].sum() + best.sum()
        return float(bound), values

    def _children(
        self, node: _Node, vertex: Vertex, bound: float, *, values: Floats, spare: float
    ) -> tuple[_Node, ...]:
        """Decide what the bound decides, then shut and open the candidate that promises most."""
        if spare < 0:
            return ()
        is_free = node.lower < node.upper
        n_left = self._n_sites - int((node.lower > 0).sum())
        ranked = -np.partition(-values[is_free], (n_left - 1, n_left))
        is_needed = is_free & (values > ranked[n_left] + spare)
        is_useless = is_free & (values < ranked[n_left - 1] - spare)
        lower = np.where(is_needed, 1.0, node.lower)
        upper = np.where(is_useless, 0.0, node.upper)
        share = vertex.columns[: lower.size]
        is_open = lower < upper
        split = np.flatnonzero(is_open & (share > FRACTION) & (share < 1.0 - FRACTION))
        if not split.size:
            split = np.flatnonzero(is_open)
        if not split.size:
            return (_Node(bound, lower, upper, vertex.basis),)
        branch = int(split[self._losses.best(split, share[split])])
        shut, opened = upper.copy(), lower.copy()
        shut[branch], opened[branch] = 0.0, 1.0
        distance = float(np.clip(share[branch], FRACTION, 1.0 - FRACTION))
        return (
            _Node(bound, lower, shut, vertex.basis, branch, 0, distance),
            _Node(bound, opened, upper, vertex.basis, branch, 1, 1.0 - distance),
        )


__all__ = ["Closed", "close_covering"]
