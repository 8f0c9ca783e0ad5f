"""Proposals approved on the registry's page: what is shown, written, journalled and taken back."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from capillare.geo.points.journal import read_journal
from capillare.geo.points.row_changes import read_rows
from capillare.geo.schema.csv_text import table_as_csv
from capillare.geo.schema.tours import TOUR_STOPS
from capillare.geo.sources.records import checksum
from capillare.geo.sources.reference import registry_records
from capillare.publish.explained import facts_of
from capillare.views import explaining
from capillare.views.registry import page, proposals
from tests.views.test_pages import metrics
from tests.views.test_registry_page import open_registry

POINT = "arcidosso-nido-di-fate"
PLACES = (("Arcidosso", None), ("Montelaterone", "weekly"), ("Arcidosso", None))
DAYS = ("2030-03-07", "2030-03-14", "2030-03-21", "2030-03-28")


@pytest.fixture(autouse=True)
def _measured_once(monkeypatch, tuscan_plan):
    """Network and plan of the packaged registry stand for those of its copy, changed or not."""
    monkeypatch.setattr(page, "network_of", lambda *_: tuscan_plan.network)
    monkeypatch.setattr(proposals, "plan_of", lambda *_: tuscan_plan)
    facts = facts_of(tuscan_plan.network)
    monkeypatch.setattr(explaining, "facts_seen", lambda *_: facts)


@pytest.fixture
def plan(folder, tmp_path):
    """A written plan of two vans, one stop each, in files by name."""
    rows = [
        {
            "van": van, "point_id": POINT, "date": day, "week": week, "weekday": "Th",
            "stop_order": order, "place_id": None, "istat_code": "053001",
            "municipality": "Arcidosso", "locality": locality, "lat": 42.872, "lon": 11.541,
            "arrive": f"{9 + order:02d}:00", "depart": f"{9 + order:02d}:50", "setup_min": 10,
            "drive_min": 5, "pattern": pattern, "adults_served": 1,
        }
        for van in ("Amiata", "Cetona")
        for week, day in enumerate(DAYS, start=1)
        for order, (locality, pattern) in enumerate(PLACES)
    ]  # fmt: skip
    file = tmp_path / "tour_stops.csv"
    text = table_as_csv(TOUR_STOPS.check(pd.DataFrame(rows)), TOUR_STOPS)
    file.write_text(text, encoding="utf-8", newline="")
    summary = {
        "as_of": "2030-03-01",
        "inputs": [{"name": r.name, "sha256": r.sha256} for r in registry_records(folder)],
        "outputs": {file.name: checksum(file)},
    }
    return {"summary.json": json.dumps(summary).encode(), file.name: file.read_bytes()}


def upload(app, files):
    app.radio(key="registry_proposal_source").set_value("files").run()
    app.file_uploader(key="registry_proposal_files").set_value(
        [(name, content, "text/plain") for name, content in files.items()]
    ).run()
    assert not app.exception
    return app


def choose_tours(app):
    app.radio(key="registry_proposal_part").set_value("tour_stops").run()
    assert not app.exception
    return app


def shown(app):
    return next(table.value for table in app.dataframe if "1ª data" in table.value)


def test_a_van_is_shown_approved_journalled_and_taken_back(folder, plan):
    before = read_rows(folder)
    app = choose_tours(upload(open_registry(folder), plan))
    assert metrics(app)["Righe nuove"] == "4"
    stop = shown(app).query("Nome == 'Montelaterone'").iloc[0]
    assert stop["Quando"] == "giovedì 10:10-10:50"
    assert stop[["1ª data", "2ª data", "3ª data", "Fino al"]].tolist() == [*DAYS[:3], DAYS[-1]]

    app.multiselect(key="registry_approve_only_tour_stops").set_value(["Amiata"]).run()
    assert metrics(app)["Righe nuove"] == "2"
    assert read_journal(folder) == []
    app.button(key="registry_approve").click().run()
    assert not app.exception
    assert "modifica 1" in app.success[0].value
    assert read_rows(folder)["desks"][("mobile-amiata",)]["kind"] == "mobile"
    (entry,) = read_journal(folder)
    assert entry.who == "Anna"
    assert entry.what == "approvate le soste dei furgoni del piano del 2030-03-01 (Amiata)"
    assert {change.before for change in entry.rows} == {None}

    # The plan was drawn before the approval, and is still good for what is left of it.
    app.multiselect(key="registry_approve_only_tour_stops").set_value([]).run()
    assert metrics(app)["Righe nuove"] == "2"
    app.button(key="registry_undo").click().run()
    assert not app.exception
    assert read_rows(folder)["desks"] == before["desks"]


def test_one_row_takes_along_the_desk_it_needs(folder, plan):
    app = choose_tours(upload(open_registry(folder), plan))
    picking = app.multiselect(key="registry_approve_rows_tour_stops")
    one_stop = next(n for n, option in enumerate(picking.options) if "sosta" in option)
    picking.set_value([one_stop]).run()
    assert shown(app)["Che cosa"].tolist() == ["sportello", "sosta"]
    app.button(key="registry_approve").click().run()
    assert [change.table for change in read_journal(folder)[0].rows] == ["desks", "stops"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda files: files | {"tour_stops.csv": files["tour_stops.csv"] + b"\r\n"},
        lambda files: files | {"summary.json": files["summary.json"].replace(b"Registro", b"r")},
    ],
    ids=["changed", "other-registry"],
)
def test_files_that_are_no_plan_of_this_registry_are_refused(folder, plan, harm):
    app = upload(open_registry(folder), harm(plan))
    assert len(app.error) == 1
    assert not [radio for radio in app.radio if radio.key == "registry_proposal_part"]
    assert read_journal(folder) == []


def test_the_scenario_s_own_sites_are_drawn_when_asked_and_kept_while_approved(folder, tuscan_plan):
    app = open_registry(folder)
    app.radio(key="registry_proposal_part").set_value("tour_stops").run()
    assert "non ha furgoni" in " ".join(info.value for info in app.info)
    app.radio(key="registry_proposal_part").set_value("sites").run()
    app.button(key="registry_draw").click().run()
    assert not app.exception
    n_sites = len(tuscan_plan.proposal.sites)
    assert metrics(app)["Righe nuove"] == str(n_sites)
    first = app.multiselect(key="registry_approve_only_sites").options[0]
    assert first.endswith(")")
    app.button(key="registry_approve").click().run()
    assert not app.exception
    planned = [d for d in read_rows(folder)["desks"].values() if d["status"] == "planned"]
    assert sum(desk["desk_id"].startswith("sede-") for desk in planned) == n_sites
    assert "già così" in " ".join(text.value for text in app.success)
