"""The search for a plan of tours: vans one after another, tours below, patterns above.

For the first van, then the first two, and so on, the search

1. routes tours past stops (`find_tours`), with prizes that change from turn to turn: the people
   whom a part of the plan so far leaves out, spread over few stops by a greedy covering with noise,
   or the people within reach of each stop of a random half, with short or with long stays;
2. chooses, over the pool of all tours found, which run and how often (`choose_patterns`);
3. gives the chosen ones their weekdays and weeks (`place_tours`), counts what the plan is worth
   from the calendar (`weigh`), and keeps it if it is worth more;
4. routes the chosen stops of each frequency anew, to drive less, and goes back to 2.

The plan for k vans starts from the plan for k - 1, so that one more van never serves fewer people,
and from the obvious plan, so that it is never worse than that. All of it is heuristic but the
bound on people. Numbers are drawn from seeds that depend on van and turn alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.stopping import heed_stop
from capillare.planning.tours.calendar_value import Placed, Worth, weigh
from capillare.planning.tours.day_tours import Tour, by_terms, find_tours, make_tour
from capillare.planning.tours.ground import NO_WAY
from capillare.planning.tours.obvious import obvious_plan
from capillare.planning.tours.patterns import choose_patterns
from capillare.planning.tours.routing import SEED
from capillare.planning.tours.weekdays import place_tours

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from capillare.geo.settings import Effort
    from capillare.planning.tours.ground import Ground

    Draws = np.random.Generator


FREE_VANS = 3
"""Vans whose patterns are chosen together; the model's size does not grow with the fleet."""


@dataclass(frozen=True)
class TourSearch:
    """How long to search for each van.

    Attributes
    ----------
    turns
        Rounds of routing before each choice of patterns.
    choices
        How often patterns are chosen.
    iterations
        Of the router, each time.
    nodes
        Of the pattern model's tree.
    pool
        Most tours that the pattern model looks at.
    """

    turns: int
    choices: int
    iterations: int
    nodes: int
    pool: int


SEARCHES: dict[Effort, TourSearch] = {
    "quick": TourSearch(turns=2, choices=1, iterations=50, nodes=1, pool=100),
    "normal": TourSearch(turns=4, choices=2, iterations=250, nodes=1, pool=160),
    "best": TourSearch(turns=8, choices=4, iterations=600, nodes=20, pool=400),
}
LONG_STAYS = 2
"""How many shortest stays long are the stops of every fourth turn: fewer stops, more hours each."""


def search_tours(
    ground: Ground, effort: Effort, report: Callable[[str], None]
) -> tuple[list[Placed], Worth]:
    """Search for tours of all vans; see the module for how.

    Returns
    -------
    The plan, by crew, weekday and weeks; and what it is worth.
    """
    search = SEARCHES[effort]
    best: list[Placed] = []
    worth = weigh(ground, best)
    pool: dict[tuple[object, ...], Tour] = {}
    n_vans = 1 + max(crew.row for crew in ground.crews)
    for row in range(n_vans):
        report(f"giri dei furgoni, {row + 1} di {n_vans}")
        crews = [number for number, crew in enumerate(ground.crews) if crew.row <= row]
        obvious = obvious_plan(ground, crews)
        best, worth = max(
            (best, worth), (obvious, weigh(ground, obvious)), key=lambda found: found[1]
        )
        for choice in range(search.choices):
            draws = np.random.default_rng((SEED, row, choice))
            tours = _explored(ground, crews, best, draws, search)
            shorter = [less for tour in tours for less in _shortened(ground, tour)]
            _add(pool, [*shorter, *(placed.tour for placed in best), *tours], best, search.pool)
            for again in (False, True):
                if again:
                    _add(pool, _rerouted(ground, best, draws, search), best, search.pool)
                free = _free_crews(ground, crews, best, draws)
                found = _chosen(ground, list(pool.values()), free, best, search)
                best, worth = max((best, worth), (found, weigh(ground, found)), key=lambda f: f[1])
    return best, worth


