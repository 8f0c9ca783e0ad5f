"""Why nothing is possible: which wishes clash, and how much of each would have to be given up.

Each rule in turn is made elastic (Chinneck 2008, chapter 6) while the others stay: the least by
which it must give way so that a choice exists. Where no rule alone can make one, all are elastic
together and the least sum, each in its own scale, says which give way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from capillare.geo.errors import InfeasibleError
from capillare.planning.siting.choices import SEARCHES
from capillare.planning.siting.clash_words import IN_PEOPLE, Clash, tell_clashes
from capillare.planning.siting.layout import Layout, lay_out
from capillare.planning.siting.stages import solve_worst
from capillare.planning.siting.wish_model import assemble, structure_rows
from capillare.planning.siting.wish_rows import ROUNDING, Rows, wish_rows
from capillare.planning.solver import solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.numerals import Language
    from capillare.geo.settings import Effort
    from capillare.planning.siting.case import Case, Limits
    from capillare.planning.siting.wishes import SitingWishes


class WishesInfeasibleError(InfeasibleError):
    """No choice of sites keeps every wish.

    Attributes
    ----------
    clashes
        Which rules must give way.
    """

    def __init__(self, clashes: tuple[Clash, ...], *, lang: Language = "it") -> None:
        super().__init__(tell_clashes(clashes, lang=lang))
        self.clashes = clashes

    def stated(self) -> dict[str, Any]:
        """Return what a program needs, with the sentence in both languages."""
        return {
            "status": "infeasible",
            "clashes": [
                {
                    "rule": clash.rule,
                    "wanted": clash.wanted,
                    "possible": clash.possible,
                    "is_enough": clash.is_enough,
                    "where": list(clash.where),
                    "names": list(clash.names),
                    "lacking": [round(amount, 6) for amount in clash.lacking],
                    "adults": clash.adults,
                }
                for clash in self.clashes
            ],
            "reason_it": tell_clashes(self.clashes, lang="it"),
            "reason_en": tell_clashes(self.clashes, lang="en"),
        }


@dataclass(frozen=True)
class Given:
    """By how much a rule gives way in all, and each of its rows that does, by label."""

    amount: float
    where: dict[str, float] = field(default_factory=dict)


def find_clashes(
    case: Case, wishes: SitingWishes, limits: Limits, *, effort: Effort
) -> tuple[Clash, ...]:
    """Find the rules that clash, for a question that has no answer."""
    layout = lay_out(case)
    asked = _Asked(case, wishes, limits, effort)
    rows = wish_rows(layout, wishes, limits)
    rules = list(dict.fromkeys(block.rule for block in rows))
    alone = []
    for rule in rules:
        given = _given_up(layout, rows, {rule: 1.0}, effort)
        if given is not None:
            alone.append(asked.clash(rule, given[rule], is_enough=True))
    if alone:
        return tuple(alone)
    scales = {rule: _scale(case, rule) for rule in rules}
    given = _given_up(layout, rows, scales, effort) or {}
    return tuple(
        asked.clash(rule, given[rule], is_enough=False)
        for rule in rules
        if rule in given and given[rule].amount > ROUNDING
    )


def _scale(case: Case, rule: str) -> float:
    """One site, one settlement, one average cost, one per cent of the adults weigh the same."""
    if rule == "budget_eur":
        return 1.0 / max(float(case.options.cost_eur.mean()), 1.0)
    if rule in IN_PEOPLE:
        return 100.0 / max(float(case.demand.adults.sum()), 1.0)
    return 1.0


def _given_up(
    layout: Layout, rows: list[Rows], scales: dict[str, float], effort: Effort
) -> dict[str, Given] | None:
    """Return the least by which the rules named give way; None if it is not enough."""
    elastic = [block for block in rows if block.rule in scales]
    n_slacks = sum(block.n_rows for block in elastic)
    softened: list[Rows] = []
    weights: list[NDArray[np.float64]] = []
    at = 0
    for block in rows:
        if block.rule not in scales:
            softened.append(block)
            continue
        sign = np.where(np.isfinite(block.upper), -1.0, 1.0)
        index = np.arange(block.n_rows)
        slack = sparse.csr_array((sign, (index, at + index)), shape=(block.n_rows, n_slacks))
        softened.append(replace(block, parts=block.parts | {"slack": slack}))
        weights.append(np.full(block.n_rows, scales[block.rule]))
        at += block.n_rows
    model = assemble(
        layout,
        [*structure_rows(layout), *softened],
        {"slack": np.concatenate(weights)},
        sense="minimize",
        n_slacks=n_slacks,
    )
    answer = solve_model(model, node_limit=SEARCHES[effort].node_limit)
    if not answer.columns.size:
        return None
    slacks = answer.columns[answer.columns.size - n_slacks :]
    given: dict[str, Given] = {}
    at = 0
    for block in elastic:
        own = slacks[at : at + block.n_rows]
        at += block.n_rows
        before = given.get(block.rule, Given(0.0))
        lacking = dict(zip(block.labels, own.tolist(), strict=False))
        where = {label: amount for label, amount in lacking.items() if amount > ROUNDING}
        given[block.rule] = Given(before.amount + float(own.sum()), before.where | where)
    return given


@dataclass(frozen=True, eq=False)
class _Asked:
    """What was asked, to say how much of each rule can be had."""

    case: Case
    wishes: SitingWishes
    limits: Limits
    effort: Effort

    def clash(self, rule: str, given: Given, *, is_enough: bool) -> Clash:
        """State what a rule asks and what is possible, in the rule's own unit."""
        wanted, possible = self._possible(rule, given.amount, is_enough=is_enough)
        left_out = self._left_out(rule, given)
        order = sorted(given.where, key=lambda label: (-given.where[label], label))
        where = tuple(left_out or order)
        return Clash(
            rule=rule,
            wanted=wanted,
            possible=possible,
            is_enough=is_enough,
            where=where,
            names=tuple(self.case.called(label) for label in where),
            lacking=tuple(given.where.get(label, 0.0) for label in where),
            adults=self._adults(rule, given),
        )

    def _possible(self, rule: str, amount: float, *, is_enough: bool) -> tuple[float, float]:
        """Return what a rule asks, and the nearest to it that can be had."""
        if rule == "new_sites":
            wanted = float(self.limits.n_sites or 0)
            return wanted, wanted + round(amount)
        if rule == "budget_eur":
            wanted = float(self.limits.budget_eur or 0.0)
            return wanted, round(wanted + amount, 2)
        if rule in IN_PEOPLE:
            wanted = float(getattr(self.wishes, rule))
            share = self._lacking_people(amount) / max(float(self._people(rule).sum()), 1.0)
            return wanted, round(max(wanted - share, 0.0), 6)
        if rule == "close_desks":
            return float(self.wishes.close_desks), float(self.wishes.close_desks - round(amount))
        if rule == "max_min":
            possible = self.shortest_ceiling() if is_enough else self.case.far_min
            return float(self.wishes.max_min or 0.0), possible
        return 0.0, float(round(amount))

    def _people(self, rule: str) -> NDArray[np.float64]:
        """Adults whom a share is of, place by place."""
        demand = self.case.demand
        return demand.adults * (demand.is_inner if rule == "inner_share" else 1.0)

    def _lacking_people(self, amount: float) -> float:
        """Return whole people where people are whole: rows of shares ask for half of one less."""
        adults = self.case.demand.adults
        is_whole = self.case.adults_per_hour is None and bool((adults % 1 == 0).all())
        return float(np.ceil(amount - ROUNDING)) if is_whole else amount

    def _adults(self, rule: str, given: Given) -> int:
        """Adults whom a rule about people leaves out where it gives way least."""
        if rule in IN_PEOPLE:
            return round(self._lacking_people(given.amount))
        if rule != "max_min":
            return 0
        is_far = np.isin(self.case.demand.place_ids, list(given.where))
        return round(float(self.case.demand.adults[is_far].sum()))

    def _left_out(self, rule: str, given: Given) -> list[str]:
        """Places by people, if no choice at all reaches enough of them or a ceiling is broken."""
        if rule not in {*IN_PEOPLE, "max_min"}:
            return []
        case = self.case
        if rule == "max_min":
            people = case.demand.adults * np.isin(case.demand.place_ids, list(given.where))
        else:
            everybody = self._people(rule)
            near = [
                pairs.origin[pairs.travel_min <= case.within_min]
                for pairs in (case.to_site, case.to_desk)
            ]
            people = everybody.copy()
            people[np.concatenate(near)] = 0.0
            share = float(getattr(self.wishes, rule))
            if people.sum() <= (1.0 - share) * everybody.sum() + ROUNDING:
                return []
        order = np.lexsort((case.demand.place_ids, -people))
        return [str(case.demand.place_ids[place]) for place in order if people[place] > 0]

    def shortest_ceiling(self) -> float:
        """Find the minutes within which every place can have a desk under the other rules."""
        free = self.wishes.for_one("worst")
        solved = solve_worst(
            self.case,
            lambda layout: wish_rows(layout, free, self.limits),
            effort=self.effort,
            start=None,
        )
        return solved.bound


__all__ = ["WishesInfeasibleError", "find_clashes"]
