"""What stands around a page's figures."""

from dataclasses import replace

import pytest

from capillare.geo.sources.records import SourceRecord
from capillare.publish.explained import partial_it
from capillare.views.about import sources_table
from capillare.views.notes import as_text
from tests.publish.conftest import NASTY, make_plan


def test_a_partial_registry_is_said_and_a_whole_one_is_not(tiny, policy):
    network = make_plan(tiny, policy).network
    assert partial_it(network) == (
        "Registro parziale: 2 punti su 169 dichiarati. La copertura è un limite inferiore."
    )
    whole = replace(network.roll_up, n_points_by_status={"active": 169})
    assert partial_it(replace(network, roll_up=whole)) == ""


@pytest.mark.parametrize("sign", list("\\`*_{}[]<>#|~$:"))
def test_signs_of_markdown_are_only_signs(sign):
    assert as_text(f"a{sign}b") == f"a\\{sign}b"


def test_a_source_cannot_break_the_table():
    table = sources_table([SourceRecord(f"a|b {NASTY}", "2024-03-18", "CC BY 4.0", "ab" * 32)])
    header, rule, row = table.split("\n")
    assert row.replace("\\|", "").count("|") == header.count("|") == rule.count("|")
    assert "18/03/2024" in row
    assert "<img" not in row.replace("\\<", "")
