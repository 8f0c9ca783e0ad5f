"""When each seat of a point opens: a team's week, half a day at a time, never in two places.

A week has eleven halves of a day: mornings from Monday to Saturday, afternoons from Monday to
Friday. An opening is one half of a day at one seat; morning and afternoon lie an hour apart at
least, in which the team moves. A seat keeps its days and times while its hours stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from math import ceil
from typing import TYPE_CHECKING

from capillare.geo.errors import InfeasibleError
from capillare.geo.hours import normalise_hours
from capillare.geo.schema.stops import WEEKDAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    Slot = tuple[int, int]
    State = tuple[int, float]

DAYS = WEEKDAY_NAMES[:6]
MORNING, AFTERNOON = 0, 1
USUAL_OPENING_HOURS = 4.0
LONGEST_OPENING_HOURS = 5.0
LONGEST_ALONE_HOURS = 6.0
BREAK_MIN = 60.0
"""Between a morning and an afternoon; two seats further apart never share a day."""

_MAIN_FIRST = (
    *((day, MORNING) for day in range(len(DAYS))),
    *((day, AFTERNOON) for day in (3, 1, 0, 2, 4)),
)
_SEASONAL_FIRST = (
    *((day, MORNING) for day in reversed(range(len(DAYS)))),
    *((day, AFTERNOON) for day in (4, 2, 0, 3, 1)),
)
_MOST_ORDERS = 720
_PAIR = 2


@dataclass(frozen=True)
class Opening:
    """One opening of a week: day (0 is Monday), half of it, hours."""

    day: int
    half: int
    hours: float

    @property
    def times(self) -> str:
        """Clock times, OpenStreetMap grammar.

        >>> Opening(0, MORNING, 4.0).times, Opening(0, AFTERNOON, 4.5).times
        ('09:00-13:00', '14:30-19:00')
        """
        is_usual = self.hours <= USUAL_OPENING_HOURS
        if self.half == MORNING:
            start = 9.0 if is_usual else 8.0
        else:
            start = 15.0 if is_usual else 19.0 - self.hours
        return f"{_clock(start)}-{_clock(start + self.hours)}"


def split_hours(
    hours: float, *, least: float, usual: float = USUAL_OPENING_HOURS
) -> tuple[float, ...]:
    """Split a seat's weekly hours into openings, as even as half hours allow.

    As many as make each `usual` hours at most, fewer where they would fall below `least`.

    >>> split_hours(24, least=3), split_hours(11.5, least=3), split_hours(5, least=3)
    ((4.0, 4.0, 4.0, 4.0, 4.0, 4.0), (4.0, 4.0, 3.5), (5.0,))
    """
    n_openings = max(ceil(hours / usual), 1)
    while n_openings > 1 and hours / n_openings < least:
        n_openings -= 1
    halves = round(2 * hours)
    each, over = divmod(halves, n_openings)
    return tuple((each + (rank < over)) / 2 for rank in range(n_openings))


def find_timetable(
    hours: NDArray[np.float64], *, least: float, may_share_days: bool, point_id: str
) -> dict[State, tuple[Opening, ...]]:
    """Find the openings of each seat of a point, for each number of weekly hours it has.

    Parameters
    ----------
    hours
        Of each seat and month, shape (n_seats, n_months), the main seat first; multiples of half
        an hour, 0 is shut.
    least
        Hours of the shortest opening.
    may_share_days
        Whether the team may be at two seats in one day.
    point_id
        For the message.

    Returns
    -------
    Openings by (row of the seat, weekly hours); those of one month never overlap.

    Raises
    ------
    InfeasibleError
        If the openings of some month do not fit into a week.
    """
    together = _together(hours)
    for usual in (USUAL_OPENING_HOURS, LONGEST_OPENING_HOURS):
        for rank, order in enumerate(permutations(sorted(together))):
            if rank == _MOST_ORDERS:
                break
            placed = _placed(order, together, least=least, usual=usual, share=may_share_days)
            if placed is not None:
                return placed
    raise InfeasibleError(
        f"seasons, point {point_id}: its openings do not fit into a week of {len(_MAIN_FIRST)} "
        f"halves of a day. Lower its hours, the seats, or the least opening of {least:g} hours."
    )


def opening_hours(openings: Iterable[Opening]) -> str:
    """Write openings as opening hours, canonical OpenStreetMap grammar.

    >>> opening_hours([Opening(0, MORNING, 4.0), Opening(1, MORNING, 4.0)])
    'Mo,Tu 09:00-13:00'
    """
    by_day: dict[int, list[str]] = {}
    for opening in sorted(openings, key=lambda o: (o.day, o.half)):
        by_day.setdefault(opening.day, []).append(opening.times)
    days_of: dict[str, list[int]] = {}
    for day, times in by_day.items():
        days_of.setdefault(",".join(times), []).append(day)
    written = "; ".join(f"{_days(days)} {times}" for times, days in days_of.items())
    return normalise_hours(written) or written


def _days(days: list[int]) -> str:
    """Write ascending days, runs of three and more as a range.

    >>> _days([0, 1, 2, 4]), _days([0, 1])
    ('Mo-We,Fr', 'Mo,Tu')
    """
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        f"{DAYS[run[0]]}-{DAYS[run[-1]]}" if len(run) > _PAIR else ",".join(DAYS[d] for d in run)
        for run in runs
    )


def _together(hours: NDArray[np.float64]) -> dict[State, set[State]]:
    """Return, of each seat's hours, with which others they share a month."""
    together: dict[State, set[State]] = {}
    for month in hours.T:
        states = {(row, float(figure)) for row, figure in enumerate(month) if figure > 0}
        for state in states:
            together.setdefault(state, set()).update(states - {state})
    return together


def _placed(
    order: tuple[State, ...],
    together: dict[State, set[State]],
    *,
    least: float,
    usual: float,
    share: bool,
) -> dict[State, tuple[Opening, ...]] | None:
    """Place states in order, each at its first free halves of days; None if one does not fit."""
    placed: dict[State, tuple[Opening, ...]] = {}
    for state in order:
        taken = {(o.day, o.half) for other in together[state] for o in placed.get(other, ())}
        if not share:
            taken |= {(day, half) for day, _ in taken for half in (MORNING, AFTERNOON)}
        free = [
            slot for slot in (_SEASONAL_FIRST if state[0] else _MAIN_FIRST) if slot not in taken
        ]
        lengths = split_hours(state[1], least=least, usual=usual)
        longest = LONGEST_OPENING_HOURS if together[state] else LONGEST_ALONE_HOURS
        if len(lengths) > len(free) or max(lengths) > longest:
            return None
        placed[state] = tuple(
            Opening(day, half, length) for (day, half), length in zip(free, lengths, strict=False)
        )
    return placed


def _clock(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
