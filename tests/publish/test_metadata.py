"""The summary says what the tables say, in the shape it declares."""

import json
from dataclasses import replace

import jsonschema
import pytest

from capillare.geo.schema import SITES
from capillare.publish.metadata import SCHEMA_FILE, headlines, summarise, write_summary
from tests.publish.conftest import NASTY, with_tables

SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


def check(summary):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(summary, SCHEMA, cls=jsonschema.Draft202012Validator)


def test_the_summary_is_as_declared(small_plan, nasty_plan):
    for plan in (small_plan, nasty_plan):
        check(json.loads(json.dumps(summarise(plan), allow_nan=False)))


def test_a_plan_of_nothing_is_as_declared_and_gains_nothing(small_plan):
    stage = replace(
        small_plan.proposal.answer.first, status="no_solution", gap=float("inf"), bound=float("inf")
    )
    answer = replace(small_plan.proposal.answer, stages=(stage,))
    empty = with_tables(small_plan, sites=SITES.empty())
    empty = replace(empty, proposal=replace(empty.proposal, answer=answer))
    summary = summarise(empty)
    check(summary)
    assert summary["solver"]["gap"] is None
    headline = summary["headline"]
    assert headline["covered_share_after"] == headline["covered_share_before"]


@pytest.mark.parametrize("name", ["headline", "solver", "caveats", "as_of"])
def test_a_summary_that_lacks_a_part_is_not_as_declared(small_plan, name):
    summary = summarise(small_plan)
    del summary[name]
    with pytest.raises(jsonschema.ValidationError, match=name):
        check(summary)


def test_every_declared_property_says_what_it_is():
    undescribed = [
        name
        for part in (SCHEMA, SCHEMA["properties"]["headline"], SCHEMA["properties"]["solver"])
        for name, declared in part["properties"].items()
        if not declared.get("description")
    ]
    assert not undescribed


def test_headline_figures_are_sums_of_the_tables(small_plan, tiny):
    figures = summarise(small_plan)["headline"]
    coverage, sites = small_plan.network.coverage, small_plan.proposal.sites
    assert figures["municipalities"] == 12
    assert figures["adults"] == tiny.municipalities["adults"].sum() == 3820
    assert figures["residents"] == 3820 + 12 * 20
    assert figures["adults_within"] == coverage["adults_within"].sum()
    assert figures["adults_15min"] == round(
        (coverage["adults_15min_share"] * coverage["adults"]).sum()
    )
    assert figures["adults_unreachable"] == 10
    assert figures["adults_within_share"] == pytest.approx(
        figures["adults_within"] / 3820, abs=1e-6
    )
    assert (figures["points_held"], figures["points_active"]) == (2, 1)
    assert figures["points_declared"] == 169
    assert (figures["desks_in_service"], figures["weekly_hours"]) == (2, 40)
    assert (figures["target_citizens"], figures["target_citizens_committed"]) == (300, 136000)
    assert figures["citizens_reached"] == 75
    assert figures["adults_gained"] == sites["adults_gained"].sum() == 800
    assert figures["cost_eur"] == 78000
    before, after = figures["covered_share_before"], figures["covered_share_after"]
    assert after - before == pytest.approx(800 / 3820, abs=2e-6)


def test_the_summary_is_written_whole_and_says_the_same_again(nasty_plan, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sites.csv").write_bytes(b"abc")
        write_summary(nasty_plan, tmp_path / name / "summary.json")
    text = (tmp_path / "one" / "summary.json").read_text(encoding="utf-8")
    assert text == (tmp_path / "two" / "summary.json").read_text(encoding="utf-8")
    summary = json.loads(text)
    check(summary)
    assert summary["outputs"] == {
        "sites.csv": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }
    assert summary["caveats"] == list(nasty_plan.caveats)
    assert NASTY in summary["caveats"][1]
    assert summary["inputs"][0] == {
        "name": "Confini (ISTAT)",
        "date": "2023-01-01",
        "licence": "CC BY 4.0",
        "sha256": "ab" * 32,
    }


def test_the_terminal_gets_italian_figures_and_every_caveat(small_plan):
    said = headlines(small_plan)
    assert "Regione, situazione al 30 giugno 2025." in said
    assert "su 3.820" in said
    assert "78.000 €" in said
    for caveat in small_plan.caveats:
        assert f"- {caveat}" in said