def _free_crews(ground: Ground, crews: list[int], best: list[Placed], draws: Draws) -> list[int]:
    """Draw the vans whose tours are chosen anew: the last one, and others until `FREE_VANS`.

    Vans without a tour yet go first; the tours of all others stay as they are.
    """
    rows = sorted({ground.crews[crew].row for crew in crews})
    busy = {ground.crews[placed.tour.crew].row for placed in best}
    order = [int(row) for row in draws.permutation(rows)]
    order.sort(key=lambda row: (row != rows[-1], row in busy))
    free = set(order[:FREE_VANS])
    return [crew for crew in crews if ground.crews[crew].row in free]


def _chosen(
    ground: Ground,
    pool: list[Tour],
    free: list[int],
    best: list[Placed],
    search: TourSearch,
) -> list[Placed]:
    """Choose patterns of the free crews over the pool, from the plan so far, and place them."""
    fixed = [placed for placed in best if placed.tour.crew not in free]
    taken = {stop for placed in fixed for stop in placed.tour.stops}
    open_to = [tour for tour in pool if tour.crew in free and not taken.intersection(tour.stops)]
    rows = {tour.key: row for row, tour in enumerate(open_to)}
    start = {rows[p.tour.key]: len(p.weeks) for p in best if p.tour.crew in free}
    given = np.zeros(len(ground.stops))
    for placed in fixed:
        setup = ground.crews[placed.tour.crew].terms.setup
        np.add.at(
            given,
            list(placed.tour.stops),
            len(placed.weeks) * placed.tour.open_minutes(setup) / 60,
        )
    runs = choose_patterns(
        ground, open_to, free, nodes=search.nodes, start=start, given_hours=ground.reach @ given
    )
    plan = list(fixed)
    for crew in free:
        chosen = [row for row in sorted(runs) if open_to[row].crew == crew]
        if chosen:
            tours = [open_to[row] for row in chosen]
            plan += place_tours(ground, tours, [runs[row] for row in chosen])
    return sorted(plan, key=lambda p: (p.tour.crew, p.weekday, p.weeks, p.tour.stops))


def _add(
    pool: dict[tuple[object, ...], Tour], tours: list[Tour], best: list[Placed], most: int
) -> None:
    """Add tours to the pool; the oldest that the plan does not use leave it when it is full."""
    for tour in tours:
        pool.pop(tour.key, None)
        pool[tour.key] = tour
    used = {placed.tour.key for placed in best}
    spare = [key for key in pool if key not in used]
    for key in spare[: max(0, len(pool) - most)]:
        del pool[key]


def _shortened(ground: Ground, tour: Tour) -> list[Tour]:
    """Return a tour without each of its stops, and each stop alone: longer stays, fewer places.

    They go into the pool first, so that they leave it first where it is full.
    """
    n = len(tour.stops)
    kept = {tuple(p for p in range(n) if p != left) for left in range(n)}
    kept |= {(position,) for position in range(n)}
    found = []
    for positions in sorted(kept - {(), tuple(range(n))}):
        n_morning = sum(position < tour.n_morning for position in positions)
        stops = tuple(tour.stops[position] for position in positions)
        less = make_tour(ground, tour.crew, stops, n_morning)
        if less is not None:
            found.append(less)
    return found


def _explored(
    ground: Ground, crews: list[int], best: list[Placed], draws: Draws, search: TourSearch
) -> list[Tour]:
    """Route tours with prizes that change from turn to turn."""
    found: list[Tour] = []
    can = np.asarray((ground.out[crews] < NO_WAY).any(axis=0))
    for turn in range(search.turns):
        heed_stop()
        noise = draws.uniform(0.5, 1.5, ground.adults.size)
        keep = draws.uniform(size=len(best)) < (0.5 if turn % 4 else 0.0)
        seed = int(draws.integers(2**31))
        kept = [placed for placed, is_kept in zip(best, keep, strict=True) if is_kept]
        is_for_people = turn % 2 == 0
        if is_for_people:
            prizes = _greedy_prizes(ground, can, kept, noise)
        else:
            half = draws.uniform(size=ground.adults.size) < 0.5  # noqa: PLR2004 (a half)
            prizes = np.where(can & half, ground.catchment * noise, 0.0)
        for group in by_terms(ground, crews):
            vehicles = {
                crew: _days_left(ground, crew, kept)
                if is_for_people
                else len(ground.crews[crew].weekdays)
                for crew in group
            }
            tours = find_tours(
                ground,
                group,
                vehicles,
                prizes,
                iterations=search.iterations,
                seed=seed,
                stays=LONG_STAYS if turn % 4 == 1 else 1,
            )
            found += tours
            done = [stop for tour in tours for stop in tour.stops]
            prizes = np.where(np.isin(np.arange(prizes.size), done), 0.0, prizes)
    return [*found, *_market_tours(ground, crews, best, draws, search)]


