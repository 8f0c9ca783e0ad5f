"""Pose the siting question of a real network: tables in, a `Case` out, every fault said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import ConfigError
from capillare.geo.fields import meant
from capillare.geo.places import normalised_name
from capillare.geo.travel import M_PER_KM, Spots, spots_of
from capillare.planning.siting.case import Case, Demand, Group
from capillare.planning.siting.options import find_options, find_points, find_seats
from capillare.planning.siting.wishes import EVERY_DESK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from capillare.geo.travel import TravelTimes
    from capillare.planning.siting.ground import Ground
    from capillare.planning.siting.wishes import SitingWishes

    Indices = NDArray[np.intp]


MANY_PLACES = 3_000
FAR_IN_REACHES = 1.5
"""Above so many places, minutes count up to so many times those within reach."""


def pose_case(ground: Ground, wishes: SitingWishes) -> Case:
    """Hold a question as arrays.

    Raises
    ------
    ConfigError
        If a wish names a candidate, municipality, desk, province or union that does not exist,
        asks for a site where none may open, or for a share or a site of areas that are not known.
    """
    policy, travel, candidates = ground.policy, ground.travel, ground.candidates
    desks = ground.desks
    origins = spots_of(ground.territory.places, id_column="place_id")
    ends = spots_of(candidates, id_column="candidate_id")
    seats_at = spots_of(desks, id_column="desk_id")
    far_min = max(_far_min(ground), policy.reach.within_min, wishes.max_min or 0.0)
    to_site = travel.pairs(origins, ends, max_min=far_min)
    demand = _demand(ground, wishes)
    points = find_points(ground.registry, desks, policy)
    seats = find_seats(desks, points.point_ids, wishes)
    faults = [
        *_unknown_desks(desks, seats.point >= 0, wishes),
        *_unknown_areas(ground, wishes),
        *_asked_for_nobody(ground, demand, wishes),
    ]
    excluded, required = _sites_named(candidates, wishes, faults)
    if faults:
        raise ConfigError(f"sites: {'; '.join(faults)}. Correct it.")
    is_near = to_site.travel_min <= policy.reach.within_min
    catchment = np.bincount(
        to_site.destination[is_near],
        weights=demand.adults[to_site.origin[is_near]],
        minlength=len(candidates),
    )
    options = find_options(ground, seats, points, wishes, catchment.astype(np.float64))
    near_sites, near_desks = _too_near(ends, seats_at, travel, wishes)
    return Case(
        demand=demand,
        options=options,
        seats=seats,
        points=points,
        candidate_ids=candidates["candidate_id"].to_numpy(dtype=str),
        to_site=to_site,
        to_desk=travel.pairs(origins, seats_at, max_min=far_min),
        within_min=policy.reach.within_min,
        far_min=far_min,
        excluded=excluded,
        required=required,
        areas_province=_groups(_provinces(ground), wishes.per_province),
        areas_union=_groups(_unions(ground), wishes.per_union),
        areas_named=_named_areas(ground, wishes),
        near_sites=near_sites,
        near_desks=near_desks,
        adults_per_hour=policy.siting.adults_per_hour if wishes.capacity else None,
        names=_names(ground),
    )


def _names(ground: Ground) -> dict[str, str]:
    """Return what people call settlements, candidates, municipalities and desks, by id."""
    towns = ground.territory.municipalities.set_index("istat_code")["municipality"]
    names: dict[str, str] = towns.to_dict()
    for frame, key, name in (
        (ground.territory.places, "place_id", "place"),
        (ground.candidates, "candidate_id", "locality"),
        (ground.desks, "desk_id", "name"),
    ):
        town = frame["istat_code"].map(towns).fillna("").to_numpy()
        for one, called, where in zip(frame[key], frame[name].fillna(""), town, strict=True):
            is_same = called == where or not where
            names[str(one)] = str(called or one) if is_same else f"{called or one} ({where})"
    return names


def _far_min(ground: Ground) -> float:
    """Return the minutes that all longer ones count as: fewer where the pairs would be too many."""
    policy = ground.policy
    if len(ground.territory.places) <= MANY_PLACES:
        return policy.siting.far_min
    return min(policy.siting.far_min, FAR_IN_REACHES * policy.reach.within_min)


def _demand(ground: Ground, wishes: SitingWishes) -> Demand:
    places = ground.territory.places
    adults = places["adults"].to_numpy(dtype=np.float64)
    over65 = places["over65"].to_numpy(dtype=np.float64)
    weight = {
        "adults": adults,
        "over65": over65,
        "mix": adults + (wishes.over65_weight - 1.0) * over65,
    }[wishes.people]
    classes = ground.inner_class.reindex(places["istat_code"])
    return Demand(
        place_ids=places["place_id"].to_numpy(dtype=str),
        istat_code=places["istat_code"].to_numpy(dtype=str),
        adults=adults,
        over65=over65,
        weight=np.maximum(weight, 0.0),
        is_inner=classes.isin(ground.policy.inner_areas.ranked_classes).to_numpy(dtype=np.bool_),
    )


def _sites_named(
    candidates: pd.DataFrame, wishes: SitingWishes, faults: list[str]
) -> tuple[Indices, tuple[Group, ...]]:
    """Find the candidates that `exclude` and `require` name, by id or municipality."""
    ids, codes = candidates["candidate_id"], candidates["istat_code"]
    known = {*ids, *codes}

    def named(name: str) -> Indices:
        return np.flatnonzero((ids == name) | (codes == name)).astype(np.intp)

    for wish in ("exclude", "require"):
        strangers = [name for name in getattr(wishes, wish) if name not in known]
        faults += [
            f"{wish}: {name!r} is no candidate and no municipality with one{meant(name, known)}"
            for name in strangers
        ]
    out = [named(name) for name in wishes.exclude]
    excluded = np.unique(np.concatenate(out)) if out else np.empty(0, dtype=np.intp)
    required = tuple(Group(name, named(name), 1) for name in wishes.require if name in known)
    faults += [
        f"require: {group.name} is excluded by another wish"
        for group in required
        if np.isin(group.candidates, excluded).all()
    ]
    return excluded, required


def _unknown_desks(
    desks: pd.DataFrame, is_of_point: NDArray[np.bool_], wishes: SitingWishes
) -> list[str]:
    known = set(desks.loc[is_of_point, "desk_id"]) | {EVERY_DESK}
    return [
        f"{wish}: {name!r} is no desk of a point in service{meant(name, known)}"
        for wish in ("closable", "movable")
        for name in getattr(wishes, wish)
        if name not in known
    ]


def _groups(areas: dict[str, Indices], n_sites: int) -> tuple[Group, ...]:
    if n_sites == 0:
        return ()
    return tuple(Group(name, areas[name], n_sites) for name in sorted(areas))


def _provinces(ground: Ground) -> dict[str, Indices]:
    towns = ground.territory.municipalities.set_index("istat_code")["province"]
    of_candidate = towns.loc[ground.candidates["istat_code"]].to_numpy()
    return {
        str(name): np.flatnonzero(of_candidate == name).astype(np.intp) for name in towns.unique()
    }


def _unions(ground: Ground) -> dict[str, Indices]:
    entities = ground.registry.entities
    unions = entities[entities["entity_kind"] == "union"]
    members = ground.registry.entity_members
    codes = ground.candidates["istat_code"]
    areas = {}
    for union in unions.to_dict("records"):
        own = members.loc[members["entity_id"] == union["entity_id"], "istat_code"]
        if codes.isin(own).any():
            areas[str(union["entity"])] = np.flatnonzero(codes.isin(own)).astype(np.intp)
    return areas


def _areas_by_name(ground: Ground) -> dict[str, tuple[str, Indices]]:
    """Every way to call an area: name, short name of a province, id of a union."""
    provinces, unions = _provinces(ground), _unions(ground)
    areas = {normalised_name(name): (name, where) for name, where in (provinces | unions).items()}
    towns = ground.territory.municipalities.drop_duplicates("province")
    for town in towns[["province", "province_short"]].to_dict("records"):
        name = str(town["province"])
        areas[normalised_name(str(town["province_short"]))] = (name, provinces[name])
    entities = ground.registry.entities.set_index("entity")["entity_id"]
    for name, where in unions.items():
        areas[normalised_name(str(entities[name]))] = (name, where)
    return areas


def _unknown_areas(ground: Ground, wishes: SitingWishes) -> list[str]:
    if not wishes.at_least:
        return []
    known = _areas_by_name(ground)
    names = [name for name, _ in known.values()]
    return [
        f"at_least: {wish.area!r} is no province and no union with candidates"
        f"{meant(wish.area, names)}"
        for wish in wishes.at_least
        if normalised_name(wish.area) not in known
    ]


def _asked_for_nobody(ground: Ground, demand: Demand, wishes: SitingWishes) -> Iterator[str]:
    """Say which wishes would be kept by any choice, since what they speak of is not known."""
    if wishes.inner_share is not None and not demand.adults[demand.is_inner].any():
        yield "inner_share: nobody here is known to live in an inner area"
    if wishes.per_union and not _unions(ground):
        yield "per_union: the registry holds no union with candidates here"


def _named_areas(ground: Ground, wishes: SitingWishes) -> tuple[Group, ...]:
    if not wishes.at_least:
        return ()
    known = _areas_by_name(ground)
    named = ((known[normalised_name(wish.area)], wish.n_sites) for wish in wishes.at_least)
    return tuple(Group(name, where, n_sites) for (name, where), n_sites in named)


def _too_near(
    ends: Spots, seats: Spots, travel: TravelTimes, wishes: SitingWishes
) -> tuple[Indices, Indices]:
    """Find the pairs nearer than the spacing wanted, in either direction of travel."""
    sites: list[Indices] = [np.empty((0, 2), dtype=np.intp)]
    desks: list[Indices] = [np.empty((0, 2), dtype=np.intp)]
    if wishes.spacing_min is not None:
        limit = wishes.spacing_min
        for starts, stops, kept, is_turned in (
            (ends, ends, sites, False),
            (ends, seats, desks, False),
            (seats, ends, desks, True),
        ):
            found = travel.pairs(starts, stops, max_min=limit)
            is_less = found.travel_min < limit
            pairs = np.column_stack([found.origin[is_less], found.destination[is_less]])
            kept.append((pairs[:, ::-1] if is_turned else pairs).astype(np.intp))
    if wishes.spacing_km is not None:
        limit_m = wishes.spacing_km * M_PER_KM
        sites.append(_within_m(ends, ends, limit_m))
        desks.append(_within_m(ends, seats, limit_m))
    both = np.sort(np.concatenate(sites), axis=1)
    both = both[both[:, 0] != both[:, 1]]
    return np.unique(both, axis=0), np.unique(np.concatenate(desks), axis=0)


def _within_m(starts: Spots, stops: Spots, limit_m: float) -> Indices:
    from scipy.spatial import KDTree  # noqa: PLC0415 (paid only where kilometres are asked for)

    if not len(starts) or not len(stops):
        return np.empty((0, 2), dtype=np.intp)
    found = KDTree(starts.xy_m).sparse_distance_matrix(
        KDTree(stops.xy_m), limit_m, output_type="coo_matrix"
    )
    # The tree leaves out pairs at no distance at all: those are the nearest.
    same = _same_spot(starts, stops)
    is_less = found.data < limit_m
    pairs = np.column_stack([found.row[is_less], found.col[is_less]]).astype(np.intp)
    return np.concatenate([pairs, same])


def _same_spot(starts: Spots, stops: Spots) -> Indices:
    first = pd.DataFrame(starts.xy_m, columns=["x", "y"]).assign(start=np.arange(len(starts)))
    second = pd.DataFrame(stops.xy_m, columns=["x", "y"]).assign(stop=np.arange(len(stops)))
    pairs: Indices = first.merge(second, on=["x", "y"])[["start", "stop"]].to_numpy(dtype=np.intp)
    return pairs


__all__ = ["FAR_IN_REACHES", "MANY_PLACES", "pose_case"]
