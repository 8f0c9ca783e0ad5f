"""``sites --call``, ``--keep`` and ``--for`` as people type them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pytest

from capillare.geo import schema
from tests.cli.conftest import Capillare

EXAMPLE = Path(__file__).parents[2] / "examples" / "call"
AS_OF = ("--as-of", "2026-03-02")
CALL = ("sites", "--call", "--registry", EXAMPLE, *AS_OF)


def test_a_call_a_renewal_and_a_list_in_one_run_and_again_the_same(capillare: Capillare):
    question = (*CALL, "--budget", 150_000, "--keep", "1", "--for", "MS")
    outcome = capillare(*question, "--out", "a")
    assert outcome.code == 0, outcome.err
    assert capillare(*question, "--quiet", "--out", "b").code == 0
    for path in Path("a").iterdir():
        assert path.read_bytes() == Path("b", path.name).read_bytes(), path.name
    assert "La scelta è dimostrata ottima." in outcome.out
    applications = pd.read_csv("a/applications.csv")
    assert applications.columns.tolist() == schema.RANKED_APPLICATIONS.names
    assert applications["outcome"].value_counts().to_dict() == {
        "funded": 4, "reserve": 2, "refused": 3,
    }  # fmt: skip
    renewal = pd.read_csv("a/renewal.csv")
    assert renewal.columns.tolist() == schema.RENEWAL.names
    assert renewal["decision"].tolist() == ["kept", "closed"]
    assert pd.read_csv("a/sites.csv").columns.tolist()[:2] == ["rank", "candidate_id"]
    used = pd.read_csv("a/travel_used.csv", dtype="str")
    assert used["to_id"].str.startswith("es-01/").any()
    name = "a/sedi-candidate_massa-carrara_2026-03-02"
    listed = pd.read_csv(f"{name}.csv", dtype={"istat_code": "str"})
    assert listed.columns.tolist() == schema.COORDINATOR_SITES.names
    features = json.loads(Path(f"{name}.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == len(listed)
    assert features[0]["properties"]["candidate_id"] == listed["candidate_id"][0]
    layers = pyogrio.list_layers(f"{name}.gpkg")[:, 0].tolist()
    assert layers == ["sedi_candidate", "comuni", "sportelli", "leggimi"]
    _check_workbook(Path(f"{name}.xlsx"), listed)
    assert "Perché non da noi?" in Path(f"{name}.html").read_text(encoding="utf-8")


def _check_workbook(path: Path, listed: pd.DataFrame) -> None:
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Leggimi", "Sedi candidate", "Obiettivi", "Copertura", "Sportelli"]
    sheet = book["Sedi candidate"]
    assert sheet.max_row == len(listed) + 1
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.freeze_panes == "F2"
    explained = {(row[0], row[1]) for row in book["Leggimi"].iter_rows(values_only=True) if row[2]}
    for title in book.sheetnames[1:]:
        headers = [cell.value for cell in book[title][1]]
        assert {(title, header) for header in headers} <= explained


def test_nothing_that_fits_is_infeasible_still_written_and_told_to_programs(capillare: Capillare):
    outcome = capillare(*CALL, "--budget", 10_000, "--keep", "100%", "--out", "a", "--json")
    assert outcome.code == 3
    told = json.loads(outcome.out)
    assert told["call"]["status"] is None
    assert told["call"]["refused"]["es-08"] == "no_seats"
    assert (told["renewal"]["status"], told["renewal"]["gap"]) == ("optimal", 0)
    assert told["renewal"]["closed"] == []
    written = ["sites", "site_explanations", "siting_curve", "applications", "renewal"]
    assert told["files"] == [f"{name}.csv" for name in (*written, "travel_used")]
    assert "30,000 EUR, against a budget of 10,000 EUR" in outcome.err
    assert set(pd.read_csv("a/applications.csv")["outcome"]) == {"refused"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--keep", "3"), 3, "3 points, but 2 have a desk in service"),
        (("--keep", "molti"), 2, "neither a count of points nor a share"),
        (("--for", "Atlantide"), 2, "no province, union, body or municipality"),
        (("--for", "Lucca", "--format", "pdf"), 2, "not one of csv, xlsx, gpkg, geojson, html"),
        (("--format", "csv"), 2, "--format: goes with --for"),
        (("--campaign", "extension-2026"), 2, "--campaign: goes with --call"),
        (
            ("--body-share", "0.2", "--most-per-body", "1"),
            2,
            "--most-per-body, --body-share: goes with",
        ),
        (("--renewal-line", "0.2"), 2, "--renewal-line: goes with --keep"),
        (("--call", "--province-share", "2"), 2, "province_budget_share: 2.0 is not above 0"),
        (("--call", "--most-per-body", "-1"), 2, "most_per_body: -1 is not within 0 and 2000"),
        (("--keep", "150%"), 2, "neither a count of points nor a share"),
        (("--call", "--campaign", "altra"), 2, "no application of it awaits a decision"),
    ],
)
def test_what_cannot_be_answered_is_said(capillare: Capillare, arguments, code, said):
    outcome = capillare("sites", "--registry", EXAMPLE, *AS_OF, *arguments, "--out", "a")
    assert outcome.code == code
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert not Path("a").exists()


def test_a_refused_seat_is_named_and_the_others_go_on(capillare: Capillare):
    shutil.copytree(EXAMPLE, "mine")
    seats = Path("mine/application_seats.csv")
    text = seats.read_text(encoding="utf-8").replace("es-09,1,main", "es-nobody,1,main")
    seats.write_text(text, encoding="utf-8")
    outcome = capillare(
        "sites", "--call", "--registry", "mine", *AS_OF, "--budget", 150_000, "--out", "a"
    )
    assert outcome.code == 2
    assert "es-nobody" in outcome.err
    refused = pd.read_csv("a/applications.csv").set_index("application_id")["refusal_rule"]
    assert refused["es-09"] == "no_seats"


SAID = """
format = 1
new_sites = 1
[funding]
call_budget_eur = 150000
most_per_body = 1
least_score = 70
keep = "50%"
"""


def test_a_call_s_money_leaves_the_number_of_sites_alone(capillare: Capillare):
    # Three sites would be what 150,000 EUR pay for.
    outcome = capillare(*CALL, "--budget", 150_000, "--new-sites", 1, "--out", "a")
    assert outcome.code == 0, outcome.err
    assert "Bilancio: 150.000 €." in outcome.out
    assert len(pd.read_csv("a/sites.csv")) == 1


def test_a_scenario_holds_what_is_wanted_of_a_call_and_options_win(capillare: Capillare):
    Path("said.toml").write_text(SAID, encoding="utf-8")
    outcome = capillare(*CALL, "--scenario", "said.toml", "--out", "a", "--json")
    assert outcome.code == 0, outcome.err
    told = json.loads(outcome.out)
    applications = pd.read_csv("a/applications.csv").set_index("application_id")
    funded = applications[applications["outcome"] == "funded"]
    assert funded["entity"].is_unique
    assert applications.loc["es-03", "refusal_rule"] == "low_score"
    assert (told["call"]["rules"]["most_per_body"], told["call"]["budget_eur"]) == (1, 150_000)
    assert told["renewal"]["n_asked"] == 1
    given = ("--most-per-body", 2, "--most-per-province", 1, "--budget", 70_000)
    wider = capillare(*CALL, "--scenario", "said.toml", *given, "--out", "b")
    assert "Regole in vigore: al più 2 domande per ente; al più una domanda per provincia" in (
        wider.out
    )
    assert "Bilancio: 70.000 €" in wider.out
    funded = pd.read_csv("b/applications.csv").query("outcome == 'funded'")
    assert funded["provinces"].is_unique
