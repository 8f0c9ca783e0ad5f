from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import ConfigError
from capillare.planning.scenario import Scenario, read_scenario, write_toml
from capillare.views.faults import in_italian
from tests.planning.wished import FUNDING


@given(
    scenario=st.builds(
        Scenario,
        as_of=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        region=st.sampled_from(["09", "11", "all"]),
        new_sites=st.integers(0, 2000),
        budget_eur=st.none() | st.floats(0, 1e9),
        networks=st.sampled_from(["pdf", "all"]),
        effort=st.sampled_from(["quick", "normal", "best"]),
        lang=st.sampled_from(["it", "en"]),
        title=st.text(max_size=80).filter(str.isprintable),
        funding=FUNDING,
    )
)
def test_a_scenario_survives_its_file(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario):
    path = tmp_path_factory.mktemp("scenario") / "s.toml"
    path.write_text(write_toml(scenario), encoding="utf-8")
    assert Scenario(**read_scenario(path)) == scenario
    assert set(read_scenario(path)) <= set(asdict(scenario))


def test_all_faults_are_said_at_once():
    with pytest.raises(ConfigError, match=r"new_sites -1.*networks 'both'.*effort 'heroic'"):
        Scenario(as_of=date(2025, 1, 1), new_sites=-1, networks="both", effort="heroic")  # type: ignore[arg-type]


@pytest.mark.parametrize("budget", [float("inf"), float("nan"), -1.0])
def test_a_budget_is_an_amount_of_money(budget: float):
    with pytest.raises(ConfigError, match="budget_eur"):
        Scenario(as_of=date(2025, 1, 1), budget_eur=budget)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("new_site = 3\n", "no setting 'new_site'"),
        ('new_sites = "3"\n', 'new_sites = "3" is not a whole number without quotes. Correct it'),
        ("new_sites = true\n", "new_sites = true is not a whole number"),
        ("new_sites = 3.5\n", "new_sites = 3.5 is not a whole number"),
        ("as_of = 2025-02-01T00:00:00\n", "is not a date without quotes, like 2026-01-31"),
        ('as_of = "2025-02-01"\n', 'as_of = "2025-02-01" is not a date without quotes'),
        ("as_of = 2025-02-31\n", "not a TOML file"),
        ("[sites]\ncover_share = 0,95\n", r"not a TOML file .*line 2.* decimals have a point"),
        ('title = "caff\udce8"\n', r"not UTF-8 text \(byte 14\)"),
        ("[[sites]]\nper_province = 1\n", "is not a table: write \\[sites\\] once"),
        ("[sits]\nper_province = 1\n", "no setting 'sits'.* Did you mean 'sites'"),
        ("[sites]\nnew_sites = 3\n", r"\[sites\]: new_sites is a setting of the whole .*above"),
        ("[[sites.at_least]]\nn = 2\n", "unknown key 'n'. Known: area, n_sites"),
        ("[funding]\nregion = '08'\n", r"\[funding\]: region is a setting of the whole scenario"),
        ("[funding]\nmost_per_bodi = 1\n", "did you mean|Did you mean 'most_per_body'"),
        ("[funding]\nkeep = 119\n", "keep: 119 is not a text"),
        ("funding = 3\n", "funding = 3 is not a table"),
        ('registry = "/etc/passwd"\n', "no setting 'registry'"),
        ("x" * 30_000, "bytes"),
        ("format = 2\nwishes = 3\n", "format 2, this version reads 1"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, sentence: str):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ConfigError, match=sentence) as fault:
        read_scenario(path)
    assert in_italian(str(fault.value))


def test_the_mark_that_windows_puts_before_a_text_is_passed_over(tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text("new_sites = 3\n", encoding="utf-8-sig")
    assert read_scenario(path) == {"new_sites": 3}


def test_an_absent_file_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot be read"):
        read_scenario(tmp_path / "absent.toml")


@pytest.mark.parametrize("title", ["two\nlines", "x" * 81])
def test_a_title_is_one_short_line(title: str):
    with pytest.raises(ConfigError, match="title"):
        Scenario(as_of=date(2025, 1, 1), title=title)
