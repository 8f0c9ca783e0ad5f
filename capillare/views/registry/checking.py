"""Check one's own file before it becomes the registry."""

from __future__ import annotations

import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.geo.numerals import number
from capillare.geo.points import read_registry
from capillare.views.faults import show_error
from capillare.views.notes import as_text
from capillare.views.registry.store import PAGE, italy, uploaded_file
from capillare.views.registry.tables import show_faults

TABLES = ("csv", "xlsx")


def show_checking() -> None:
    """Let the reader upload a file and see what is read, noted and refused."""
    st.markdown(
        "Carica una tabella del registro (CSV) o il registro intero (XLSX, un foglio per tabella): "
        "vedi che cosa si legge e quali righe si rifiutano. Nulla viene scritto."
    )
    upload = st.file_uploader("File da controllare", type=TABLES, key=f"{PAGE}_check")
    if upload is None:
        return
    try:
        with uploaded_file(upload) as path:
            registry = read_registry(path, italy())
    except CapillareError as fault:
        show_error(fault)
        return
    st.markdown(
        f"**{as_text(registry.name)}**. Sportelli letti: {number(len(registry.desks))}; punti: "
        f"{number(len(registry.points))}; conteggi: {number(len(registry.progress))}."
    )
    if not registry.faults["is_refused"].any():
        st.success("Nessuna riga rifiutata.")
    show_faults(registry.faults, key=f"{PAGE}_check_faults")
