"""The declared tables: sound declarations, the contract's columns, checks that miss nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from capillare.geo import schema
from capillare.geo.errors import DataError
from capillare.geo.schema import (
    COVERAGE,
    GAPS,
    MUNICIPALITIES,
    POINTS,
    PROGRESS,
    REGISTRY_TABLES,
    RESULT_TABLES,
    SITES,
    TARGETS,
    Column,
    Table,
)

TABLES = [entry for entry in vars(schema).values() if isinstance(entry, Table)]

# The command line's stable contract: these columns first, in this order.
CONTRACT = {
    "targets": [
        "point_id", "point", "entity_id", "entity", "entity_basis", "entity_residents", "band",
        "target_citizens", "target_basis", "target_services", "weekly_hours", "funding_eur",
        "on_band_edge", "campaign", "status", "citizens_reached", "target_share", "as_of",
    ],
    "coverage": [
        "istat_code", "municipality", "province", "inner_class", "inner_basis", "residents",
        "adults", "over65", "nearest_desk_id", "travel_min", "travel_basis", "adults_unreachable",
        "adults_15min_share", "adults_30min_share", "weekly_coverage_share",
        "hours_per_1000_adults",
    ],
    "gaps": [
        "rank", "istat_code", "municipality", "province", "inner_class", "inner_basis", "adults",
        "over65", "travel_min", "adults_unreachable", "hours_per_1000_adults", "gap_index",
        "rank_low", "rank_high", "under_served", "reasons",
    ],
    "sites": [
        "rank", "candidate_id", "option", "istat_code", "municipality", "locality", "venue", "lat",
        "lon", "weekly_hours", "adults_gained", "over65_gained", "person_minutes_saved",
        "catchment_adults", "target_citizens", "cost_eur", "covered_share_after", "reasons",
    ],
}  # fmt: skip

# One table with a column of every kind, required and not.
SAMPLE = Table(
    "sample",
    "A row of every kind",
    "Campione",
    ("code", "day"),
    (
        Column("code", "text", "Key", "Codice", pattern=r"\d{3}"),
        Column("day", "date", "Key", "Giorno"),
        Column("n_desks", "integer", "Count", "Sportelli", minimum=0, maximum=9),
        Column("n_spare", "integer", "Count", "Riserva", may_miss=True),
        Column("share", "number", "Share", "Quota", minimum=0, maximum=1),
        Column("travel_min", "number", "Minutes", "Minuti", may_miss=True),
        Column("is_open", "flag", "Flag", "Aperto"),
        Column("is_known", "flag", "Flag", "Noto", may_miss=True),
        Column("kind", "text", "Choice", "Tipo", may_miss=True, choices=("main", "branch")),
    ),
)
ROW = {"code": "001", "day": "2026-01-31", "n_desks": 1, "share": 0.5, "is_open": True}


def refusal(*rows, table=SAMPLE):
    with pytest.raises(DataError) as refused:
        table.check(pd.DataFrame(list(rows)))
    return str(refused.value)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_declaration_is_sound(table):
    assert len(set(table.names)) == len(table.names)
    assert len(set(table.key)) == len(table.key) > 0
    for name in table.key:
        assert not table.column(name).may_miss
    for column in table.columns:
        assert column.name == column.name.lower()
        assert column.meaning
        assert table.titles_it[column.name] == column.title_it != ""
        if column.choices:
            assert column.kind == "text"
            assert len(set(column.choices)) == len(column.choices)
        if column.minimum is not None and column.maximum is not None:
            assert column.minimum < column.maximum
    assert table.required_names == {c.name for c in table.columns if not c.may_miss}


def test_tables_have_names_of_their_own():
    names = [table.name for table in TABLES]
    assert len(set(names)) == len(names)
    assert set(REGISTRY_TABLES) | set(RESULT_TABLES) <= set(TABLES)
    assert set(schema.__all__) - {"Column", "Table", "INNER_CLASSES", "REGISTRY_TABLES",
                                  "RESULT_TABLES", "TERRITORY_TABLES", "EXCHANGE_TABLES"} == {t.name.upper() for t in TABLES}  # fmt: skip


def test_an_undeclared_column_is_a_key_error():
    with pytest.raises(KeyError):
        POINTS.column("owner")


@pytest.mark.parametrize("table", [TARGETS, COVERAGE, GAPS, SITES], ids=lambda t: t.name)
def test_the_contracts_columns_come_first(table):
    contract = CONTRACT[table.name]
    assert table.names[: len(contract)] == contract


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_empty_frame_keeps_the_declared_dtypes(table):
    checked = table.check(table.empty())
    assert checked.columns.tolist() == table.names
    for column in table.columns:
        if column.kind != "geometry":
            assert str(checked[column.name].dtype) == column.dtype


def test_a_good_row_is_typed_and_ordered():
    frame = pd.DataFrame([{"extra": 1, **dict(reversed(ROW.items()))}], index=[7])
    checked = SAMPLE.check(frame)
    assert checked.columns.tolist() == [*SAMPLE.names, "extra"]
    assert checked.index.tolist() == [7]
    assert [str(dtype) for dtype in checked[SAMPLE.names].dtypes] == [
        "str", "str", "int64", "Int64", "float64", "float64", "bool", "boolean", "str"
    ]  # fmt: skip
    assert checked[["n_spare", "travel_min", "is_known", "kind"]].isna().all(axis=None)
    assert frame.columns.tolist() == ["extra", *reversed(ROW)]


@pytest.mark.parametrize("name", ["code", "day", "n_desks", "share", "is_open"])
def test_only_what_may_miss_may_be_missing(name):
    assert f"sample.{name}: missing, 1 row" in refusal(ROW | {name: None})


@pytest.mark.parametrize(
    ("name", "cell", "problem"),
    [
        ("code", "01", r"not like \d{3}"),
        ("code", "001\n", r"not like \d{3}"),
        ("code", 1.0, r"not like \d{3}"),
        ("day", "31/01/2026", "not a date like 2026-01-31"),
        ("day", "2026-02-30", "not a date like 2026-01-31"),
        ("day", "2026-1-31", "not a date like 2026-01-31"),
        ("n_desks", -1, "below 0"),
        ("n_desks", 10, "above 9"),
        ("n_desks", 1.5, "not a whole number"),
        ("n_desks", "many", "not a whole number"),
        ("n_desks", np.inf, "not a whole number"),
        ("n_spare", 0.5, "not a whole number"),
        ("share", -0.01, "below 0"),
        ("share", 1.01, "above 1"),
        ("share", np.inf, "not a finite number"),
        ("travel_min", np.inf, "not a finite number"),
        ("travel_min", -np.inf, "not a finite number"),
        ("travel_min", "1,5", "not a finite number"),
        ("is_open", "false", "neither true nor false"),
        ("is_known", "no", "neither true nor false"),
        ("is_known", 2, "neither true nor false"),
        ("kind", "gazebo", "not one of main, branch"),
    ],
)
def test_a_cell_that_breaks_its_rule_is_one_fault_with_its_key(name, cell, problem):
    good = ROW | {"code": "002"}
    bad = ROW | {name: cell}
    key = f"{bad['code']}/{bad['day']}".replace("\n", "?")
    assert refusal(good, bad) == f"sample.{name}: {problem}, 1 row [{key}]. Correct these rows."


@pytest.mark.parametrize(
    ("name", "cell"),
    [("n_desks", 0), ("n_desks", 9), ("n_desks", 3.0), ("share", 0), ("share", 1), ("is_open", False),
     ("kind", "branch"), ("day", "2024-02-29"), ("n_spare", -5)],
)  # fmt: skip
def test_the_ends_of_a_range_are_inside(name, cell):
    assert SAMPLE.check(pd.DataFrame([ROW | {name: cell}]))[name].iloc[0] == cell


def test_every_fault_of_a_table_is_said_at_once():
    sentence = refusal(
        ROW,
        ROW | {"code": "002", "n_desks": 2.5, "share": 7},
        ROW | {"code": "003", "share": None, "kind": "gazebo"},
        ROW | {"code": "004", "share": 9, "n_desks": 99},
        ROW,
    )
    assert sentence.split("; ") == [
        "sample.n_desks: not a whole number, 1 row [002/2026-01-31]",
        "sample.share: missing, 1 row [003/2026-01-31]",
        "sample.n_desks: above 9, 1 row [004/2026-01-31]",
        "sample.share: above 1, 2 rows [002/2026-01-31, 004/2026-01-31]",
        "sample.kind: not one of main, branch, 1 row [003/2026-01-31]",
        "sample.code/day: repeated, 2 rows [001/2026-01-31, 001/2026-01-31]. Correct these rows.",
    ]


def test_absent_columns_are_named_beside_the_other_faults():
    sentence = refusal({"code": "001", "n_desks": 10, "share": 0.5})
    assert sentence == (
        "sample: columns absent: day, is_open; sample.n_desks: above 9, 1 row [row 1]. "
        "Correct the table."
    )


def test_a_repeated_index_names_only_the_rows_at_fault():
    frame = pd.DataFrame([ROW, ROW | {"code": "002", "share": 3}], index=[0, 0])
    with pytest.raises(DataError, match=r"share: above 1, 1 row \[002/2026-01-31\]\."):
        SAMPLE.check(frame)


def test_typing_alone_lets_ranges_be_but_never_cuts_a_cell():
    typed = SAMPLE.typed(pd.DataFrame([ROW | {"share": 7.0, "n_desks": 3.0}]))
    assert typed["share"].tolist() == [7.0]
    assert str(typed["n_desks"].dtype) == "int64"
    with pytest.raises(DataError, match="n_desks: not a whole number"):
        SAMPLE.typed(pd.DataFrame([ROW | {"n_desks": 1.5}]))
    with pytest.raises(DataError, match="is_open: missing"):
        SAMPLE.typed(pd.DataFrame([ROW | {"is_open": None}]))


def test_a_geometry_column_passes_through():
    row = {
        "istat_code": "048017", "municipality": "Firenze", "province": "Firenze",
        "province_short": "FI", "region_code": "09", "region": "Toscana", "residents": 3,
        "adults": 2, "over65": 1, "chief_town": "Firenze", "chief_town_basis": "name",
        "lat": 43.77, "lon": 11.25, "geometry": Point(11.25, 43.77),
    }  # fmt: skip
    checked = MUNICIPALITIES.check(gpd.GeoDataFrame([row], crs="EPSG:4326"))
    assert isinstance(checked, gpd.GeoDataFrame)
    assert checked.crs.to_epsg() == 4326
    with pytest.raises(DataError, match=r"municipalities\.geometry: missing, 1 row \[048017\]"):
        MUNICIPALITIES.check(gpd.GeoDataFrame([row | {"geometry": None}], crs="EPSG:4326"))


rows = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.integers(0, 999).map("{:03d}".format),
            "day": st.dates().map(lambda day: day.isoformat()),
            "n_desks": st.integers(0, 9),
            "n_spare": st.none() | st.integers(-(10**9), 10**9),
            "share": st.floats(0, 1),
            "travel_min": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "is_open": st.booleans(),
            "is_known": st.none() | st.booleans(),
            "kind": st.none() | st.sampled_from(["main", "branch"]),
        }
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: (row["code"], row["day"]),
)


@settings(max_examples=25, deadline=None)
@given(rows)
def test_good_rows_come_back_cell_by_cell_and_checking_twice_changes_nothing(listed):
    checked = SAMPLE.check(pd.DataFrame(listed))
    pd.testing.assert_frame_equal(SAMPLE.check(checked), checked)
    pd.testing.assert_frame_equal(SAMPLE.typed(checked), checked)
    for name in SAMPLE.names:
        cells = [None if pd.isna(cell) else cell for cell in checked[name]]
        assert cells == [row[name] for row in listed]


@settings(max_examples=25, deadline=None)
@given(rows, st.data())
def test_one_bad_row_among_good_ones_is_the_one_that_is_named(listed, data):
    bad = data.draw(st.integers(0, len(listed) - 1))
    listed[bad]["n_desks"] = data.draw(st.integers(10, 99))
    key = f"{listed[bad]['code']}/{listed[bad]['day']}"
    assert refusal(*listed) == f"sample.n_desks: above 9, 1 row [{key}]. Correct these rows."


def test_the_range_of_a_real_table_holds():
    count = {"point_id": "p1", "as_of": "2025-12-31", "satisfaction": 10.5}
    assert refusal(count, table=PROGRESS) == (
        "progress.satisfaction: above 10, 1 row [p1/2025-12-31]. Correct these rows."
    )
