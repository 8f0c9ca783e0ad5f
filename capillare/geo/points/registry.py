"""The registry of points and desks: the packaged one, or a user's own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.points.bundles import refuse_broken_bundles
from capillare.geo.points.codes import CodeBook
from capillare.geo.points.intake import take_in
from capillare.geo.points.nearby import alike_desks
from capillare.geo.points.placing import check_positions, placed
from capillare.geo.points.rows import fault_frame
from capillare.geo.points.scope import cut_to
from capillare.geo.points.stated_hours import read_stated_hours, with_canonical_hours
from capillare.geo.points.stop_rows import at_their_places, check_stops
from capillare.geo.schema import (
    APPLICATION_SEATS,
    APPLICATIONS,
    CALLS,
    CANDIDATES,
    DESKS,
    ENTITIES,
    FIGURES,
    LINEAGE,
    POINTS,
    REGISTRY_TABLES,
    SERVICES,
    STOPS,
    VENUES,
)
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.files import read_raw
from capillare.geo.sources.reference import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.places import Territory
    from capillare.geo.points.rows import Rows
    from capillare.geo.points.scope import Tables

PACKAGED_NAME = "registro incluso"
_PROGRAMME_TABLES = (SERVICES, CALLS, FIGURES)


@dataclass(frozen=True)
class Registry:
    """Every table of the registry, in kinds and checked, and what was found on the way in.

    Attributes
    ----------
    desks
        Table ``desks``, placed (``lat``, ``lon``, ``position_basis`` filled, ``landmass``
        behind), hours in the OSM grammar, ``hours_basis`` filled.
    stops, application_seats, candidates
        Their tables, placed like desks.
    faults
        Cells refused or read in another form; see `fault_frame`.
    name
        What it is, in Italian.
    caveats
        What was left out of it, in Italian.
    """

    entities: pd.DataFrame
    entity_members: pd.DataFrame
    applications: pd.DataFrame
    application_municipalities: pd.DataFrame
    application_seats: pd.DataFrame
    points: pd.DataFrame
    desks: pd.DataFrame
    stops: pd.DataFrame
    progress: pd.DataFrame
    services: pd.DataFrame
    venues: pd.DataFrame
    candidates: pd.DataFrame
    calls: pd.DataFrame
    figures: pd.DataFrame
    faults: pd.DataFrame = field(default_factory=fault_frame)
    name: str = PACKAGED_NAME
    caveats: tuple[str, ...] = ()


def read_registry(path: Path | None, territory: Territory) -> Registry:
    """Read a registry, its desks placed and its tables cut to a territory.

    Parameters
    ----------
    path
        Folder of CSV files, one CSV or one XLSX; None for the packaged registry. A user's
        registry replaces the packaged one whole, save for services, calls and figures, which
        belong to the programme and stay where the user gives none. Where a table is not given,
        links to it are not checked; where it is, rows that name what it lacks are refused.

    Raises
    ------
    SourceError, DataError
        If nothing can be read, or the files hold data about citizens.
    """
    if path is None:
        tables = {table.name: read_table(table) for table in REGISTRY_TABLES}
        tables["desks"] = with_canonical_hours(tables["desks"])
        return _in_territory(tables, territory, fault_frame(), PACKAGED_NAME)
    known = {*territory.municipalities["istat_code"], *read_boundaries()["istat_code"]}
    rows, faults = take_in(read_raw(path), CodeBook.of(known, read_table(LINEAGE)))
    if DESKS.name in rows:
        check_positions(rows[DESKS.name], territory)
    if STOPS.name in rows:
        check_positions(rows[STOPS.name], territory)
        check_stops(rows[STOPS.name], rows.get(DESKS.name), territory)
    for table in (CANDIDATES, VENUES, APPLICATION_SEATS):
        if table.name in rows:
            check_positions(rows[table.name], territory)
    if APPLICATION_SEATS.name in rows:
        refuse_broken_bundles(rows[APPLICATION_SEATS.name])
    for taken in rows.values():
        if "opening_hours" in taken.frame:
            read_stated_hours(taken)
    tables = {
        table.name: table.check(rows[table.name].kept)
        if table.name in rows
        else (read_table(table) if table in _PROGRAMME_TABLES else table.empty())
        for table in REGISTRY_TABLES
    }
    tables, stood_in = _with_stand_ins(tables, set(rows))
    said = [(path.name, 0, "", "", sentence, "", False) for sentence in stood_in]
    found = [faults, fault_frame(said), *(taken.faults for taken in rows.values())]
    registry = _in_territory(tables, territory, pd.concat(found, ignore_index=True), path.name)
    return _with_alike(registry, rows[DESKS.name]) if DESKS.name in rows else registry


def _with_stand_ins(tables: Tables, given: set[str]) -> tuple[Tables, list[str]]:
    """Let tables stand alone: bodies that are only named get a row, unknown applications go.

    A desk whose point's table is not given keeps the point's id, and is judged by its own status.
    """
    tables, said = dict(tables), []
    points = tables["points"]
    if POINTS.name in given and ENTITIES.name not in given and len(points):
        named = points["entity_id"].drop_duplicates().reset_index(drop=True)
        bodies = pd.DataFrame({"entity_id": named, "entity": named, "entity_kind": "other"})
        tables["entities"] = ENTITIES.check(bodies)
        said.append("tabella entities non data: degli enti si conosce solo il codice")
    if APPLICATIONS.name not in given and points["application_id"].notna().any():
        tables["points"] = POINTS.check(points.assign(application_id=None))
        said.append("tabella applications non data: le domande dei punti non sono considerate")
    if POINTS.name not in given and tables["desks"]["point_id"].notna().any():
        said.append("tabella points non data: degli sportelli vale il loro stato, senza punto")
    return tables, said


def _in_territory(
    tables: Tables, territory: Territory, faults: pd.DataFrame, name: str
) -> Registry:
    cut, caveats = cut_to(tables, territory)
    cut["desks"] = placed(cut["desks"], territory)
    for seats in (APPLICATION_SEATS.name, CANDIDATES.name):
        cut[seats] = placed(cut[seats], territory)
    cut["stops"] = placed(at_their_places(cut["stops"], territory), territory)
    if name != PACKAGED_NAME:
        said = [(name, 0, "", "", sentence.rstrip("."), "", False) for sentence in caveats]
        faults = pd.concat([faults, fault_frame(said)], ignore_index=True)
    return Registry(**cut, faults=faults, name=name, caveats=caveats)


def _with_alike(registry: Registry, rows: Rows) -> Registry:
    """Add a note for each desk that may be another one over again."""
    pairs = alike_desks(registry.desks)
    ids = rows.frame["desk_id"].where(~rows.is_refused).to_numpy(dtype=object)
    row_of = {desk_id: row for row, desk_id in enumerate(ids)}
    desk_ids = registry.desks["desk_id"].to_numpy(dtype=object)
    names = registry.desks["name"].to_numpy(dtype=object)
    remedy = "Se lo è, togli una delle due righe."
    entries = []
    for first, second in pairs.itertuples(index=False, name=None):
        row, other = row_of[desk_ids[second]], row_of[desk_ids[first]]
        problem = (
            f"nome e luogo come {desk_ids[first]}, riga {rows.line[other]}: "
            "forse è lo stesso sportello"
        )
        where = rows.file[row], int(rows.line[row]), "name", names[second]
        entries.append((*where, problem, remedy, False))
    faults = pd.concat([registry.faults, fault_frame(entries)], ignore_index=True)
    return replace(registry, faults=faults)
