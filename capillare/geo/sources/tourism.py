"""Nights of tourists by municipality: the packaged tables, and a user's own that win over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.errors import DataError, SourceError, named_rows
from capillare.geo.schema.seasons import TOURISM_MONTHS, TOURISM_NIGHTS
from capillare.geo.season_rules import MONTHS
from capillare.geo.sources.exchange import read_exchange
from capillare.geo.sources.records import SourceRecord, checksum
from capillare.geo.sources.reference import read_table, reference_file

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.schema import Table

_TITLES = {
    "tourism_nights": "Presenze turistiche annue per comune",
    "tourism_months": "Presenze turistiche mensili per comune",
}


@dataclass(frozen=True)
class Tourism:
    """Nights of tourists, one year for each municipality.

    Attributes
    ----------
    nights
        Year's nights: ``istat_code``, ``year``, ``arrivals``, ``nights``; sorted by code.
    months
        Twelve rows per municipality whose months are known: ``istat_code``, ``year``, ``month``,
        ``nights``, ``tourism_basis`` (given by the user, or known); sorted by code and month.
    records
        What was read.
    """

    nights: pd.DataFrame
    months: pd.DataFrame
    records: tuple[SourceRecord, ...]


def read_tourism(folder: Path | None = None) -> Tourism:
    """Read the nights of tourists; of several years the last, municipality by municipality.

    Parameters
    ----------
    folder
        Where a user may have put ``tourism_nights.csv`` and ``tourism_months.csv`` in the layout
        of the packaged ones. A municipality named there is known from there alone.

    Raises
    ------
    SourceError
        If a file cannot be read.
    DataError
        If nights are negative or not whole, a month is not one of the twelve, a municipality has
        some months and not others, or its months do not sum to its year.
    """
    own = {
        table.name: read_exchange(path, table)
        for table in (TOURISM_NIGHTS, TOURISM_MONTHS)
        if (path := _own_file(folder, table)) is not None
    }
    own_months = own.get("tourism_months", TOURISM_MONTHS.empty())
    _check_whole_years(own_months)
    own_nights = _with_summed_years(own.get("tourism_nights", TOURISM_NIGHTS.empty()), own_months)
    _check_sums(own_nights, own_months)
    named = set(own_nights["istat_code"])
    packaged = [read_table(table) for table in (TOURISM_NIGHTS, TOURISM_MONTHS)]
    nights, months = (frame[~frame["istat_code"].isin(named)] for frame in packaged)
    columns = ["istat_code", "year", "arrivals", "nights"]
    all_nights = _latest(pd.concat([nights[columns], own_nights[columns]], ignore_index=True))
    all_months = pd.concat(
        [months.assign(tourism_basis="known"), own_months.assign(tourism_basis="given")]
    ).merge(all_nights[["istat_code", "year"]], on=["istat_code", "year"], validate="many_to_one")
    return Tourism(
        all_nights,
        all_months.sort_values(["istat_code", "month"], ignore_index=True)[
            ["istat_code", "year", "month", "nights", "tourism_basis"]
        ],
        (*_packaged_records(), *_own_records(folder)),
    )


def _own_file(folder: Path | None, table: Table) -> Path | None:
    if folder is None:
        return None
    if not folder.is_dir():
        raise SourceError(
            f"CAPILLARE_DATA_DIR: {folder.name} is not a folder. Correct the setting."
        )
    path = folder / f"{table.name}.csv"
    return path if path.is_file() else None


def _check_whole_years(months: pd.DataFrame) -> None:
    counted = months.groupby(["istat_code", "year"]).size()
    partial = [f"{code}/{year}" for code, year in counted[counted != MONTHS].index]
    if partial:
        raise DataError(
            f"tourism_months: some months of the year are not there, {named_rows(partial)}. Give "
            "all twelve, 0 where nobody came, or only the year's nights in tourism_nights."
        )


def _with_summed_years(nights: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """Add the years that a user gives by month only."""
    summed = months.groupby(["istat_code", "year"], as_index=False)[["nights"]].sum()
    both = pd.concat([nights, TOURISM_NIGHTS.typed(summed)], ignore_index=True)
    return both.drop_duplicates(["istat_code", "year"])


def _check_sums(nights: pd.DataFrame, months: pd.DataFrame) -> None:
    summed = months.groupby(["istat_code", "year"])["nights"].sum().rename("summed")
    both = nights.merge(summed, on=["istat_code", "year"], validate="one_to_one")
    wrong = both[both["summed"] != both["nights"]]
    if len(wrong):
        raise DataError(
            "tourism_nights: the year is not the sum of its months in tourism_months, "
            f"{named_rows(wrong['istat_code'])}. Correct one of the two."
        )


def _latest(nights: pd.DataFrame) -> pd.DataFrame:
    ordered = nights.sort_values(["istat_code", "year"], ignore_index=True)
    return ordered.drop_duplicates("istat_code", keep="last", ignore_index=True)


def _packaged_records() -> list[SourceRecord]:
    return [
        SourceRecord(
            name=f"{_TITLES[table.name]}, ISTAT 2024, da pagine pubbliche",
            date="2024",
            licence="CC BY 4.0, ISTAT; repository intermedi citati per riga",
            sha256=checksum(reference_file(table)),
        )
        for table in (TOURISM_NIGHTS, TOURISM_MONTHS)
    ]


def _own_records(folder: Path | None) -> list[SourceRecord]:
    return [
        SourceRecord(f"{_TITLES[table.name]}, dell'utente", "", "dell'utente", checksum(path))
        for table in (TOURISM_NIGHTS, TOURISM_MONTHS)
        if (path := _own_file(folder, table)) is not None
    ]


__all__ = ["Tourism", "read_tourism"]
