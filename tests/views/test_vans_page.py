"""The page of vans, against the tours that the planning rooms draw."""

from dataclasses import replace

import pytest

from capillare.planning.plan import plan_network_tours
from capillare.planning.scenario import Scenario
from capillare.views.leaflet_map.tour_marks import tour_lines, tour_marks
from tests.views.test_explaining import assert_explained
from tests.views.test_pages import AS_OF, metrics, open_page


@pytest.fixture(scope="module")
def tours(tuscan_plan):
    scenario = replace(tuscan_plan.network.scenario, vans=1, effort="quick", as_of=AS_OF)
    return plan_network_tours(replace(tuscan_plan.network, scenario=scenario))


def test_without_vans_the_page_asks_how_many():
    app = open_page("vans")
    assert "quanti furgoni" in app.info[0].value
    assert app.slider[0].value == 0


def test_how_hard_to_search_belongs_to_the_scenario():
    app = open_page("vans", query={"furgoni": "1", "ricerca": "rapida"})
    assert app.session_state["capillare"].scenario.effort == "quick"
    assert app.radio(key="vans_effort").value == "quick"
    app.slider(key="vans_count").set_value(0).run()
    # Without vans, what remains is the scenario as it was before them.
    assert app.session_state["capillare"].scenario == Scenario(as_of=AS_OF)


def test_the_page_holds_the_figures_of_the_tours(offered):
    app = open_page("vans", query={"furgoni": "1", "ricerca": "rapida"})
    assert {"csv", "xlsx", "gpkg", "geojson", "ics", "html"} <= offered.endings
    offered.open_all()
    assert_explained(app)
    shown = metrics(app)
    assert shown["Costo"] == "39.000 €"
    assert {"Maggiorenni con una sosta vicina", "Località visitate"} <= set(shown)
    assert {"Furgone", "Giorno"} <= {box.label for box in app.selectbox}
    labels = " ".join(markdown.value for markdown in app.markdown)
    assert "piano ovvio" in labels
    assert "Con un furgone" in labels
    assert any("euristica" in text.value for text in app.markdown)


def test_a_day_on_the_map_starts_and_ends_at_the_base(tours):
    day = tours.stops[tours.stops["date"] == tours.stops["date"].iloc[0]]
    marks = tour_marks(day)
    assert [mark["kind"] for mark in marks] == ["base"] + ["stop"] * (len(day) - 2)
    assert [mark["text"] for mark in marks[1:]] == [str(n) for n in range(1, len(day) - 1)]
    (way,) = tour_lines(day)
    assert way[0] == way[-1]
    assert len(way) == len(day)
