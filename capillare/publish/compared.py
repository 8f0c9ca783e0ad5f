"""Two scenarios side by side, as lines for a terminal and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.numerals import euros, number, percent
from capillare.geo.schema.scenarios import (
    SCENARIO_FIGURES,
    SCENARIO_MUNICIPALITIES,
    SCENARIO_PROVINCES,
    SCENARIO_SITES,
)
from capillare.publish.tables import write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from capillare.planning.comparison import Comparison
    from capillare.planning.plan import Plan

UNKNOWN = "—"
POINTS_OF_SHARE = "punti"
"""Shares differ by percentage points, not by per cent."""


def written_figure(figure: float, kind: str, *, is_difference: bool = False) -> str:
    """Write one figure of table ``scenario_figures`` in Italian.

    >>> written_figure(0.641, "share"), written_figure(0.303, "share", is_difference=True)
    ('64,1 %', '+30,3 punti')
    >>> written_figure(-39000, "EUR", is_difference=True), written_figure(14.26, "minutes")
    ('-39.000 €', '14,3')
    """
    if pd.isna(figure):
        return UNKNOWN
    sign = "+" if is_difference and figure > 0 else ""
    if kind == "share":
        points = f"{number(100 * figure, 1)} {POINTS_OF_SHARE}"
        return sign + (points if is_difference else percent(figure, 1))
    if kind == "EUR":
        return sign + euros(figure)
    return sign + number(figure, 1 if kind == "minutes" else 0)


def year_round_it(plans: Sequence[Plan]) -> str:
    """Say what minutes of two plans leave out; empty where neither has seasonal seats or vans."""
    left_out = [
        words
        for words, is_there in (
            ("le sedi stagionali", any(plan.season is not None for plan in plans)),
            ("i furgoni", any(plan.tours is not None for plan in plans)),
        )
        if is_there
    ]
    if not left_out:
        return ""
    return (
        "Comuni e province contano gli sportelli e le sedi aperti tutto l'anno: "
        f"{' e '.join(left_out)} non ne cambiano minuti e persone, e stanno nelle cifre d'insieme."
    )


def comparison_lines(comparison: Comparison) -> list[str]:
    """Return the figures of a comparison, then its provinces, as aligned lines."""
    return [*_figure_lines(comparison), "", *_province_lines(comparison)]


def _province_lines(comparison: Comparison) -> list[str]:
    """Return what the second scenario changes in each province, less the first."""
    kinds = {"within": "people", "min": "minutes", "cost_eur": "EUR"}
    rows = [("Differenze per provincia", "entro la soglia", "minuti", "euro")]
    for row in comparison.provinces.to_dict("records"):
        cells = [
            written_figure(row[f"difference_{name}"], kind, is_difference=True)
            for name, kind in kinds.items()
        ]
        rows.append((row["province"], *cells))
    return _aligned(rows)


def _figure_lines(comparison: Comparison) -> list[str]:
    rows = [("", "primo", "secondo", "differenza")]
    for row in comparison.figures.to_dict("records"):
        cells = [written_figure(row[side], row["kind"]) for side in ("first", "second")]
        difference = written_figure(row["difference"], row["kind"], is_difference=True)
        rows.append((row["figure"], *cells, difference))
    return _aligned(rows)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        row[0].ljust(widths[0])
        + "".join(f"  {cell.rjust(width)}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]


def write_comparison(comparison: Comparison, out: Path) -> None:
    """Write each table of a comparison as ``<table>.csv`` in `out`.

    Raises
    ------
    SourceError
        If a file cannot be written.
    """
    for table, frame in (
        (SCENARIO_FIGURES, comparison.figures),
        (SCENARIO_PROVINCES, comparison.provinces),
        (SCENARIO_MUNICIPALITIES, comparison.municipalities),
        (SCENARIO_SITES, comparison.sites),
    ):
        write_table(frame, table, out / f"{table.name}.csv")
