"""Residents by age that ISTAT publishes each year, from a file in ``CAPILLARE_DATA_DIR``."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from capillare.geo.errors import SourceError, named_rows
from capillare.geo.sources.embedded import ADULT_AGE, OVER65_AGE, POPULATION_DATE
from capillare.geo.sources.files import MAX_INFLATED_BYTES
from capillare.geo.sources.records import SourceRecord, checksum

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NAME = re.compile(r"POSAS_(\d{4})_it_(\w+)\.(csv|zip)", re.IGNORECASE)
_WHOLE_COUNTRY = "comuni"
_TITLE_YEAR = re.compile(r"1\D{0,2}\s*gennaio\s+(\d{4})", re.IGNORECASE)
_ESTIMATE = "stima"
_LAST_AGE = 100
_TOTAL_AGE = 999
_HEADER_WITHIN = 10
_CODE, _AGE, _MEN, _WOMEN, _ALL = (
    "codice comune",
    "età",
    "totale maschi",
    "totale femmine",
    "totale",
)
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class OfficialPopulation:
    """Residents of the municipalities that official files list.

    Attributes
    ----------
    residents
        One row per ``istat_code``, sorted: ``residents``, ``adults``, ``over65``, people.
    date
        Reference date, ISO 8601.
    is_estimate
        Whether ISTAT calls it an estimate.
    """

    residents: pd.DataFrame
    date: str
    is_estimate: bool


class _Layout(NamedTuple):
    title: str
    header: list[str]
    separator: str
    rows: str


def find_population_files(folder: Path | None) -> tuple[Path, ...]:
    """Return ISTAT's population files of the newest year in a folder, by their published names.

    ``POSAS_<year>_it_Comuni`` (CSV, or the ZIP as published) is the whole country; where there is
    none, the files of single provinces (``POSAS_<year>_it_046_Lucca``) are taken together. A CSV
    wins over the ZIP of its name.
    """
    if folder is None:
        return ()
    named = {
        path: match for path in sorted(folder.iterdir()) if (match := _NAME.fullmatch(path.name))
    }
    newest = max((match[1] for match in named.values()), default="")
    by_area: dict[str, Path] = {}
    for path, match in named.items():
        if match[1] == newest:
            by_area.setdefault(match[2].casefold(), path)
    if _WHOLE_COUNTRY in by_area:
        return (by_area[_WHOLE_COUNTRY],)
    return tuple(by_area.values())


def read_population_files(paths: Sequence[Path]) -> OfficialPopulation:
    """Read files of one year together.

    Raises
    ------
    SourceError
        If a file is not in its published layout, dates differ or a municipality is listed twice.
    """
    read = [read_population_file(path) for path in paths]
    if len({population.date for population in read}) != 1:
        dates = ", ".join(f"{p.name} {r.date}" for p, r in zip(paths, read, strict=True))
        raise SourceError(f"population files: of several dates ({dates}). Keep one date.")
    residents = pd.concat([population.residents for population in read])
    twice = residents.loc[residents["istat_code"].duplicated(), "istat_code"]
    if len(twice):
        names = ", ".join(path.name for path in paths)
        raise SourceError(f"{names}: a municipality in two files, {named_rows(twice)}. Remove one.")
    return OfficialPopulation(
        residents.sort_values("istat_code", ignore_index=True),
        read[0].date,
        any(population.is_estimate for population in read),
    )


def read_population_file(path: Path) -> OfficialPopulation:
    """Read "Popolazione residente per età e sesso" (ISTAT, POSAS) in its published layout.

    A title with the reference date, a header, a row for each municipality and year of age from 0
    to 100 (and over), one of age 999 with the total, and at times a remark below. Text is UTF-8 or
    Windows, cells are parted by semicolons, commas or tabulations; a ZIP holds one such CSV.

    Raises
    ------
    SourceError
        If a column is absent, a cell is no count, or ages do not add up to the total.
    """
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int, _size_bytes: int) -> OfficialPopulation:
    layout = _parted(_decoded(path), path)
    year = _TITLE_YEAR.search(layout.title)
    if year is None:
        raise SourceError(
            f"{path.name}: no title with the reference date (1° gennaio and year). "
            "Give the file as published."
        )
    residents = _residents(_counts(_cells(layout, path), path), path)
    return OfficialPopulation(residents, f"{year[1]}-01-01", _ESTIMATE in layout.title.casefold())


def _decoded(path: Path) -> str:
    try:
        content = _unzipped(path) if path.suffix.lower() == ".zip" else _whole(path)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as fault:
        if isinstance(fault, SourceError):
            raise
        raise SourceError(f"{path.name}: cannot be read ({fault}). Give it again.") from fault
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _whole(path: Path) -> bytes:
    if path.stat().st_size > MAX_INFLATED_BYTES:
        raise SourceError(f"{path.name}: over 200 MB. Give the file as published.")
    return path.read_bytes()


def _unzipped(path: Path) -> bytes:
    """Inflate the only CSV of a ZIP, counting bytes on the way."""
    with zipfile.ZipFile(path) as package:
        tables = [name for name in package.namelist() if name.lower().endswith(".csv")]
        if len(tables) != 1:
            raise SourceError(f"{path.name}: {len(tables)} CSV files, one is needed.")
        held = bytearray()
        with package.open(tables[0]) as inside:
            while chunk := inside.read(_CHUNK_BYTES):
                held += chunk
                if len(held) > MAX_INFLATED_BYTES:
                    raise SourceError(f"{path.name}: inflates beyond 200 MB. Not read.")
    return bytes(held)


def _parted(text: str, path: Path) -> _Layout:
    """Part the file into title, header and rows; the header is found by its first column."""
    title: list[str] = []
    rest = text
    for _ in range(_HEADER_WITHIN):
        line, _, rest = rest.partition("\n")
        separator = max(";,\t", key=line.count)
        header = [cell.strip().strip('"').strip().casefold() for cell in line.split(separator)]
        if header[0] == _CODE:
            absent = [name for name in (_AGE, _MEN, _WOMEN) if name not in header]
            if absent:
                raise SourceError(
                    f"{path.name}: no longer in its published layout, no column "
                    f"{', '.join(repr(name) for name in absent)}. Give the file as published."
                )
            return _Layout(" ".join(title), header, separator, rest)
        title.append(line)
    raise SourceError(
        f"{path.name}: no longer in its published layout, no column {_CODE!r} in the first "
        f"{_HEADER_WITHIN} lines. Give the file as published."
    )


def _cells(layout: _Layout, path: Path) -> pd.DataFrame:
    used = [name for name in (_CODE, _AGE, _MEN, _WOMEN, _ALL) if name in layout.header]
    try:
        cells = pd.read_csv(
            io.StringIO(layout.rows),
            sep=layout.separator,
            header=None,
            names=layout.header,
            usecols=used,
            dtype={_CODE: "category"},
            keep_default_na=False,
            na_values=[""],
            skipinitialspace=True,
            index_col=False,
            low_memory=False,
        )
    except (ValueError, pd.errors.ParserError) as fault:
        raise SourceError(
            f"{path.name}: its rows cannot be read ({fault}). Give the file as published."
        ) from fault
    # A remark below the table stands alone in its row, and is no count.
    is_alone = cells.drop(columns=_CODE).isna().all(axis=1)
    is_remark = is_alone & ~cells[_CODE].astype("str").where(is_alone, "").str.strip().str.isdigit()
    rows: pd.DataFrame = cells[~is_remark]
    return rows


def _counts(cells: pd.DataFrame, path: Path) -> pd.DataFrame:
    if cells.empty:
        raise SourceError(f"{path.name}: no row. Give the file as published.")
    # Categories lose the zeros in front, and get them back here; -1, the last, is "no code".
    codes = cells[_CODE].cat.categories.astype("str").str.strip().str.zfill(6)
    number = cells[_CODE].cat.codes.to_numpy()
    is_code = np.append(codes.str.fullmatch(r"\d{6}"), [False])
    code = pd.Series(np.append(codes, [""])[number], index=cells.index, dtype="str")
    counts = {name: pd.to_numeric(cells[name], errors="coerce") for name in cells if name != _CODE}
    bad = pd.Series(~is_code[number], index=cells.index)
    for column in counts.values():
        bad |= ~(column >= 0) | (column % 1 != 0)
    bad |= ~(counts[_AGE].between(0, _LAST_AGE) | (counts[_AGE] == _TOTAL_AGE))
    people = counts[_MEN] + counts[_WOMEN]
    if _ALL in counts:
        bad |= people != counts[_ALL]
    if bad.any():
        ages = cells.loc[bad, _AGE].astype("str").fillna("").str.removesuffix(".0")
        rows = named_rows(code[bad] + " age " + ages)
        raise SourceError(
            f"{path.name}: codes, ages or counts that are none, {rows}. Give the file as published."
        )
    return pd.DataFrame(
        {
            "istat_code": code,
            "age": counts[_AGE].astype("int64"),
            "people": people.astype("int64"),
        }
    )


def _residents(counts: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Add ages up, and hold them against the published totals: a cut file does not pass."""
    repeated = counts.duplicated(["istat_code", "age"])
    if repeated.any():
        twice = counts.loc[repeated, "istat_code"].unique()
        raise SourceError(f"{path.name}: an age twice, municipalities {named_rows(twice)}.")
    is_total = counts["age"] == _TOTAL_AGE
    ages = counts[~is_total]
    age, people = ages["age"].to_numpy(), ages["people"]
    summed = (
        pd.DataFrame(
            {
                "istat_code": ages["istat_code"],
                "residents": people,
                "adults": np.where(age >= ADULT_AGE, people, 0),
                "over65": np.where(age >= OVER65_AGE, people, 0),
            }
        )
        .groupby("istat_code", as_index=False)
        .sum()
    )
    total = counts[is_total].set_index("istat_code")["people"]
    differs = summed["residents"] != total.reindex(summed["istat_code"]).to_numpy()
    unlisted = total.index.difference(pd.Index(summed["istat_code"]))
    wrong = [*summed.loc[differs, "istat_code"], *unlisted]
    if wrong:
        raise SourceError(
            f"{path.name}: ages do not add up to the total (age {_TOTAL_AGE}) of municipalities, "
            f"{named_rows(wrong)}. The file is cut or changed: give it as published."
        )
    return summed


def population_records(paths: Sequence[Path]) -> list[SourceRecord]:
    """Say what the official files that are used are, for summary and pages."""
    records = []
    for path in paths:
        population = read_population_file(path)
        if population.date < POPULATION_DATE:
            continue
        estimate = ", stima" if population.is_estimate else ""
        records.append(
            SourceRecord(
                name=f"Popolazione residente per età (ISTAT{estimate}), file ufficiale {path.name}",
                date=population.date,
                licence="CC BY 4.0, ISTAT",
                sha256=checksum(path),
            )
        )
    return records
