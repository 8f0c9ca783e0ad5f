"""A small country for tours: places on a plane, minutes as the crow flies, vans in the middle."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from capillare.geo.schema import WEEKLY_MARKETS
from capillare.planning.tours.crews import crews_of
from capillare.planning.tours.dates import Horizon
from capillare.planning.tours.ground import NO_WAY, Ground
from capillare.planning.tours.timetable import fits_alone
from capillare.planning.tours.vans import Van

QUIET = Horizon(date(2026, 2, 2))
"""Four weeks without a national holiday."""


def van(name="v1", **changes):
    settings = {"lat": 43.5, "lon": 11.0} | changes
    return Van(van=name, **settings)


def small_ground(
    spots, adults, vans, *, within=10.0, horizon=QUIET, markets=(), holidays=None, bases=None
):
    """Stops at `spots` (minutes east and north of the origin), every van's base at the origin."""
    spots = np.asarray(spots, dtype=float).reshape(-1, 2)
    n = len(spots)
    homes = np.zeros((len(vans), 2)) if bases is None else np.asarray(bases, dtype=float)
    between = np.hypot(*(spots[:, None] - spots[None]).T).T
    crews = crews_of(tuple(vans))
    out = np.array([np.hypot(*(spots - homes[crew.row]).T) for crew in crews]).reshape(
        len(crews), n
    )
    can = np.array(
        [
            [fits_alone(crew.terms, int(np.ceil(m)), int(np.ceil(m))) for m in out[row]]
            for row, crew in enumerate(crews)
        ],
        dtype=bool,
    ).reshape(out.shape)
    whole = np.where(can, np.ceil(out - 1e-9), NO_WAY).astype(np.int64)
    market_days = np.zeros((n, 7), dtype=bool)
    for stop, weekday in markets:
        market_days[stop, weekday] = True
    codes = [f"09{row:04d}" for row in range(n)]
    stops = (
        pd.DataFrame(
            {
                "place_id": [f"g{row:03d}" for row in range(n)],
                "istat_code": codes,
                "place": [f"Borgo {row}" for row in range(n)],
                "municipality": [f"Comune {row}" for row in range(n)],
                "lat": 43.5 + spots[:, 1] / 100,
                "lon": 11.0 + spots[:, 0] / 100,
                "is_chief_town": True,
                "landmass": 0,
                "adults": adults,
            }
        )
        if n
        else pd.DataFrame()
    )
    frame = pd.DataFrame(
        {
            "van": [v.van for v in vans],
            "lat": [v.lat for v in vans],
            "lon": [v.lon for v in vans],
            "istat_code": "099999",
            "municipality": "Capoluogo",
            "landmass": 0,
        }
    )
    return Ground(
        horizon=horizon,
        stops=stops,
        people=np.arange(n),
        adults=np.asarray(adults, dtype=np.int64),
        reach=between <= within,
        market_days=market_days,
        holidays=holidays or {},
        crews=crews,
        working=tuple(
            {day: horizon.working_weeks(day, crew.van.off) for day in crew.weekdays}
            for crew in crews
        ),
        between=np.ceil(between - 1e-9).astype(np.int64),
        out=whole,
        back=whole,
        drive_between=between,
        drive_out=out,
        drive_back=out,
        bases=frame,
    )


def no_markets():
    return WEEKLY_MARKETS.empty()
