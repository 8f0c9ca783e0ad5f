"""Official files that a user drops into ``CAPILLARE_DATA_DIR``: they win over known figures."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from capillare.geo.errors import SourceError, named_rows
from capillare.geo.schema import INNER_AREAS
from capillare.geo.sources.embedded import istat_codes
from capillare.geo.sources.records import SourceRecord, checksum

INNER_AREAS_PATTERN = "*aree*interne*2020*.xlsx"
_SHEET = "DATI"
_COLUMNS = {
    "istat_code": r"^PROCOM_T$",
    "inner_class": r"COD_AI_2020",
    "minutes_to_pole_min": r"MEDIA tempi di percorrenza",
    "pole_istat_code": r"Codice PROCOM_N",
}


def find_inner_areas_file(folder: Path | None) -> Path | None:
    """Return the official list of inner areas in a folder, or None where there is none."""
    if folder is None:
        return None
    if not folder.is_dir():
        raise SourceError(
            f"CAPILLARE_DATA_DIR: {folder.name} is not a folder. Correct the setting."
        )
    return next(iter(sorted(folder.glob(INNER_AREAS_PATTERN))), None)


def read_inner_areas_file(path: Path) -> pd.DataFrame:
    """Read "Mappa Aree Interne 2020" in its published layout (DPCoe and ISTAT).

    Title rows come before the header, whose cells hold line breaks; the header row is found by
    ``PROCOM_T``.

    Returns
    -------
    INNER_AREAS columns plus ``pole_istat_code`` (the pole the list names; missing for poles).

    Raises
    ------
    SourceError
        If the sheet or a column is not there, or a class or minute cannot be read.
    """
    try:
        cells = pd.read_excel(path, sheet_name=_SHEET, header=None, dtype="str")
    except (ValueError, KeyError, OSError) as fault:
        raise SourceError(f"{path.name}: no readable sheet {_SHEET!r} ({fault}).") from fault
    header_rows = cells.index[(cells == "PROCOM_T").any(axis=1)]
    if header_rows.empty:
        raise SourceError(f"{path.name}: no header with PROCOM_T. Give the published file.")
    header = [re.sub(r"\s+", " ", str(cell)).strip() for cell in cells.loc[header_rows[0]]]
    rows = cells.loc[header_rows[0] + 1 :].set_axis(header, axis=1)
    chosen = {name: _column_named(header, pattern, path) for name, pattern in _COLUMNS.items()}
    frame = pd.DataFrame({name: rows[label] for name, label in chosen.items()})
    frame = frame.dropna(subset=["istat_code"]).reset_index(drop=True)
    frame["istat_code"] = istat_codes(frame["istat_code"])
    frame["minutes_to_pole_min"] = pd.to_numeric(frame["minutes_to_pole_min"], errors="coerce")
    poles = pd.to_numeric(frame["pole_istat_code"], errors="coerce").astype("Int64")
    frame["pole_istat_code"] = poles.astype("str").str.zfill(6).where(poles.notna())
    bad = frame.loc[~frame["inner_class"].isin(list("ABCDEF")), "istat_code"]
    if len(bad):
        raise SourceError(f"{path.name}: class is not A to F, {named_rows(bad)}.")
    frame["source"] = "DPCoe e ISTAT, Mappa Aree Interne 2020"
    frame["source_date"] = "2020"
    return INNER_AREAS.check(frame).sort_values("istat_code", ignore_index=True)


def _column_named(header: list[str], pattern: str, path: Path) -> str:
    found = [label for label in header if re.search(pattern, label)]
    if not found:
        raise SourceError(f"{path.name}: no column like {pattern!r}. Give the published file.")
    return found[0]


def inner_areas_record(path: Path) -> SourceRecord:
    """Say what the official list is, for summary and pages."""
    return SourceRecord(
        name="Mappa Aree Interne 2020 (DPCoe e ISTAT), file ufficiale",
        date="2020",
        licence="dati pubblici, citare DPCoe e ISTAT",
        sha256=checksum(path),
    )
