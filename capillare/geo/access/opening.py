"""When somebody finds a desk open within reach: over the week, hour by hour, or at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.hours import (
    MINUTES_A_WEEK,
    Moment,
    is_open_then,
    moment_text,
    open_in_plain_week,
)
from capillare.geo.schema.opening import OPEN_WITHIN, WEEK_COVERAGE
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.geo.travel import TravelTimes, spots_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.geo.places import Territory
    from capillare.geo.settings import Policy

_SHARE_DECIMALS = 6
_HOURS_A_DAY = 24
_MINUTES_AN_HOUR = 60


def reach_of(
    territory: Territory, desks: pd.DataFrame, travel: TravelTimes, policy: Policy
) -> sparse.csr_array:
    """Return which desk each place has within the policy's minutes, boolean, demand x supply.

    Rows are those of the territory's places, columns those of `desks`.
    """
    origins = spots_of(territory.places, id_column="place_id")
    ends = spots_of(desks, id_column="desk_id")
    within_min = policy.reach.within_min
    return travel.pairs(origins, ends, max_min=within_min).within(within_min)


def open_places(
    within: sparse.csr_array, desks: pd.DataFrame, moment: Moment, *, as_of: date
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the places with a desk open within reach at a moment, low and high.

    Low takes unknown hours as shut, high as open. Desks by appointment only are in neither, and so
    are the hours that a desk states as by appointment: nobody can just go there.

    Parameters
    ----------
    within
        Which desk each place has within reach, as `reach_of` gives it.
    desks
        Desks in service only: ``opening_hours`` (missing where unknown), ``by_appointment``, and
        ``istat_code`` if hours may name the patron's day.
    moment
        An instant, national holidays applied, or a weekday and time of the plain week.
    as_of
        The plain week is the one from the Monday on or after it.

    Returns
    -------
    Two arrays of shape (n_places,).
    """
    codes = desks["istat_code"] if "istat_code" in desks else [None] * len(desks)
    is_open = np.array(
        [
            isinstance(hours, str) and is_open_then(hours, moment, as_of=as_of, istat_code=code)
            for hours, code in zip(desks["opening_hours"], codes, strict=True)
        ],
        dtype=bool,
    )
    low = is_open & _is_walk_in(desks)
    high = low | _has_unknown_hours(desks)
    reached = within.astype(np.int32)
    return np.asarray(reached @ low > 0), np.asarray(reached @ high > 0)


def open_within(
    territory: Territory,
    desks: pd.DataFrame,
    within: sparse.csr_array,
    *,
    moments: Sequence[Moment],
    as_of: date,
) -> pd.DataFrame:
    """Count who has a desk open within reach at moments, low and high; see `open_places`.

    Returns
    -------
    Table ``open_within``: moments in the order asked for, each once.
    """
    towns = pd.DataFrame(territory.municipalities)[
        ["istat_code", "municipality", "province", "adults"]
    ].sort_values("istat_code", ignore_index=True)
    place_adults = territory.places["adults"]
    parts = [towns.iloc[:0].assign(moment="", adults_open_low=0, adults_open_high=0)]
    for text, moment in {moment_text(moment): moment for moment in moments}.items():
        low, high = open_places(within, desks, moment, as_of=as_of)
        counted = pd.DataFrame(
            {
                "istat_code": territory.places["istat_code"],
                "adults_open_low": place_adults.where(low, 0),
                "adults_open_high": place_adults.where(high, 0),
            }
        )
        summed = counted.groupby("istat_code", as_index=False).sum()
        rows = towns.merge(summed, on="istat_code", how="left", validate="one_to_one")
        rows = rows.fillna({"adults_open_low": 0, "adults_open_high": 0})
        parts.append(rows.assign(moment=text))
    table = pd.concat(parts, ignore_index=True)
    total = table["adults"].astype("float64").where(table["adults"] > 0)
    return OPEN_WITHIN.check(_with_shares(table, total))


