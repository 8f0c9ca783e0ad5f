"""The portable map: right classes and rows, nothing asked of anybody, texts encoded."""

import html
import re
from dataclasses import replace

import folium
import folium.plugins
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import SourceError
from capillare.geo.schema import GAPS, SITES
from capillare.publish.portable_map import draw_map, safe_html, write_map
from capillare.publish.portable_map.classes import minute_classes
from capillare.publish.portable_map.drawing import rendered
from capillare.publish.portable_map.layers import (
    desk_features,
    municipality_features,
    site_features,
)
from capillare.publish.portable_map.proposed import (
    leg_features,
    seat_features,
    seat_rows,
    stop_features,
    stop_rows,
)
from tests.publish.conftest import NASTY, with_season_and_tours, with_tables

SPEAKING_SIGNS = "<>\"'`${}\\"


@given(st.text())
def test_safe_html_says_the_same_without_a_sign_that_speaks(text):
    written = safe_html(text)
    assert not set(written) & set(SPEAKING_SIGNS)
    assert not re.search(r"&(?!(amp|lt|gt|quot|#\w+);)", written)
    # An HTML reader takes some control characters for others, encoded or not.
    assert html.unescape(written) == text


@pytest.mark.parametrize(
    ("minutes", "label"),
    [
        (0.0, "fino a 10 minuti"),
        (10.0, "fino a 10 minuti"),
        (10.01, "da 10 a 15"),
        (20.0, "da 15 a 20"),
        (20.01, "da 20 a 30"),
        (300.0, "oltre 30 minuti"),
        (float("nan"), "nessuno sportello raggiungibile via strada"),
    ],
)
def test_minutes_on_a_break_belong_below_it(minutes, label):
    assert minute_classes(20).of(minutes, adults=10).label == label


def test_where_nobody_is_known_to_live_is_not_called_unreachable():
    assert minute_classes(20).of(float("nan"), adults=0).label == "popolazione non nota"


def test_five_classes_have_five_colours():
    assert len({entry.colour for entry in minute_classes(25).classes}) == 5


def test_each_municipality_has_its_colour_and_its_words(small_plan):
    classes = minute_classes(20)
    coverage = small_plan.network.coverage.set_index("istat_code")
    gaps = small_plan.gaps.table.set_index("istat_code")["under_served"]
    features = municipality_features(small_plan, classes)
    assert [feature["id"] for feature in features] == coverage.index.tolist()
    for feature in features:
        town, said = coverage.loc[feature["id"]], feature["properties"]
        assert said["colour"] == classes.of(town["travel_min"], adults=town["adults"]).colour
        assert said["is_under_served"] == bool(gaps.get(feature["id"], default=False))
        assert ("<em>" in said["tip"]) == said["is_under_served"]
    assert "10 senza sportello raggiungibile" in features[-1]["properties"]["tip"]


def test_only_desks_in_service_are_drawn_and_those_in_one_place_share_a_mark(small_plan):
    network = small_plan.network
    assert {f["properties"]["tip"] for f in desk_features(small_plan)} == {"Biblioteca", "URP"}
    desks = network.desks.assign(lat=43.5, lon=11.2)
    together = replace(small_plan, network=replace(network, desks=desks))
    (mark,) = desk_features(together)
    assert mark["properties"]["tip"] == "2 sportelli, Comune 1"
    assert mark["properties"]["card"].count("<h3>") == 2
    assert "Bottega" not in mark["properties"]["card"]


def test_sites_are_numbered_in_order(small_plan):
    ranks = [feature["properties"]["rank"] for feature in site_features(small_plan)]
    assert ranks == [1, 2]


def test_a_seasonal_seat_is_drawn_once_with_its_months(small_plan):
    plan = with_season_and_tours(small_plan, "Vada")
    (seat,) = seat_features(plan)
    assert seat["geometry"]["coordinates"] == [11.2, 43.5]
    assert "luglio, agosto" in seat["properties"]["card"]
    assert seat_rows(plan) == [
        ("Vada", "Vada", "Vada", "luglio, agosto", "lunedì 9-12", "6,5", "120")
    ]


def test_a_stop_is_drawn_once_with_its_dates_and_each_way_once(small_plan):
    plan = with_season_and_tours(small_plan, "Vada")
    (stop,) = stop_features(plan)
    assert stop["properties"]["tip"] == "Vada, Vada"
    assert stop_rows(plan) == [
        (
            "Vada", "Vada", "Vada", "mercoledì", "09:00-11:00, allestimento 15 minuti",
            "ogni due settimane", "09/07, 23/07", "70",
        )
    ]  # fmt: skip
    ways = [way["geometry"]["coordinates"] for way in leg_features(plan)]
    assert ways == [[[11.1, 43.4], [11.2, 43.5]], [[11.2, 43.5], [11.1, 43.4]]]


def test_layers_of_seasons_and_vans_stand_only_in_plans_that_have_them(small_plan):
    titles = ("Sedi stagionali proposte", "Soste dei furgoni proposte", "Giri dei furgoni")
    plain, whole = draw_map(small_plan), draw_map(with_season_and_tours(small_plan, "Vada"))
    assert not any(title in plain for title in titles)
    assert all(title in whole for title in titles)
    assert seat_features(small_plan) == stop_features(small_plan) == leg_features(small_plan) == []


def test_texts_of_the_page_are_encoded_everywhere(nasty_plan):
    page = draw_map(nasty_plan)
    assert NASTY not in page
    assert "<img src=x" not in page
    (drawing,) = re.findall(r"<script>\s*(var map_plan.*?)</script>", page, re.DOTALL)
    assert "onerror=alert(1)" in drawing
    assert "`${alert" not in drawing
    assert html.escape("<img src=x onerror=alert(1)>") in page


def test_the_page_asks_for_nothing(small_plan):
    page = draw_map(small_plan)
    without_scripts = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href|action)\s*=\s*[\"'](?!#)", without_scripts)
    assert not re.search(r"url\((?!data:|#)", without_scripts)
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_what_would_be_asked_of_another_site_is_refused():
    drawn = folium.Map(tiles=None)
    folium.plugins.Fullscreen().add_to(drawn)
    with pytest.raises(SourceError, match=r"asked of another site"):
        rendered(drawn)


def test_the_same_rows_are_in_tables(small_plan):
    page = draw_map(small_plan)
    for site in small_plan.proposal.sites.itertuples():
        assert f">{site.reasons}</td>" in page
    for desk in ("Biblioteca", "URP"):
        assert f">{desk}</td>" in page
    for caveat in small_plan.caveats:
        assert f"<li>{caveat}</li>" in page


def test_the_same_plan_gives_the_same_page(small_plan, tmp_path):
    write_map(small_plan, tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == draw_map(small_plan)


def test_a_plan_without_desks_gaps_nor_sites_is_drawn(small_plan):
    network = small_plan.network
    shut = replace(network, desks=network.desks.assign(is_in_service=False))
    empty = with_tables(replace(small_plan, network=shut), gaps=GAPS.empty(), sites=SITES.empty())
    page = draw_map(empty)
    assert "Nessuna sede proposta." in page


def test_tuscany_stays_a_small_file(tuscan_plan):
    assert len(draw_map(tuscan_plan).encode()) < 1_500_000
