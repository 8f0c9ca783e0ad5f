"""A user's own files: CSV and XLSX, read as text with their line numbers, nothing guessed."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import DataError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_INFLATED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 400

_CSV_ENDINGS = (".csv", ".tsv", ".txt")
_SEPARATORS = {",": "virgola", ";": "punto e virgola", "\t": "tabulazione"}
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_EXCEL_HINT = re.compile(r"sep=([;,\t])\s*$")
_ZIP_MAGIC, _OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class RawFault:
    """A line that is no row of its table."""

    line: int
    found: str
    problem: str
    what_to_do: str


@dataclass(frozen=True)
class RawTable:
    """One CSV file or one sheet, as text.

    Attributes
    ----------
    file
        Name of the file, without its folder.
    sheet
        Name of the sheet; None for a CSV.
    frame
        Cells as ``str`` under the original header; an empty cell is an empty text.
    lines
        Line of the file (row of the sheet) on which each row starts, from 1; shape (n_rows,).
    notes
        How it was read, in Italian: encoding, separator.
    faults
        Lines left out of `frame`: cells too many or too few, quotes that do not close.
    """

    file: str
    sheet: str | None
    frame: pd.DataFrame
    lines: NDArray[np.int64]
    notes: list[str] = field(default_factory=list)
    faults: list[RawFault] = field(default_factory=list)

    @property
    def title(self) -> str:
        """File, and sheet if it has one, as shown to people."""
        return self.file if self.sheet is None else f"{self.file} [{self.sheet}]"


def read_raw(path: Path) -> list[RawTable]:
    """Read a folder of CSV files, one CSV or one XLSX as text.

    An empty file among others is a table without columns and with a fault; alone it is an error.

    Raises
    ------
    SourceError
        If nothing is there, the file is too large, is no CSV or XLSX, or holds no row at all.
    DataError
        If a header repeats a column.
    """
    try:
        tables = [table for file in _files(path) for table in _read_file(file)]
    except OSError as fault:
        if isinstance(fault, SourceError):
            raise
        raise SourceError(f"{path.name}: cannot be read ({fault.strerror}).") from fault
    if all(table.frame.columns.empty for table in tables):
        raise SourceError(f"{path.name}: empty. Give a table with a header and its rows.")
    return tables


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise SourceError(f"{path.name}: no such file or folder. Check the name.")
    if not path.is_dir():
        return [path]
    files = sorted(f for f in path.iterdir() if f.suffix.lower() == ".csv" and f.is_file())
    if not files:
        raise SourceError(
            f"{path.name}: no CSV file in this folder. Give its CSV files, or name one XLSX."
        )
    return files


def _read_file(path: Path) -> list[RawTable]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SourceError(
            f"{path.name}: {path.stat().st_size / 1e6:.0f} MB, at most 20 MB are read. Split it."
        )
    content = path.read_bytes()
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        from capillare.geo.sources.workbook import read_workbook  # noqa: PLC0415 (openpyxl is slow)

        return read_workbook(path.name, content)
    if path.suffix.lower() not in _CSV_ENDINGS or content.startswith(_OLE_MAGIC):
        raise SourceError(
            f"{path.name}: only CSV and XLSX are read. Save it as CSV UTF-8 or as .xlsx."
        )
    if content.startswith(_ZIP_MAGIC):
        raise SourceError(f"{path.name}: a zipped file named as CSV. Save it as CSV UTF-8.")
    return [_read_csv(path.name, content)]


def _read_csv(name: str, content: bytes) -> RawTable:
    text, notes = _decoded(name, content)
    separator, first_line, text = _separator(text)
    if separator != ",":
        notes.append(f"colonne separate da {_SEPARATORS[separator]}")
    faults: list[RawFault] = []
    records = _records(text, separator, first_line, faults)
    return table_of(name, None, records, notes=notes, faults=faults)


def _decoded(name: str, content: bytes) -> tuple[str, list[str]]:
    """Decode by byte-order mark, else strictly as UTF-8, else as cp1252: each excludes the next."""
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    notes = [] if encoding.startswith("utf-8") else [f"codifica {encoding}"]
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as fault:
            raise SourceError(
                f"{name}: neither UTF-8 nor Windows text. Save it as CSV UTF-8."
            ) from fault
        notes = ["codifica Windows (cp1252), non UTF-8"]
    if "\0" in text:
        raise SourceError(f"{name}: not a text file. Save it as CSV UTF-8.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _separator(text: str) -> tuple[str, int, str]:
    """Return the separator, the line on which the text then starts, and the text.

    The separator is the one that parts the header into most columns, or the one that a first line
    ``sep=;`` names.
    """
    start = len(text) - len(text.lstrip("\n"))
    first_line, text = 1 + text[:start].count("\n"), text[start:]
    header = text.partition("\n")[0]
    hint = _EXCEL_HINT.match(header)
    if hint:
        return hint.group(1), first_line + 1, text.partition("\n")[2]
    n_columns = {mark: len(next(csv.reader([header], delimiter=mark), [])) for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: n_columns[mark]), first_line, text


def _records(
    text: str, separator: str, first_line: int, faults: list[RawFault]
) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it starts on; what breaks the quoting becomes a fault."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = first_line + reader.line_num
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            last = first_line + reader.line_num - 1
            until = f" fino alla riga {last}" if last > line else ""
            faults.append(
                RawFault(
                    line,
                    "",
                    f"virgolette che non si chiudono, riga non letta{until}",
                    'Chiudi le virgolette, o raddoppia quelle dentro il testo ("").',
                )
            )


def table_of(
    name: str,
    sheet: str | None,
    records: Iterable[tuple[int, list[str]]],
    *,
    notes: list[str],
    faults: list[RawFault],
    is_padded: bool = False,
) -> RawTable:
    """Build a raw table: the first record that is not blank is the header, blank ones are left out.

    Empty cells beyond the header are cut, and with `is_padded` (a sheet does not store the empty
    cells at the end of a row) short rows are filled; other rows of another length become faults.

    Raises
    ------
    SourceError
        If there are more rows or columns than are read.
    DataError
        If the header repeats a column.
    """
    title = name if sheet is None else f"{name} [{sheet}]"
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, cells in records:
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        if not header:
            header = _header(title, cells)
            continue
        if is_padded and len(cells) < len(header):
            cells = [*cells, *[""] * (len(header) - len(cells))]  # noqa: PLW2901 (the same row)
        if len(cells) != len(header):
            cells = _fitted(cells, len(header), line, faults)  # noqa: PLW2901 (the same row)
            if not cells:
                continue
        rows.append(cells)
        lines.append(line)
        if len(rows) > MAX_ROWS:
            raise SourceError(f"{title}: over {MAX_ROWS:,} rows, no more are read. Split it.")
    if not header:
        faults.append(
            RawFault(1, "", "il file è vuoto", "Metti l'intestazione e le righe, o toglilo.")
        )
    elif not rows and not faults:
        notes.append("solo l'intestazione, nessuna riga")
    columns = dict(
        zip(header, zip(*rows, strict=True) if rows else [()] * len(header), strict=True)
    )
    frame = pd.DataFrame({key: pd.array(cells, dtype="str") for key, cells in columns.items()})
    return RawTable(name, sheet, frame, np.array(lines, dtype=np.int64), notes, faults)


def _header(title: str, cells: list[str]) -> list[str]:
    header = [" ".join(cell.split()) for cell in cells]
    while not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        raise SourceError(f"{title}: {len(header)} columns, at most {MAX_COLUMNS}. Remove some.")
    repeated = sorted({column for column in header if header.count(column) > 1})
    if repeated:
        shown = ", ".join(column or "(no name)" for column in repeated)
        raise DataError(f"{title}: the header repeats {shown}. Give each column its own name.")
    return header


def _fitted(cells: list[str], width: int, line: int, faults: list[RawFault]) -> list[str]:
    """Cut empty cells beyond the header; an empty list, and a fault, if the row does not fit."""
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    faults.append(
        RawFault(
            line,
            f"{len(cells)} celle",
            f"{len(cells)} celle dove l'intestazione ne ha {width}",
            "Controlla i separatori: un testo che ne contiene va tra virgolette.",
        )
    )
    return []
