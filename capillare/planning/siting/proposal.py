"""From chosen sites to the table of proposed sites: who gains, how much, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.patched_travel import pair_bases, rows_of
from capillare.geo.schema import SITE_EXPLANATIONS, SITES, SITING_CURVE
from capillare.geo.travel import Spots, TravelPairs, TravelTimes, spots_of
from capillare.planning.siting.answer import SitingAnswer
from capillare.planning.siting.case import NOTHING, Case, Limits, Opened
from capillare.planning.siting.curve import draw_curve
from capillare.planning.siting.explanations import explain_sites
from capillare.planning.siting.gains import order_by_gain
from capillare.planning.siting.measures import broken_rules, nearest_min, reached
from capillare.planning.siting.options import point_targets
from capillare.planning.siting.posing import pose_case
from capillare.planning.siting.site_reasons import site_reasons
from capillare.planning.siting.wish_solver import Choice, choose_as_wished

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.geo.numerals import Language
    from capillare.geo.places import Territory
    from capillare.geo.settings import Effort
    from capillare.planning.siting.ground import Ground
    from capillare.planning.siting.wishes import SitingWishes

    Indices = NDArray[np.intp]

A_DAY_MIN = 24.0 * 60.0


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
    tolerance = wishes.tolerance_share
    choice = choose_as_wished(
        case,
        wishes,
        limits,
        tolerance_share=ground.policy.siting.tolerance_share if tolerance is None else tolerance,
        effort=effort,
        exact_places=exact_places,
        lang=lang,
    )
    opened = _by_gain(case, choice.opened)
    legs = ground.travel.pairs(
        spots_of(ground.territory.places, id_column="place_id"),
        _site_spots(ground, case, opened),
        max_min=A_DAY_MIN,
    )
    sites, is_saving = _sites_table(ground, case, opened, legs, lang)
    near = legs.travel_min <= case.within_min
    answer = _answer(case, choice, limits, perf_counter() - began)
    most = limits if limits.n_sites is not None else Limits(budget_eur=limits.budget_eur)
    return Proposal(
        sites=sites,
        answer=answer,
        pairs=_pairs_used(
            legs,
            near | is_saving,
            spots_of(ground.territory.places, id_column="place_id"),
            _site_spots(ground, case, opened),
            ground.travel,
        ),
        explanations=explain_sites(
            ground,
            case,
            opened,
            sites,
            stands=lambda other: not broken_rules(case, wishes, limits, other),
            lang=lang,
        ),
        curve=draw_curve(
            case, wishes, most, n_opened=len(sites), effort=effort, exact_places=exact_places
        ),
        ceased=tuple(case.seats.desk_ids[opened.ceased].tolist()),
        case=case,
        choice=choice,
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


def _site_spots(ground: Ground, case: Case, opened: Opened) -> Spots:
    ends = spots_of(ground.candidates, id_column="candidate_id")
    return ends.at(case.options.candidate[opened.options])


def _sites_table(
    ground: Ground, case: Case, opened: Opened, legs: TravelPairs, lang: Language
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return table ``sites``, and which legs save somebody minutes."""
    options, territory = case.options, ground.territory
    order, n_sites = options.candidate[opened.options], opened.options.size
    if n_sites == 0:
        return SITES.check(SITES.empty()), np.zeros(legs.origin.size, dtype=np.bool_)
    chosen = ground.candidates.iloc[order].reset_index(drop=True)
    is_served = case.today_min <= case.within_min
    newly = _first_reached(legs.within(case.within_min), ~is_served)
    left = Opened(NOTHING.options, opened.ceased)
    now_min = nearest_min(case, left) if opened.ceased.size else ground.today_min.to_numpy()
    saved, is_saving = _minutes_saved(legs, np.where(np.isinf(now_min), np.nan, now_min), territory)
    adults, over65 = (territory.places[name].to_numpy() for name in ("adults", "over65"))
    towns = territory.municipalities.set_index("istat_code")
    is_point = options.point[opened.options] < 0
    targets = point_targets(chosen["istat_code"], towns["residents"], ground.policy)
    catchment = _catchment(case, order)
    gained = np.bincount(newly[newly >= 0], weights=adults[newly >= 0], minlength=n_sites)
    sites = chosen.drop(columns="cost_eur").assign(
        rank=np.arange(1, n_sites + 1),
        option=np.where(is_point, "point", "branch"),
        municipality=towns.loc[chosen["istat_code"], "municipality"].to_numpy(),
        weekly_hours=options.weekly_hours[opened.options],
        adults_gained=gained.astype(np.int64),
        over65_gained=np.bincount(
            newly[newly >= 0], weights=over65[newly >= 0], minlength=n_sites
        ).astype(np.int64),
        person_minutes_saved=saved,
        catchment_adults=catchment,
        target_citizens=pd.array(targets, dtype="Int64"),
        cost_eur=options.cost_eur[opened.options],
        covered_share_after=_shares_after(case, opened, legs),
        of_point_id=_names(case.points.point_ids, options.point[opened.options]),
        replaces_desk_id=_names(case.seats.desk_ids, options.moved_desk[opened.options]),
        target_of_catchment_share=np.where(
            is_point, targets / np.maximum(catchment, 1), np.nan
        ).round(6),
        is_target_honoured=pd.array(options.is_honoured[opened.options], dtype="boolean"),
        adults_served=_served(opened, order),
    )
    for name in ("target_citizens", "is_target_honoured"):
        sites[name] = sites[name].mask(~is_point)
    sites["reasons"] = site_reasons(sites, newly, ground, lang)
    return SITES.check(sites[SITES.names]), is_saving


