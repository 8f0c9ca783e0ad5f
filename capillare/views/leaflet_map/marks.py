"""What a map's symbols stand for: desks in service and proposed sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import pandas as pd

from capillare.geo.numerals import number
from capillare.publish.outlines import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

KINDS_IT = {
    "desk": "sportello in servizio",
    "desk_to_confirm": "sportello in servizio, da confermare",
    "desk_other_network": "sportello di un'altra rete",
    "site": "sede proposta, numerata per ordine",
    "base": "base del furgone",
    "stop": "sosta del furgone, numerata in ordine",
}
RING_PX = 7.0
_DESK_COLUMNS = (
    "desk_id",
    "network",
    "name",
    "istat_code",
    "lat",
    "lon",
    "is_to_be_confirmed",
    "address",
    "locality",
    "position_basis",
    "weekly_hours",
    "hours_basis",
)


class Mark(TypedDict):
    """One symbol.

    `kind` is one of `KINDS_IT`; `dx`, `dy` shift it, pixels; `text` is written inside; `name` and
    `lines` are read beside it and aloud.
    """

    id: str
    kind: str
    lat: float
    lon: float
    dx: float
    dy: float
    name: str
    lines: list[str]
    text: str


def desk_marks(desks: pd.DataFrame, municipality_names: Mapping[str, str]) -> list[Mark]:
    """Build the symbols of desks that have a position, by municipality and name."""
    placed = desks[list(_DESK_COLUMNS)].dropna(subset=["lat", "lon"])
    town = placed["istat_code"].map(dict(municipality_names)).astype("str").fillna("")
    placed = placed.assign(town=town).sort_values(["town", "name", "desk_id"])
    return [
        _mark(row, "desk_id", _desk_kind(row), shift, name=row["name"], lines=_desk_lines(row))
        for row, shift in _shifted(placed)
    ]


def site_marks(sites: pd.DataFrame) -> list[Mark]:
    """Build the symbols of proposed sites, in their order."""
    return [
        _mark(
            row,
            "candidate_id",
            "site",
            shift,
            name=f"{row['rank']}. {row['locality']}, comune di {row['municipality']}",
            lines=[row["reasons"]],
            text=str(row["rank"]),
        )
        for row, shift in _shifted(sites.sort_values("rank"))
    ]


def spread_px(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift symbols that stand on one spot onto a ring around it, so that each can be seen.

    Returns
    -------
    Shape (n, 2): right and down, pixels; zero for a symbol alone on its spot.

    Examples
    --------
    >>> spread_px(np.array([43.0, 43.0, 44.0]), np.array([11.0, 11.0, 11.0])).tolist()
    [[7.0, 0.0], [-7.0, 0.0], [0.0, 0.0]]
    """
    shifts = np.zeros((lat.size, 2))
    spots = np.column_stack([lat, lon]).round(DECIMALS)
    _, spot, on_spot = np.unique(spots, axis=0, return_inverse=True, return_counts=True)
    for crowded in np.flatnonzero(on_spot > 1):
        rows = np.flatnonzero(spot.ravel() == crowded)
        angle = 2 * np.pi * np.arange(rows.size) / rows.size
        radius = max(RING_PX, RING_PX * rows.size / np.pi)
        shifts[rows] = np.column_stack([np.cos(angle), np.sin(angle)]) * radius
    return np.round(shifts, 1) + 0.0


def _shifted(placed: pd.DataFrame) -> list[tuple[dict[Any, Any], list[float]]]:
    lat, lon = (placed[name].to_numpy(dtype=np.float64) for name in ("lat", "lon"))
    return list(zip(placed.to_dict("records"), spread_px(lat, lon).tolist(), strict=True))


def _mark(
    row: dict[Any, Any],
    id_column: str,
    kind: str,
    shift: list[float],
    *,
    name: str,
    lines: list[str],
    text: str = "",
) -> Mark:
    return Mark(
        id=row[id_column],
        kind=kind,
        lat=round(row["lat"], DECIMALS),
        lon=round(row["lon"], DECIMALS),
        dx=shift[0],
        dy=shift[1],
        name=name,
        lines=lines,
        text=text,
    )


def _desk_kind(row: dict[Any, Any]) -> str:
    if row["network"] != "pdf":
        return "desk_other_network"
    return "desk_to_confirm" if row["is_to_be_confirmed"] else "desk"


def _desk_lines(row: dict[Any, Any]) -> list[str]:
    where = [row[name] for name in ("address", "locality") if not pd.isna(row[name])]
    lines = [", ".join([*where, row["town"]])]
    if row["position_basis"] == "chief_town":
        lines.append("sede non nota: disegnato nel capoluogo")
    if not pd.isna(row["weekly_hours"]):
        basis = "" if row["hours_basis"] == "stated" else " (stimate)"
        lines.append(f"{number(row['weekly_hours'])} ore a settimana{basis}")
    if row["is_to_be_confirmed"]:
        lines.append("da confermare")
    return lines
