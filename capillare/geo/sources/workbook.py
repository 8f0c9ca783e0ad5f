"""XLSX workbooks, read as text: no macro, no formula, no link is ever followed."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from capillare.geo.errors import CapillareError, SourceError
from capillare.geo.sources.files import (
    MAX_COLUMNS,
    MAX_INFLATED_BYTES,
    MAX_ROWS,
    RawTable,
    table_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_CHUNK_BYTES = 1024 * 1024
_ENCRYPTED_BIT = 0x1
_MAX_SHEETS = 100
_NEEDED = ("[Content_Types].xml", "xl/workbook.xml")


def read_workbook(name: str, content: bytes) -> list[RawTable]:
    """Read every sheet that holds something; formulas give their last computed figure.

    Raises
    ------
    SourceError
        If it is no XLSX workbook, is encrypted or in the old .xls format, inflates beyond 200 MB,
        or is damaged.
    """
    _check_package(name, content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
        if len(sheets) > _MAX_SHEETS:
            raise SourceError(f"{name}: {len(sheets)} sheets, at most {_MAX_SHEETS}. Split it.")
        tables = []
        for sheet in sheets:
            sheet.reset_dimensions()
            records = _records(name, sheet.iter_rows(values_only=True))
            table = table_of(name, sheet.title, records, notes=[], faults=[], is_padded=True)
            if not table.frame.columns.empty:
                tables.append(table)
        book.close()
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        SyntaxError,
        EOFError,
    ) as fault:
        if isinstance(fault, CapillareError):
            raise
        raise SourceError(
            f"{name}: a damaged workbook. Open it, save it again as .xlsx."
        ) from fault
    if not tables:
        raise SourceError(f"{name}: no sheet holds anything. Give a table with header and rows.")
    return tables


def _check_package(name: str, content: bytes) -> None:
    """Refuse what is no plain XLSX, counting bytes while inflating: declared sizes can lie."""
    if not DEFUSEDXML:
        raise SourceError(f"{name}: the package defusedxml is missing. Reinstall capillare.")
    if content.startswith(_OLE_MAGIC):
        raise SourceError(
            f"{name}: an old .xls or a workbook with a password. "
            "Save it as .xlsx without a password."
        )
    not_workbook = SourceError(f"{name}: not an XLSX workbook. Save it as .xlsx or as CSV UTF-8.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if not set(_NEEDED) <= set(package.namelist()):
                raise not_workbook
            inflated = 0
            for member in package.infolist():
                if member.flag_bits & _ENCRYPTED_BIT:
                    raise SourceError(f"{name}: protected by a password. Save it without one.")
                with package.open(member) as stream:
                    while chunk := stream.read(_CHUNK_BYTES):
                        inflated += len(chunk)
                        if inflated > MAX_INFLATED_BYTES:
                            raise SourceError(
                                f"{name}: inflates beyond 200 MB, no more is read. Split it."
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as fault:
        raise not_workbook from fault


def _records(name: str, rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[int, list[str]]]:
    """Yield rows as text with their number, up to the last cell that holds something."""
    n_filled = 0
    for number, cells in enumerate(rows, start=1):
        if all(cell is None for cell in cells):
            continue
        n_filled += 1
        if n_filled > MAX_ROWS + 1:
            raise SourceError(f"{name}: over {MAX_ROWS:,} rows, no more are read. Split it.")
        texts = [_text(cell) for cell in cells[: MAX_COLUMNS + 1]]
        yield number, texts


def _text(cell: object) -> str:
    """Return a cell as text: ISO dates, true and false, whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date | time):
        return _moment(cell)
    return str(cell)


def _moment(cell: date | time) -> str:
    if isinstance(cell, time):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat()
