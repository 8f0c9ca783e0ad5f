"""Controls of pages that no other test moves: each is moved here, and what it changes is seen."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from capillare.geo.numerals import number
from capillare.planning.network import Inputs
from capillare.planning.scenario import Scenario
from capillare.views import vans
from capillare.views.cached import gaps_of, network_of, tours_of
from tests.views.test_pages import AS_OF, metrics, open_app, open_page

HERE = Scenario(as_of=AS_OF), Inputs()


def told(app):
    return " ".join(text.value for text in app.markdown)


def test_networks_and_nearness_are_set_beside_every_page(monkeypatch):
    monkeypatch.setenv("CAPILLARE_AS_OF", AS_OF.isoformat())
    app = open_app()
    before = metrics(app)
    app.radio(key="control_networks").set_value("all").run()
    assert app.query_params["reti"] == "tutte"
    more = metrics(app)
    assert int(more["Sportelli in servizio"]) > int(before["Sportelli in servizio"])
    app.radio(key="control_networks").set_value("pdf").run()
    app.number_input(key="control_within_min").set_value(30.0).run()
    assert not app.exception
    assert app.query_params["entro"] == "30.0"
    assert metrics(app)["Entro 30 minuti"] == before["Entro 30 minuti"]
    assert "Entro 20 minuti" not in metrics(app)


def test_a_municipality_in_evidence_is_the_only_row_of_coverage():
    app = open_page("coverage")
    app.selectbox(key="coverage_choice").set_value("048017").run()
    assert app.dataframe[0].value["Comune"].tolist() == ["Firenze"]


def test_the_week_counts_unknown_hours_as_open_where_asked():
    app = open_page("coverage")
    assert "(minimo)" in told(app)
    app.radio(key="coverage_bound").set_value("high").run()
    assert not app.exception
    assert "(massimo)" in told(app)


def test_an_under_served_municipality_says_its_place_and_why():
    worst = gaps_of(*HERE).table.iloc[0]
    app = open_page("gaps")
    app.selectbox(key="gaps_choice").set_value(worst["istat_code"]).run()
    place = f"posizione fra {number(worst['rank_low'])} e {number(worst['rank_high'])}"
    assert f"**1. {worst['municipality']}**" in told(app)
    assert place in told(app)
    assert worst["reasons"][1:20] in told(app)


@pytest.mark.parametrize("page", ["overview", "targets", "coverage", "gaps", "about"])
def test_a_report_is_offered_for_whom_the_reader_chooses(page, offered):
    app = open_page(page)
    assert not any(name.endswith(".html") for name in offered.files)
    app.selectbox(key=f"{page}_report_ground").set_value("province/Grosseto").run()
    assert not app.exception
    (report,) = [file for name, file in offered.files.items() if name.endswith(".html")]
    assert report.label == "Rapporto: Provincia di Grosseto (HTML)"


def test_another_van_and_another_day_show_their_stops(monkeypatch):
    one = tours_of(Scenario(as_of=AS_OF, vans=1, effort="quick"), Inputs())
    (van,) = one.vans
    days = one.stops["date"].drop_duplicates()
    second = one.stops[one.stops["date"] == days.iloc[2]].assign(van="Secondo")
    both = replace(
        one, vans=(van, replace(van, van="Secondo")), stops=pd.concat([one.stops, second])
    )
    monkeypatch.setattr(vans, "tours_of", lambda *_: both)
    app = open_page("vans", query={"furgoni": "2", "ricerca": "rapida"})
    first = app.dataframe[0].value
    app.selectbox(key="vans_day").set_value(days.iloc[1]).run()
    assert not app.dataframe[0].value.equals(first)
    app.selectbox(key="vans_van").set_value("Secondo").run()
    assert not app.exception
    assert app.selectbox(key="vans_day").value == days.iloc[2]
    assert app.dataframe[0].value["Località"].tolist() == second["locality"].tolist()


def test_no_municipality_is_lost_between_map_table_and_choice():
    app = open_page("overview")
    names = set(network_of(*HERE).coverage["municipality"])
    assert set(app.selectbox(key="overview_choice").options) == names
    assert set(app.dataframe[0].value["Comune"]) == names
