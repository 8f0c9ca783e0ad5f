"""The page of the seasons, against the plan that the planning rooms draw."""

import pytest

from capillare.geo.numerals import number
from capillare.planning.network import Inputs
from capillare.planning.scenario import Scenario
from capillare.views.cached import network_of, season_of
from capillare.views.leaflet_map.season_marks import presence_areas, seat_marks
from capillare.views.seasons import _seats_of
from tests.views.test_pages import AS_OF, metrics, open_page


@pytest.fixture(scope="module")
def network():
    return network_of(Scenario(as_of=AS_OF), Inputs(registry=None))


@pytest.fixture(scope="module")
def season():
    return season_of(Scenario(as_of=AS_OF), Inputs(registry=None))


def test_the_page_opens_on_the_best_month_and_follows_the_slider(season, offered):
    app = open_page("seasons")
    assert {"csv", "xlsx", "gpkg", "geojson", "ics"} <= offered.endings
    offered.open_all()
    assert app.title[0].value == "Stagioni"
    best = season.months.iloc[season.best_month - 1]
    assert metrics(app)["Presenti"] == number(best["present_people"])
    assert metrics(app)["In più con le stagioni"] == number(best["people_gained"])
    app.select_slider[0].set_value(1).run()
    assert metrics(app)["Sedi stagionali aperte"] == "0"
    assert "In gennaio nessuna sede stagionale è aperta" in app.info[0].value
    assert not app.exception


def test_a_chosen_seat_shows_the_year_of_its_point(season):
    seats = _seats_of(season, season.best_month)
    app = open_page("seasons")
    app.selectbox[0].set_value(seats["candidate_id"].iloc[0]).run()
    assert not app.exception
    assert any("ore a settimana da ripartire" in block.value for block in app.markdown)


def test_a_region_without_points_says_so():
    app = open_page("seasons", region="11")
    assert "Nessun punto può seguire le stagioni" in app.info[0].value


def test_the_map_numbers_the_seats_of_the_table_and_says_what_is_not_known(network, season):
    seats = _seats_of(season, 8)
    marks = seat_marks(seats)
    assert [mark["text"] for mark in marks] == [str(n) for n in range(1, len(seats) + 1)]
    names = network.territory.municipalities.set_index("istat_code")["municipality"]
    areas = presence_areas(season.presence, names, 8)
    tips = dict(zip(areas.istat_codes, areas.tips, strict=True))
    assert tips["050023"] == ["Orciano Pisano", "549 maggiorenni residenti", "turisti non noti"]
    assert "turisti al giorno (dato pubblicato)" in tips["053006"][2]
