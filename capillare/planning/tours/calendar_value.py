"""What placed tours are worth, counted from the calendar: visits, people, hours, driving."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.tours.dates import WEEK_SETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from capillare.planning.tours.day_tours import Tour
    from capillare.planning.tours.ground import Ground

HOURS_ENOUGH = 16.0
"""Hours in four weeks beyond which more of them count for nobody: four a week."""
MARKET_SHARE = 0.5
"""By how much an hour of the morning of a market day counts more."""


@dataclass(frozen=True)
class Placed:
    """A tour with its weekday and the weeks it runs in, both from 0."""

    tour: Tour
    weekday: int
    weeks: tuple[int, ...]

    @property
    def pattern(self) -> str:
        """Name of its frequency."""
        return WEEK_SETS[self.weeks]


@dataclass(frozen=True, order=True)
class Worth:
    """What a plan is worth, compared from the first figure to the last.

    Attributes
    ----------
    people
        Adults newly within reach of a stop that is made at least once.
    person_hours
        Adults times the hours in which a stop within reach receives people in the four weeks, at
        most `HOURS_ENOUGH` each; market mornings count `MARKET_SHARE` more.
    less_driving
        Minutes of driving in the four weeks, negative.
    """

    people: int
    person_hours: float
    less_driving: float


def is_market(ground: Ground, placed: Placed) -> NDArray[np.bool_]:
    """Whether each stop of a tour is in the morning of its market day."""
    stops = list(placed.tour.stops)
    is_morning = np.arange(len(stops)) < placed.tour.n_morning
    return np.asarray(ground.market_days[stops, placed.weekday] & is_morning)


def visits(ground: Ground, placed: Placed) -> Iterator[tuple[int, list[int]]]:
    """Yield each week in which a tour goes out, and the positions of the stops it makes."""
    working = ground.working[placed.tour.crew][placed.weekday]
    for week in placed.weeks:
        if week in working:
            made = [
                position
                for position, stop in enumerate(placed.tour.stops)
                if ground.is_open(stop, week, placed.weekday)
            ]
            made = _in_time(ground, placed.tour, made)
            if made:
                yield week, made


def driven(ground: Ground, tour: Tour, made: Sequence[int]) -> int:
    """Whole minutes of driving past the stops made."""
    stops = [tour.stops[position] for position in made]
    between = sum(int(ground.between[here, there]) for here, there in pairwise(stops))
    return int(ground.out[tour.crew, stops[0]]) + between + int(ground.back[tour.crew, stops[-1]])


def weigh(ground: Ground, plan: Sequence[Placed]) -> Worth:
    """Count what a plan is worth."""
    hours = np.zeros(len(ground.stops))
    weighted = np.zeros(len(ground.stops))
    driving = 0
    for placed in plan:
        setup = ground.crews[placed.tour.crew].terms.setup
        opened = placed.tour.open_minutes(setup) / 60
        bonus = 1.0 + MARKET_SHARE * is_market(ground, placed)
        for _, made in visits(ground, placed):
            driving += driven(ground, placed.tour, made)
            for position in made:
                stop = placed.tour.stops[position]
                hours[stop] += opened[position]
                weighted[stop] += opened[position] * bonus[position]
    is_reached = ground.reach @ (hours > 0)
    felt = np.minimum(ground.reach @ weighted, HOURS_ENOUGH)
    return Worth(
        int(ground.adults[is_reached].sum()),
        round(float(ground.adults @ felt), 3),
        -float(driving),
    )


def _in_time(ground: Ground, tour: Tour, made: list[int]) -> list[int]:
    """Drop stops that cannot be reached in time once others are left out.

    Only minutes that break the triangle inequality, such as rounded ones, can make it happen.
    """
    kept: list[int] = []
    for position in made:
        if kept:
            drive = int(ground.between[tour.stops[kept[-1]], tour.stops[position]])
            rest = _rest_between(ground, tour, kept[-1], position)
            if tour.clock.depart[kept[-1]] + drive + rest > tour.clock.arrive[position]:
                continue
        kept.append(position)
    return kept


def _rest_between(ground: Ground, tour: Tour, first: int, second: int) -> int:
    crosses = first < tour.n_morning <= second
    return ground.crews[tour.crew].terms.rest if crosses else 0


__all__ = [
    "HOURS_ENOUGH",
    "MARKET_SHARE",
    "Placed",
    "Worth",
    "driven",
    "is_market",
    "visits",
    "weigh",
]
