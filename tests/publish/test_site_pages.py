"""Pages of municipalities, desks and stops; hours as codes; neighbours; languages; the ground."""

from __future__ import annotations

import csv
import itertools
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.hours import is_open_at
from capillare.geo.schema import STOPS
from capillare.geo.travel import spots_of
from capillare.publish.site import content
from capillare.publish.site.build import site_files
from capillare.publish.site.content import find_content
from capillare.publish.site.ground import SCALE, site_ground
from capillare.publish.site.links import directions_link
from capillare.publish.site.map_shapes import draw_ground
from capillare.publish.site.neighbours import nearest_desks
from capillare.publish.site.openings import HORIZON_DAYS, OpenSpan, open_spans, opening_code
from capillare.publish.site.words import ESSENTIAL_LANGUAGES, read_essential, read_words
from tests.publish.site_network import AS_OF, parsed, small_network

MINUTES_A_DAY = 1440


def decoded(code):
    """Spans of a code, by the grammar of `opening_code`'s docstring."""
    if not code:
        return ()
    kinds, weeks = code.split("/")
    of_kind = [[], *(kind.split(",") for kind in kinds.split(";"))]
    days = []
    for run in weeks.split(" "):
        week, _, times = run.partition("*")
        days += [int(kind) for kind in week.split(",")] * int(times or 1)
    spans = []
    for day, kind in enumerate(days):
        for written in of_kind[kind]:
            opens, closes = written.rstrip("?").split("-")
            spans.append(OpenSpan(day, int(opens), int(closes), not written.endswith("?")))
    return tuple(spans)


EXPRESSIONS = (
    "Mo-Fr 09:00-13:00,15:00-18:30; PH off",
    "Mo-Su 18:00-02:00",
    "We[1] 16:00-19:00",
    "Jun-Sep Sa 08:00-12:00; Oct-May Tu 14:15-17:45",
    'Tu,Th 09:00-12:00 open "chiuso per il patrono"',
    'Mo 09:00-12:00; Fr 09:00-12:00 unknown "su appuntamento"',
    "24/7",
    "2026 Dec 24-2027 Jan 6 off; Mo-Sa 09:00-12:00",
)


@settings(max_examples=60)
@given(
    st.sampled_from(EXPRESSIONS),
    st.lists(st.integers(0, HORIZON_DAYS * MINUTES_A_DAY - 1), min_size=40, max_size=40),
    st.sampled_from([date(2026, 3, 2), date(2025, 10, 18), date(2028, 2, 29)]),
)
def test_a_code_says_what_the_hours_say_at_any_minute(expression, minutes, first):
    spans = decoded(opening_code(open_spans(expression, first, istat_code="048017")))
    assert spans == open_spans(expression, first, istat_code="048017")
    for minute in minutes:
        day, at = divmod(minute, MINUTES_A_DAY)
        here = [span for span in spans if span.day == day and span.opens <= at < span.closes]
        said = False if not here else here[0].is_known or None
        instant = datetime.combine(first, datetime.min.time()) + timedelta(minutes=minute)
        assert said == is_open_at(expression, instant, istat_code="048017")


@pytest.mark.parametrize(
    ("expression", "valid_to", "days"),
    [
        ("Mo-Su 09:00-10:00", "2026-03-04", [0, 1, 2]),
        ("Mo-Su 09:00-10:00", "2026-03-01", []),
        ("Mo-Su 22:00-03:00", "2026-03-02", [0]),
        ("quando capita", "", []),
    ],
)
def test_spans_end_with_the_service_and_are_none_where_unread(expression, valid_to, days):
    spans = open_spans(expression, AS_OF, valid_to=valid_to)
    assert sorted({span.day for span in spans}) == days


def test_no_hours_give_no_code():
    assert opening_code(()) == ""
    assert len(opening_code(open_spans("Mo-Fr 09:00-13:00; PH off", AS_OF))) < 600


def test_the_nearest_desks_are_those_of_the_whole_matrix(tiny, policy):
    rows = [{"istat_code": code} for code in ("090001", "090004", "090007", "090010", "090012")]
    rows.append({"istat_code": "090006", "kind": "mobile"})
    network = small_network(rows, tiny, policy)
    found = nearest_desks(network)
    still = network.desks[network.desks["kind"] != "mobile"]
    pairs = network.travel.pairs(
        spots_of(tiny.places, id_column="place_id"),
        spots_of(still, id_column="desk_id"),
        max_min=120,
    )
    minutes = np.full(pairs.shape, np.inf)
    minutes[pairs.origin, pairs.destination] = pairs.travel_min
    ids = still["desk_id"].to_numpy()
    for row, code in enumerate(tiny.places["istat_code"]):
        order = sorted(zip(minutes[row], ids, strict=True))
        wanted = [(desk, max(1, round(took))) for took, desk in order[:3] if took < np.inf]
        assert found[code] == wanted
    assert found["090012"] == [("desk-5", 1)]  # the island reaches its own desk alone


