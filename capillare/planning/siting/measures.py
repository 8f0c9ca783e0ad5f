"""What a choice of sites brings and which wishes it breaks: counted from the pairs themselves.

No code of the models is used here, so that what they claim is recomputed by other means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from capillare.planning.siting.case import Case, Limits, Opened
    from capillare.planning.siting.wishes import Objective, SitingWishes

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Breach:
    """A rule that a choice breaks, and how much is lacking in the rule's own unit."""

    rule: str
    lacking: float


def nearest_min(case: Case, opened: Opened) -> Floats:
    """Minutes from each place to the nearest open site or desk; infinite for none within far."""
    sites = case.options.candidate[opened.options]
    nearest = case.today_min.copy() if not opened.ceased.size else _nearest_staying(case, opened)
    if not sites.size:
        return nearest
    if case.site_min is not None:
        np.minimum(nearest, case.site_min[sites].min(axis=0), out=nearest)
        return nearest
    is_site = np.zeros(case.candidate_ids.size, dtype=np.bool_)
    is_site[sites] = True
    used = is_site[case.to_site.destination]
    np.minimum.at(nearest, case.to_site.origin[used], case.to_site.travel_min[used])
    return nearest


def _nearest_staying(case: Case, opened: Opened) -> Floats:
    """Minutes from each place to the nearest desk that does not cease."""
    stays = np.ones(case.seats.hours.size, dtype=np.bool_)
    stays[opened.ceased] = False
    nearest = np.full(case.demand.adults.size, np.inf)
    used = stays[case.to_desk.destination]
    np.minimum.at(nearest, case.to_desk.origin[used], case.to_desk.travel_min[used])
    return nearest


def covered_share(case: Case, opened: Opened) -> Floats:
    """Part of each place's people who are covered: all within reach, or those who are served."""
    if opened.served_share is not None:
        return opened.served_share
    return (nearest_min(case, opened) <= case.within_min).astype(np.float64)


def hours_by_supply(case: Case, opened: Opened) -> Floats:
    """Facilitator-hours a week of each candidate, then each desk, shape (n_sites + n_desks,)."""
    options, n_sites = case.options, case.candidate_ids.size
    hours = np.zeros(n_sites + case.seats.hours.size)
    hours[n_sites:] = case.seats.hours
    hours[n_sites + opened.ceased] = 0.0
    np.add.at(hours, options.candidate[opened.options], options.weekly_hours[opened.options])
    branch = opened.options[options.is_branch[opened.options]]
    main = n_sites + case.points.main_desk[options.point[branch]]
    np.subtract.at(hours, main, options.weekly_hours[branch])
    return hours


def reached(case: Case, opened: Opened, objective: Objective) -> float:
    """Measure an objective of a choice."""
    options, demand = case.options, case.demand
    if objective == "coverage":
        return float(demand.weight @ covered_share(case, opened))
    if objective == "minutes":
        return float(demand.weight @ np.minimum(nearest_min(case, opened), case.far_min))
    if objective == "worst":
        nearest = np.minimum(nearest_min(case, opened), case.far_min)
        return float(nearest[demand.is_peopled].max(initial=0.0))
    if objective == "fewest":
        stays = case.seats.is_closable.sum() - case.seats.is_closable[opened.ceased].sum()
        return float(options.is_opening[opened.options].sum() + stays)
    return float(options.cost_eur[opened.options].sum())


def broken_rules(
    case: Case, wishes: SitingWishes, limits: Limits, opened: Opened
) -> tuple[Breach, ...]:
    """List every rule that a choice breaks, and by how much."""
    breaches = (
        *_limit_breaches(case, limits, opened),
        *_share_breaches(case, wishes, opened),
        *_site_breaches(case, wishes, opened),
        *_desk_breaches(case, wishes, opened),
        *_capacity_breaches(case, opened),
    )
    return tuple(breach for breach in breaches if breach.lacking > TOLERANCE)


def _limit_breaches(case: Case, limits: Limits, opened: Opened) -> Iterator[Breach]:
    options = case.options
    if limits.n_sites is not None:
        n_opened = float(options.is_opening[opened.options].sum())
        yield Breach("new_sites", n_opened - limits.n_sites)
    if limits.budget_eur is not None:
        spent = float(options.cost_eur[opened.options].sum())
        yield Breach("budget_eur", spent - limits.budget_eur - TOLERANCE)


