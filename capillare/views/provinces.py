"""Targets, progress and pace of each province, and how near its people are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from capillare.geo.numerals import number
from capillare.geo.schema.pace import PROVINCE_PACE
from capillare.publish.sheets import sheet_of
from capillare.views.grids import show_grid
from capillare.views.page_links import show_link

if TYPE_CHECKING:
    from capillare.publish.sheets import Sheet

COLUMNS = (
    "province",
    "n_points",
    "adults_15min_share",
    "adults_30min_share",
    "target_citizens",
    "n_counted",
    "citizens_reached",
    "reached_share",
    "pace_kept_per_week",
    "pace_needed_per_week",
    "projected_share",
    "counted_on",
)


def show_provinces(table: pd.DataFrame, page: str) -> Sheet:
    """Show table ``province_pace``, and return it for the page to hand over."""
    st.header("Per provincia: obiettivi, avanzamento e passo")
    st.markdown(pace_sentence(table))
    if not table["n_counted"].any():
        show_link("Registro", "Carica i conteggi dei punti")
    show_grid(
        table,
        PROVINCE_PACE,
        COLUMNS,
        key=f"{page}_provinces",
        description="Province con obiettivi, cittadini raggiunti, passo tenuto e passo che serve",
    )
    return sheet_of(PROVINCE_PACE, table)


def pace_sentence(table: pd.DataFrame) -> str:
    """Say in a line or two whether the pace is enough, and on how many points that stands."""
    counted, n_points = int(table["n_counted"].sum()), int(table["n_points"].sum())
    if not counted:
        return (
            "Nessun punto ha un conteggio dei cittadini raggiunti: il passo non si può calcolare."
        )
    have = "punto su {} ha" if counted == 1 else "punti su {} hanno"
    stands_on = f"{number(counted)} {have.format(number(n_points))} un conteggio"
    kept, needed = (
        table[column].sum(min_count=1) for column in ("pace_kept_per_week", "pace_needed_per_week")
    )
    so_far = "" if pd.isna(kept) else f"; finora {number(kept)} cittadini raggiunti a settimana"
    return f"{stands_on}{so_far}: {_to_come(needed)}."


def _to_come(needed: float) -> str:
    """Say which pace points that are counted need from now on, people per week."""
    if pd.isna(needed):
        return "le campagne sono finite, e il passo che serve resta vuoto"
    if not needed:
        return "chi ha la campagna in corso ha già raggiunto il suo obiettivo"
    return f"a chi ha la campagna in corso ne servono {number(needed)}, fino alla fine"
