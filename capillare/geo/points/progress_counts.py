"""Progress of points from aggregate counts, as FACILITA gives them: totals only, no citizens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import DataError
from capillare.geo.points.choices import folded
from capillare.geo.points.codes import CodeBook
from capillare.geo.points.intake import take_in
from capillare.geo.points.row_changes import RowChange, row_changes
from capillare.geo.schema import LINEAGE, PROGRESS
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.files import RawTable, read_raw
from capillare.geo.sources.reference import read_table

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from capillare.geo.points.registry import Registry
    from capillare.geo.points.rows import Rows

_COUNTS = ("citizens", "services", "replies")


@dataclass(frozen=True)
class ProgressCounts:
    """Counts read from a file, and what they change.

    Attributes
    ----------
    counts
        Table ``progress``: the file's good rows.
    changes
        Of the registry's rows.
    faults
        Cells refused or read in another form.
    """

    counts: pd.DataFrame
    changes: tuple[RowChange, ...]
    faults: pd.DataFrame

    @property
    def n_refused(self) -> int:
        """Rows of the file that were left out."""
        refused = self.faults[self.faults["is_refused"]]
        return len(refused[["file", "line"]].drop_duplicates())


def read_progress_counts(
    path: Path, registry: Registry, *, counted_on: date | None = None
) -> ProgressCounts:
    """Read a file of table ``progress`` and hold it against a registry.

    A count lower than the point's last one before it is noted, not refused: counts are cumulated,
    but may be corrected.

    Parameters
    ----------
    path
        CSV or one-sheet XLSX; columns by their names or Italian labels.
    registry
        Whose points are counted; a count of a point that it lacks is refused.
    counted_on
        Date of the counts where the file has no column for it.

    Raises
    ------
    SourceError
        If it cannot be read.
    DataError
        If it holds data about citizens, or is no table of counts.
    """
    raws = [_dated(raw, counted_on) for raw in read_raw(path)]
    codes = CodeBook.of(set(read_boundaries()["istat_code"]), read_table(LINEAGE))
    tables, faults = take_in(raws, codes)
    if PROGRESS.name not in tables:
        raise DataError(
            f"{path.name}: no table of counts. Give point_id, as_of and citizens, as in the data "
            "dictionary."
        )
    rows = tables[PROGRESS.name]
    _check_points(rows, registry)
    _note_falls(rows, registry.progress)
    counts = PROGRESS.check(rows.kept)
    held = registry.progress
    keys = pd.MultiIndex.from_frame(held[list(PROGRESS.key)])
    is_counted_again = keys.isin(pd.MultiIndex.from_frame(counts[list(PROGRESS.key)]))
    merged = pd.concat([held[~is_counted_again], counts], ignore_index=True)[PROGRESS.names]
    changes = row_changes({PROGRESS.name: held}, {PROGRESS.name: merged})
    found = pd.concat([faults, rows.faults], ignore_index=True)
    return ProgressCounts(counts, tuple(changes), found)


def _dated(raw: RawTable, counted_on: date | None) -> RawTable:
    """Give a table without dates that of its counts."""
    words = {folded(PROGRESS.column("as_of").name), folded(PROGRESS.column("as_of").title_it)}
    if counted_on is None or words & {folded(str(name)) for name in raw.frame}:
        return raw
    day = pd.array([counted_on.isoformat()] * len(raw.frame), dtype="str")
    return replace(raw, frame=raw.frame.assign(as_of=day))


def _check_points(rows: Rows, registry: Registry) -> None:
    rows.refuse_unknown_points(
        registry.points["point_id"], "Correggi il codice, o aggiungi il punto al registro."
    )
    is_blank = rows.frame[list(_COUNTS)].isna().all(axis=1).to_numpy(dtype=bool)
    rows.refuse(
        is_blank & ~rows.is_refused,
        "citizens",
        rows.frame["citizens"].astype("str"),
        "nessun conteggio nella riga",
        "Scrivi i cittadini, i servizi o le risposte, o togli la riga.",
    )


def _note_falls(rows: Rows, held: pd.DataFrame) -> None:
    """Note counts of citizens that are lower than the point's last one known before them."""
    known = held.dropna(subset=["citizens"]).sort_values("as_of")
    by_point = {
        point: (part["as_of"].to_numpy(dtype=str), part["citizens"].to_numpy(dtype=np.int64))
        for point, part in known.groupby("point_id")
    }
    falls = np.zeros(len(rows.frame), dtype=bool)
    counted = rows.frame[["point_id", "as_of", "citizens"]].reset_index(drop=True)
    for row, point, as_of, citizens in counted.dropna().itertuples(name=None):
        if point in by_point:
            days, counts = by_point[point]
            before = counts[days < as_of]
            falls[row] = before.size > 0 and citizens < before[-1]
    rows.warn(
        falls & ~rows.is_refused,
        "citizens",
        rows.frame["citizens"].astype("str"),
        "meno dell'ultimo conteggio noto, che è cumulato",
        "Controlla la cifra.",
    )
