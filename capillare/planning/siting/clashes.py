"""Why nothing is possible: which wishes clash, and how much of each would have to be given up.

Each rule in turn is made elastic (Chinneck 2008, chapter 6) while the others stay: the least by
which it must give way so that a choice exists. Where no rule alone can make one, all are elastic
together and the least sum, each in its own scale, says which give way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from capillare.geo.errors import InfeasibleError
from capillare.geo.numerals import Language, euros, number, percent
from capillare.planning.siting.choices import SEARCHES
from capillare.planning.siting.layout import Layout, lay_out
from capillare.planning.siting.stages import solve_worst
from capillare.planning.siting.wish_model import assemble, structure_rows
from capillare.planning.siting.wish_rows import ROUNDING, Rows, wish_rows
from capillare.planning.solver import solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.settings import Effort
    from capillare.planning.siting.case import Case, Limits
    from capillare.planning.siting.wishes import SitingWishes

MOST_NAMED = 5
_IN_PEOPLE = frozenset({"cover_share", "inner_share"})


@dataclass(frozen=True)
class Clash:
    """A rule that must give way, and by how much.

    Attributes
    ----------
    rule
        Name of the wish.
    wanted
        What it asks: sites, euros, a share, minutes, or how often it may be broken (never).
    possible
        The nearest to it that can be had if every other rule is kept.
    is_enough
        Whether giving this up, alone, is enough.
    where
        What its broken rows are about: areas, candidates, settlements.
    """

    rule: str
    wanted: float
    possible: float
    is_enough: bool
    where: tuple[str, ...] = ()


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
                }
                for clash in self.clashes
            ],
            "reason_it": tell_clashes(self.clashes, lang="it"),
            "reason_en": tell_clashes(self.clashes, lang="en"),
        }


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
            alone.append(asked.clash(rule, *given[rule], is_enough=True))
    if alone:
        return tuple(alone)
    scales = {rule: _scale(case, rule) for rule in rules}
    given = _given_up(layout, rows, scales, effort) or {}
    return tuple(
        asked.clash(rule, *given[rule], is_enough=False)
        for rule in rules
        if rule in given and given[rule][0] > ROUNDING
    )


def _scale(case: Case, rule: str) -> float:
    """One site, one settlement, one average cost, one per cent of the adults weigh the same."""
    if rule == "budget_eur":
        return 1.0 / max(float(case.options.cost_eur.mean()), 1.0)
    if rule in _IN_PEOPLE:
        return 100.0 / max(float(case.demand.adults.sum()), 1.0)
    return 1.0


def _given_up(
    layout: Layout, rows: list[Rows], scales: dict[str, float], effort: Effort
) -> dict[str, tuple[float, tuple[str, ...]]] | None:
    """Return the least by which the rules named give way, and where; None if it is not enough."""
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
    given: dict[str, tuple[float, tuple[str, ...]]] = {}
    at = 0
    for block in elastic:
        own = slacks[at : at + block.n_rows]
        at += block.n_rows
        names = tuple(
            label for label, amount in zip(block.labels, own, strict=False) if amount > ROUNDING
        )
        before, listed = given.get(block.rule, (0.0, ()))
        given[block.rule] = (before + float(own.sum()), listed + names)
    return given


@dataclass(frozen=True, eq=False)
class _Asked:
    """What was asked, to say how much of each rule can be had."""

    case: Case
    wishes: SitingWishes
    limits: Limits
    effort: Effort

    def clash(self, rule: str, amount: float, where: tuple[str, ...], *, is_enough: bool) -> Clash:
        """State what a rule asks and what is possible, in the rule's own unit."""
        if rule == "new_sites":
            wanted = float(self.limits.n_sites or 0)
            return Clash(rule, wanted, wanted + round(amount), is_enough)
        if rule == "budget_eur":
            wanted = float(self.limits.budget_eur or 0.0)
            return Clash(rule, wanted, round(wanted + amount, 2), is_enough)
        if rule in _IN_PEOPLE:
            demand = self.case.demand
            people = demand.adults * (demand.is_inner if rule == "inner_share" else 1.0)
            wanted = float(getattr(self.wishes, rule))
            possible = max(wanted - amount / max(float(people.sum()), 1.0), 0.0)
            return Clash(rule, wanted, round(possible, 6), is_enough)
        if rule == "close_desks":
            wanted = float(self.wishes.close_desks)
            return Clash(rule, wanted, wanted - round(amount), is_enough)
        if rule == "max_min":
            wanted = float(self.wishes.max_min or 0.0)
            possible = self.shortest_ceiling() if is_enough else self.case.far_min
            return Clash(rule, wanted, possible, is_enough, where)
        return Clash(rule, 0.0, float(round(amount)), is_enough, where)

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


