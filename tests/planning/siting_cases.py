"""Small siting questions made by hand or at random, and their best answers by trying everything."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from capillare.geo.travel import TravelPairs
from capillare.planning.siting.case import Case, Demand, Group, Opened, Options, Points, Seats
from capillare.planning.siting.measures import broken_rules, reached

NO_PAIRS = np.empty((0, 2), dtype=np.intp)
FAR = 60.0


def pairs_of(minutes):
    """Travel pairs of a dense matrix; infinite for no way."""
    minutes = np.asarray(minutes, dtype=float)
    origin, destination = np.nonzero(minutes <= FAR)
    return TravelPairs(origin, destination, minutes[origin, destination], minutes.shape)


def make_case(
    adults,
    to_site,
    to_desk=None,
    *,
    weight=None,
    inner=None,
    branches=(),
    moves=(),
    spare=(),
    desk_points=(),
    desk_hours=(),
    closable=(),
    movable=(),
    cost=None,
    required=(),
    provinces=(),
    excluded=(),
    near_sites=(),
    near_desks=(),
    unable=(),
    within=20.0,
    adults_per_hour=None,
):
    """A case; options are one point a candidate, then `branches` (candidate, point), `moves`."""
    adults = np.array(adults, dtype=float)
    n_places = adults.size
    to_site = np.asarray(to_site, dtype=float).reshape(n_places, -1)
    n_sites = to_site.shape[1]
    to_desk = np.asarray([] if to_desk is None else to_desk, dtype=float).reshape(n_places, -1)
    n_desks = to_desk.shape[1]
    n_branches, n_moves = len(branches), len(moves)
    point_of_desk = np.array(desk_points or range(n_desks), dtype=np.intp)
    hours = np.array(desk_hours or [24.0] * n_desks, dtype=float)
    moved = [desk for _, desk in moves]
    options = Options(
        candidate=np.array(
            [*range(n_sites), *(c for c, _ in branches), *(c for c, _ in moves)], dtype=np.intp
        ),
        point=np.array(
            [-1] * n_sites + [p for _, p in branches] + [point_of_desk[d] for d in moved],
            dtype=np.intp,
        ),
        moved_desk=np.array([-1] * (n_sites + n_branches) + moved, dtype=np.intp),
        weekly_hours=np.array([24.0] * n_sites + [6.0] * n_branches + [hours[d] for d in moved]),
        cost_eur=np.array(
            list(cost or [39.0] * n_sites) + [3.0] * n_branches + [2.0] * n_moves, dtype=float
        ),
        is_honoured=~np.isin(np.arange(n_sites + n_branches + n_moves), list(unable)),
    )
    flags = np.zeros(n_desks, dtype=bool)
    is_closable, is_movable = flags.copy(), flags.copy()
    is_closable[list(closable)] = True
    is_movable[list(movable)] = True
    main = np.array([np.flatnonzero(point_of_desk == p)[0] for p in range(len(spare))], dtype=int)
    return Case(
        demand=Demand(
            np.array([f"g{i}" for i in range(n_places)]),
            np.array([f"09000{i}" for i in range(n_places)]),
            adults,
            np.floor(adults / 4),
            adults if weight is None else np.array(weight, dtype=float),
            np.zeros(n_places, bool) if inner is None else np.array(inner, dtype=bool),
        ),
        options=options,
        seats=Seats(
            np.array([f"d{i}" for i in range(n_desks)], dtype=str),
            point_of_desk,
            hours,
            is_closable,
            is_movable,
        ),
        points=Points(
            np.array([f"p{i}" for i in range(len(spare))], dtype=str),
            np.array(spare, dtype=float),
            main.astype(np.intp),
        ),
        candidate_ids=np.array([f"c{i}" for i in range(n_sites)], dtype=str),
        to_site=pairs_of(to_site),
        to_desk=pairs_of(to_desk),
        within_min=within,
        far_min=FAR,
        excluded=np.array(sorted(excluded), dtype=np.intp),
        required=tuple(Group(f"c{c}", np.array([c]), 1) for c in required),
        areas_province=tuple(
            Group(f"P{i}", np.array(sorted(members), dtype=np.intp), n)
            for i, (members, n) in enumerate(provinces)
        ),
        areas_union=(),
        areas_named=(),
        near_sites=np.array(near_sites, dtype=np.intp).reshape(-1, 2),
        near_desks=np.array(near_desks, dtype=np.intp).reshape(-1, 2),
        adults_per_hour=adults_per_hour,
    )


def every_choice(case):
    """Every set of options with the desks that cease for them or close."""
    movable = case.seats.is_movable
    closable = np.flatnonzero(case.seats.is_closable)
    n_options = case.options.candidate.size
    for size in range(n_options + 1):
        for chosen in combinations(range(n_options), size):
            sites = case.options.candidate[list(chosen)]
            if np.unique(sites).size < len(chosen):
                continue
            moved = case.options.moved_desk[list(chosen)]
            moved = moved[moved >= 0]
            if np.unique(moved).size < moved.size or not movable[moved].all():
                continue
            for n_closed in range(closable.size + 1):
                for closed in combinations(closable.tolist(), n_closed):
                    ceased = np.sort(np.concatenate([moved, closed]).astype(np.intp))
                    yield Opened(np.array(chosen, dtype=np.intp), ceased)


def brute_force(case, wishes, limits, *, most_after_coverage=None):
    """Best level of each objective in order, each kept exactly; None if nothing is allowed.

    Once coverage is kept, at most `most_after_coverage` sites open.
    """
    allowed = [c for c in every_choice(case) if not broken_rules(case, wishes, limits, c)]
    if not allowed:
        return None
    best = []
    for objective in wishes.objective:
        levels = np.array([reached(case, choice, objective) for choice in allowed])
        top = levels.max() if objective == "coverage" else levels.min()
        best.append(float(top))
        allowed = [c for c, level in zip(allowed, levels, strict=True) if abs(level - top) < 1e-6]
        if objective == "coverage" and most_after_coverage is not None:
            opening = case.options.is_opening
            allowed = [c for c in allowed if opening[c.options].sum() <= most_after_coverage]
    return best
