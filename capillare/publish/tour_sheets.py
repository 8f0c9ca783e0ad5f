"""Sheets for drivers: one printed page per tour, with times, places, minutes and a sketch map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import cos, radians
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from capillare.geo.numerals import day, number
from capillare.publish.folders import write_text_aside
from capillare.publish.labels import LABELS_IT

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from capillare.planning.tours.proposal import Tours
    from capillare.publish.provenance import Provenance

WIDTH, HEIGHT, MARGIN = 640.0, 360.0, 40.0
"""Of the sketch map, in its own units."""
_HALF = WIDTH / 2


@dataclass(frozen=True)
class Mark:
    """A place on the sketch map: position, number in the tour (0 is the base), name."""

    x: float
    y: float
    order: int
    name: str

    @property
    def is_left(self) -> bool:
        """Whether its name is written to the right of it."""
        return self.x < _HALF


@dataclass(frozen=True)
class Sheet:
    """One tour: a van, a weekday, the days on which it runs alike, and its rows."""

    van: str
    weekday: str
    dates: tuple[str, ...]
    pattern: str
    rows: tuple[dict[str, Any], ...]
    marks: tuple[Mark, ...]
    drive: str
    open_hours: str
    remarks: tuple[str, ...]


def tour_sheets(tours: Tours) -> list[Sheet]:
    """Return the sheets, by van and first day; days with the same stops and times share one."""
    alike: dict[tuple[Any, ...], list[pd.DataFrame]] = {}
    for (van, _), rows in tours.stops.groupby(["van", "date"], sort=True):
        ordered = rows.sort_values("stop_order")
        key = (van, *zip(ordered["locality"], ordered["arrive"], ordered["depart"], strict=True))
        alike.setdefault(key, []).append(ordered)
    return [_sheet(days) for days in alike.values()]


def sheets_as_html(tours: Tours, about: Provenance) -> str:
    """Return all sheets as one page to print: nothing is fetched from anywhere."""
    environment = Environment(
        loader=PackageLoader("capillare.publish", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("tour_sheets.html.j2")
    return template.render(
        sheets=tour_sheets(tours),
        width=WIDTH,
        height=HEIGHT,
        about=about.lines,
    )


def write_tour_sheets(tours: Tours, path: Path, about: Provenance) -> None:
    """Write the sheets in one step."""
    write_text_aside(path, sheets_as_html(tours, about))


def _sheet(days: list[pd.DataFrame]) -> Sheet:
    first = days[0]
    rows = first.astype("object").where(first.notna(), None).to_dict("records")
    stops = [row for row in rows if row["place_id"] is not None]
    opened = sum(_minutes(r["depart"]) - _minutes(r["arrive"]) - r["setup_min"] for r in stops)
    return Sheet(
        van=rows[0]["van"],
        weekday=LABELS_IT["weekday"][rows[0]["weekday"]],
        dates=tuple(day(date.fromisoformat(frame["date"].tolist()[0])) for frame in days),
        pattern=LABELS_IT["pattern"][stops[0]["pattern"]],
        rows=tuple(_row(row) for row in rows),
        marks=_marks(rows[:-1]),
        drive=number(sum(row["drive_min"] for row in rows)),
        open_hours=number(opened / 60, 1),
        remarks=tuple(
            dict.fromkeys(note for frame in days for note in frame["note"].dropna().tolist())
        ),
    )


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    opens = _minutes(row["arrive"]) + round(row["setup_min"])
    is_stop = row["place_id"] is not None
    return {
        "order": row["stop_order"],
        "is_stop": is_stop,
        "place": row["locality"] if is_stop else "Base",
        "municipality": row["municipality"],
        "drive": number(row["drive_min"]) if row["stop_order"] else "",
        "arrive": row["arrive"] if row["stop_order"] else "",
        "opens": f"{opens // 60:02d}:{opens % 60:02d}" if is_stop else "",
        "depart": row["depart"] if is_stop or not row["stop_order"] else "",
        "note": row["note"] or "",
    }


def _marks(rows: list[dict[Any, Any]]) -> tuple[Mark, ...]:
    """Put places on the sketch: north up, one scale both ways, margins kept."""
    scale = cos(radians(sum(row["lat"] for row in rows) / len(rows)))
    east = [row["lon"] * scale for row in rows]
    north = [row["lat"] for row in rows]
    wide, high = max(east) - min(east), max(north) - min(north)
    unit = min((WIDTH - 2 * MARGIN) / max(wide, 1e-6), (HEIGHT - 2 * MARGIN) / max(high, 1e-6))
    left, top = (WIDTH - wide * unit) / 2, (HEIGHT - high * unit) / 2
    return tuple(
        Mark(
            round(left + (x - min(east)) * unit, 1),
            round(top + (max(north) - y) * unit, 1),
            int(row["stop_order"]),
            "Base" if row["place_id"] is None else row["locality"],
        )
        for row, x, y in zip(rows, east, north, strict=True)
    )


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


__all__ = ["Mark", "Sheet", "sheets_as_html", "tour_sheets", "write_tour_sheets"]
