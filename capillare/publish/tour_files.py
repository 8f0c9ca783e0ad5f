"""Every file of proposed tours, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.schema import TRAVEL_USED
from capillare.publish.calendars import write_calendar
from capillare.publish.tables import write_table
from capillare.publish.tour_layers import tour_tables, write_tour_files
from capillare.publish.tour_sheets import write_tour_sheets

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.planning.tours.proposal import Tours
    from capillare.publish.provenance import Provenance

CALENDAR, SHEETS = "tours.ics", "tour_sheets.html"
NOT_TABLES = (CALENDAR, SHEETS, "tours.geojson", "tour_params.json")
"""What is written beside the tables."""


def write_beside_tables(tours: Tours, folder: Path, about: Provenance) -> None:
    """Write the calendar, the drivers' sheets, the GeoJSON and the parameters.

    Each says where it comes from.
    """
    write_calendar(tours, folder / CALENDAR, about)
    write_tour_sheets(tours, folder / SHEETS, about)
    write_tour_files(tours, folder, about)


def write_tours(tours: Tours, folder: Path, about: Provenance) -> list[str]:
    """Write every file of proposed tours, each in one step; return their names."""
    tables = tour_tables(tours) | {TRAVEL_USED: TRAVEL_USED.check(tours.pairs)}
    for table, frame in tables.items():
        write_table(frame, table, folder / f"{table.name}.csv")
    write_beside_tables(tours, folder, about)
    return [*(f"{table.name}.csv" for table in tables), *NOT_TABLES]


__all__ = ["write_beside_tables", "write_tours"]
