"""Files that a page hands over."""

import io

import openpyxl

from capillare.geo.schema import COVERAGE
from capillare.geo.schema.csv_text import table_as_csv
from capillare.views.downloads import table_download, workbook_bytes
from tests.publish.conftest import make_plan


def test_a_csv_is_the_command_lines_own(tiny, policy):
    coverage = make_plan(tiny, policy).network.coverage.iloc[:3]
    file = table_download(coverage, COVERAGE)
    assert file.file_name == "coverage.csv"
    assert file.write() == table_as_csv(coverage, COVERAGE).encode()
    assert file.write().count(b"\r\n") == 4


def test_a_workbook_holds_the_plan(tiny, policy):
    workbook = openpyxl.load_workbook(io.BytesIO(workbook_bytes(make_plan(tiny, policy))))
    assert workbook["Sedi proposte"].max_row == 3