def tell_clashes(clashes: tuple[Clash, ...], *, lang: Language) -> str:
    """Say which rules clash and by how much, in one sentence each."""
    opening, alone, together, unknown = _WORDS[lang]
    if not clashes:
        return opening + unknown
    told = "; ".join(_tell(clash, lang) for clash in clashes)
    return opening + (alone if clashes[0].is_enough else together) + told + "."


def _tell(clash: Clash, lang: Language) -> str:
    """Say what one rule asks and what can be had."""
    if clash.rule in _IN_PEOPLE:
        wanted = percent(clash.wanted, 1, lang=lang)
        possible = percent(np.floor(clash.possible * 1000) / 1000, 1, lang=lang)
    elif clash.rule == "budget_eur":
        wanted, possible = (
            euros(amount, lang=lang) for amount in (clash.wanted, np.ceil(clash.possible))
        )
    else:
        decimals = 1 if clash.rule == "max_min" else 0
        wanted, possible = (
            number(amount, decimals, lang=lang) for amount in (clash.wanted, clash.possible)
        )
    named = ", ".join(clash.where[:MOST_NAMED]) + (", …" if len(clash.where) > MOST_NAMED else "")
    sentence = _RULES[lang][clash.rule].format(wanted=wanted, possible=possible)
    return sentence + (f" ({named})" if named else "")


_WORDS = {
    "it": (
        "sites: nessuna scelta rispetta tutte le richieste. ",
        "Basterebbe cambiarne una: ",
        "Cambiarne una sola non basta; il meno che si può cedere, insieme: ",
        "La ricerca si è fermata prima di trovare quali si scontrano.",
    ),
    "en": (
        "sites: no choice keeps every wish. ",
        "Changing one would do: ",
        "Changing one is not enough; the least to give up, together: ",
        "The search stopped before it found which of them clash.",
    ),
}
_RULES = {
    "it": {
        "new_sites": "almeno {possible} nuove sedi invece di {wanted} (new_sites)",
        "budget_eur": "almeno {possible} invece di {wanted} (budget)",
        "cover_share": "al più {possible} dei maggiorenni coperti invece di {wanted} (cover_share)",
        "inner_share": "al più {possible} dei maggiorenni delle aree interne invece di {wanted} "
        "(inner_share)",
        "max_min": "non meno di {possible} minuti invece di {wanted} (max_min)",
        "exclude": "ammettere {possible} località escluse (exclude)",
        "require": "rinunciare a {possible} sedi obbligate (require)",
        "per_province": "{possible} sedi in meno fra le province (per_province)",
        "per_union": "{possible} sedi in meno fra le unioni (per_union)",
        "at_least": "{possible} sedi in meno nelle aree indicate (at_least)",
        "spacing": "accettare {possible} vicinanze sotto la distanza minima (spacing)",
        "close_desks": "al più {possible} chiusure invece di {wanted} (close_desks)",
        "honour_targets": "accettare {possible} punti dal bacino insufficiente (honour_targets)",
    },
    "en": {
        "new_sites": "at least {possible} new sites instead of {wanted} (new_sites)",
        "budget_eur": "at least {possible} instead of {wanted} (budget)",
        "cover_share": "at most {possible} of the adults covered instead of {wanted} (cover_share)",
        "inner_share": "at most {possible} of the adults of inner areas instead of {wanted} "
        "(inner_share)",
        "max_min": "no fewer than {possible} minutes instead of {wanted} (max_min)",
        "exclude": "admit {possible} excluded settlements (exclude)",
        "require": "give up {possible} required sites (require)",
        "per_province": "{possible} fewer sites over the provinces (per_province)",
        "per_union": "{possible} fewer sites over the unions (per_union)",
        "at_least": "{possible} fewer sites in the areas named (at_least)",
        "spacing": "accept {possible} pairs nearer than the spacing (spacing)",
        "close_desks": "at most {possible} closures instead of {wanted} (close_desks)",
        "honour_targets": "accept {possible} points whose catchment is too small (honour_targets)",
    },
}


__all__ = ["Clash", "WishesInfeasibleError", "find_clashes", "tell_clashes"]
