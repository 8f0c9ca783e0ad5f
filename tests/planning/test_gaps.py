from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.settings import Policy
from capillare.planning.gaps import (
    PERCENTILE_SCALE,
    RANGE_SCALE,
    ampi,
    find_indicators,
    is_under_served,
    minute_errors,
    rank_gaps,
    ranks_of,
)
from capillare.planning.gaps.uncertainty import LEFT_OUT
from capillare.planning.plan import Plan, rank_network_gaps
from capillare.planning.reasons import under_served_rule

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


def test_ampi_of_a_municipality_of_which_nothing_is_known_is_missing():
    # Warnings are errors here: a registry without desks leaves such rows once an indicator is out.
    index = ampi(np.array([[1.0], [3.0], [np.nan]]), np.ones(1))
    assert index[:2] == pytest.approx([70.0, 130.0])
    assert np.isnan(index[2])


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
@settings(max_examples=8, deadline=None)
def test_row_order_is_irrelevant(policy: Policy, order: list[int]):
    expected = rank(make_coverage(), policy, n_draws=1)[["istat_code", "gap_index", "reasons"]]
    shuffled = make_coverage().iloc[order].reset_index(drop=True)
    found = rank(shuffled, policy, n_draws=1)[["istat_code", "gap_index", "reasons"]]
    pd.testing.assert_frame_equal(found, expected)


@given(row=st.integers(1, 5), more=st.floats(0.1, 60))
@settings(max_examples=12, deadline=None)
def test_longer_minutes_never_better_the_rank(policy: Policy, row: int, more: float):
    coverage = make_coverage()
    before = rank(coverage, policy, n_draws=1).set_index("istat_code")["rank"]
    coverage.loc[row, "travel_min"] += more
    after = rank(coverage, policy, n_draws=1).set_index("istat_code")["rank"]
    code = f"090{row + 1:03d}"
    assert after[code] <= before[code]


def test_percentile_goalposts_closed_form():
    """0 to 100 and one outlier: goalposts are the percentiles, the outlier counts as the upper."""
    worse = np.arange(101.0)[:, None]
    worse[100] = 1e6
    index = ampi(worse, np.ones(1), scale=PERCENTILE_SCALE)
    clipped = np.clip(worse[:, 0], 5, 95)
    expected = 100 + 60 * (clipped - clipped.mean()) / 90
    assert index == pytest.approx(expected)
    assert index[100] == pytest.approx(index[95])
    assert ampi(worse, np.ones(1))[95] == pytest.approx(ampi(worse, np.ones(1))[0], abs=0.01)


def test_goalposts_that_fall_together_leave_the_range():
    worse = np.zeros((50, 1))
    worse[0] = 3.0
    one = ampi(worse, np.ones(1), scale=PERCENTILE_SCALE)
    assert one == pytest.approx(ampi(worse, np.ones(1), scale=RANGE_SCALE))


def test_percentile_goalposts_leave_missing_cells_out():
    worse = np.array([[0.0, np.nan], [10.0, 5.0], [5.0, 6.0]])
    assert np.isfinite(ampi(worse, np.ones(2), scale=PERCENTILE_SCALE)).all()


@given(st.lists(st.sampled_from([80.0, 90.0, 100.0, 110.5]), min_size=1, max_size=9))
def test_ranks_equal_sorting(values: list[float]):
    order = sorted(range(len(values)), key=lambda row: (-values[row], row))
    expected = [order.index(row) + 1 for row in range(len(values))]
    assert ranks_of(np.array(values)).tolist() == expected


def test_the_scale_alone_widens_intervals(policy: Policy):
    """Where the two scales disagree, an interval without any other doubt holds both ranks."""
    rng = np.random.default_rng(3)
    n = 40
    coverage = make_coverage(6).iloc[np.resize([1, 2, 3, 4], n)].reset_index(drop=True)
    coverage = coverage.assign(
        istat_code=[f"090{number:03d}" for number in range(1, n + 1)],
        travel_min=rng.lognormal(2.5, 0.9, n),
        minutes_to_pole_min=rng.lognormal(3, 0.9, n),
        hours_per_1000_adults=rng.lognormal(0, 1, n),
    )
    gaps = rank_gaps(coverage, NO_TARGETS, policy, travel_error_min=0.0)
    table = gaps.sensitivity.merge(gaps.table[["istat_code", "rank_low", "rank_high"]])
    moved = table[table["rank"] != table["rank_percentile_scale"]]
    assert len(moved) > 5
    assert (moved["rank_low"] < moved["rank_high"]).all()