def _share_breaches(case: Case, wishes: SitingWishes, opened: Opened) -> Iterator[Breach]:
    demand = case.demand
    asks_share = wishes.cover_share is not None or wishes.inner_share is not None
    share = covered_share(case, opened) if asks_share else np.empty(0)
    if wishes.cover_share is not None:
        wanted = wishes.cover_share * demand.adults.sum()
        yield Breach("cover_share", float(wanted - demand.adults @ share) - TOLERANCE)
    if wishes.inner_share is not None:
        inner = demand.adults * demand.is_inner
        yield Breach(
            "inner_share", float(wishes.inner_share * inner.sum() - inner @ share) - TOLERANCE
        )
    if wishes.max_min is not None:
        is_far = (nearest_min(case, opened) > wishes.max_min) & demand.is_peopled
        yield Breach("max_min", float(is_far.sum()))


def _site_breaches(case: Case, wishes: SitingWishes, opened: Opened) -> Iterator[Breach]:
    sites = case.options.candidate[opened.options]
    yield Breach("one_option", float(sites.size - np.unique(sites).size))
    yield Breach("exclude", float(np.isin(sites, case.excluded).sum()))
    for rule, groups in (
        ("require", case.required),
        ("per_province", case.areas_province),
        ("per_union", case.areas_union),
        ("at_least", case.areas_named),
    ):
        lacking = [group.n_sites - int(np.isin(sites, group.candidates).sum()) for group in groups]
        yield Breach(rule, float(sum(max(few, 0) for few in lacking)))
    both = np.isin(case.near_sites, sites).all(axis=1).sum()
    near = np.isin(case.near_desks[:, 0], sites) & ~np.isin(case.near_desks[:, 1], opened.ceased)
    yield Breach("spacing", float(both + near.sum()))
    if wishes.honour_targets:
        yield Breach("honour_targets", float((~case.options.is_honoured[opened.options]).sum()))


def _desk_breaches(case: Case, wishes: SitingWishes, opened: Opened) -> Iterator[Breach]:
    options, seats = case.options, case.seats
    n_closed = int(seats.is_closable[opened.ceased].sum())
    yield Breach("close_desks", float(wishes.close_desks - n_closed))
    moved = np.sort(options.moved_desk[opened.options[~options.is_opening[opened.options]]])
    ceased = np.sort(opened.ceased[seats.is_movable[opened.ceased]])
    yield Breach("moves", 0.0 if np.array_equal(moved, ceased) else 1.0)
    yield Breach("fixed_desks", float((~seats.is_free[opened.ceased]).sum()))
    branch = opened.options[options.is_branch[opened.options]]
    taken = np.bincount(
        options.point[branch],
        weights=options.weekly_hours[branch],
        minlength=case.points.spare_hours.size,
    )
    over = taken - case.points.spare_hours
    yield Breach("branch_hours", float(np.maximum(over, 0.0).sum()))


def _capacity_breaches(case: Case, opened: Opened) -> Iterator[Breach]:
    """Adults served beyond what hours allow, or beyond reach, if the choice says who is served."""
    if case.adults_per_hour is None or opened.served is None:
        return
    hours, n_sites = hours_by_supply(case, opened), case.candidate_ids.size
    given = np.asarray(opened.served.sum(axis=0)).ravel()
    over = np.maximum(given - case.adults_per_hour * hours, 0.0).sum()
    place, supply = opened.served.coords
    limits = np.full(opened.served.shape[1], np.inf)
    minutes = np.concatenate([case.to_site.travel_min, case.to_desk.travel_min])
    pair = np.concatenate([case.to_site.origin, case.to_desk.origin]) * limits.size
    pair += np.concatenate([case.to_site.destination, n_sites + case.to_desk.destination])
    near = np.isin(place * limits.size + supply, pair[minutes <= case.within_min])
    yield Breach("capacity", float(over + opened.served.data[~near].sum()) - 1.0)


__all__ = [
    "Breach",
    "broken_rules",
    "covered_share",
    "hours_by_supply",
    "nearest_min",
    "reached",
]
