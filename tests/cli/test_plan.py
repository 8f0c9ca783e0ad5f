from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from capillare.geo import schema
from capillare.geo.population import read_territory
from tests.cli.conftest import Capillare, run_once

AS_OF = ("--as-of", "2025-06-30")
FEW = ("--new-sites", 3)
CONTRACT = {
    "targets.csv": schema.TARGETS,
    "coverage.csv": schema.COVERAGE,
    "gaps.csv": schema.GAPS,
    "sites.csv": schema.SITES,
    "travel_used.csv": schema.TRAVEL_USED,
}
OTHER_FILES = ("plan.xlsx", "plan.gpkg", "sites.geojson", "map.html", "summary.json")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The whole plan of Tuscany, and what was printed."""
    folder = tmp_path_factory.mktemp("drawn")
    outcome = run_once(folder, "plan", *AS_OF, "--out", "piano")
    assert outcome.code == 0, outcome.err
    return folder / "piano", outcome.out


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of three new sites."""
    folder = tmp_path_factory.mktemp("few")
    assert run_once(folder, "plan", *AS_OF, *FEW, "--out", "piano", "--quiet").code == 0
    return folder / "piano"


def test_plan_writes_every_file_of_the_contract(drawn: tuple[Path, str]):
    folder, printed = drawn
    for name, table in CONTRACT.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert header[: len(table.names)] == table.names
    for name in (*OTHER_FILES, "site/index.html"):
        assert (folder / name).is_file()
    assert "Scritto in piano" in printed
    coverage = pd.read_csv(folder / "coverage.csv", dtype={"istat_code": "str"})
    assert coverage["adults"].sum() == 3_124_321
    assert coverage["istat_code"].str.len().eq(6).all()


def test_a_second_run_replaces_the_first(capillare: Capillare, few: Path):
    shutil.copytree(few, "piano")
    assert len(pd.read_csv("piano/sites.csv")) == 3
    assert capillare("plan", *AS_OF, "--new-sites", 2, "--out", "piano", "--quiet").code == 0
    assert len(pd.read_csv("piano/sites.csv")) == 2
    assert [path.name for path in Path().iterdir()] == ["piano"]


def test_another_region_works_and_says_that_there_are_no_desks(capillare: Capillare):
    outcome = capillare("plan", "--region", "11", *AS_OF, *FEW, "--json", "--out", "marche")
    assert outcome.code == 0, outcome.err
    summary = json.loads(outcome.out)
    assert any("Non risultano sportelli in servizio" in caveat for caveat in summary["caveats"])
    coverage = pd.read_csv("marche/coverage.csv")
    assert len(coverage) == 225
    assert coverage["adults_unreachable"].sum() == coverage["adults"].sum()
    assert coverage["travel_min"].isna().all()


def test_a_budget_buys_whole_points(capillare: Capillare):
    outcome = capillare("sites", *AS_OF, "--budget", 100_000, "--out", "piano")
    assert outcome.code == 0, outcome.err
    sites = pd.read_csv("piano/sites.csv")
    assert len(sites) == 2
    assert sites["cost_eur"].sum() <= 100_000


@pytest.mark.parametrize("step", ["targets", "coverage", "gaps", "sites"])
def test_a_single_step_writes_the_table_of_the_plan(capillare: Capillare, few: Path, step: str):
    limits = FEW if step == "sites" else ()
    outcome = capillare(step, *AS_OF, *limits, "--out", "step")
    assert outcome.code == 0, outcome.err
    assert Path("step", f"{step}.csv").read_bytes() == (few / f"{step}.csv").read_bytes()


def test_a_scenario_file_is_overruled_by_an_option(capillare: Capillare):
    Path("mine.toml").write_text("as_of = 2025-06-30\nnew_sites = 3\n", encoding="utf-8")
    assert capillare("sites", "--scenario", "mine.toml", "--out", "a", "--quiet").code == 0
    options = ("--scenario", "mine.toml", "--new-sites", 2, "--out", "b", "--quiet")
    assert capillare("sites", *options).code == 0
    assert len(pd.read_csv("a/sites.csv")) == 3
    assert len(pd.read_csv("b/sites.csv")) == 2


def test_reasons_in_english(capillare: Capillare):
    assert capillare("gaps", *AS_OF, "--lang", "en", "--out", "en", "--quiet").code == 0
    assert pd.read_csv("en/gaps.csv")["reasons"].str.contains("by car").any()


def test_new_sites_bring_the_people_they_claim(drawn: tuple[Path, str]):
    """Recomputed from the written files alone: who gains, and how much is covered after."""
    folder, _ = drawn
    sites = pd.read_csv(folder / "sites.csv")
    pairs = pd.read_csv(folder / "travel_used.csv")
    coverage = pd.read_csv(folder / "coverage.csv")
    near = pairs[pairs["travel_min"] <= 20]
    by_desk = set(near.loc[~near["to_id"].isin(sites["candidate_id"]), "from_id"])
    by_site = set(near.loc[near["to_id"].isin(sites["candidate_id"]), "from_id"])
    adults = read_territory("09").places.set_index("place_id")["adults"]
    assert adults[sorted(by_desk)].sum() == coverage["adults_within"].sum()
    assert adults[sorted(by_site - by_desk)].sum() == sites["adults_gained"].sum()
    share = adults[sorted(by_desk | by_site)].sum() / adults.sum()
    assert sites["covered_share_after"].iloc[-1] == pytest.approx(share, abs=1e-6)
    assert sites["adults_gained"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("plan", "--vans", "-2"), "vans -2 is not within 0 and 50"),
        (("seasons", "--as-of", "2026-02-31"), "not a day"),
        (("tours",), "Give --vans with a number or a file"),
        (("tours", "--vans", "absent.csv"), "absent.csv"),
        (("plan", "--region", "99"), "region '99'"),
        (("plan", "--as-of", "2025-02-31"), "not a day"),
        (("plan", "--new-sites", "-1"), "new_sites -1"),
        (("plan", "--new-sites", "3", "--budget", "9"), "Keep one of the two"),
        (("plan", "--effort", "heroic"), "effort 'heroic'"),
        (("plan", "--registry", "absent"), "absent"),
        (("plan", "--policy", "absent.toml"), "absent.toml"),
        (("plan", "--scenario", "absent.toml"), "absent.toml"),
        (("sites", "--demand", "d.csv"), "all three are needed"),
        (("plan", "--nonsense"), "No such option"),
        (("site", "serve", "absent"), "absent"),
    ],
)
def test_bad_usage_is_one_sentence_and_exit_2(
    capillare: Capillare, arguments: tuple[str, ...], sentence: str
):
    outcome = capillare(*arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err
    assert not any(path.is_dir() for path in Path().iterdir())
