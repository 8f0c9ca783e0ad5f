"""Each page as its reader meets it, against the plan that the planning rooms draw."""

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import capillare
from capillare.geo.numerals import euros, number, percent
from capillare.geo.schema.pace import PROVINCE_PACE
from capillare.planning.headline import sum_up
from capillare.planning.network import Inputs
from capillare.planning.plan import compare_sister_networks
from capillare.planning.reasons import under_served_rule
from capillare.planning.scenario import Scenario
from capillare.views.cached import plan_of
from capillare.views.provinces import pace_sentence

AS_OF = date(2026, 3, 2)
PAGES = ("overview", "targets", "coverage", "gaps", "sites", "about")
PATIENCE_S = 120
APP = Path(capillare.__file__).parent / "app.py"

PAGE_SCRIPT = """
from datetime import date
import streamlit as st
from capillare.planning.network import Inputs
from capillare.views import long_work, {page}
from capillare.views.deployment import Deployment
from capillare.views.session import open_session

# A reader would be told to wait: a test waits.
long_work.PATIENCE_S = 120
open_session(Deployment(as_of=date(2026, 3, 2), region={region!r}, inputs=Inputs(registry={registry})))
{page}.show()
"""


def open_page(page, *, query=None, region="09", registry="None"):
    script = PAGE_SCRIPT.format(page=page, region=region, registry=registry)
    app = AppTest.from_string(script, default_timeout=PATIENCE_S)
    for name, text in (query or {}).items():
        app.query_params[name] = text
    app.run()
    assert not app.exception
    return app


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


@pytest.fixture(scope="module")
def plan():
    return plan_of(Scenario(as_of=AS_OF), Inputs(registry=None))


@pytest.fixture(scope="module")
def figures(plan):
    return sum_up(plan.network, plan.gaps)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_says_what_is_partial_and_hands_its_rows_over(page, plan, offered):
    app = open_page(page)
    assert len(app.title) == 1
    held = plan.network.roll_up.n_points
    assert f"Registro parziale: {held} punti su 169 dichiarati" in app.warning[0].value
    if page != "about":
        assert "Metodo della pagina" in [expander.label for expander in app.expander]
    assert {"csv", "xlsx"} <= offered.endings
    assert (page not in {"targets", "about"}) == ({"gpkg", "geojson"} <= offered.endings)
    assert any(name.endswith(f"/plan_{AS_OF}.xlsx") for name in offered.files)
    offered.open_all()


def test_the_overview_holds_the_figures_of_the_plan(plan, figures):
    app = open_page("overview")
    share = figures.adults_share
    assert metrics(app) == {
        "Punti nel registro": f"{figures.n_points} su 169",
        "Sportelli in servizio": number(figures.n_desks),
        "Ore a settimana": number(figures.weekly_hours),
        "Cittadini da raggiungere": number(figures.target_citizens),
        "Entro 15 minuti": percent(share(figures.adults_15min), 1),
        "Entro 20 minuti": percent(share(figures.adults_within), 1),
        "Entro 30 minuti": percent(share(figures.adults_30min), 1),
        "Comuni sotto-serviti": f"{figures.n_under_served} su {figures.n_ranked}",
    }
    shown = app.dataframe[0].value
    assert len(shown) == len(plan.network.coverage) == 273
    assert shown["Maggiorenni"].sum() == plan.network.coverage["adults"].sum()
    minutes = shown["Minuti allo sportello"]
    assert minutes.isna().sum() == plan.network.coverage["travel_min"].isna().sum()
    assert minutes.dropna().is_monotonic_decreasing


def test_a_municipality_is_found_by_name(plan):
    app = open_page("overview")
    app.selectbox[0].set_value("048017").run()
    assert not app.exception
    told = " ".join(text.value for text in app.markdown)
    assert "**Firenze**" in told
    row = plan.network.coverage.set_index("istat_code").loc["048017"]
    assert f"{number(row['adults'])} maggiorenni" in told


def test_all_networks_bring_desks_nearer(figures):
    wider = metrics(open_page("overview", query={"reti": "tutte"}))
    assert int(wider["Sportelli in servizio"].replace(".", "")) >= figures.n_desks


