"""Where a new desk could open: every settlement of the region, and the venue known there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.places import normalised_name
from capillare.geo.schema import CANDIDATES, VENUES

if TYPE_CHECKING:
    from capillare.geo.places import Territory
    from capillare.geo.settings import Policy

VENUE_ORDER = ("active", "planned", "unknown", "suspended")
"""Of several venues in one settlement the surest to be open is named; closed ones never are."""


def find_candidates(territory: Territory, venues: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Find one candidate for every settlement of the territory.

    Parameters
    ----------
    territory
        Its places are the candidates, in their order.
    venues
        Table ``venues``, of any region. A venue stands in the settlement of its municipality that
        bears the name of its locality; without a locality, in the chief town. One whose locality
        is no settlement of its municipality is not used.
    policy
        What a point costs.

    Returns
    -------
    Table ``candidates``; ``venue`` is missing where none is known.
    """
    places = territory.places
    standing = venues_by_place(places, venues)
    candidates = pd.DataFrame(
        {
            "candidate_id": "c-" + places["place_id"],
            "istat_code": places["istat_code"],
            "locality": places["place"],
            "venue": places["place_id"].map(standing),
            "lat": places["lat"],
            "lon": places["lon"],
            "landmass": places["landmass"],
            "cost_eur": policy.point.cost_eur,
        }
    )
    return CANDIDATES.check(candidates.reset_index(drop=True))


def venues_by_place(places: pd.DataFrame, venues: pd.DataFrame) -> pd.Series[str]:
    """Name the venue to propose in each settlement: ``place_id`` to name, one at most.

    Active before planned before unknown before suspended; ties by ``venue_id``.
    """
    usable = VENUES.typed(venues)
    usable = usable[usable["status"].isin(VENUE_ORDER)]
    usable = usable.assign(
        name_key=[_key(name) for name in usable["locality"]],
        sureness=usable["status"].map(VENUE_ORDER.index),
    )
    named = usable.merge(_names_of(places), on=["istat_code", "name_key"], validate="m:m")
    best = named.sort_values(["place_id", "sureness", "venue_id"]).drop_duplicates("place_id")
    return best.set_index("place_id")["venue"]


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


__all__ = ["VENUE_ORDER", "find_candidates", "venues_by_place"]
