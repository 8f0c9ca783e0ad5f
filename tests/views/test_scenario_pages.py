"""Scenarios saved, opened, duplicated, uploaded and compared, as their reader does it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Event
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from capillare.geo.errors import ConfigError
from capillare.geo.stopping import StoppedError, tell_stage
from capillare.planning.saved_scenarios import Saved, key_of, list_saved, save_scenario
from capillare.planning.scenario import Scenario
from capillare.publish.compared import year_round_it
from capillare.views import long_work, scenario_pair, scenarios

SCRIPT = """
from datetime import date
from pathlib import Path
from capillare.views import long_work, scenarios
from capillare.views.deployment import Deployment
from capillare.views.session import open_session

# A reader would be told to wait: a test waits.
long_work.PATIENCE_S = 120
open_session(Deployment(as_of=date(2026, 3, 2), scenarios=Path({folder!r})))
scenarios.show()
"""
FEW = Scenario(as_of=date(2026, 3, 2), new_sites=2, title="Due sedi")


@pytest.fixture
def page(tmp_path):
    app = AppTest.from_string(SCRIPT.format(folder=str(tmp_path)), default_timeout=120)

    def run():
        app.run()
        assert not app.exception
        return app

    return run


@pytest.fixture
def _nothing_compared(monkeypatch):
    """Leave the comparison out: it has a test of its own."""
    monkeypatch.setattr(scenarios, "show_comparison", lambda *_: None)


def titles(folder):
    return [one.scenario.title for one in list_saved(folder)[0]]


def test_an_empty_folder_says_what_to_do(page):
    app = page()
    told = [info.value for info in app.info]
    assert told[0].startswith("Non c'è nessuno scenario salvato")
    assert told[1].startswith("Salva almeno uno scenario")
    assert app.button(key="scenarios_save").disabled


@pytest.mark.usefixtures("_nothing_compared")
def test_what_one_looks_at_is_saved_under_its_title(page, tmp_path):
    app = page()
    app.text_input(key="scenarios_title").set_value("Venti sedi <b>").run()
    app.button(key="scenarios_save").click().run()
    assert not app.exception
    assert titles(tmp_path) == ["Venti sedi <b>"]
    assert "Salvato" in app.success[0].value
    assert app.button(key="scenarios_save").label == "Salva al posto di quello con lo stesso titolo"


@pytest.mark.usefixtures("_nothing_compared")
def test_a_saved_scenario_is_opened_duplicated_and_deleted(page, tmp_path):
    save_scenario(tmp_path, FEW)
    app = page()
    assert "2 nuove sedi" in " ".join(text.value for text in app.markdown)
    app.button(key="scenarios_open").click().run()
    assert app.session_state["capillare"].scenario == FEW
    app.button(key="scenarios_copy").click().run()
    assert titles(tmp_path) == ["Due sedi", "Due sedi (copia)"]
    assert app.selectbox(key="scenarios_chosen").value == key_of("Due sedi (copia)")
    app.button(key="scenarios_delete").click().run()
    assert not app.exception
    assert titles(tmp_path) == ["Due sedi"]
    app.button(key="scenarios_undelete").click().run()
    assert titles(tmp_path) == ["Due sedi", "Due sedi (copia)"]
    assert not [b for b in app.button if b.key == "scenarios_undelete"]
    assert app.selectbox(key="scenarios_chosen").value == key_of("Due sedi (copia)")


@pytest.mark.usefixtures("_nothing_compared")
def test_a_deleted_scenario_can_be_taken_back_after_the_page_is_loaded_anew(page, tmp_path):
    save_scenario(tmp_path, FEW)
    page().button(key="scenarios_delete").click().run()
    assert titles(tmp_path) == []
    # Another reader, or the same one after a reload: nothing of the first is left but the folder.
    later = AppTest.from_string(SCRIPT.format(folder=str(tmp_path)), default_timeout=120).run()
    assert "Scenari eliminati (1)" in [fold.label for fold in later.expander]
    assert later.selectbox(key="scenarios_deleted_chosen").value == key_of("Due sedi")
    later.button(key="scenarios_restore").click().run()
    assert not later.exception
    assert titles(tmp_path) == ["Due sedi"]
    assert not later.expander


@pytest.mark.usefixtures("_nothing_compared")
def test_a_scenario_gets_another_title_and_keeps_what_it_asks(page, tmp_path):
    save_scenario(tmp_path, FEW)
    save_scenario(tmp_path, replace(FEW, title="Altra"))
    app = page()
    app.selectbox(key="scenarios_chosen").set_value(key_of("Due sedi")).run()
    app.button(key="scenarios_open").click().run()
    field = f"scenarios_new_title_{key_of('Due sedi')}"
    for taken in ("Due sedi", "Altra", " "):
        app.text_input(key=field).set_value(taken).run()
        assert app.button(key="scenarios_rename").disabled
    app.text_input(key=field).set_value("Due, in montagna").run()
    app.button(key="scenarios_rename").click().run()
    assert not app.exception
    assert titles(tmp_path) == ["Altra", "Due, in montagna"]
    assert app.selectbox(key="scenarios_chosen").value == key_of("Due, in montagna")
    # What one looks at is that scenario: it has its new title too.
    assert app.session_state["capillare"].scenario == replace(FEW, title="Due, in montagna")
    assert app.text_input(key="scenarios_title").value == "Due, in montagna"


@pytest.mark.usefixtures("_nothing_compared")
def test_seasons_are_part_of_a_scenario_of_its_file_and_of_the_address(page, tmp_path):
    app = page()
    assert not app.checkbox(key="control_seasons").value
    app.checkbox(key="control_seasons").check().run()
    assert app.session_state["capillare"].scenario.seasons
    assert "".join(app.query_params["stagioni"]) == "sì"
    app.text_input(key="scenarios_title").set_value("Con le stagioni").run()
    app.button(key="scenarios_save").click().run()
    assert not app.exception
    assert list_saved(tmp_path)[0][0].scenario.seasons
    assert "".join(app.query_params["titolo"]) == "Con le stagioni"


@pytest.mark.usefixtures("_nothing_compared")
def test_a_scenario_that_somebody_deleted_meanwhile_is_said(page, tmp_path):
    kept = save_scenario(tmp_path, FEW)
    app = page()
    (tmp_path / f"{kept.key}.toml").unlink()
    app.button(key="scenarios_open").click().run()
    assert not app.exception
    assert "non si può leggere" in app.error[0].value


def test_a_scenario_of_another_region_keeps_the_planner_s_own(page, tmp_path):
    save_scenario(tmp_path, replace(FEW, region="11"))
    app = page()
    assert "Salva almeno uno scenario" in app.info[0].value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"new_sites = 3\n", "3 nuove sedi"),
        (b"format = 9\n", "questa versione legge il 1"),
        (b"\xff\xfe", "non è testo UTF-8"),
        (b"new_sites: 3", "non è un file TOML"),
        (b'registry = "/etc/passwd"\n', "nomina 'registry', che non esiste"),
        (b"new_sites = -1\n", "le nuove sedi, -1, non sono fra"),
        (b'region = "11"\n', "di un'altra regione"),
        (b"x" * 30_000, "supera 20000 byte"),
    ],
)
def test_an_uploaded_file_is_read_or_refused(page, content, said):
    app = page()
    app.file_uploader(key="scenarios_file").upload("mio.toml", content, "application/toml").run()
    assert not app.exception
    told = [part.value for part in (*app.error, *app.markdown)]
    assert any(said in sentence.replace("\\", "") for sentence in told)


BEYOND = b"as_of = 1995-03-02\nwithin_min = 0.5\nbudget_eur = 99000000.0\nvans = 40\n"


@pytest.mark.usefixtures("_nothing_compared")
def test_a_file_may_ask_for_more_than_an_address_and_is_said_so(page):
    app = page()
    app.file_uploader(key="scenarios_file").upload("mio.toml", BEYOND, "application/toml").run()
    app.button(key="scenarios_open_file").click().run()
    assert not app.exception
    assert "l'indirizzo non porta" in app.warning[-1].value
    # The fields beside every page hold it too.
    app = AppTest.from_string(CONTROLS, default_timeout=120).run()
    assert not app.exception
    assert app.date_input[0].value == date(1995, 3, 2)
    assert app.number_input[0].value == 0.5
    assert app.number_input(key="sites_budget").value == 99_000_000
    assert app.slider(key="vans_count").value == 40


CONTROLS = """
from datetime import date
from capillare.planning.scenario import Scenario
from capillare.views import scenario_pair, scenarios
from capillare.views import sites, vans
from capillare.views.deployment import Deployment
from capillare.views.session import open_scenario, open_session, show_scenario_controls

