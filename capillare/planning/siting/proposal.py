"""Propose sites as wished: choose them, tell what they bring, and what else there was."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from capillare.geo.schema import SITE_EXPLANATIONS, SITING_CURVE
from capillare.planning.siting.answer import SitingAnswer
from capillare.planning.siting.case import NOTHING, Case, Limits, Opened
from capillare.planning.siting.curve import draw_curve
from capillare.planning.siting.explanations import explain_sites
from capillare.planning.siting.gains import order_by_gain
from capillare.planning.siting.hours_served import serve
from capillare.planning.siting.measures import broken_rules, nearest_min, reached
from capillare.planning.siting.posing import pose_case
from capillare.planning.siting.site_table import draw_sites
from capillare.planning.siting.tradeoffs import draw_front, draw_stability
from capillare.planning.siting.wish_solver import Choice, choose_as_wished

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.numerals import Language
    from capillare.geo.settings import Effort
    from capillare.planning.siting.ground import Ground
    from capillare.planning.siting.wishes import SitingWishes


@dataclass(frozen=True)
class Proposal:
    """Proposed sites, how they were found, and the pairs they use.

    Attributes
    ----------
    sites
        Table ``sites``, in order of marginal gain.
    answer
        What each objective reached, with its bound and gap.
    pairs
        Place-to-site pairs that a figure used: table ``travel_used``.
    explanations
        Table ``site_explanations``: what each site changes, and what would stand in for it.
    curve
        Table ``siting_curve``: people within reach with 0 to all sites.
    pareto, stability
        Tables ``siting_pareto`` and ``siting_stability``; None where nobody asked for them.
    ceased
        Ids of the desks that close or move.
    case, choice
        The question as arrays and its choice, for what is asked of them later.
    """

    sites: pd.DataFrame
    answer: SitingAnswer
    pairs: pd.DataFrame
    explanations: pd.DataFrame = field(default_factory=SITE_EXPLANATIONS.empty)
    curve: pd.DataFrame = field(default_factory=SITING_CURVE.empty)
    pareto: pd.DataFrame | None = None
    stability: pd.DataFrame | None = None
    ceased: tuple[str, ...] = ()
    case: Case | None = None
    choice: Choice | None = None


def propose_sites(
    ground: Ground,
    wishes: SitingWishes,
    limits: Limits,
    *,
    effort: Effort,
    exact_places: int,
    lang: Language = "it",
) -> Proposal:
    """Propose sites as wished; desks in service stay unless the wishes let them go.

    Parameters
    ----------
    ground
        Territory, desks in service, candidates, minutes and rules.
    wishes, limits
        What is wanted, and how much may open; fewer sites come back where more would gain nobody.
    effort, exact_places
        See `Settings`.
    lang
        Language of the reasons.

    Raises
    ------
    ConfigError
        If a wish names what does not exist.
    WishesInfeasibleError
        If the wishes clash: which, and by how much.
    """
    began = perf_counter()
    case = pose_case(ground, wishes)
    choice = choose_as_wished(
        case,
        wishes,
        limits,
        tolerance_share=ground.tolerance_of(wishes),
        effort=effort,
        exact_places=exact_places,
        lang=lang,
    )
    opened = _by_gain(case, choice.opened)
    table = draw_sites(ground, case, opened, lang)
    stands = partial(_stands, case, wishes, limits)
    proposal = Proposal(
        sites=table.sites,
        answer=_answer(case, choice, limits, perf_counter() - began),
        pairs=table.pairs,
        explanations=explain_sites(ground, case, opened, table.sites, stands=stands, lang=lang),
        ceased=tuple(case.seats.desk_ids[opened.ceased].tolist()),
        case=case,
        choice=choice,
    )
    n_opened = len(table.sites)
    search: Search = {"effort": effort, "exact_places": exact_places}
    curve = draw_curve(case, wishes, limits, n_opened=n_opened, **search)
    proposal = replace(proposal, curve=curve)
    if wishes.tradeoffs:
        return with_tradeoffs(proposal, ground, wishes, limits, **search)
    return proposal


class Search(TypedDict):
    """How hard to search; see `Settings`."""

    effort: Effort
    exact_places: int


def _stands(case: Case, wishes: SitingWishes, limits: Limits, opened: Opened) -> bool:
    """Whether a choice breaks no rule."""
    return not broken_rules(case, wishes, limits, opened)


def with_tradeoffs(
    proposal: Proposal,
    ground: Ground,
    wishes: SitingWishes,
    limits: Limits,
    *,
    effort: Effort,
    exact_places: int,
) -> Proposal:
    """Add to a proposal what is traded between people and the worst-off, and how sure it is."""
    case, choice = proposal.case, proposal.choice
    if case is None or choice is None:
        return proposal
    return replace(
        proposal,
        pareto=draw_front(case, wishes, limits, effort=effort, exact_places=exact_places),
        stability=draw_stability(
            ground, case, wishes, limits, choice.opened, effort=effort, exact_places=exact_places
        ),
    )


def _by_gain(case: Case, opened: Opened) -> Opened:
    """Order the options that open by greedy marginal gain in adults, ties by candidate."""
    is_served = case.today_min <= case.within_min
    unserved = np.where(is_served, 0, case.demand.adults).astype(np.int64)
    sites = case.options.candidate[opened.options]
    by_site = dict(zip(sites.tolist(), opened.options.tolist(), strict=True))
    none = np.zeros(case.candidate_ids.size, dtype=np.bool_)
    order, _ = order_by_gain(sites, unserved, case.to_site.within(case.within_min), none)
    options = np.array([by_site[site] for site in order.tolist()], dtype=np.intp)
    return Opened(options, opened.ceased, opened.served, opened.served_share)


def _answer(case: Case, choice: Choice, limits: Limits, seconds: float) -> SitingAnswer:
    options, opened, adults = case.options, choice.opened, case.demand.adults
    before = case.today_min <= case.within_min
    after = nearest_min(case, opened) <= case.within_min
    is_opening = options.is_opening[opened.options]
    return SitingAnswer(
        stages=choice.stages,
        n_asked=limits.n_sites,
        n_opened=opened.options.size,
        n_branches=int(options.is_branch[opened.options].sum()),
        n_moved=int((~is_opening).sum()),
        n_closed=int(case.seats.is_closable[opened.ceased].sum()),
        adults_gained=int(adults[after & ~before].sum()),
        adults_lost=int(adults[before & ~after].sum()),
        people_before=reached(case, serve(case, NOTHING), "coverage"),
        people_after=reached(case, opened, "coverage"),
        seconds=seconds,
        is_by_hours=case.adults_per_hour is not None,
    )


__all__ = ["Proposal", "propose_sites", "with_tradeoffs"]
