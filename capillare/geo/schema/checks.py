"""How a frame is held against its declaration: every fault at once, each with its rows' keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from capillare.geo.errors import DataError, named_rows

if TYPE_CHECKING:
    from capillare.geo.schema.tables import Column, Table

ISO_DATE = r"\d{4}-\d{2}-\d{2}"

# Dtypes in which a cell that is at fault can be left empty while the others are looked at.
_HELD_DTYPES = {"integer": "Int64", "number": "float64", "flag": "boolean"}

_SURE_DTYPES = {"integer": ("int64", "Int64"), "flag": ("bool", "boolean")}

_KINDS = {
    "integer": "not a whole number",
    "number": "not a finite number",
    "flag": "neither true nor false",
}


@dataclass(frozen=True)
class Fault:
    """Rows of one column that break one rule."""

    column: str
    problem: str
    positions: tuple[int, ...]


def typed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` in the table's kinds and order; see `Table.typed`."""
    held, misfits = _held(table, frame)
    unfit = [
        fault
        for column in table.columns
        if column.name in held and column.kind in {"integer", "flag"}
        for fault in _missing(column, held[column.name])
    ]
    _refuse(table, held, [*misfits, *unfit])
    return _finished(table, held)


def checked(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` typed once every declared rule holds; see `Table.check`."""
    absent = [c.name for c in table.columns if not c.may_miss and c.name not in frame.columns]
    held, misfits = _held(table, frame)
    missing = [
        fault
        for column in table.columns
        if column.name in held
        for fault in _missing(column, held[column.name])
    ]
    # A cell that is not of its kind was emptied to go on: it is one fault, not two.
    at_fault = {(fault.column, position) for fault in misfits for position in fault.positions}
    faults = [
        *misfits,
        *(_without(fault, at_fault) for fault in missing),
        *_broken_rules(table, held),
    ]
    _refuse(table, held, [fault for fault in faults if fault.positions], absent)
    return _finished(table, held)


def _held(table: Table, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    held, faults = frame.copy(), []
    for column in table.columns:
        if column.name not in held.columns:
            if not column.may_miss:
                continue
            held[column.name] = None
        if column.kind == "geometry":
            continue
        cells = held[column.name]
        if _is_of_kind(column, cells):
            continue
        if column.kind in _KINDS:
            read = _as_flags(cells) if column.kind == "flag" else _as_numbers(cells, column.kind)
            faults += _fault(column.name, _KINDS[column.kind], read.isna() & cells.notna())
            cells = read
        held[column.name] = cells.astype(
            pd.api.types.pandas_dtype(_HELD_DTYPES.get(column.kind, "str"))
        )
    return held, faults


def _is_of_kind(column: Column, cells: pd.Series) -> bool:
    """Whether the dtype alone says that every cell is of its kind: nothing is to be read then."""
    if column.kind == "number":
        return cells.dtype == np.float64 and not np.isinf(cells.to_numpy()).any()
    return bool(cells.dtype in _SURE_DTYPES.get(column.kind, ("str",)))


def _as_flags(cells: pd.Series) -> pd.Series:
    return cells.where(cells.isin([True, False]))


def _as_numbers(cells: pd.Series, kind: str) -> pd.Series:
    numbers = pd.to_numeric(cells, errors="coerce")
    is_kind = np.isfinite(numbers.astype("float64"))
    if kind == "integer":
        is_kind &= numbers.astype("float64") % 1 == 0
    return numbers.where(is_kind)


def _missing(column: Column, cells: pd.Series) -> list[Fault]:
    return [] if column.may_miss else _fault(column.name, "missing", cells.isna())


def _broken_rules(table: Table, held: pd.DataFrame) -> list[Fault]:
    from pandera.errors import SchemaErrors  # noqa: PLC0415 (1.4 s to import)

    declared = [c for c in table.columns if c.kind != "geometry" and c.name in held.columns]
    key = [name for name in table.key if name in held.columns]
    rows = pd.DataFrame(held[[c.name for c in declared]]).reset_index(drop=True)
    try:
        _schema(table, declared).validate(rows, lazy=True)
    except SchemaErrors as broken:
        cases = broken.failure_cases.dropna(subset="index")
        faults = [
            Fault(str(name), str(problem), tuple(sorted({int(row) for row in group["index"]})))
            for (name, problem), group in cases.groupby(["column", "check"], sort=False)
        ]
    else:
        faults = []
    if key == list(table.key):
        faults += _fault("/".join(key), "repeated", rows.duplicated(subset=key, keep=False))
    return faults


def _schema(table: Table, columns: list[Column]) -> Any:  # noqa: ANN401 (pandera ships no types)
    import pandera.pandas as pa  # noqa: PLC0415 (1.4 s to import)

    return pa.DataFrameSchema(
        {
            c.name: pa.Column(
                checks=_rules(c),
                nullable=True,
                description=c.meaning,
                title=c.title_it,
                metadata={"unit": c.unit},
            )
            for c in columns
        },
        name=table.name,
    )


def _rules(column: Column) -> list[Any]:
    import pandera.pandas as pa  # noqa: PLC0415 (1.4 s to import)

    rules = []
    if column.minimum is not None:
        rules.append(pa.Check.ge(column.minimum, error=f"below {column.minimum:g}"))
    if column.maximum is not None:
        rules.append(pa.Check.le(column.maximum, error=f"above {column.maximum:g}"))
    if column.choices:
        rules.append(pa.Check.isin(column.choices, error=f"not one of {', '.join(column.choices)}"))
    if column.pattern:
        # \\Z and not $, which lets a final line feed through.
        pattern = re.compile(rf"(?:{column.pattern})\Z")
        rules.append(pa.Check.str_matches(pattern, error=f"not like {column.pattern}"))
    if column.kind == "date":
        rules.append(pa.Check(_are_dates, error="not a date like 2026-01-31"))
    return rules


def _are_dates(cells: pd.Series) -> pd.Series:
    real = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce").notna()
    return cast("pd.Series", real & cells.str.fullmatch(ISO_DATE))


def _fault(column: str, problem: str, rows: pd.Series) -> list[Fault]:
    positions = np.flatnonzero(rows.to_numpy(dtype="bool"))
    return [Fault(column, problem, tuple(positions.tolist()))] if len(positions) else []


def _without(fault: Fault, at_fault: set[tuple[str, int]]) -> Fault:
    left = tuple(row for row in fault.positions if (fault.column, row) not in at_fault)
    return Fault(fault.column, fault.problem, left)


def _refuse(
    table: Table, held: pd.DataFrame, faults: list[Fault], absent: list[str] | None = None
) -> None:
    lines = [f"{table.name}: columns absent: {', '.join(absent)}"] if absent else []
    lines += [
        f"{table.name}.{fault.column}: {fault.problem}, {named_rows(_keys(table, held, fault))}"
        for fault in faults
    ]
    if lines:
        raise DataError("; ".join(lines) + f". Correct {'the table' if absent else 'these rows'}.")


def _keys(table: Table, held: pd.DataFrame, fault: Fault) -> list[str]:
    if not set(table.key) <= set(held.columns):
        return [f"row {position + 1}" for position in fault.positions]
    keys = held[list(table.key)].iloc[list(fault.positions)].astype("str").fillna("missing")
    return ["/".join(parts) for parts in keys.itertuples(index=False)]


def _finished(table: Table, held: pd.DataFrame) -> pd.DataFrame:
    for column in table.columns:
        is_other = column.name in held.columns and column.kind in {"integer", "flag"}
        if is_other and held[column.name].dtype != column.dtype:
            dtype = pd.api.types.pandas_dtype(column.dtype)
            held[column.name] = held[column.name].astype(dtype)
    names = [name for name in table.names if name in held.columns]
    return held[names + [name for name in held.columns if name not in table.names]]
