"""Which desks are in service on a day, and their hours: stated, shared out, or not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.hours import BAND_COLUMNS
from capillare.geo.points import (
    Registry,
    desks_as_of,
    point_hours,
    point_hours_by_band,
    read_registry,
)
from capillare.geo.schema import DESKS, POINTS, REGISTRY_TABLES, STOPS

AS_OF = date(2025, 6, 4)
AFTER = date(2026, 3, 1)
DESK = {
    "desk_id": "d1",
    "point_id": "p1",
    "network": "pdf",
    "kind": "main",
    "name": "Sportello",
    "istat_code": "090001",
    "status": "active",
    "hours_basis": "unknown",
}
POINT = {
    "point_id": "p1",
    "point": "Punto",
    "entity_id": "e1",
    "entity_basis": "stated",
    "status": "active",
    "weekly_hours_due": 24,
    "campaign": "pnrr-1.7.2",
}


def registry_of(desks, points=(POINT,)) -> Registry:
    tables = {table.name: table.empty() for table in REGISTRY_TABLES}
    rows = [{**DESK, "desk_id": f"d{n}", **desk} for n, desk in enumerate(desks, start=1)]
    for row in rows:
        if row.get("opening_hours"):
            row["hours_basis"] = "stated"
    tables["desks"] = DESKS.check(pd.DataFrame(rows))
    if points:
        tables["points"] = POINTS.check(pd.DataFrame(points))
    return Registry(**tables)


def serving(desks, points=(POINT,), *, policy, as_of=AS_OF):
    return desks_as_of(registry_of(desks, points), as_of=as_of, policy=policy)


STATES = [
    ({}, {}, True),
    ({"status": "planned"}, {}, False),
    ({"status": "unknown"}, {}, False),
    ({"status": "closed"}, {}, False),
    ({}, {"status": "suspended"}, False),
    ({}, {"status": "unknown"}, False),
    ({"valid_from": "2025-06-04", "valid_to": "2025-06-04"}, {}, True),
    ({"valid_from": "2025-06-05"}, {}, False),
    ({"valid_to": "2025-06-03"}, {}, False),
    ({"point_id": None, "network": "bottega_salute"}, {"status": "closed"}, True),
    ({"point_id": "elsewhere"}, {"status": "closed"}, True),
]


@pytest.mark.parametrize(("desk", "point", "is_in_service"), STATES)
def test_in_service(policy, desk, point, is_in_service):
    desks = serving([desk], [{**POINT, **point}], policy=policy)
    assert desks["is_in_service"].tolist() == [is_in_service]


CONFIRMATIONS = [
    (date(2025, 12, 31), {}, {}, False),
    (date(2026, 1, 1), {}, {}, True),
    (AFTER, {"verified_on": "2025-12-31"}, {}, True),
    (AFTER, {"verified_on": "2026-01-01"}, {}, False),
    (AFTER, {"verified_on": "2026-03-01"}, {}, False),
    (AFTER, {"verified_on": "2026-03-02"}, {}, True),
    (AFTER, {}, {"campaign": "extension-2026"}, False),
    (AFTER, {}, {"campaign": None}, True),
    (AFTER, {"point_id": None, "network": "pensioners_union"}, {}, False),
]


@pytest.mark.parametrize(("as_of", "desk", "point", "is_to_be_confirmed"), CONFIRMATIONS)
def test_to_be_confirmed_once_the_campaign_has_ended(
    policy, as_of, desk, point, is_to_be_confirmed
):
    desks = serving([desk], [{**POINT, **point}], policy=policy, as_of=as_of)
    assert desks["is_to_be_confirmed"].tolist() == [is_to_be_confirmed]


def test_stated_hours_come_first_and_the_rest_is_shared(policy):
    rows = [
        {"opening_hours": "Mo-Fr 09:00-13:00"},
        {},
        {"n_desks": 3},
        {"status": "planned"},
        {"point_id": None, "network": "other"},
        {"hours_basis": "unreadable"},
    ]
    desks = serving(rows, policy=policy)
    one_share = (24 - 20) / (1 + 3 + 1)
    expected = [20, one_share, one_share, np.nan, np.nan, one_share]
    np.testing.assert_allclose(desks["weekly_hours"], expected)
    assert desks["hours_basis"].tolist() == [
        "stated",
        "estimated",
        "estimated",
        "unknown",
        "unknown",
        "estimated",
    ]


def test_nothing_is_left_to_share_when_stated_hours_pass_those_due(policy):
    desks = serving([{"opening_hours": "Mo-Sa 09:00-19:00"}, {}], policy=policy)
    assert desks["weekly_hours"].tolist() == [60, 0]


def test_hours_due_that_are_not_known_are_not_shared(policy):
    desks = serving([{}], [{**POINT, "weekly_hours_due": None}], policy=policy)
    assert desks["weekly_hours"].isna().all()
    assert desks["hours_basis"].tolist() == ["unknown"]


def test_by_appointment_alone_states_no_hours(policy):
    desks = serving([{"opening_hours": '24/7 unknown "su appuntamento"'}], policy=policy)
    assert desks["weekly_hours"].tolist() == [24]
    assert desks["hours_basis"].tolist() == ["estimated"]


def test_a_desk_that_is_shut_all_year_states_so(policy):
    desks = serving([{"opening_hours": "2030 Mo 09:00-12:00"}], policy=policy)
    assert desks["weekly_hours"].tolist() == [0]
    assert desks["hours_basis"].tolist() == ["stated"]


def test_no_desk_and_no_point(policy):
    desks = desks_as_of(registry_of([{}], ()), as_of=AS_OF, policy=policy).iloc[:0]
    assert desks["is_in_service"].dtype == bool
    tables = {table.name: table.empty() for table in REGISTRY_TABLES}
    assert desks_as_of(Registry(**tables), as_of=AS_OF, policy=policy).empty


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.integers(1, 4),
            st.sampled_from([None, "Mo 09:00-13:00", "Tu,Th 15:00-18:00"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_point_s_hours_in_service_are_those_due_or_those_stated(policy, rows):
    desks = serving(
        [
            {"status": "active" if is_active else "closed", "n_desks": n, "opening_hours": hours}
            for is_active, n, hours in rows
        ],
        policy=policy,
    )
    of_row = desks["weekly_hours"].fillna(0) * desks["n_desks"].astype("float64")
    in_service = of_row[desks["is_in_service"]].sum()
    stated = of_row[desks["is_in_service"] & (desks["hours_basis"] == "stated")].sum()
    shares = (desks["is_in_service"] & (desks["hours_basis"] == "estimated")).any()
    assert in_service == pytest.approx(max(24, stated) if shares else stated)


def test_the_packaged_registry(tuscany, policy):
    registry = read_registry(None, tuscany)
    before = desks_as_of(registry, as_of=AS_OF, policy=policy)
    after = desks_as_of(registry, as_of=AFTER, policy=policy)
    assert before["desk_id"].tolist() == registry.desks["desk_id"].tolist()
    assert not before["is_to_be_confirmed"].any()
    own = after["is_in_service"] & (after["network"] == "pdf")
    assert own.any()
    assert after.loc[own & (after["verified_on"].isna()), "is_to_be_confirmed"].any()
    assert before.loc[before["hours_basis"] == "stated", "weekly_hours"].between(0, 168).all()


POINT_DESKS = [
    {"opening_hours": "Mo-Fr 09:00-14:00"},
    {"opening_hours": "Sa 09:00-12:00", "n_desks": 2},
    {"n_desks": 3},
    {"opening_hours": "Mo-Fr 09:00-13:00", "valid_to": "2025-06-03"},
    {"opening_hours": "Mo-Fr 09:00-13:00", "status": "closed"},
    {"opening_hours": "Mo 09:00-10:00", "point_id": "p3"},
]
THREE_POINTS = (
    {**POINT, "point_id": "p2"},
    POINT,
    {**POINT, "point_id": "p3", "weekly_hours_due": None},
)


def test_hours_of_points_against_the_hours_due():
    registry = registry_of(POINT_DESKS, THREE_POINTS)
    hours = point_hours(registry, as_of=AS_OF).set_index("point_id")
    assert hours.loc["p1"].tolist() == [25 + 2 * 3, 24, 7, 6, 3]
    assert hours.loc["p2"].tolist() == [0, 24, -24, 0, 0]
    assert hours.loc["p3", "weekly_hours"] == 1
    assert np.isnan(hours.loc["p3", "difference_hours"])
    assert hours.index.tolist() == ["p2", "p1", "p3"]


def test_hours_of_points_respect_validity():
    registry = registry_of(POINT_DESKS, THREE_POINTS)
    earlier = point_hours(registry, as_of=date(2025, 6, 3))
    assert earlier["weekly_hours"].tolist() == [0, 51, 1]


def test_bands_of_points_sum_to_their_hours():
    registry = registry_of(POINT_DESKS, THREE_POINTS)
    bands = point_hours_by_band(registry, as_of=AS_OF)
    of_day = bands.set_index(["point_id", "weekday"])
    assert of_day.loc[("p1", "Mo")].tolist() == [4, 1, 0]
    assert of_day.loc[("p1", "Sa")].tolist() == [0, 0, 6]
    assert bands["point_id"].unique().tolist() == ["p1", "p3"]
    summed = bands.groupby("point_id")[list(BAND_COLUMNS)].sum().sum(axis=1)
    assert summed.to_dict() == {"p1": 31, "p3": 1}


def test_a_mobile_desk_states_the_hours_of_its_stops():
    """Two hours every Monday morning, an hour and a half every second Saturday."""
    desks = [
        {"kind": "mobile", "opening_hours": "Mo-Fr 09:00-13:00"},
        {"opening_hours": "Tu 14:00-16:00"},
    ]
    stop = {
        "desk_id": "d1", "istat_code": "090001", "locality": "Piazza", "starts_on": "2025-01-06",
        "on_holidays": True,
    }  # fmt: skip
    stops = [
        stop | {"stop_id": "s1", "weekday": "Mo", "from_time": "12:00", "to_time": "14:00"},
        stop | {"stop_id": "s2", "weekday": "Sa", "every_n_weeks": 2,
                "from_time": "09:00", "to_time": "10:30"},
    ]  # fmt: skip
    registry = replace(registry_of(desks), stops=STOPS.check(pd.DataFrame(stops)))
    hours = point_hours(registry, as_of=AS_OF).set_index("point_id")
    assert hours.loc["p1", "weekly_hours"] == 2 + 0.75 + 2
    bands = point_hours_by_band(registry, as_of=AS_OF).set_index("weekday")[list(BAND_COLUMNS)]
    assert bands.loc["Mo"].tolist() == [1, 1, 0]
    assert bands.loc["Tu"].tolist() == [0, 2, 0]
    assert bands.loc["Sa"].tolist() == [0, 0, 0.75]
    assert bands.to_numpy().sum() == 4.75


def test_no_desk_no_bands():
    registry = registry_of([{}])
    assert point_hours_by_band(registry, as_of=AS_OF).empty


def test_a_desk_shut_for_the_patron_loses_its_own_municipalitys_day(policy):
    hours = 'Mo-Fr 09:00-13:00 open "chiuso per il patrono"'
    desks = [{"opening_hours": hours, "istat_code": code} for code in ("048017", "999999")]
    serving_hours = serving(desks, policy=policy, as_of=date(2025, 1, 1))["weekly_hours"]
    assert serving_hours.tolist() == pytest.approx([20 - 4 / 52, 20])


def test_the_packaged_points_are_all_there(tuscany):
    registry = read_registry(None, tuscany)
    hours = point_hours(registry, as_of=AFTER)
    assert hours["point_id"].tolist() == registry.points["point_id"].tolist()
    assert (hours["n_desks_without_hours"] <= hours["n_desks"]).all()
    bands = point_hours_by_band(registry, as_of=AFTER)
    total = bands[list(BAND_COLUMNS)].to_numpy().sum()
    assert total == pytest.approx(hours["weekly_hours"].sum())
