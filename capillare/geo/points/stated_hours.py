"""Opening hours as a registry states them, put into the OSM grammar or kept to be verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.hours import normalise_hours

if TYPE_CHECKING:
    from capillare.geo.points.rows import Rows

_TO_VERIFY = "Orario da verificare: "


def with_canonical_hours(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with ``opening_hours`` in the OSM grammar, or missing if unreadable.

    What cannot be read goes to the end of ``note``; ``hours_basis``, where there is one, becomes
    stated, unreadable or, with no hours at all, unknown (an unreadable one stays so).
    """
    hours = frame["opening_hours"]
    canonical = _canonical(hours)
    is_unreadable = hours.notna() & canonical.isna()
    remark = (_TO_VERIFY + hours).where(is_unreadable)
    note = frame["note"].where(remark.isna(), frame["note"].fillna("") + "; " + remark)
    read = frame.assign(opening_hours=canonical, note=note.str.removeprefix("; "))
    if "hours_basis" not in frame:
        return read
    was_unreadable = canonical.isna() & (frame["hours_basis"] == "unreadable")
    basis = np.select(
        [canonical.notna(), is_unreadable | was_unreadable], ["stated", "unreadable"], "unknown"
    )
    return read.assign(hours_basis=pd.array(basis, dtype="str"))


def read_stated_hours(rows: Rows) -> None:
    """Put the hours of rows into the grammar, saying what was Italian and what is unreadable."""
    hours = rows.frame["opening_hours"]
    rows.frame = with_canonical_hours(rows.frame)
    canonical = rows.frame["opening_hours"]
    rows.warn(
        (hours.notna() & canonical.isna()).to_numpy(dtype=bool) & ~rows.is_refused,
        "opening_hours",
        hours,
        "orario non leggibile: la riga resta, con orario sconosciuto",
        "Scrivilo come lun-ven 9-13, o Mo-Fr 09:00-13:00.",
    )
    is_rewritten = canonical.notna() & (hours != canonical)
    ways = ("letto come " + canonical).fillna("").to_numpy(dtype=object)
    rows.note(is_rewritten.to_numpy(dtype=bool), "opening_hours", hours, ways)


def _canonical(hours: pd.Series) -> pd.Series:
    by_text = {text: normalise_hours(text) for text in hours.dropna().unique()}
    return hours.map({text: read for text, read in by_text.items() if read}).astype("str")
