from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.settings import Policy
from capillare.planning.gaps import ampi, find_indicators, is_under_served, rank_gaps

NO_TARGETS = pd.DataFrame(
    {"istat_code": pd.Series(dtype="str"), "target_share": pd.Series(dtype="float64")}
)


def make_coverage(n: int = 6, **columns: object) -> pd.DataFrame:
    """Coverage of n municipalities, worse with each row; the first is a pole."""
    row = np.arange(n)
    frame = pd.DataFrame(
        {
            "istat_code": [f"090{number:03d}" for number in row + 1],
            "municipality": [f"Comune {number}" for number in row + 1],
            "province": "Provincia",
            "inner_class": ["A", *["D", "E", "F", "E-F", "D"][: n - 1]],
            "inner_basis": "known",
            "residents": 1000,
            "adults": 800,
            "over65": 200 + 10 * row,
            "nearest_desk_id": "d0",
            "travel_min": 5.0 + 6.0 * row,
            "adults_unreachable": 0,
            "hours_per_1000_adults": 12.0 - row,
            "weekly_coverage_share": 0.6 - 0.1 * row,
            "minutes_to_pole_min": 10.0 * row,
        }
    )
    return frame.assign(**columns)


def rank(coverage: pd.DataFrame, policy: Policy, **rules: object) -> pd.DataFrame:
    changed = dataclasses.replace(policy, gaps=dataclasses.replace(policy.gaps, **rules))
    return rank_gaps(coverage, NO_TARGETS, changed, travel_error_min=5.0).table


def test_ampi_closed_form():
    """Two indicators of range 0-10, mean 5: rescaled to 70-130, penalty is S squared over M."""
    worse = np.array([[0.0, 0.0], [10.0, 10.0], [0.0, 10.0], [10.0, 0.0]])
    index = ampi(worse, np.ones(2))
    assert index == pytest.approx([70.0, 130.0, 100 + 30**2 / 100, 100 + 30**2 / 100])


def test_ampi_weights_count():
    worse = np.array([[0.0, 10.0], [10.0, 0.0]])
    assert ampi(worse, np.array([3.0, 1.0]))[1] > ampi(worse, np.array([3.0, 1.0]))[0]


def test_ampi_leaves_missing_cells_out():
    worse = np.array([[0.0, np.nan], [10.0, 5.0], [5.0, 5.0]])
    assert ampi(worse, np.ones(2))[0] == pytest.approx(70.0)


def test_only_inner_classes_are_ranked_worst_first(policy: Policy):
    table = rank(make_coverage(), policy)
    assert "090001" not in table["istat_code"].tolist()
    assert table["istat_code"].tolist() == ["090006", "090005", "090004", "090003", "090002"]
    assert table["rank"].tolist() == [1, 2, 3, 4, 5]
    assert table["gap_index"].is_monotonic_decreasing
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()


def test_unclassed_municipalities_are_counted_not_ranked(policy: Policy):
    coverage = make_coverage()
    coverage.loc[2, ["inner_class", "inner_basis"]] = None
    gaps = rank_gaps(coverage, NO_TARGETS, policy, travel_error_min=5.0)
    assert gaps.n_unclassed == 1
    assert "090003" not in gaps.table["istat_code"].tolist()


def test_an_indicator_known_for_too_few_is_left_out_and_named(policy: Policy):
    targets = pd.DataFrame({"istat_code": ["090002"], "target_share": [0.5]})
    gaps = rank_gaps(make_coverage(), targets, policy, travel_error_min=5.0)
    assert gaps.indicators_left_out == ("target_distance_share",)
    assert "target_distance_share" not in gaps.indicators_used


def test_where_nobody_reaches_a_desk_indicators_are_the_worst():
    coverage = make_coverage()
    coverage.loc[1, "travel_min"] = np.nan
    coverage.loc[1, "adults_unreachable"] = 800
    indicators = find_indicators(coverage, NO_TARGETS)
    known = indicators.drop(index=1)
    assert indicators.loc[1, "travel_min"] == known["travel_min"].max()
    assert indicators.loc[1, "hours_per_1000_adults"] == known["hours_per_1000_adults"].min()
    assert indicators.loc[1, "weekly_coverage_share"] == known["weekly_coverage_share"].min()
    assert indicators.loc[1, "adults_unreachable_share"] == 1.0


