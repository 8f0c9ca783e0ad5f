"""A registry cut to a territory: its desks, and the bodies and points that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.numerals import counted

if TYPE_CHECKING:
    from capillare.geo.places import Territory

Tables = dict[str, pd.DataFrame]

_CHOSEN = "fuori dal territorio scelto."


def cut_to(tables: Tables, territory: Territory) -> tuple[Tables, tuple[str, ...]]:
    """Keep what lies in a territory; services, calls and figures stay whole.

    A point lies where its desks, its application's municipalities, its body's members or seat
    lie; one of which none is known stays if the registry holds no desk at all or one in the
    territory.

    Returns
    -------
    The tables, and in Italian what was left aside.
    """
    inside = _named_codes(tables) & set(territory.municipalities["istat_code"])
    desks = tables["desks"]
    is_in = desks["istat_code"].isin(inside)
    points = tables["points"]
    keeps_unlocated = desks.empty or bool(is_in.any())
    located, in_territory = _located_points(tables, inside)
    is_kept = points["point_id"].isin(in_territory) | (
        ~points["point_id"].isin(located) & keeps_unlocated
    )
    kept = dict(tables)
    kept["points"] = points[is_kept].reset_index(drop=True)
    kept["desks"] = desks[is_in].reset_index(drop=True)
    kept["stops"] = _cut_stops(tables["stops"], desks, kept["desks"], inside)
    kept["venues"] = _where(tables["venues"], "istat_code", inside)
    kept["candidates"] = _where(tables["candidates"], "istat_code", inside)
    kept["progress"] = _where(tables["progress"], "point_id", set(kept["points"]["point_id"]))
    kept |= _cut_bodies(tables, kept["points"], inside)
    return kept, _left_aside(tables, kept, inside)


def _named_codes(tables: Tables) -> set[str]:
    """Return the municipalities that any table names: far fewer than Italy's to look through."""
    columns = ("istat_code", "seat_istat_code")
    named = [frame[column] for frame in tables.values() for column in columns if column in frame]
    return set(pd.concat(named).dropna())


def _cut_stops(
    stops: pd.DataFrame, desks: pd.DataFrame, kept_desks: pd.DataFrame, inside: set[str]
) -> pd.DataFrame:
    """Keep stops in the territory, of a desk kept or, in a registry without it, of any."""
    here = _where(stops, "istat_code", inside)
    left_aside = set(desks["desk_id"]) - set(kept_desks["desk_id"])
    return here[~here["desk_id"].isin(left_aside)].reset_index(drop=True)


def _located_points(tables: Tables, inside: set[str]) -> tuple[set[str], set[str]]:
    """Return the points whose municipalities are known, and those with one in the territory."""
    points = tables["points"][["point_id", "entity_id", "application_id"]]
    seats = tables["entities"][["entity_id", "seat_istat_code"]]
    ways = (
        tables["desks"][["point_id", "istat_code"]],
        points.merge(tables["application_municipalities"], on="application_id"),
        points.merge(tables["entity_members"], on="entity_id"),
        points.merge(seats, on="entity_id").rename(columns={"seat_istat_code": "istat_code"}),
    )
    known = pd.concat([way[["point_id", "istat_code"]].dropna() for way in ways])
    return set(known["point_id"]), set(known.loc[known["istat_code"].isin(inside), "point_id"])


def _cut_bodies(tables: Tables, points: pd.DataFrame, inside: set[str]) -> Tables:
    """Keep applications and bodies that a kept point names, or that lie in the territory."""
    applications, members = tables["applications"], tables["application_municipalities"]
    of_bodies, entities = tables["entity_members"], tables["entities"]
    bodies_inside = {
        *of_bodies.loc[of_bodies["istat_code"].isin(inside), "entity_id"],
        *entities.loc[entities["seat_istat_code"].isin(inside), "entity_id"],
    }
    is_named = applications["application_id"].isin(points["application_id"])
    seats_here = _where(tables["application_seats"], "istat_code", inside)["application_id"]
    has_members = members.loc[members["istat_code"].isin(inside), "application_id"]
    is_here = applications["application_id"].isin({*has_members, *seats_here})
    kept_applications = applications[
        is_named | is_here | applications["entity_id"].isin(bodies_inside)
    ].reset_index(drop=True)
    kept_bodies = bodies_inside | {*points["entity_id"], *kept_applications["entity_id"]}
    kept_ids = set(kept_applications["application_id"])
    in_kept = _where(members, "application_id", kept_ids)
    seats = _where(tables["application_seats"], "application_id", kept_ids)
    return {
        "applications": kept_applications,
        "application_municipalities": _where(in_kept, "istat_code", inside),
        "application_seats": _where(seats, "istat_code", inside),
        "entities": _where(entities, "entity_id", kept_bodies),
        "entity_members": _where(of_bodies, "entity_id", kept_bodies),
    }


def _where(frame: pd.DataFrame, column: str, kept: set[str]) -> pd.DataFrame:
    return frame[frame[column].isin(kept)].reset_index(drop=True)


def _left_aside(tables: Tables, kept: Tables, inside: set[str]) -> tuple[str, ...]:
    n_desks = len(tables["desks"]) - len(kept["desks"])
    n_points = len(tables["points"]) - len(kept["points"])
    n_stops = len(tables["stops"]) - len(kept["stops"])
    members = tables["application_municipalities"]
    is_out = ~members["istat_code"].isin(inside)
    kept_ids = kept["application_municipalities"]["application_id"]
    n_cut = members[is_out & members["application_id"].isin(kept_ids)]["application_id"].nunique()
    seats = tables["application_seats"]
    seats_out = ~seats["istat_code"].isin(inside) & seats["application_id"].isin(
        kept["applications"]["application_id"]
    )
    sentences = (
        (n_desks, "sportello del registro sta", "sportelli del registro stanno", _CHOSEN),
        (n_stops, "sosta del registro sta", "soste del registro stanno", _CHOSEN),
        (n_points, "punto del registro sta", "punti del registro stanno", _CHOSEN),
        (
            int(seats_out.sum()),
            "sede di una domanda sta",
            "sedi di domande stanno",
            "fuori dal territorio: chi raggiunge non è contato, il costo della domanda sì.",
        ),
        (n_cut, "domanda ha", "domande hanno", "anche comuni fuori dal territorio, non contati."),
    )
    return tuple(f"{counted(n, one, many)} {rest}" for n, one, many, rest in sentences if n)
