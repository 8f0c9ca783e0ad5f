"""When somebody finds a desk open within reach: over the usual week, or at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.hours import is_open_at, open_in_plain_week
from capillare.geo.travel import TravelTimes, spots_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.geo.places import Territory
    from capillare.geo.settings import Policy


@dataclass(frozen=True)
class OpenWithin:
    """Who has a desk open within reach at an instant, low and high.

    Attributes
    ----------
    places
        One row per place, in the territory's order: ``place_id``, ``istat_code``, ``adults``,
        ``is_open_low`` (unknown hours are shut), ``is_open_high`` (unknown hours are open).
    municipalities
        One row per municipality, sorted by ``istat_code``: ``municipality``, ``adults``,
        ``adults_open_low``, ``adults_open_high``.
    """

    places: pd.DataFrame
    municipalities: pd.DataFrame


def open_within(
    territory: Territory,
    desks: pd.DataFrame,
    travel: TravelTimes,
    policy: Policy,
    *,
    instant: datetime,
) -> OpenWithin:
    """Find who has a desk open within reach at an instant, national holidays applied.

    Desks by appointment only are in neither the low nor the high, and so are the hours that a
    desk states as by appointment: nobody can just go there.

    Parameters
    ----------
    territory
        Places with their people.
    desks
        Desks in service only: ``desk_id``, ``lat``, ``lon``, ``landmass``, ``opening_hours``
        (missing where unknown), ``by_appointment``.
    travel
        Knows the minutes.
    policy
        Minutes that count as within reach.
    instant
        Without a time zone it is Europe/Rome.
    """
    origins = spots_of(territory.places, id_column="place_id")
    ends = spots_of(desks, id_column="desk_id")
    within_min = policy.reach.within_min
    within = travel.pairs(origins, ends, max_min=within_min).within(within_min)
    is_walk_in = _is_walk_in(desks)
    stated = [isinstance(hours, str) for hours in desks["opening_hours"]]
    is_open = np.array(
        [
            known and is_open_at(hours, instant) is True
            for known, hours in zip(stated, desks["opening_hours"], strict=True)
        ],
        dtype=bool,
    )
    low = is_open & is_walk_in
    high = low | (~np.array(stated, dtype=bool) & is_walk_in)
    places = territory.places[["place_id", "istat_code", "adults"]].assign(
        is_open_low=within.astype(np.int32) @ low > 0,
        is_open_high=within.astype(np.int32) @ high > 0,
    )
    counted = pd.DataFrame(
        {
            "istat_code": places["istat_code"],
            "adults_open_low": places["adults"].where(places["is_open_low"], 0),
            "adults_open_high": places["adults"].where(places["is_open_high"], 0),
        }
    )
    summed = counted.groupby("istat_code", as_index=False).sum()
    towns = pd.DataFrame(territory.municipalities[["istat_code", "municipality", "adults"]])
    towns = towns.merge(summed, on="istat_code", how="left", validate="one_to_one")
    towns = towns.fillna({"adults_open_low": 0, "adults_open_high": 0})
    return OpenWithin(places, towns.sort_values("istat_code", ignore_index=True))


def weekly_coverage(
    within: sparse.csr_array, desks: pd.DataFrame, usual_hours: str, *, as_of: date
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of usual hours in which a desk within reach is open, low and high.

    Low takes unknown hours as shut, high as open all usual hours. Desks by appointment only are
    in neither: nobody can just go there.

    Parameters
    ----------
    within
        Which desk each place has within reach, boolean, demand x supply.
    desks
        ``opening_hours`` (missing where unknown) and ``by_appointment``.
    usual_hours
        OpenStreetMap grammar.
    as_of
        The plain week, without holidays, starts on the first Monday not before it.

    Returns
    -------
    Two arrays of shape (n_places,).
    """
    usual = open_in_plain_week(usual_hours, as_of=as_of)
    is_walk_in = _is_walk_in(desks)
    low = np.zeros((len(desks), int(usual.sum())), dtype=np.int32)
    high = np.zeros_like(low)
    for row, hours in enumerate(desks["opening_hours"]):
        if not is_walk_in[row]:
            continue
        if isinstance(hours, str):
            low[row] = high[row] = open_in_plain_week(hours, as_of=as_of)[usual]
        else:
            high[row] = 1
    return _open_share(within, low), _open_share(within, high)


def _is_walk_in(desks: pd.DataFrame) -> NDArray[np.bool_]:
    return ~desks["by_appointment"].fillna(value=False).to_numpy(dtype=bool)


def _open_share(within: sparse.csr_array, is_open: NDArray[np.int32]) -> NDArray[np.float64]:
    """Share of minutes in which at least one desk in each row of `within` is open."""
    if 0 in is_open.shape:
        return np.zeros(within.shape[0])
    pattern, minutes = np.unique(is_open, axis=1, return_counts=True)
    is_covered = (within.astype(np.int32) @ pattern) > 0
    return np.asarray(is_covered @ minutes / minutes.sum())
