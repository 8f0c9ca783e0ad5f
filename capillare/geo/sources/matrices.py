"""Matrices of minutes that a user brings: our own columns, or ISTAT's between municipalities."""

from __future__ import annotations

import csv
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import DataError, SourceError, named_rows
from capillare.geo.settings import MINUTES_A_DAY

if TYPE_CHECKING:
    from pathlib import Path

MAX_ROWS = 20_000_000
OWN_COLUMNS = ("from_id", "to_id", "travel_min")
# The matrices of 2013 name Origine, Destinazione, Total_Minu and Total_Mete, those of 2021 codes
# and names side by side; the words are theirs, in whatever spelling.
_PATTERNS = {
    "from_id": r"orig|parten|^from",
    "to_id": r"dest|arriv|^to(_|$)",
    "travel_min": r"minu|temp|durat|^min$|travel_min",
}
_CODE = re.compile(r"\d{4,6}")
_MARKS = (";", ",", "\t", "|")
_HEAD_BYTES = 65_536
HEAD_ROWS = 1000


@dataclass(frozen=True)
class TravelMatrix:
    """Minutes of pairs, as a file lists them.

    Attributes
    ----------
    file
        Name of the file.
    legs
        ``from_id``, ``to_id`` (text) and ``travel_min`` (finite, 0 to a day), one row a pair.
    is_by_municipality
        Whether the file is ISTAT's: its ids are codes of municipalities.
    """

    file: str
    legs: pd.DataFrame
    is_by_municipality: bool


def read_matrix(path: Path) -> TravelMatrix:
    """Read minutes from a CSV or Parquet file; what the columns are is seen from the header.

    Raises
    ------
    SourceError
        If the file is absent or no such table.
    DataError
        If a column is absent or ambiguous, or cells are missing, no number, negative or over a
        day, or a pair is listed twice with different minutes: with every such pair.
    """
    if not path.is_file():
        raise SourceError(f"{path.name}: no such file. Check the name.")
    is_parquet = path.suffix.lower() == ".parquet"
    try:
        legs = _read_parquet(path) if is_parquet else _read_csv(path)
    except (ValueError, OSError, pd.errors.ParserWarning) as fault:
        if isinstance(fault, (DataError, SourceError)):
            raise
        first_line = str(fault).strip().splitlines()[0] if str(fault).strip() else "no reason"
        raise SourceError(
            f"{path.name}: cannot be read as CSV or Parquet ({first_line}). Check the file."
        ) from fault
    if legs.empty:
        raise DataError(f"{path.name}: holds no pair. Give a matrix with rows.")
    is_own = list(legs.columns.str.strip().str.lower()) == list(OWN_COLUMNS)
    checked = _checked(legs.set_axis(list(OWN_COLUMNS), axis=1), path)
    return TravelMatrix(path.name, checked, is_by_municipality=not is_own)


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as pq  # noqa: PLC0415 (only for this kind of file)

    n_rows = pq.read_metadata(path).num_rows
    if n_rows > MAX_ROWS:
        raise _too_many(path, n_rows)
    head = next(pq.ParquetFile(path).iter_batches(batch_size=HEAD_ROWS), None)
    first = pd.DataFrame() if head is None else head.to_pandas()
    return pd.read_parquet(path, columns=_chosen(first, path)) if len(first) else first


def _read_csv(path: Path) -> pd.DataFrame:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip():
        raise SourceError(f"{path.name}: empty. Give a matrix with a header and its rows.")
    if b"\0" in head:
        raise SourceError(f"{path.name}: not a text file. Give CSV or Parquet.")
    encoding = "utf-8-sig"
    try:
        # The last bytes of the head may be half a letter.
        head[:-4].decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
    header = head.decode(encoding, errors="replace").lstrip().partition("\n")[0].strip("\r")
    columns = {mark: len(next(csv.reader([header], delimiter=mark))) for mark in _MARKS}
    mark = max(_MARKS, key=lambda mark: columns[mark])
    with warnings.catch_warnings():
        # A row longer than the header would be cut with a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        first = _csv_rows(path, mark, encoding, HEAD_ROWS)
        chosen = _chosen(first, path)
        text = _csv_rows(path, mark, encoding, MAX_ROWS + 1, chosen)[chosen]
    if len(text) > MAX_ROWS:
        raise _too_many(path, len(text))
    return text


