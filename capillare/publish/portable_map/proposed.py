"""What a plan proposes month by month and van by van, as features and as rows of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.hours import readable_it
from capillare.geo.numerals import MONTHS_IT, number
from capillare.publish.labels import label_it
from capillare.publish.portable_map.escaping import safe_html
from capillare.publish.portable_map.features import (
    POSITION_DECIMALS,
    card,
    place_name,
    point_feature,
    rows_of,
)
from capillare.publish.tour_layers import stop_places, tour_legs

if TYPE_CHECKING:
    from capillare.planning.plan import Plan
    from capillare.publish.portable_map.features import Features

SEAT_HEAD = ("Comune", "Località", "Punto", "Mesi", "Orario", "Ore settimanali", "Presenti serviti")
STOP_HEAD = (
    "Furgone",
    "Comune",
    "Località",
    "Giorno",
    "Orario",
    "Frequenza",
    "Date",
    "Maggiorenni raggiunti",
)


def seat_features(plan: Plan) -> Features:
    """Return the proposed seasonal seats, each once, with ``tip`` and ``card``."""
    return [
        point_feature(
            row,
            tip=safe_html(place_name(row.municipality, row.locality)),
            card=card(
                f"Sede stagionale: {place_name(row.municipality, row.locality)}",
                dict(zip(SEAT_HEAD[2:], _seat_cells(row), strict=True)),
            ),
        )
        for row in rows_of(_seats(plan))
    ]


def seat_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Return the proposed seasonal seats as rows under `SEAT_HEAD`."""
    return [(row.municipality, row.locality, *_seat_cells(row)) for row in rows_of(_seats(plan))]


def stop_features(plan: Plan) -> Features:
    """Return the stops of vans, one feature a van and place, with ``tip`` and ``card``."""
    return [
        point_feature(
            row,
            tip=safe_html(f"{row.van}, {place_name(row.municipality, row.locality)}"),
            card=card(
                f"Sosta di {row.van}: {place_name(row.municipality, row.locality)}",
                dict(zip(STOP_HEAD[3:], _stop_cells(row), strict=True)),
            ),
        )
        for row in rows_of(_stops(plan))
    ]


def stop_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Return the stops of vans as rows under `STOP_HEAD`."""
    return [
        (row.van, row.municipality, row.locality, *_stop_cells(row))
        for row in rows_of(_stops(plan))
    ]


def leg_features(plan: Plan) -> Features:
    """Return the legs of vans as straight lines: they are no roads."""
    if plan.tours is None:
        return []
    ends = ["from_lon", "from_lat", "to_lon", "to_lat"]
    lines = tour_legs(plan.tours.stops)[ends].round(POSITION_DECIMALS).drop_duplicates()
    return [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "LineString", "coordinates": [line[:2], line[2:]]},
        }
        for line in lines.to_numpy().tolist()
    ]


def _seats(plan: Plan) -> pd.DataFrame:
    """Return one row per proposed seasonal seat: its open months, their hours, who is served."""
    if plan.season is None:
        return pd.DataFrame()
    table = plan.season.table
    opened = table[table["candidate_id"].notna() & table["is_open"]].sort_values("month")
    opened = opened.assign(locality=opened["locality"].fillna(opened["municipality"]))
    grouped = opened.groupby(
        ["municipality", "point_id", "candidate_id"], sort=True, as_index=False
    )
    return grouped.agg(
        locality=("locality", "first"),
        lat=("lat", "first"),
        lon=("lon", "first"),
        months=("month", list),
        opening_hours=("opening_hours", lambda hours: list(hours.dropna().unique())),
        weekly_hours=("weekly_hours", lambda hours: sorted(hours.unique())),
        present_people=("present_people", "max"),
    )


def _stops(plan: Plan) -> pd.DataFrame:
    if plan.tours is None:
        return pd.DataFrame()
    return stop_places(plan.tours.stops)


def _seat_cells(row: Any) -> tuple[str, ...]:  # noqa: ANN401 (a named row)
    return (
        row.point_id,
        ", ".join(MONTHS_IT[month - 1] for month in row.months),
        " · ".join(map(readable_it, row.opening_hours)),
        " · ".join(number(hours, int(hours % 1 > 0)) for hours in row.weekly_hours),
        number(row.present_people),
    )


def _stop_cells(row: Any) -> tuple[str, ...]:  # noqa: ANN401 (a named row)
    return (
        label_it("weekday", row.weekday),
        f"{row.arrive}-{row.depart}, allestimento {number(row.setup_min)} minuti",
        label_it("pattern", row.pattern),
        ", ".join(f"{date[8:]}/{date[5:7]}" for date in row.dates.split(";")),
        number(row.adults_served),
    )