open_session(Deployment(as_of=date(2026, 3, 2)))
asked = Scenario(as_of=date(1995, 3, 2), within_min=0.5, budget_eur=99e6, vans=40)
open_scenario(asked)
show_scenario_controls()
sites._show_controls(asked)
vans._show_controls(asked)
"""


def test_two_scenarios_are_compared(page, tmp_path, offered, monkeypatch):
    save_scenario(tmp_path, FEW)
    app = page()
    assert "stagionali" not in " ".join(info.value for info in app.info)
    shown = app.table[0].value
    assert shown.loc["Sedi proposte"].tolist() == ["20", "2", "-18"]
    assert shown.loc["Costo delle sedi proposte", "Differenza"] == "-702.000 €"
    assert {"csv", "xlsx", "gpkg", "geojson"} <= offered.endings
    offered.open_all()
    app.selectbox(key="scenario_pair_second").set_value("").run()
    assert app.table[0].value.loc["Sedi proposte"].tolist() == ["20", "20", "0"]
    assert app.info[-1].value == "I due scenari danno lo stesso servizio in tutti i comuni."
    app.selectbox(key="scenario_pair_first").set_value(key_of("Due sedi")).run()
    assert not app.exception
    assert app.table[0].value.loc["Sedi proposte"].tolist() == ["2", "20", "+18"]
    left_out = year_round_it([SimpleNamespace(season=object(), tours=None)])
    monkeypatch.setattr(scenario_pair, "year_round_it", lambda _: left_out)
    app.run()
    assert app.info[0].value == left_out
    assert "le sedi stagionali non ne cambiano minuti" in left_out


def test_only_what_two_plans_have_is_said_to_be_left_out():
    bare = SimpleNamespace(season=None, tours=None)
    driven = SimpleNamespace(season=object(), tours=object())
    assert year_round_it([bare, bare]) == ""
    assert "le sedi stagionali e i furgoni non ne cambiano" in year_round_it([bare, driven])


PAIR = """
from datetime import date
from capillare.views import scenario_pair
from capillare.views.deployment import Deployment
from capillare.views.session import open_session
from tests.views.test_scenario_pages import KEPT

