"""What the sister networks change: adults within reach of PDF desks alone, and of every network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.schema import NETWORK_DIFFERENCE
from capillare.geo.travel import TravelTimes, spots_of

if TYPE_CHECKING:
    from capillare.geo.places import Territory
    from capillare.geo.settings import Policy


def compare_networks(
    territory: Territory, desks: pd.DataFrame, travel: TravelTimes, policy: Policy
) -> pd.DataFrame:
    """Count who is within reach of a desk of PDF only and of any network.

    Parameters
    ----------
    territory
        Places with their people.
    desks
        Desks in service of every network: ``desk_id``, ``network``, ``lat``, ``lon``,
        ``landmass``.
    travel
        Knows the minutes.
    policy
        Minutes that count as within reach.

    Returns
    -------
    Table ``network_difference``, one row per municipality, sorted by ``istat_code``.
    """
    adults = territory.places["adults"]
    near_pdf = _adults_within(territory, desks[desks["network"] == "pdf"], travel, policy)
    near_all = _adults_within(territory, desks, travel, policy)
    reached = pd.DataFrame(
        {
            "istat_code": territory.places["istat_code"],
            "adults_within_pdf": adults.where(near_pdf, 0),
            "adults_within_all": adults.where(near_all, 0),
        }
    )
    summed = reached.groupby("istat_code", as_index=False).sum()
    towns = pd.DataFrame(territory.municipalities)[
        ["istat_code", "municipality", "province", "adults"]
    ]
    table = towns.merge(summed, on="istat_code", how="left", validate="one_to_one")
    table = table.fillna({"adults_within_pdf": 0, "adults_within_all": 0})
    table = table.assign(adults_gained=table["adults_within_all"] - table["adults_within_pdf"])
    return NETWORK_DIFFERENCE.check(table.sort_values("istat_code", ignore_index=True))


def _adults_within(
    territory: Territory, desks: pd.DataFrame, travel: TravelTimes, policy: Policy
) -> pd.Series:
    origins = spots_of(territory.places, id_column="place_id")
    nearest = travel.nearest(origins, spots_of(desks, id_column="desk_id"))
    # A missing minute is nobody's reach: NaN compares false.
    near = np.asarray(nearest.travel_min <= policy.reach.within_min)
    return pd.Series(near, index=territory.places.index)
