from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from capillare.geo import schema
from capillare.geo.population import read_territory
from capillare.planning.saved_scenarios import save_scenario
from capillare.planning.scenario import Scenario
from capillare.views import exports, scenarios
from capillare.views.downloads import Download
from tests.cli.conftest import Capillare, run_once

AS_OF = ("--as-of", "2025-06-30")
FEW = ("--new-sites", 3)
SAVED = Scenario(as_of=date(2025, 6, 30), new_sites=3, title="Tre sedi")
PAGES = """
from datetime import date
from pathlib import Path
from capillare.views import long_work, scenarios, sites
from capillare.views.deployment import Deployment
from capillare.views.session import open_session

long_work.PATIENCE_S = 120
open_session(Deployment(as_of=date(2026, 3, 2), scenarios=Path({folder!r})))
scenarios.show()
sites.show()
"""
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
    """A plan of three new sites, from a scenario that the planner saved."""
    folder = tmp_path_factory.mktemp("few")
    saved = save_scenario(folder / "salvati", SAVED)
    file = folder / "salvati" / f"{saved.key}.toml"
    assert run_once(folder, "plan", "--scenario", file, "--out", "piano", "--quiet").code == 0
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


def without_seconds(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: without_seconds(held) for name, held in part.items() if name != "seconds"}
    return [without_seconds(held) for held in part] if isinstance(part, list) else part


def test_the_planner_hands_over_what_the_command_line_writes_for_a_saved_scenario(
    few: Path, monkeypatch: pytest.MonkeyPatch
):
    offered: dict[str, Download] = {}
    for module in (scenarios, exports):
        monkeypatch.setattr(
            module,
            "show_downloads",
            lambda _page, files: offered.update({file.file_name: file for file in files}),
        )
    monkeypatch.setattr(scenarios, "show_comparison", lambda _saved: None)
    script = PAGES.format(folder=str(few.parent / "salvati"))
    app = AppTest.from_string(script, default_timeout=120).run()
    offered.clear()
    app.button(key="scenarios_open").click().run()
    assert not app.exception
    mark = "2025-06-30_tre-sedi"
    shown = json.loads(offered[f"summary_{mark}.json"].write())
    written = json.loads((few / "summary.json").read_text("utf-8"))
    assert shown["headline"]["sites_proposed"] == 3
    assert shown["scenario"]["title"] == "Tre sedi"
    # All but how long it took, and what else lies in the folder.
    shown["outputs"] = written["outputs"]
    assert without_seconds(shown) == without_seconds(written)
    assert offered[f"sites_{mark}.csv"].write() == (few / "sites.csv").read_bytes()


def test_a_second_run_replaces_the_first(capillare: Capillare, few: Path):
    shutil.copytree(few, "piano")
    assert len(pd.read_csv("piano/sites.csv")) == 3
    smaller = ("--region", "02", "--new-sites", 2)
    assert capillare("plan", *AS_OF, *smaller, "--out", "piano", "--quiet").code == 0
    assert len(pd.read_csv("piano/sites.csv")) == 2
    assert [path.name for path in Path().iterdir()] == ["piano"]


def test_another_region_works_and_says_that_there_are_no_desks(capillare: Capillare):
    outcome = capillare("plan", "--region", "02", *AS_OF, *FEW, "--json", "--out", "valle")
    assert outcome.code == 0, outcome.err
    summary = json.loads(outcome.out)
    assert any("Non risultano sportelli in servizio" in caveat for caveat in summary["caveats"])
    coverage = pd.read_csv("valle/coverage.csv")
    assert len(coverage) == 74
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
