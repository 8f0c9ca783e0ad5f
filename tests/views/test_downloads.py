"""Files that a page hands over."""

import io

import openpyxl

from capillare.geo.schema import COVERAGE
from capillare.geo.schema.csv_text import table_as_csv
from capillare.publish.provenance import provenance_of
from capillare.publish.sheets import sheet_of
from capillare.views.downloads import workbook_bytes
from capillare.views.exports import PageRows
from tests.publish.conftest import make_plan


def test_a_csv_is_the_command_lines_own(tiny, policy):
    network = make_plan(tiny, policy).network
    coverage = network.coverage.iloc[:3]
    sheet = sheet_of(COVERAGE, coverage)
    rows = PageRows("coverage", "Copertura", (sheet,), network, provenance_of(network))
    file = rows.csv(sheet)
    assert file.file_name == f"coverage_{network.scenario.as_of}.csv"
    own = file.narrowed(lambda frame: frame.iloc[:1])
    assert own.write().count(b"\r\n") == 2
    assert file.narrowed(lambda _: None) is None
    assert file.write() == table_as_csv(coverage, COVERAGE).encode()
    assert file.write().count(b"\r\n") == 4


def test_a_workbook_holds_the_plan(tiny, policy):
    workbook = openpyxl.load_workbook(io.BytesIO(workbook_bytes(make_plan(tiny, policy))))
    assert workbook["Sedi proposte"].max_row == 3