def _names(ids: NDArray[np.str_], index: Indices) -> pd.Series[str]:
    """Names at some positions; missing for -1."""
    return pd.Series(np.append(ids, "")[index], dtype="str").mask(index < 0)


def _served(opened: Opened, order: Indices) -> NDArray[np.float64]:
    """Adults served by each site where hours set a limit; NaN elsewhere."""
    if opened.served is None:
        return np.full(order.size, np.nan)
    given = np.asarray(opened.served.sum(axis=0)).ravel()[order]
    served: NDArray[np.float64] = np.floor(given + 1e-6)
    return served


def _first_reached(within: sparse.csr_array, is_unserved: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first site, in order, that reaches each unserved place; -1 for none."""
    reach = within.toarray() & is_unserved[:, None]
    return np.where(reach.any(axis=1), reach.argmax(axis=1), -1)


def _shares_after(case: Case, opened: Opened, legs: TravelPairs) -> NDArray[np.float64]:
    """Share of all adults within reach once each site and those above it are open."""
    left = nearest_min(case, Opened(NOTHING.options, opened.ceased)) <= case.within_min
    first = _first_reached(legs.within(case.within_min), ~left)
    adults = case.demand.adults
    newly = np.bincount(
        first[first >= 0], weights=adults[first >= 0], minlength=opened.options.size
    )
    covered = float(adults[left].sum()) + np.cumsum(newly)
    return np.asarray((covered / max(float(adults.sum()), 1.0)).round(6), dtype=np.float64)


def _minutes_saved(
    legs: TravelPairs, now_min: NDArray[np.float64], territory: Territory
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Adult-minutes saved by each site after those before it, and which legs save any."""
    adults = territory.places["adults"].to_numpy()
    is_saving = np.zeros(legs.origin.size, dtype=np.bool_)
    saved = np.zeros(legs.shape[1], dtype=np.float64)
    best = now_min.copy()
    by_site = np.argsort(legs.destination, kind="stable")
    ends = np.searchsorted(legs.destination[by_site], np.arange(legs.shape[1] + 1))
    for site in range(legs.shape[1]):
        rows = by_site[ends[site] : ends[site + 1]]
        place = legs.origin[rows]
        less = np.nan_to_num(best[place] - legs.travel_min[rows], nan=0.0)
        is_less = less > 0
        saved[site] = round(float((adults[place] * less)[is_less].sum()), 1)
        is_saving[rows[is_less]] = True
        best[place[is_less]] = legs.travel_min[rows][is_less]
    return saved, is_saving


def _catchment(case: Case, order: Indices) -> NDArray[np.int64]:
    near = case.to_site.travel_min <= case.within_min
    adults = np.bincount(
        case.to_site.destination[near],
        weights=case.demand.adults[case.to_site.origin[near]],
        minlength=case.candidate_ids.size,
    )
    return adults[order].astype(np.int64)


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
        people_before=reached(case, NOTHING, "coverage"),
        people_after=reached(case, opened, "coverage"),
        seconds=seconds,
    )


def _pairs_used(
    legs: TravelPairs,
    is_used: NDArray[np.bool_],
    origins: Spots,
    sites: Spots,
    travel: TravelTimes,
) -> pd.DataFrame:
    from_, to = rows_of(origins, legs.origin[is_used]), rows_of(sites, legs.destination[is_used])
    return pd.DataFrame(
        {
            "from_id": from_.ids,
            "to_id": to.ids,
            "travel_min": legs.travel_min[is_used],
            "basis": pair_bases(travel, from_, to),
        }
    )
