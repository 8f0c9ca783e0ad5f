"""Where desks stand: by their coordinates, the settlement they name, or the chief town."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from rapidfuzz import fuzz, process

from capillare.geo.places import normalised_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.points.rows import Rows
    from capillare.geo.schema import Table

ALIKE_PERCENT = 90
"""Likeness from which a locality's name is taken for a settlement's, if for one alone."""

_SHORTEST_PART = 6
_SAINT = re.compile(r"\b(?:s|san|santa|sant|santo|ss|santi|sante)\b")
_KIND_OF_PLACE = re.compile(r"^(?:frazione|fraz|localita|loc|quartiere)\s+(?:di\s+)?")


def check_positions(desks: Rows, territory: Territory) -> None:
    """Refuse desks whose coordinates lie outside their municipality; put swapped ones right.

    Only municipalities of `territory` are looked at. A boundary belongs to its municipality.
    """
    frame = desks.frame
    has_lat, has_lon = frame["lat"].notna(), frame["lon"].notna()
    for name, is_there, is_alone in (("lat", has_lat, has_lon), ("lon", has_lon, has_lat)):
        is_half = (is_alone & ~is_there).to_numpy(dtype=bool) & ~desks.is_refused
        problem = f"manca {name}, c'è solo l'altra coordinata"
        desks.refuse(is_half, name, frame[name], problem, "Scrivi entrambe, o nessuna.")
    is_known = frame["istat_code"].isin(territory.municipalities["istat_code"])
    to_check = (has_lat & has_lon & is_known).to_numpy(dtype=bool) & ~desks.is_refused
    lat = frame["lat"].to_numpy(dtype=np.float64)
    lon = frame["lon"].to_numpy(dtype=np.float64)
    code = frame["istat_code"].to_numpy(dtype=object)
    rows = np.flatnonzero(to_check)
    outside = rows[~is_inside(code[rows], lat[rows], lon[rows], territory)]
    is_swapped = is_inside(code[outside], lon[outside], lat[outside], territory)
    swapped = np.isin(np.arange(len(frame)), outside[is_swapped])
    shown = pd.Series([f"{a:g}, {o:g}" for a, o in zip(lat, lon, strict=True)], dtype="str")
    desks.note(swapped, "lat, lon", shown, "latitudine e longitudine scambiate, rimesse in ordine")
    frame.loc[swapped, ["lat", "lon"]] = frame.loc[swapped, ["lon", "lat"]].to_numpy()
    is_out = np.isin(np.arange(len(frame)), outside[~is_swapped])
    desks.refuse(
        is_out,
        "lat, lon",
        shown,
        _where_they_fall(code, lat, lon, is_out, territory),
        "Correggi le coordinate o il codice ISTAT, o lascia vuote le coordinate.",
    )


def is_inside(
    code: NDArray[np.object_],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    territory: Territory,
) -> NDArray[np.bool_]:
    """Whether each position is in the municipality of its code, boundary included; shape (n,)."""
    boundaries = territory.municipalities.set_index("istat_code").geometry
    inside = np.zeros(code.size, dtype=bool)
    for own, rows in pd.Series(code).groupby(code).indices.items():
        boundary = boundaries[own]
        shapely.prepare(boundary)
        inside[rows] = shapely.intersects_xy(boundary, lon[rows], lat[rows])
    return inside


def _where_they_fall(
    code: NDArray[np.object_],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    is_out: NDArray[np.bool_],
    territory: Territory,
) -> NDArray[np.object_]:
    municipalities = territory.municipalities
    problems = np.full(code.size, "", dtype=object)
    rows = np.flatnonzero(is_out)
    spots = shapely.points(lon[rows], lat[rows])
    spot, polygon = municipalities.sindex.query(spots, predicate="intersects")
    names = municipalities["municipality"].to_numpy(dtype=object)
    fallen = dict(zip(spot.tolist(), names[polygon], strict=True))
    by_code = dict(zip(municipalities["istat_code"], names, strict=True))
    for number, row in enumerate(rows.tolist()):
        there = f": cade in {fallen[number]}" if number in fallen else ""
        problems[row] = f"coordinate fuori da {by_code[code[row]]}{there}"
    return problems


def placed(desks: pd.DataFrame, territory: Territory) -> pd.DataFrame:
    """Place every desk of a territory inside its municipality.

    Coordinates win; else the settlement of the municipality that ``locality`` names; else the
    chief town. A name is found exactly; else in a single settlement that is almost the same, or
    whose name is part of it or it of its name, word for word (Riotorto, Vignale Riotorto).
    Coordinates that come with a ``position_basis`` keep it.

    Returns
    -------
    `desks` with ``lat``, ``lon`` (EPSG:4326), ``position_basis`` and ``landmass`` (of the
    settlement chosen, or of the nearest one of the municipality).
    """
    is_given = (desks["lat"].notna() & desks["lon"].notna()).to_numpy(dtype=bool)
    places = territory.places.reset_index(drop=True)
    named = _named_places(desks, places)
    chief = places[places["is_chief_town"]].reset_index().set_index("istat_code")["index"]
    chosen = np.where(named >= 0, named, chief.loc[desks["istat_code"]].to_numpy(dtype=np.int64))
    basis = np.where(named >= 0, "locality", "chief_town").astype(object)
    stated = desks["position_basis"].fillna("given").to_numpy(dtype=object)
    nearest = _nearest_places(desks[is_given], places)
    return desks.assign(
        lat=np.where(is_given, desks["lat"], places["lat"].to_numpy()[chosen]),
        lon=np.where(is_given, desks["lon"], places["lon"].to_numpy()[chosen]),
        position_basis=pd.array(np.where(is_given, stated, basis), dtype="str"),
        landmass=_filled(places["landmass"].to_numpy()[chosen], is_given, nearest),
    )


def unplaced(rows: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return rows with given coordinates only: the others are found again at every reading."""
    is_given = rows["position_basis"] == "given"
    return rows[table.names].assign(
        lat=rows["lat"].where(is_given),
        lon=rows["lon"].where(is_given),
        position_basis=rows["position_basis"].where(is_given),
    )


