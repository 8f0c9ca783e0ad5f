"""What the map of a tour shows: the base, the stops in order, and the way from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.numerals import number
from capillare.publish.outlines import DECIMALS
from capillare.views.leaflet_map.marks import Mark

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd


def tour_marks(day: pd.DataFrame) -> list[Mark]:
    """Build the symbols of one day of a van, rows of table ``tour_stops``: base first, once."""
    return [_mark(row) for row in day.iloc[:-1].to_dict("records")]


def tour_lines(day: pd.DataFrame) -> list[list[list[float]]]:
    """Return the way of one day, from the base through the stops and back."""
    ways = zip(day["lat"].round(DECIMALS), day["lon"].round(DECIMALS), strict=True)
    return [[[float(lat), float(lon)] for lat, lon in ways]]


def _mark(row: dict[Any, Any]) -> Mark:
    is_base = row["stop_order"] == 0
    lines = [f"{row['arrive']}-{row['depart']}"]
    if row["adults_served"]:
        lines.append(f"{number(row['adults_served'])} maggiorenni alla loro prima sosta vicina")
    name = f"{row['stop_order']}. {row['locality']}, comune di {row['municipality']}"
    return Mark(
        id=f"{row['van']} {row['stop_order']}",
        kind="base" if is_base else "stop",
        lat=round(row["lat"], DECIMALS),
        lon=round(row["lon"], DECIMALS),
        dx=0.0,
        dy=0.0,
        name=f"Base di {row['van']}, {row['municipality']}" if is_base else name,
        lines=[f"partenza alle {row['depart']}"] if is_base else lines,
        text="" if is_base else str(row["stop_order"]),
    )


__all__ = ["tour_lines", "tour_marks"]
