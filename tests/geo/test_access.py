from __future__ import annotations

import warnings
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from capillare.geo.access import (
    Access,
    floating_catchment,
    measure_access,
    supply_hours,
    weekly_coverage,
)
from capillare.geo.hours import is_open_at, open_in_plain_week
from capillare.geo.places import Territory
from capillare.geo.schema import COVERAGE
from capillare.geo.settings import Catchment, Policy
from capillare.geo.travel import EstimatedTravel, TravelPairs, spots_of

AS_OF = date(2025, 3, 3)
TRAVEL = EstimatedTravel(minutes_at_1_km=1.0, exponent=1.0)
RULES = Catchment(zone_min=(10.0, 20.0, 30.0), zone_weight=(1.0, 0.68, 0.22), source="test")


def make_desks(territory: Territory, at: list[int], **columns: object) -> pd.DataFrame:
    """Desks at the middle of the numbered municipalities (from 1), open Monday morning."""
    places = territory.places.iloc[[number - 1 for number in at]]
    desks = pd.DataFrame(
        {
            "desk_id": [f"d{position}" for position in range(len(at))],
            "lat": places["lat"].to_numpy(),
            "lon": places["lon"].to_numpy(),
            "landmass": places["landmass"].to_numpy(),
            "weekly_hours": 4.0,
            "facilitators": pd.array([pd.NA] * len(at), dtype="Int64"),
            "n_desks": pd.array([pd.NA] * len(at), dtype="Int64"),
            "opening_hours": "Mo 09:00-13:00",
            "by_appointment": pd.array([pd.NA] * len(at), dtype="boolean"),
        }
    )
    return desks.assign(**columns)


def measure(territory: Territory, desks: pd.DataFrame, policy: Policy) -> Access:
    return measure_access(territory, desks, TRAVEL, policy, as_of=AS_OF)


def test_one_desk_on_the_grid(tiny: Territory, policy: Policy):
    access = measure(tiny, make_desks(tiny, [1]), policy)
    coverage = access.coverage.set_index("istat_code")
    assert coverage["travel_min"].iloc[:4].round(1).tolist() == [0.0, 10.0, 20.0, 30.0]
    assert coverage.loc["090006", "travel_min"] == pytest.approx(14.14, abs=0.01)
    assert coverage.loc["090006", "adults_15min_share"] == 1.0
    assert coverage.loc["090003", "adults_15min_share"] == 0.0
    assert coverage.loc["090012", "adults_unreachable"] == 10
    assert pd.isna(coverage.loc["090012", "travel_min"])
    assert coverage.loc["090012", "hours_per_1000_adults"] == 0
    assert (coverage["nearest_desk_id"].dropna() == "d0").all()
    COVERAGE.check(coverage.reset_index().assign(inner_class=None, inner_basis=None))


