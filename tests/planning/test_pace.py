"""Pace: people a week so far, needed and in prospect, point by point and by province."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.settings import read_policy
from capillare.planning.pace import (
    NO_PROVINCE,
    pace_by_province,
    point_paces,
    province_of_points,
    sum_paces,
)
from capillare.planning.progress import add_progress
from tests.planning.test_progress import counts, targets

POLICY = read_policy()
# 2025-10-22 is 70 days, ten weeks, before the first campaign's end; it began on 2023-04-13.
AS_OF = date(2025, 10, 22)


def paces(*rows, seen=(), as_of=AS_OF):
    counted = add_progress(targets(*rows), counts(*seen), POLICY, as_of=as_of)
    return point_paces(counted, POLICY, as_of=as_of).set_index("point_id")


def test_a_point_keeps_a_pace_and_needs_another():
    # 2025-09-17 is 888 days after the start, and 105 days (15 weeks) before the end.
    point = paces({}, seen=[("p1", "2025-09-17", 444)]).loc["p1"]
    kept = 444 * 7 / 888
    assert kept == 3.5
    assert point["pace_kept_per_week"] == pytest.approx(kept)
    assert point["pace_needed_per_week"] == pytest.approx((1000 - 444) / 10)
    assert point["projected"] == pytest.approx(444 + 3.5 * 15)


def test_once_reached_nothing_is_needed_and_the_prospect_may_pass_the_target():
    point = paces({}, seen=[("p1", "2025-09-17", 1_776)]).loc["p1"]
    assert point["pace_needed_per_week"] == 0
    assert point["projected"] == pytest.approx(1_776 + 14 * 15)


@pytest.mark.parametrize("as_of", [date(2025, 12, 31), date(2026, 3, 2)])
def test_a_campaign_that_has_ended_leaves_what_was_and_nothing_to_come(as_of):
    point = paces({}, seen=[("p1", "2025-09-17", 444)], as_of=as_of).loc["p1"]
    assert point["pace_kept_per_week"] == pytest.approx(3.5)
    assert pd.isna(point["pace_needed_per_week"])
    assert pd.isna(point["projected"])


@pytest.mark.parametrize("day", ["2023-04-13", "2023-01-01"])
def test_a_count_before_anything_could_happen_says_no_pace(day):
    point = paces({}, seen=[("p1", day, 3)]).loc["p1"]
    assert pd.isna(point["pace_kept_per_week"])
    assert pd.isna(point["projected"])
    assert point["pace_needed_per_week"] == pytest.approx(99.7)


def test_without_a_target_or_a_count_a_point_is_no_zero():
    found = paces({}, {"target_citizens": None}, seen=[("p2", "2025-09-17", 444)])
    assert not found["is_counted"].any()
    figures = ["citizens_reached", "pace_kept_per_week", "pace_needed_per_week", "projected"]
    assert found[figures].isna().all(axis=None)


def near(*provinces):
    shares = {"adults_15min_share": 0.5, "adults_30min_share": 1.0}
    return pd.DataFrame([shares] * len(provinces), index=pd.Index(provinces, name="province"))


def test_provinces_add_up_and_those_without_counts_stay_unknown():
    points = paces({}, {}, {}, {}, seen=[("p1", "2025-09-17", 444), ("p2", "2025-09-17", 888)])
    where = ["Pisa", "Pisa", "Lucca", NO_PROVINCE]
    table = sum_paces(points.reset_index().assign(province=where), near("Lucca", "Pisa", "Siena"))
    assert table["province"].tolist() == ["Lucca", "Pisa", "Siena", NO_PROVINCE]
    pisa = table.set_index("province").loc["Pisa"]
    assert (pisa["n_points"], pisa["n_counted"], pisa["target_citizens"]) == (2, 2, 2_000)
    assert pisa["citizens_reached"] == 1_332
    assert pisa["reached_share"] == pytest.approx(0.666)
    assert pisa["pace_kept_per_week"] == pytest.approx(10.5)
    assert pisa["pace_needed_per_week"] == pytest.approx((556 + 112) / 10)
    assert pisa["projected_share"] == pytest.approx((1_332 + 10.5 * 15) / 2_000)
    assert pisa["counted_on"] == "2025-09-17"
    others = table.set_index("province").drop("Pisa")
    unknown = ["citizens_reached", "reached_share", "pace_kept_per_week", "projected_share"]
    assert others[unknown].isna().all(axis=None)
    assert others["n_points"].tolist() == [1, 0, 1]
    assert pd.isna(table.set_index("province").loc[NO_PROVINCE, "adults_15min_share"])


def test_a_prospect_is_held_against_the_targets_it_is_of():
    rows = paces({}, {}, seen=[("p1", "2025-09-17", 444), ("p2", "2023-01-01", 3)])
    table = sum_paces(rows.reset_index().assign(province="Pisa"), near("Pisa"))
    assert table["projected_share"].item() == pytest.approx((444 + 3.5 * 15) / 1_000)
    assert table["reached_share"].item() == pytest.approx(447 / 2_000)


@given(st.lists(st.sampled_from(["Pisa", "Lucca", NO_PROVINCE]), min_size=4, max_size=4))
@settings(max_examples=20, deadline=None)
def test_however_points_are_spread_their_sums_are_the_region_s(where):
    points = paces({}, {}, {}, {}, seen=[("p1", "2025-09-17", 444), ("p3", "2025-09-17", 9)])
    table = sum_paces(points.reset_index().assign(province=where), near("Lucca", "Pisa"))
    assert table["n_points"].sum() == 4
    assert table["target_citizens"].sum() == 4_000
    assert table["citizens_reached"].sum() == 453
    for pace in ("pace_kept_per_week", "pace_needed_per_week"):
        assert table[pace].sum() == pytest.approx(float(points[pace].sum()))


def test_tuscany_s_points_and_people_are_all_there(tuscan_plan):
    network = tuscan_plan.network
    table = pace_by_province(network)
    assert table["n_points"].sum() == len(network.targets)
    assert table["target_citizens"].sum() == network.roll_up.target_held_people
    assert table["province"].tolist()[:2] == ["Arezzo", "Firenze"]
    assert len(table) == 10
    adults = network.coverage.groupby("province")["adults"].sum()
    near_30 = (table.set_index("province")["adults_30min_share"] * adults).sum()
    places = network.access.places
    assert near_30 == pytest.approx(places.loc[places["is_within_30"], "adults"].sum(), rel=1e-4)
    assert province_of_points(network).isna().sum() == 0
