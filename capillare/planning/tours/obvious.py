"""The obvious plan, to compare with: the largest villages first, every week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.tours.calendar_value import Placed
from capillare.planning.tours.day_tours import Tour, make_tour
from capillare.planning.tours.ground import NO_WAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.tours.ground import Ground

EVERY_WEEK = (0, 1, 2, 3)


def obvious_plan(ground: Ground, crews: Sequence[int]) -> list[Placed]:
    """Give the largest places without a desk a weekly stop each, as long as days have room.

    Places go by their own adults, largest first, ties by row; each to the crew whose base is
    nearest, on its first weekday with room, else to the next nearest: at the end of the morning,
    else at the end of the afternoon. What a planner does by hand with a list and a map.
    """
    days: dict[tuple[int, int], Tour] = {}
    order = np.lexsort((np.arange(ground.adults.size), -ground.adults))
    for stop in order.tolist():
        near = sorted(crews, key=lambda crew: (int(ground.out[crew, stop]), crew))
        for crew in near:
            if ground.out[crew, stop] >= NO_WAY:
                break
            if _add(ground, days, crew, stop):
                break
    return [Placed(tour, weekday, EVERY_WEEK) for (_, weekday), tour in sorted(days.items())]


def _add(ground: Ground, days: dict[tuple[int, int], Tour], crew: int, stop: int) -> bool:
    """Add a stop to the first weekday of a crew that has room for it; say whether one had."""
    for weekday in ground.crews[crew].weekdays:
        if not ground.working[crew][weekday]:
            continue
        tour = days.get((crew, weekday))
        if tour is None:
            tries: list[tuple[tuple[int, ...], int]] = [((stop,), 1), ((stop,), 0)]
        else:
            morning, afternoon = tour.stops[: tour.n_morning], tour.stops[tour.n_morning :]
            tries = [
                ((*morning, stop, *afternoon), tour.n_morning + 1),
                ((*morning, *afternoon, stop), tour.n_morning),
            ]
        for stops, n_morning in tries:
            longer = make_tour(ground, crew, stops, n_morning)
            if longer is not None:
                days[crew, weekday] = longer
                return True
    return False


__all__ = ["obvious_plan"]
