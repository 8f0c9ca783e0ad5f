"""The whole folder of a plan: complete, repeatable, and readable by those it is for."""

import csv
import json

import geopandas as gpd
import jsonschema
import openpyxl
import pytest

from capillare.geo.errors import SourceError
from capillare.planning.plan import draw_plan
from capillare.publish.folders import OUTPUT_NAMES
from capillare.publish.metadata import SCHEMA_FILE
from capillare.publish.outputs import write_plan, write_site

FILES = {
    "targets.csv",
    "coverage.csv",
    "gaps.csv",
    "gaps_sensitivity.csv",
    "network_difference.csv",
    "desk_load.csv",
    "week_coverage.csv",
    "sites.csv",
    "site_explanations.csv",
    "siting_curve.csv",
    "travel_used.csv",
    "plan.xlsx",
    "plan.gpkg",
    "sites.geojson",
    "map.html",
    "summary.json",
    "site",
}


def silent(_step):
    pass


def bytes_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def tuscan_folder(tuscan_plan, tmp_path_factory):
    out = tmp_path_factory.mktemp("outputs") / "plan"
    write_plan(tuscan_plan, out, report=silent)
    return out


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_every_file_is_there_and_is_known_as_ours(tuscan_folder):
    assert {path.name for path in tuscan_folder.iterdir()} == FILES
    assert FILES <= OUTPUT_NAMES
    assert (tuscan_folder / "site" / "index.html").is_file()
    assert [path.name for path in tuscan_folder.parent.iterdir()] == ["plan"]


def test_the_tables_of_tuscany_add_up(tuscan_folder):
    coverage = read_rows(tuscan_folder / "coverage.csv")
    assert len(coverage) == 273
    assert sum(int(row["residents"]) for row in coverage) == 3_651_152
    assert sum(int(row["adults"]) for row in coverage) == 3_124_321
    assert sum(int(row["over65"]) for row in coverage) == 958_136
    sites = read_rows(tuscan_folder / "sites.csv")
    assert [int(row["rank"]) for row in sites] == list(range(1, len(sites) + 1))
    summary = json.loads((tuscan_folder / "summary.json").read_text(encoding="utf-8"))
    figures = summary["headline"]
    gained = sum(int(row["adults_gained"]) for row in sites)
    assert figures["adults_gained"] == gained == summary["solver"]["objective_people"]
    assert float(sites[-1]["covered_share_after"]) == figures["covered_share_after"]
    assert figures["points_held"] == len(read_rows(tuscan_folder / "targets.csv"))
    under_served = [
        row for row in read_rows(tuscan_folder / "gaps.csv") if row["under_served"] == "true"
    ]
    assert figures["municipalities_under_served"] == len(under_served)


def test_the_real_summary_is_as_declared(tuscan_folder):
    summary = json.loads((tuscan_folder / "summary.json").read_text(encoding="utf-8"))
    declared = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.validate(summary, declared, cls=jsonschema.Draft202012Validator)
    assert summary["region"] == {"code": "09", "name": "Toscana"}
    assert summary["headline"]["is_lower_bound"] is True


def test_no_cell_of_any_table_is_a_formula_nor_infinite(tuscan_folder):
    for path in tuscan_folder.glob("*.csv"):
        for row in read_rows(path):
            cells = [cell for cell in row.values() if cell]
            assert not [
                cell for cell in cells if cell[0] in "=@+\t\r" or cell in {"inf", "-inf", "nan"}
            ]


def test_every_figure_of_sites_names_a_pair_that_was_used(tuscan_folder):
    used = {(row["from_id"], row["to_id"]) for row in read_rows(tuscan_folder / "travel_used.csv")}
    to_ids = {to_id for _, to_id in used}
    assert {row["candidate_id"] for row in read_rows(tuscan_folder / "sites.csv")} <= to_ids
    nearest = {row["nearest_desk_id"] for row in read_rows(tuscan_folder / "coverage.csv")} - {""}
    assert nearest <= to_ids


def test_the_other_formats_hold_the_same_rows(tuscan_folder):
    sites = read_rows(tuscan_folder / "sites.csv")
    ids = [row["candidate_id"] for row in sites]
    assert gpd.read_file(tuscan_folder / "sites.geojson")["candidate_id"].tolist() == ids
    layer = gpd.read_file(tuscan_folder / "plan.gpkg", layer="sedi_proposte")
    assert layer["candidate_id"].tolist() == ids
    assert len(gpd.read_file(tuscan_folder / "plan.gpkg", layer="comuni")) == 273
    workbook = openpyxl.load_workbook(tuscan_folder / "plan.xlsx", read_only=True)
    rows = list(workbook["Sedi proposte"].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ids


def test_a_plan_drawn_again_gives_the_same_bytes(tuscan_folder, tuscan_plan, tmp_path):
    again = draw_plan(tuscan_plan.network.scenario)
    write_plan(again, tmp_path / "again", report=silent)
    first, second = bytes_of(tuscan_folder), bytes_of(tmp_path / "again")
    assert first.keys() == second.keys()
    # The summary tells the solver's seconds, which no two runs share.
    assert {name for name in first if first[name] != second[name]} <= {"summary.json"}


def test_two_runs_into_one_folder_leave_the_second(small_plan, nasty_plan, tmp_path):
    out = tmp_path / "plan"
    steps = []
    write_plan(nasty_plan, out, report=steps.append)
    write_plan(small_plan, out, report=silent)
    assert steps
    assert "Biblioteca" in (out / "targets.csv").read_text(encoding="utf-8")
    assert "SOMMA" not in (out / "map.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_told_and_left(small_plan, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SourceError, match="cannot be written"):
        write_plan(small_plan, tmp_path / "file" / "plan", report=silent)
    assert (tmp_path / "file").read_text() == "mine"


def test_the_site_alone_is_written_whole_and_keeps_what_is_not_its_own(small_plan, tmp_path):
    out = tmp_path / "public"
    write_site(small_plan.network, out)
    first = bytes_of(out)
    (out / "en" / "closed-desk.html").write_text("old")
    (out / "favicon.ico").write_text("mine")
    write_site(small_plan.network, out)
    assert bytes_of(out) == {**first, "favicon.ico": b"mine"}
