"""From placed tours to table ``tour_stops``: every van, every day, stop by stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.schema import TOUR_STOPS
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.geo.travel import MINUTE_DECIMALS
from capillare.planning.tours.calendar_value import is_market, visits
from capillare.planning.tours.vans import clock_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.tours.calendar_value import Placed
    from capillare.planning.tours.ground import Ground

BASE_LOCALITY = "base"
MARKET_NOTE = "giorno di mercato"


def tour_rows(ground: Ground, plan: Sequence[Placed]) -> pd.DataFrame:
    """Write a plan day by day.

    Returns
    -------
    Table ``tour_stops``, by van, date and order; further columns ``stop`` (row of the stop, -1 at
    the base) and ``crew``.
    """
    rows: list[dict[str, Any]] = []
    for placed in plan:
        for week, made in visits(ground, placed):
            rows += _day_rows(ground, placed, week, made)
    if not rows:
        return TOUR_STOPS.empty().assign(stop=np.empty(0, dtype="int64"))
    frame = pd.DataFrame(rows).sort_values(["row", "date", "stop_order"], ignore_index=True)
    frame["adults_served"] = _first_visits(ground, frame)
    return TOUR_STOPS.check(frame.drop(columns="row"))


def _day_rows(ground: Ground, placed: Placed, week: int, made: list[int]) -> list[dict[str, Any]]:
    tour, crew = placed.tour, ground.crews[placed.tour.crew]
    stops = [tour.stops[position] for position in made]
    day = {
        "row": crew.row,
        "crew": tour.crew,
        "van": crew.van.van,
        "point_id": crew.van.point_id or None,
        "date": ground.horizon.day(week, placed.weekday).isoformat(),
        "week": week + 1,
        "weekday": WEEKDAY_NAMES[placed.weekday],
    }
    leave = tour.clock.leave
    if made[0] != 0:
        leave = tour.clock.arrive[made[0]] - int(ground.out[tour.crew, stops[0]])
        leave = min(leave, _before_break(ground, placed, made, leave))
    missed = [position for position in range(len(tour.stops)) if position not in made]
    names = ", ".join(ground.stops["place"].iloc[[tour.stops[p] for p in missed]])
    shut = f"festa patronale, senza sosta: {names}" if missed else None
    home = tour.clock.depart[made[-1]] + int(ground.back[tour.crew, stops[-1]])
    if made[-1] < tour.n_morning and home > crew.terms.break_start:
        home += crew.terms.rest
    base = _at_base(ground, crew.row)
    rows = [{**day, **base, **_at(0, leave, leave), "drive_min": 0.0, "note": shut}]
    market = is_market(ground, placed)
    for order, position in enumerate(made, start=1):
        stop = tour.stops[position]
        before = ground.drive_out[tour.crew, stop]
        if order > 1:
            before = ground.drive_between[tour.stops[made[order - 2]], stop]
        place = ground.stops.iloc[stop]
        rows.append(
            {
                **day,
                **_at(order, tour.clock.arrive[position], tour.clock.depart[position]),
                "place_id": place["place_id"],
                "istat_code": place["istat_code"],
                "municipality": place["municipality"],
                "locality": place["place"],
                "lat": place["lat"],
                "lon": place["lon"],
                "setup_min": float(crew.terms.setup),
                "drive_min": round(float(before), MINUTE_DECIMALS),
                "pattern": placed.pattern,
                "note": MARKET_NOTE if market[position] else None,
                "stop": stop,
            }
        )
    last = round(float(ground.drive_back[tour.crew, stops[-1]]), MINUTE_DECIMALS)
    end = {**_at(len(made) + 1, home, home), "drive_min": last}
    return [*rows, {**day, **base, **end}]


def _before_break(ground: Ground, placed: Placed, made: list[int], leave: int) -> int:
    """Return when to leave so that the way to a first stop after the break does not run into it."""
    terms = ground.crews[placed.tour.crew].terms
    is_afternoon = made[0] >= placed.tour.n_morning
    return leave - terms.rest if is_afternoon and leave < terms.break_end else leave


def _at(order: int, arrive: int, depart: int) -> dict[str, Any]:
    return {"stop_order": order, "arrive": clock_text(arrive), "depart": clock_text(depart)}


def _at_base(ground: Ground, row: int) -> dict[str, Any]:
    base = ground.bases.iloc[row]
    return {
        "place_id": None,
        "istat_code": base["istat_code"],
        "municipality": base["municipality"],
        "locality": BASE_LOCALITY,
        "lat": base["lat"],
        "lon": base["lon"],
        "setup_min": 0.0,
        "pattern": None,
        "note": None,
        "stop": -1,
    }


def _first_visits(ground: Ground, frame: pd.DataFrame) -> list[int]:
    """Count each person at the first stop, in time, that she can reach; ties by van."""
    served = np.zeros(len(frame), dtype=np.int64)
    left = ground.adults.copy()
    order = frame.sort_values(["date", "arrive", "row"], kind="stable")
    for row, stop in zip(order.index.tolist(), order["stop"].tolist(), strict=True):
        if stop >= 0:
            reached = ground.reach[:, stop]
            served[row] = int(left[reached].sum())
            left[reached] = 0
    return [int(count) for count in served]


__all__ = ["BASE_LOCALITY", "MARKET_NOTE", "tour_rows"]
