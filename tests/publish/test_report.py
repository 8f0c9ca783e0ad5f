"""The printable report of a coordinator's territory."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import pandas as pd
import pytest

from capillare.geo.numerals import euros, number
from capillare.planning.coordinators import find_grounds, list_for
from capillare.planning.coordinators.listing import MOST_RUNNERS_UP
from capillare.publish.explained import explanations, facts_of
from capillare.publish.provenance import provenance_of
from capillare.publish.report import report_html, write_report
from capillare.publish.report.answers import why_not_here
from capillare.publish.report.page import EXPLAINED
from capillare.publish.report.print_map import WIDTH, draw_report_map
from capillare.publish.report.proposed import costs_here, season_here, tours_here, towns_here

ISLAND = "053012"  # Isola del Giglio


@pytest.fixture(scope="module")
def plan(tuscan_plan):
    network = tuscan_plan.network
    scenario = replace(network.scenario, title="Venti sedi")
    return replace(tuscan_plan, network=replace(network, scenario=scenario))


@pytest.fixture(scope="module")
def listing(plan):
    return list_for(plan, find_grounds(plan.network, ["GR"])[0])


@pytest.fixture(scope="module")
def html(listing):
    return report_html(listing)


class _Reader(HTMLParser):
    """Collects the text, and what the page would ask others for."""

    def __init__(self):
        super().__init__()
        self.text, self.asked, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.asked += [value for name, value in attrs if name in {"src", "href", "action"}]

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, text):
        if not {"script", "style"} & set(self.open):
            self.text.append(text)


def read(html):
    reader = _Reader()
    reader.feed(html)
    return " ".join(" ".join(reader.text).split()), reader


def test_the_report_holds_the_list_and_asks_nobody(html, listing):
    text, reader = read(html)
    assert reader.asked == []
    assert "script" not in html
    assert text.startswith("Grosseto: rapporto sui Punti Digitale Facile Grosseto")
    assert "scenario «Venti sedi»" in text
    for sentence in (*listing.sentences, *listing.caveats):
        assert sentence in text
    for site in listing.table[listing.table["proposal"] == "proposed"].to_dict("records"):
        assert site["reasons"] in text
        assert number(site["adults_gained"]) in text
    for source in listing.plan.sources:
        assert source.name in text
    assert not re.search(r"\b(nan|None|NaN|<NA>)\b", text)


def test_it_says_its_scenario_its_data_and_how_figures_are_computed(html, plan):
    text, _ = read(html)
    about = provenance_of(plan.network)
    assert about.lines[0] in text
    assert about.lines[1] in text
    facts = facts_of(plan.network)
    for key in EXPLAINED:
        explained = explanations()[key].filled(facts)
        for part in (explained.title, explained.formula, explained.source):
            assert " ".join(part.split()) in text, key
    # Neither seasons nor vans were asked for.
    assert "Le stagioni" not in text
    assert "I furgoni" not in text


def test_each_municipality_is_shown_today_and_with_the_plan(listing):
    towns = towns_here(listing).set_index("istat_code")
    assert set(towns.index) == set(listing.ground.istat_codes)
    assert towns["municipality"].tolist() == sorted(towns["municipality"])
    assert ((towns["after_share"] - towns["within_share"]) > -1e-12).all()
    gained = ((towns["after_share"] - towns["within_share"]) * towns["adults"]).sum()
    here = listing.table[listing.table["proposal"] != "runner_up"]["adults_gained_here"].sum()
    assert gained == pytest.approx(here)


SEATS = [
    # point, candidate, code, open, month, hours
    ("p1", "c1", ISLAND, True, 7, 6.0),
    ("p1", "c1", ISLAND, True, 8, 6.0),
    ("p1", "c1", ISLAND, False, 9, 0.0),
    ("p1", "c2", "045001", True, 8, 3.0),
    ("p1", None, ISLAND, True, 8, 18.0),
]
STOPS = [
    # van, date, code, place, adults
    ("Blu", "2025-07-01", ISLAND, "g1", 300),
    ("Blu", "2025-07-08", ISLAND, "g1", 0),
    ("Rosso", "2025-07-02", "045001", "g2", 900),
]


@pytest.fixture(scope="module")
def passing(plan):
    """The plan with three seats and two vans by hand, one of each on the island of Giglio."""
    point = plan.network.registry.points["point_id"].iloc[0]
    table = pd.DataFrame(
        [
            {
                "point_id": point if name == "p1" else name,
                "candidate_id": candidate,
                "istat_code": code,
                "municipality": "Isola del Giglio" if code == ISLAND else "Aulla",
                "locality": "Giglio Porto" if code == ISLAND else "Aulla",
                "lat": 42.36 if code == ISLAND else 44.2,
                "lon": 10.92 if code == ISLAND else 9.97,
                "is_open": is_open,
                "month": month,
                "weekly_hours": hours,
                "opening_hours": "Mo 09:00-12:00; Sa 09:00-12:00",
                "present_people": 4_321,
            }
            for name, candidate, code, is_open, month, hours in SEATS
        ]
    )
    months = pd.DataFrame(
        {"istat_code": ISLAND, "month": range(1, 13), "present_people": range(1_300, 1_312)}
    )
    season = SimpleNamespace(
        table=table,
        presence=SimpleNamespace(municipalities=months, records=()),
        points=pd.DataFrame({"point_id": [point, "altro"], "cost_eur": [650.0, 99.0]}),
        summary=lambda: "Due sedi stagionali <proposte>.",
    )
    stops = pd.DataFrame(
        [
            {
                "van": van,
                "point_id": "p",
                "date": day,
                "weekday": "Tu",
                "place_id": place,
                "istat_code": code,
                "municipality": "Isola del Giglio" if code == ISLAND else "Aulla",
                "locality": "Giglio <Porto>" if code == ISLAND else "Aulla",
                "lat": 42.36 if code == ISLAND else 44.2,
                "lon": 10.92 if code == ISLAND else 9.97,
                "arrive": "08:50",
                "depart": "12:00",
                "setup_min": 15.0,
                "pattern": "weekly",
                "note": None,
                "adults_served": adults,
            }
            for van, day, code, place, adults in STOPS
        ]
    )
    tours = SimpleNamespace(
        stops=stops,
        coverage=pd.DataFrame({"istat_code": [ISLAND, "045001"], "adults_gained": [300, 900]}),
        van_figures=pd.DataFrame({"van": ["Blu", "Rosso"], "cost_eur": [39_000.0, 50_000.0]}),
        params={"first_day": "2025-07-01", "last_day": "2025-07-28"},
        vans=(1, 2),
        cost_per_person_eur=None,
        people_unserved=1_200,
        worth=SimpleNamespace(people=1_200),
        obvious=SimpleNamespace(people=900),
    )
    whole = replace(plan, season=season, tours=tours)
    return list_for(whole, find_grounds(plan.network, ["Grosseto"])[0])


def test_seasons_and_vans_are_those_of_the_territory(passing):
    season, tours = season_here(passing), tours_here(passing)
    (seat,) = season.seats
    assert seat[0] == "Giglio Porto, comune di Isola del Giglio"
    assert seat[1] == passing.plan.network.registry.points["point"].iloc[0]
    assert seat[2:] == ("luglio, agosto", "lunedì 9-12; sabato 9-12", "6", "4.321")
    assert season.presence[0] == ("gennaio", "1.300")
    assert season.presence[-1] == ("dicembre", "1.311")
    (stop,) = tours.stops
    assert stop[:4] == (
        *("Blu", "Giglio <Porto>, comune di Isola del Giglio", "martedì"),
        "09:05-12:00",
    )
    assert stop[5:] == ("01/07, 08/07", "300")
    assert "300 maggiorenni" in tours.gained
    costs = {row[0]: row[1:3] for row in costs_here(passing)}
    assert costs["Sedi stagionali"] == ("1", "650 €")
    assert costs["Furgoni che si fermano qui"] == ("1", "39.000 €")
    own = passing.table[passing.table["proposal"] == "proposed"]
    assert costs["Sedi proposte"] == (number(len(own)), euros(float(own["cost_eur"].sum())))


def test_the_page_holds_seasons_and_vans_escaped_and_on_the_map(passing):
    html = report_html(passing)
    text, reader = read(html)
    assert reader.asked == []
    assert "Due sedi stagionali <proposte>." in text
    assert "&lt;proposte&gt;" in html
    assert "Giglio <Porto>, comune di Isola del Giglio" in text
    assert explanations()["tour_stops"].title in text
    kinds = [symbol.kind for symbol in draw_report_map(passing).symbols]
    assert kinds.count("seat") == 1
    assert kinds.count("stop") == 1
    assert "sosta di un furgone" in text


@pytest.mark.parametrize("wish", ["Unione di Comuni Montana Lunigiana", "Unione Valdera"])
def test_a_union_has_a_report_of_its_own_municipalities(plan, wish):
    union = list_for(plan, find_grounds(plan.network, [wish])[0])
    text, _ = read(report_html(union))
    assert "(unione di comuni)" in text
    towns = plan.network.territory.municipalities.set_index("istat_code")["municipality"]
    assert 1 < len(union.ground.istat_codes) < 20
    for code in union.ground.istat_codes:
        assert towns[code] in text
    assert "Perché non da noi?" in text
    assert "Quanto costa, e chi paga?" in text


def test_every_municipality_has_a_site_or_a_reason_why_not(listing):
    told = why_not_here(listing)
    proposed = listing.table[listing.table["proposal"] == "proposed"]
    with_site = set(proposed["municipality"])
    assert set(told["municipality"]) | with_site == set(listing.coverage["municipality"])
    assert not with_site & set(told["municipality"])
    served = told[told["within_share"] == 1]
    assert set(served["answer"]) == {"Tutti i maggiorenni hanno già uno sportello vicino."}
    # Nobody is told that a place here brings nobody when it is only that the list ends before it.
    reaching = listing.runners_up
    brought = reaching.groupby("istat_code")["adults_gained"].max()
    codes = dict(zip(listing.coverage["municipality"], listing.coverage["istat_code"], strict=True))
    assert len(reaching) > MOST_RUNNERS_UP
    for row in told[told["within_share"] < 1].to_dict("records"):
        assert row["adults_gained"] == brought.get(codes[row["municipality"]], 0)
        is_bare = codes[row["municipality"]] not in brought.index
        assert row["answer"].startswith("Nessuna località candidata") == is_bare
    gaining = told[(told["adults_gained"] > 0) & (told["within_share"] < 1)]
    assert all(number(row["adults_gained"]) in row["answer"] for row in gaining.to_dict("records"))


def test_the_map_draws_the_territory_whole_and_nothing_outside_the_picture(listing):
    picture = draw_report_map(listing)
    own = [shape for shape in picture.shapes if shape.is_own]
    assert len(own) == len(listing.ground.istat_codes) == 28
    assert all(shape.colour for shape in own)
    for shape in picture.shapes:
        for x, y in re.findall(r"(-?[\d.e+]+),(-?[\d.e+]+)", shape.path):
            assert -1 <= float(x) <= WIDTH + 1
            assert -1 <= float(y) <= picture.height + 1
    sites = [one for one in picture.symbols if one.kind == "proposed"]
    proposed = listing.table[listing.table["proposal"] == "proposed"]
    assert [one.text for one in sites] == [str(rank) for rank in proposed["list_rank"]]
    northern = min(sites, key=lambda one: one.y)
    assert northern.name == proposed.loc[proposed["lat"].astype(float).idxmax(), "locality"]


def test_one_island_alone_is_drawn_and_explained(plan):
    listing = list_for(plan, find_grounds(plan.network, [ISLAND])[0])
    text, _ = read(report_html(listing))
    assert "nessuno sportello raggiungibile via strada" in text
    assert len([shape for shape in draw_report_map(listing).shapes if shape.is_own]) == 1


def test_what_people_typed_is_text(listing):
    typed = "<script>alert(1)</script>{{ 7 * 7 }}"
    ground = replace(listing.ground, name=typed)
    targets = listing.targets.assign(point=typed)
    html = report_html(replace(listing, ground=ground, targets=targets))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7 * 7 }}" in html


def test_the_same_list_gives_the_same_file(listing, html, tmp_path):
    write_report(listing, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == html