def test_sensitivity_equals_ranking_anew(policy: Policy):
    coverage = make_coverage(weekly_coverage_share=[0.2, 0.6, 0.1, 0.5, 0.3, 0.4])
    gaps = rank_gaps(coverage, NO_TARGETS, policy, travel_error_min=5.0)
    table = gaps.sensitivity.set_index("istat_code")
    assert table["rank"].to_dict() == gaps.table.set_index("istat_code")["rank"].to_dict()
    for column, name in LEFT_OUT.items():
        if name not in gaps.indicators_used:
            assert table[column].isna().all()
            continue
        weights = {other: weight for other, weight in policy.gaps.weights.items() if other != name}
        anew = rank(coverage, policy, weights=weights).set_index("istat_code")["rank"]
        assert table[column].to_dict() == anew.to_dict()
    uneven = policy.gaps.weights | {"travel_min": 9.0}
    changed = dataclasses.replace(policy, gaps=dataclasses.replace(policy.gaps, weights=uneven))
    other = rank_gaps(coverage, NO_TARGETS, changed, travel_error_min=5.0).sensitivity
    equal = other.set_index("istat_code")["rank_equal_weights"]
    assert equal.to_dict() == table["rank"].to_dict()


def test_the_largest_shift_is_the_largest(policy: Policy):
    coverage = make_coverage(hours_per_1000_adults=[3.0, 1.0, 9.0, 2.0, 8.0, 4.0])
    table = rank_gaps(coverage, NO_TARGETS, policy, travel_error_min=5.0).sensitivity
    ranks = [name for name in table if str(name).startswith("rank_")]
    for row in table.to_dict("records"):
        shifts = [abs(row[name] - row["rank"]) for name in ranks if not pd.isna(row[name])]
        assert row["max_shift"] == max(shifts)
    assert table["max_shift"].max() > 0


def test_an_empty_ranking_has_an_empty_sensitivity(policy: Policy):
    gaps = rank_gaps(make_coverage(inner_class="C"), NO_TARGETS, policy, travel_error_min=5.0)
    assert gaps.sensitivity.empty


def test_the_rule_is_one_sentence_with_the_policys_figures(policy: Policy):
    rules = dataclasses.replace(policy.gaps, under_served_min=25, unreachable_share=0.2)
    italian, english = under_served_rule(rules, lang="it"), under_served_rule(rules, lang="en")
    assert "più di 25 minuti" in italian
    assert "20" in italian.split("più del")[1]
    assert "more than 25 minutes" in english
    assert italian.count(".") == english.count(".") == 1


def test_a_plan_says_the_rule(tuscan_plan: Plan):
    assert under_served_rule(tuscan_plan.network.policy.gaps, lang="it") in tuscan_plan.caveats


def test_tuscany_ranks_the_same_in_every_table(tuscan_plan: Plan):
    gaps = tuscan_plan.gaps
    assert gaps.sensitivity["istat_code"].tolist() == gaps.table["istat_code"].tolist()
    assert gaps.sensitivity["rank"].tolist() == gaps.table["rank"].tolist()
    pd.testing.assert_frame_equal(gaps.table, rank_network_gaps(tuscan_plan.network).table)


def test_minutes_have_the_error_of_their_basis():
    coverage = make_coverage(
        travel_basis=["estimated", "road", "server", "given", None, "given"],
        pole_basis=["official", "known", "estimated", None, "estimated", "official"],
    )
    indicators = coverage[["travel_min", "hours_per_1000_adults", "minutes_to_pole_min"]]
    errors = minute_errors(indicators, coverage, 4.0)
    assert errors.T.tolist() == [[4, 4, 4, 0, 4, 0], [0] * 6, [0, 0, 4, 4, 4, 0]]
    unsaid = minute_errors(indicators, make_coverage(), 4.0)
    assert unsaid.T.tolist() == [[4] * 6, [0] * 6, [4] * 6]


def test_minutes_taken_as_true_make_ranks_surer(policy: Policy):
    """Where only the minutes could err, given ones leave each municipality at its rank."""
    only_minutes = dict.fromkeys(policy.gaps.weights, 0.0) | {"travel_min": 1.0}
    widths = {}
    for basis in ("given", "road", "estimated"):
        table = rank(make_coverage(travel_basis=basis), policy, weights=only_minutes)
        widths[basis] = (table["rank_high"] - table["rank_low"]).sum()
    assert widths["given"] == 0
    assert widths["road"] == widths["estimated"] > 0
