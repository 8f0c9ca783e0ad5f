"""One desk changed by hand: cells as a person types them become a change of its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import DataError, named_rows
from capillare.geo.hours import normalise_hours
from capillare.geo.points.codes import CodeBook
from capillare.geo.points.intake import take_in
from capillare.geo.points.row_changes import RowChange, rows_of
from capillare.geo.points.rows import fault_lines
from capillare.geo.schema import DESKS, LINEAGE
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.files import RawTable
from capillare.geo.sources.reference import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.geo.points.row_changes import Cells

EDITABLE = (
    "status",
    "opening_hours",
    "by_appointment",
    "booking_url",
    "valid_from",
    "valid_to",
    "phone",
    "email",
    "facilitators",
    "verified_on",
    "note",
)
"""Fields of a desk that are changed by hand; where it stands and whose it is come by import."""

_FORM = "modulo"


def edit_desk(seen: Cells, typed: Mapping[str, str]) -> RowChange | None:
    """Turn cells that a person typed into a change of a desk's row.

    They are read as a file's cells are: Italian dates, yes and no, opening hours in plain words.

    Parameters
    ----------
    seen
        The row as the person saw it, in canonical text; changed meanwhile, it is refused when the
        change is made.
    typed
        Fields of `EDITABLE`; an empty text empties the cell, a field left out stays.

    Returns
    -------
    None where nothing changes.

    Raises
    ------
    DataError
        If a field is not editable, a cell cannot be read, or its hours cannot: all at once, in
        Italian.
    """
    strangers = sorted(set(typed) - set(EDITABLE))
    if strangers:
        raise DataError(f"desks: {named_rows(strangers)} not changed by hand. Import a list.")
    cells = {**seen, **{name: text.strip() for name, text in typed.items()}}
    problems = _hours_problem(cells) if "opening_hours" in typed else []
    if "opening_hours" in typed and not problems:
        hours = cells["opening_hours"]
        cells["opening_hours"] = (normalise_hours(hours) or "") if hours else ""
        cells["hours_basis"] = "stated" if hours else "unknown"
    row = pd.DataFrame({name: pd.array([text], dtype="str") for name, text in cells.items()})
    raw = RawTable(_FORM, None, row, np.array([0], dtype=np.int64))
    codes = CodeBook.of(set(read_boundaries()["istat_code"]), read_table(LINEAGE))
    tables, _ = take_in([raw], codes)
    rows = tables[DESKS.name]
    problems += fault_lines(rows.faults[rows.faults["is_refused"]])
    if problems:
        raise DataError(" ".join(problems))
    after = next(iter(rows_of(DESKS.check(rows.kept), DESKS).values()))
    return None if after == seen else RowChange(DESKS.name, (seen["desk_id"],), seen, after)


def _hours_problem(cells: Mapping[str, str]) -> list[str]:
    hours = cells["opening_hours"]
    if not hours or normalise_hours(hours) is not None:
        return []
    how = "Scrivilo come lun-ven 9-13, o Mo-Fr 09:00-13:00; lascialo vuoto se non è noto."
    return [f"{_FORM} opening_hours «{hours}»: orario non leggibile. {how}"]
