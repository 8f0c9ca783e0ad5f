from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import Capillare


def _write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_travel_between_two_tables(capillare: Capillare):
    origins = _write("from.csv", "id,lat,lon\nduomo,43.7731,11.2560\nelba,42.8123,10.3130\n")
    ends = _write("to.csv", "id;lat;lon\nprato;43,8777;11,1022\nsiena;43,3188;11,3308\n")
    outcome = capillare("travel", origins, ends, "--out", "travel.csv")
    assert outcome.code == 0, outcome.err
    legs = pd.read_csv("travel.csv")
    assert legs.columns.tolist() == ["from_id", "to_id", "travel_min", "basis"]
    assert legs[["from_id", "to_id"]].to_numpy().tolist() == [
        ["duomo", "prato"],
        ["duomo", "siena"],
    ]
    assert set(legs["basis"]) == {"estimated"}
    near = capillare("travel", origins, ends, "--max-min", 40, "--out", "near.csv")
    assert near.code == 0
    assert pd.read_csv("near.csv")["to_id"].tolist() == ["prato"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id,lat\na,43\n", "no column lon"),
        ("id,lat,lon\na,43,x\n", "lon is not a number"),
        ("id,lat,lon\na,nan,11\n", "line 2"),
        ("id,lat,lon\na,43.7,11.2\na,43.8,11.2\n", "id repeated, 1 row [line 3]"),
        ("id,lat,lon\nboat,42.9,9.9\n", "in the sea"),
        ("", "empty"),
        ("id,lat,lon\na,43.7,11.2,9\n", "line 2"),
    ],
)
def test_bad_positions_are_refused_by_line(capillare: Capillare, text: str, sentence: str):
    good = _write("to.csv", "id,lat,lon\nprato,43.8777,11.1022\n")
    outcome = capillare("travel", _write("from.csv", text), good)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert not Path("travel.csv").exists()


def test_sites_on_given_tables(capillare: Capillare):
    demand = _write("demand.csv", "id,people\na,10\nb,20\nc,30\n")
    options = _write("candidates.csv", "id,status\nx,candidate\ny,candidate\nz,fixed\n")
    legs = _write("legs.csv", "from_id,to_id,travel_min\na,x,5\nb,x,20\nc,y,21\nc,z,3\n")
    tables = ("--demand", demand, "--candidates", options, "--travel", legs)
    outcome = capillare("sites", *tables, "--new-sites", 1, "--within-min", 20, "--json")
    assert outcome.code == 0, outcome.err
    answer = json.loads(outcome.out)
    assert answer["status"] == "optimal"
    assert answer["objective"] == 60
    assert answer["chosen"] == ["x"]
    assert answer["gap"] == 0
    assert set(answer) >= {"status", "objective", "bound", "gap", "seconds", "chosen", "closed"}


def test_an_impossible_wish_is_exit_3_and_says_why(capillare: Capillare):
    demand = _write("demand.csv", "id,people\na,10\nb,20\n")
    options = _write("candidates.csv", "id\nx\n")
    legs = _write("legs.csv", "from_id,to_id,travel_min\na,x,5\n")
    tables = ("--demand", demand, "--candidates", options, "--travel", legs)
    outcome = capillare("sites", *tables, "--objective", "p-median", "--new-sites", 1, "--json")
    assert outcome.code == 3
    assert json.loads(outcome.out)["status"] == "infeasible"
    assert "b" in outcome.err


def test_hours_answers_the_contract(capillare: Capillare):
    arguments = ("lun-ven 9-13", "--at", "2026-03-02T10:00", "--as-of", "2026-01-01", "--json")
    answer = json.loads(capillare("hours", *arguments).out)
    assert answer["parsed"] == "Mo-Fr 09:00-13:00"
    assert answer["weekly_hours"] == pytest.approx(20, abs=0.2)
    assert answer["open"] == [True]
    assert answer["readable_it"].startswith("lunedì")


def test_hours_that_cannot_be_read_are_no_error(capillare: Capillare):
    outcome = capillare("hours", "Mo-Fr 25:00", "--at", "2026-03-02T10:00", "--json")
    assert outcome.code == 0
    answer = json.loads(outcome.out)
    assert answer["parsed"] is None
    assert answer["open"] == [None]


SHUT_FOR_THE_PATRON = (
    "lunedì-venerdì 9-13; chiuso per il patrono",
    "--as-of",
    "2025-01-01",
    "--json",
)


