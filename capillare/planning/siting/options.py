"""What may open where: a new point, a branch of a point in service, a desk that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.access.catchment import supply_hours
from capillare.geo.travel import spots_of
from capillare.planning.siting.case import Options, Points, Seats
from capillare.planning.siting.wishes import EVERY_DESK
from capillare.planning.targets import band_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.points import Registry
    from capillare.geo.settings import Policy
    from capillare.planning.siting.ground import Ground
    from capillare.planning.siting.wishes import SitingWishes


def find_seats(desks: pd.DataFrame, point_ids: NDArray[np.str_], wishes: SitingWishes) -> Seats:
    """Hold the desks in service as arrays; only those of the points' own network may cease."""
    ids = desks["desk_id"].to_numpy(dtype=str)
    is_own = desks["network"].eq("pdf").to_numpy() & desks["point_id"].notna().to_numpy()

    def chosen(names: tuple[str, ...]) -> NDArray[np.bool_]:
        return is_own if EVERY_DESK in names else is_own & np.isin(ids, names)

    is_movable = chosen(wishes.movable)
    return Seats(
        desk_ids=ids,
        point=pd.Index(point_ids).get_indexer(pd.Index(desks["point_id"])),
        hours=supply_hours(desks),
        is_closable=chosen(wishes.closable) & ~is_movable,
        is_movable=is_movable,
    )


def find_points(registry: Registry, desks: pd.DataFrame, policy: Policy) -> Points:
    """Find the points with a desk in service, and the hours that new branches could take.

    A point's spare hours are its hours due (the policy's where not known) less those that its
    main seat keeps and those of its other desks in service. The main seat is the point's desk of
    that kind, ties by id.
    """
    ids = np.sort(desks["point_id"].dropna().unique()).astype(str)
    due = registry.points.set_index("point_id")["weekly_hours_due"].reindex(ids)
    own = desks.reset_index(drop=True)
    mains = own[own["kind"] == "main"].sort_values(["point_id", "desk_id"])
    main = mains.drop_duplicates("point_id").reset_index().set_index("point_id")["index"]
    others = own[~own["desk_id"].isin(mains.drop_duplicates("point_id")["desk_id"])]
    given = others["weekly_hours"].fillna(0.0) * others["n_desks"].fillna(1).astype("float64")
    given = given.groupby(others["point_id"]).sum().reindex(ids).fillna(0.0)
    due = due.astype("float64").fillna(policy.point.weekly_hours)
    spare = (due - policy.siting.main_seat_hours - given).clip(lower=0.0)
    main_desk = main.reindex(ids).fillna(-1).to_numpy(dtype=np.intp)
    return Points(ids, np.where(main_desk >= 0, spare.to_numpy(), 0.0), main_desk)


def find_options(
    ground: Ground,
    seats: Seats,
    points: Points,
    wishes: SitingWishes,
    catchment_adults: NDArray[np.float64],
) -> Options:
    """Find everything that may open: first a new point at each candidate, then the others.

    Parameters
    ----------
    ground
        Candidates, desks and rules.
    seats, points
        The desks as arrays, and their points.
    wishes
        Say whether points may have branches.
    catchment_adults
        Adults within reach of each candidate.
    """
    policy, candidates = ground.policy, ground.candidates
    n_candidates = len(candidates)
    none = np.full(n_candidates, -1, dtype=np.intp)
    towns = ground.territory.municipalities.set_index("istat_code")
    target = point_targets(candidates["istat_code"], towns["residents"], policy)
    parts = [
        Options(
            candidate=np.arange(n_candidates, dtype=np.intp),
            point=none,
            moved_desk=none,
            weekly_hours=np.full(n_candidates, policy.point.weekly_hours),
            cost_eur=candidates["cost_eur"].to_numpy(dtype=np.float64),
            is_honoured=target <= policy.siting.target_share * catchment_adults,
        )
    ]
    if wishes.branches:
        parts.append(_branches(ground, points))
    if seats.is_movable.any():
        parts.append(_moves(ground, seats))
    return Options(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Options.__dataclass_fields__
        )
    )


def point_targets(
    codes: pd.Series[str], residents: pd.Series[int], policy: Policy
) -> NDArray[np.int64]:
    """Return the band target of a point that each of some municipalities would apply for."""
    if not len(codes):
        return np.empty(0, dtype=np.int64)
    bands = band_of(residents.loc[codes].reset_index(drop=True), policy.bands)
    targets: NDArray[np.int64] = np.array(policy.bands.target_citizens)[np.asarray(bands) - 1]
    return targets


def _branches(ground: Ground, points: Points) -> Options:
    """Offer a branch of each point near its main seat, or in its application's territory."""
    rules, ends = ground.policy.siting, spots_of(ground.candidates, id_column="candidate_id")
    able = np.flatnonzero((points.spare_hours >= rules.branch_hours) & (points.main_desk >= 0))
    mains = spots_of(ground.desks, id_column="desk_id").at(points.main_desk[able])
    near = ground.travel.pairs(mains, ends, max_min=rules.branch_within_min)
    pairs = np.concatenate(
        [
            np.column_stack([near.destination, near.origin]),
            _inside_territory(ground, points.point_ids[able]),
        ]
    )
    pairs = np.unique(pairs, axis=0)
    # Nobody takes a branch's hours across the sea.
    pairs = pairs[ends.landmass[pairs[:, 0]] == mains.landmass[pairs[:, 1]]]
    n_options = len(pairs)
    return Options(
        candidate=pairs[:, 0].astype(np.intp),
        point=able[pairs[:, 1]],
        moved_desk=np.full(n_options, -1, dtype=np.intp),
        weekly_hours=np.full(n_options, rules.branch_hours),
        cost_eur=np.full(n_options, rules.branch_cost_eur),
        is_honoured=np.ones(n_options, dtype=np.bool_),
    )


def _inside_territory(ground: Ground, point_ids: NDArray[np.str_]) -> NDArray[np.int64]:
    """Pairs of a candidate and a point whose application covers its municipality."""
    registry, codes = ground.registry, ground.candidates["istat_code"]
    held = pd.DataFrame({"point_id": point_ids, "point": np.arange(len(point_ids))})
    known = registry.points[["point_id", "application_id"]].dropna()
    covered = registry.application_municipalities[["application_id", "istat_code"]]
    where = pd.DataFrame({"istat_code": codes, "candidate": np.arange(len(codes))})
    inside = (
        held.merge(known, on="point_id", validate="one_to_one")
        .merge(covered, on="application_id")
        .merge(where, on="istat_code")
    )
    pairs: NDArray[np.int64] = inside[["candidate", "point"]].to_numpy(dtype=np.int64)
    return pairs


def _moves(ground: Ground, seats: Seats) -> Options:
    """Offer each movable desk every candidate as near as a branch may be."""
    rules, ends = ground.policy.siting, spots_of(ground.candidates, id_column="candidate_id")
    movable = np.flatnonzero(seats.is_movable)
    starts = spots_of(ground.desks, id_column="desk_id").at(movable)
    near = ground.travel.pairs(starts, ends, max_min=rules.branch_within_min)
    desk = movable[near.origin]
    return Options(
        candidate=near.destination.astype(np.intp),
        point=seats.point[desk],
        moved_desk=desk,
        weekly_hours=seats.hours[desk],
        cost_eur=np.full(desk.size, rules.move_cost_eur),
        is_honoured=np.ones(desk.size, dtype=np.bool_),
    )


__all__ = ["find_options", "find_points", "find_seats", "point_targets"]
