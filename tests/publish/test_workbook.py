"""The workbook: every row and column there, in Italian, nothing that runs."""

import zipfile
from datetime import datetime

import openpyxl
import pytest

from capillare.geo.schema import GAPS, SITES, TARGETS
from capillare.publish.explained import explanations, facts_of
from capillare.publish.labels import LABELS_IT
from capillare.publish.meanings import meaning_it
from capillare.publish.sheets import workbook_sheets
from capillare.publish.workbook import write_workbook
from tests.publish.conftest import NASTY, with_tables

SHEETS = [
    "Leggimi", "Obiettivi", "Copertura", "Aree sotto-servite", "Sedi proposte",
    "Sedi spiegate", "Una sede in più", "Sportelli", "Carico degli sportelli", "Copertura per ora",
]  # fmt: skip


@pytest.fixture(scope="module")
def nasty_workbook(nasty_plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "plan.xlsx"
    write_workbook(nasty_plan, path)
    return path, openpyxl.load_workbook(path)


def test_sheets_are_those_people_expect(nasty_workbook):
    assert nasty_workbook[1].sheetnames == SHEETS


def test_every_table_is_whole_under_italian_headers(nasty_workbook, nasty_plan):
    for sheet in workbook_sheets(nasty_plan):
        rows = list(nasty_workbook[1][sheet.title].iter_rows(values_only=True))
        assert list(rows[0]) == [column.title_it for column in sheet.table.columns]
        assert len(rows) == 1 + len(sheet.frame)


def test_figures_are_numbers_with_a_format(nasty_workbook):
    sheet = nasty_workbook[1]["Sedi proposte"]
    at = {name: position for position, name in enumerate(SITES.names, start=1)}
    share = sheet.cell(2, at["covered_share_after"])
    assert (share.value, share.number_format) == (0.9, "0.0%")
    cost = sheet.cell(2, at["cost_eur"])
    assert (cost.value, cost.number_format) == (39000, '#,##0 "€"')
    assert sheet.cell(3, at["target_citizens"]).value is None
    assert sheet.freeze_panes == "F2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_dates_are_dates_and_codes_and_flags_are_words(nasty_workbook):
    sheet = nasty_workbook[1]["Obiettivi"]
    row = dict(zip(TARGETS.names, (cell.value for cell in sheet[2]), strict=True))
    assert row["as_of"] == datetime(2025, 6, 1)
    assert (row["status"], row["on_band_edge"]) == ("attivo", "no")
    assert row["target_share"] == 0.25


def test_desks_say_whether_they_are_in_service(nasty_workbook):
    rows = list(nasty_workbook[1]["Sportelli"].iter_rows(values_only=True))
    position = rows[0].index("In servizio")
    assert [row[position] for row in rows[1:]] == ["sì", "sì", "no"]


def test_texts_stay_texts_letter_by_letter(nasty_workbook):
    path, workbook = nasty_workbook
    cells = [c for sheet in workbook for row in sheet.iter_rows() for c in row if c.value]
    assert {c.data_type for c in cells} <= {"s", "n", "d"}
    assert not [c for c in cells if c.hyperlink]
    assert workbook["Sportelli"].cell(2, 5).value == NASTY
    with zipfile.ZipFile(path) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]


def test_the_first_sheet_says_day_sources_caveats_and_every_column(nasty_workbook, nasty_plan):
    cells = [
        c for row in nasty_workbook[1]["Leggimi"].iter_rows(values_only=True) for c in row if c
    ]
    assert any("30 giugno 2025" in text for text in cells)
    assert "CC BY 4.0" in cells
    assert set(nasty_plan.caveats) <= set(cells)
    for sheet in workbook_sheets(nasty_plan):
        for column in sheet.table.columns:
            assert meaning_it(sheet.table, column) in cells


def test_the_first_sheet_says_how_tables_are_computed_as_pages_do(nasty_workbook, nasty_plan):
    rows = list(nasty_workbook[1]["Leggimi"].iter_rows(values_only=True))
    facts = facts_of(nasty_plan.network)
    for table in ("targets", "coverage", "gaps", "sites", "site_explanations", "desk_load"):
        said = explanations()[table].filled(facts)
        cells = (said.source, said.formula, said.error or None)
        assert cells in [row[1:] for row in rows], table


def test_every_code_of_the_sheets_has_an_italian_word(nasty_plan):
    for sheet in workbook_sheets(nasty_plan):
        for column in sheet.table.columns:
            assert set(column.choices) <= set(LABELS_IT.get(column.name, {}))


def test_every_sheet_prints_on_a4_at_a_size_that_can_be_read(nasty_workbook):
    for sheet in nasty_workbook[1]:
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.left.text == "Piano dei Punti Digitale Facile"
        assert sheet.oddFooter.right.text == "Pagina &P di &N"
    sites = nasty_workbook[1]["Sedi proposte"]
    assert sites.print_title_rows == "$1:$1"
    # 22 columns on one page would be too small to read: pages beside the first repeat the names.
    assert sites.page_setup.fitToWidth > 1
    assert sites.print_title_cols == "$A:$E"


def test_long_texts_wrap_and_rows_stand_on_one_line_at_the_top(nasty_workbook):
    for sheet in nasty_workbook[1].worksheets[1:]:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if cell.value is not None:
                    assert cell.alignment.vertical == "top", cell.coordinate
                    assert bool(cell.alignment.wrap_text) or len(str(cell.value)) <= 48


def test_the_same_plan_gives_the_same_bytes(nasty_workbook, nasty_plan, tmp_path):
    write_workbook(nasty_plan, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == nasty_workbook[0].read_bytes()


def test_an_empty_table_is_a_header(small_plan, tmp_path):
    write_workbook(with_tables(small_plan, gaps=GAPS.empty()), tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["Aree sotto-servite"]
    assert sheet.max_row == 1
