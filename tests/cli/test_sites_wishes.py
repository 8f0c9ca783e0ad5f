"""Wishes asked from the command line, on the real network."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import Capillare

AS_OF = ("--as-of", "2025-06-30")


def test_wishes_of_file_and_options_rule_the_sites(capillare: Capillare):
    Path("mine.toml").write_text(
        'as_of = 2025-06-30\nnew_sites = 4\n[sites]\nobjective = "coverage"\nexclude = ["049009"]\n',
        encoding="utf-8",
    )
    options = ("--scenario", "mine.toml", "--require", "053012", "--json", "--out", "piano")
    outcome = capillare("sites", *options)
    assert outcome.code == 0, outcome.err
    stages = json.loads(outcome.out)["stages"]
    assert [(stage["objective"], stage["status"]) for stage in stages] == [("coverage", "optimal")]
    sites = pd.read_csv("piano/sites.csv", dtype={"istat_code": "str"})
    assert len(sites) == 4
    assert "049009" not in set(sites["istat_code"])
    assert "053012" in set(sites["istat_code"])
    assert pd.read_csv("piano/site_explanations.csv")["rank"].tolist() == [1, 2, 3, 4]
    curve = pd.read_csv("piano/siting_curve.csv")
    assert curve["adults_within"].is_monotonic_increasing


def test_clashing_wishes_are_exit_3_and_still_json(capillare: Capillare):
    outcome = capillare(
        "sites", *AS_OF, "--inner-share", "0.95", "--new-sites", "3", "--json", "--out", "piano"
    )
    assert outcome.code == 3
    told = json.loads(outcome.out)
    assert told["status"] == "infeasible"
    assert {clash["rule"] for clash in told["clashes"]} == {"new_sites", "inner_share"}
    assert all(clash["is_enough"] for clash in told["clashes"])
    assert "nuove sedi invece di 3" in outcome.err
    assert "new sites instead of 3" in told["reason_en"]
    assert not Path("piano").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--objective", "fewest"), "nothing is asked for"),
        (("--cover-share", "2", "--max-min", "-1"), "max_min"),
        (("--require", "a", "--exclude", "a"), "a in both"),
        (("--at-least", "Arezzo"), "not like Arezzo=2"),
        (("--demand", "d.csv", "--candidates", "c.csv", "--travel", "t.csv", "--branches"), "branches"),
    ],
)  # fmt: skip
def test_wishes_without_meaning_are_exit_2(
    capillare: Capillare, arguments: tuple[str, ...], sentence: str
):
    outcome = capillare("sites", *arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err