def test_target_distance_is_never_negative():
    targets = pd.DataFrame({"istat_code": ["090002", "090003"], "target_share": [1.4, 0.25]})
    distance = find_indicators(make_coverage(), targets)["target_distance_share"]
    assert distance[1] == 0.0
    assert distance[2] == 0.75
    assert distance.isna().sum() == 4


@pytest.mark.parametrize(
    ("travel_min", "unreachable", "expected"),
    [(20.0, 0, False), (20.01, 0, True), (5.0, 80, False), (5.0, 81, True), (np.nan, 800, True)],
)
def test_the_rule_for_under_served(
    policy: Policy, travel_min: float, unreachable: int, expected: bool
):
    table = pd.DataFrame(
        {"travel_min": [travel_min], "adults_unreachable": [unreachable], "adults": [800]}
    )
    assert is_under_served(table, policy.gaps).tolist() == [expected]


def test_reasons_name_what_is_worst(policy: Policy):
    table = rank(make_coverage(), policy).set_index("istat_code")
    assert "in media 35 minuti in auto" in table.loc["090006", "reasons"]
    english = rank_gaps(make_coverage(), NO_TARGETS, policy, travel_error_min=5.0, lang="en")
    assert "35 minutes by car" in english.table["reasons"].iloc[0]


def test_reasons_of_an_unreachable_island(policy: Policy):
    coverage = make_coverage()
    coverage.loc[5, "travel_min"] = np.nan
    coverage.loc[5, "adults_unreachable"] = 800
    table = rank(coverage, policy).set_index("istat_code")
    assert table.loc["090006", "reasons"].startswith("nessuno sportello raggiungibile in auto")


def test_no_inner_municipality_gives_an_empty_table(policy: Policy):
    gaps = rank_gaps(make_coverage(inner_class="C"), NO_TARGETS, policy, travel_error_min=5.0)
    assert gaps.table.empty


def test_no_desk_at_all_still_ranks(policy: Policy):
    coverage = make_coverage(
        travel_min=np.nan,
        adults_unreachable=800,
        hours_per_1000_adults=0.0,
        weekly_coverage_share=0.0,
    )
    table = rank(coverage, policy)
    assert len(table) == 5
    assert table["under_served"].all()


def test_same_seed_same_intervals_and_wider_error_wider_intervals(policy: Policy):
    coverage = make_coverage()
    pd.testing.assert_frame_equal(rank(coverage, policy), rank(coverage, policy))
    sure = rank_gaps(coverage, NO_TARGETS, policy, travel_error_min=0.0).table
    vague = rank_gaps(coverage, NO_TARGETS, policy, travel_error_min=60.0).table
    width = (vague["rank_high"] - vague["rank_low"]).sum()
    assert width > (sure["rank_high"] - sure["rank_low"]).sum()


@given(order=st.permutations(range(6)))
@settings(max_examples=20, deadline=None)
def test_row_order_is_irrelevant(policy: Policy, order: list[int]):
    expected = rank(make_coverage(), policy, n_draws=1)[["istat_code", "gap_index", "reasons"]]
    shuffled = make_coverage().iloc[order].reset_index(drop=True)
    found = rank(shuffled, policy, n_draws=1)[["istat_code", "gap_index", "reasons"]]
    pd.testing.assert_frame_equal(found, expected)


@given(row=st.integers(1, 5), more=st.floats(0.1, 60))
@settings(max_examples=30, deadline=None)
def test_longer_minutes_never_better_the_rank(policy: Policy, row: int, more: float):
    coverage = make_coverage()
    before = rank(coverage, policy, n_draws=1).set_index("istat_code")["rank"]
    coverage.loc[row, "travel_min"] += more
    after = rank(coverage, policy, n_draws=1).set_index("istat_code")["rank"]
    code = f"090{row + 1:03d}"
    assert after[code] <= before[code]
