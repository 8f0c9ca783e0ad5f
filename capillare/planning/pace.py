"""Pace: what the points of each province reach in a week, and what they would have to.

A point's pace is what it has reached since its campaign started, over the weeks until it was last
counted: a mean, which does not say whether it grows. What is needed is held against the days that
are left on the date asked for. A province's figures are sums over its points with both a target
and a count; the others are counted, and are no zeros.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.schema.pace import PROVINCE_PACE

if TYPE_CHECKING:
    from datetime import date

    from capillare.geo.settings import Policy
    from capillare.planning.network import Network

NO_PROVINCE = "Senza provincia"
DAYS_A_WEEK = 7
_NEAR = ("adults_15min_share", "adults_30min_share")


def pace_by_province(network: Network) -> pd.DataFrame:
    """Return table ``province_pace`` of a network, by name; points of no province come last."""
    points = point_paces(network.targets, network.policy, as_of=network.scenario.as_of)
    points["province"] = points["point_id"].map(province_of_points(network)).fillna(NO_PROVINCE)
    return sum_paces(points, _people_near(network.coverage))


def point_paces(targets: pd.DataFrame, policy: Policy, *, as_of: date) -> pd.DataFrame:
    """Return each point's pace, people a week.

    Parameters
    ----------
    targets
        TARGETS: points with their last count not after `as_of`.

    Returns
    -------
    pd.DataFrame
        ``point_id``, ``target_citizens``, ``is_counted`` (a target and a count are known), and
        for these alone ``counted_target``, ``citizens_reached``, ``counted_on``,
        ``pace_kept_per_week`` (missing where the count is of the campaign's first day or before),
        ``pace_needed_per_week`` and ``projected`` people at the campaign's end, beside their
        ``projected_target`` (all missing once it has ended).
    """
    starts = targets["campaign"].map({c.campaign: c.starts_on for c in policy.campaigns})
    ends = pd.to_datetime(
        targets["campaign"].map({c.campaign: c.ends_on for c in policy.campaigns})
    )
    counted_on = pd.to_datetime(targets["as_of"])
    target = targets["target_citizens"].astype("Float64")
    is_counted = target.notna() & targets["citizens_reached"].notna()
    reached = targets["citizens_reached"].astype("Float64").where(is_counted)
    weeks_so_far = _weeks(counted_on - pd.to_datetime(starts))
    weeks_left = _weeks(ends - pd.Timestamp(as_of))
    kept = reached / weeks_so_far
    # A count may be older than the date: what it says of goes on from its own day.
    projected = (reached + kept * _weeks(ends - counted_on)).where(weeks_left.notna())
    return pd.DataFrame(
        {
            "point_id": targets["point_id"],
            "target_citizens": targets["target_citizens"],
            "is_counted": is_counted,
            "counted_target": target.where(is_counted),
            "citizens_reached": reached,
            "counted_on": targets["as_of"].where(is_counted),
            "pace_kept_per_week": kept,
            "pace_needed_per_week": (target - reached).clip(lower=0) / weeks_left,
            "projected": projected,
            "projected_target": target.where(projected.notna()),
        }
    )


def _weeks(span: pd.Series) -> pd.Series:
    """Return weeks above zero; none is missing."""
    weeks: pd.Series = span.dt.days.astype("Float64") / DAYS_A_WEEK
    return weeks.where(weeks > 0)


def province_of_points(network: Network) -> pd.Series:
    """Return the province of each point, by ``point_id``: of its main seat, else of its body's."""
    towns = network.territory.municipalities.set_index("istat_code")["province"]
    desks = network.desks[network.desks["point_id"].notna()]
    main_first = desks.assign(is_other=desks["kind"] != "main").sort_values(["is_other", "desk_id"])
    of_desk = main_first.drop_duplicates("point_id").set_index("point_id")["istat_code"].map(towns)
    seats = network.registry.entities.set_index("entity_id")["seat_istat_code"].map(towns)
    points = network.targets.set_index("point_id")["entity_id"]
    of_body: pd.Series = points.map(seats)
    found: pd.Series = of_desk.reindex(of_body.index).fillna(of_body)
    return found


def sum_paces(points: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """Sum points up by ``province``.

    Parameters
    ----------
    points
        A row a point: its province, target and counts, and the pace it keeps and needs.
    near
        Adults and those near a desk by province: a row for each that must be there.

    Returns
    -------
    Table ``province_pace``, points of no province last.
    """
    summed = points.groupby("province").agg(
        n_points=("point_id", "size"),
        target_citizens=("target_citizens", "sum"),
        n_counted=("is_counted", "sum"),
        citizens_reached=("citizens_reached", _known_sum),
        counted_target=("counted_target", _known_sum),
        pace_kept_per_week=("pace_kept_per_week", _known_sum),
        pace_needed_per_week=("pace_needed_per_week", _known_sum),
        projected=("projected", _known_sum),
        projected_target=("projected_target", _known_sum),
        counted_on=("counted_on", "max"),
    )
    table = near.join(summed, how="outer").rename_axis("province").reset_index()
    for counts in ("n_points", "target_citizens", "n_counted"):
        table[counts] = table[counts].fillna(0).astype("int64")
    table["reached_share"] = _share(table["citizens_reached"], table["counted_target"])
    table["projected_share"] = _share(table["projected"], table["projected_target"])
    table["is_last"] = table["province"] == NO_PROVINCE
    table = table.sort_values(["is_last", "province"], ignore_index=True)
    return PROVINCE_PACE.check(table[PROVINCE_PACE.names])


def _share(people: pd.Series, target: pd.Series) -> pd.Series:
    return people.astype("Float64") / target.astype("Float64").where(target > 0)


def _known_sum(figures: pd.Series) -> object:
    """Return the sum of what is known; missing where nothing is."""
    return figures.sum(min_count=1)


def _people_near(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each province's adults within minutes of a desk, by ``province``."""
    people = (
        coverage[list(_NEAR)]
        .mul(coverage["adults"], axis=0)
        .assign(province=coverage["province"], adults=coverage["adults"])
    )
    summed = people.groupby("province").sum()
    return summed[list(_NEAR)].div(summed["adults"], axis=0)


__all__ = [
    "NO_PROVINCE",
    "pace_by_province",
    "point_paces",
    "province_of_points",
    "sum_paces",
]