open_session(Deployment(as_of=date(2026, 3, 2)))
scenario_pair.show_comparison(KEPT)
"""
KEPT = [Saved("due", FEW, datetime(2026, 3, 2, tzinfo=UTC))]


def test_a_long_comparison_can_be_stopped_and_asked_again(monkeypatch):
    stopped = Event()

    def work_until_stopped(*_):
        try:
            while True:
                tell_stage("sedi proposte")
                time.sleep(0.01)
        except StoppedError:
            stopped.set()
            raise

    monkeypatch.setattr(scenario_pair, "_pair_of", work_until_stopped)
    monkeypatch.setattr(long_work, "PATIENCE_S", 0.01)
    app = AppTest.from_string(PAIR, default_timeout=120).run()
    assert any("Calcolo i due scenari" in part.value for part in app.markdown)
    assert not app.table
    app.button(key="scenario_pair_comparison_stop").click().run()
    assert not app.exception
    assert "Hai fermato il calcolo" in app.warning[0].value
    assert stopped.wait(60)
    shown = []
    monkeypatch.setattr(long_work, "PATIENCE_S", 120)
    monkeypatch.setattr(scenario_pair, "_pair_of", lambda asked, *_: asked)
    monkeypatch.setattr(scenario_pair, "_show_pair", shown.append)
    app.button(key="scenario_pair_comparison_again").click().run()
    assert not app.exception
    assert [one.new_sites for one in shown[-1]] == [20, 2]


def test_wishes_that_no_choice_keeps_are_said_beside_the_choice(monkeypatch):
    def clash(*_):
        raise ConfigError("scenario: it has no title. Give it one to save it.")

    monkeypatch.setattr(scenario_pair, "_pair_of", clash)
    app = AppTest.from_string(PAIR, default_timeout=120).run()
    app.run()
    assert not app.exception
    assert "non ha un nome" in app.error[0].value
    assert app.selectbox(key="scenario_pair_first").options[0] == "Quello che stai guardando"
