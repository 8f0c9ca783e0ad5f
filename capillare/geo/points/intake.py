"""A user's files become the registry's tables: recognised, read cell by cell, held together."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import DataError
from capillare.geo.points.cells import EXCEL_ERRORS, Reading, reader_of
from capillare.geo.points.choices import folded
from capillare.geo.points.headers import Recognised, closest_table, recognise, refuse_citizens
from capillare.geo.points.rows import Rows, fault_frame
from capillare.geo.schema import (
    APPLICATION_MUNICIPALITIES,
    APPLICATION_SEATS,
    APPLICATIONS,
    DESKS,
    ENTITIES,
    ENTITY_MEMBERS,
    POINTS,
    PROGRESS,
    REGISTRY_TABLES,
    STOPS,
    VANS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pandas.api.extensions import ExtensionDtype

    from capillare.geo.points.codes import CodeBook
    from capillare.geo.schema import Column, Table
    from capillare.geo.sources.files import RawTable

# A spreadsheet takes a cell that starts with one of these for a formula: an apostrophe before it
# is the mark that exports put there, and is taken off.
_NEUTRALISED = r"^'('*[=+\-@\t\r＝＋－＠])"

# Child table, its column, parent table: in this order a refused parent refuses its children.
_LINKS = (
    (ENTITY_MEMBERS, "entity_id", ENTITIES),
    (APPLICATIONS, "entity_id", ENTITIES),
    (APPLICATION_MUNICIPALITIES, "application_id", APPLICATIONS),
    (APPLICATION_SEATS, "application_id", APPLICATIONS),
    (POINTS, "entity_id", ENTITIES),
    (POINTS, "application_id", APPLICATIONS),
    (DESKS, "point_id", POINTS),
    (STOPS, "desk_id", DESKS),
    (PROGRESS, "point_id", POINTS),
)
# A municipality that merged into another stands twice in these: that is no fault.
_MEMBERSHIPS = (ENTITY_MEMBERS, APPLICATION_MUNICIPALITIES)


def take_in(raws: Sequence[RawTable], codes: CodeBook) -> tuple[dict[str, Rows], pd.DataFrame]:
    """Read raw tables into the registry's tables.

    Returns
    -------
    Rows of each recognised table by its name, cells in their kind, keys unique and links whole;
    and the faults of files and lines that became no row.

    Raises
    ------
    DataError
        If data about citizens is there, or no file is a table of the registry.
    """
    refuse_citizens(raws)
    found = [recognise(raw) for raw in raws if not raw.frame.columns.empty]
    usable = [entry for entry in found if entry.is_usable]
    if not usable:
        raise DataError("\n".join(_refusal(entry) for entry in found))
    tables = {
        table.name: _read_rows(table, [entry for entry in usable if entry.table is table], codes)
        for table in REGISTRY_TABLES
        if any(entry.table is table for entry in usable)
    }
    for child, column, parent in _LINKS:
        if child.name in tables and parent.name in tables:
            _check_link(tables[child.name], column, tables[parent.name])
    return tables, _file_faults(raws, found)


def _refusal(entry: Recognised) -> str:
    title = entry.raw.title
    if entry.table is None:
        return (
            f"{title}: no table of the registry; the closest is {closest_table(entry.raw).name}. "
            "Name its columns as in the data dictionary."
        )
    if entry.table is VANS:
        return f"{title}: a table of vans, no table of the registry. Give it with --vans."
    n_absent = len(entry.absent)
    return (
        f"{title}: a table {entry.table.name} without {n_absent} needed "
        f"column{'s' if n_absent > 1 else ''}, {', '.join(entry.absent)}. Add "
        f"{'them' if n_absent > 1 else 'it'}."
    )


def _file_faults(raws: Sequence[RawTable], found: Sequence[Recognised]) -> pd.DataFrame:
    """Return lines that became no row, files that are no table, and how files were read."""
    entries: list[tuple[str, int, str, str, str, str, bool]] = []
    for raw in raws:
        entries += [(raw.title, 0, "", "", note, "", False) for note in raw.notes]
        entries += [
            (raw.title, fault.line, "", fault.found, fault.problem, fault.what_to_do, True)
            for fault in raw.faults
        ]
    for entry in found:
        entries += _header_faults(entry)
    return fault_frame(entries)


def _header_faults(entry: Recognised) -> list[tuple[str, int, str, str, str, str, bool]]:
    title, table = entry.raw.title, entry.table
    if table is None:
        closest = closest_table(entry.raw).name
        problem = f"nessuna tabella del registro ha queste colonne; la più simile è {closest}"
        is_sheet = entry.raw.sheet is not None
        remedy = "Usa i nomi delle colonne del dizionario dei dati, o togli il file."
        return [(title, 0, "", "", problem, "" if is_sheet else remedy, not is_sheet)]
    if table is VANS:
        problem = "tabella di furgoni, che non è del registro: dalla con --vans"
        return [(title, 0, "", "", problem, "", False)]
    if entry.absent:
        absent = ", ".join(entry.absent)
        problem = f"tabella {table.name} senza colonne necessarie: {absent}"
        return [(title, 1, "", "", problem, "Aggiungi le colonne.", True)]
    left_aside = [str(name) for name in entry.raw.frame if str(name) not in entry.names]
    return [
        (title, 1, name, "", f"colonna non prevista, ignorata{_perhaps(name, table)}", "", False)
        for name in left_aside
    ]


def _perhaps(name: str, table: Table) -> str:
    close = difflib.get_close_matches(folded(name), table.names, n=1)
    return f" (intendevi {close[0]}?)" if close else ""


def _read_rows(table: Table, entries: Sequence[Recognised], codes: CodeBook) -> Rows:
    rows = Rows.of(table, [(entry.raw, entry.names) for entry in entries])
    for column in table.columns:
        if column.name in rows.frame:
            rows.frame[column.name] = _read_column(rows, column, codes)
    _check_keys(rows)
    rows.frame = _with_absent(rows.frame, table)
    return rows


def _read_column(rows: Rows, column: Column, codes: CodeBook) -> pd.Series:
    """Return a column in its kind, missing where blank or refused; faults and notes are kept."""
    typed = rows.frame[column.name]
    text = typed.str.replace(_NEUTRALISED, r"\1", regex=True)
    rows.note((text != typed).to_numpy(), column.name, typed, "apostrofo iniziale tolto")
    text = text.str.strip()
    is_blank = (text == "").to_numpy(dtype=bool)
    if not column.may_miss:
        rows.refuse(is_blank, column.name, text, "manca un dato necessario", "Scrivilo.")
    numbers, words = pd.factorize(text)
    reader = reader_of(column, codes)
    if reader is None and EXCEL_ERRORS.isdisjoint(word.upper() for word in words):
        return text.mask(is_blank)
    readings = [_reading(word, reader) for word in words]
    problems = _spread([reading.problem for reading in readings], numbers)
    notes = _spread([reading.note for reading in readings], numbers)
    if any(reading.problem for reading in readings):
        remedies = _spread([reading.what_to_do for reading in readings], numbers)
        rows.refuse((problems != "") & ~is_blank, column.name, text, problems, remedies)
    if any(reading.note for reading in readings):
        rows.note((notes != "") & ~is_blank, column.name, typed, notes)
    cells = pd.Series(_spread([reading.cell for reading in readings], numbers), index=text.index)
    return cells.astype(_held_dtype(column))


def _held_dtype(column: Column) -> ExtensionDtype | np.dtype[np.generic]:
    """Return the dtype while rows are read: a refused cell is missing even where none may be."""
    held = {"integer": "Int64", "number": "float64", "flag": "boolean"}
    return pd.api.types.pandas_dtype(held.get(column.kind, "str"))


def _reading(word: str, reader: object) -> Reading:
    if not word:
        return Reading(None)
    if word.upper() in EXCEL_ERRORS:
        return Reading(None, "", "errore di un foglio di calcolo", "Correggi la formula.")
    return reader(word) if callable(reader) else Reading(word)


def _spread(entries: Sequence[object], numbers: NDArray[np.intp]) -> NDArray[np.object_]:
    held = np.empty(len(entries), dtype=object)
    held[:] = entries
    return held[numbers]


def _check_keys(rows: Rows) -> None:
    """Keep the first row of each key; later ones are refused, save for memberships."""
    key = list(rows.table.key)
    keys = rows.frame[key].astype("str")
    whole = keys.notna().all(axis=1) & ~rows.is_refused
    keys = keys[whole]
    again = keys.duplicated(keep="first")
    if not again.any():
        return
    order = np.asarray(keys.index)
    group = keys.groupby(key, sort=False).ngroup().to_numpy()
    first = order[np.unique(group, return_index=True)[1]]
    repeated = order[again.to_numpy()]
    kept = first[group[again.to_numpy()]]
    is_again = np.zeros(len(rows.frame), dtype=bool)
    is_again[repeated] = True
    shown = rows.frame[key[0]].astype("str")
    for name in key[1:]:
        shown = shown + " / " + rows.frame[name].astype("str")
    column = "/".join(key)
    if rows.table in _MEMBERSHIPS:
        rows.note(is_again, column, shown, "comune già presente, contato una volta")
        rows.is_refused = rows.is_refused | is_again
        return
    problems = np.full(len(rows.frame), "", dtype=object)
    problems[repeated] = [
        f"già usato, si tiene la riga {rows.line[row]}"
        + (f" di {rows.file[row]}" if rows.file[row] != rows.file[later] else "")
        for row, later in zip(kept, repeated, strict=True)
    ]
    rows.refuse(is_again, column, shown, problems, "Dai a ogni riga un codice diverso.")


def _check_link(child: Rows, column: str, parent: Rows) -> None:
    """Refuse rows that name a parent that is not there, or was refused."""
    named = child.frame[column]
    there = parent.frame[column]
    is_absent = (named.notna() & ~named.isin(parent.kept[column])).to_numpy(dtype=bool)
    is_orphan = is_absent & ~child.is_refused
    was_refused = named.isin(there).to_numpy(dtype=bool)
    problems = np.where(
        was_refused,
        f"la sua riga in {parent.table.name} è stata rifiutata",
        f"non c'è nella tabella {parent.table.name}",
    ).astype(object)
    child.refuse(
        is_orphan, column, named, problems, f"Aggiungilo o correggilo in {parent.table.name}."
    )


def _with_absent(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return `frame` with every declared column, the absent ones missing throughout."""
    absent = {
        column.name: pd.Series(None, index=frame.index, dtype="object").astype(_held_dtype(column))
        for column in table.columns
        if column.name not in frame
    }
    return frame.assign(**absent)[table.names]