@pytest.mark.parametrize(
    ("istat_code", "instant", "is_open", "said"),
    [
        (None, "2025-06-24T10:00", True, ""),
        ("048017", "2025-06-24T10:00", False, ""),
        ("048017", "2025-06-25T10:00", True, ""),
        ("048002", "2025-06-24T10:00", False, "vale quello di Firenze (San Giovanni Battista)"),
        ("027042", "2025-04-24T10:00", True, "Patrono di Venezia non noto"),
    ],
)
def test_hours_shut_on_the_patrons_day(capillare: Capillare, istat_code, instant, is_open, said):
    wish = ("--municipality", istat_code) if istat_code else ()
    outcome = capillare("hours", *SHUT_FOR_THE_PATRON, "--at", instant, *wish)
    assert outcome.code == 0, outcome.err
    answer = json.loads(outcome.out)
    assert answer["open"] == [is_open]
    assert (answer["weekly_hours"] < 20) is (istat_code in ("048017", "048002"))
    assert said in outcome.err
    assert bool(said) is bool(outcome.err)


@pytest.mark.parametrize("istat_code", ["48017", "999999", "firenze", ""])
def test_hours_of_an_unknown_municipality_are_refused(capillare: Capillare, istat_code):
    outcome = capillare("hours", "lun-ven 9-13", "--municipality", istat_code)
    assert outcome.code == 2
    assert "ISTAT" in outcome.err


DESKS_HEADER = (
    "desk_id,point_id,network,kind,name,istat_code,locality,lat,lon,opening_hours,status\n"
)


def test_check_says_what_is_noted_and_what_is_refused(capillare: Capillare):
    Path("mine").mkdir()
    rows = (
        "a,,pdf,main,Biblioteca,48017,,,,lun-ven 9-13,attivo\n"
        "b,,pdf,main,Sportello,999999,,,,Mo-Fr 09:00-13:00,active\n"
        "c,,pdf,main,Comune,048014,,,,quando capita,active\n"
    )
    _write("mine/desks.csv", DESKS_HEADER + rows)
    outcome = capillare("check", "mine")
    assert outcome.code == 2
    assert "999999" in outcome.out
    assert "istat_code" in outcome.out
    assert "quando capita" in outcome.out
    only_good = _write("mine/desks.csv", DESKS_HEADER + rows.splitlines(keepends=True)[0])
    assert capillare("check", Path(only_good).parent).code == 0


def test_a_plan_goes_on_with_the_good_rows(capillare: Capillare):
    rows = (
        "a,,pdf,main,Biblioteca,048017,,,,Mo-Fr 09:00-13:00,active\n"
        "b,,pdf,main,Sportello,999999,,,,Mo-Fr 09:00-13:00,active\n"
    )
    path = _write("desks.csv", DESKS_HEADER + rows)
    question = ("plan", "--registry", path, "--as-of", "2025-06-30", "--new-sites", 0)
    outcome = capillare(*question, "--out", "piano")
    assert outcome.code == 2
    assert "desks.csv" in outcome.err
    assert "999999" in outcome.err
    coverage = pd.read_csv("piano/coverage.csv")
    assert set(coverage["nearest_desk_id"].dropna()) == {"a"}


def test_data_list_names_sources_and_licences(capillare: Capillare):
    outcome = capillare("data", "list")
    assert outcome.code == 0
    assert "ISTAT" in outcome.out
    assert "CC BY 4.0" in outcome.out


def test_version(capillare: Capillare):
    assert capillare("--version").out.startswith("capillare 0.1.0")


VANS_HEADER = "van,lat,lon,weekly_hours\n"


def test_check_reads_a_file_of_vans_as_a_plan_would(capillare: Capillare):
    vans = _write("vans.csv", VANS_HEADER + "uno,43.77,11.25,24\ndue,43.5,11.2,12\n")
    outcome = capillare("check", vans)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "vans.csv: 2 furgoni letti; dalli con --vans vans.csv\n"
    assert json.loads(capillare("check", vans, "--json").out) == {
        "faults": [], "n_refused": 0, "n_vans": 2,
    }  # fmt: skip
    bad = capillare("check", _write("vans.csv", VANS_HEADER + "uno,43.77,11.25,1\n"))
    assert bad.code == 2
    assert "under the shortest stay" in bad.err
    refused = capillare("plan", "--registry", vans, "--out", "piano")
    assert refused.code == 2
    assert "Give it with --vans" in refused.err


def test_vans_beside_a_registry_are_noted_and_counted(capillare: Capillare):
    Path("mine").mkdir()
    _write("mine/desks.csv", DESKS_HEADER + "a,,pdf,main,Biblioteca,048017,,,,,active\n")
    _write("mine/vans.csv", VANS_HEADER + "uno,43.77,11.25,24\n")
    # Stops of a plan share some columns with vans.
    _write("mine/tour_stops.csv", "van,date,week,weekday,stop_order,lat,lon,arrive,depart\n")
    outcome = capillare("check", "mine")
    assert "vans.csv: tabella di furgoni, che non è del registro: dalla con --vans" in outcome.out
    assert "1 furgone letto" in outcome.out
    assert "tour_stops.csv" in outcome.out
    assert "tour_stops.csv: tabella di furgoni" not in outcome.out
