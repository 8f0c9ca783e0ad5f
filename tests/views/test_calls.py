"""The page of calls, renewals and lists, against the rooms that choose."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from capillare.geo.numerals import number
from capillare.planning.funding import keep_points, rank_call
from capillare.planning.network import Inputs, describe_network
from capillare.planning.scenario import Scenario
from capillare.planning.siting.funding_wishes import FundingWishes
from tests.views.test_pages import AS_OF, metrics, open_page

EXAMPLE = Path(__file__).parents[2] / "examples" / "call"
AS_A_PATH = f"__import__('pathlib').Path({str(EXAMPLE)!r})"


@pytest.fixture(scope="module")
def packaged():
    return open_page("calls")


def test_without_open_applications_the_page_says_what_to_bring(packaged):
    assert packaged.title[0].value == "Avvisi e proroghe"
    assert [tab.label for tab in packaged.tabs] == [
        "Domande di un avviso",
        "Punti da tenere",
        "Elenchi",
    ]
    assert "nessuna domanda aspetta una decisione" in packaged.info[0].value
    assert "application_seats" in packaged.info[0].value


def test_the_points_to_keep_are_those_of_the_room(packaged):
    renewal = keep_points(describe_network(Scenario(as_of=AS_OF)), "70%")
    shown = metrics(packaged)
    n_kept, n = int(renewal.is_kept.sum()), len(renewal.table)
    assert shown["Punti da tenere"] == f"{n_kept} su {n}"
    assert shown["Maggiorenni entro la soglia"] == number(renewal.adults_after)


def test_a_list_can_be_taken_in_every_format(packaged, offered):
    packaged.selectbox(key="calls_ground").set_value("union/unione-comuni-garfagnana").run()
    assert not packaged.exception
    said = [text.value for text in packaged.markdown]
    assert any("Unione Comuni Garfagnana\\: 14 comuni" in text for text in said)
    endings = {name.rpartition(".")[2] for name in offered.files if name.startswith("calls_list/")}
    assert endings == {"csv", "xlsx", "gpkg", "geojson", "html"}
    assert {"calls_renewal/renewal_2026-03-02.csv"} <= set(offered.files)
    offered.open_all()


def test_the_applications_of_the_example_are_ranked(offered):
    app = open_page("calls", registry=AS_A_PATH)
    offered.files["calls_call/applications_2026-03-02.csv"].write()
    network = describe_network(Scenario(as_of=date(2026, 3, 2)), Inputs(registry=EXAMPLE))
    ranking = rank_call(network)
    shown = metrics(app)
    assert app.selectbox(key="calls_campaign").options == ["Prosecuzione 2026"]
    assert shown["Da finanziare"] == number(len(ranking.funded))
    assert shown["Maggiorenni in più"] == number(ranking.funded["adults_gained"].sum())
    app.number_input(key="calls_budget").set_value(90_000).run()
    assert not app.exception
    poorer = rank_call(network, budget_eur=90_000)
    assert metrics(app)["Da finanziare"] == number(len(poorer.funded))
    app.selectbox(key="calls_ranked_applications").set_value("es-04").run()
    assert any("tutti hanno già uno sportello" in text.value for text in app.markdown)


def scenario_of(app):
    return app.session_state["capillare"].scenario


@pytest.fixture(scope="module")
def example():
    return describe_network(Scenario(as_of=date(2026, 3, 2)), Inputs(registry=EXAMPLE))


def wished(network, **wishes):
    scenario = replace(network.scenario, funding=FundingWishes(**wishes))
    return replace(network, scenario=scenario)


def test_every_rule_of_a_call_can_be_said_and_changes_the_ranking(example):
    said = {
        "most_per_body": 1,
        "most_per_province": 2,
        "least_adults": 5,
        "least_score": 70.0,
        "adults_per_score": 20.0,
    }
    shares = {"body_budget_share": 0.5, "province_budget_share": 0.75}
    app = open_page("calls", registry=AS_A_PATH)
    app.number_input(key="calls_budget").set_value(150_000).run()
    for name, figure in said.items():
        app.number_input(key=f"calls_{name}").set_value(figure)
    for name, share in shares.items():
        app.number_input(key=f"calls_{name}").set_value(100 * share)
    next(button for button in app.button if button.label == "Applica").click().run()
    assert not app.exception
    wishes = FundingWishes(call_budget_eur=150_000.0, **said, **shares)
    assert scenario_of(app).funding == wishes
    assert FundingWishes(**json.loads(app.query_params["avviso"])) == wishes
    ranking = rank_call(wished(example, call_budget_eur=150_000.0, **said, **shares))
    assert metrics(app)["Da finanziare"] == number(len(ranking.funded))
    assert ranking.funded["entity"].is_unique
    plain = rank_call(wished(example, call_budget_eur=150_000.0))
    assert len(plain.funded) > len(ranking.funded)
    assert any("al più una domanda per ente" in text.value for text in app.markdown)


def test_a_renewal_is_asked_by_share_by_number_and_by_line(packaged_again, tuscany):
    app = packaged_again
    app.slider(key="calls_keep").set_value(40).run()
    assert scenario_of(app).funding == FundingWishes(keep="40%")
    assert kept_on(app) == len_kept(keep_points(tuscany, "40%"))
    app.radio(key="calls_keep_by").set_value("count").run()
    app.number_input(key="calls_keep_count").set_value(11).run()
    assert scenario_of(app).funding.keep == "11"
    assert kept_on(app) == 11
    app.number_input(key="calls_line").set_value(1.0).run()
    assert not app.exception
    assert scenario_of(app).funding == FundingWishes(keep="11", renewal_line_share=0.01)
    # With every point of known progress over the line, they are kept before any other.
    lower = keep_points(wished(tuscany, renewal_line_share=0.01), "11")
    within = next(figure for label, figure in metrics(app).items() if label.endswith("la soglia"))
    assert within == number(lower.adults_after)


def test_a_share_is_kept_however_a_file_writes_it(tuscany):
    app = open_page("calls", query={"avviso": json.dumps({"keep": "0,33"})})
    assert app.slider(key="calls_keep").value == 33
    assert kept_on(app) == len_kept(keep_points(tuscany, "0,33"))


@pytest.fixture
def packaged_again():
    return open_page("calls")


@pytest.fixture(scope="module")
def tuscany():
    return describe_network(Scenario(as_of=AS_OF))


def kept_on(app):
    return int(metrics(app)["Punti da tenere"].split(" su ")[0])


def len_kept(renewal):
    return int(renewal.is_kept.sum())
