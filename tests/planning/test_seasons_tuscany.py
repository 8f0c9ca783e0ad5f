"""The seasonal plan of the real region, held against a checker that reads its files only."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date

import jsonschema
import pytest

from capillare.geo.points import desks_as_of
from capillare.planning.network import serving_desks
from capillare.planning.plan import draw_plan, find_network_candidates, plan_network_seasons
from capillare.planning.scenario import Scenario, read_scenario, write_toml
from capillare.planning.seasons.seats import main_seats
from capillare.publish.geopackage import plan_layers
from capillare.publish.metadata import SCHEMA_FILE, headlines, summarise
from capillare.publish.season_figures import season_lines
from capillare.publish.sheets import workbook_sheets
from capillare.publish.tables import write_tables
from tests.planning.season_checker import check, read

AS_OF = date(2025, 6, 30)


@pytest.fixture(scope="module")
def plan():
    return draw_plan(Scenario(as_of=AS_OF, seasons=True, new_sites=0))


@pytest.fixture(scope="module")
def folder(plan, tmp_path_factory):
    written = tmp_path_factory.mktemp("seasons")
    write_tables(plan, written)
    return written


def test_the_written_plan_keeps_every_rule(folder):
    assert check(folder) == []


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("season_plan.csv", "present_people", "1"),
        ("season_plan.csv", "opening_hours", "Mo 09:00-10:00"),
        ("season_plan.csv", "weekly_hours", "1.0"),
        ("season_plan.csv", "is_open", "false"),
        ("presence.csv", "present_people", "0"),
    ],
)
def test_the_checker_sees_a_changed_cell(folder, tmp_path, name, column, value):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    rows = read(folder, name)
    open_rows = [r for r in rows if name != "season_plan.csv" or r["candidate_id"]]
    row = next(r for r in open_rows if r.get("is_open") in {None, "true"} and r["present_people"] != "0")  # fmt: skip
    row[column] = value
    with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert check(tmp_path)


def test_the_contracts_columns_come_first(folder):
    with (folder / "season_plan.csv").open(encoding="utf-8") as file:
        header = file.readline().strip().split(",")
    assert header[:12] == [
        "point_id", "desk_id", "candidate_id", "lat", "lon", "month", "is_open", "weekly_hours",
        "opening_hours", "staff_team", "present_people", "note",
    ]  # fmt: skip


def test_the_plan_is_proved_and_gains_in_season_only(plan):
    season = plan.season
    assert season.answer.status == "optimal"
    assert season.answer.objective == pytest.approx(season.answer.bound)
    assert season.answer.objective > season.answer.served_year_round.worth
    gained = season.months.set_index("month")["people_gained"]
    assert gained[8] > gained[5] >= gained[1] == gained[12] == 0
    assert season.n_seasonal >= 3
    assert "Ottimo dimostrato" in season.summary()


def test_the_weight_of_tourists_moves_the_plan(plan):
    shown = plan.season.sensitivity.set_index("visitor_weight")
    own = plan.network.policy.presence.visitor_weight
    assert shown.loc[own, "seasonal_seats"] == plan.season.n_seasonal
    assert shown.loc[own, "people_gained"] == plan.season.months["people_gained"].max()
    assert shown["seasonal_seats"].iloc[0] < shown["seasonal_seats"].iloc[-1]


def test_costs_and_targets_add_up(plan):
    points = plan.season.points.set_index("point_id")
    table = plan.season.table
    opened = table[table["candidate_id"].notna() & table["is_open"]]
    cost = 150 * len(opened) + 500 * opened[["point_id", "candidate_id"]].drop_duplicates().shape[0]
    assert points["cost_eur"].sum() == cost
    asked = table.groupby("point_id")["target_citizens"].sum(min_count=1).dropna()
    assert asked.to_numpy() == pytest.approx(points.loc[asked.index, "target_citizens"], abs=0.2)
    gained = plan.season.months["people_within"] - plan.season.months["people_today"]
    assert points["people_gained_mean"].sum() == pytest.approx(gained.mean(), abs=0.2)


def test_no_tourist_no_seasonal_change(plan):
    network = plan.network
    rules = replace(network.policy.presence, visitor_weight=0.0)
    policy = replace(network.policy, presence=rules)
    still = plan_network_seasons(replace(network, policy=policy), plan.candidates)
    assert still.n_seasonal == 0
    assert (still.months["people_gained"] == 0).all()
    assert still.table.groupby("desk_id")["weekly_hours"].nunique().eq(1).all()


def test_the_same_question_gives_the_same_plan(plan):
    again = plan_network_seasons(plan.network, find_network_candidates(plan.network))
    assert again.table.equals(plan.season.table)
    assert again.pairs.equals(plan.season.pairs)


def test_summary_workbook_layers_and_lines_tell_it(plan):
    summary = summarise(plan)
    jsonschema.validate(summary, json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    assert summary["season"]["seasonal_seats"] == plan.season.n_seasonal
    assert summary["scenario"]["seasons"] is True
    assert any("turist" in name["name"] for name in summary["inputs"])
    titles = [sheet.title for sheet in workbook_sheets(plan)]
    assert titles[-3:] == ["Stagioni", "Mese per mese", "Punti e stagioni"]
    assert len(plan_layers(plan)["sedi_stagionali"]) == len(plan.season.table)
    assert plan.season.summary() in headlines(plan)
    lines = "\n".join(season_lines(plan.season))
    assert "agosto" in lines
    assert "Seconde case" in lines
    assert set(plan.season.caveats) <= set(plan.caveats)


def test_main_seats_are_one_a_point_and_in_service(plan):
    network = plan.network
    desks = desks_as_of(network.registry, as_of=AS_OF, policy=network.policy)
    serving = serving_desks(desks, network.scenario)
    mains, others = main_seats(network.registry, serving)
    assert mains["point_id"].is_unique
    assert len(mains) + len(others) == len(serving)
    assert set(plan.season.points["point_id"]) == set(mains["point_id"])


def test_a_scenario_file_asks_for_seasons(tmp_path):
    scenario = Scenario(as_of=AS_OF, seasons=True)
    file = tmp_path / "s.toml"
    file.write_text(write_toml(scenario))
    assert Scenario(**read_scenario(file)) == scenario


def test_another_region_has_no_tourists_known():
    other = draw_plan(Scenario(as_of=AS_OF, region="11", seasons=True, new_sites=0))
    assert len(other.season.table) == 0
    assert other.season.presence.codes("unknown") != []
    assert other.season.n_seasonal == 0
    assert "Nessun punto" in other.season.summary()
