"""Load the progress of points from aggregate counts."""

from __future__ import annotations

import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.geo.numerals import day, number
from capillare.geo.points.progress_counts import read_progress_counts
from capillare.geo.schema import PROGRESS
from capillare.views.faults import show_error
from capillare.views.grids import show_grid
from capillare.views.registry.checking import TABLES
from capillare.views.registry.store import (
    PAGE,
    has_name,
    take,
    uploaded_file,
    whole_registry,
    working_folder,
)
from capillare.views.registry.tables import show_faults
from capillare.views.session import current

_COLUMNS = ("point_id", "as_of", "citizens", "services", "replies", "satisfaction", "note")


def show_counts() -> None:
    """Let the reader bring a file of counts, see what it changes, and write it."""
    st.markdown(
        "Carica i conteggi aggregati dei punti, come li dà FACILITA: una riga per punto, con il "
        "codice del punto, i cittadini e i servizi, cumulati dall'inizio. **Solo totali**: un file "
        "con codici fiscali, nomi o date di nascita viene rifiutato per intero."
    )
    left, right = st.columns(2)
    upload = left.file_uploader("Conteggi (CSV o XLSX)", type=TABLES, key=f"{PAGE}_counts")
    counted_on = right.date_input(
        "Data dei conteggi, se il file non la dice",
        value=current().scenario.as_of,
        format="DD/MM/YYYY",
        key=f"{PAGE}_counted_on",
    )
    if upload is None:
        return
    try:
        with uploaded_file(upload) as path:
            counts = read_progress_counts(path, whole_registry(), counted_on=counted_on)
    except CapillareError as fault:
        show_error(fault)
        return
    show_faults(counts.faults, key=f"{PAGE}_counts_faults")
    st.markdown(
        f"Conteggi letti: {number(len(counts.counts))}; nuovi o diversi dal registro: "
        f"{number(len(counts.changes))}."
    )
    if counts.counts.empty:
        return
    show_grid(
        counts.counts,
        PROGRESS,
        _COLUMNS,
        key=f"{PAGE}_counts_grid",
        description="Conteggi letti dal file",
    )
    if working_folder() is not None:
        st.button(
            "Scrivi i conteggi nel registro",
            key=f"{PAGE}_take_counts",
            type="primary",
            disabled=not (has_name() and counts.changes),
            on_click=take,
            args=(counts.changes, f"conteggi di {upload.name} al {day(counted_on)}"),
            help=None if has_name() else "Scrivi prima chi sei, in alto.",
        )
