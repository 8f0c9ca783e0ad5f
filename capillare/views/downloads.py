"""Buttons that hand a page's rows over as files, written only when asked for."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.schema.csv_text import table_as_csv
from capillare.publish.workbook import write_workbook
from capillare.views.cached import plan_of
from capillare.views.session import current

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from capillare.geo.schema import Table
    from capillare.planning.plan import Plan


@dataclass(frozen=True)
class Download:
    """One file to offer: what the button says, its name and kind, and who writes it."""

    label: str
    file_name: str
    mime: str
    write: Callable[[], bytes]


def table_download(frame: pd.DataFrame, table: Table) -> Download:
    """Offer a declared table as the command line writes it: UTF-8, comma, decimal points."""
    return Download(
        f"{table.title_it}, righe mostrate (CSV)",
        f"{table.name}.csv",
        "text/csv",
        lambda: table_as_csv(frame, table).encode(),
    )


def workbook_download() -> Download:
    """Offer the whole plan of the reader's scenario as a workbook."""
    session = current()
    return Download(
        "Piano completo (XLSX)",
        "plan.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda: workbook_bytes(plan_of(session.scenario, session.inputs)),
    )


def workbook_bytes(plan: Plan) -> bytes:
    """Return the workbook of a plan."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        write_workbook(plan, path)
        return path.read_bytes()


def show_downloads(page: str, files: Sequence[Download]) -> None:
    """Offer files side by side; the page does not run again when one is taken."""
    with st.container(horizontal=True):
        for file in files:
            st.download_button(
                file.label,
                data=file.write,
                file_name=file.file_name,
                mime=file.mime,
                key=f"{page}_{file.file_name}",
                on_click="ignore",
            )
