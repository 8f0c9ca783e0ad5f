"""CSV files: declared columns, no formula, no noise, the same bytes."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import DataError
from capillare.geo.schema import COVERAGE, DESKS, RESULT_TABLES, SITES, TRAVEL_USED, Column, Table
from capillare.geo.schema.csv_text import as_typed, neutralised, table_as_csv
from capillare.geo.sources.reference import from_text
from capillare.publish.tables import plan_tables, write_table, write_tables

FULL_WIDTH = "\uff1d\uff0b\uff0d\uff20"
SIGNS = f"=+-@\t\r{FULL_WIDTH}"

SAMPLE = Table(
    "sample",
    "A row of every kind",
    "Prova",
    ("row_id",),
    (
        Column("row_id", "text", "Id", "Codice"),
        Column("n_people", "integer", "People", "Persone", may_miss=True),
        Column("travel_min", "number", "Minutes", "Minuti", may_miss=True),
        Column("is_open", "flag", "Open", "Aperto", may_miss=True),
        Column("seen_on", "date", "Day", "Giorno", may_miss=True),
    ),
)


def rows_of(text):
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_every_kind_is_written_as_declared_and_declared_columns_only():
    frame = pd.DataFrame(
        {
            "unknown": [1, 2, 3],
            "is_open": [True, False, None],
            "travel_min": [0.1 + 0.2, -0.0, np.nan],
            "seen_on": ["2025-06-30", None, None],
            "n_people": [1000, 0, None],
            "row_id": ['già, "qui"', "due\nrighe", "=1+1"],
        }
    )
    assert table_as_csv(frame, SAMPLE) == (
        "row_id,n_people,travel_min,is_open,seen_on\r\n"
        '"già, ""qui""",1000,0.3,true,2025-06-30\r\n'
        '"due\nrighe",0,0.0,false,\r\n'
        "'=1+1,,,,\r\n"
    )


def test_an_absent_column_that_may_miss_is_empty_and_an_empty_table_has_its_header():
    assert rows_of(table_as_csv(pd.DataFrame({"row_id": ["a"]}), SAMPLE))[1] == ["a", *[""] * 4]
    assert rows_of(table_as_csv(SITES.empty(), SITES)) == [SITES.names]


def test_infinity_never_leaves():
    frame = pd.DataFrame({"row_id": ["a", "b"], "travel_min": [1.0, np.inf]})
    with pytest.raises(DataError, match=r"travel_min.*\[b\]"):
        table_as_csv(frame, SAMPLE)


@pytest.mark.parametrize("sign", [*SIGNS])
def test_a_formula_gets_an_apostrophe(sign):
    assert list(neutralised(pd.Series([f"{sign}1+1"]))) == [f"'{sign}1+1"]


@pytest.mark.parametrize(
    "text",
    ["+39 055 1234567", "+390551234567", "+39 (055) 12-34.567", "Pian di Scò", "", "'ndrangheta"],
)
def test_phones_and_plain_texts_stay(text):
    assert list(neutralised(pd.Series([text]))) == [text]


@pytest.mark.parametrize(
    "text", ["+39 055 1234567+cmd|' /C calc'!A0", "+1", "-39 055 1234567", "+39 055\n=1"]
)
def test_what_only_looks_like_a_phone_does_not(text):
    assert list(neutralised(pd.Series([text]))) == [f"'{text}"]


@given(st.text(alphabet=f"'a1 {SIGNS}", max_size=8))
def test_neutralising_can_be_reversed_and_leaves_no_formula(text):
    (written,) = neutralised(pd.Series([text], dtype="str"))
    assert written[:1] not in set(SIGNS) - {"+"} or not written
    assert as_typed(written) == text


def test_numbers_are_never_neutralised_and_texts_of_a_real_table_are(nasty_plan):
    frame = nasty_plan.proposal.sites.assign(lat=-1.5)
    row = dict(zip(SITES.names, rows_of(table_as_csv(frame, SITES))[1], strict=True))
    assert row["lat"] == "-1.5"
    assert row["locality"].startswith("'=SOMMA")


def test_desks_go_out_and_come_back(nasty_plan):
    desks = DESKS.typed(nasty_plan.network.desks)[DESKS.names]
    text = pd.read_csv(io.StringIO(table_as_csv(desks, DESKS)), dtype="str", na_values=[""])
    back = DESKS.check(from_text(text, DESKS))
    assert back["phone"].iloc[0] == "+39 055 123456"
    back["name"] = back["name"].str.removeprefix("'")
    pd.testing.assert_frame_equal(
        back, desks.assign(lat=desks["lat"].round(6), lon=desks["lon"].round(6))
    )


def test_a_plan_writes_its_tables_with_the_contract_first(small_plan, tmp_path):
    write_tables(small_plan, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"{table.name}.csv" for table in RESULT_TABLES
    )
    for table, frame in plan_tables(small_plan).items():
        rows = rows_of((tmp_path / f"{table.name}.csv").read_bytes().decode())
        assert rows[0] == table.names
        assert len(rows) == 1 + len(frame)


CONTRACT = (
    "istat_code, municipality, province, inner_class, inner_basis, residents, adults, over65, "
    "nearest_desk_id, travel_min, travel_basis, adults_unreachable, adults_15min_share, "
    "adults_30min_share, weekly_coverage_share, hours_per_1000_adults"
)


def test_coverage_starts_with_the_columns_of_the_contract(small_plan):
    header = rows_of(table_as_csv(small_plan.network.coverage, COVERAGE))[0]
    assert header[:16] == CONTRACT.split(", ")


def test_the_same_table_gives_the_same_bytes_whatever_its_index(small_plan, tmp_path):
    used = small_plan.travel_used
    write_table(used, TRAVEL_USED, tmp_path / "a.csv")
    write_table(used.set_index(np.arange(len(used)) + 7), TRAVEL_USED, tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
