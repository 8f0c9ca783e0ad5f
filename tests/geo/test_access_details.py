"""Minutes bands, who is open at an instant, what a desk has to serve, and sister networks."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.access import (
    compare_networks,
    desk_load,
    floating_catchment,
    open_within,
    reach_of,
    week_coverage,
    zone_weights,
)
from capillare.geo.hours import ROME, Moment, WeekMoment, is_open_at
from capillare.geo.places import Territory
from capillare.geo.settings import Policy
from capillare.geo.travel import TravelPairs, spots_of
from capillare.planning.plan import Plan
from capillare.planning.service import open_at
from tests.conftest import TINY_ADULTS
from tests.geo.test_access import AS_OF, RULES, TRAVEL, make_desks, measure

MONDAY_10 = datetime(2025, 3, 3, 10)
HOURS = ("Mo 09:00-13:00", "Mo 15:00-18:00", "Mo-Fr 08:00-10:00", None)


def minutes_matrix(territory: Territory, desks: pd.DataFrame) -> np.ndarray:
    """Every pair's minutes by the tests' own arithmetic; infinite across water."""
    origins = spots_of(territory.places, id_column="place_id")
    ends = spots_of(desks, id_column="desk_id")
    away = origins.xy_m[:, None, :] - ends.xy_m[None, :, :]
    minutes = np.round(np.hypot(away[..., 0], away[..., 1]) / 1000.0, 2)
    return np.where(origins.landmass[:, None] == ends.landmass[None, :], minutes, np.inf)


@pytest.mark.parametrize("group", ["adults", "over65"])
@pytest.mark.parametrize("band", [10, 15, 20, 30])
def test_shares_within_minutes_equal_brute_force(
    tiny: Territory, policy: Policy, group: str, band: int
):
    places = tiny.places.assign(istat_code=np.resize(["090001", "090002", "090003"], 12))
    merged = Territory(tiny.region, tiny.municipalities, places)
    people = places.groupby("istat_code")[["residents", "adults", "over65"]].sum()
    towns = tiny.municipalities.set_index("istat_code")
    towns.loc[people.index, people.columns] = people
    merged = Territory(tiny.region, towns.reset_index(), places)
    desks = make_desks(merged, [1, 7])
    near = (minutes_matrix(merged, desks) <= band).any(axis=1)
    coverage = measure(merged, desks, policy).coverage.set_index("istat_code")
    for code in ("090001", "090002", "090003"):
        here = (places["istat_code"] == code).to_numpy()
        counted = places[group].to_numpy()
        expected = counted[here & near].sum() / counted[here].sum()
        assert coverage.loc[code, f"{group}_{band}min_share"] == pytest.approx(expected, abs=1e-6)


@given(at=st.lists(st.integers(1, 11), min_size=1, max_size=4))
@settings(max_examples=10, deadline=None)
def test_shares_within_minutes_grow_with_the_minutes(
    tiny: Territory, policy: Policy, at: list[int]
):
    coverage = measure(tiny, make_desks(tiny, at), policy).coverage
    for group in ("adults", "over65"):
        shares = coverage[[f"{group}_{band}min_share" for band in (10, 15, 20, 30)]].dropna()
        assert (shares.diff(axis="columns").iloc[:, 1:] >= 0).all(axis=None)


def test_a_municipality_without_elders_has_no_share_of_them(tiny: Territory, policy: Policy):
    nobody = tiny.municipalities.assign(over65=0)
    young = Territory(tiny.region, nobody, tiny.places.assign(over65=0))
    coverage = measure(young, make_desks(young, [1]), policy).coverage
    assert coverage["over65_20min_share"].isna().all()
    assert coverage["adults_20min_share"].notna().all()


def found_open(territory: Territory, desks: pd.DataFrame, policy: Policy, *moments: Moment):
    within = reach_of(territory, desks, TRAVEL, policy)
    return open_within(territory, desks, within, moments=moments, as_of=AS_OF)


def test_open_at_an_instant_by_hand(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1, 11], opening_hours=["Mo 09:00-13:00", None])
    found = found_open(tiny, desks, policy, MONDAY_10)
    assert (found["moment"] == "2025-03-03T10:00").all()
    # Twenty minutes are twenty kilometres: 1, 2, 3, 5, 6, 9 from the first; six more or fewer
    # from the desk at 11 whose hours nobody knows.
    low = [900, 400, 50, 0, 100, 300, 0, 0, 700, 0, 0, 0]
    assert found["adults_open_low"].tolist() == low
    high = [900, 400, 50, 0, 100, 300, 200, 20, 700, 80, 60, 0]
    assert found["adults_open_high"].tolist() == high
    shares = np.array(low) / tiny.municipalities["adults"]
    assert found["open_low_share"].tolist() == pytest.approx(shares.tolist())
    shut = found_open(tiny, desks, policy, datetime(2025, 3, 3, 13))
    assert shut["adults_open_low"].sum() == 0


def test_moments_are_counted_in_order_and_once(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1], opening_hours="Mo 09:00-13:00")
    again = MONDAY_10.replace(tzinfo=ROME)
    found = found_open(tiny, desks, policy, WeekMoment(0, 600), MONDAY_10, again, WeekMoment(1, 0))
    assert found["moment"].unique().tolist() == ["Mo 10:00", "2025-03-03T10:00", "Tu 00:00"]
    assert found.groupby("moment", sort=False)["adults_open_low"].sum().tolist() == [2450, 2450, 0]
    assert found_open(tiny, desks, policy).empty


def test_a_holiday_that_the_hours_name_is_shut(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1], opening_hours="Mo-Su 09:00-13:00; PH off")
    found = found_open(tiny, desks, policy, datetime(2025, 4, 25, 10))
    assert found["adults_open_high"].sum() == 0
    # The same Friday in the plain week, in which no day is a holiday.
    assert found_open(tiny, desks, policy, WeekMoment(4, 600))["adults_open_low"].sum() == 2450


def test_by_appointment_is_neither_low_nor_high(tiny: Territory, policy: Policy):
    for hours in ("Mo 09:00-13:00", None):
        desks = make_desks(tiny, [1], opening_hours=hours, by_appointment=True)
        for moment in (MONDAY_10, WeekMoment(0, 600)):
            assert found_open(tiny, desks, policy, moment)["adults_open_high"].sum() == 0
        week = week_by_hour(tiny, desks, policy)
        assert week["adults_open_high"].sum() == 0


DESKS = st.lists(st.tuples(st.integers(1, 12), st.sampled_from(HOURS)), min_size=0, max_size=5)


def desks_of(territory: Territory, entries: list) -> pd.DataFrame:
    frame = make_desks(territory, [at for at, _ in entries])
    return frame.assign(opening_hours=pd.Series([h for _, h in entries], dtype="str"))


@given(
    desks=DESKS,
    extra=st.tuples(st.integers(1, 12), st.sampled_from(HOURS)),
    hour=st.integers(7, 19),
)
@settings(max_examples=15, deadline=None)
def test_open_at_an_instant_equals_brute_force_and_grows(
    tiny: Territory, policy: Policy, desks: list, extra: tuple, hour: int
):
    instant = datetime(2025, 3, 3, hour)
    frame = desks_of(tiny, desks)
    before = found_open(tiny, frame, policy, instant)
    near = minutes_matrix(tiny, frame) <= policy.reach.within_min
    for row, town in enumerate(before.itertuples()):
        states = [is_open_at(h, instant) if h else None for _, h in desks]
        here = [state for state, is_near in zip(states, near[row], strict=True) if is_near]
        assert town.adults_open_low == town.adults * (True in here)
        assert town.adults_open_high == town.adults * (True in here or None in here)
    after = found_open(tiny, desks_of(tiny, [*desks, extra]), policy, instant)
    for name in ("adults_open_low", "adults_open_high"):
        assert (after[name] >= before[name]).all()
    weekly = found_open(tiny, frame, policy, WeekMoment(0, hour * 60))
    pd.testing.assert_frame_equal(weekly.drop(columns="moment"), before.drop(columns="moment"))


def week_by_hour(territory: Territory, desks: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    within = reach_of(territory, desks, TRAVEL, policy)
    return week_coverage(territory, desks, within, policy.reach.usual_hours, as_of=AS_OF)


def test_the_week_by_hour_by_hand(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1, 11], opening_hours=["Mo 09:15-13:00", None])
    week = week_by_hour(tiny, desks, policy).set_index(["weekday", "from_hour"])
    assert len(week) == 168
    assert week["is_usual"].sum() == 5 * 11 + 5
    assert week.loc[("Mo", 9), "adults_open_low"] == round(2450 * 45 / 60)
    assert week.loc[("Mo", 10), "adults_open_low"] == 2450
    assert week.loc[("Mo", 13), "adults_open_low"] == 0
    # 2,810 adults are near one of the two, 1,360 near the one whose hours nobody knows.
    near = (minutes_matrix(tiny, desks) <= policy.reach.within_min).any(axis=1)
    reached = tiny.places["adults"][near].sum()
    assert week.loc[("Mo", 10), "adults_open_high"] == reached
    assert week.loc[("Mo", 10), "open_high_share"] == pytest.approx(reached / sum(TINY_ADULTS))
    unknown_only = (minutes_matrix(tiny, desks.iloc[[1]]) <= 20).any(axis=1)
    assert week.loc[("We", 10), "adults_open_high"] == tiny.places["adults"][unknown_only].sum()
    nobody = week_by_hour(tiny, desks.iloc[:0], policy)
    assert nobody[["adults_open_low", "adults_open_high"]].sum().tolist() == [0, 0]


@given(desks=DESKS)
@settings(max_examples=8, deadline=None)
def test_the_week_by_hour_equals_its_moments(tiny: Territory, policy: Policy, desks: list):
    """An hour's figure is the mean of its minutes; hours here are whole, so six tell it."""
    frame = desks_of(tiny, desks)
    week = week_by_hour(tiny, frame, policy).set_index(["weekday", "from_hour"])
    for hour in (9, 17):
        minutes = [WeekMoment(0, hour * 60 + minute) for minute in range(0, 60, 10)]
        each = found_open(tiny, frame, policy, *minutes).groupby("moment")
        for name in ("adults_open_low", "adults_open_high"):
            assert week.loc[("Mo", hour), name] == round(each[name].sum().mean())
    usual = week[week["is_usual"]]
    coverage = measure(tiny, frame, policy).places
    share = (coverage["adults"] * coverage["weekly_coverage_share"]).sum() / sum(TINY_ADULTS)
    assert usual["open_low_share"].mean() == pytest.approx(share, abs=1e-3)


