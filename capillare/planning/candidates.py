"""Where a new desk could open: settlements, known venues, and places of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rtree.index import Index

from capillare.geo.numerals import Language, number
from capillare.geo.places import metric_xy, normalised_name
from capillare.geo.schema import CANDIDATES, FOUND_CANDIDATES, VENUES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.settings import Policy

VENUE_ORDER = ("active", "planned", "unknown", "suspended")
"""Of several venues in one settlement the surest to be open is named; closed ones never are."""

_WORDS: dict[Language, dict[str, str]] = {
    "it": {
        "chief_town": "capoluogo del comune, {n} residenti",
        "settlement": "località di {n} residenti",
        "venue": "luogo noto: {venue} ({status})",
        "own": "proposta da chi pianifica",
        "active": "attivo",
        "planned": "previsto",
        "unknown": "da verificare",
        "suspended": "sospeso",
    },
    "en": {
        "chief_town": "chief town of its municipality, {n} residents",
        "settlement": "settlement of {n} residents",
        "venue": "known venue: {venue} ({status})",
        "own": "put forward by the planner",
        "active": "active",
        "planned": "planned",
        "unknown": "to be verified",
        "suspended": "suspended",
    },
}


def find_candidates(
    territory: Territory,
    venues: pd.DataFrame,
    policy: Policy,
    own: pd.DataFrame | None = None,
    *,
    lang: Language = "it",
) -> pd.DataFrame:
    """Find where a new desk could open.

    Settlements come first, in the territory's order, then venues that stand in none, by id, then
    the user's own, by id; of two nearer than the policy says, the one of the user, else the
    settlement, stays.

    Parameters
    ----------
    territory
        Its places are candidates, save those that the policy finds too small.
    venues
        Table ``venues``, of any region. A venue stands in the settlement that its coordinates are
        near to, or is a candidate by itself; without coordinates, in the settlement of its
        municipality that bears the name of its locality; without a locality, in the chief town.
        One whose locality is no settlement of its municipality is not used: see
        `venues_without_place`.
    policy
        What a point costs, which settlements count and what is near.
    own
        Table ``candidates`` of the registry, placed: added, or excluded.
    lang
        Language of ``why``.

    Returns
    -------
    Table ``found_candidates``; ``venue`` is missing where none is known.
    """
    places = territory.places
    standing = _venues_at(places, venues, policy)
    settlements = _settlements(territory, standing, policy, lang)
    parts = [settlements, _lone_venues(places, venues, policy, lang)]
    found = pd.concat([part for part in parts if len(part)], ignore_index=True)
    if own is not None and len(own):
        found = _with_own(found, CANDIDATES.typed(own), policy, lang)
    return FOUND_CANDIDATES.check(found[FOUND_CANDIDATES.names])


def venues_without_place(territory: Territory, venues: pd.DataFrame) -> pd.DataFrame:
    """Return the usable venues with neither a position nor a settlement of that name, by id."""
    usable = _usable(venues)
    here = usable["istat_code"].isin(territory.municipalities["istat_code"])
    named = _by_name(territory.places, usable)["venue_id"]
    is_lost = here & usable["lat"].isna() & ~usable["venue_id"].isin(named)
    return usable[is_lost].sort_values("venue_id", ignore_index=True)


def _usable(venues: pd.DataFrame) -> pd.DataFrame:
    usable = VENUES.typed(venues)
    usable = usable[usable["status"].isin(VENUE_ORDER)]
    return usable.assign(sureness=usable["status"].map(VENUE_ORDER.index))


def _venues_at(places: pd.DataFrame, venues: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Find the venue to propose in each settlement: one row a ``place_id`` at most.

    Active before planned before unknown before suspended; ties by ``venue_id``.
    """
    usable = _usable(venues)
    located = usable[usable["lat"].notna() & usable["lon"].notna()]
    place, _ = _nearest_within(located, places, policy.candidates.near_m)
    near = located.assign(place_id=places["place_id"].to_numpy()[place])
    named = _by_name(places, usable[usable["lat"].isna()])
    standing = pd.concat([named, near[place >= 0]], ignore_index=True)
    best = standing.sort_values(["place_id", "sureness", "venue_id"]).drop_duplicates("place_id")
    return best.set_index("place_id")[["venue_id", "venue", "status"]]


def _by_name(places: pd.DataFrame, venues: pd.DataFrame) -> pd.DataFrame:
    keyed = venues.assign(name_key=[_key(name) for name in venues["locality"]])
    return keyed.merge(_names_of(places), on=["istat_code", "name_key"], validate="m:m")


def _settlements(
    territory: Territory, standing: pd.DataFrame, policy: Policy, lang: Language
) -> pd.DataFrame:
    words, places = _WORDS[lang], territory.places
    ids = places["place_id"]
    why = pd.Series(
        [
            words["chief_town" if is_chief else "settlement"].format(n=number(n, lang=lang))
            for is_chief, n in zip(places["is_chief_town"], places["residents"], strict=True)
        ],
        index=places.index,
    )
    venue = ids.map(standing["venue"])
    status = ids.map(standing["status"])
    settlements = pd.DataFrame(
        {
            "candidate_id": "c-" + ids,
            "istat_code": places["istat_code"],
            "locality": places["place"],
            "venue": venue,
            "lat": places["lat"],
            "lon": places["lon"],
            "landmass": places["landmass"],
            "cost_eur": policy.point.cost_eur,
            "why": [
                f"{said}; {_venue_said(name, state, lang)}" if isinstance(name, str) else said
                for said, name, state in zip(why, venue, status, strict=True)
            ],
        }
    )
    is_kept = (
        (places["residents"] >= policy.candidates.least_residents)
        | places["is_chief_town"]
        | venue.notna()
    )
    return settlements[is_kept].reset_index(drop=True)


