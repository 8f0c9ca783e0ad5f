"""What was changed, by whom and when; and how to take the last change back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from capillare.geo.numerals import number
from capillare.geo.points.journal import last_undoable, read_journal
from capillare.geo.points.row_changes import read_rows
from capillare.geo.schema import Column, Table
from capillare.views.access.gate import seen_history
from capillare.views.grids import show_grid
from capillare.views.notes import as_text
from capillare.views.registry.store import PAGE, has_name, italy, may_take, take_back
from capillare.views.registry.tables import show_row_changes

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.points.journal import Entry

_JOURNAL = Table(
    "journal",
    "A change of the registry",
    "Storia delle modifiche",
    ("number",),
    (
        Column("number", "integer", "From 1", "N."),
        Column("at", "text", "When", "Quando"),
        Column("who", "text", "Who", "Chi"),
        Column("what", "text", "What", "Che cosa"),
        Column("n_rows", "integer", "Rows that it touches", "Righe"),
        Column("state", "text", "Whether it was taken back", "Stato"),
    ),
)


def show_history(folder: Path) -> None:
    """Show the journal, newest first, and the cells of the change chosen."""
    every = read_journal(folder)
    entries = seen_history(every, read_rows(folder), italy())
    if not entries:
        st.info("Nessuna modifica ancora: da qui in poi si vede chi cambia che cosa, e quando.")
        return
    last = last_undoable(every)
    if last is not None and not may_take(last.rows):
        last = None
    st.button(
        f"Annulla la modifica {last.number}: {last.what}" if last else "Nulla da annullare",
        key=f"{PAGE}_undo",
        disabled=last is None or not has_name(),
        on_click=take_back,
        help=None if has_name() else "Scrivi prima chi sei, in alto.",
    )
    newest_first = entries[::-1]
    show_grid(
        _frame(newest_first),
        _JOURNAL,
        _JOURNAL.names,
        key=f"{PAGE}_journal",
        description="Modifiche al registro, dalla più recente",
    )
    by_number = {entry.number: entry for entry in newest_first}
    number_shown = st.selectbox(
        "Modifica da vedere",
        options=list(by_number),
        format_func=lambda one: f"{one}. {by_number[one].what} ({by_number[one].who})",
        key=f"{PAGE}_entry",
    )
    entry = by_number[number_shown]
    st.markdown(
        f"{as_text(entry.who)}, {_when(entry)}: {as_text(entry.what)}. Righe toccate: "
        f"{number(len(entry.rows))}."
    )
    show_row_changes(entry.rows, key=f"{PAGE}_entry_cells")


def _frame(entries: list[Entry]) -> pd.DataFrame:
    undone = {entry.undoes for entry in entries}
    return pd.DataFrame(
        {
            "number": [entry.number for entry in entries],
            "at": [_when(entry) for entry in entries],
            "who": [entry.who for entry in entries],
            "what": [entry.what for entry in entries],
            "n_rows": [len(entry.rows) for entry in entries],
            "state": ["annullata" if entry.number in undone else "" for entry in entries],
        }
    )


def _when(entry: Entry) -> str:
    return f"{datetime.fromisoformat(entry.at):%d/%m/%Y %H:%M}"
