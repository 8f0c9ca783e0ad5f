"""Small tables of the registry's page: faults of a file, cells that a change touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.numerals import number
from capillare.geo.points.row_changes import cell_changes
from capillare.geo.schema import REGISTRY_TABLES, Column, Table
from capillare.geo.schema.changes import ROW_CHANGES
from capillare.views.grids import show_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from capillare.geo.points.row_changes import RowChange

_FAULTS = Table(
    "faults",
    "A cell that was refused or read in another form",
    "Righe da correggere",
    ("file", "line", "column"),
    (
        Column("file", "text", "File, and sheet", "File"),
        Column("line", "integer", "Line of the file", "Riga"),
        Column("column", "text", "Column", "Colonna"),
        Column("value", "text", "As typed", "Scritto"),
        Column("problem", "text", "What is wrong, or how it was read", "Che cosa"),
        Column("what_to_do", "text", "How to mend it", "Che fare"),
    ),
)
_TITLES = {
    column.name: column.title_it for table in REGISTRY_TABLES for column in table.columns
} | {table.name: table.title_it for table in REGISTRY_TABLES}


def in_italian(names: pd.Series) -> pd.Series:
    """Name tables and columns of the registry as people know them."""
    return names.map(_TITLES).fillna(names)


def show_faults(faults: pd.DataFrame, *, key: str) -> None:
    """Show refused rows, and behind a fold how others were read."""
    refused = faults[faults["is_refused"]]
    notes = faults[~faults["is_refused"]]
    if len(refused):
        n_rows = len(refused[["file", "line"]].drop_duplicates())
        st.error(f"Righe rifiutate: {number(n_rows)}. Correggile nel file e caricalo di nuovo.")
        _grid(refused, f"{key}_refused", "Righe rifiutate, con il perché")
    if len(notes):
        with st.expander(f"Lette in altra forma, o da guardare ({number(len(notes))})"):
            _grid(notes, f"{key}_notes", "Celle lette in altra forma")


def _grid(faults: pd.DataFrame, key: str, description: str) -> None:
    show_grid(faults, _FAULTS, _FAULTS.names, key=key, description=description, height=None)


def show_row_changes(changes: Sequence[RowChange], *, key: str) -> None:
    """Show the cells that changes touch, with tables and columns under their Italian names."""
    cells = cell_changes(changes)
    cells = cells.assign(table=in_italian(cells["table"]), column=in_italian(cells["column"]))
    show_grid(
        cells,
        ROW_CHANGES,
        ("change", "table", "row", "column", "before", "after"),
        key=key,
        description="Celle cambiate, prima e dopo",
    )
