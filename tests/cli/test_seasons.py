"""``capillare seasons`` and what it says when rules clash."""

import csv
import json
from pathlib import Path

from capillare.geo.settings import POLICY_FILE
from tests.cli.conftest import Capillare


def policy_with(path: Path, **rules: object) -> Path:
    """Copy the packaged policy with some rules of the seasons changed."""
    lines = POLICY_FILE.read_text(encoding="utf-8").splitlines()
    start = lines.index(next(line for line in lines if line.startswith("[seasons]")))
    for name, setting in rules.items():
        row = next(i for i in range(start, len(lines)) if lines[i].startswith(f"{name} ="))
        lines[row] = f"{name} = {setting}"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_step_writes_its_tables_and_says_what_it_found(capillare: Capillare):
    outcome = capillare(
        "seasons", "--region", "11", "--as-of", "2025-06-30", "--out", "out", "--json"
    )
    assert outcome.code == 0
    told = json.loads(outcome.out)
    assert told["solver"]["status"] == "optimal"
    assert told["presence"]["municipalities"]["unknown"] == 225  # no table speaks of them
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "presence.csv",
        "season_months.csv",
        "season_plan.csv",
        "season_points.csv",
        "travel_used.csv",
    ]
    with Path("out/season_months.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["people_gained"]) for row in rows] == [
        month["people_gained"] for month in told["months"]
    ]


def test_a_floor_above_the_hours_is_infeasible_and_says_what_clashes(
    capillare: Capillare, tmp_path: Path
):
    policy = policy_with(tmp_path / "p.toml", main_floor_hours=30.0)
    outcome = capillare("seasons", "--region", "11", "--policy", policy, "--out", "out")
    assert outcome.code == 3
    assert "the main seat keeps 30 hours a week, and a point has 24: 6 too many" in outcome.err
    assert not Path("out").exists()


def test_a_rule_out_of_range_is_named(capillare: Capillare, tmp_path: Path):
    policy = policy_with(tmp_path / "p.toml", least_opening_hours=0)
    outcome = capillare("seasons", "--policy", policy)
    assert outcome.code == 2
    assert "least_opening_hours" in outcome.err
