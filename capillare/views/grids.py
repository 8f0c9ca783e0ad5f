"""Tables on screen: Italian labels, numbers and dates, sorted by the figures beneath.

The grid writes numbers in the browser's language; a pandas Styler carries our own writing and
leaves the figures for sorting and alignment.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from capillare.geo.errors import DataError
from capillare.geo.hours import readable_it
from capillare.geo.numerals import MONTHS_IT, euros, number, percent
from capillare.publish.labels import LABELS_IT, YES_NO_IT
from capillare.views.explaining import show_how
from capillare.views.headings import heading_it, words_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pandas.io.formats.style import Styler

    from capillare.geo.schema import Column, Table

ROW_PX = 35
MOST_HEIGHT_PX = 560
UNKNOWN = "—"
_DECIMALS = {
    "hours": 1,
    "people/week": 1,
    "hours/1000 adults": 1,
    "people/day": 1,
    "EUR": 0,
    "degrees": 5,
}
_OWN_DECIMALS = {
    "gap_index": 1,
    "citizens_per_hour": 1,
    "citizens_per_month": 1,
    "first_min": 1,
    "second_min": 1,
    "difference_min": 1,
}
_OWN_WRITERS: dict[str, Callable[[Any], str]] = {
    "month": lambda month: MONTHS_IT[int(month) - 1],
    "eur_per_person_month": lambda cost: f"{number(cost, 2)} €",
}
_WIDTHS_PX = {
    "reasons": 480,
    "point": 300,
    "entity": 230,
    "inner_class": 70,
    "opening_hours": 300,
    "municipalities": 260,
    "municipalities_gaining": 260,
}
_PX_PER_LETTER, _PX_AROUND, _LEAST_PX = 7, 22, 60
_NAMES_OF_PLACES = frozenset({"municipality", "locality", "province"})
"""As wide as their longest name: the browser measures the rows in sight only, and clips others."""
_WIDEST_NAME_PX = 190


def show_grid(
    frame: pd.DataFrame,
    table: Table,
    columns: Sequence[str],
    *,
    key: str,
    description: str,
    height: int | None = None,
    explained: str = "",
) -> None:
    """Show some columns of a declared table, and under it how it is computed.

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
        Pixels at most; by default `MOST_HEIGHT_PX`. Few rows take only what they need.
    explained
        Key of how it is computed, in ``data/figures_it.toml``; by default the table's name.
    """
    declared = [table.column(name) for name in columns]
    needed = ROW_PX * (len(frame) + 1) + 3
    st.dataframe(
        italian_writing(frame, declared),
        hide_index=True,
        key=key,
        alt=description,
        placeholder=UNKNOWN,
        height=min(needed, height or MOST_HEIGHT_PX),
        column_config={c.title_it: _column_config(frame[c.name], table, c) for c in declared},
    )
    show_how(explained or table.name, widget=key)


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
    if column.name in _OWN_WRITERS:
        return _OWN_WRITERS[column.name]
    if column.unit == "share":
        return lambda share: percent(share, 1)
    if column.unit == "EUR":
        return euros
    decimals = _OWN_DECIMALS.get(column.name, _DECIMALS.get(column.unit, 0))
    return lambda figure: number(figure, decimals)


def hours_it(text: str) -> str:
    """Say opening hours in Italian; what cannot be read stays as somebody typed it.

    >>> hours_it("Mo-Fr 09:00-13:00"), hours_it("quando possibile")
    ('lunedì-venerdì 9-13', 'quando possibile')
    """
    try:
        return readable_it(text)
    except DataError:
        return text


def _figures(cells: pd.Series, column: Column) -> pd.Series:
    if column.kind == "flag":
        return cells.map(YES_NO_IT).astype("str")
    # Letters of inner areas stay letters: their names are too long for a column.
    if column.name in LABELS_IT and column.name != "inner_class":
        return cells.map(LABELS_IT[column.name]).astype("str")
    if column.name == "opening_hours":
        return cells.map(hours_it, na_action="ignore").astype("str")
    return cells


def _column_config(cells: pd.Series, table: Table, column: Column) -> Any:  # noqa: ANN401 (Streamlit's own type is not public)
    heading = heading_it(column)
    width, words = _width(cells, column, heading), words_beside(table, column)
    if column.kind not in {"integer", "number"}:
        return st.column_config.TextColumn(heading, width=width, help=words)
    return st.column_config.NumberColumn(
        heading,
        width=width,
        help=words,
        alignment="left" if column.name == "month" else None,
    )


def _width(cells: pd.Series, column: Column, heading: str) -> int | None:
    """Return a column's width, pixels; None leaves it to the browser."""
    if column.name in _WIDTHS_PX:
        return _WIDTHS_PX[column.name]
    is_figure = column.kind in {"integer", "number"}
    if not is_figure and column.name not in _NAMES_OF_PLACES:
        return None
    letters = (
        _letters(cells, column)
        if is_figure
        else int(cells.dropna().str.len().max() if cells.notna().any() else 0)
    )
    wished = max(_LEAST_PX, _PX_AROUND + _PX_PER_LETTER * max(len(heading), letters))
    return wished if is_figure else min(wished, _WIDEST_NAME_PX)


def _letters(cells: pd.Series, column: Column) -> int:
    """Return how long the longest figure is when written: it is the least or the greatest."""
    known = cells.dropna()
    if known.empty:
        return len(UNKNOWN)
    write = writer(column)
    return max(len(write(known.min())), len(write(known.max())))
