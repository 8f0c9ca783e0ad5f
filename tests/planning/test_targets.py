"""Targets: the printed bands, the territories of applications, services and money."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.errors import DataError
from capillare.geo.schema import (
    APPLICATION_MUNICIPALITIES,
    APPLICATIONS,
    ENTITIES,
    POINTS,
    TARGETS,
)
from capillare.geo.settings import Bands, read_policy
from capillare.geo.sources.reference import read_table
from capillare.planning.targets import (
    assign_targets,
    band_of,
    is_on_band_edge,
    territory_residents,
)

POLICY = read_policy()

# The table of the programme's slides of March 2024, as printed: first and last residents, adults.
PRINTED = [
    (1, 0, 1_000, 100),
    (2, 1_001, 2_000, 150),
    (3, 2_001, 3_000, 300),
    (4, 3_001, 4_000, 400),
    (5, 4_001, 5_000, 600),
    (6, 5_001, 10_000, 1_000),
    (7, 10_001, 20_000, 1_800),
    (8, 20_001, 50_000, 1_900),
    (9, 50_001, 100_000, 2_000),
    (10, 100_001, 5_000_000, 2_500),
]

MUNICIPALITIES = pd.DataFrame(
    {
        "istat_code": ["048001", "048002", "048003", "048004", "048005"],
        "residents": [1_000, 1_001, 8_999, 360_000, 50_000],
    }
)


def registry(*, points, applications=(), territory=(), entities=None):
    """Hand-made registry; each row gives only what matters to the case."""
    if entities is None:
        entities = [{"entity_id": "e1", "entity": "Comune di Uno", "entity_kind": "municipality"}]
    point_defaults = {
        "point": "Punto", "entity_id": "e1", "entity_basis": "stated", "status": "active",
        "campaign": "pnrr-1.7.2",
    }  # fmt: skip
    application_defaults = {
        "entity_id": "e1", "application_status": "funded", "application_basis": "stated",
    }  # fmt: skip
    return SimpleNamespace(
        entities=table(ENTITIES, entities),
        applications=table(APPLICATIONS, [application_defaults | row for row in applications]),
        application_municipalities=table(
            APPLICATION_MUNICIPALITIES,
            [
                {"application_id": application, "istat_code": code, "territory_basis": basis}
                for application, code, basis in territory
            ],
        ),
        points=table(POINTS, [point_defaults | row for row in points]),
    )


def table(declared, rows):
    return declared.check(pd.DataFrame(list(rows))) if rows else declared.empty()


def targets_of(*codes, basis="declared", **point):
    """Target row of one point whose application covers `codes`."""
    held = registry(
        points=[{"point_id": "p1", "application_id": "a1"} | point],
        applications=[{"application_id": "a1"}],
        territory=[("a1", code, basis) for code in codes],
    )
    return assign_targets(held, MUNICIPALITIES, POLICY).iloc[0]


@pytest.mark.parametrize(("band", "first", "last", "adults"), PRINTED)
def test_every_band_holds_both_its_printed_ends(band, first, last, adults):
    assert band_of(first, POLICY.bands) == band
    assert band_of(last, POLICY.bands) == band
    assert POLICY.bands.target_citizens[band - 1] == adults


def test_bands_of_a_series_keep_its_index_and_its_gaps():
    residents = pd.Series([1_001, pd.NA, 0], index=["x", "y", "z"], dtype="Int64")
    bands = band_of(residents, POLICY.bands)
    assert bands.index.tolist() == ["x", "y", "z"]
    assert bands.dtype == "Int64"
    assert bands["x"] == 2
    assert bands["y"] is pd.NA
    assert bands["z"] == 1


def test_residents_below_zero_are_refused():
    with pytest.raises(DataError, match=r"below zero, 1 row \[y\]"):
        band_of(pd.Series([4, -1], index=["x", "y"]), POLICY.bands)


@pytest.mark.parametrize(
    ("residents", "is_edge"),
    [(999, False), (1_000, True), (1_001, False), (2_000, False), (49_999, False), (50_000, True),
     (50_001, False), (100_000, False)],
)  # fmt: skip
def test_only_the_two_ambiguous_ends_are_edges(residents, is_edge):
    assert is_on_band_edge(residents, POLICY.bands) is is_edge
    flags = is_on_band_edge(pd.Series([residents, pd.NA], dtype="Int64"), POLICY.bands)
    assert flags.tolist() == [is_edge, False]


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_larger_territory_never_has_a_lower_target(one, other):
    low, high = sorted((one, other))
    targets = POLICY.bands.target_citizens
    assert targets[band_of(low, POLICY.bands) - 1] <= targets[band_of(high, POLICY.bands) - 1]


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=6, unique=True),
    st.lists(st.integers(0, 70), min_size=1, max_size=30),
)
def test_bands_equal_a_scan_of_the_upper_ends(ends, residents):
    bands = Bands(
        source="test",
        to_residents=tuple(sorted(ends)),
        target_citizens=tuple(range(1, len(ends) + 2)),
    )
    scanned = [
        next((n for n, end in enumerate(sorted(ends), start=1) if people <= end), len(ends) + 1)
        for people in residents
    ]
    assert band_of(pd.Series(residents), bands).tolist() == scanned


def test_a_territory_adds_up_its_municipalities():
    rows = [("a1", "048002"), ("a1", "048003"), ("a2", "048004")]
    territories = pd.DataFrame(rows, columns=["application_id", "istat_code"])
    assert territory_residents(territories, MUNICIPALITIES).to_dict() == {
        "a1": 10_000,
        "a2": 360_000,
    }


def test_an_ended_municipality_code_is_named():
    territories = pd.DataFrame({"application_id": ["a1", "a1"], "istat_code": ["048001", "048999"]})
    with pytest.raises(DataError, match=r"1 row \[048999\].*lineage"):
        territory_residents(territories, MUNICIPALITIES)


@pytest.mark.parametrize(
    ("codes", "residents", "band", "adults", "is_edge"),
    [
        (["048001"], 1_000, 1, 100, True),
        (["048002"], 1_001, 2, 150, False),
        (["048002", "048003"], 10_000, 6, 1_000, False),  # a union, at a printed end
        (["048001", "048002", "048003"], 11_000, 7, 1_800, False),
        (["048005"], 50_000, 8, 1_900, True),
        (["048001", "048005"], 51_000, 9, 2_000, False),
        (["048004"], 360_000, 10, 2_500, False),
    ],
)
def test_the_union_of_the_application_gives_the_band(codes, residents, band, adults, is_edge):
    row = targets_of(*codes)
    assert row["entity_residents"] == residents
    assert row["band"] == band
    assert row["target_citizens"] == adults
    assert row["target_basis"] == "computed"
    assert row["target_services"] == adults * 3 // 2  # 204,000 services for 136,000 adults
    assert row["on_band_edge"] == is_edge
    assert row["territory_basis"] == "declared"


def test_every_point_of_an_application_carries_the_full_target():
    held = registry(
        points=[{"point_id": f"p{n}", "application_id": "a1"} for n in (3, 1, 2)],
        applications=[{"application_id": "a1"}],
        territory=[("a1", "048002", "declared"), ("a1", "048003", "declared")],
    )
    targets = assign_targets(held, MUNICIPALITIES, POLICY)
    assert targets["point_id"].tolist() == ["p1", "p2", "p3"]
    assert targets["target_citizens"].tolist() == [1_000, 1_000, 1_000]


def test_an_assigned_target_wins_and_its_services_round_halves_up():
    row = targets_of("048001", assigned_target=333)
    assert row["target_citizens"] == 333
    assert row["target_basis"] == "official"
    assert row["band"] == 1
    assert row["target_services"] == 500  # 499.5


@pytest.mark.parametrize(
    ("campaign", "services"), [("pnrr-1.7.2", 150), ("extension-2026", 150), (None, None)]
)
def test_services_follow_the_points_campaign(campaign, services):
    row = targets_of("048001", campaign=campaign)
    assert (None if pd.isna(row["target_services"]) else row["target_services"]) == services


def test_the_applications_campaign_fills_in_for_a_point_without_one():
    held = registry(
        points=[{"point_id": "p1", "application_id": "a1", "campaign": None}],
        applications=[{"application_id": "a1", "campaign": "extension-2026"}],
    )
    assert assign_targets(held, MUNICIPALITIES, POLICY)["campaign"].tolist() == ["extension-2026"]


def seat_registry(kind, seat, *, application_id="a1"):
    return registry(
        entities=[
            {"entity_id": "e1", "entity": "Ente", "entity_kind": kind, "seat_istat_code": seat}
        ],
        points=[{"point_id": "p1", "application_id": application_id}],
        applications=[{"application_id": "a1"}],
    )


@pytest.mark.parametrize("application_id", ["a1", None])
@pytest.mark.parametrize("kind", ["third_sector", "municipality"])
def test_without_a_declared_territory_the_main_seat_stands_in(kind, application_id):
    held = seat_registry(kind, "048003", application_id=application_id)
    row = assign_targets(held, MUNICIPALITIES, POLICY).iloc[0]
    assert row["entity_residents"] == 8_999
    assert row["target_citizens"] == 1_000
    assert row["territory_basis"] == "main_seat"


@pytest.mark.parametrize(
    ("kind", "seat"),
    [("third_sector", None), ("third_sector", "058091"), ("union", "048003"),
     ("province", "048003")],
)  # fmt: skip
def test_an_unknown_territory_leaves_the_target_missing(kind, seat):
    row = assign_targets(seat_registry(kind, seat), MUNICIPALITIES, POLICY).iloc[0]
    unknown = ["entity_residents", "band", "target_citizens", "target_basis", "target_services",
               "territory_basis"]  # fmt: skip
    assert row[unknown].isna().all()
    assert not row["on_band_edge"]


def test_the_weakest_basis_names_the_whole_territory():
    held = registry(
        points=[{"point_id": "p1", "application_id": "a1"}],
        applications=[{"application_id": "a1"}],
        territory=[("a1", "048001", "declared"), ("a1", "048002", "members")],
    )
    targets = assign_targets(held, MUNICIPALITIES, POLICY)
    assert targets["territory_basis"].tolist() == ["members"]


@pytest.mark.parametrize(
    ("status", "funding_eur"),
    [("planned", 30_000), ("active", 30_000), ("suspended", 30_000), ("closed", None),
     ("unknown", None)],
)  # fmt: skip
def test_only_points_that_are_or_will_be_open_are_funded(status, funding_eur):
    row = targets_of("048001", status=status)
    assert (None if pd.isna(row["funding_eur"]) else row["funding_eur"]) == funding_eur


def test_a_stated_cost_is_shared_by_the_points_of_its_application():
    held = registry(
        points=[
            {"point_id": "p1", "application_id": "a1"},
            {"point_id": "p2", "application_id": "a1", "status": "closed"},
            {"point_id": "p3"},
        ],
        applications=[{"application_id": "a1", "cost_eur": 50_000}],
    )
    funding = assign_targets(held, MUNICIPALITIES, POLICY).set_index("point_id")["funding_eur"]
    assert funding["p1"] == 25_000
    assert pd.isna(funding["p2"])
    assert funding["p3"] == 30_000


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"entity_id": "e9"}, r"points\.entity_id: not in its table, 1 row \[p1\]"),
        ({"application_id": "a9"}, r"points\.application_id: not in its table, 1 row \[p1\]"),
        ({"campaign": "pnrr-9"}, r"points\.campaign: not in the policy .*1 row \[p1\]"),
    ],
)
def test_a_point_that_names_what_is_not_declared_is_refused(wrong, sentence):
    held = registry(points=[{"point_id": "p1"} | wrong])
    with pytest.raises(DataError, match=sentence):
        assign_targets(held, MUNICIPALITIES, POLICY)


def test_columns_are_the_contracts_up_to_the_status():
    held = registry(points=[{"point_id": "p1"}])
    columns = assign_targets(held, MUNICIPALITIES, POLICY).columns.tolist()
    assert columns == [*TARGETS.names[:15], "territory_basis"]
    assert columns[14] == "status"


def test_inputs_stay_untouched_and_an_empty_registry_has_no_target():
    held = registry(points=[{"point_id": "p1", "application_id": "a1"}],
                    applications=[{"application_id": "a1"}])  # fmt: skip
    before = held.points.copy()
    assign_targets(held, MUNICIPALITIES, POLICY)
    pd.testing.assert_frame_equal(held.points, before)
    empty = SimpleNamespace(
        entities=ENTITIES.empty(),
        applications=APPLICATIONS.empty(),
        application_municipalities=APPLICATION_MUNICIPALITIES.empty(),
        points=POINTS.empty(),
    )
    assert assign_targets(empty, MUNICIPALITIES, POLICY).empty


@settings(max_examples=8, deadline=None)
@given(
    seed=st.permutations(range(5)),
    assigned=st.lists(st.none() | st.integers(0, 5000), min_size=5, max_size=5),
)
def test_row_order_is_irrelevant_and_targets_equal_a_plain_loop(seed, assigned):
    codes = MUNICIPALITIES["istat_code"].tolist()
    points = [
        {"point_id": f"p{n}", "application_id": f"a{n}", "assigned_target": assigned[n]}
        for n in range(5)
    ]
    territory = [(f"a{n}", code, "declared") for n in range(5) for code in codes[: n + 1]]
    straight = registry(
        points=points,
        applications=[{"application_id": f"a{n}"} for n in range(5)],
        territory=territory,
    )
    shuffled = registry(
        points=[points[n] for n in seed],
        applications=[{"application_id": f"a{n}"} for n in seed],
        territory=territory[::-1],
    )
    targets = assign_targets(straight, MUNICIPALITIES, POLICY)
    pd.testing.assert_frame_equal(targets, assign_targets(shuffled, MUNICIPALITIES, POLICY))
    people = 0
    for n, residents in enumerate(MUNICIPALITIES["residents"]):
        people += residents
        printed = next(row[3] for row in PRINTED if row[1] <= people <= row[2])
        expected = printed if assigned[n] is None else assigned[n]
        assert targets["target_citizens"].iloc[n] == expected


def test_the_packaged_registry_equals_a_plain_loop_over_istats_residents(tuscany):
    tables = (ENTITIES, APPLICATIONS, APPLICATION_MUNICIPALITIES, POINTS)
    held = SimpleNamespace(**{declared.name: read_table(declared) for declared in tables})
    targets = assign_targets(held, tuscany.municipalities, POLICY).set_index("point_id")
    residents = dict(
        zip(tuscany.municipalities["istat_code"], tuscany.municipalities["residents"], strict=True)
    )
    people = {}
    for row in held.application_municipalities.itertuples():
        people[row.application_id] = people.get(row.application_id, 0) + residents[row.istat_code]
    assert len(targets) == len(held.points) > 50
    for point in held.points.itertuples():
        total = people[point.application_id]
        row = targets.loc[point.point_id]
        assert row["entity_residents"] == total
        if pd.isna(point.assigned_target):
            assert row["target_citizens"] == next(p[3] for p in PRINTED if p[1] <= total <= p[2])


def test_florence_alone_is_in_the_highest_band(tuscany):
    held = registry(
        points=[{"point_id": "p1", "application_id": "a1"}],
        applications=[{"application_id": "a1"}],
        territory=[("a1", "048017", "declared")],
    )
    row = assign_targets(held, tuscany.municipalities, POLICY).iloc[0]
    assert (row["entity_residents"], row["band"], row["target_citizens"]) == (360_930, 10, 2_500)
