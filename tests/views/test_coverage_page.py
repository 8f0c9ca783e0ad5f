"""The coverage page: every way of seeing holds the figures of the network."""

from __future__ import annotations

from datetime import date, time

import pytest

from capillare.geo.hours import WeekMoment
from capillare.geo.numerals import number, percent
from capillare.planning.network import describe_network
from capillare.planning.scenario import Scenario
from capillare.planning.service import load_of_desks, open_at, open_by_hour, people_within
from capillare.views.week import week_cells
from tests.views.test_pages import metrics, open_page

AS_OF = date(2026, 3, 2)


@pytest.fixture(scope="module")
def network():
    return describe_network(Scenario(as_of=AS_OF))


def grid(app, column):
    return next(table.value for table in app.dataframe if column in table.value)


def test_cards_hold_people_within_minutes(network):
    assert metrics(open_page("coverage")) == {
        f"Entro {band.minutes} minuti": percent(band.adults_share, 1)
        for band in people_within(network)
    }


def test_people_within_minutes_agree_with_coverage(network):
    coverage = network.coverage
    for band in people_within(network):
        shares = coverage[f"adults_{band.minutes}min_share"] * coverage["adults"]
        assert band.adults == round(shares.sum())
        elders = coverage[f"over65_{band.minutes}min_share"] * coverage["over65"]
        assert band.over65 == round(elders.sum())
        assert band.over65_share == pytest.approx(band.over65 / coverage["over65"].sum())


def test_people_within_a_time_are_shown_worst_first(network):
    app = open_page("coverage")
    app.radio(key="coverage_measure").set_value("within").run()
    app.radio(key="coverage_minutes").set_value(30).run()
    assert not app.exception
    shown = grid(app, "Maggiorenni entro 30 minuti")
    assert len(shown) == 273
    shares = shown["Maggiorenni entro 30 minuti"]
    assert shares.is_monotonic_increasing
    band = people_within(network)[-1]
    told = " ".join(text.value for text in app.markdown)
    assert f"{number(band.adults)} maggiorenni, il {percent(band.adults_share, 1)}" in told


def test_an_open_desk_at_a_weekday_and_hour(network):
    app = open_page("coverage")
    app.radio(key="coverage_measure").set_value("open").run()
    app.selectbox(key="coverage_weekday").set_value(3).run()
    app.slider(key="coverage_at").set_value(time(9, 30)).run()
    app.radio(key="coverage_bound").set_value("high").run()
    assert not app.exception
    found = open_at(network, [WeekMoment(3, 9 * 60 + 30)])
    low, high = (found[f"adults_open_{bound}"].sum() for bound in ("low", "high"))
    told = " ".join(text.value for text in app.markdown)
    assert f"Giovedì alle 09:30: da {number(low)} a {number(high)} maggiorenni" in told
    shown = grid(app, "Quota massima")
    assert shown["Quota massima"].is_monotonic_increasing
    week = grid(app, "giovedì")
    expected = open_by_hour(network).set_index(["weekday", "from_hour"])["open_high_share"]
    assert week.loc["9-10", "giovedì"] == expected["Th", 9]


def test_the_week_shows_usual_hours_only(network):
    cells = week_cells(open_by_hour(network), "low")
    assert list(cells) == ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"]
    assert list(cells.index) == [f"{hour}-{hour + 1}" for hour in range(8, 19)]
    assert cells["sabato"].isna().sum() == 6


def test_the_load_starts_with_the_most_loaded(network):
    app = open_page("coverage")
    shown = grid(app, "Utilizzo")
    load = load_of_desks(network)
    assert len(shown) == len(load)
    assert shown["Utilizzo"].iloc[0] == load["utilisation_share"].max()


def test_all_networks_count_too():
    alone, together = (
        metrics(open_page("coverage", query=query))["Entro 10 minuti"]
        for query in (None, {"reti": "tutte"})
    )
    assert float(together.split()[0].replace(",", ".")) >= float(alone.split()[0].replace(",", "."))


def test_minutes_that_are_no_estimate_are_not_called_one(network):
    from dataclasses import replace
    from types import SimpleNamespace

    from capillare.views.notes import minutes_method

    assert "si stima" in minutes_method(network)
    for basis, words in (("road", "sulle strade"), ("given", "dal file"), ("server", "al server")):
        other = replace(network, travel=SimpleNamespace(basis=basis))
        told = minutes_method(other)
        assert words in told
        assert "si stima" not in told
        assert "errore dei minuti non è misurato" in told
