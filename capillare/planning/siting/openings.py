"""How much a p-median may open: a number of candidates, money where they cost differently, or both.

A relaxation saves s_j where candidate j opens. What a choice can save at most is then, for so many
sites, the sum of the p largest s_j; for a budget B and costs f_j the linear knapsack (Dantzig
1957), in which candidates open by s_j / f_j until the money ends, the last in part; where a number
is given too, the smallest over charges m >= 0 for each opening of p m + the knapsack of s_j - m.
With l the s_j / f_j of the last, the profit s_j - l f_j - m of a candidate says what it costs at
least to open it all the same, or to do without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Indices = NDArray[np.intp]

ROUNDING_EUR = 1e-6
"""Arithmetic error allowed on a sum of euros."""
HALVINGS = 40


@dataclass(frozen=True, eq=False)
class Pick:
    """What a relaxation opens.

    Attributes
    ----------
    opened
        Candidates that open wholly: they keep within what may open.
    last, share
        Candidate that opens in part, and which part; -1 and 0 without one.
    saved
        No choice saves more.
    """

    opened: Indices
    last: int
    share: float
    saved: float


@dataclass(frozen=True, eq=False)
class Openings:
    """How much may open.

    Attributes
    ----------
    n_sites
        Candidates at most.
    cost_eur, budget_eur
        Cost of each candidate, shape (n_candidates,), and money for them; None where they cost
        alike or nothing.
    """

    n_sites: int
    cost_eur: Floats | None = None
    budget_eur: float = float("inf")

    def pick(self, savings: Floats) -> Pick:
        """Open what saves most together, the last candidate in part."""
        if self.cost_eur is None:
            opened = np.argpartition(-savings, self.n_sites - 1)[: self.n_sites]
            return Pick(opened, -1, 0.0, float(savings[opened].sum()))
        return self._packed(savings, self.cost_eur)[0]

    def useless(self, savings: Floats, spare: float) -> Flags:
        """Candidates that no choice within `spare` of the best opens."""
        if self.cost_eur is not None:
            return np.asarray(self._profit(savings, self.cost_eur) < -spare)
        last_in = np.partition(-savings, self.n_sites - 1)[self.n_sites - 1]
        return np.asarray(savings < -last_in - spare)

    def needed(self, savings: Floats, spare: float) -> Flags:
        """Candidates that every choice within `spare` of the best opens."""
        if self.cost_eur is not None:
            return np.asarray(self._profit(savings, self.cost_eur) > spare)
        first_out = 0.0
        if self.n_sites < savings.size:
            first_out = -np.partition(-savings, self.n_sites)[self.n_sites]
        return np.asarray(savings > first_out + spare)

    def holds(self, opened: Indices) -> bool:
        """Whether these candidates may all open together."""
        is_paid = self.most_eur is None or self._spent(opened) <= self.most_eur
        return is_paid and opened.size <= self.n_sites

    def affords(self, candidates: Indices) -> Flags:
        """Which of these candidates may open at all."""
        if self.n_sites <= 0:
            return np.zeros(candidates.size, dtype=np.bool_)
        if self.cost_eur is None or self.most_eur is None:
            return np.ones(candidates.size, dtype=np.bool_)
        return np.asarray(self.cost_eur[candidates] <= self.most_eur)

    def after(self, opened: Indices) -> Openings:
        """Return what is left once these candidates are open."""
        left_eur = self.budget_eur - self._spent(opened)
        return replace(self, n_sites=self.n_sites - opened.size, budget_eur=left_eur)

    def among(self, candidates: Indices) -> Openings:
        """Return the same for some of the candidates, in their order."""
        cost_eur = None if self.cost_eur is None else self.cost_eur[candidates]
        return replace(self, n_sites=min(self.n_sites, candidates.size), cost_eur=cost_eur)

    @property
    def usual_sites(self) -> float:
        """Count the candidates that may open if each costs what half of them do, at least one."""
        if self.cost_eur is None:
            return self.n_sites
        median_eur = float(np.median(self.cost_eur))
        n_paid = self.budget_eur / median_eur if median_eur > 0 else np.inf
        return max(min(float(self.n_sites), n_paid), 1.0)

    @property
    def most_eur(self) -> float | None:
        """Money that may be spent, but for rounding; None where it sets no limit."""
        return None if self.cost_eur is None else self.budget_eur + ROUNDING_EUR

    def _spent(self, opened: Indices) -> float:
        return 0.0 if self.cost_eur is None else float(self.cost_eur[opened].sum())

    def _profit(self, savings: Floats, cost_eur: Floats) -> Floats:
        _, worth, charge = self._packed(savings, cost_eur)
        return savings - worth * cost_eur - charge

    def _packed(self, savings: Floats, cost_eur: Floats) -> tuple[Pick, float, float]:
        """Pack the knapsack; say what a euro is worth there, and what each opening is charged."""
        pick, worth = _packed(savings, cost_eur, self.budget_eur)
        if pick.opened.size + pick.share <= self.n_sites:
            return pick, worth, 0.0
        low, high = 0.0, float(savings.max(initial=0.0))
        best, best_worth, best_charge = pick, worth, 0.0
        within: Indices = pick.opened[:0]
        for _ in range(HALVINGS):
            charge = (low + high) / 2
            pick, worth = _packed(savings - charge, cost_eur, self.budget_eur)
            saved = pick.saved + charge * self.n_sites
            if saved <= best.saved:
                best, best_worth, best_charge = replace(pick, saved=saved), worth, charge
            if pick.opened.size + pick.share <= self.n_sites:
                high, within = charge, pick.opened
            else:
                low = charge
        # At the best charge ties may open one too many: what keeps within the number opens.
        return Pick(within, -1, 0.0, best.saved), best_worth, best_charge


def _packed(savings: Floats, cost_eur: Floats, budget_eur: float) -> tuple[Pick, float]:
    """Open by savings a euro until the money ends; and say what one more would save."""
    ratio = np.full(savings.size, np.inf)
    np.divide(savings, cost_eur, out=ratio, where=cost_eur > 0)
    order = np.argsort(-ratio, kind="stable")
    order = order[savings[order] > 0]
    spent = np.cumsum(cost_eur[order])
    n_whole = int(np.searchsorted(spent, budget_eur + ROUNDING_EUR, side="right"))
    opened = order[:n_whole]
    saved = float(savings[opened].sum())
    if n_whole == order.size:
        return Pick(opened, -1, 0.0, saved), 0.0
    last = int(order[n_whole])
    left_eur = budget_eur + ROUNDING_EUR - (float(spent[n_whole - 1]) if n_whole else 0.0)
    share = left_eur / float(cost_eur[last])
    return Pick(opened, last, share, saved + share * float(savings[last])), float(ratio[last])


__all__ = ["Openings", "Pick"]
