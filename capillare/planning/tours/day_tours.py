"""One day's tour of a van: its stops in order and their times; and tours found by routing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.tours.ground import NO_WAY
from capillare.planning.tours.routing import Call, Fleet, Option, Problem, solve_routes
from capillare.planning.tours.timetable import Clock, Legs, clock_tour

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from capillare.planning.tours.crews import Terms
    from capillare.planning.tours.ground import Ground

PRIZE_A_PERSON = 100
"""Minutes of driving that one person is worth to the router: people come first."""
MARKET_PRIZE = 3
"""How much more the router values the morning of a market day, to find such tours at all."""
_MOST_PRIZE = 10**8


@dataclass(frozen=True)
class Tour:
    """Stops of one crew on one day, at the same times whenever it runs.

    Attributes
    ----------
    crew
        Row of the crew.
    stops
        Rows of the stops, in order.
    n_morning
        How many of them come before the break.
    clock
        Their times.
    drive
        Whole minutes of driving.
    """

    crew: int
    stops: tuple[int, ...]
    n_morning: int
    clock: Clock
    drive: int

    @property
    def key(self) -> tuple[int, tuple[int, ...], int]:
        """What tells it from others: crew, stops in order, and how many before the break."""
        return self.crew, self.stops, self.n_morning

    def open_minutes(self, setup: int) -> NDArray[np.int64]:
        """Minutes for which each stop receives people."""
        return np.subtract(self.clock.depart, self.clock.arrive) - setup


def make_tour(ground: Ground, crew: int, stops: tuple[int, ...], n_morning: int) -> Tour | None:
    """Time a tour; None where it does not fit a day."""
    out, back = int(ground.out[crew, stops[0]]), int(ground.back[crew, stops[-1]])
    between = tuple(int(ground.between[here, there]) for here, there in pairwise(stops))
    if max(out, back, *between, 0) >= NO_WAY:
        return None
    weights = [float(adults) for adults in ground.catchment[list(stops)]]
    clock = clock_tour(ground.crews[crew].terms, Legs(out, between, back), n_morning, weights)
    if clock is None:
        return None
    return Tour(crew, stops, n_morning, clock, out + sum(between) + back)


def find_tours(
    ground: Ground,
    crews: tuple[int, ...],
    vehicles: dict[int, int],
    prizes: NDArray[np.float64],
    *,
    iterations: int,
    seed: int,
    stays: int = 1,
    is_market: NDArray[np.bool_] | None = None,
    is_required: bool = False,
) -> list[Tour]:
    """Route vehicles past the stops that are worth most; a stop is visited once at most.

    Parameters
    ----------
    crews
        Crews with the same terms.
    vehicles
        How many tours each may make.
    prizes
        People each stop is worth, shape (n_stops,); none where 0.
    iterations, seed
        See `solve_routes`.
    stays
        How many shortest stays the router gives each stop, as far as the longest allows.
    is_market
        Stops whose mornings are worth `MARKET_PRIZE` times their prize.
    is_required
        Whether every stop with a prize must be visited.
    """
    terms = ground.crews[crews[0]].terms
    can = (ground.out[list(crews)] < NO_WAY).any(axis=0)
    stops = np.flatnonzero((prizes > 0) & can)
    n = stops.size
    if n == 0:
        return []
    calls = _calls(terms, stops, prizes, stays=stays, is_market=is_market, is_required=is_required)
    fleets = tuple(
        Fleet(2 * n + row, vehicles[crew], terms.shift_start, terms.shift_end, terms.day_open)
        for row, crew in enumerate(crews)
    )
    distance, duration = _matrices(ground, crews, stops, terms.rest)
    found = solve_routes(
        Problem(tuple(calls), fleets, distance, duration), iterations=iterations, seed=seed
    )
    tours = []
    for route in found.routes:
        where = [calls[row].options[option].where for row, option in route.calls]
        order = tuple(int(stops[at % n]) for at in where)
        tour = make_tour(ground, crews[route.fleet], order, sum(at < n for at in where))
        if tour is not None:
            tours.append(tour)
    return tours


def _calls(
    terms: Terms,
    stops: NDArray[np.int64],
    prizes: NDArray[np.float64],
    *,
    stays: int,
    is_market: NDArray[np.bool_] | None,
    is_required: bool,
) -> list[Call]:
    """Make a call of each stop, to be made in the morning or in the afternoon."""
    n = stops.size
    opened = min(stays * terms.min_open, terms.max_stay - terms.setup)
    stay = terms.setup + opened
    noon = min(terms.break_start, terms.open_to)
    spans = (
        (terms.open_from, noon - stay),
        (max(terms.break_end, terms.open_from), terms.open_to - stay),
    )
    calls = []
    for row, stop in enumerate(stops.tolist()):
        times = (MARKET_PRIZE if is_market is not None and is_market[stop] else 1, 1)
        options = tuple(
            Option(half * n + row, early, late, stay, opened, _prize(times[half] * prizes[stop]))
            for half, (early, late) in enumerate(spans)
            if early <= late
        )
        calls.append(Call(stop, options, is_required=is_required))
    return calls


def _prize(people: float) -> int:
    return min(_MOST_PRIZE, int(np.ceil(PRIZE_A_PERSON * people)))


def by_terms(ground: Ground, crews: Iterable[int]) -> list[tuple[int, ...]]:
    """Group crews whose days allow the same: they are routed together."""
    groups: dict[object, list[int]] = {}
    for crew in crews:
        groups.setdefault(ground.crews[crew].terms, []).append(crew)
    return [tuple(group) for group in groups.values()]


def _matrices(
    ground: Ground, crews: tuple[int, ...], stops: NDArray[np.int64], rest: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return minutes driven, and minutes passed, between mornings, afternoons and bases."""
    n, rows = stops.size, np.array(crews, dtype=np.int64)
    size = 2 * n + rows.size
    drive = np.full((size, size), NO_WAY, dtype=np.int64)
    between = ground.between[np.ix_(stops, stops)]
    morning, afternoon, base = slice(0, n), slice(n, 2 * n), slice(2 * n, size)
    drive[morning, morning] = drive[afternoon, afternoon] = between
    drive[morning, afternoon] = between
    out, back = ground.out[np.ix_(rows, stops)], ground.back[np.ix_(rows, stops)]
    drive[base, morning] = drive[base, afternoon] = out
    drive[morning, base] = drive[afternoon, base] = back.T
    passed = drive.copy()
    passed[morning, afternoon] += rest
    passed[base, afternoon] += rest
    np.fill_diagonal(drive, 0)
    np.fill_diagonal(passed, 0)
    return drive, passed


__all__ = ["Tour", "by_terms", "find_tours", "make_tour"]
