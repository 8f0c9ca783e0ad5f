"""The week hour by hour as coloured cells: who finds a desk open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from capillare.geo.numerals import number, percent
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.publish.labels import label_it
from capillare.views.explaining import show_how
from capillare.views.grids import ROW_PX, UNKNOWN
from capillare.views.leaflet_map.classes import MISSING_CLASS, classes_at

if TYPE_CHECKING:
    from collections.abc import Callable

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
        cells.style.format(dict.fromkeys(cells, _written), na_rep=UNKNOWN).map(_painter()),
        key=f"week_{bound}",
        alt="Quota di maggiorenni con uno sportello aperto, per giorno e ora",
        height=ROW_PX * (len(cells) + 1) + 3,
        placeholder=UNKNOWN,
    )
    show_how("week_coverage", widget=f"week_{bound}")


def week_cells(week: pd.DataFrame, bound: Bound) -> pd.DataFrame:
    """Return the usual hours, from the first to the last, by weekday; others are missing."""
    usual = week[week["is_usual"]]
    shares = usual.pivot_table(
        index="from_hour", columns="weekday", values=f"open_{bound}_share", dropna=False
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


def _painter() -> Callable[[Any], str]:
    classes = classes_at(HEAT_BREAKS, scheme="PuBu", unit="share")

    def paint(share: Any) -> str:  # noqa: ANN401 (the same)
        place = int(classes.of(np.array([share]))[0])
        if place == MISSING_CLASS:
            return ""
        ink = "#ffffff" if place >= _LIGHT_INK_FROM else "#1b1b1b"
        return f"background-color: {classes.colours[place]}; color: {ink}"

    return paint
