"""People: residents by municipality, spread over places so that everyone is counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.errors import ConfigError
from capillare.geo.places import Territory, find_settlements
from capillare.geo.residents import find_residents, spread_whole
from capillare.geo.schema import MUNICIPALITIES, PLACES
from capillare.geo.sources.embedded import read_boundaries, read_residents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

ALL_REGIONS = "all"
_MAX_NAMED = 8


def read_territory(region: str = "09", official: Path | None = None) -> Territory:
    """Read a region's municipalities and places with their people.

    Parameters
    ----------
    region
        Two-digit ISTAT region code, or ``all`` for Italy.
    official
        Folder of official files: newer residents there win over the embedded ones.

    Raises
    ------
    ConfigError
        If there is no such region; the codes are listed.
    SourceError, DataError
        If an official file is not in its published layout, or its codes cannot be joined.
    """
    boundaries = read_boundaries()
    known = boundaries.drop_duplicates("region_code").sort_values("region_code")
    if region not in {*known["region_code"], ALL_REGIONS}:
        listed = ", ".join(f"{r.region_code} {r.region}" for r in known.itertuples())
        raise ConfigError(f"region {region!r}: unknown. Choose all or one of: {listed}.")
    if region != ALL_REGIONS:
        boundaries = boundaries[boundaries["region_code"] == region]
    residents = find_residents(official, codes=frozenset(boundaries["istat_code"]))
    people = boundaries.merge(residents.people, on="istat_code", how="left", validate="one_to_one")
    unpeopled = people.loc[people["residents"].isna(), "municipality"]
    people = people.dropna(subset=["residents"]).reset_index(drop=True)
    places = find_settlements()
    places = places[places["istat_code"].isin(people["istat_code"])].reset_index(drop=True)
    chiefs = places[places["is_chief_town"]].set_index("istat_code").loc[people["istat_code"]]
    people["chief_town"] = chiefs["place"].to_numpy()
    people["chief_town_basis"] = chiefs["chief_town_basis"].to_numpy()
    people["lat"], people["lon"] = chiefs["lat"].to_numpy(), chiefs["lon"].to_numpy()
    return Territory(
        region=region,
        municipalities=MUNICIPALITIES.check(people),
        places=PLACES.check(spread_people(places, people)[PLACES.names]),
        caveats=(*_caveats(people, unpeopled, region), *residents.caveats),
    )


def spread_people(places: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Spread each municipality's people over its places, in proportion to ``listed_people``.

    Minors, adults under 65 and people over 65 are spread apart, by largest remainders, so that in
    every place over65 <= adults <= residents and each municipality's sums equal ISTAT's to the
    unit. Ties of remainders go to the earlier ``place_id``.

    Parameters
    ----------
    places
        With ``istat_code``, ``place_id`` and ``listed_people``; every municipality has a place.
    municipalities
        With ``istat_code``, ``residents``, ``adults``, ``over65``.

    Returns
    -------
    `places` with ``residents``, ``adults``, ``over65``.
    """
    by_code = municipalities.set_index("istat_code")
    code, group = np.unique(places["istat_code"].to_numpy(dtype=str), return_inverse=True)
    totals = by_code.loc[code]
    weight = places["listed_people"].to_numpy(dtype=np.float64)
    weight = np.where(np.bincount(group, weight)[group] > 0, weight, 1.0)
    over65 = spread_whole(totals["over65"].to_numpy(), weight, group)
    younger = spread_whole((totals["adults"] - totals["over65"]).to_numpy(), weight, group)
    minors = spread_whole((totals["residents"] - totals["adults"]).to_numpy(), weight, group)
    return places.assign(
        residents=over65 + younger + minors, adults=over65 + younger, over65=over65
    )


def _caveats(people: pd.DataFrame, unpeopled: Iterable[str], region: str) -> tuple[str, ...]:
    without = people.loc[people["chief_town_basis"] == "representative_point", "municipality"]
    repaired = people.loc[people["is_repaired"], "municipality"]
    sentences = [
        (unpeopled, "con un confine ma senza popolazione ISTAT, fuori dai conti"),
        (without, "senza una località nota: i residenti stanno in un punto interno al confine"),
        (repaired, "dal confine non valido, riparato"),
    ]
    if region == ALL_REGIONS:
        boundary_codes = set(read_boundaries()["istat_code"])
        residents = read_residents()
        orphans = residents[~residents["istat_code"].isin(boundary_codes)]
        sentences.append(
            (orphans["istat_code"], "con popolazione ma senza confine, fuori dai conti")
        )
    return tuple(
        f"{len(names)} {'comune' if len(names) == 1 else 'comuni'} {what}: "
        f"{', '.join(names[:_MAX_NAMED])}" + (" …" if len(names) > _MAX_NAMED else "") + "."
        for listed, what in sentences
        if (names := sorted(listed))
    )
