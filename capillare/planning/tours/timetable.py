"""The clock of one tour: arrivals and departures, the midday break, and stays made longer.

A tour has stops before the break and after it. Nothing happens in the break: a drive that would
run into it is interrupted, so that between the last minute of the morning's stops and the first of
the afternoon's lie the drive and the whole break.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.tours.crews import Terms


@dataclass(frozen=True)
class Legs:
    """Whole minutes of driving along one tour.

    Attributes
    ----------
    out, back
        From the base to the first stop, from the last one home.
    between
        From each stop to the next.
    """

    out: int
    between: tuple[int, ...]
    back: int


@dataclass(frozen=True)
class Clock:
    """Times of one tour, minutes after midnight.

    Attributes
    ----------
    leave, home
        Departure from the base and return to it.
    arrive, depart
        At each stop; people are received from arrival plus set-up until departure.
    """

    leave: int
    arrive: tuple[int, ...]
    depart: tuple[int, ...]
    home: int


def clock_tour(terms: Terms, legs: Legs, n_morning: int, weights: Sequence[float]) -> Clock | None:
    """Time a tour, and give the minutes left over to the stops that serve most people.

    Every stop gets its shortest stay, as early as it can; then stays grow, heaviest stop first,
    ties to the earlier one. The minutes that can be added obey three ceilings (morning, afternoon,
    both together) and one a stop and a day, which makes the greedy order best.

    Parameters
    ----------
    terms
        What a day allows.
    legs
        Driving.
    n_morning
        How many of the stops come before the break.
    weights
        Worth of a minute at each stop.

    Returns
    -------
    The times; None where not even the shortest stays fit.
    """
    n_stops = len(weights)
    stay = [terms.setup + terms.min_open] * n_stops
    rooms = _rooms(terms, legs, n_morning, stay)
    if rooms is None:
        return None
    total, halves = rooms
    total = min(total, terms.day_open - n_stops * terms.min_open)
    for stop in sorted(range(n_stops), key=lambda s: (-weights[s], s)):
        half = int(stop >= n_morning)
        more = min(terms.max_stay - stay[stop], halves[half], total)
        if more > 0 and weights[stop] > 0:
            stay[stop] += more
            halves[half] -= more
            total -= more
    return _times(terms, legs, n_morning, stay)


def fits_alone(terms: Terms, out: int, back: int) -> bool:
    """Whether a single stop fits a day, before or after the break."""
    legs = Legs(out, (), back)
    return any(clock_tour(terms, legs, n_morning, [0.0]) is not None for n_morning in (1, 0))


def _rooms(
    terms: Terms, legs: Legs, n_morning: int, stay: list[int]
) -> tuple[int, list[int]] | None:
    """Return the minutes to spare in all, and in each half; None where some are negative."""
    n_stops = len(stay)
    if n_stops * terms.min_open > terms.day_open:
        return None
    clock = _times(terms, legs, n_morning, stay)
    noon = min(terms.break_start, terms.open_to)
    if n_morning == n_stops:
        # Driving home waits for the end of the break where it would run into it.
        before = min(noon, terms.break_start - legs.back)
        after = min(noon, terms.shift_end - legs.back - terms.rest)
        room = max(before, after) - clock.depart[-1]
        return None if room < 0 else (room, [room, 0])
    if terms.break_end >= terms.shift_end:
        return None
    evening = min(terms.open_to, terms.shift_end - legs.back)
    inside = sum(stay[n_morning:]) + sum(legs.between[n_morning:])
    if n_morning == 0:
        room = evening - clock.depart[-1]
        return None if room < 0 else (room, [0, room])
    morning_room = noon - clock.depart[n_morning - 1]
    crossing = legs.between[n_morning - 1]
    afternoon_room = evening - max(terms.break_end, terms.open_from) - inside
    both = evening - (clock.depart[n_morning - 1] + terms.rest + crossing) - inside
    total = min(both, morning_room + afternoon_room)
    if min(morning_room, afternoon_room, total) < 0:
        return None
    return total, [morning_room, afternoon_room]


def _times(terms: Terms, legs: Legs, n_morning: int, stay: list[int]) -> Clock:
    """Run through a tour with given stays, as early as it can."""
    arrive: list[int] = []
    depart: list[int] = []
    for stop, minutes in enumerate(stay):
        drive = legs.between[stop - 1] if stop else legs.out
        since = depart[-1] if stop else terms.shift_start
        at = since + drive
        if stop == n_morning:
            at = max(at + terms.rest, terms.break_end)
        arrive.append(max(at, terms.open_from))
        depart.append(arrive[-1] + minutes)
    leave = arrive[0] - legs.out
    if n_morning == 0 and leave < terms.break_end:
        leave -= terms.rest
    home = depart[-1] + legs.back
    if n_morning == len(stay) and home > terms.break_start:
        home += terms.rest
    return Clock(leave, tuple(arrive), tuple(depart), home)


__all__ = ["Clock", "Legs", "clock_tour", "fits_alone"]
