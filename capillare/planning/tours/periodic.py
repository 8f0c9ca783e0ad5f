"""Periodic routing: on which days to make each customer's visits, and along which routes.

Each customer i chooses one pattern p of its own, a set of days; every day t of its pattern it is
visited once by one of that day's m vehicles, within capacity Q and duration D::

    minimise    sum over days of the length of that day's routes
    subject to  each customer has exactly one of its patterns
                each route starts and ends at the depot, carries at most Q, lasts at most D

Method, a heuristic (no bound): customers whose patterns are single days are left to the router,
which chooses among the days while it routes (days are bands of time, one after another; a call may
be made in any band of its days). The patterns of the others are chosen here: first so that the days
are evenly loaded, then improved by moving clusters of neighbours to one pattern, with the routes so
far as the start, and accepted when the total is shorter, or a little longer while the search is
young (Cordeau, Gendreau and Laporte 1997 give the problem and its instances).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.errors import ConfigError, InfeasibleError
from capillare.planning.tours.routing import (
    NEVER,
    SEED,
    Call,
    Fleet,
    Option,
    Problem,
    Route,
    Routes,
    solve_routes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.settings import Effort

_YOUNG_SHARE = 0.004
"""By how much of its length a young search may accept a longer solution."""


@dataclass(frozen=True, eq=False)
class Periodic:
    """A periodic routing problem; row 0 of the matrices is the depot.

    Attributes
    ----------
    distance
        Whole numbers, shape (n + 1, n + 1).
    service, load
        Of each customer, shape (n,).
    patterns
        For each customer, the sets of days it may be visited on; none for one never visited.
    n_days, n_vehicles
        Days, and vehicles on each.
    capacity, max_duration
        Of one route.
    """

    distance: NDArray[np.int64]
    service: NDArray[np.int64]
    load: NDArray[np.int64]
    patterns: tuple[tuple[tuple[int, ...], ...], ...]
    n_days: int
    n_vehicles: int
    capacity: int = NEVER
    max_duration: int = NEVER

    def __post_init__(self) -> None:
        """Refuse patterns outside the days, and shapes that do not fit."""
        n = len(self.patterns)
        if self.distance.shape != (n + 1, n + 1) or {self.service.size, self.load.size} != {n}:
            raise ConfigError(f"periodic: {n} customers do not fit the matrix or the loads.")
        days = {day for sets in self.patterns for days in sets for day in days}
        if days and not (min(days) >= 0 and max(days) < self.n_days):
            raise ConfigError(f"periodic: a pattern names a day outside 0 to {self.n_days - 1}.")


@dataclass(frozen=True)
class Search:
    """How long to search."""

    first: int
    rounds: int
    each: int
    last: int


SEARCHES: dict[Effort, Search] = {
    "quick": Search(first=200, rounds=4, each=60, last=100),
    "normal": Search(first=1500, rounds=80, each=250, last=1500),
    "best": Search(first=4000, rounds=120, each=400, last=6000),
}


@dataclass(frozen=True)
class PeriodicPlan:
    """What was found.

    Attributes
    ----------
    pattern
        Row of each customer's pattern; -1 for one never visited.
    routes
        For each day, its routes as customers (from 0) in order.
    distance
        Length in all, recomputed from the routes.
    """

    pattern: tuple[int, ...]
    routes: tuple[tuple[tuple[int, ...], ...], ...]
    distance: int


def solve_periodic(
    problem: Periodic, *, effort: Effort = "normal", seed: int = SEED, search: Search | None = None
) -> PeriodicPlan:
    """Choose patterns and routes.

    Raises
    ------
    InfeasibleError
        If no routes within the limits were found.
    """
    search = search or SEARCHES[effort]
    state = _State(problem, np.random.default_rng(seed))
    fixed = state.first_choice()
    best = current = state.routed(fixed, None, search.first)
    for turn in range(search.rounds if state.chosen_here.size else 0):
        moved = state.moved(current.fixed)
        found = state.routed(moved, current, search.each)
        young = 1.0 + _YOUNG_SHARE * (1.0 - turn / search.rounds)
        if found.rank <= (current.rank[0], current.rank[1] * young):
            current = found
        if found.rank < best.rank:
            best = found
    polished = state.routed(best.fixed, best, search.last)
    best = min(best, polished, key=lambda found: found.rank)
    if not best.routes.is_feasible:
        raise InfeasibleError(
            f"periodic: no routes within {problem.n_vehicles} vehicles a day, capacity "
            f"{problem.capacity} and duration {problem.max_duration} were found. Loosen one."
        )
    return _as_plan(problem, best)


@dataclass(frozen=True, eq=False)
class _Found:
    """Routes for fixed patterns of the customers chosen here."""

    fixed: dict[int, int]
    calls: tuple[Call, ...]
    routes: Routes

    @property
    def rank(self) -> tuple[bool, float]:
        """Feasible before shorter."""
        return not self.routes.is_feasible, self.routes.distance


@dataclass(eq=False)
class _State:
    """The search's problem, numbers and neighbours."""

    problem: Periodic
    draws: np.random.Generator
    chosen_here: NDArray[np.int64] = field(init=False)
    band: int = field(init=False)

    def __post_init__(self) -> None:
        several = [
            customer
            for customer, sets in enumerate(self.problem.patterns)
            if len(sets) > 1 and max(map(len, sets)) > 1
        ]
        self.chosen_here = np.array(several, dtype=np.int64)
        longest = int(self.problem.distance.max()) * (len(self.problem.patterns) + 1)
        self.band = min(self.problem.max_duration, longest + int(self.problem.service.sum())) + 1

    def first_choice(self) -> dict[int, int]:
        """Give every customer with several patterns the one that loads the days most evenly."""
        load = np.zeros(self.problem.n_days)
        fixed: dict[int, int] = {}
        heavy = sorted(self.chosen_here.tolist(), key=lambda c: (-self.problem.load[c], c))
        for customer in heavy:
            sets = self.problem.patterns[customer]
            peaks = [load[list(days)].max() for days in sets]
            fixed[customer] = int(np.argmin(peaks))
            load[list(sets[fixed[customer]])] += self.problem.load[customer]
        return fixed

    def moved(self, fixed: dict[int, int]) -> dict[int, int]:
        """Move one customer, or a cluster of neighbours, to one pattern."""
        seed = int(self.draws.choice(self.chosen_here))
        sets = self.problem.patterns[seed]
        chosen = int(self.draws.choice([p for p in range(len(sets)) if p != fixed[seed]]))
        size = int(self.draws.integers(1, max(2, min(9, self.chosen_here.size // 4 + 2))))
        near = self.problem.distance[seed + 1, self.chosen_here + 1]
        cluster = self.chosen_here[np.argsort(near, kind="stable")[:size]]
        moved = dict(fixed)
        for customer in cluster.tolist():
            same = self.problem.patterns[customer]
            if sets[chosen] in same:
                moved[customer] = same.index(sets[chosen])
        return moved

    def routed(self, fixed: dict[int, int], start: _Found | None, iterations: int) -> _Found:
        """Route the days for given patterns, from earlier routes where there are some."""
        problem = self.problem
        calls = tuple(self._calls(fixed))
        fleets = tuple(
            Fleet(
                0,
                problem.n_vehicles,
                day * self.band,
                (day + 1) * self.band - 1,
                problem.capacity,
                min(problem.max_duration, self.band),
            )
            for day in range(problem.n_days)
        )
        asked = Problem(calls, fleets, problem.distance, problem.distance)
        seed = int(self.draws.integers(2**31))
        routes = _carried(start, calls) if start else ()
        return _Found(
            fixed, calls, solve_routes(asked, iterations=iterations, seed=seed, start=routes)
        )

    def _calls(self, fixed: dict[int, int]) -> list[Call]:
        calls = []
        for customer, sets in enumerate(self.problem.patterns):
            if not sets or not any(sets):
                continue
            if customer in fixed or len(sets) == 1:
                days = sets[fixed.get(customer, 0)]
                calls += [Call((customer, day), (self._option(customer, day),)) for day in days]
            else:
                days = tuple(sorted(days[0] for days in sets))
                spans = [(day, day) for day in days]
                if days == tuple(range(days[0], days[-1] + 1)):
                    spans = [(days[0], days[-1])]
                options = tuple(self._option(customer, *span) for span in spans)
                calls.append(Call((customer, None), options))
        return calls

    def _option(self, customer: int, first: int, last: int | None = None) -> Option:
        service = int(self.problem.service[customer])
        early = first * self.band
        late = (first if last is None else last) * self.band + self.band - 1 - service
        return Option(customer + 1, early, late, service, int(self.problem.load[customer]))


def _carried(start: _Found, calls: tuple[Call, ...]) -> tuple[Route, ...]:
    """Return earlier routes for new calls: visits that are gone leave, new ones join their day.

    A new visit joins the route of its day that has fewest calls; the search finds its place.
    """
    rows = {call.key: row for row, call in enumerate(calls)}
    routes: list[tuple[int, list[tuple[int, int]]]] = []
    for route in start.routes.routes:
        kept = [
            (rows[start.calls[row].key], option)
            for row, option in route.calls
            if start.calls[row].key in rows
        ]
        routes.append((route.fleet, kept))
    there = {row for _, kept in routes for row, _ in kept}
    for row, call in enumerate(calls):
        if row in there:
            continue
        day = call.key[1]  # type: ignore[index]  # keys are made by _calls
        of_day = [number for number, (fleet, _) in enumerate(routes) if fleet == day]
        if of_day:
            shortest = min(of_day, key=lambda number: len(routes[number][1]))
            routes[shortest][1].append((row, 0))
        else:
            routes.append((int(day), [(row, 0)]))
    return tuple(Route(fleet, tuple(kept)) for fleet, kept in routes if kept)


def _as_plan(problem: Periodic, best: _Found) -> PeriodicPlan:
    pattern = [-1] * len(problem.patterns)
    days: list[list[tuple[int, ...]]] = [[] for _ in range(problem.n_days)]
    distance = 0
    for route in best.routes.routes:
        customers = []
        for row, _ in route.calls:
            key: tuple[int, int | None] = best.calls[row].key  # type: ignore[assignment]
            customer, day = key
            customers.append(customer)
            sets = problem.patterns[customer]
            alone = sets.index((route.fleet,)) if day is None else 0
            pattern[customer] = alone if day is None else best.fixed.get(customer, 0)
        stops = np.array([0, *(customer + 1 for customer in customers), 0])
        distance += int(problem.distance[stops[:-1], stops[1:]].sum())
        days[route.fleet].append(tuple(customers))
    return PeriodicPlan(tuple(pattern), tuple(tuple(routes) for routes in days), distance)


__all__ = ["SEARCHES", "Periodic", "PeriodicPlan", "Search", "solve_periodic"]