def test_floating_catchment_closed_form(tiny: Territory, policy: Policy):
    """One desk: access is supply x weight over the weighted people, the same ratio for all."""
    access = measure(tiny, make_desks(tiny, [1]), policy)
    # Minutes on the grid: 0, 10, 20 and 14.1 are certain; weights follow the zones.
    adults = tiny.places["adults"].to_numpy()[:11]
    km = np.array([np.hypot(n % 4, n // 4) for n in range(11)]) * 10
    weight = np.select([km <= 10.0005, km <= 20.0005, km <= 30.0005], [1.0, 0.68, 0.22], 0.0)
    ratio = 4.0 / (weight * adults).sum()
    expected = 1000 * weight * ratio
    assert access.places["hours_per_1000_adults"].to_numpy()[:11] == pytest.approx(expected)


@given(
    data=st.data(),
    n_places=st.integers(1, 8),
    n_desks=st.integers(1, 5),
)
@settings(max_examples=60, deadline=None)
def test_floating_catchment_conserves_supply(data: st.DataObject, n_places: int, n_desks: int):
    minutes = data.draw(st.lists(st.floats(0, 45), min_size=n_places * n_desks,
                                 max_size=n_places * n_desks))  # fmt: skip
    people = np.array(data.draw(st.lists(st.integers(0, 500), min_size=n_places,
                                         max_size=n_places)), dtype=float)  # fmt: skip
    supply = np.array(data.draw(st.lists(st.integers(0, 80), min_size=n_desks,
                                         max_size=n_desks)), dtype=float)  # fmt: skip
    pairs = _all_pairs(np.array(minutes).reshape(n_places, n_desks))
    access = floating_catchment(pairs, supply, people, RULES)
    matrix = np.array(minutes).reshape(n_places, n_desks)
    is_reached = ((matrix <= 30) & (people[:, None] > 0)).any(axis=0)
    assert (people * access / 1000).sum() == pytest.approx(supply[is_reached].sum())
    more = floating_catchment(pairs, supply + 1, people, RULES)
    assert (more >= access - 1e-9).all()


def _all_pairs(minutes: np.ndarray) -> TravelPairs:
    origin, destination = np.indices(minutes.shape).reshape(2, -1)
    return TravelPairs(origin, destination, minutes.ravel(), minutes.shape)


def test_floating_catchment_equals_the_access_package():
    from access import Access as Oracle
    from access import weights

    rng = np.random.default_rng(7)
    minutes = np.round(rng.uniform(0, 60, (30, 12)), 1)
    people = rng.integers(1, 900, 30)
    supply = rng.integers(1, 40, 12).astype(float)
    ours = floating_catchment(_all_pairs(minutes), supply, people.astype(float), RULES)
    demand = pd.DataFrame({"id": np.arange(30), "people": people}).set_index("id")
    desks = pd.DataFrame({"id": np.arange(12), "hours": supply}).set_index("id")
    legs = pd.DataFrame(
        {
            "origin": np.repeat(np.arange(30), 12),
            "dest": np.tile(np.arange(12), 30),
            "cost": minutes.ravel(),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = Oracle(
            demand_df=demand, demand_index=True, demand_value="people", supply_df=desks,
            supply_index=True, supply_value="hours", cost_df=legs, cost_origin="origin",
            cost_dest="dest", cost_name="cost", neighbor_cost_df=legs,
            neighbor_cost_origin="origin", neighbor_cost_dest="dest", neighbor_cost_name="cost",
        )  # fmt: skip
        steps = weights.step_fn({10: 1.0, 20: 0.68, 30: 0.22})
        theirs = oracle.enhanced_two_stage_fca("e2sfca", cost="cost", weight_fn=steps)
    assert ours == pytest.approx(1000 * theirs.iloc[:, 0].reindex(range(30)).fillna(0).to_numpy())


@pytest.mark.parametrize(
    "hours",
    ["Mo 09:00-13:00", "Mo-Fr 07:30-12:30,14:00-18:00", "Sa 08:00-20:00", "We[1] 10:00-12:00"],
)
def test_weekly_coverage_equals_minute_by_minute(hours: str, policy: Policy):
    within = sparse.csr_array(np.ones((1, 1), dtype=bool))
    desks = pd.DataFrame({"opening_hours": [hours], "by_appointment": [False]})
    low, high = weekly_coverage(within, desks, policy.reach.usual_hours, as_of=AS_OF)
    start = datetime(2025, 3, 3)  # a Monday without holidays
    instants = [start + timedelta(minutes=minute) for minute in range(7 * 24 * 60)]
    usual = np.array([bool(is_open_at(policy.reach.usual_hours, t)) for t in instants[::15]])
    is_open = np.array([bool(is_open_at(hours, t)) for t in instants[::15]])
    assert low[0] == pytest.approx((usual & is_open).sum() / usual.sum())
    assert high[0] == low[0]


def test_coverage_is_a_union_not_a_sum(policy: Policy):
    within = sparse.csr_array(np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=bool))
    desks = pd.DataFrame(
        {
            "opening_hours": ["Mo 08:00-12:00", "Mo 10:00-14:00", "Su 08:00-19:00"],
            "by_appointment": [False, False, False],
        }
    )
    low, _ = weekly_coverage(within, desks, policy.reach.usual_hours, as_of=AS_OF)
    usual_minutes = open_in_plain_week(policy.reach.usual_hours, as_of=AS_OF).sum()
    assert usual_minutes == (5 * 11 + 5) * 60
    assert low == pytest.approx([6 * 60 / usual_minutes, 4 * 60 / usual_minutes, 0])


def test_unknown_hours_are_shut_in_the_low_and_open_in_the_high(policy: Policy):
    within = sparse.csr_array(np.ones((1, 1), dtype=bool))
    desks = pd.DataFrame({"opening_hours": [None], "by_appointment": [None]})
    low, high = weekly_coverage(within, desks, policy.reach.usual_hours, as_of=AS_OF)
    assert (low[0], high[0]) == (0.0, 1.0)


def test_by_appointment_is_counted_apart(policy: Policy):
    within = sparse.csr_array(np.ones((1, 1), dtype=bool))
    desks = pd.DataFrame({"opening_hours": ["Mo-Fr 08:00-19:00"], "by_appointment": [True]})
    low, high = weekly_coverage(within, desks, policy.reach.usual_hours, as_of=AS_OF)
    assert (low[0], high[0]) == (0.0, 0.0)


def test_supply_counts_facilitators_and_desks_of_the_row():
    desks = pd.DataFrame(
        {
            "weekly_hours": [6.0, 6.0, np.nan],
            "facilitators": pd.array([2, None, 3], dtype="Int64"),
            "n_desks": pd.array([1, 3, 1], dtype="Int64"),
        }
    )
    assert supply_hours(desks).tolist() == [12.0, 18.0, 0.0]


def test_no_desk_leaves_everybody_unreachable(tiny: Territory, policy: Policy):
    coverage = measure(tiny, make_desks(tiny, [1]).iloc[:0], policy).coverage
    assert coverage["adults_unreachable"].sum() == tiny.places["adults"].sum()
    assert coverage["travel_min"].isna().all()
    assert coverage["nearest_desk_id"].isna().all()
    assert (coverage["adults_30min_share"] == 0).all()
    assert (coverage["weekly_coverage_share"] == 0).all()


def test_travel_is_the_adult_weighted_mean_of_places_that_reach(tiny: Territory, policy: Policy):
    places = tiny.places.copy()
    places.loc[1, "istat_code"] = "090001"  # 400 adults ten minutes away join 900 at the desk
    places.loc[1, "is_chief_town"] = False
    merged = Territory(tiny.region, tiny.municipalities, places)
    coverage = measure(merged, make_desks(tiny, [1]), policy).coverage.set_index("istat_code")
    assert coverage.loc["090001", "travel_min"] == pytest.approx(400 * 10 / 1300, abs=0.01)


def test_nearest_desk_serves_most_adults_and_ties_go_by_id(tiny: Territory, policy: Policy):
    twins = make_desks(tiny, [1, 1, 5])
    coverage = measure(tiny, twins, policy).coverage.set_index("istat_code")
    assert coverage.loc["090001", "nearest_desk_id"] == "d0"
    assert coverage.loc["090005", "nearest_desk_id"] == "d2"


@given(at=st.lists(st.integers(1, 11), min_size=1, max_size=4), extra=st.integers(1, 11))
@settings(max_examples=10, deadline=None)
def test_one_more_desk_never_lowers_access(
    tiny: Territory, policy: Policy, at: list[int], extra: int
):
    before = measure(tiny, make_desks(tiny, at), policy).places
    after = measure(tiny, make_desks(tiny, [*at, extra]), policy).places
    assert (after["travel_min"].fillna(np.inf) <= before["travel_min"].fillna(np.inf)).all()
    for name in ("weekly_coverage_share", "hours_per_1000_adults"):
        assert (after[name] >= before[name] - 1e-9).all()


def test_row_order_of_desks_is_irrelevant(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1, 4, 9, 9], opening_hours=["Mo 09:00-13:00", None, "Tu", "24/7"])
    one = measure(tiny, desks, policy)
    other = measure(tiny, desks.iloc[::-1], policy)
    pd.testing.assert_frame_equal(one.coverage, other.coverage)
    pd.testing.assert_frame_equal(one.pairs, other.pairs)


def test_every_pair_a_figure_used_is_listed(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1])
    access = measure(tiny, desks, policy)
    pairs = access.pairs.set_index(["from_id", "to_id"])["travel_min"]
    for place in access.places.dropna(subset=["nearest_desk_id"]).itertuples():
        assert pairs[place.place_id, place.nearest_desk_id] == place.travel_min
    assert spots_of(desks, id_column="desk_id").ids.tolist() == ["d0"]
