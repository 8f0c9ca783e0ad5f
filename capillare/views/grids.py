"""Tables on screen: Italian labels, numbers and dates, sorted by the figures beneath.

The grid writes numbers in the browser's language; a pandas Styler carries our own writing and
leaves the figures for sorting and alignment.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from capillare.geo.numerals import euros, number, percent
from capillare.publish.labels import LABELS_IT, YES_NO_IT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pandas.io.formats.style import Styler

    from capillare.geo.schema import Column, Table

ROW_PX = 35
MOST_HEIGHT_PX = 560
UNKNOWN = "—"
_DECIMALS = {"hours": 1, "hours/1000 adults": 1, "people/day": 1, "EUR": 0}
_INDEX_DECIMALS = {"gap_index": 1}
_WIDTHS_PX = {"reasons": 480, "point": 260, "entity": 220, "inner_class": 70}
_PX_PER_LETTER, _PX_AROUND = 7, 34


def show_grid(
    frame: pd.DataFrame,
    table: Table,
    columns: Sequence[str],
    *,
    key: str,
    description: str,
    height: int | None = None,
) -> None:
    """Show some columns of a declared table.

    Parameters
    ----------
    frame
        Rows in the order to show.
    table
        Declares the columns: label, unit, meaning.
    columns
        Names, in order.
    key
        Of the widget.
    description
        What the table is, for who does not see it.
    height
        Pixels; by default as many as the rows need, at most `MOST_HEIGHT_PX`.
    """
    declared = [table.column(name) for name in columns]
    needed = ROW_PX * (len(frame) + 1) + 3
    st.dataframe(
        italian_writing(frame, declared),
        hide_index=True,
        key=key,
        alt=description,
        placeholder=UNKNOWN,
        height=height or min(needed, MOST_HEIGHT_PX),
        column_config={c.title_it: _column_config(c) for c in declared},
    )


def italian_writing(frame: pd.DataFrame, columns: Sequence[Column]) -> Styler:
    """Return the columns under their Italian labels, written in Italian, figures kept beneath."""
    shown = pd.DataFrame({c.title_it: _figures(frame[c.name], c) for c in columns})
    return shown.style.format({c.title_it: writer(c) for c in columns}, na_rep=UNKNOWN)


def writer(column: Column) -> Callable[[Any], str]:
    """Return what writes one cell of a column.

    >>> from capillare.geo.schema import COVERAGE
    >>> writer(COVERAGE.column("adults"))(12345)
    '12.345'
    >>> writer(COVERAGE.column("adults_15min_share"))(0.478)
    '47,8 %'
    >>> writer(COVERAGE.column("travel_min"))(12.6)
    '13'
    """
    if column.kind == "date":
        return lambda day: f"{date.fromisoformat(day):%d/%m/%Y}"
    if column.kind not in {"integer", "number"}:
        return str
    if column.unit == "share":
        return lambda share: percent(share, 1)
    if column.unit == "EUR":
        return euros
    decimals = _INDEX_DECIMALS.get(column.name, _DECIMALS.get(column.unit, 0))
    return lambda figure: number(figure, decimals)


def _figures(cells: pd.Series, column: Column) -> pd.Series:
    if column.kind == "flag":
        return cells.map(YES_NO_IT).astype("str")
    # Letters of inner areas stay letters: their names are too long for a column.
    if column.name in LABELS_IT and column.name != "inner_class":
        return cells.map(LABELS_IT[column.name]).astype("str")
    return cells


def _column_config(column: Column) -> Any:  # noqa: ANN401 (Streamlit's own type is not public)
    width = _WIDTHS_PX.get(column.name)
    if column.kind in {"integer", "number"}:
        width = width or _PX_AROUND + _PX_PER_LETTER * len(column.title_it)
        return st.column_config.NumberColumn(column.title_it, width=width)
    return st.column_config.TextColumn(column.title_it, width=width)
