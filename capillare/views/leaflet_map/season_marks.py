"""What the map of a month shows: tourists beside residents, and the seasonal seats that open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from capillare.geo.hours import readable_it
from capillare.geo.numerals import number
from capillare.publish.outlines import DECIMALS
from capillare.views.leaflet_map.areas import Areas
from capillare.views.leaflet_map.marks import Mark, spread_px

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from capillare.geo.presence import Presence

_BASES_IT = {
    "given": "dato fornito",
    "known": "dato pubblicato",
    "estimated": "mesi stimati da comuni simili",
}


def presence_areas(presence: Presence, names: pd.Series, month: int) -> Areas:
    """Show visitors over resident adults in a month; `names` are municipalities by ISTAT code."""
    rows = presence.of_month(month)
    return Areas(
        rows["istat_code"].tolist(),
        rows["visitors_share"].to_numpy(dtype=np.float64),
        [_tip(row, names[row["istat_code"]]) for row in rows.to_dict("records")],
    )


def seat_marks(seats: pd.DataFrame) -> list[Mark]:
    """Build the symbols of the seasonal seats open in a month, numbered by ``rank``."""
    shifts = spread_px(seats["lat"].to_numpy(np.float64), seats["lon"].to_numpy(np.float64))
    return [
        Mark(
            id=row["candidate_id"],
            kind="site",
            lat=round(row["lat"], DECIMALS),
            lon=round(row["lon"], DECIMALS),
            dx=dx,
            dy=dy,
            name=f"{row['rank']}. {row['locality']}, comune di {row['municipality']}",
            lines=[readable_it(row["opening_hours"]), f"{number(row['present_people'])} presenti"],
            text=str(row["rank"]),
        )
        for row, (dx, dy) in zip(seats.to_dict("records"), shifts.tolist(), strict=True)
    ]


def _tip(row: Mapping[Any, Any], name: str) -> list[str]:
    adults = f"{number(float(str(row['adults'])))} maggiorenni residenti"
    if row["tourism_basis"] == "unknown":
        return [name, adults, "turisti non noti"]
    per_day = number(float(str(row["tourists_per_day"])))
    return [name, adults, f"{per_day} turisti al giorno ({_BASES_IT[str(row['tourism_basis'])]})"]