def test_one_more_open_hour_never_lowers_access(tiny: Territory, policy: Policy):
    short = make_desks(tiny, [1, 7], opening_hours="Mo 09:00-12:00", weekly_hours=3.0)
    longer = short.assign(
        opening_hours=["Mo 09:00-13:00", "Mo 09:00-12:00"], weekly_hours=[4.0, 3.0]
    )
    before, after = measure(tiny, short, policy).places, measure(tiny, longer, policy).places
    for name in ("weekly_coverage_share", "weekly_coverage_high_share", "hours_per_1000_adults"):
        assert (after[name] >= before[name]).all()
        assert (after[name] > before[name]).any()


def test_load_of_desks_closed_form():
    """A place's adults go to desks by zone weight times hours; to one without hours nobody."""
    minutes = np.array([[5.0, 5.0, 25.0], [40.0, 40.0, 15.0], [40.0, 40.0, 40.0]])
    origin, destination = np.indices(minutes.shape).reshape(2, -1)
    pairs = TravelPairs(origin, destination, minutes.ravel(), minutes.shape)
    people, supply = np.array([222.0, 100.0, 7.0]), np.array([10.0, 0.0, 6.0])
    load, is_served = desk_load(zone_weights(pairs, RULES), supply, people)
    assert is_served.tolist() == [True, True, False]
    assert load["adults_weighted"].tolist() == pytest.approx([222, 222, 0.22 * 222 + 68])
    assert load["hours_per_1000_adults"].tolist() == pytest.approx(
        [10_000 / 222, 0, 6000 / (0.22 * 222 + 68)]
    )
    # The first place's adults go 10 hours x 1 to 6 hours x 0.22.
    assert load["adults_allotted"].tolist() == pytest.approx(
        [222 * 10 / 11.32, 0, 222 * 1.32 / 11.32 + 100]
    )


