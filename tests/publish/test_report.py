"""The printable report of a coordinator's territory."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from capillare.geo.numerals import number
from capillare.planning.coordinators import find_grounds, list_for
from capillare.publish.report import report_html, write_report
from capillare.publish.report.answers import why_not_here
from capillare.publish.report.print_map import WIDTH, draw_report_map

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


def test_every_municipality_has_a_site_or_a_reason_why_not(listing):
    told = why_not_here(listing)
    proposed = listing.table[listing.table["proposal"] == "proposed"]
    with_site = set(proposed["municipality"])
    assert set(told["municipality"]) | with_site == set(listing.coverage["municipality"])
    assert not with_site & set(told["municipality"])
    served = told[told["within_share"] == 1]
    assert set(served["answer"]) == {"Tutti i maggiorenni hanno già uno sportello vicino."}
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
