"""Better sites for maximal covering than swaps alone find: simulated annealing.

One site at a time closes, and the candidate that then gains most opens in its place, which may be
elsewhere in the country; a worse choice is kept with a chance that falls as the search cools
(Kirkpatrick, Gelatt and Vecchi 1983; Murray and Church 1996 for covering). What every candidate
would gain, and every site lose, is kept up to date as counts change, so that a step costs some
tens of microseconds at any size.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.stopping import heed_stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from capillare.planning.siting.local_search import Neighbours

    Indices = NDArray[np.intp]
    People = NDArray[np.int64]

WARMEST, COLDEST = 0.13, 0.0013
"""Loss that is kept once in e times, as a share of the people that a site covers on average."""
STEPS_A_LOOK = 500
"""Steps between two looks at the clock."""


class _Cover:
    """Who is covered how often, and what every candidate is worth.

    Attributes
    ----------
    worth
        People whom nobody else covers: of a closed candidate what it would gain, of an open one
        what it would lose. The last place is nobody's: it takes what the padding writes.
    covered
        People covered now.
    """

    def __init__(self, neighbours: Neighbours) -> None:
        catchments, reach = neighbours.catchments, neighbours.reach
        self.people = neighbours.people
        self._catchments = np.split(catchments.indices.astype(np.intp), catchments.indptr[1:-1])
        n_reached = np.diff(reach.indptr)
        width = int(n_reached.max(initial=0))
        self._reach = np.full((self.people.size, width), catchments.shape[0], dtype=np.intp)
        self._reach[np.arange(width)[None, :] < n_reached[:, None]] = reach.indices
        self._count = np.zeros(self.people.size, dtype=np.int64)
        self._only = np.zeros(self.people.size, dtype=np.int64)  # sum of the open ones that cover
        self.worth = np.append(catchments @ self.people, 0)
        self.covered = 0

    def open(self, candidate: int) -> None:
        """Open a candidate."""
        reached = self._catchments[candidate]
        count = self._count[reached]
        fresh, shared = reached[count == 0], reached[count == 1]
        gained = self.people[fresh]
        self.covered += int(gained.sum())
        self._change(fresh, -gained)
        np.subtract.at(self.worth, self._only[shared], self.people[shared])
        self._count[reached] = count + 1
        self._only[reached] += candidate
        self.worth[candidate] = gained.sum()

    def close(self, candidate: int) -> None:
        """Close an open candidate."""
        reached = self._catchments[candidate]
        self._only[reached] -= candidate
        count = self._count[reached] - 1
        self._count[reached] = count
        lost, alone = reached[count == 0], reached[count == 1]
        self.covered -= int(self.people[lost].sum())
        self.worth[candidate] = 0
        self._change(lost, self.people[lost])
        np.add.at(self.worth, self._only[alone], self.people[alone])

    def swap(self, leaving: int, is_closed: People, bearable_people: float) -> int:
        """Close a site and open what then gains most, or it again if that loses too many.

        Returns the candidate that is open in its place.
        """
        before = self.covered
        self.close(leaving)
        entering = int((self.worth[:-1] * is_closed).argmax())
        if before - self.covered - int(self.worth[entering]) > bearable_people:
            entering = leaving
        self.open(entering)
        return entering

    def _change(self, demand: Indices, by_people: People) -> None:
        """Change what all candidates that reach some demand are worth."""
        if demand.size:
            touched = self._reach[demand]
            np.add.at(self.worth, touched.ravel(), np.repeat(by_people, touched.shape[1]))


def anneal_sites(
    neighbours: Neighbours,
    chosen: Indices,
    *,
    n_steps: int,
    seed: int,
    enough_people: float = np.inf,
    deadline: float | None = None,
) -> Indices:
    """Search from a choice for one that covers more people.

    Parameters
    ----------
    neighbours
        The reduced question.
    chosen
        Where to start.
    n_steps
        Sites closed in turn; the search cools over them.
    seed
        Of the draws.
    enough_people
        The search stops once so many are covered.
    deadline
        Instant of the clock at which the search stops.

    Returns
    -------
    The best choice met, ascending.
    """
    n_candidates = neighbours.catchments.shape[0]
    if not n_steps or not 0 < chosen.size < n_candidates:
        return chosen
    cover = _Cover(neighbours)
    seats = chosen.tolist()
    is_closed = np.ones(n_candidates, dtype=np.int64)
    for seat in seats:
        cover.open(seat)
        is_closed[seat] = 0
    best, best_people = list(seats), cover.covered
    mean_people = max(best_people / len(seats), 1.0)
    warmth, cooling = WARMEST * mean_people, (COLDEST / WARMEST) ** (1.0 / n_steps)
    for step, (turn, bearable) in enumerate(_drawn(n_steps, len(seats), seed)):
        if step % STEPS_A_LOOK == 0:
            heed_stop()
            if deadline is not None and perf_counter() >= deadline:
                break
        leaving = seats[turn]
        seats[turn] = cover.swap(leaving, is_closed, bearable * warmth)
        is_closed[leaving], is_closed[seats[turn]] = 1, 0
        if cover.covered > best_people:
            best, best_people = list(seats), cover.covered
        if best_people >= enough_people:
            break
        warmth *= cooling
    return np.array(sorted(best), dtype=np.intp)


def _drawn(n_steps: int, n_seats: int, seed: int) -> Iterator[tuple[int, float]]:
    """Draw which site closes, and how many times the warmth its loss may be to be kept."""
    draws = np.random.default_rng(seed)
    turns = draws.integers(0, n_seats, n_steps).tolist()
    return zip(turns, draws.exponential(size=n_steps).tolist(), strict=True)


__all__ = ["anneal_sites"]