def _market_tours(
    ground: Ground, crews: list[int], best: list[Placed], draws: Draws, search: TourSearch
) -> list[Tour]:
    """Route one tour a crew for each weekday that some market is on, mornings at the market.

    Stops whose market is on another day are left out, and so are those of the plan so far unless
    they have one that day.
    """
    found: list[Tour] = []
    stops = [stop for placed in best for stop in placed.tour.stops]
    is_planned = np.isin(np.arange(ground.adults.size), stops)
    for weekday in sorted({day for crew in crews for day in ground.crews[crew].weekdays}):
        is_market = ground.market_days[:, weekday]
        is_other = ground.market_days.any(axis=1) & ~is_market
        fits = (is_market | ~is_planned) & ~is_other
        prizes = np.where(fits, ground.catchment * draws.uniform(0.5, 1.5, fits.size), 0.0)
        seed = int(draws.integers(2**31))
        working = [crew for crew in crews if weekday in ground.crews[crew].weekdays]
        for group in by_terms(ground, working if is_market.any() else []):
            tours = find_tours(
                ground,
                group,
                dict.fromkeys(group, 2),
                prizes,
                iterations=search.iterations,
                seed=seed,
                is_market=is_market,
            )
            found += tours
            done = [stop for tour in tours for stop in tour.stops]
            prizes = np.where(np.isin(np.arange(prizes.size), done), 0.0, prizes)
    return found


def _days_left(ground: Ground, crew: int, kept: list[Placed]) -> int:
    """Count the days that a crew has left beside the tours kept, at least one."""
    used = sum(len(placed.weeks) for placed in kept if placed.tour.crew == crew)
    return max(1, ground.n_cells(crew) - used)


def _greedy_prizes(
    ground: Ground, can: NDArray[np.bool_], kept: list[Placed], noise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Spread the people not reached by the tours kept over few stops: each person at one stop."""
    stops = [stop for placed in kept for stop in placed.tour.stops]
    is_left = ~ground.reach[:, stops].any(axis=1)
    left = np.where(is_left, ground.adults, 0).astype(np.float64)
    taken = np.isin(np.arange(left.size), stops)
    prizes = np.zeros(left.size)
    reach = ground.reach.astype(np.float64)
    gains = left @ reach
    while True:
        tempting = np.where(can & ~taken, gains * noise, 0.0)
        stop = int(np.argmax(tempting))
        if tempting[stop] <= 0:
            return prizes
        prizes[stop] = gains[stop]
        taken[stop] = True
        new = ground.reach[:, stop] & (left > 0)
        gains = gains - np.where(new, left, 0.0) @ reach
        left[new] = 0.0


def _rerouted(ground: Ground, best: list[Placed], draws: Draws, search: TourSearch) -> list[Tour]:
    """Route the stops of each frequency anew over the same tours, to drive less."""
    found: list[Tour] = []
    frequencies = sorted({len(placed.weeks) for placed in best})
    for frequency in frequencies:
        same = [placed.tour for placed in best if len(placed.weeks) == frequency]
        seed = int(draws.integers(2**31))
        for group in by_terms(ground, sorted({tour.crew for tour in same})):
            of_group = [tour for tour in same if tour.crew in group]
            stops = [stop for tour in of_group for stop in tour.stops]
            prizes = np.zeros(ground.adults.size)
            prizes[stops] = np.maximum(ground.catchment[stops], 1)
            vehicles = {crew: sum(tour.crew == crew for tour in of_group) for crew in group}
            found += find_tours(
                ground,
                group,
                vehicles,
                prizes,
                iterations=search.iterations,
                seed=seed,
                is_required=True,
            )
    return found


__all__ = ["SEARCHES", "TourSearch", "search_tours"]
