from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from capillare.geo.schema.scenarios import SCENARIO_TABLES
from tests.cli.conftest import Capillare


def _scenarios(region: str = "09", **settings: int) -> list[str]:
    for name, new_sites in settings.items():
        text = f'as_of = 2025-06-30\nregion = "{region}"\nnew_sites = {new_sites}\n'
        Path(f"{name}.toml").write_text(text, encoding="utf-8")
    return [f"{name}.toml" for name in settings]


def test_two_scenarios_are_compared_and_written(capillare: Capillare):
    few, many = _scenarios(few=1, many=2)
    outcome = capillare("compare", few, many, "--out", "differences")
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["primo", "secondo", "differenza"]
    assert lines[1].split() == ["Sedi", "proposte", "1", "2", "+1"]
    parted = lines.index("")
    assert len({len(line) for line in lines[:parted]}) == 1
    assert lines[parted + 1].startswith("Differenze per provincia")
    assert len({len(line) for line in lines[parted + 1 : -2]}) == 1
    written = {
        table.name: pd.read_csv(f"differences/{table.name}.csv") for table in SCENARIO_TABLES
    }
    assert len(written["scenario_municipalities"]) == 273
    assert len(written["scenario_provinces"]) == len(lines[parted + 2 : -2]) == 10
    assert written["scenario_sites"]["proposed_by"].value_counts().sum() >= 2


def test_programs_are_told_figure_by_figure(capillare: Capillare):
    few, many = _scenarios("02", few=1, many=2)
    said = json.loads(capillare("compare", few, many, "--json", "--quiet").out)
    assert said[0] == {
        "figure": "Sedi proposte",
        "kind": "count",
        "first": 1.0,
        "second": 2.0,
        "difference": 1.0,
    }


def test_scenarios_of_two_regions_are_refused(capillare: Capillare):
    Path("here.toml").write_text("as_of = 2025-06-30\nnew_sites = 0\n", encoding="utf-8")
    Path("there.toml").write_text(
        'as_of = 2025-06-30\nnew_sites = 0\nregion = "11"\n', encoding="utf-8"
    )
    outcome = capillare("compare", "here.toml", "there.toml")
    assert outcome.code == 2
    assert "of regions 09 and 11" in outcome.err


def test_an_absent_scenario_is_named(capillare: Capillare):
    outcome = capillare("compare", "a.toml", "b.toml")
    assert outcome.code == 2
    assert "a.toml: cannot be read" in outcome.err