def with_stop(network, **row):
    town = network.territory.municipalities.set_index("istat_code").loc["090009"]
    stop = {
        **dict.fromkeys(STOPS.names),
        "stop_id": "s1",
        "desk_id": "desk-1",
        "istat_code": "090009",
        "locality": "Piazza",
        "lat": town["lat"],
        "lon": town["lon"],
        "position_basis": "given",
        "starts_on": "2026-03-02",
        "weekday": "We",
        "every_n_weeks": 2,
        "from_time": "09:00",
        "to_time": "12:30",
        **row,
    }
    network.registry.stops = STOPS.check(pd.DataFrame([stop], columns=STOPS.names))
    return network


def test_the_next_stops_of_a_van_are_dated_wherever_it_is_shown(tiny, policy):
    van = {"name": "Camper", "kind": "mobile", "istat_code": "090002"}
    files = site_files(with_stop(small_network([van], tiny, policy)))
    wanted = [
        "mercoledì 4 marzo 2026, dalle 9 alle 12.30: Piazza, Comune 9",
        "mercoledì 18 marzo 2026, dalle 9 alle 12.30: Piazza, Comune 9",
        "mercoledì 1° aprile 2026, dalle 9 alle 12.30: Piazza, Comune 9",
    ]
    (card,) = parsed(files["index.html"]).of_class("card")
    coming = card.of_class("visits")[0].find("li")
    assert [li.words for li in coming if "hidden" not in li.attributes] == wanted
    assert len(coming) == 12  # those after them come up as days pass
    assert [stop[:1] + stop[3:5] for stop in json.loads(card.attributes["data-stops"])] == [
        ["Piazza", "09:00", "12:30"]
    ]
    assert json.loads(card.attributes["data-stops"])[0][5][:4] == [2, 16, 30, 44]
    assert card.attributes["data-open"].startswith("540-750/0,0,1,0,0,0,0 0,0,0,0,0,0,0 ")
    rows = parsed(files["fermate.html"]).find("tbody")[0].find("tr")
    assert [row.find("td")[0].words for row in rows[:2]] == [
        w.partition(",")[0] for w in wanted[:2]
    ]
    here = parsed(files["comuni/comune-9-090009.html"])
    assert wanted[0] in here.words
    assert "Wednesday 4 March 2026, from 9:00 to 12:30" in parsed(files["en/index.html"]).words


@pytest.mark.parametrize(
    "row",
    [{"ends_on": "2026-03-01", "starts_on": "2026-02-01"}, {"desk_id": "desk-2"}],
)
def test_a_van_without_stops_to_come_says_that_they_are_to_be_checked(tiny, policy, row):
    vans = [{"kind": "mobile"}, {"kind": "mobile", "is_in_service": False}]
    files = site_files(with_stop(small_network(vans, tiny, policy), **row))
    assert "Non conosciamo ancora giorni e luoghi" in parsed(files["fermate.html"]).words
    (card,) = parsed(files["index.html"]).of_class("card")
    assert "giorni e luoghi da verificare" in card.words
    assert "data-stops" not in card.attributes


def test_a_seasonal_desk_tells_its_next_days(tiny, policy):
    row = {"kind": "seasonal", "name": "Rifugio", "opening_hours": "Jun-Aug Sa 10:00-12:00"}
    files = site_files(small_network([row], tiny, policy))
    days = ["sabato 6 giugno 2026", "sabato 13 giugno 2026", "sabato 20 giugno 2026"]
    for path in ("fermate.html", "sportelli/desk-1.html"):
        said = parsed(files[path]).words
        assert all(day in said for day in days)