def _filled(
    landmass: NDArray[np.int64], is_given: NDArray[np.bool_], nearest: NDArray[np.int64]
) -> NDArray[np.int64]:
    filled = landmass.astype(np.int64)
    filled[is_given] = nearest
    return filled


def folded_place(name: str) -> str:
    """Fold a settlement's name: case, accents, punctuation and the ways to write a saint.

    >>> folded_place("Fraz. S. Quirico"), folded_place("San Quirico"), folded_place("Sant'Andrea")
    ('s quirico', 's quirico', 's andrea')
    """
    plain = _KIND_OF_PLACE.sub("", normalised_name(name))
    return _SAINT.sub("s", plain)


def _named_places(desks: pd.DataFrame, places: pd.DataFrame) -> NDArray[np.int64]:
    """Return the row of `places` that each desk's locality names; -1 where none or several."""
    known: dict[str, dict[str, set[int]]] = {}
    own = places[places["istat_code"].isin(desks.loc[desks["locality"].notna(), "istat_code"])]
    columns = (own.index, own["istat_code"], own["place"], own["other_names"].fillna(""))
    for row, code, place, others in zip(*columns, strict=True):
        for name in (*place.split("/"), *others.split("|")):
            if folded := folded_place(name):
                known.setdefault(code, {}).setdefault(folded, set()).add(row)
    wanted = desks["istat_code"] + "|" + desks["locality"].fillna("")
    numbers, words = pd.factorize(wanted)
    found = np.array([_named_place(word, known) for word in words], dtype=np.int64)
    return found[numbers] if len(words) else np.empty(0, dtype=np.int64)


def _named_place(word: str, known: dict[str, dict[str, set[int]]]) -> int:
    code, _, locality = word.partition("|")
    folded = folded_place(locality)
    names = known.get(code, {})
    if not folded or not names:
        return -1
    rows = names.get(folded)
    if rows is None:
        found = process.extract(
            folded, list(names), scorer=fuzz.ratio, score_cutoff=ALIKE_PERCENT, limit=None
        )
        alike = [name for name, _, _ in found] or [n for n in names if _is_part(n, folded)]
        rows = {row for name in alike for row in names[name]}
    return next(iter(rows)) if len(rows) == 1 else -1


def _is_part(name: str, other: str) -> bool:
    """Whether the shorter of two names stands in the longer one, word for word."""
    shorter, longer = sorted((name, other), key=len)
    return len(shorter) >= _SHORTEST_PART and f" {shorter} " in f" {longer} "


def _nearest_places(desks: pd.DataFrame, places: pd.DataFrame) -> NDArray[np.int64]:
    """Return the landmass of the place of its own municipality that is nearest to each desk."""
    landmass = np.zeros(len(desks), dtype=np.int64)
    places = places[places["istat_code"].isin(desks["istat_code"])]
    of_code = places.groupby("istat_code").indices
    at = places[["lat", "lon"]].to_numpy()
    lands = places["landmass"].to_numpy()
    spots = desks[["lat", "lon"]].to_numpy()
    for code, rows in desks.groupby("istat_code").indices.items():
        own = of_code[code]
        away = at[own][None, :, :] - spots[rows][:, None, :]
        away[:, :, 1] *= np.cos(np.radians(at[own][:, 0].mean()))
        landmass[rows] = lands[own][np.argmin((away**2).sum(axis=2), axis=1)]
    return landmass
