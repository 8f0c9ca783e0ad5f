"""Our own reference tables, packaged in ``capillare/data``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from capillare.geo.errors import SourceError
from capillare.geo.schema import REGISTRY_TABLES, Table
from capillare.geo.sources.records import SourceRecord, checksum

DATA_FOLDER = Path(__file__).parents[2] / "data"


def reference_file(table: Table) -> Path:
    """Return where a packaged table lies."""
    folder = DATA_FOLDER / "registry" if table in REGISTRY_TABLES else DATA_FOLDER
    return folder / f"{table.name}.csv"


def read_table(table: Table) -> pd.DataFrame:
    """Read a packaged table, typed and checked against its declaration.

    Raises
    ------
    SourceError
        If the packaged file is absent.
    DataError
        If it breaks its declaration.
    """
    path = reference_file(table)
    if not path.is_file():
        raise SourceError(f"{path.name}: not in the package. Reinstall capillare.")
    text = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    return table.check(from_text(text, table))


def from_text(text: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Turn a frame of canonical text (dot decimals, ISO dates, true/false) into the table's kinds.

    Raises
    ------
    ValueError
        If a cell is not a canonical spelling of its kind.
    """
    frame = text.copy()
    for column in table.columns:
        if column.name not in frame:
            continue
        cells = frame[column.name]
        if column.kind in {"integer", "number"}:
            frame[column.name] = pd.to_numeric(cells)
        elif column.kind == "flag":
            frame[column.name] = cells.map({"true": True, "false": False}).astype("boolean")
    return frame


def reference_record(table: Table, name: str, licence: str) -> SourceRecord:
    """Say what a packaged table is, for summary and pages."""
    path = reference_file(table)
    return SourceRecord(name=name, date="2026-11-21", licence=licence, sha256=checksum(path))
