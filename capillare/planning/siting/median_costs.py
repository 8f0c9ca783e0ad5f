"""What serving each demand from each candidate costs: sparse for whole questions, dense for cores.

A relaxation asks two things of costs, whatever they are held in: what each candidate would save at
given prices of demand, and how many of some candidates would serve each demand. Both are
vectorised, so that a step takes milliseconds on half a million pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Indices = NDArray[np.intp]


class Costs(Protocol):
    """Costs that a relaxation can be solved on."""

    @property
    def ceiling(self) -> Floats:
        """Highest price of each demand at which the costs held here tell the whole truth.

        That of an open desk, or of the cheapest pair left out.
        """

    def savings(self, prices: Floats) -> Floats:
        """Sum what each candidate saves: price less cost of each demand that it serves for less."""

    def servers(self, prices: Floats, opened: Indices) -> Floats:
        """Count the open candidates that serve each demand for less than its price."""


@dataclass(frozen=True, eq=False)
class SparseCosts:
    """Pairs by demand, cheapest first.

    Attributes
    ----------
    start
        Where each demand's pairs begin, and the end of the last, shape (n_demand + 1,).
    candidate, cost
        Of each pair, shape (n_pairs,); cost is people x minutes.
    ceiling
        See `Costs`, shape (n_demand,); infinite where nothing is left out.
    fallback
        What a demand costs that no open pair serves: its fixed desk's cost, infinite without one.
    n_candidates
        How many there are, whether or not a pair has them.
    """

    start: Indices
    candidate: Indices
    cost: Floats
    ceiling: Floats
    fallback: Floats
    n_candidates: int

    @cached_property
    def n_pairs(self) -> Indices:
        """Pairs of each demand."""
        return np.diff(self.start)

    @cached_property
    def demand(self) -> Indices:
        """Demand of each pair."""
        return np.repeat(np.arange(self.n_pairs.size), self.n_pairs)

    def savings(self, prices: Floats) -> Floats:
        """See `Costs.savings`."""
        saved = np.maximum(np.repeat(prices, self.n_pairs) - self.cost, 0.0)
        return np.bincount(self.candidate, saved, minlength=self.n_candidates).astype(np.float64)

    def servers(self, prices: Floats, opened: Indices) -> Floats:
        """See `Costs.servers`."""
        pairs = np.flatnonzero(self.flags(opened)[self.candidate])
        demand = self.demand[pairs]
        is_cheap = self.cost[pairs] < prices[demand]
        return np.bincount(demand[is_cheap], minlength=prices.size).astype(np.float64)

    def flags(self, opened: Indices) -> Flags:
        """Mark open candidates among all."""
        is_open = np.zeros(self.n_candidates, dtype=np.bool_)
        is_open[opened] = True
        return is_open

    def two_cheapest(self, opened: Indices) -> tuple[Floats, Indices, Floats]:
        """Return each demand's cost, its server (-1 for the fallback), and its next best cost."""
        pairs = np.flatnonzero(self.flags(opened)[self.candidate])
        demand = self.demand[pairs]
        is_first = np.ones(pairs.size, dtype=np.bool_)
        is_first[1:] = demand[1:] != demand[:-1]
        first = np.flatnonzero(is_first)
        second = first[first + 1 < pairs.size] + 1
        second = second[~is_first[second]]
        cost, next_cost = self.fallback.copy(), self.fallback.copy()
        server = np.full(self.fallback.size, -1)
        cost[demand[first]] = self.cost[pairs[first]]
        server[demand[first]] = self.candidate[pairs[first]]
        next_cost[demand[second]] = self.cost[pairs[second]]
        return cost, server, next_cost

    def total(self, opened: Indices) -> float:
        """Sum what every demand costs with these candidates open."""
        return float(self.two_cheapest(opened)[0].sum())

    def up_to(self, limit: Floats) -> SparseCosts:
        """Leave out the pairs that cost more than each demand's limit, and lower its ceiling."""
        is_kept = self.cost <= limit[self.demand]
        n_kept = np.bincount(self.demand[is_kept], minlength=limit.size)
        first_out = self.start[:-1] + n_kept
        is_cut = n_kept < self.n_pairs
        ceiling = self.ceiling.copy()
        ceiling[is_cut] = np.minimum(ceiling[is_cut], self.cost[first_out[is_cut]])
        start = np.concatenate([[0], np.cumsum(n_kept)])
        return SparseCosts(
            start,
            self.candidate[is_kept],
            self.cost[is_kept],
            ceiling,
            self.fallback,
            self.n_candidates,
        )

    def at_rank(self, rank: int) -> Floats:
        """Cost of each demand's pair at a rank, or of its last, or its fallback without pairs."""
        last = np.maximum(self.n_pairs - 1, 0)
        position = np.minimum(self.start[:-1] + np.minimum(rank, last), max(self.cost.size - 1, 0))
        if not self.cost.size:
            return self.fallback
        found = np.where(self.n_pairs > 0, self.cost[position], self.fallback)
        return np.minimum(found, self.ceiling)

    def core(self, candidates: Indices) -> DenseCosts:
        """Hold some candidates' costs whole: candidates x demand, infinite without a pair."""
        is_kept = self.flags(candidates)[self.candidate]
        position = np.zeros(self.n_candidates, dtype=np.intp)
        position[candidates] = np.arange(candidates.size)
        cells = np.full((candidates.size, self.n_pairs.size), np.inf)
        cells[position[self.candidate[is_kept]], self.demand[is_kept]] = self.cost[is_kept]
        return DenseCosts(cells, self.ceiling, self.fallback)


@dataclass(frozen=True, eq=False)
class DenseCosts:
    """Costs of few candidates, shape (n_candidates, n_demand); see `SparseCosts` for the rest."""

    cells: Floats
    ceiling: Floats
    fallback: Floats

    def savings(self, prices: Floats) -> Floats:
        """See `Costs.savings`."""
        saved = prices[None, :] - self.cells
        np.maximum(saved, 0.0, out=saved)
        summed: Floats = saved.sum(axis=1)
        return summed

    def servers(self, prices: Floats, opened: Indices) -> Floats:
        """See `Costs.servers`."""
        counted: Floats = (self.cells[opened] < prices[None, :]).sum(axis=0).astype(np.float64)
        return counted

    def total(self, opened: Indices) -> float:
        """Sum what every demand costs with these candidates open."""
        return float(self.cells[opened].min(axis=0, initial=np.inf).clip(max=self.fallback).sum())

    def without(self, free: Indices, opened: Indices) -> DenseCosts:
        """Keep only free candidates, with others open for good."""
        served = self.cells[opened].min(axis=0, initial=np.inf)
        return DenseCosts(
            self.cells[free],
            np.minimum(self.ceiling, served),
            np.minimum(self.fallback, served),
        )


__all__ = ["Costs", "DenseCosts", "SparseCosts"]
