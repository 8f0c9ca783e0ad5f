"""The week hour by hour as coloured cells: who finds a desk open."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from capillare.geo.numerals import number, percent
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.publish.labels import label_it
from capillare.views.explaining import show_how
from capillare.views.grids import ROW_PX, UNKNOWN
from capillare.views.leaflet_map.classes import classes_at

Bound = Literal["low", "high"]

HEAT_BREAKS = (0.1, 0.2, 0.4, 0.6, 0.8)
_LIGHT_INK_FROM = 4
"""Classes from this one on are too dark for dark figures."""


def show_week(week: pd.DataFrame, bound: Bound, *, within_min: float) -> None:
    """Show the usual hours of table ``week_coverage``, each with its share of adults."""
    words = {"low": "minimo", "high": "massimo"}[bound]
    st.markdown(
        f"Quota di maggiorenni con uno sportello aperto entro {number(within_min)} minuti, per "
        f"giorno e ora ({words})."
    )
    cells = week_cells(week, bound)
    st.dataframe(
        cells.style.format(dict.fromkeys(cells, _written), na_rep=UNKNOWN).apply(_paint, axis=None),
        key=f"week_{bound}",
        alt="Quota di maggiorenni con uno sportello aperto, per giorno e ora",
        height=ROW_PX * (len(cells) + 1) + 3,
        placeholder=UNKNOWN,
    )
    show_how("week_coverage", widget=f"week_{bound}")


def week_cells(week: pd.DataFrame, bound: Bound) -> pd.DataFrame:
    """Return the usual hours, from the first to the last, by weekday; others are missing."""
    usual = week[week["is_usual"]]
    shares = usual.pivot(  # noqa: PD010 (each hour is there once: nothing to take a mean of)
        index="from_hour", columns="weekday", values=f"open_{bound}_share"
    )
    days = [day for day in WEEKDAY_NAMES if day in shares]
    hours = [f"{hour}-{hour + 1}" for hour in shares.index]
    return pd.DataFrame(
        shares[days].to_numpy(),
        index=pd.Index(hours, name="Ora"),
        columns=[label_it("weekday", day) for day in days],
    )


def _written(share: Any) -> str:  # noqa: ANN401 (what a Styler hands over)
    return percent(share)


def _paint(cells: pd.DataFrame) -> pd.DataFrame:
    """Return each cell's style, all cells at once."""
    classes = classes_at(HEAT_BREAKS, scheme="PuBu", unit="share")
    inks = [
        "#ffffff" if place >= _LIGHT_INK_FROM else "#1b1b1b"
        for place in range(len(classes.colours))
    ]
    styles = np.array(
        [f"background-color: {c}; color: {i}" for c, i in zip(classes.colours, inks, strict=True)]
        + [""]
    )
    # The last style is that of a missing share.
    return pd.DataFrame(
        styles[classes.of(cells.to_numpy(dtype=np.float64))],
        index=cells.index,
        columns=cells.columns,
    )
