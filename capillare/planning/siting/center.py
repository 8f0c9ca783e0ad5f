"""The worst-off demand as near as can be: the p-center, through fewest sites.

The shortest time within which everybody reaches a site is one of the listed minutes: halving the
list, each step asks whether few enough sites cover everybody within it (Minieka 1970). Where a step
is too large to be decided, the list is halved on either side of it: above, until no shorter time is
found; below, until the relaxation alone proves no longer one too short.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.questions import Found
from capillare.planning.siting.set_covering import binding_budget, fewest_sites, needs_more

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.questions import Ask, Question

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

RESOLUTION = 4e-3
"""Where not all can be decided, times are told apart by this share of them."""


def solve_center(question: Question, ask: Ask) -> Found:
    """Solve the p-center by halving the list of minutes; the bound is what was proved too short.

    Everybody must be able to reach enough candidates: see `check_few_enough`.
    """
    is_peopled = question.people > 0
    if not is_peopled.any():
        return Found(np.empty(0, dtype=np.intp), 0.0)
    everything = np.arange(question.cost_eur.size)
    shortest = float(question.nearest_min(everything)[is_peopled].max())
    minutes = np.unique(question.travel_min[question.travel_min >= shortest])
    return _Center(question, ask, minutes).halved()


class _Center:
    """A p-center question, and which of its minutes are decided.

    Attributes
    ----------
    low
        Minutes before this position are proved too short.
    undecided
        At this position a step was not decided first; as many as there are without one.
    """

    def __init__(self, question: Question, ask: Ask, minutes: Floats) -> None:
        """Begin with nothing decided."""
        self._question, self._ask, self._minutes = question, ask, minutes
        self._most = ask.most_sites(question.cost_eur[~question.is_fixed])
        limit_s = ask.time_limit_s
        self._deadline = None if limit_s is None else perf_counter() + limit_s
        self.low, self.undecided = 0, minutes.size

    def halved(self) -> Found:
        """Halve from all the minutes to the shortest that is found and the longest disproved."""
        untried, high, chosen = 0, self._minutes.size, None
        while untried < high and not (untried > self.low and self._is_same(untried, high)):
            middle = (untried + high) // 2
            found = self._fewest(middle)
            if found.chosen is not None and found.chosen.size <= self._most:
                high, chosen = middle, found.chosen
                continue
            untried = middle + 1
            if found.bound > self._most:
                self.low = untried
            else:
                self.undecided = min(self.undecided, middle)
        self._disprove()
        is_listed = self.low < self._minutes.size
        return Found(chosen, float(self._minutes[self.low]) if is_listed else np.inf)

    def _disprove(self) -> None:
        """Halve what lies before the first step that was not decided."""
        if binding_budget(self._question, self._ask) is not None:
            return
        while self.low < self.undecided and not self._is_same(self.low, self.undecided):
            middle = (self.low + self.undecided) // 2
            is_late = self._deadline is not None and perf_counter() >= self._deadline
            if is_late:
                return
            within_min = float(self._minutes[middle])
            if needs_more(self._question, within_min=within_min, n_sites=self._most):
                self.low = middle + 1
            else:
                self.undecided = middle

    def _fewest(self, position: int) -> Found:
        left_s = None
        if self._deadline is not None:
            left_s = max(self._deadline - perf_counter(), 0.0)
        return fewest_sites(
            self._question,
            within_min=float(self._minutes[position]),
            people_needed=float(self._question.people.sum()),
            budget_eur=binding_budget(self._question, self._ask),
            enough=self._most,
            time_limit_s=left_s,
        )

    def _is_same(self, low: int, high: int) -> bool:
        """Whether two positions are as good as the same time."""
        longer = float(self._minutes[min(high, self._minutes.size - 1)])
        share = max(RESOLUTION, self._ask.gap)
        return longer - float(self._minutes[low]) <= share * longer


__all__ = ["solve_center"]
