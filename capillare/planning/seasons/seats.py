"""The points of a network that may follow the season, and the seats each could open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from capillare.geo.travel import TravelPairs, spots_of
from capillare.planning.seasons.question import HALF_HOUR, SeasonQuestion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.points import Registry
    from capillare.geo.presence import Presence
    from capillare.geo.season_rules import SeasonRules
    from capillare.geo.settings import Policy
    from capillare.geo.travel import Spots, TravelTimes

_SPOT = ["desk_id", "lat", "lon", "landmass"]
MOST_TEAM_HOURS = 40.0
"""Points open longer have shifts: one team cannot be moved about for all of it."""


@dataclass(frozen=True, eq=False)
class SeasonSeats:
    """Main seats and seasonal ones, with who reaches them.

    Attributes
    ----------
    mains
        One row per point, sorted by ``point_id``: its main desk's columns, ``n_others`` (desks of
        the point that stay as they are).
    seats
        One row per seasonal seat, by point then ``candidate_id``: table ``candidates`` with
        ``point_row``.
    question
        What is to be decided.
    main_pairs, seat_pairs
        Minutes from places to them, within reach.
    legs_min
        Minutes from each seasonal seat to its main seat, shape (n_seats,).
    """

    mains: pd.DataFrame
    seats: pd.DataFrame
    question: SeasonQuestion
    main_pairs: TravelPairs
    seat_pairs: TravelPairs
    legs_min: NDArray[np.float64]


def find_seats(
    territory: Territory,
    registry: Registry,
    desks: pd.DataFrame,
    candidates: pd.DataFrame,
    *,
    presence: Presence,
    travel: TravelTimes,
    policy: Policy,
) -> SeasonSeats:
    """Find the points that may follow the season and the seats that may matter.

    A point takes part if it is active and has one fixed desk of known hours in service, its main
    seat: its kind says so, else the first by id. Its other desks, and every other desk, stay as
    they are. Seasonal seats are candidates within `from_main_min` of the main seat, in the
    municipalities of the point's application unless the rules let it go further. A candidate that
    brings no place anything that the main seat does not is left out.

    Parameters
    ----------
    desks
        Desks in service that coverage counts: `serving_desks`.
    candidates
        Table ``candidates``.
    presence
        Who is present, of the same territory.
    """
    rules = policy.seasons
    mains, others = main_seats(registry, desks)
    within = policy.reach.within_min
    origins = spots_of(territory.places, id_column="place_id")
    main_pairs = travel.pairs(origins, spots_of(mains, id_column="desk_id"), max_min=within)
    other_pairs = travel.pairs(origins, spots_of(others, id_column="desk_id"), max_min=within)
    options, legs_min = _options(mains, registry, candidates, travel, rules)
    seat_pairs = travel.pairs(origins, spots_of(options, id_column="candidate_id"), max_min=within)
    point_row = options["point_row"].to_numpy(dtype=np.int64)
    own = own_places(origins, mains, others, travel)
    main_worth = hour_worth(main_pairs, within, rules).multiply(own).tocsr()
    seat_worth = hour_worth(seat_pairs, within, rules).multiply(own[:, point_row]).tocsr()
    near, seat_near = main_pairs.within(within), seat_pairs.within(within)
    kept = _may_matter(main_worth, seat_worth, point_row, near.sum(axis=1) > 0, seat_near)
    seats = options.iloc[kept].reset_index(drop=True)
    question = _posed(
        mains,
        seats,
        presence,
        policy,
        near=(near, seat_near[:, kept]),
        worth=(main_worth, seat_worth[:, kept]),
        has_fixed=other_pairs.within(within).sum(axis=1) > 0,
    )
    return SeasonSeats(
        mains, seats, question, main_pairs, _columns_of(seat_pairs, kept), legs_min[kept]
    )


def _posed(
    mains: pd.DataFrame,
    seats: pd.DataFrame,
    presence: Presence,
    policy: Policy,
    *,
    near: tuple[sparse.csr_array, sparse.csr_array],
    worth: tuple[sparse.csr_array, sparse.csr_array],
    has_fixed: NDArray[np.bool_],
) -> SeasonQuestion:
    """Pose the question; `near` and `worth` are of main seats and of seasonal ones."""
    return SeasonQuestion(
        hours=np.floor(mains["weekly_hours"].to_numpy(dtype=np.float64) / HALF_HOUR) * HALF_HOUR,
        seat_point=seats["point_row"].to_numpy(dtype=np.int64),
        main_near=near[0].astype(np.float64),
        seat_near=near[1].astype(np.float64),
        main_worth=sparse.csr_array(worth[0]),
        seat_worth=sparse.csr_array(worth[1]),
        has_fixed=has_fixed,
        people=presence.present_people.astype(np.float64),
        may_open=season_months(seats["istat_code"], presence, policy.seasons),
        full_hours=policy.point.weekly_hours,
        point_ids=tuple(mains["point_id"]),
    )


def hour_worth(pairs: TravelPairs, within_min: float, rules: SeasonRules) -> sparse.csr_array:
    """Return what an hour of each seat is worth to a person of each place, demand x supply.

    1 at its door, falling in a straight line to `edge_worth` at the end of reach, nothing beyond.
    """
    is_near = pairs.travel_min <= within_min
    worth = 1.0 - (1.0 - rules.edge_worth) * pairs.travel_min[is_near] / within_min
    near = (pairs.origin[is_near], pairs.destination[is_near])
    return sparse.csr_array((worth, near), shape=pairs.shape)


def own_places(
    origins: Spots, mains: pd.DataFrame, others: pd.DataFrame, travel: TravelTimes
) -> sparse.csr_array:
    """Return which point each place belongs to, shape (n_places, n_points): shares that sum to 1.

    A place belongs to the desk nearest to it, however far; one whose nearest desk is not a main
    seat belongs to no point. Points whose main seats stand on one spot share its places equally.
    """
    spots = pd.concat([mains[_SPOT], others[_SPOT]], ignore_index=True)
    nearest = travel.nearest(origins, spots_of(spots, id_column="desk_id")).destination
    _, spot = np.unique(
        spots[["lat", "lon"]].to_numpy(dtype=np.float64), axis=0, return_inverse=True
    )
    spot = spot.ravel()
    n_spots = int(spot.max(initial=-1)) + 1
    is_reached = nearest >= 0
    place_at = sparse.csr_array(
        (np.ones(is_reached.sum()), (np.flatnonzero(is_reached), spot[nearest[is_reached]])),
        shape=(len(origins), n_spots),
    )
    n_mains = len(mains)
    crowd = np.bincount(spot, minlength=n_spots)
    share = 1.0 / crowd[spot[:n_mains]]
    of_point = sparse.csr_array(
        (share, (spot[:n_mains], np.arange(n_mains))), shape=(n_spots, n_mains)
    )
    return sparse.csr_array(place_at @ of_point)


def season_months(
    istat_codes: pd.Series, presence: Presence, rules: SeasonRules
) -> NDArray[np.bool_]:
    """Return in which months a seat in each municipality may open, shape (n, 12).

    Where tourists are not known there is no season, unless the rules ask for none.
    """
    counted = presence.municipalities
    share = counted["visitors"].astype("float64").fillna(0.0) / counted["adults"].clip(lower=1)
    by_code = counted.assign(share=share).pivot_table(
        index="istat_code", columns="month", values="share"
    )
    return np.asarray(by_code.reindex(istat_codes).to_numpy() >= rules.season_share)


def main_seats(registry: Registry, desks: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part desks in service into the main seats of points that take part, and all others."""
    points = registry.points.set_index("point_id")
    active = points.index[points["status"] == "active"]
    is_able = (
        (desks["network"] == "pdf")
        & desks["point_id"].isin(active)
        & desks["kind"].isin(["main", "branch"])
        & (desks["weekly_hours"] > 0)
        & (desks["n_desks"].fillna(1) == 1)
    )
    # From the rows that are left: pandas gives a frame without rows those of a longer column.
    able = desks[is_able].assign(is_branch=lambda left: left["kind"] != "main")
    able = able.sort_values(["point_id", "is_branch", "desk_id"])
    mains = able.drop_duplicates("point_id").drop(columns="is_branch").reset_index(drop=True)
    others = desks[~desks["desk_id"].isin(mains["desk_id"])].sort_values("desk_id")
    n_others = others["point_id"].value_counts()
    mains["point"] = points["point"].reindex(mains["point_id"]).to_numpy()
    mains["application_id"] = points["application_id"].reindex(mains["point_id"]).to_numpy()
    mains["n_others"] = mains["point_id"].map(n_others).fillna(0).astype("int64")
    return mains, others.reset_index(drop=True)


