"""What each van does and costs, and what the target of its point asks of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.planning.tours.vans import clock_minutes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.settings import Policy
    from capillare.planning.tours.ground import Ground

HOUR_STEPS = (4.0, 8.0, 16.0)
"""Hours in four weeks by which people newly within reach are counted: 1, 2 and 4 a week."""


def open_hours(stops: pd.DataFrame) -> pd.Series[float]:
    """Return the hours for which each row of ``tour_stops`` receives people; 0 at the base."""
    stay = [
        clock_minutes(depart) - clock_minutes(arrive)
        for arrive, depart in zip(stops["arrive"], stops["depart"], strict=True)
    ]
    hours = (pd.Series(stay, index=stops.index, dtype="float64") - stops["setup_min"]) / 60
    return hours.where(stops["place_id"].notna(), 0.0)


def hours_felt(ground: Ground, stops: pd.DataFrame) -> NDArray[np.float64]:
    """Return the hours of vans within reach of each place in the four weeks, shape (n_stops,)."""
    hours = np.zeros(len(ground.stops))
    made = stops["stop"].to_numpy(dtype=np.int64) >= 0
    np.add.at(hours, stops["stop"].to_numpy(dtype=np.int64)[made], open_hours(stops)[made])
    return np.asarray(ground.reach @ hours)


def people_by_hours(ground: Ground, stops: pd.DataFrame) -> dict[str, int]:
    """Count adults newly within reach by the hours they have in four weeks, at least so many."""
    felt = hours_felt(ground, stops)
    steps = [(f"{step:g}", felt >= step) for step in HOUR_STEPS]
    return {"0": int(ground.adults[felt > 0].sum())} | {
        name: int(ground.adults[enough].sum()) for name, enough in steps
    }


def fleet_figures(
    ground: Ground, stops: pd.DataFrame, targets: pd.DataFrame, policy: Policy
) -> pd.DataFrame:
    """Sum up each van.

    ``citizens_asked`` is the share of its point's target that falls to its open hours: target x
    open hours of the four weeks / (weekly hours of the point x weeks of the campaign). It is
    missing where the point's target, hours or campaign are not known. A van without a stated cost
    costs what a point costs.

    Returns
    -------
    One row a van, in order: ``van``, ``point_id``, ``n_days``, ``n_visits``, ``n_places``,
    ``open_hours``, ``drive_hours``, ``adults_served``, ``cost_eur``, ``target_citizens``,
    ``citizens_asked``.
    """
    by_point = {str(row["point_id"]): row for row in targets.to_dict("records")}
    hours = open_hours(stops)
    rows: list[dict[str, Any]] = []
    for van in dict.fromkeys(crew.van for crew in ground.crews):
        own = stops[stops["van"] == van.van]
        is_stop = own["place_id"].notna()
        opened = float(hours[own.index].sum())
        known = by_point.get(van.point_id)
        rows.append(
            {
                "van": van.van,
                "point_id": van.point_id or None,
                "n_days": own["date"].nunique(),
                "n_visits": int(is_stop.sum()),
                "n_places": own.loc[is_stop, "place_id"].nunique(),
                "open_hours": round(opened, 2),
                "drive_hours": round(float(own["drive_min"].sum()) / 60, 2),
                "adults_served": int(own["adults_served"].sum()),
                "cost_eur": policy.point.cost_eur if van.cost_eur is None else van.cost_eur,
                "target_citizens": None if known is None else _count(known["target_citizens"]),
                "citizens_asked": None if known is None else _asked(known, opened, policy),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.astype({"target_citizens": "Int64", "citizens_asked": "float64"})


def _count(cell: object) -> int | None:
    return None if pd.isna(cell) else int(cell)  # type: ignore[call-overload]  # a nullable integer


def _asked(point: dict[Any, Any], opened: float, policy: Policy) -> float | None:
    target, weekly = point["target_citizens"], point["weekly_hours"]
    if pd.isna(target) or pd.isna(weekly) or weekly <= 0 or pd.isna(point["campaign"]):
        return None
    named = [c for c in policy.campaigns if c.campaign == point["campaign"]]
    if not named:
        return None
    days = date.fromisoformat(named[0].ends_on) - date.fromisoformat(named[0].starts_on)
    return round(float(target) * opened / (float(weekly) * days.days / 7), 1)


__all__ = ["HOUR_STEPS", "fleet_figures", "hours_felt", "open_hours", "people_by_hours"]
