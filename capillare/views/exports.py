"""What every page hands over: its rows in each format, the whole plan, a report to print.

Files are written only when somebody takes one, so that offering them costs a page nothing; each
says which scenario it answers, of which day, and from which data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from capillare.geo.schema.csv_text import table_as_csv
from capillare.planning.coordinators import list_for
from capillare.publish.coordinators import ground_name
from capillare.publish.provenance import provenance_of
from capillare.publish.report import report_html
from capillare.publish.row_files import (
    has_places,
    rows_geojson,
    rows_geopackage,
    rows_workbook,
)
from capillare.views.cached import derived_of, whole_plan_of
from capillare.views.downloads import Download, show_downloads, workbook_download
from capillare.views.session import current

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from capillare.planning.coordinators import Ground
    from capillare.planning.network import Network
    from capillare.planning.scenario import Scenario
    from capillare.publish.provenance import Provenance
    from capillare.publish.sheets import Sheet
    from capillare.views.downloads import Cut

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GPKG = "application/geopackage+sqlite3"
GEOJSON = "application/geo+json"
_CSV_NAMES = {"ranked_applications": "applications"}
"""Where the command line calls a table's file otherwise than the table."""

GROUNDS_IT = {
    "province": "Provincia di {name}",
    "union": "{name}",
    "entity": "{name}",
    "municipality": "Comune di {name}",
}
REPORTED = ("province", "union", "entity")
"""Kinds of territory that a report is offered for on every page."""


@dataclass(frozen=True)
class PageRows:
    """The rows of a page, and where they come from.

    Attributes
    ----------
    page
        Key of the page.
    title
        What the workbook is called.
    sheets
        The page's tables with the rows shown, the main one first.
    """

    page: str
    title: str
    sheets: tuple[Sheet, ...]
    network: Network
    provenance: Provenance

    def csv(self, sheet: Sheet) -> Download:
        """Offer a sheet as the command line writes it: UTF-8, comma, decimal points."""
        return self._file(
            _CSV_NAMES.get(sheet.table.name, sheet.table.name),
            "csv",
            f"{sheet.title}, righe mostrate (CSV)",
            "text/csv",
            lambda rows: table_as_csv(rows.sheets[0].frame, sheet.table).encode(),
            sheets=(sheet,),
        )

    def geojson(self, sheet: Sheet) -> Download:
        """Offer the rows of a sheet where they lie."""
        return self._file(
            sheet.table.name,
            "geojson",
            f"{sheet.title} (GeoJSON)",
            GEOJSON,
            lambda rows: rows_geojson(rows.sheets[0], rows.provenance, rows.network).encode(),
            sheets=(sheet,),
        )

    def workbook(self) -> Download:
        """Offer every sheet of the page as one workbook, with a sheet to read first."""
        return self._file(
            self.page,
            "xlsx",
            "Tabelle della pagina (XLSX)",
            XLSX,
            lambda rows: rows_workbook(
                rows.sheets, rows.provenance, rows.network, title=rows.title
            ),
        )

    def geopackage(self) -> Download:
        """Offer the sheets whose rows have a place as layers."""
        return self._file(
            self.page,
            "gpkg",
            "Strati (GeoPackage)",
            GPKG,
            lambda rows: rows_geopackage(rows.sheets, rows.provenance, rows.network),
            sheets=self.placed,
        )

    @property
    def placed(self) -> tuple[Sheet, ...]:
        """Sheets whose rows have a place."""
        return tuple(sheet for sheet in self.sheets if has_places(sheet.table))

    def _file(
        self,
        name: str,
        ending: str,
        label: str,
        mime: str,
        write: Callable[[PageRows], bytes],
        *,
        sheets: tuple[Sheet, ...] = (),
    ) -> Download:
        rows = replace(self, sheets=sheets or self.sheets)

        def narrowed(cut: Cut) -> Download | None:
            kept = [(sheet, cut(sheet.frame)) for sheet in rows.sheets]
            own = tuple(replace(sheet, frame=frame) for sheet, frame in kept if frame is not None)
            return self._file(name, ending, label, mime, write, sheets=own) if own else None

        file_name = f"{name}_{self.provenance.mark}.{ending}"
        return Download(label, file_name, mime, lambda: write(rows), narrowed)


def show_exports(
    page: str,
    title: str,
    sheets: Sequence[Sheet],
    network: Network,
    *,
    more: Sequence[Download] = (),
    caveats: Sequence[str] = (),
    asked: Sequence[Scenario] = (),
) -> None:
    """Offer a page's rows in every format that fits them, the whole plan, and reports.

    Parameters
    ----------
    page
        Key of the page, unique among what is shown together.
    title
        What the page's workbook is called.
    sheets
        The page's tables with the rows shown, the main one first; titles of at most 31 characters.
    more
        Files of the page's own, such as a calendar.
    caveats
        What must be known before the figures are used.
    asked
        Scenarios that are compared; by default the reader's own.
    """
    scenarios = tuple(asked) or (current().scenario,)
    provenance = provenance_of(network, caveats=caveats, asked=scenarios)
    rows = PageRows(page, title, tuple(sheets), network, provenance)
    places = [rows.geopackage()] if rows.placed else []
    first, *others = rows.sheets
    show_downloads(page, [rows.csv(first), rows.workbook(), *places, *more, workbook_download()])
    with st.expander("Altri file e rapporti da stampare"):
        show_downloads(
            f"{page}_more",
            [*map(rows.csv, others), *map(rows.geojson, rows.placed)],
        )
        show_report_choice(page, network)


def show_report_choice(page: str, network: Network) -> None:
    """Offer the report to print of a province, a union or another body."""
    grounds = {
        f"{ground.kind}/{ground.key}": ground
        for ground in derived_of(network.scenario, current().inputs).grounds
        if ground.kind in REPORTED
    }
    key = st.selectbox(
        "Rapporto da stampare: di chi",
        options=list(grounds),
        format_func=lambda key: ground_words(grounds[key]) if key in grounds else "",
        index=None,
        placeholder="Una provincia, un'unione o un ente",
        key=f"{page}_report_ground",
    )
    if key is not None:
        show_downloads(f"{page}_report", [report_download(grounds[key])])


def report_download(ground: Ground) -> Download:
    """Offer the report of a territory; who may take away only their own rows needs all of it."""
    session = current()

    def write() -> bytes:
        return report_html(
            list_for(whole_plan_of(session.scenario, session.inputs), ground)
        ).encode()

    file_name = f"rapporto_{ground_name(ground)}_{session.scenario.as_of.isoformat()}.html"
    offered = Download(f"Rapporto: {ground_words(ground)} (HTML)", file_name, "text/html", write)
    return replace(
        offered, narrowed=lambda cut: offered if is_all_own(ground.istat_codes, cut) else None
    )


def is_all_own(istat_codes: Sequence[str], cut: Cut) -> bool:
    """Tell whether every municipality of a territory is among what somebody may take away."""
    own = cut(pd.DataFrame({"istat_code": pd.array(list(istat_codes), dtype="str")}))
    return own is not None and len(own) == len(istat_codes)


def ground_words(ground: Ground) -> str:
    """Name a territory as people do."""
    return GROUNDS_IT[ground.kind].format(name=ground.name)