def _csv_rows(
    path: Path, mark: str, encoding: str, n_rows: int, columns: list[str] | None = None
) -> pd.DataFrame:
    return pd.read_csv(
        path,
        sep=mark,
        dtype="str",
        encoding=encoding,
        keep_default_na=False,
        skipinitialspace=True,
        index_col=False,
        nrows=n_rows,
        usecols=columns,
    )


def _too_many(path: Path, n_rows: int) -> SourceError:
    return SourceError(
        f"{path.name}: {n_rows:,} rows or more, at most {MAX_ROWS:,} are read. Split it by region."
    )


def _chosen(first: pd.DataFrame, path: Path) -> list[str]:
    """Choose the three columns from the first rows: exact names, else by what they say."""
    header = {str(name): str(name).strip().lower() for name in first.columns}
    chosen: list[str] = []
    for name, pattern in _PATTERNS.items():
        found = [label for label, low in header.items() if low == name]
        found = found or [
            label
            for label, low in header.items()
            if re.search(pattern, low) and label not in chosen
        ]
        if len(found) > 1 and name != "travel_min":
            # A name may stand beside the code of a municipality: the code is the id.
            found = [label for label in found if _are_codes(first[label])] or found
        if len(found) != 1:
            listed = ", ".join(header)
            what = "several columns may be" if found else "no column is"
            raise DataError(
                f"{path.name}: {what} {name} (header: {listed}). "
                f"Name the columns {', '.join(OWN_COLUMNS)}."
            )
        chosen.append(found[0])
    return chosen


def _are_codes(cells: pd.Series) -> bool:
    return all(_CODE.fullmatch(str(cell).strip()) for cell in cells)


def _checked(legs: pd.DataFrame, path: Path) -> pd.DataFrame:
    ids = {name: _as_text(legs[name]) for name in ("from_id", "to_id")}
    cells = legs["travel_min"]
    if not pd.api.types.is_numeric_dtype(cells):
        cells = cells.astype("str").str.strip().str.replace(",", ".", regex=False)
    is_empty = cells.isna() | (cells.astype("str") == "")
    minutes = pd.to_numeric(cells, errors="coerce").astype("float64")
    frame = pd.DataFrame({**ids, "travel_min": minutes})
    is_lost = frame["from_id"].isna() | frame["to_id"].isna()
    # Missing, "NaN" and infinity are all no minutes: they are named, never read as unreachable.
    is_finite = np.isfinite(minutes.to_numpy())
    faults = [
        f"{what}, {named_rows(_pairs(frame[bad]))}"
        for what, bad in (
            ("an id is missing", is_lost),
            ("no minutes", is_empty),
            ("minutes are not a number", ~is_empty & ~is_finite),
            ("negative minutes", minutes < 0),
            ("more than a day", is_finite & (minutes > MINUTES_A_DAY)),
        )
        if bad.any()
    ]
    numbers = pd.DataFrame({name: pd.factorize(cells)[0] for name, cells in ids.items()})
    again = numbers.duplicated().to_numpy()
    if again.any() and not faults:
        frame = frame.drop_duplicates()
        again = frame.duplicated(["from_id", "to_id"]).to_numpy()
    if again.any() and not faults:
        faults.append(f"listed twice with different minutes, {named_rows(_pairs(frame[again]))}")
    if faults:
        raise DataError(f"{path.name}: {'; '.join(faults)}. Correct or remove these pairs.")
    return frame.reset_index(drop=True)


def _pairs(legs: pd.DataFrame) -> list[str]:
    ends = zip(legs["from_id"].fillna(""), legs["to_id"].fillna(""), strict=True)
    return [f"{from_id}→{to_id}" for from_id, to_id in ends]


def _as_text(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")
    text = cells.astype("str").str.strip()
    return text.mask(cells.isna() | (text == ""))
