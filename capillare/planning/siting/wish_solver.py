"""Choose sites as wished: one objective after the other, each keeping what those before reached.

Lexicographic optimisation with tolerances (Ignizio 1976): each objective is solved with a row that
keeps the ones before it within the tolerance; what may be given up of coverage and of minutes is a
share of what the new sites brought, so that the rest of the network does not dilute it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from capillare.planning.siting.case import NOTHING, Limits, Opened
from capillare.planning.siting.clashes import WishesInfeasibleError, find_clashes
from capillare.planning.siting.hours_served import serve
from capillare.planning.siting.layout import Layout, lay_out
from capillare.planning.siting.measures import broken_rules, reached
from capillare.planning.siting.nearest_rules import heeded_by
from capillare.planning.siting.stages import (
    Solved,
    Stage,
    bring_nearer,
    cover_plainly,
    find_any,
    solve_linear,
    solve_worst,
    stated,
)
from capillare.planning.siting.wish_model import (
    assemble,
    choice_of,
    objective_of,
    structure_rows,
)
from capillare.planning.siting.wish_rows import (
    ROUNDING,
    STRUCTURE,
    Rows,
    at_least,
    at_most,
    ceiling_rows,
    one_row,
    wish_rows,
)
from capillare.planning.solver import relative_gap, solve_model

if TYPE_CHECKING:
    from capillare.geo.numerals import Language
    from capillare.geo.settings import Effort
    from capillare.planning.siting.case import Case
    from capillare.planning.siting.layout import Parts
    from capillare.planning.siting.wishes import Objective, SitingWishes


MANY_PAIRS = 50_000
"""Pairs of a place and a candidate above which fewest minutes begin with a search."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Sites chosen as wished, and what each objective reached.

    Attributes
    ----------
    opened
        What opens and what ceases.
    stages
        One for each objective, in order.
    limits
        How much was allowed to open.
    seconds
        Wall time of the whole answer.
    """

    opened: Opened
    stages: tuple[Stage, ...]
    limits: Limits
    seconds: float


def choose_as_wished(
    case: Case,
    wishes: SitingWishes,
    limits: Limits,
    *,
    tolerance_share: float,
    effort: Effort = "normal",
    exact_places: int = 1000,
    proves_minutes: bool = True,
    lang: Language = "it",
) -> Choice:
    """Choose sites.

    Parameters
    ----------
    case
        The question.
    wishes, limits
        What is wanted, and how much may open.
    tolerance_share
        Share of what an objective brought that later ones may give up.
    effort, exact_places
        See `Settings`.
    proves_minutes
        Whether people x minutes are minimised with HiGHS; else by swaps, with a bound.
    lang
        Language of the reasons why nothing is possible.

    Raises
    ------
    WishesInfeasibleError
        If no choice keeps every rule: which of them clash, and by how much.
    """
    began = perf_counter()
    kept: dict[Objective, float] = {}
    stages: list[Stage] = []
    opened: Opened | None = None
    for objective in wishes.objective:
        start = perf_counter()
        question = _Question(case, wishes, limits, dict(kept), effort, exact_places, proves_minutes)
        solved = question.solve(objective, opened)
        if solved.is_infeasible and opened is None:
            clashes = find_clashes(case, wishes, limits, effort=effort)
            raise WishesInfeasibleError(clashes, lang=lang)
        if solved.opened is None:
            stages.append(_unfound(case, objective, opened, solved, start))
            continue
        opened = _without_idle(question, solved.opened, (*kept, objective))
        stages.append(stated(case, objective, opened, solved, start))
        kept[objective] = _may_become(case, objective, stages[-1].reached, tolerance_share)
        if objective == "coverage" and case.adults_per_hour is None:
            # Sites that bring nobody within reach are not opened for the sake of minutes.
            limits = replace(limits, n_sites=int(case.options.is_opening[opened.options].sum()))
    opened = _finished(case, wishes, limits, opened or NOTHING)
    return Choice(opened, tuple(stages), limits, perf_counter() - began)


def _finished(case: Case, wishes: SitingWishes, limits: Limits, opened: Opened) -> Opened:
    """Take the cheapest options at the sites chosen; where hours set a limit, serve whom they can.

    Later objectives keep no more people served than they must.
    """
    if case.adults_per_hour is None:
        return _cheapest_options(case, wishes, limits, opened)
    if wishes.people != "adults":
        return opened
    most = serve(case, opened)
    is_more = reached(case, most, "coverage") > reached(case, opened, "coverage")
    return most if is_more else opened


@dataclass(frozen=True, eq=False)
class _Question:
    """One stage's question: the case with what earlier objectives must keep."""

    case: Case
    wishes: SitingWishes
    limits: Limits
    kept: dict[Objective, float]
    effort: Effort
    exact_places: int
    proves_minutes: bool

    def rows(self, layout: Layout) -> list[Rows]:
        """Rows of the wishes and of what is kept."""
        return [
            *wish_rows(layout, self.wishes, self.limits),
            *(row for name, level in self.kept.items() for row in keeping(layout, name, level)),
        ]

    def solve(self, objective: Objective, before: Opened | None) -> Solved:
        """Solve one objective in the cheapest way that can answer."""
        n_sites = self._plain_sites()
        if n_sites is not None:
            return cover_plainly(
                self.case, n_sites, effort=self.effort, exact_places=self.exact_places
            )
        with_minutes = "minutes" in self.kept
        if objective == "worst":
            return solve_worst(
                self.case, self.rows, effort=self.effort, start=before, with_minutes=with_minutes
            )
        if objective == "minutes" and before is None and self._is_large():
            found = self._some()
            if found.opened is None:
                return found
            before = found.opened
        if objective == "minutes" and before is not None and self.case.adults_per_hour is None:
            return bring_nearer(
                self.case,
                self.rows,
                self.stands,
                effort=self.effort,
                start=before,
                heeded=heeded_by(self.case, self.wishes, self.limits, self.kept),
                is_proving=self.proves_minutes,
            )
        return solve_linear(
            self.case,
            objective,
            self.rows,
            effort=self.effort,
            start=before,
            with_minutes=with_minutes,
        )

    def stands(self, opened: Opened) -> bool:
        """Whether a choice keeps every rule and what earlier objectives must keep."""
        return not broken_rules(self.case, self.wishes, self.limits, opened) and all(
            is_no_worse(name, reached(self.case, opened, name), level)
            for name, level in self.kept.items()
        )

    def _is_large(self) -> bool:
        """Whether all the minutes at once would be too much for HiGHS."""
        n_pairs = self.case.to_site.travel_min.size
        return self.case.adults_per_hour is None and n_pairs > MANY_PAIRS

    def _some(self) -> Solved:
        """Find some choice that keeps every rule: nothing, if that does."""
        if self.stands(NOTHING):
            return Solved(NOTHING, np.nan)
        return find_any(self.case, self.rows, effort=self.effort)

    def _plain_sites(self) -> int | None:
        """Count the sites if this is plain covering by number of points; None if it is not."""
        case, limits = self.case, self.limits
        is_plain = self.wishes.is_plain_covering and not self.kept
        if not is_plain or case.seats.is_free.any():
            return None
        most = [] if limits.n_sites is None else [limits.n_sites]
        if limits.budget_eur is not None:
            cost_eur = np.unique(case.options.cost_eur)
            if cost_eur.size != 1 or cost_eur[0] <= 0:
                return None
            most.append(int((limits.budget_eur + ROUNDING) // cost_eur[0]))
        return min(most) if most else None


def is_no_worse(objective: Objective, level: float, wanted: float) -> bool:
    """Whether a level is at least as good as another, but for arithmetic."""
    hair = ROUNDING * max(1.0, abs(wanted) * ROUNDING)
    return level >= wanted - hair if objective == "coverage" else level <= wanted + hair


def keeping(layout: Layout, objective: Objective, level: float) -> list[Rows]:
    """Return the rows that keep an objective at a level."""
    if objective == "worst":
        is_free = level >= layout.case.far_min
        return [] if is_free else [ceiling_rows(layout, level, rule=STRUCTURE)]
    coefficients, constant = objective_of(layout, objective)
    parts: Parts = {name: one_row(line) for name, line in coefficients.items()}
    # People x minutes run to tens of millions: a hair is relative to them.
    hair = ROUNDING * max(1.0, abs(level) * ROUNDING)
    if objective == "coverage":
        return [at_least(STRUCTURE, parts, level - constant - hair)]
    return [at_most(STRUCTURE, parts, level - constant + hair)]


def _may_become(case: Case, objective: Objective, level: float, tolerance_share: float) -> float:
    """Return how bad an objective may become for the sake of later ones."""
    if objective in {"fewest", "cost"}:
        return level
    brought = abs(level - reached(case, serve(case, NOTHING), objective))
    is_more_better = objective == "coverage"
    return (
        level - tolerance_share * brought if is_more_better else level + tolerance_share * brought
    )


def _unfound(
    case: Case, objective: Objective, opened: Opened | None, solved: Solved, began: float
) -> Stage:
    """State a stage that found nothing: what was chosen before stands, or nothing does."""
    stood = np.nan if opened is None else reached(case, opened, objective)
    return Stage(
        objective=objective,
        status="no_solution",
        reached=stood,
        bound=solved.bound,
        gap=relative_gap(stood, solved.bound),
        seconds=perf_counter() - began,
        method="exact",
        stopped_by=solved.stopped_by,
    )


def _without_idle(question: _Question, opened: Opened, objectives: tuple[Objective, ...]) -> Opened:
    """Leave out openings without which every objective and rule stands, largest index first."""
    case = question.case
    if case.adults_per_hour is not None:
        return opened
    now = [reached(case, opened, name) for name in objectives]
    for option in opened.options[::-1].tolist():
        if not case.options.is_opening[option] or _is_needed(case, opened, option, objectives):
            continue
        fewer = replace(opened, options=opened.options[opened.options != option])
        is_kept = all(
            is_no_worse(name, reached(case, fewer, name), level)
            for name, level in zip(objectives, now, strict=True)
        )
        if is_kept and not broken_rules(case, question.wishes, question.limits, fewer):
            opened = fewer
    return opened


def _is_needed(case: Case, opened: Opened, option: int, objectives: tuple[Objective, ...]) -> bool:
    """Whether a quick look shows that somebody is covered by this option only."""
    if "coverage" not in objectives:
        return False
    sites = case.options.candidate[opened.options]
    is_near = (case.to_site.travel_min <= case.within_min) & np.isin(
        case.to_site.destination, sites
    )
    times = np.bincount(case.to_site.origin[is_near], minlength=case.demand.adults.size)
    own = is_near & (case.to_site.destination == case.options.candidate[option])
    place = case.to_site.origin[own]
    alone = (times[place] == 1) & (case.today_min[place] > case.within_min)
    return bool((case.demand.weight[place[alone]] > 0).any())


def _cheapest_options(case: Case, wishes: SitingWishes, limits: Limits, opened: Opened) -> Opened:
    """Where a site could be a point, a branch or a move, take what costs least in all."""
    if case.options.candidate.size == case.candidate_ids.size or not opened.options.size:
        return opened
    layout = lay_out(case)
    sizes = layout.sizes
    site = np.zeros(sizes["site"])
    site[case.options.candidate[opened.options]] = 1.0
    desk = (~np.isin(layout.free_desks, opened.ceased)).astype(np.float64)
    fixed = [
        Rows(STRUCTURE, {"site": sparse.csr_array(sparse.eye_array(site.size))}, site, site),
        Rows(STRUCTURE, {"desk": sparse.csr_array(sparse.eye_array(desk.size))}, desk, desk),
    ]
    coefficients, _ = objective_of(layout, "cost")
    rows = [*structure_rows(layout), *wish_rows(layout, wishes, limits), *fixed]
    answer = solve_model(assemble(layout, rows, coefficients, sense="minimize"))
    if not answer.columns.size:
        return opened
    options, ceased = choice_of(layout, answer.columns)
    return Opened(options, ceased)


__all__ = ["Choice", "choose_as_wished", "keeping"]
