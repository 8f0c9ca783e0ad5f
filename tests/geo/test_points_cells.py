"""Cells of users' tables: what is read without guessing, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.points.cells import reader_of
from capillare.geo.points.codes import CodeBook
from capillare.geo.schema import APPLICATIONS, DESKS, FIGURES, POINTS, REGISTRY_TABLES
from capillare.geo.schema.tables import Column

LINEAGE = pd.DataFrame(
    {
        "old_istat_code": ["048001", "048002", "048003", "048004", "048004"],
        "new_istat_code": ["048053", "048053", "048001", "048010", "048011"],
        "new_municipality": ["Nuovo", "Nuovo", "Vecchio", "Uno", "Due"],
    }
)
CODES = CodeBook.of({"048017", "001001", "048010", "048011"}, LINEAGE.iloc[[0, 1, 3, 4]])
CHAIN = CodeBook(
    frozenset({"048053"}), {"048003": ("048001",), "048001": ("048053",)}, {"048003": "Vecchio"}
)


def read(column: Column, text: str):
    return reader_of(column, CODES)(text)


LAT, HOURS_DUE = DESKS.column("lat"), POINTS.column("weekly_hours_due")
N_DESKS, TARGET = DESKS.column("n_desks"), POINTS.column("assigned_target")

READ = [
    (DESKS.column("istat_code"), "048017", "048017", ""),
    (DESKS.column("istat_code"), "48017", "048017", "zeri"),
    (DESKS.column("istat_code"), "1001", "001001", "zeri"),
    (DESKS.column("istat_code"), "048001", "048053", "soppresso"),
    (DESKS.column("istat_code"), "48002", "048053", "soppresso"),
    (LAT, "43.77", 43.77, ""),
    (LAT, "43,77", 43.77, "virgola"),
    (LAT, "43,770", 43.77, "virgola"),
    (LAT, "43.770", 43.77, ""),
    (LAT, "-1e1", -10.0, ""),
    (HOURS_DUE, "24", 24.0, ""),
    (HOURS_DUE, "1.234", 1.234, ""),
    (APPLICATIONS.column("cost_eur"), "30.000,50", 30000.5, "migliaia"),
    (APPLICATIONS.column("cost_eur"), "30,000.50", 30000.5, "migliaia"),
    (APPLICATIONS.column("cost_eur"), "1.030.000", 1030000.0, "migliaia"),
    (APPLICATIONS.column("cost_eur"), "30 000", 30000.0, "migliaia"),
    (APPLICATIONS.column("cost_eur"), "30000.5", 30000.5, ""),
    (APPLICATIONS.column("cost_eur"), "0.125", 0.125, ""),
    (TARGET, "1000", 1000.0, ""),
    (TARGET, "1.234", 1234.0, "migliaia"),
    (TARGET, "12.0", 12.0, "intero"),
    (DESKS.column("by_appointment"), "true", True, ""),
    (DESKS.column("by_appointment"), "SÌ", True, "true"),
    (DESKS.column("by_appointment"), "0", False, "false"),
    (DESKS.column("valid_from"), "2025-12-31", "2025-12-31", ""),
    (DESKS.column("valid_from"), "2025-12-31 00:00:00", "2025-12-31", "ora"),
    (DESKS.column("valid_from"), "31/12/2025", "2025-12-31", "giorno"),
    (DESKS.column("valid_from"), "1-3-2025", "2025-03-01", "giorno"),
    (DESKS.column("valid_from"), "31 dicembre 2025", "2025-12-31", "parole"),
    (DESKS.column("valid_from"), "29/02/2024", "2024-02-29", "giorno"),
    (DESKS.column("source_date"), "2025-03", "2025-03", ""),
    (DESKS.column("source_date"), "31/12/2025", "2025-12-31", "giorno"),
    (DESKS.column("status"), "active", "active", ""),
    (DESKS.column("status"), "Attivo", "active", "active"),
    (DESKS.column("kind"), "Sede principale", "main", "main"),
    (DESKS.column("network"), "Bottega della Salute", "bottega_salute", "bottega_salute"),
    (DESKS.column("wheelchair"), "Sì", "yes", "yes"),
    (DESKS.column("desk_id"), "a-1", "a-1", ""),
]
REFUSED = [
    (DESKS.column("istat_code"), "999999", "sconosciuto"),
    (DESKS.column("istat_code"), "12", "non è un codice"),
    (DESKS.column("istat_code"), "Firenze", "non è un codice"),
    (DESKS.column("istat_code"), "04801７", "non è un codice"),
    (DESKS.column("istat_code"), "048004", "diviso fra 048010, 048011"),
    (LAT, "NaN", "finito"),
    (LAT, "-Inf", "finito"),
    (LAT, "1e999", "fino a 90"),
    (LAT, "91", "fino a 90"),
    (LAT, "43°46'", "non è un numero"),
    (LAT, "43_7", "non è un numero"),
    (HOURS_DUE, "169", "fino a 168"),
    (HOURS_DUE, "-1", "da 0"),
    (APPLICATIONS.column("cost_eur"), "30.000", "può valere 30 o 30000"),
    (APPLICATIONS.column("cost_eur"), "30,000", "può valere 30 o 30000"),
    (TARGET, "1.000", "può valere 1 o 1000"),
    (TARGET, "1.5", "intero"),
    (N_DESKS, "0", "da 1"),
    (DESKS.column("by_appointment"), "forse", "né sì né no"),
    (DESKS.column("valid_from"), "31/02/2025", "impossibile"),
    (DESKS.column("valid_from"), "2025-02-29", "impossibile"),
    (DESKS.column("valid_from"), "12/31/2025", "impossibile"),
    (DESKS.column("valid_from"), "31/12/25", "non è una data"),
    (DESKS.column("valid_from"), "45000", "non è una data"),
    (DESKS.column("valid_from"), "31 dicember 2025", "non è una data"),
    (DESKS.column("status"), "boh", "non prevista"),
    (DESKS.column("desk_id"), "a 1", "forma"),
    (DESKS.column("desk_id"), "../a", "forma"),
    (DESKS.column("source_date"), "ieri", "forma"),
]


@pytest.mark.parametrize(("column", "text", "cell", "note"), READ)
def test_reads_without_guessing(column, text, cell, note):
    reading = read(column, text)
    assert (reading.cell, reading.problem) == (cell, "")
    assert note in reading.note
    assert bool(reading.note) == bool(note)


@pytest.mark.parametrize(("column", "text", "problem"), REFUSED)
def test_refuses_and_says_what_to_do(column, text, problem):
    reading = read(column, text)
    assert reading.cell is None
    assert problem in reading.problem
    assert reading.what_to_do.endswith(".")


def test_a_code_is_followed_through_several_mergers():
    assert CHAIN.in_force("048003") == ("048053",)
    assert CodeBook(frozenset(), {"000001": ("000001",)}, {}).in_force("000001") == ()


ALL = [column for table in REGISTRY_TABLES for column in table.columns if reader_of(column, CODES)]


@given(st.sampled_from(ALL), st.text(min_size=1, max_size=30))
def test_no_reader_ever_raises(column, text):
    reading = read(column, text)
    assert (reading.cell is None) == bool(reading.problem)


@given(st.floats(-90, 90).map(lambda degrees: round(degrees, 6)))
def test_a_decimal_comma_is_the_same_number(degrees):
    plain = f"{degrees:.6f}"
    assert read(LAT, plain).cell == read(LAT, plain.replace(".", ",")).cell == degrees


@given(
    st.dates(
        min_value=pd.Timestamp("1900-01-01").date(), max_value=pd.Timestamp("2100-12-31").date()
    )
)
def test_italian_days_are_the_same_days(day):
    column = FIGURES.column("as_of")
    assert read(column, day.isoformat()).cell == day.isoformat()
    assert read(column, f"{day:%d/%m/%Y}").cell == day.isoformat()
