"""Where each application of a call ends: funded, in reserve or refused, and what it displaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.siting.call_order import order_by_worth
from capillare.planning.siting.calls import (
    EVEN_PEOPLE,
    NOBODY,
    Call,
    CallAnswer,
    choose_applications,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from capillare.geo.funding_rules import CallRules

    Indices = NDArray[np.intp]

MOST_DISPLACED = 12
"""Applications first in reserve for which the best set that would hold them is sought."""


@dataclass(frozen=True, eq=False)
class Ending:
    """Where each application ends: positions in the call, in the order of the ranking.

    Attributes
    ----------
    funded, reserve
        In order.
    refused
        Refusal rule by position, ascending.
    gained
        Adults that each newly reaches beside those before it.
    """

    funded: Indices
    reserve: Indices
    refused: dict[int, str]
    gained: NDArray[np.int64]

    @property
    def order(self) -> Indices:
        """Every application once."""
        refused = np.array(sorted(self.refused), dtype=np.intp)
        return np.concatenate([self.funded, self.reserve, refused])


def screen(applications: pd.DataFrame, call: Call, rules: CallRules) -> dict[int, str]:
    """Refuse what no set could hold, each by the first rule that it breaks."""
    refused: dict[int, str] = {}
    rows = applications[["n_seats", "score"]].itertuples(index=False)
    for position, (n_seats, score) in enumerate(rows):
        alone = np.array([position], dtype=np.intp)
        broken = call.broken(alone)
        if n_seats == 0:
            refused[position] = "no_seats"
        elif rules.needs_score and np.isnan(score):
            refused[position] = "no_score"
        elif rules.least_score is not None and not score >= rules.least_score:
            refused[position] = "no_score" if np.isnan(score) else "low_score"
        elif call.worth(alone) == 0 or call.people(alone) < rules.least_adults:
            refused[position] = "adds_nobody"
        elif broken:
            refused[position] = broken[0][0].rule
    return refused


def ending(call: Call, eligible: Indices, answer: CallAnswer, refused: dict[int, str]) -> Ending:
    """Order the funded, then those that would still add something; the others add nobody."""
    chosen = eligible[answer.chosen]
    funded, gained = order_by_worth(call, chosen, beside=NOBODY)
    left = np.setdiff1d(eligible, chosen)
    reserve, more = order_by_worth(call, left, beside=chosen)
    adds = (more >= call.least_adults) & (more + call.score_people[reserve] > EVEN_PEOPLE)
    covered = {int(position): "adds_nobody" for position in reserve[~adds]}
    return Ending(
        funded,
        reserve[adds],
        refused | covered,
        np.concatenate([gained, more[adds], np.zeros(len(refused) + len(covered), np.int64)]),
    )


@dataclass(frozen=True, eq=False)
class Swap:
    """The best set that holds an application in reserve.

    Attributes
    ----------
    leaving
        Positions of the funded applications that it would send away.
    worth_lost_people
        What it is worth less than the best set.
    """

    leaving: Indices
    worth_lost_people: float


def displaced(
    call: Call,
    eligible: Indices,
    answer: CallAnswer,
    reserve: Indices,
    *,
    node_limit: int | None,
) -> dict[int, Swap]:
    """Find the best set that holds each application in reserve, by its position."""
    within = call.of(eligible)
    # Of the best sets that hold it, the one that sends fewest of those funded away.
    leaving = np.where(np.isin(np.arange(len(within)), answer.chosen), -1.0, 0.0)
    swaps: dict[int, Swap] = {}
    for position in reserve[:MOST_DISPLACED].tolist():
        own = np.searchsorted(eligible, [position])
        forced = choose_applications(
            within,
            forced=own,
            prefer=leaving,
            start=_with_room(within, answer.chosen, own),
            node_limit=node_limit,
        )
        if forced.status in {"optimal", "feasible"}:
            swaps[position] = Swap(
                eligible[np.setdiff1d(answer.chosen, forced.chosen)],
                max(answer.objective - forced.objective, 0.0),
            )
    return swaps


def _with_room(call: Call, funded: Indices, entering: Indices) -> Indices:
    """Make room for an application: those worth least leave, then what fits is taken in again.

    A set to search from, not the best one.
    """
    chosen = np.union1d(funded, entering)
    while call.broken(chosen):
        leaves = np.setdiff1d(chosen, entering)
        if not leaves.size:
            return chosen
        left = [call.worth(chosen[chosen != one]) for one in leaves]
        chosen = chosen[chosen != leaves[int(np.argmax(left))]]
    return np.sort(np.concatenate([chosen, _fitting(call, chosen)]))


def _fitting(call: Call, chosen: Indices) -> Indices:
    """Return what still fits beside a set, in the order of what each adds."""
    fitting = NOBODY
    outside = np.setdiff1d(np.arange(len(call)), chosen)
    for position in order_by_worth(call, outside, beside=chosen)[0].tolist():
        more = np.append(fitting, position)
        if not call.broken(np.concatenate([chosen, more])):
            fitting = more
    return fitting


__all__ = ["MOST_DISPLACED", "Ending", "Swap", "displaced", "ending", "screen"]