def test_targets_hold_the_points_and_can_be_filtered(plan):
    app = open_page("targets")
    targets = plan.network.targets
    assert metrics(app)["Somma degli obiettivi"] == number(plan.network.roll_up.target_held_people)
    assert metrics(app)["Contributi"] == euros(plan.network.roll_up.contributions_eur)
    assert len(app.dataframe[1].value) == len(targets)
    entity = targets["entity"].value_counts().index[0]
    app.multiselect[0].set_value([entity]).run()
    assert set(app.dataframe[1].value["Ente"]) == {entity}
    assert len(app.dataframe[1].value) == (targets["entity"] == entity).sum()
    app.multiselect[1].set_value(["planned"]).run()
    both = (targets["entity"] == entity) & (targets["status"] == "planned")
    assert len(app.dataframe) == (2 if both.any() else 1)


def test_gaps_hold_the_ranking_and_can_be_filtered(plan):
    app = open_page("gaps")
    table = plan.gaps.table
    shown = app.dataframe[0].value
    assert shown["Comune"].tolist() == table["municipality"].tolist()
    assert shown["Posizione minima"].tolist() == table["rank_low"].tolist()
    app.multiselect[0].set_value(["Arezzo"]).run()
    app.multiselect[1].set_value(["E"]).run()
    app.toggle[0].set_value(True).run()
    kept = table.query("province == 'Arezzo' and inner_class == 'E' and under_served")
    assert app.dataframe[0].value["Comune"].tolist() == kept["municipality"].tolist()
    app.multiselect[1].set_value(["F"]).run()
    app.multiselect[0].set_value(["Prato"]).run()
    assert not app.exception
    assert not app.dataframe
    assert "Nessun comune corrisponde ai filtri." in [note.value for note in app.info]


def test_gaps_can_be_filtered_by_project_area_and_say_rule_and_networks(plan):
    app = open_page("gaps")
    area = plan.network.coverage.set_index("istat_code")["snai_area"]
    table = plan.gaps.table.assign(area=plan.gaps.table["istat_code"].map(area))
    chosen = table["area"].dropna().iloc[-1]
    app.multiselect(key="gaps_snai").set_value([chosen]).run()
    kept = table[table["area"] == chosen]
    assert app.dataframe[0].value["Comune"].tolist() == kept["municipality"].tolist()
    words = " ".join(paragraph.value for paragraph in app.markdown)
    assert under_served_rule(plan.network.policy.gaps, lang="it") in words
    gained = compare_sister_networks(plan.network)["adults_gained"].sum()
    assert f"altri {number(gained)} maggiorenni" in words


def test_sites_hold_the_proposal(plan, figures):
    app = open_page("sites")
    sites = plan.proposal.sites
    assert app.dataframe[0].value["Località"].tolist() == sites["locality"].tolist()
    assert metrics(app) == {
        "Sedi proposte": "20",
        "Maggiorenni entro 20 minuti": percent(sites["covered_share_after"].iloc[-1], 1),
        "Maggiorenni in più": number(sites["adults_gained"].sum()),
        "Costo": euros(sites["cost_eur"].sum()),
    }
    told = " ".join(text.value for text in app.markdown)
    assert f"Oggi il {percent(figures.adults_share(figures.adults_within), 1)}" in told
    assert "ottimo dimostrato" in told


def test_the_slider_changes_table_and_figures():
    app = open_page("sites")
    app.slider[0].set_value(3).run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 3
    assert metrics(app)["Sedi proposte"] == "3"
    app.slider[0].set_value(0).run()
    assert not app.exception
    assert not app.dataframe
    assert metrics(app)["Maggiorenni in più"] == "0"


def test_a_budget_buys_as_many_sites_as_it_pays():
    app = open_page("sites", query={"budget": "100000"})
    assert metrics(app)["Sedi proposte"] == "2"
    app.radio[0].set_value("sites").run()
    assert metrics(app)["Sedi proposte"] == "20"


def test_the_address_says_what_is_looked_at():
    app = open_page("sites")
    app.slider[0].set_value(7).run()
    assert app.query_params["sedi"] == "7"


def test_a_region_without_registry_says_that_there_are_no_desks():
    for page in PAGES:
        app = open_page(page, region="02", query={"sedi": "3"})
        assert app.title
    assert metrics(open_page("overview", region="02"))["Sportelli in servizio"] == "0"


@pytest.fixture
def app_env(monkeypatch):
    monkeypatch.setenv("CAPILLARE_AS_OF", AS_OF.isoformat())
    return monkeypatch


def open_app(query=None):
    app = AppTest.from_file(APP, default_timeout=PATIENCE_S)
    for name, text in (query or {}).items():
        app.query_params[name] = text
    return app.run()