def week_coverage(
    territory: Territory,
    desks: pd.DataFrame,
    within: sparse.csr_array,
    usual_hours: str,
    *,
    as_of: date,
) -> pd.DataFrame:
    """Count who has a desk open within reach in each hour of the plain week, low and high.

    An hour's figure is the mean over its minutes. Desks by appointment only are in neither; unknown
    hours are shut in the low, and open all the week in the high.

    Parameters
    ----------
    territory
        Its places are the rows of `within`.
    desks
        Table ``desks``, the columns of `within`.
    within
        Which place reaches which desk, shape (n_places, n_desks).
    usual_hours
        Hours of the plain week over which shares are taken, in OpenStreetMap's grammar.
    as_of
        Day from which hours are read.

    Returns
    -------
    Table ``week_coverage``: all 168 hours, Monday first.
    """
    usual = open_in_plain_week(usual_hours, as_of=as_of)
    low = _open_minutes(desks, np.ones(MINUTES_A_WEEK, dtype=bool), as_of=as_of)
    high = low.copy()
    high[_has_unknown_hours(desks)] = 1
    adults = territory.places["adults"].to_numpy(dtype=np.float64)
    hours = np.arange(MINUTES_A_WEEK // _MINUTES_AN_HOUR)
    table = pd.DataFrame(
        {
            "weekday": np.array(WEEKDAY_NAMES)[hours // _HOURS_A_DAY],
            "from_hour": hours % _HOURS_A_DAY,
            "is_usual": usual.reshape(-1, _MINUTES_AN_HOUR).any(axis=1),
            "adults_open_low": _mean_by_hour(within, low, adults),
            "adults_open_high": _mean_by_hour(within, high, adults),
        }
    )
    total = pd.Series(adults.sum() or np.nan, index=table.index)
    return WEEK_COVERAGE.check(_with_shares(table, total))


def _with_shares(table: pd.DataFrame, total: pd.Series) -> pd.DataFrame:
    return table.assign(
        open_low_share=(table["adults_open_low"] / total).round(_SHARE_DECIMALS),
        open_high_share=(table["adults_open_high"] / total).round(_SHARE_DECIMALS),
    )


def _mean_by_hour(
    within: sparse.csr_array, is_open: NDArray[np.int32], adults: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Adults with an open desk, mean of the minutes of each hour, to the nearest whole."""
    if 0 in is_open.shape:
        return np.zeros(MINUTES_A_WEEK // _MINUTES_AN_HOUR, dtype=np.int64)
    pattern, minutes = _spans(is_open)
    found = adults @ ((within.astype(np.int32) @ pattern) > 0)
    by_hour = np.repeat(found, minutes).reshape(-1, _MINUTES_AN_HOUR).mean(axis=1)
    return np.asarray(np.round(by_hour), dtype=np.int64)


def weekly_coverage(
    within: sparse.csr_array, desks: pd.DataFrame, usual_hours: str, *, as_of: date
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of usual hours in which a desk within reach is open, low and high.

    Low takes unknown hours as shut, high as open. Desks by appointment only are
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
    low = _open_minutes(desks, usual, as_of=as_of)
    high = low.copy()
    high[_has_unknown_hours(desks)] = 1
    return _open_share(within, low), _open_share(within, high)


def _open_minutes(
    desks: pd.DataFrame, minutes: NDArray[np.bool_], *, as_of: date
) -> NDArray[np.int32]:
    """In which of some minutes of the plain week each desk is known to be open to walk in."""
    is_open = np.zeros((len(desks), int(minutes.sum())), dtype=np.int32)
    is_walk_in = _is_walk_in(desks)
    for row, hours in enumerate(desks["opening_hours"]):
        if is_walk_in[row] and isinstance(hours, str):
            is_open[row] = open_in_plain_week(hours, as_of=as_of)[minutes]
    return is_open


def _spans(is_open: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return who is open in each span of minutes without a change, and its length in minutes."""
    changes = np.flatnonzero((is_open[:, 1:] != is_open[:, :-1]).any(axis=0)) + 1
    starts = np.concatenate(([0], changes))
    return is_open[:, starts], np.diff(starts, append=is_open.shape[1])


def _has_unknown_hours(desks: pd.DataFrame) -> NDArray[np.bool_]:
    """Which desks anybody may walk in to, at hours that are not known."""
    is_unknown = [not isinstance(hours, str) for hours in desks["opening_hours"]]
    return np.array(is_unknown, dtype=bool) & _is_walk_in(desks)


def _is_walk_in(desks: pd.DataFrame) -> NDArray[np.bool_]:
    return ~desks["by_appointment"].fillna(value=False).to_numpy(dtype=bool)


def _open_share(within: sparse.csr_array, is_open: NDArray[np.int32]) -> NDArray[np.float64]:
    """Share of minutes in which at least one desk in each row of `within` is open."""
    if 0 in is_open.shape:
        return np.zeros(within.shape[0])
    pattern, minutes = _spans(is_open)
    is_covered = (within.astype(np.int32) @ pattern) > 0
    return np.asarray(is_covered @ minutes / minutes.sum())
