"""On which weekday and in which weeks each chosen tour runs: the calendar model of one crew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from capillare.planning.solver import Model, solve_model
from capillare.planning.tours.calendar_value import MARKET_SHARE, Placed, is_market, visits
from capillare.planning.tours.dates import N_WEEKS, WEEK_SETS
from capillare.planning.tours.patterns import PERSON_WORTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.tours.day_tours import Tour
    from capillare.planning.tours.ground import Ground

CALENDAR_NODES = 200


def place_tours(ground: Ground, tours: Sequence[Tour], runs: Sequence[int]) -> list[Placed]:
    """Give the chosen tours of one crew their weekdays and weeks.

    With y_o = 1 where option o (a tour, a weekday, a set of weeks) is taken::

        maximise    sum_o value_o y_o
        subject to  each tour has one option at most
                    each day of the four weeks belongs to one option at most

    The value of an option is counted from the calendar: stops on days that are no holiday, hours
    with the market's bonus, and for each tour the people whom no earlier tour reaches, if every
    stop is made once. An option may run more rarely than was chosen where holidays leave no room,
    never more often. HiGHS within `CALENDAR_NODES`, which small models never reach.

    Returns
    -------
    Placed tours, by weekday and first week; a tour that finds no day is left out.
    """
    options = _options(ground, tours, runs)
    if not options:
        return []
    values = _values(ground, tours, options)
    crew = tours[0].crew
    days = list(ground.crews[crew].weekdays)
    tour_rows = np.zeros((len(tours), len(options)))
    day_rows = np.zeros((len(days) * N_WEEKS, len(options)))
    for column, (number, placed) in enumerate(options):
        tour_rows[number, column] = 1.0
        for week in placed.weeks:
            day_rows[days.index(placed.weekday) * N_WEEKS + week, column] = 1.0
    rows = sparse.csr_array(np.vstack([tour_rows, day_rows]))
    n = len(options)
    model = Model(
        objective=np.array(values) / max(1.0, *values),
        lower=np.zeros(n),
        upper=np.ones(n),
        is_integer=np.ones(n, dtype=bool),
        rows=rows,
        row_lower=np.full(rows.shape[0], -np.inf),
        row_upper=np.ones(rows.shape[0]),
        sense="maximize",
    )
    answer = solve_model(model, node_limit=CALENDAR_NODES)
    taken = np.flatnonzero(answer.columns > 0.5).tolist()  # noqa: PLR2004 (binaries)
    chosen = [options[column][1] for column in taken]
    return sorted(chosen, key=lambda p: (p.weekday, p.weeks, p.tour.stops))


def _options(
    ground: Ground, tours: Sequence[Tour], runs: Sequence[int]
) -> list[tuple[int, Placed]]:
    """List where each tour could go, at its frequency or more rarely, if it goes out at all."""
    found = []
    for number, (tour, most) in enumerate(zip(tours, runs, strict=True)):
        for weekday in ground.crews[tour.crew].weekdays:
            for weeks in WEEK_SETS:
                if len(weeks) <= most:
                    placed = Placed(tour, weekday, weeks)
                    if any(True for _ in visits(ground, placed)):
                        found.append((number, placed))
    return found


def _values(
    ground: Ground, tours: Sequence[Tour], options: Sequence[tuple[int, Placed]]
) -> list[float]:
    """Return what each option is worth, in hours."""
    left = ground.adults.astype(np.float64)
    own: list[dict[int, float]] = []
    for tour in tours:
        shares = {}
        for stop in tour.stops:
            shares[stop] = float(left @ ground.reach[:, stop])
            left = np.where(ground.reach[:, stop], 0.0, left)
        own.append(shares)
    catchment = ground.catchment
    values = []
    for number, placed in options:
        tour = placed.tour
        opened = tour.open_minutes(ground.crews[tour.crew].terms.setup) / 60
        bonus = 1.0 + MARKET_SHARE * is_market(ground, placed)
        hours, reached = 0.0, set()
        for _, made in visits(ground, placed):
            for position in made:
                stop = tour.stops[position]
                reached.add(stop)
                hours += float(catchment[stop]) * opened[position] * bonus[position]
        people = sum(own[number][stop] for stop in sorted(reached))
        values.append(PERSON_WORTH * people + hours)
    return values


__all__ = ["place_tours"]
