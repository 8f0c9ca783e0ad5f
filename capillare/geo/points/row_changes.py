"""Rows of a registry as canonical text, and what changes between two states of them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.errors import DataError, named_rows
from capillare.geo.schema import REGISTRY_TABLES, Table
from capillare.geo.schema.changes import ROW_CHANGES
from capillare.geo.schema.csv_text import as_typed, plain_text
from capillare.geo.sources.reference import from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from capillare.geo.points.scope import Tables

Key = tuple[str, ...]
Cells = dict[str, str]
"""A row by column, as it is written; what is missing is left out."""

Rows = dict[str, dict[Key, Cells]]
"""Rows by table and key."""

_TABLES = {table.name: table for table in REGISTRY_TABLES}


@dataclass(frozen=True)
class RowChange:
    """One row that is added (`before` is None), removed (`after` is None) or changed."""

    table: str
    key: Key
    before: Cells | None
    after: Cells | None

    @property
    def kind(self) -> str:
        """One of new, changed, gone."""
        if self.before is None:
            return "new"
        return "gone" if self.after is None else "changed"

    @property
    def name(self) -> str:
        """How the row is called in a sentence."""
        return f"{self.table}/{'/'.join(self.key)}"

    def reversed(self) -> RowChange:
        """Return the change that takes this one back."""
        return RowChange(self.table, self.key, self.after, self.before)


def rows_of(frame: pd.DataFrame, table: Table) -> dict[Key, Cells]:
    """Write the rows of a frame as canonical text, by key.

    Raises
    ------
    DataError
        If a row breaks the table's declaration.
    """
    text = plain_text(table.check(frame), table).astype("object")
    rows: list[dict[Any, Any]] = text.where(text.notna(), None).to_dict("records")
    written = [
        {str(name): str(cell) for name, cell in row.items() if cell is not None} for row in rows
    ]
    return {tuple(cells[name] for name in table.key): cells for cells in written}


def row_changes(before: Tables, after: Tables) -> list[RowChange]:
    """List what changes between two registries, table by table, then by key.

    Parameters
    ----------
    before, after
        Tables by name; where a table is in `after` only partly or not at all, give it whole or
        leave it out: one that is left out does not change.
    """
    changes = []
    for name, table in _TABLES.items():
        if name not in after:
            continue
        old, new = rows_of(before[name], table), rows_of(after[name], table)
        changes += [
            RowChange(name, key, old.get(key), new.get(key))
            for key in sorted(old.keys() | new.keys())
            if old.get(key) != new.get(key)
        ]
    return changes


def cell_changes(changes: Iterable[RowChange]) -> pd.DataFrame:
    """List changes cell by cell.

    Returns
    -------
    Table ``row_changes``, in the order of `changes`, columns as their tables declare them.
    """
    cells = [
        {
            "change": change.kind,
            "table": change.table,
            "row": "/".join(change.key),
            "column": column,
            "before": (change.before or {}).get(column),
            "after": (change.after or {}).get(column),
        }
        for change in changes
        for column in _TABLES[change.table].names
        if (change.before or {}).get(column) != (change.after or {}).get(column)
    ]
    return ROW_CHANGES.check(pd.DataFrame(cells, columns=ROW_CHANGES.names))


def read_rows(folder: Path) -> Rows:
    """Read a registry that was written by the product, cell by cell as it stands.

    Raises
    ------
    DataError
        If a file is not one of the registry's in its canonical form.
    """
    rows: Rows = {}
    for file in sorted(folder.glob("*.csv")):
        table = _TABLES.get(file.stem)
        if table is None:
            raise DataError(f"{file.name}: no table of the registry. Move it elsewhere.")
        rows[table.name] = _read_table_rows(file, table)
    return rows


def _read_table_rows(file: Path, table: Table) -> dict[Key, Cells]:
    with file.open(encoding="utf-8", newline="") as stream:
        lines = csv.DictReader(stream, strict=True)
        header = list(lines.fieldnames or ())
        if not table.required_names <= set(header) <= set(table.names):
            raise DataError(
                f"{file.name}: not as the product writes it. Make a registry of it with "
                "`capillare registry import`, or write its columns as in the data dictionary."
            )
        found = [
            {name: as_typed(cell) for name, cell in line.items() if isinstance(cell, str) and cell}
            for line in lines
        ]
    keyless = [
        number for number, cells in enumerate(found, start=2) if not set(table.key) <= set(cells)
    ]
    if keyless:
        raise DataError(f"{file.name}: no {'/'.join(table.key)} in {named_rows(keyless)}.")
    return {tuple(cells[name] for name in table.key): cells for cells in found}


def changed_rows(rows: Mapping[str, Mapping[Key, Cells]], changes: Iterable[RowChange]) -> Rows:
    """Return rows with changes made; those already made stay as they are.

    Raises
    ------
    DataError
        If a row is no longer as it was when its change was thought of: nothing is changed.
    """
    new: Rows = {name: dict(table) for name, table in rows.items()}
    stale = []
    for change in changes:
        table = new.setdefault(change.table, {})
        now = table.get(change.key)
        if now == change.after:
            continue
        if now != change.before:
            stale.append(change.name)
        elif change.after is None:
            del table[change.key]
        else:
            table[change.key] = change.after
    if stale:
        raise DataError(
            f"registry: {named_rows(stale)} no longer as read: somebody changed it meanwhile. "
            "Read the registry again."
        )
    return new


def frame_of(rows: Mapping[Key, Cells], table: Table) -> pd.DataFrame:
    """Turn rows of canonical text into the table, sorted by key.

    Raises
    ------
    DataError
        If a row breaks the table's declaration.
    """
    cells = [rows[key] for key in sorted(rows)]
    text = pd.DataFrame(cells, columns=table.names, dtype="str")
    try:
        return table.check(from_text(text, table))
    except ValueError as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(f"{table.name}: {fault}. Correct the cell.") from fault