def _options(
    mains: pd.DataFrame,
    registry: Registry,
    candidates: pd.DataFrame,
    travel: TravelTimes,
    rules: SeasonRules,
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return every seat that a point may open, and its minutes to the main seat."""
    candidates = candidates.sort_values("candidate_id", ignore_index=True)
    pairs = travel.pairs(
        spots_of(candidates, id_column="candidate_id"),
        spots_of(mains, id_column="desk_id"),
        max_min=rules.from_main_min,
    )
    spare = mains["weekly_hours"].to_numpy(dtype=np.float64) - rules.main_floor_hours
    is_able = (spare >= rules.least_opening_hours) & (mains["weekly_hours"] <= MOST_TEAM_HOURS)
    is_kept = np.asarray(is_able)[pairs.destination]
    if not rules.beyond_territory:
        allowed = _territories(mains, registry)
        codes = candidates["istat_code"].to_numpy()[pairs.origin]
        is_inside = [
            code in allowed[row] for code, row in zip(codes, pairs.destination, strict=True)
        ]
        is_kept = is_kept & np.array(is_inside, dtype=np.bool_)
    origin, row = pairs.origin[is_kept], pairs.destination[is_kept]
    order = np.lexsort((origin, row))
    options = candidates.iloc[origin[order]].reset_index(drop=True)
    return options.assign(point_row=row[order]), pairs.travel_min[is_kept][order]


def _territories(mains: pd.DataFrame, registry: Registry) -> list[frozenset[str]]:
    """Return the municipalities of each point's application; its own where none is stated."""
    listed = registry.application_municipalities.groupby("application_id")["istat_code"].agg(set)
    return [
        frozenset(listed.get(application, set()) if isinstance(application, str) else set())
        | {code}
        for application, code in zip(mains["application_id"], mains["istat_code"], strict=True)
    ]


def _may_matter(
    main_worth: sparse.csr_array,
    seat_worth: sparse.csr_array,
    point_row: NDArray[np.int64],
    has_main: NDArray[np.bool_],
    seat_near: sparse.csr_array,
) -> NDArray[np.int64]:
    """Return the seats worth more than their main one to some place, or near one without any."""
    is_better = sparse.csr_array(seat_worth - main_worth[:, point_row]) > 0
    n_new = seat_near.astype(np.int64).T @ (~has_main).astype(np.int64)
    matters = (np.asarray(is_better.sum(axis=0)).ravel() > 0) | (n_new > 0)
    return np.flatnonzero(matters).astype(np.int64)


def _columns_of(pairs: TravelPairs, kept: NDArray[np.int64]) -> TravelPairs:
    """Take destinations, in the order given."""
    new_row = np.full(pairs.shape[1], -1, dtype=np.int64)
    new_row[kept] = np.arange(kept.size)
    is_kept = new_row[pairs.destination] >= 0
    return TravelPairs(
        pairs.origin[is_kept],
        new_row[pairs.destination[is_kept]],
        pairs.travel_min[is_kept],
        (pairs.shape[0], kept.size),
    )