@given(data=st.data(), n_places=st.integers(1, 7), n_desks=st.integers(1, 5))
@settings(max_examples=50, deadline=None)
def test_people_are_conserved_over_the_desks(data: st.DataObject, n_places: int, n_desks: int):
    cells = st.lists(st.floats(0, 45), min_size=n_places * n_desks, max_size=n_places * n_desks)
    minutes = np.array(data.draw(cells)).reshape(n_places, n_desks)
    counts = st.lists(st.integers(0, 500), min_size=n_places, max_size=n_places)
    people = np.array(data.draw(counts), dtype=float)
    hours = st.lists(st.integers(0, 40), min_size=n_desks, max_size=n_desks)
    supply = np.array(data.draw(hours), dtype=float)
    origin, destination = np.indices(minutes.shape).reshape(2, -1)
    pairs = TravelPairs(origin, destination, minutes.ravel(), minutes.shape)
    load, is_served = desk_load(zone_weights(pairs, RULES), supply, people)
    assert load["adults_allotted"].sum() + people[~is_served].sum() == pytest.approx(people.sum())
    assert is_served.tolist() == ((minutes <= 30) & (supply > 0)).any(axis=1).tolist()
    access = floating_catchment(pairs, supply, people, RULES)
    assert (access[~is_served] == 0).all()


