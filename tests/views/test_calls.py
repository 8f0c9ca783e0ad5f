"""The page of calls, renewals and lists, against the rooms that choose."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from capillare.geo.numerals import number
from capillare.planning.funding import keep_points, rank_call
from capillare.planning.network import Inputs, describe_network
from capillare.planning.scenario import Scenario
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
    assert shown["Da finanziare"] == number(len(ranking.funded))
    assert shown["Maggiorenni in più"] == number(ranking.funded["adults_gained"].sum())
    app.number_input(key="calls_budget").set_value(90_000).run()
    assert not app.exception
    poorer = rank_call(network, budget_eur=90_000)
    assert metrics(app)["Da finanziare"] == number(len(poorer.funded))
    app.selectbox(key="calls_ranked_applications").set_value("es-04").run()
    assert any("tutti hanno già uno sportello" in text.value for text in app.markdown)
