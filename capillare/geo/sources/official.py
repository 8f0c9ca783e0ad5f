"""Official files that a user drops into ``CAPILLARE_DATA_DIR``: they win over known figures."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.errors import SourceError, named_rows
from capillare.geo.schema import INNER_AREAS
from capillare.geo.sources.embedded import istat_codes
from capillare.geo.sources.records import SourceRecord, checksum

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = (
    re.compile(r"mappa[ _-](ai|aree[ _-]interne)[ _-]2020.*\.xlsx", re.IGNORECASE),
    re.compile(r".*classi.*aree[ _-]interne.*\.xlsx", re.IGNORECASE),
)
"""Names under which the list is published, the one with minutes before the one without."""

_SHEET = "DATI"
_CODE = re.compile(r"PROCOM(_[TN])?", re.IGNORECASE)
_CLASS = re.compile(r"COD_AI_2020|AREE[ _]INTERNE[ _]2021[ _]2027", re.IGNORECASE)
_MINUTES = re.compile(r"MEDIA tempi di percorrenza", re.IGNORECASE)
_POLE = re.compile(r"Codice PROCOM_N", re.IGNORECASE)
_LETTER = r"\s*([A-F])(?:\s*-.*)?\s*"


def find_inner_areas_file(folder: Path | None) -> Path | None:
    """Return the official list of inner areas in a folder, or None where there is none.

    Raises
    ------
    SourceError
        If the folder is none.
    """
    if folder is None:
        return None
    if not folder.is_dir():
        raise SourceError(
            f"CAPILLARE_DATA_DIR: {folder.name} is not a folder. Correct the setting."
        )
    files = sorted(folder.iterdir())
    return next((path for name in _NAMES for path in files if name.fullmatch(path.name)), None)


def read_inner_areas_file(path: Path) -> pd.DataFrame:
    """Read the 2020 list of inner areas in either of its published layouts.

    "Mappa Aree Interne 2020" (DPCoe): sheet ``DATI``, title rows before a header whose cells hold
    line breaks, with mean minutes to the pole. "Elenco Comuni Classi di Aree Interne" (ISTAT):
    first sheet, classes of the 2021-2027 cycle, no minutes. In both the header row is found by
    ``PROCOM_T`` or ``PROCOM_N``; notes below the table are left out.

    Returns
    -------
    INNER_AREAS columns plus ``pole_istat_code`` (the pole the list names; missing for poles).

    Raises
    ------
    SourceError
        If a column is not there, or a class or minute cannot be read.
    """
    header, rows = _table(path)
    classes = _class_column(header, rows, path)
    frame = pd.DataFrame(
        {
            "istat_code": rows[_column(header, _CODE, path)],
            "inner_class": rows[classes].str.extract(f"^{_LETTER}$", expand=False),
        }
    )
    with_minutes = "COD_AI_2020" in classes
    minutes = rows[_column(header, _MINUTES, path)] if with_minutes else _absent(rows)
    poles = rows[_column(header, _POLE, path)] if with_minutes else _absent(rows)
    frame["minutes_to_pole_min"] = pd.to_numeric(minutes, errors="coerce")
    pole_number = pd.to_numeric(poles, errors="coerce").astype("Int64")
    frame["pole_istat_code"] = pole_number.astype("str").str.zfill(6).where(pole_number.notna())
    code = frame["istat_code"].str.strip()
    is_row = code.str.fullmatch(r"\d{4,6}(\.0)?").fillna(value=False)
    unread = minutes.notna() & frame["minutes_to_pole_min"].isna()
    for wrong, what in (
        (frame["inner_class"].isna(), "class is not A to F"),
        (unread, "minutes are no number"),
    ):
        bad = code[is_row & wrong]
        if len(bad):
            raise SourceError(f"{path.name}: {what}, {named_rows(bad)}.")
    frame = frame[is_row].reset_index(drop=True)
    frame["istat_code"] = istat_codes(pd.to_numeric(code[is_row]).reset_index(drop=True))
    frame["source"] = "DPCoe e ISTAT, Mappa Aree Interne 2020"
    frame["source_date"] = "2020"
    return INNER_AREAS.check(frame).sort_values("istat_code", ignore_index=True)


def _absent(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(None, index=rows.index, dtype="str")


def _table(path: Path) -> tuple[list[str], pd.DataFrame]:
    """Return the header, one line a cell, and the rows below it."""
    try:
        with pd.ExcelFile(path) as book:
            sheet = _SHEET if _SHEET in book.sheet_names else 0
            cells = pd.read_excel(book, sheet_name=sheet, header=None, dtype="str")
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as fault:
        raise SourceError(
            f"{path.name}: no readable sheet ({fault}). Give the published file."
        ) from fault
    is_header = cells.apply(lambda column: column.str.fullmatch(_CODE).fillna(value=False))
    header_rows = cells.index[is_header.any(axis=1)]
    if header_rows.empty:
        raise SourceError(
            f"{path.name}: no longer in its published layout, no header with PROCOM_T. "
            "Give the published file."
        )
    header = [re.sub(r"\s+", " ", str(cell)).strip() for cell in cells.loc[header_rows[0]]]
    return header, cells.loc[header_rows[0] + 1 :].set_axis(_told_apart(header), axis=1)


def _told_apart(header: list[str]) -> list[str]:
    """Give a number to names that repeat, as blank ones do."""
    return [
        name if name not in header[:place] else f"{name} {place}"
        for place, name in enumerate(header)
    ]


def _class_column(header: list[str], rows: pd.DataFrame, path: Path) -> str:
    """Return the column of the class: of those so named, one whose cells begin with a letter."""
    named = [name for name in header if _CLASS.search(name)]
    for name in named:
        if rows[name].str.fullmatch(_LETTER).fillna(value=False).any():
            return name
    return named[0] if named else _column(header, _CLASS, path)


def _column(header: list[str], pattern: re.Pattern[str], path: Path) -> str:
    is_code = pattern is _CODE
    found = [
        name for name in header if (pattern.fullmatch(name) if is_code else pattern.search(name))
    ]
    if not found:
        raise SourceError(
            f"{path.name}: no longer in its published layout, no column like "
            f"{pattern.pattern!r}. Give the published file."
        )
    return found[0]


def inner_areas_record(path: Path) -> SourceRecord:
    """Say what the official list is, for summary and pages."""
    return SourceRecord(
        name="Mappa Aree Interne 2020 (DPCoe e ISTAT), file ufficiale",
        date="2020",
        licence="dati pubblici, citare DPCoe e ISTAT",
        sha256=checksum(path),
    )
