"""Small tables that analysts bring to the command line, read whole or refused whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import DataError, named_rows
from capillare.geo.sources.files import read_raw

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.schema import Column, Table
    from capillare.geo.sources.files import RawTable


def read_exchange(path: Path, table: Table) -> pd.DataFrame:
    """Read one CSV or one-sheet XLSX as a declared table.

    Nothing is guessed and nothing is dropped: a model over part of the rows would answer another
    question, so one bad cell refuses the file.

    Raises
    ------
    SourceError
        If the file cannot be read.
    DataError
        If a column is absent or cells cannot be used, with every bad line.
    """
    raws = read_raw(path)
    if len(raws) != 1:
        raise DataError(f"{path.name}: holds {len(raws)} tables, one is needed. Give one table.")
    raw = raws[0]
    text = raw.frame.rename(columns=lambda name: str(name).strip().lower())
    absent = [c.name for c in table.columns if not c.may_miss and c.name not in text]
    if absent:
        raise DataError(
            f"{path.name}: no column {', '.join(absent)} for {table.name}. "
            f"Its header must hold {', '.join(table.names)}."
        )
    faults = [f"{fault.problem} ({fault.found}), line {fault.line}" for fault in raw.faults]
    columns = {
        column.name: _cells(text[column.name], column, raw, faults)
        for column in table.columns
        if column.name in text
    }
    frame = pd.DataFrame(columns)
    repeated = frame.duplicated(list(table.key), keep="first").to_numpy()
    if repeated.any():
        key = "/".join(table.key)
        faults.append(f"{key} repeated, {_lines(raw, repeated)}")
    if faults:
        raise DataError(f"{path.name}: {'; '.join(faults)}. Correct these lines.")
    return table.check(frame)


def _cells(cells: pd.Series, column: Column, raw: RawTable, faults: list[str]) -> pd.Series:
    stripped = cells.astype("str").str.strip()
    stripped = stripped.mask(stripped == "")
    if not column.may_miss and stripped.isna().any():
        faults.append(f"{column.name} missing, {_lines(raw, stripped.isna().to_numpy())}")
    if column.kind != "number":
        bad = stripped.notna() & (~stripped.isin(column.choices) if column.choices else False)
        if np.any(bad):
            allowed = ", ".join(column.choices)
            lines = _lines(raw, np.asarray(bad, dtype=bool))
            faults.append(f"{column.name} is not one of {allowed}, {lines}")
        return stripped
    numbers = pd.to_numeric(stripped.str.replace(",", ".", regex=False), errors="coerce")
    bad = stripped.notna() & ~np.isfinite(numbers.to_numpy(dtype=np.float64))
    if column.minimum is not None:
        bad |= numbers < column.minimum
    if column.maximum is not None:
        bad |= numbers > column.maximum
    if bad.any():
        at_least = "" if column.minimum is None else f" of at least {column.minimum:g}"
        faults.append(f"{column.name} is not a number{at_least}, {_lines(raw, bad.to_numpy())}")
    return numbers


def _lines(raw: RawTable, is_bad: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    return named_rows(f"line {line}" for line in raw.lines[is_bad])
