"""Tables on screen."""

import pandas as pd
import pytest

from capillare.geo.schema import COVERAGE, RESULT_TABLES, SITES, TARGETS
from capillare.views.grids import UNKNOWN, _width, italian_writing
from tests.publish.conftest import make_plan


@pytest.fixture(scope="module")
def plan(tiny, policy):
    return make_plan(tiny, policy)


def cells(frame, table, columns):
    styler = italian_writing(frame, [table.column(name) for name in columns])
    body = styler._translate(sparse_index=False, sparse_cols=False)["body"]
    return [[cell["display_value"] for cell in row if cell["type"] == "td"] for row in body]


def test_numbers_are_written_in_italian_and_kept_as_figures_beneath(plan):
    coverage = plan.network.coverage.iloc[[0]].assign(
        adults=12345, travel_min=12.6, adults_15min_share=0.4781, hours_per_1000_adults=1234.56
    )
    names = ["adults", "travel_min", "adults_15min_share", "hours_per_1000_adults"]
    assert cells(coverage, COVERAGE, names) == [["12.345", "13", "47,8 %", "1.234,6"]]
    beneath = italian_writing(coverage, [COVERAGE.column(name) for name in names]).data
    assert all(pd.api.types.is_numeric_dtype(kind) for kind in beneath.dtypes)
    assert beneath.columns.tolist() == [COVERAGE.titles_it[name] for name in names]


def test_codes_flags_dates_and_money_are_written_for_people(plan):
    names = [
        "status",
        "target_basis",
        "on_band_edge",
        "as_of",
        "funding_eur",
        "is_over_renewal_line",
    ]
    first, second = cells(plan.network.targets, TARGETS, names)
    assert first == ["attivo", "calcolato dalla fascia", "no", "01/06/2025", "30.000 €", "sì"]
    assert second == ["sconosciuto", UNKNOWN, "sì", UNKNOWN, UNKNOWN, UNKNOWN]


def test_what_people_typed_is_not_read_as_a_number(plan):
    sites = plan.proposal.sites.assign(locality=["1e5", "007"])
    assert [row[0] for row in cells(sites, SITES, ["locality"])] == ["1e5", "007"]


@pytest.mark.parametrize("table", RESULT_TABLES, ids=lambda table: table.name)
def test_every_declared_column_can_be_shown_even_with_no_row(table):
    assert cells(table.empty(), table, table.names) == []
    # The labels are the columns of the grid: two alike would hide one another.
    assert len(set(table.titles_it.values())) == len(table.names)


def test_names_of_places_are_not_clipped_and_do_not_take_the_screen():
    names = pd.Series(["Prato", "Castelnuovo di Garfagnana", None], dtype="str")
    column, heading = SITES.column("locality"), "Località"
    assert _width(names, column, heading) > _width(names[:1], column, heading)
    assert _width(names.iloc[2:], column, heading) < _width(names, column, heading) <= 190
    province = pd.Series(["Massa-Carrara"], dtype="str")
    assert _width(province, COVERAGE.column("province"), "P") >= 13 * 7
    key = COVERAGE.column("nearest_desk_id")
    assert _width(province, key, "P") is None
