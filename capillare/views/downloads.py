"""Buttons that hand a page's rows over as files, written only when asked for."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from capillare.publish.metadata import summary_text
from capillare.publish.provenance import file_mark
from capillare.publish.workbook import write_workbook
from capillare.views.access.gate import allowed, exported_rows, permit
from capillare.views.cached import whole_plan_of
from capillare.views.session import current

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from capillare.planning.plan import Plan

    Cut = Callable[[pd.DataFrame], pd.DataFrame | None]

OWN_ROWS = "solo il tuo territorio"
NOT_TO_TAKE = "Questo file riguarda tutta la regione: il tuo ruolo scarica solo il tuo territorio."


@dataclass(frozen=True)
class Download:
    """One file to offer: what the button says, its name and kind, and who writes it.

    Attributes
    ----------
    narrowed
        Returns the same file with the rows that somebody may take away, as `exported_rows` cuts
        them, or None; without it, who may not take everything takes nothing.
    """

    label: str
    file_name: str
    mime: str
    write: Callable[[], bytes]
    narrowed: Callable[[Cut], Download | None] | None = None


def workbook_download() -> Download:
    """Offer the whole plan of the reader's scenario as a workbook."""
    session = current()
    return Download(
        "Piano completo (XLSX)",
        f"plan_{file_mark(session.scenario.title, session.scenario.as_of)}.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda: workbook_bytes(whole_plan_of(session.scenario, session.inputs)),
    )


def summary_download() -> Download:
    """Offer the figures of the reader's scenario for programs, as ``plan`` writes them."""
    session = current()
    return Download(
        "Cifre del piano (JSON)",
        f"summary_{file_mark(session.scenario.title, session.scenario.as_of)}.json",
        "application/json",
        lambda: summary_text(whole_plan_of(session.scenario, session.inputs), {}).encode(),
    )


def workbook_bytes(plan: Plan) -> bytes:
    """Return the workbook of a plan."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        write_workbook(plan, path)
        return path.read_bytes()


def show_downloads(page: str, files: Sequence[Download]) -> None:
    """Offer files side by side; the page does not run again when one is taken.

    Who may take away their own rows only is offered these; a file that cannot be cut is greyed.
    """
    with st.container(horizontal=True):
        for file in files:
            offered = _offered(file)
            st.download_button(
                (offered or file).label,
                data=b"" if offered is None else _checked(offered.write),
                file_name=file.file_name,
                mime=file.mime,
                key=f"{page}_{file.file_name}",
                on_click="ignore",
                disabled=offered is None,
                help=None if offered else NOT_TO_TAKE,
            )


def _offered(file: Download) -> Download | None:
    """Return the file that the reader may take, with all its rows or their own."""
    if allowed("export"):
        return file
    own = file.narrowed(exported_rows) if file.narrowed and allowed("export", "own") else None
    return None if own is None else replace(own, label=f"{own.label}: {OWN_ROWS}")


def _checked(write: Callable[[], bytes]) -> Callable[[], bytes]:
    """Hold a file's writing, which comes later and without the page, to the reader's rights."""
    check = permit("export", "own")

    def write_if_allowed() -> bytes:
        check()
        return write()

    return write_if_allowed
