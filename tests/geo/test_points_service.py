"""Which desks are in service on a day, and their hours: stated, shared out, or not known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.points import Registry, desks_as_of, read_registry
from capillare.geo.schema import DESKS, POINTS, REGISTRY_TABLES

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


@settings(max_examples=30, deadline=None)
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
