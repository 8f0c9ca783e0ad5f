"""``capillare tours`` and ``plan --vans`` from the terminal, on the real municipalities."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pyogrio
import pytest

from capillare.geo import schema
from tests.cli.conftest import Capillare
from tests.planning.tours.checker import broken_rules

AS_OF = ("--as-of", "2025-06-30", "--effort", "quick")
CONTRACT = (
    "van,point_id,date,week,weekday,stop_order,place_id,istat_code,municipality,locality,lat,lon,"
    "arrive,depart,setup_min,drive_min,pattern,adults_served,note"
)


def test_a_plan_with_a_van_writes_every_file_and_keeps_the_rules(capillare: Capillare):
    outcome = capillare("plan", *AS_OF, "--vans", "1", "--new-sites", "1", "--out", "piano")
    assert outcome.code == 0, outcome.err
    assert "Furgoni: 1" in outcome.out
    folder = Path("piano")
    for name in (
        "tours.ics",
        "tour_sheets.html",
        "tours.geojson",
        "tour_params.json",
        "tour_coverage.csv",
    ):
        assert (folder / name).stat().st_size > 0
    with (folder / "tour_stops.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == CONTRACT.split(",") == schema.TOUR_STOPS.names
    assert broken_rules(folder) == []
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["scenario"]["vans"] == 1
    assert summary["tours"]["adults_served"] <= summary["tours"]["solver"]["bound_people"]
    layers = {name for name, _ in pyogrio.list_layers(folder / "plan.gpkg")}
    assert {"soste_furgoni", "giri_furgoni"} <= layers
    with zipfile.ZipFile(folder / "plan.xlsx") as book:
        assert "Soste dei furgoni" in book.read("xl/workbook.xml").decode()


@pytest.mark.parametrize(
    ("rows", "code", "sentence"),
    [
        ("uno,43.77,11.25,,\nuno,43.5,11.2,,\n", 2, "van repeated"),
        ("uno,45.46,9.19,,\n", 2, "van 'uno': base 45.46, 9.19 is outside the region"),
        ("uno,43.77,11.25,2026-02-31,\n", 2, "'2026-02-31' is not a day of the calendar"),
        ("uno,43.77,11.25,,600\n", 2, "pass the longest stay"),
    ],
)
def test_bad_vans_are_named_and_nothing_is_written(capillare: Capillare, rows, code, sentence):
    Path("vans.csv").write_text(f"van,lat,lon,days_off,min_stay_min\n{rows}", encoding="utf-8")
    outcome = capillare("tours", *AS_OF, "--vans", "vans.csv", "--out", "giri")
    assert outcome.code == code
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err
    assert not Path("giri").exists()


def test_an_island_is_served_from_its_own_base(capillare: Capillare):
    Path("vans.csv").write_text("van,lat,lon\ngiglio,42.36,10.92\n", encoding="utf-8")
    outcome = capillare("tours", *AS_OF, "--vans", "vans.csv", "--out", "giri")
    assert outcome.code == 0, outcome.err
    assert set(_column("giri/tour_stops.csv", "municipality")) == {"Isola del Giglio"}


def test_a_shift_too_short_for_any_stop_says_what_clashes(capillare: Capillare):
    Path("vans.csv").write_text(
        "van,lat,lon,shift_start,shift_end,min_stay_min,max_stay_min,setup_min\n"
        "corto,43.45,11.13,09:00,10:40,80,100,15\n",
        encoding="utf-8",
    )
    outcome = capillare("tours", *AS_OF, "--vans", "vans.csv", "--out", "giri")
    assert outcome.code == 3
    assert "there and back" in outcome.err
    assert "shift of 100" in outcome.err


def _column(path: str, name: str) -> list[str]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]
