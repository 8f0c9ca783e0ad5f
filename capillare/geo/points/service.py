"""Which desks are in service on a date, how many hours a week each is open, and each point."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.hours import (
    BAND_COLUMNS,
    hours_by_band,
    shuts_on_patrons_day,
    spans_by_band,
    weekly_hours,
)
from capillare.geo.points.stops import read_stops, visits

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from capillare.geo.points.registry import Registry
    from capillare.geo.settings import Policy

_YEAR = timedelta(days=363)
"""From a day to the last of its 52 weeks."""

_WEEK_DAYS = 7


def desks_as_of(registry: Registry, *, as_of: date, policy: Policy) -> pd.DataFrame:
    """Return every desk with its state on a date.

    Returns
    -------
    Table ``desks`` in the registry's order, with:

    ``is_in_service``
        Active, its point (if the registry holds one) active, and the date within its validity.
    ``is_to_be_confirmed``
        Its campaign has ended and nobody has verified it since. A desk of the points' own network
        whose campaign is not known belongs to the policy's first.
    ``is_touring``
        A mobile desk with stops: it receives people there, and its own position is a base.
    ``weekly_hours``
        Of one desk: stated by its opening hours, or its stops; else, in service, an equal share of
        what remains of the point's hours due after its desks in service with stated hours; else
        missing.
    ``hours_basis``
        ``estimated`` where the hours are such a share.
    """
    desks = registry.desks
    points = registry.points.set_index("point_id")
    is_in_service = _is_in_service(desks, points, as_of)
    at_stops = _hours_at_stops(registry, as_of)
    stated = at_stops.fillna(_stated_hours(desks, as_of))
    share = _share_of_hours_due(desks, stated, is_in_service, points["weekly_hours_due"])
    basis = desks["hours_basis"].mask(at_stops.notna(), "stated")
    basis = basis.mask(stated.isna() & share.notna(), "estimated")
    return desks.assign(
        is_in_service=is_in_service,
        is_to_be_confirmed=_is_to_be_confirmed(registry, as_of, policy),
        is_touring=at_stops.notna(),
        weekly_hours=stated.fillna(share),
        hours_basis=basis.mask(stated.isna() & (basis == "stated"), "unknown"),
    )


def _hours_at_stops(registry: Registry, as_of: date) -> pd.Series:
    """Hours a week of each mobile desk at its stops, mean of 52 weeks; missing without stops."""
    held = _visits(registry, as_of)
    total = dict.fromkeys(registry.stops["desk_id"], 0.0)
    for desk_id, opens, closes in zip(held["desk_id"], held["opens"], held["closes"], strict=True):
        total[desk_id] += (closes - opens) / timedelta(hours=1)
    weekly = {desk_id: hours / (_YEAR.days + 1) * _WEEK_DAYS for desk_id, hours in total.items()}
    desks = registry.desks
    return desks["desk_id"].map(weekly).astype("float64").where(desks["kind"] == "mobile")


def _visits(registry: Registry, as_of: date) -> pd.DataFrame:
    """List the visits of the 52 weeks from a day."""
    return visits(read_stops(registry.stops), as_of, as_of + _YEAR)


def point_hours(registry: Registry, *, as_of: date) -> pd.DataFrame:
    """Hours a week that the desks of each point state, against the hours due.

    A mobile desk with stops states the hours of its stops, as in `desks_as_of`.

    Parameters
    ----------
    registry
        Its desks, stops and points.
    as_of
        Only desks in service on that day count, each by how many desks its row stands for.

    Returns
    -------
    One row per ``point_id`` in the registry's order: ``weekly_hours`` (stated, 0 where none is),
    ``weekly_hours_due``, ``difference_hours`` (stated less due), ``n_desks`` and
    ``n_desks_without_hours``. While desks are without hours, what is stated is a lower bound.
    """
    desks, by_point = registry.desks, registry.points.set_index("point_id")
    stated = _hours_at_stops(registry, as_of).fillna(_stated_hours(desks, as_of))
    n_desks = (
        desks["n_desks"]
        .astype("float64")
        .fillna(1.0)
        .where(_is_in_service(desks, by_point, as_of), 0)
    )
    counted = pd.DataFrame(
        {
            "weekly_hours": stated.fillna(0.0) * n_desks,
            "n_desks": n_desks.astype("int64"),
            "n_desks_without_hours": n_desks.where(stated.isna(), 0).astype("int64"),
        }
    )
    summed = counted.groupby(desks["point_id"]).sum().reindex(by_point.index, fill_value=0)
    due = by_point["weekly_hours_due"].astype("float64")
    summed.insert(1, "weekly_hours_due", due)
    summed.insert(2, "difference_hours", summed["weekly_hours"] - due)
    return summed.reset_index()


def point_hours_by_band(registry: Registry, *, as_of: date) -> pd.DataFrame:
    """Hours a week that the desks of each point state, by weekday and time of day.

    Returns
    -------
    One row per ``point_id`` (in the registry's order) and ``weekday`` of points with stated hours,
    with the columns of `hours_by_band`; they sum to ``weekly_hours`` of `point_hours`.
    """
    desks, points = registry.desks, registry.points
    at_stops = _hours_at_stops(registry, as_of).notna()
    is_stated = at_stops | _stated_hours(desks, as_of).notna()
    is_counted = is_stated & _is_in_service(desks, points.set_index("point_id"), as_of)
    rows = desks[is_counted & desks["point_id"].isin(points["point_id"])]
    held = _visits(registry, as_of)
    frames = [
        (
            _bands_at_stops(held[held["desk_id"] == desk_id], as_of)
            if is_touring or way is None
            else hours_by_band(way[0], as_of=as_of, istat_code=way[1])
        ).assign(point_id=point, n_desks=n)
        for desk_id, is_touring, way, point, n in zip(
            rows["desk_id"],
            at_stops[rows.index],
            _ways(rows),
            rows["point_id"],
            rows["n_desks"].fillna(1),
            strict=True,
        )
    ]
    columns = ["point_id", "weekday", *BAND_COLUMNS]
    if not frames:
        return pd.DataFrame(columns=columns)
    desk_bands = pd.concat(frames, ignore_index=True)
    for band in BAND_COLUMNS:
        desk_bands[band] = desk_bands[band] * desk_bands["n_desks"].astype("float64")
    summed = desk_bands.groupby(["point_id", "weekday"], sort=False)[list(BAND_COLUMNS)].sum()
    order = {point: rank for rank, point in enumerate(points["point_id"])}
    return summed.reset_index().sort_values(
        "point_id", key=lambda ids: ids.map(order), kind="stable", ignore_index=True
    )[columns]


def _bands_at_stops(held: pd.DataFrame, as_of: date) -> pd.DataFrame:
    clock = [
        (opens.replace(tzinfo=None), closes.replace(tzinfo=None))
        for opens, closes in zip(held["opens"], held["closes"], strict=True)
    ]
    return spans_by_band(clock, as_of=as_of)


def begins_later(
    desks: pd.DataFrame, points: pd.DataFrame, *, as_of: date, until: date
) -> pd.Series:
    """Whether each desk is active, with a validity that begins after one day and by another."""
    begins, ends = desks["valid_from"], desks["valid_to"]
    is_ahead = (begins > as_of.isoformat()) & (begins <= until.isoformat())
    is_ever = ends.isna() | (ends >= begins)
    is_active = _is_active(desks, points.set_index("point_id"))
    return (is_active & is_ahead.fillna(value=False) & is_ever).astype("bool")


def _is_in_service(desks: pd.DataFrame, points: pd.DataFrame, as_of: date) -> pd.Series:
    """Whether each desk is active and valid on a day, and its point, if there is one, active."""
    return (_is_active(desks, points) & _is_valid(desks, as_of)).astype("bool")


def _is_active(desks: pd.DataFrame, points: pd.DataFrame) -> pd.Series:
    of_point = desks["point_id"].map(points["status"])
    return (desks["status"] == "active") & (of_point.isna() | (of_point == "active"))


def _is_valid(desks: pd.DataFrame, as_of: date) -> pd.Series:
    """Whether a date is within validity, both ends included; an end that is missing is open."""
    day = as_of.isoformat()
    has_begun = desks["valid_from"].isna() | (desks["valid_from"] <= day)
    return has_begun & (desks["valid_to"].isna() | (desks["valid_to"] >= day))


def _stated_hours(desks: pd.DataFrame, as_of: date) -> pd.Series:
    """Hours a week of each desk; missing where only "by appointment" or the like is said."""
    ways = pd.Series(_ways(desks), index=desks.index, dtype="object")
    hours = {
        (expression, istat_code): weekly_hours(expression, as_of=as_of, istat_code=istat_code)
        for expression, istat_code in ways.dropna().unique()
    }
    known = {way: hour for way, hour in hours.items() if hour > 0 or "unknown" not in way[0]}
    return ways.map(known).astype("float64")


def _ways(desks: pd.DataFrame) -> list[tuple[str, str | None] | None]:
    """Return each desk's hours, with its municipality where the patron's day matters."""
    return [
        (expression, code if shuts_on_patrons_day(expression) else None)
        if isinstance(expression, str)
        else None
        for expression, code in zip(desks["opening_hours"], desks["istat_code"], strict=True)
    ]


def _share_of_hours_due(
    desks: pd.DataFrame, stated: pd.Series, is_in_service: pd.Series, due: pd.Series
) -> pd.Series:
    """Equal share of what remains of a point's hours due, for each desk without known hours."""
    n_desks = desks["n_desks"].fillna(1).astype("float64")
    serving = n_desks.where(is_in_service, 0.0)
    known = (stated.fillna(0.0) * serving).groupby(desks["point_id"]).sum()
    n_unknown = serving.where(stated.isna(), 0.0).groupby(desks["point_id"]).sum()
    remaining = (due.reindex(known.index).astype("float64") - known).clip(lower=0.0)
    share = remaining / n_unknown.where(n_unknown > 0)
    of_desk = desks["point_id"].map(share).astype("float64")
    return of_desk.where(is_in_service & stated.isna())


def _is_to_be_confirmed(registry: Registry, as_of: date, policy: Policy) -> NDArray[np.bool_]:
    desks = registry.desks
    campaign = desks["point_id"].map(registry.points.set_index("point_id")["campaign"])
    is_own_network = desks["network"] == "pdf"
    campaign = campaign.mask(campaign.isna() & is_own_network, policy.first_campaign.campaign)
    ends = campaign.map({own.campaign: own.ends_on for own in policy.campaigns}).astype("str")
    has_ended = ends.notna() & (ends < as_of.isoformat())
    verified = desks["verified_on"].where(desks["verified_on"] <= as_of.isoformat())
    is_verified_since = verified.notna() & (verified > ends)
    return np.asarray(has_ended & ~is_verified_since, dtype=bool)
