"""A published list of desks held against the registry; accepted, it makes a new registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from capillare.geo.errors import DataError, SourceError
from capillare.geo.places import normalised_name
from capillare.geo.points.changes import compare_desks
from capillare.geo.points.codes import CodeBook
from capillare.geo.points.headers import refuse_citizens
from capillare.geo.points.intake import take_in
from capillare.geo.points.mapping import MUNICIPALITY, ListMapping, mapped
from capillare.geo.points.placing import check_positions, placed
from capillare.geo.points.stated_hours import read_stated_hours
from capillare.geo.points.whole import whole_tables
from capillare.geo.schema import DESKS, LINEAGE
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.features import read_features
from capillare.geo.sources.files import RawTable, read_raw
from capillare.geo.sources.reference import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.places import Territory
    from capillare.geo.points.registry import Registry
    from capillare.geo.points.rows import Rows
    from capillare.geo.points.scope import Tables

MAX_LISTED = 20_000
"""Desks that a list may hold: no country has as many, and each is looked for among all others."""

Gone = Literal["keep", "close"]
_GEOJSON_ENDINGS = (".geojson", ".json")


@dataclass(frozen=True)
class ListedDesks:
    """A published list, read and held against the registry.

    Attributes
    ----------
    desks
        Table ``desks``, as the list has it, not placed.
    changes
        Table ``changes``.
    faults
        Cells refused or read in another form.
    n_same
        Desks of the list that are in the registry as they are.
    mapping
        How it was read.
    """

    desks: pd.DataFrame
    changes: pd.DataFrame
    faults: pd.DataFrame
    n_same: int
    mapping: ListMapping

    @property
    def n_refused(self) -> int:
        """Rows of the list that were left out."""
        return int(self.faults["is_refused"].sum())


def read_listed_desks(
    path: Path, mapping: ListMapping, registry: Registry, territory: Territory
) -> ListedDesks:
    """Read a published list and compare it with the registry's desks of its networks.

    Desks of the registry that are closed, or whose row in the list was refused, are not gone.

    Parameters
    ----------
    path
        CSV, one-sheet XLSX, or GeoJSON (a WFS answer too).
    registry
        What it is compared with.
    territory
        Where the list's desks lie; a row elsewhere is refused.

    Raises
    ------
    SourceError
        If it cannot be read, or a mapped column is absent.
    DataError
        If it holds data about citizens.
    ConfigError
        If the CRS of its coordinates is not known.
    """
    raw, crs = read_list(path)
    codes = municipality_codes(territory)
    rows, faults = _taken_in(mapped(raw, mapping, codes, crs=crs), territory)
    rows.refuse_unknown_points(
        registry.points["point_id"], "Aggiungi il punto al registro, o non mappare point_id."
    )
    listed = DESKS.check(rows.kept)
    changes = _changes(listed, rows, mapping, registry, territory)
    is_listed = changes["change"] != "gone"
    n_same = len(listed) - changes.loc[is_listed, "listed_id"].nunique()
    found = pd.concat([faults, rows.faults], ignore_index=True)
    return ListedDesks(listed, changes, found, n_same, mapping)


def read_list(path: Path) -> tuple[RawTable, str]:
    """Read a published list as text, and the CRS that it names: empty where it names none.

    Raises
    ------
    SourceError
        If it cannot be read, is not one table, or is too long.
    DataError
        If it holds data about citizens.
    """
    if path.suffix.lower() in _GEOJSON_ENDINGS:
        raw, crs = read_features(path)
    else:
        raws = read_raw(path)
        if len(raws) != 1:
            raise SourceError(
                f"{path.name}: {len(raws)} tables, one is needed. Give the list alone."
            )
        raw, crs = raws[0], ""
    refuse_citizens([raw])
    if len(raw.frame) > MAX_LISTED:
        raise SourceError(
            f"{raw.title}: {len(raw.frame):,} rows, a list holds at most {MAX_LISTED:,}."
        )
    return raw, crs


def municipality_codes(territory: Territory) -> dict[str, str]:
    """Return the code of each municipality whose name no other has; old names too."""
    lineage = read_table(LINEAGE)
    names = {
        "now": (territory.municipalities["municipality"], territory.municipalities["istat_code"]),
        "then": (lineage["old_municipality"], lineage["old_istat_code"]),
    }
    codes: dict[str, str] = {}
    for of_a_time in ("then", "now"):
        folded = names[of_a_time][0].map(normalised_name)
        is_alone = ~folded.duplicated(keep=False)
        codes |= dict(zip(folded[is_alone], names[of_a_time][1][is_alone], strict=True))
    return codes


def _taken_in(raw: RawTable, territory: Territory) -> tuple[Rows, pd.DataFrame]:
    known = {*territory.municipalities["istat_code"], *read_boundaries()["istat_code"]}
    tables, faults = take_in([raw], CodeBook.of(known, read_table(LINEAGE)))
    rows = tables[DESKS.name]
    check_positions(rows, territory)
    read_stated_hours(rows)
    code = rows.frame["istat_code"]
    is_elsewhere = (code.notna() & ~code.isin(territory.municipalities["istat_code"])).to_numpy()
    rows.refuse(
        is_elsewhere & ~rows.is_refused,
        "istat_code",
        code,
        "comune fuori dal territorio scelto",
        "Scegli la regione dell'elenco con --region.",
    )
    return rows, faults


def _changes(
    listed: pd.DataFrame,
    rows: Rows,
    mapping: ListMapping,
    registry: Registry,
    territory: Territory,
) -> pd.DataFrame:
    desks = registry.desks
    is_here = desks["istat_code"].isin(territory.municipalities["istat_code"])
    networks = set(rows.frame["network"].dropna())
    ids = set(listed["desk_id"])
    # A desk of another network may still be the one that the list names by its id.
    present = desks[is_here & (desks["network"].isin(networks) | desks["desk_id"].isin(ids))]
    closed = present.loc[present["status"] == "closed", "desk_id"]
    refused = rows.frame.loc[rows.is_refused, "desk_id"].dropna()
    stated = set(mapping.stated) | ({"istat_code"} if MUNICIPALITY in mapping.stated else set())
    stated |= {"lat", "lon"} if rows.frame["lat"].notna().any() else set()
    return compare_desks(
        present, placed(listed, territory), stated=stated, not_gone={*closed, *refused}
    )


def accepted_tables(registry: Registry, listed: ListedDesks, *, gone: Gone = "keep") -> Tables:
    """Return the tables of a new registry in which a list's changes are taken over.

    Changed fields take the list's cell, and their rows its source and date; new desks come with
    the list's cells; desks gone stay as they are, or become closed with a note.

    Parameters
    ----------
    registry
        The whole registry, cut to no territory.

    Raises
    ------
    DataError
        If the registry was not read whole, or desks would be closed though rows were refused.
    """
    tables = whole_tables(registry)
    if gone == "close" and listed.n_refused:
        raise DataError(
            f"{listed.n_refused} rows of the list are refused: desks that seem gone may be theirs. "
            "Correct the list or its mapping, or leave --gone close out."
        )
    desks = tables[DESKS.name].set_index("desk_id", drop=False)
    by_listed = listed.desks.set_index("desk_id", drop=False)
    changes = listed.changes
    for column, rows in changes[changes["change"] == "changed"].groupby("column"):
        name = str(column)
        cells = by_listed[name].reindex(rows["listed_id"]).set_axis(rows["desk_id"])
        is_changed = desks.index.isin(rows["desk_id"])
        desks[name] = desks[name].mask(is_changed, cells.reindex(desks.index))
        desks["source"] = desks["source"].mask(is_changed, listed.mapping.source)
        desks["source_date"] = desks["source_date"].mask(is_changed, listed.mapping.source_date)
    if gone == "close":
        is_gone = desks.index.isin(changes.loc[changes["change"] == "gone", "desk_id"])
        remark = f"Assente dall'elenco {listed.mapping.source} ({listed.mapping.source_date})"
        noted = (desks["note"].fillna("") + "; " + remark).str.removeprefix("; ")
        desks["status"] = desks["status"].mask(is_gone, "closed")
        desks["note"] = desks["note"].mask(is_gone, noted)
    new = by_listed.loc[changes.loc[changes["change"] == "new", "desk_id"]]
    joined = pd.concat([desks, new], ignore_index=True).sort_values("desk_id", ignore_index=True)
    return tables | {DESKS.name: DESKS.check(joined[DESKS.names])}