@pytest.mark.usefixtures("app_env")
def test_the_app_opens_on_the_overview():
    app = open_app()
    assert not app.exception
    assert app.title[0].value == "Panoramica"
    assert app.date_input[0].value == AS_OF
    assert app.sidebar.caption[0].value == "Territorio: Toscana"


@pytest.mark.usefixtures("app_env")
def test_a_link_with_nonsense_is_survived():
    app = open_app({"data": "ieri", "sedi": "-4", "reti": "tutte", "altro": "<b>"})
    assert not app.exception
    (ignored,) = [note.value for note in app.warning if "indirizzo" in note.value]
    assert ignored.count("viene ignorato") == 2
    assert app.radio[0].value == "all"
    # Who comes by a link is not offered the guided visit.
    assert app.query_params == {"reti": "tutte", "visita": "no"}


@pytest.mark.usefixtures("app_env")
def test_the_day_can_be_changed():
    app = open_app()
    app.date_input[0].set_value(date(2025, 6, 30)).run()
    assert not app.exception
    assert app.query_params["data"] == "2025-06-30"
    assert "30 giugno 2025" in " ".join(text.value for text in app.markdown)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("CAPILLARE_REGISTRY", "/nowhere/registry", "registry"),
        ("CAPILLARE_POLICY", "/nowhere/policy.toml", "policy.toml"),
        ("CAPILLARE_AS_OF", "ieri", "non è un giorno"),
        ("CAPILLARE_REGION", "99", "La regione '99' non esiste"),
    ],
)
def test_a_wrong_setting_ends_in_a_sentence_not_in_a_traceback(app_env, name, text, sentence):
    app_env.setenv(name, text)
    app = open_app()
    assert not app.exception
    assert "non si può mostrare" in app.title[0].value
    assert sentence in app.error[0].value.replace("\\", "")


def test_a_changed_registry_is_read_again(app_env, tmp_path):
    for table in ("entities", "points", "desks"):
        source = Path(capillare.__file__).parent / "data" / "registry" / f"{table}.csv"
        (tmp_path / source.name).write_bytes(source.read_bytes())
    app_env.setenv("CAPILLARE_REGISTRY", str(tmp_path))
    before = metrics(open_app())["Punti nel registro"]
    lines = (tmp_path / "points.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "points.csv").write_text("".join(lines[:6]), "utf-8")
    after = metrics(open_app())["Punti nel registro"]
    assert before != after
    assert after == "5 su 169"


def test_provinces_and_what_is_missing_lead_to_the_page_that_mends_it(plan):
    app = open_page("overview")
    shown = next(table.value for table in app.dataframe if "Provincia" in table.value.columns[:1])
    assert shown["Punti"].sum() == len(plan.network.targets)
    told = " ".join(text.value for text in app.markdown)
    assert f"**{169 - plan.network.roll_up.n_points} punti su 169** dichiarati mancano" in told
    assert "Carica i conteggi" in told


def test_a_pace_nobody_can_know_is_said_so():
    table = PROVINCE_PACE.empty()
    assert "non si può calcolare" in pace_sentence(table)
    one = {"n_counted": [2], "n_points": [9], "pace_kept_per_week": [7.0]}
    running = pd.DataFrame(one | {"pace_needed_per_week": [12.4]})
    assert pace_sentence(running) == (
        "2 punti su 9 hanno un conteggio; finora 7 cittadini raggiunti a settimana: a chi ha la "
        "campagna in corso ne servono 12, fino alla fine."
    )
    done = running.assign(pace_needed_per_week=0.0, n_counted=1)
    assert pace_sentence(done).startswith("1 punto su 9 ha un conteggio;")
    assert pace_sentence(done).endswith("ha già raggiunto il suo obiettivo.")
    ended = running.assign(pace_needed_per_week=float("nan"))
    assert "resta vuoto" in pace_sentence(ended)


ONE_MISSING = """
from typing import get_args
from capillare.planning.missing import Missing, What
from capillare.views.incomplete import show_incomplete

show_incomplete([Missing(what, 1, 9) for what in get_args(What)])
"""


def test_one_thing_missing_is_said_as_one():
    app = AppTest.from_string(ONE_MISSING, default_timeout=PATIENCE_S).run()
    assert not app.exception
    told = [text.value for text in app.markdown if text.value.startswith("**1 ")]
    assert len(told) == 8
    for sentence in told:
        assert re.match(r"\*\*1 (punto|sportello|comune) ", sentence)