def test_load_is_the_same_whatever_the_order_of_desks(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1, 4, 9], weekly_hours=[4.0, 0.0, 7.0])
    one, other = measure(tiny, desks, policy), measure(tiny, desks.iloc[::-1], policy)
    pd.testing.assert_frame_equal(one.desks, other.desks)
    served = one.desks["adults_allotted"].sum()
    assert served + one.adults_unserved == pytest.approx(tiny.places["adults"].sum())


def test_sister_networks_by_hand(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1, 8, 12]).assign(network=["pdf", "bottega_salute", "library"])
    table = compare_networks(tiny, desks, TRAVEL, policy)
    assert table["adults_within_pdf"].tolist() == [900, 400, 50, 0, 100, 300, 0, 0, 700, 0, 0, 0]
    near = (minutes_matrix(tiny, desks) <= policy.reach.within_min).any(axis=1)
    expected = np.where(near, tiny.places["adults"], 0)
    assert table["adults_within_all"].tolist() == expected.tolist()
    shuffled = compare_networks(tiny, desks.iloc[[2, 0, 1]], TRAVEL, policy)
    pd.testing.assert_frame_equal(table, shuffled)


def test_pdf_alone_gains_nothing(tiny: Territory, policy: Policy):
    table = compare_networks(tiny, make_desks(tiny, [1, 8]).assign(network="pdf"), TRAVEL, policy)
    assert (table["adults_gained"] == 0).all()
    nobody = compare_networks(
        tiny, make_desks(tiny, [1]).iloc[:0].assign(network="pdf"), TRAVEL, policy
    )
    assert (nobody["adults_within_all"] == 0).all()


def test_tuscany_agrees_with_itself(tuscan_plan: Plan):
    network = tuscan_plan.network
    coverage, access = network.coverage, network.access
    within = (coverage["adults_20min_share"] * coverage["adults"]).round()
    assert within.tolist() == coverage["adults_within"].tolist()
    over65 = (coverage["over65_20min_share"] * coverage["over65"]).round()
    assert over65.tolist() == coverage["over65_within"].tolist()
    adults = int(coverage["adults"].sum())
    assert access.desks["adults_allotted"].sum() + access.adults_unserved == pytest.approx(adults)
    found = open_at(network, [datetime(2025, 7, 2, 10)])
    assert found["istat_code"].tolist() == coverage["istat_code"].tolist()
    assert 0 < found["adults_open_low"].sum() < found["adults_open_high"].sum()
    assert (found["adults_open_high"] <= coverage["adults_within"]).all()
    assert coverage["snai_area"].notna().sum() > 100