def test_a_desk_announced_for_later_is_told_with_its_first_day(tiny, policy):
    """It is on the pages from now on, and counts for nothing until then."""
    hours = {"opening_hours": "Mo-Su 09:00-12:00"}
    ahead = (AS_OF + timedelta(days=HORIZON_DAYS - 1)).isoformat()
    off = {"is_in_service": False, "istat_code": "090002"}
    rows = [
        {"name": "Qui", "valid_to": "2026-03-04", **hours},
        {"name": "Estate", "valid_from": "2026-06-01", "valid_to": "2026-09-15", **hours, **off},
        {"name": "Ultimo giorno", "valid_from": ahead, **off},
        {"name": "Troppo lontano", "valid_from": "2027-04-06", **off},
        {"name": "Spento", "valid_from": "2026-06-01", "status": "closed", **off},
        {"name": "Finito", "valid_to": "2026-01-01", **off},
    ]
    network = small_network(rows, tiny, policy)
    files = site_files(network)
    home = parsed(files["index.html"])
    cards = {card.of_class("name")[0].words: card for card in home.of_class("card")}
    assert set(cards) == {"Qui", "Estate", "Ultimo giorno"}
    summer = cards["Estate"]
    assert summer.attributes["data-begins"] == "2026-06-01"
    assert summer.attributes["data-ends"] == "2026-09-15"
    assert "Apre dal 1° giugno 2026" in summer.words
    assert "Fino al 15 settembre 2026" in summer.words
    spans = find_content(network).spans["desk-2"]
    first, last = (AS_OF + timedelta(days=spans[at].day) for at in (0, -1))
    assert (first.isoformat(), last.isoformat()) == ("2026-06-01", "2026-09-15")
    assert cards["Qui"].attributes["data-ends"] == "2026-03-04"
    assert "data-begins" not in cards["Qui"].attributes
    town = parsed(files["comuni/comune-2-090002.html"])
    assert "non conosciamo sportelli in servizio" in town.words
    assert "Estate" in town.words
    assert len(town.of_class("minutes")) == 1  # the one in service, with its minutes
    assert find_content(network).figures.n_desks == 1
    table = {row["name"]: row for row in csv.DictReader(files["desks.csv"].decode().splitlines())}
    assert [table[name]["is_in_service"] for name in ("Qui", "Estate")] == ["true", "false"]


def test_every_municipality_has_a_page_with_its_desks_or_the_nearest_three(tiny, policy):
    rows = [
        {"name": "Qui", "istat_code": "090001"},
        *({"name": f"Là {n}", "istat_code": f"09000{n}"} for n in (2, 3, 5)),
    ]
    files = site_files(small_network(rows, tiny, policy, helpline="800 123"))
    codes = {path[-11:-5] for path in files if re.match(r"comuni/.*\.html", path)}
    assert codes == set(tiny.municipalities["istat_code"])
    own = parsed(files["comuni/comune-1-090001.html"])
    assert [h.words for h in own.of_class("name")] == ["Qui"]
    assert own.of_class("minutes") == []
    near = parsed(files["comuni/comune-6-090006.html"])
    assert [h.words for h in near.of_class("name")] == ["Là 2", "Là 5", "Qui"]
    assert [p.words for p in near.of_class("minutes")] == [
        "circa 25 minuti in auto",
        "circa 25 minuti in auto",
        "circa 33 minuti in auto",
    ]
    island = parsed(files["comuni/comune-12-090012.html"])
    assert island.of_class("card") == []
    assert "nessuno sportello si raggiunge in auto" in island.words
    assert "800 123" in island.words


def test_a_desk_keeps_its_address_whatever_else_is_published(tiny, policy):
    alone = site_files(small_network([{"desk_id": "uno"}], tiny, policy))
    rows = [{"desk_id": "uno"}, {"desk_id": "altro", "istat_code": "090003"}]
    together = site_files(small_network(rows, tiny, policy))
    assert {"sportelli/uno.html", "en/desks/uno.html"} <= set(alone) & set(together)
    numbered = [{"desk_id": f"daisy-{n}", "name": f"Daisy ({n} di 2)"} for n in (1, 2)]
    files = site_files(small_network(numbered, tiny, policy))
    second = parsed(files["sportelli/daisy-2.html"])
    assert second.find("link", rel="canonical")[0].attributes["href"] == (
        "../sportelli/daisy-1.html"
    )
    assert second.find("h1")[0].words == "Daisy"


@pytest.mark.parametrize(
    ("row", "address"),
    [
        ({}, None),
        (
            {"address": "Via Tibet 3"},
            "https://www.openstreetmap.org/search?query=Via%20Tibet%203%2C%20Comune%201",
        ),
        (
            {"position_basis": "given", "lat": 43.5, "lon": 11.25},
            "https://www.openstreetmap.org/directions?to=43.50000%2C11.25000",
        ),
    ],
)
def test_the_way_is_shown_as_far_as_the_place_is_known(tiny, policy, row, address):
    page = parsed(site_files(small_network([row], tiny, policy))["sportelli/desk-1.html"])
    ways = [a.attributes["href"] for a in page.of_class("strong")]
    assert ways == ([] if address is None else [address])
    assert ("L'indirizzo non è noto" in page.words) is (address is None)


def test_directions_to_what_people_typed_are_one_parameter():
    link = directions_link("Vai", where="x&to=1#'\"><script>" * 40)
    assert re.fullmatch(r"https://www\.openstreetmap\.org/search\?query=[\w%.~-]+", link.href)