def _lone_venues(
    places: pd.DataFrame, venues: pd.DataFrame, policy: Policy, lang: Language
) -> pd.DataFrame:
    """Make a candidate of every venue that its coordinates place away from all settlements."""
    usable = _usable(venues)
    located = usable[usable["lat"].notna() & usable["istat_code"].isin(places["istat_code"])]
    place, _ = _nearest_within(located, places, policy.candidates.near_m)
    lone = located[place < 0].sort_values(["sureness", "venue_id"], ignore_index=True)
    lone = lone[_first_of_its_spot(lone, policy.candidates.near_m)].sort_values("venue_id")
    own, _ = _nearest_within(lone, places, np.inf)
    return pd.DataFrame(
        {
            "candidate_id": "v-" + lone["venue_id"],
            "istat_code": lone["istat_code"],
            "locality": lone["locality"].fillna(lone["venue"]),
            "venue": lone["venue"],
            "lat": lone["lat"],
            "lon": lone["lon"],
            "landmass": places["landmass"].to_numpy()[own] if len(lone) else [],
            "cost_eur": policy.point.cost_eur,
            "why": [
                _venue_said(name, status, lang)
                for name, status in zip(lone["venue"], lone["status"], strict=True)
            ],
        }
    )


def _with_own(
    found: pd.DataFrame, own: pd.DataFrame, policy: Policy, lang: Language
) -> pd.DataFrame:
    """Add the user's own candidates, and take away those that the user excludes."""
    is_out = own["is_excluded"].fillna(value=False).astype("bool")
    barred, added = own[is_out], own[~is_out].sort_values("candidate_id", ignore_index=True)
    is_named = barred["candidate_id"].isin(found["candidate_id"])
    at_spot, _ = _nearest_within(found, barred[~is_named], policy.candidates.near_m)
    is_barred = found["candidate_id"].isin(barred["candidate_id"]) | (at_spot >= 0)
    free = found[~is_barred.to_numpy()]
    doubled, _ = _nearest_within(free, added, policy.candidates.near_m)
    is_doubled = free["candidate_id"].isin(added["candidate_id"]) | (doubled >= 0)
    why = [
        "; ".join(filter(None, (_WORDS[lang]["own"], note if isinstance(note, str) else "")))
        for note in added["note"]
    ]
    brought = added.assign(
        locality=added["locality"].fillna(added["venue"]).fillna(added["candidate_id"]),
        cost_eur=added["cost_eur"].fillna(policy.point.cost_eur),
        why=why,
    )
    parts = [free[~is_doubled.to_numpy()], brought[found.columns]]
    return pd.concat([part for part in parts if len(part)] or [found[:0]], ignore_index=True)


def _nearest_within(
    rows: pd.DataFrame, others: pd.DataFrame, within_m: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the nearest of `others` to each row, -1 where none is nearer, and how far it is.

    Found in an R-tree; of two equally near, the first. Metres in EPSG:32632.
    """
    nearest = np.full(len(rows), -1, dtype=np.intp)
    away_m = np.full(len(rows), np.inf)
    if rows.empty or others.empty:
        return nearest, away_m
    at = metric_xy(others["lat"].to_numpy(), others["lon"].to_numpy())
    index = Index((np.arange(len(at)), at, at))
    spots = metric_xy(rows["lat"].to_numpy(), rows["lon"].to_numpy())
    for row, spot in enumerate(spots):
        close = np.array(sorted(index.nearest((*spot, *spot), 1)), dtype=np.intp)
        distance = np.hypot(*(at[close] - spot).T)
        best = int(np.argmin(distance))
        if distance[best] < within_m:
            nearest[row], away_m[row] = close[best], distance[best]
    return nearest, away_m


def _first_of_its_spot(rows: pd.DataFrame, near_m: float) -> NDArray[np.bool_]:
    """Whether no earlier row that stays is nearer than `near_m`."""
    is_first = np.zeros(len(rows), dtype=np.bool_)
    if rows.empty:
        return is_first
    spots = metric_xy(rows["lat"].to_numpy(), rows["lon"].to_numpy())
    index = Index()
    for row, (x, y) in enumerate(spots):
        around = index.intersection((x - near_m, y - near_m, x + near_m, y + near_m))
        is_first[row] = all(np.hypot(*(spots[other] - (x, y))) >= near_m for other in around)
        if is_first[row]:
            index.insert(row, (x, y, x, y))
    return is_first


def _venue_said(venue: str, status: str, lang: Language) -> str:
    words = _WORDS[lang]
    return words["venue"].format(venue=venue, status=words[status])


def _names_of(places: pd.DataFrame) -> pd.DataFrame:
    """List every name a venue's locality may use for a place; the empty one is the chief town.

    A place's own name goes before another's alternative one; a name that still points to two
    places of one municipality points to neither.
    """
    keys = ["istat_code", "name_key"]
    ids = places[["istat_code", "place_id"]]
    chief = ids[places["is_chief_town"]].assign(name_key="", is_other=False)
    own = ids.assign(name_key=places["place"].map(_key), is_other=False)
    other = ids.assign(name_key=places["other_names"].str.split("|"), is_other=True)
    other = other.explode("name_key")
    other["name_key"] = [_key(name) for name in other["name_key"]]
    names = pd.concat([chief, own, other[other["name_key"] != ""]]).drop_duplicates()
    is_other_here = names.groupby(keys)["is_other"].transform("min")
    names = names[names["is_other"] == is_other_here]
    return names.drop_duplicates(keys, keep=False).drop(columns="is_other")


def _key(name: object) -> str:
    return normalised_name(name) if isinstance(name, str) else ""


__all__ = ["VENUE_ORDER", "find_candidates", "venues_without_place"]
