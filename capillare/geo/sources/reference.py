"""Our own reference tables, packaged in ``capillare/data``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from capillare.geo.errors import SourceError
from capillare.geo.schema import DESKS, REGISTRY_TABLES, Table
from capillare.geo.sources.records import SourceRecord, checksum

REGISTRY_RECORD = "Registro "
"""How the name of a registry's record begins."""

DATA_FOLDER = Path(__file__).parents[2] / "data"


def reference_file(table: Table) -> Path:
    """Return where a packaged table lies."""
    folder = DATA_FOLDER / "registry" if table in REGISTRY_TABLES else DATA_FOLDER
    return folder / f"{table.name}.csv"


def read_table(table: Table) -> pd.DataFrame:
    """Read a packaged table, typed and checked against its declaration.

    A file is read once as long as it stays the same: what is returned is the caller's own.

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
    return _read(table, path, path.stat().st_mtime_ns).copy()


@lru_cache(maxsize=64)
def _read(table: Table, path: Path, _changed_ns: int) -> pd.DataFrame:
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


def registry_records(registry: Path | None) -> list[SourceRecord]:
    """Say which registry was read: the packaged tables, or each file a user gave."""
    if registry is None:
        return [
            SourceRecord(
                name=REGISTRY_RECORD
                + "dei punti e degli sportelli, da pagine pubbliche (parziale)",
                date="2026-11-21",
                licence="fatti pubblici, fonte per riga",
                sha256=checksum(reference_file(DESKS)),
            )
        ]
    files = [registry] if registry.is_file() else sorted(registry.glob("*.csv"))
    return [
        SourceRecord(
            f"{REGISTRY_RECORD}dell'utente: {file.name}", "", "dell'utente", checksum(file)
        )
        for file in files
    ]