def test_a_long_list_is_a_page_a_province(tuscany, policy, monkeypatch):
    monkeypatch.setattr(content, "MAX_ON_ONE_PAGE", 2)
    rows = [{"istat_code": code} for code in ("045001", "045002", "048017", "053026")]
    files = site_files(small_network(rows, tuscany, policy))
    home = parsed(files["index.html"])
    assert home.of_class("card") == []
    links = home.of_class("provinces")[0].find("a")
    assert [a.attributes["href"] for a in links] == [
        "province/firenze.html",
        "province/grosseto.html",
        "province/massa-carrara.html",
    ]
    cards = [card for a in links for card in parsed(files[a.attributes["href"]]).of_class("card")]
    assert len(cards) == 4
    for a in links:
        south, west, north, east = map(float, a.attributes["data-bounds"].split())
        for card in parsed(files[a.attributes["href"]]).of_class("card"):
            assert south - 1e-5 <= float(card.attributes["data-lat"]) <= north + 1e-5
            assert west - 1e-5 <= float(card.attributes["data-lon"]) <= east + 1e-5
    places = json.loads(files["places.json"])
    assert len(places["desks"]) == 4


def test_names_to_search_are_all_there_the_most_peopled_first(tiny, policy):
    places = json.loads(site_files(small_network([{}], tiny, policy))["places.json"])
    assert [name for name, *_ in places["municipalities"]][:2] == ["Comune 4", "Comune 1"]
    assert places["hamlets"] == []
    assert "desks" not in places


@pytest.mark.parametrize("lang", ESSENTIAL_LANGUAGES)
def test_the_guide_is_whole_in_every_language_and_marked_for_review(tiny, policy, lang):
    words = read_essential(lang)
    italian = read_words("it")["guide"]
    assert set(words["guide"]) == {*italian, "review"}
    for part in ("how", "help", "bring"):
        n_lines = len(italian[part].strip().splitlines())
        assert len(words["guide"][part].strip().splitlines()) == n_lines
    page = parsed(site_files(small_network([{}], tiny, policy))[f"lingue/{lang}.html"])
    (html,) = page.find("html")
    assert html.attributes["lang"] == lang
    assert html.attributes.get("dir", "ltr") == ("rtl" if lang == "ar" else "ltr")
    assert words["guide"]["review"] in page.of_class("notice")[0].words
    assert page.find("header")[0].attributes["lang"] == "it"
    assert any(a.attributes["href"] == "../index.html" for a in page.find("main")[0].find("a"))


def test_every_page_leads_to_every_language(tiny, policy):
    files = site_files(small_network([{}], tiny, policy))
    for path, written in files.items():
        if path.endswith(".html") and path != "404.html" and not re.search("incorpora|embed", path):
            page = parsed(written)
            langs = {a.attributes["lang"] for a in page.find("a") if "lang" in a.attributes}
            assert set(ESSENTIAL_LANGUAGES) <= langs


def test_the_helpline_is_on_the_guide_in_every_language(tiny, policy):
    files = site_files(small_network([{}], tiny, policy, helpline="800 123456"))
    for path in ("guida.html", "en/guide.html", "lingue/uk.html"):
        assert "800 123456" in parsed(files[path]).find("main")[0].words


def corners(ring):
    return np.reshape(ring, (-1, 2)).cumsum(axis=0) / SCALE


def test_the_ground_sent_is_the_ground_drawn(tiny, tuscany):
    for territory in (tiny, tuscany):
        drawn = draw_ground(territory)
        sent = site_ground(territory)
        assert [name for name, _ in sent["areas"]] == list(territory.municipalities["municipality"])
        for (_, polygons), feature in zip(sent["areas"], drawn["areas"]["features"], strict=True):
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            whole = 0.0
            for shell, *holes in [[corners(ring) for ring in rings] for rings in polygons]:
                whole += shapely.Polygon(shell).area
                whole -= sum(shapely.Polygon(hole).area for hole in holes)
            assert whole == pytest.approx(shape.area, rel=0.05, abs=2e-5)
            assert len(polygons) == shapely.get_num_geometries(shape)
        assert sent["labels"] == drawn["labels"]


def test_all_italy_is_drawn_by_province(tiny):
    halves = tiny.municipalities.assign(province=["Est", "Ovest"] * 6)
    sent = site_ground(replace(tiny, region="all", municipalities=halves))
    assert [name for name, _ in sent["areas"]] == ["Est", "Ovest"]
    assert sent["around"] == []


def test_spans_of_a_day_do_not_overlap():
    for expression in EXPRESSIONS:
        for one, other in itertools.pairwise(open_spans(expression, AS_OF)):
            assert (one.day, one.closes) <= (other.day, other.opens) or one.day < other.day


def test_frames_of_desks_are_not_changed(tiny, policy):
    network = small_network([{"opening_hours": "Mo 09:00-12:00"}], tiny, policy)
    before = network.desks.copy()
    site_files(network)
    pd.testing.assert_frame_equal(network.desks, before)
