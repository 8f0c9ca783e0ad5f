"""Open data beside the site: true, valid by the field's own readers, and text stays text."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import icalendar
import pandas as pd
import pyshacl
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.namespace import DCAT, RDF

from capillare.geo.hours import ROME
from capillare.geo.points.stops import read_stops, visits
from capillare.geo.publication_rules import PublicationRules
from capillare.geo.schema import STOPS
from capillare.planning.scenario import Scenario
from capillare.publish.site import open_data
from capillare.publish.site.catalogue import catalogue, catalogue_files
from capillare.publish.site.openings import HORIZON_DAYS, OpenSpan, open_spans
from capillare.publish.site.sitemap import crawler_files
from capillare.publish.site.structured_data import embedded, structured_data
from capillare.publish.site.weekly_pattern import periods
from capillare.views.registry.browse import _stops_calendar
from tests.publish.site_network import AS_OF, small_network

ROOT = "https://sportelli.example.it/pdf/"
KNOWN = PublicationRules(ROOT, "Regione di prova", "r_prova", "dati@example.it")
SHAPES = Path(__file__).with_name("dcat_ap_it.ttl")
PAYLOADS = (
    "</script><script>alert(1)</script>",
    "<!-- <script> -->",
    "\"'`${alert(1)}`\\u003c",
    "=cmd|' /C calc'!A0",
    "a\u202eb\u2066c\u200f",
    "riga\r\nBEGIN:VEVENT\r\nSUMMARY:falso",
    "x" * 10_000,
    "\u2028\u2029&amp;",
)
VAN = {"desk_id": "van", "kind": "mobile", "name": "Furgone", "is_to_be_confirmed": False}
STOP = {
    "stop_id": "s1", "desk_id": "van", "istat_code": "090002", "locality": "Piazza", "lat": 43.5,
    "lon": 11.2, "position_basis": "given", "starts_on": "2026-01-05", "weekday": "Mo",
    "from_time": "09:00", "to_time": "12:00",
}  # fmt: skip


def network_of(tiny, policy, *rows, stops=(), publication=None):
    network = small_network(list(rows), tiny, policy)
    network.registry.stops = STOPS.check(pd.DataFrame(list(stops), columns=STOPS.names))
    network.policy = replace(network.policy, publication=publication or PublicationRules())
    return network


def open_data_files(network):
    return open_data.open_data_files(network, structured_data(network))


def node_of(network, desk_id="desk-1"):
    return json.loads(structured_data(network)[desk_id])


CONFIRMED = {"opening_hours": "Mo-Fr 09:00-13:00; PH off", "is_to_be_confirmed": False,
             "hours_basis": "stated"}  # fmt: skip


def test_a_desk_is_a_government_service_with_hours_and_their_validity(tiny, policy):
    row = {**CONFIRMED, "phone": "0571 1", "email": "a@b.it", "booking_url": "https://x.it/p",
           "languages": "it;en", "address": "Via Roma 1", "position_basis": "given"}  # fmt: skip
    node = node_of(network_of(tiny, policy, row, publication=KNOWN))
    assert node["@context"] == "https://schema.org"
    assert node["@type"] == "GovernmentService"
    assert node["url"] == f"{ROOT}sportelli/desk-1.html"
    (channel,) = node["availableChannel"]
    assert channel["servicePhone"]["telephone"] == "05711"
    assert channel["availableLanguage"] == ["it", "en"]
    place = channel["serviceLocation"]
    assert place["address"]["streetAddress"] == "Via Roma 1"
    assert place["geo"]["latitude"] == pytest.approx(tiny.municipalities["lat"].iloc[0], abs=1e-5)
    weekly, *days = place["openingHoursSpecification"]
    assert weekly == {
        "@type": "OpeningHoursSpecification",
        "opens": "09:00",
        "closes": "13:00",
        "validFrom": "2026-03-02",
        "validThrough": "2027-04-05",
        "dayOfWeek": [f"https://schema.org/{day}day" for day in
                      ("Mon", "Tues", "Wednes", "Thurs", "Fri")],
    }  # fmt: skip
    shut = {day["validFrom"] for day in days}
    assert {"2026-04-06", "2026-06-02", "2026-12-25", "2027-01-01"} <= shut
    assert all(day["opens"] == day["closes"] == "00:00" for day in days)


def test_nothing_is_said_that_is_not_known(tiny, policy):
    to_confirm = {**CONFIRMED, "is_to_be_confirmed": True}
    network = network_of(tiny, policy, to_confirm, {"phone": "chiedere a Rita"})
    for desk_id in ("desk-1", "desk-2"):
        text = structured_data(network)[desk_id]
        assert "openingHours" not in text
        assert "geo" not in text
        assert "http" not in text.replace("https://schema.org", "")
        assert "telephone" not in text
    assert set(open_data_files(network)) == {
        "desks.csv", "desks.geojson", "desks.jsonld", "stops.csv", "stops.ics",
    }  # fmt: skip


def test_a_desk_ends_with_its_validity(tiny, policy):
    row = {**CONFIRMED, "valid_to": "2026-06-30"}
    (channel,) = node_of(network_of(tiny, policy, row))["availableChannel"]
    hours = channel["serviceLocation"]["openingHoursSpecification"]
    opened = [entry for entry in hours if entry["opens"] != entry["closes"]]
    assert max(entry["validThrough"] for entry in opened) <= "2026-07-05"
    last_week = hours[-1]
    assert last_week["validFrom"] >= "2026-06-29"


def test_a_van_is_where_it_stops(tiny, policy):
    node = node_of(network_of(tiny, policy, VAN, stops=[STOP]), "van")
    (channel,) = node["availableChannel"]
    place = channel["serviceLocation"]
    assert place["name"] == "Piazza, Comune 2"
    first = place["openingHoursSpecification"][0]
    assert (first["validFrom"], first["opens"], first["closes"]) == ("2026-03-02", "09:00", "12:00")


def minutes_said(told, first, n_days):
    """Openings of each day, read back from periods as a consumer would."""
    days = {}
    for number in range(n_days):
        day = first + timedelta(days=number)
        for period in told:
            if period.first <= day <= period.last:
                days[number] = dict(period.exceptions).get(day, period.week[day.weekday()])
    return [days.get(number, ()) for number in range(n_days)]


HOURS = [
    "Mo-Fr 09:00-13:00; PH off",
    "Tu 09:00-13:00,15:00-18:00; Sa[1] 09:00-12:00",
    "Jun-Sep We-Fr 16:00-20:00; PH off",
    "week 1-53/2 We 09:00-12:00",
    "24/7",
    "Dec 24 09:00-12:00",
    "Mo-Su 22:00-02:00",
]


@pytest.mark.parametrize("hours", HOURS)
@pytest.mark.parametrize("first", [date(2026, 3, 2), date(2026, 12, 31), date(2026, 8, 12)])
def test_periods_say_the_same_as_the_hours_day_by_day(hours, first):
    spans = open_spans(hours, first)
    wanted = [()] * HORIZON_DAYS
    for span in sorted(spans):
        wanted[span.day] = (*wanted[span.day], (span.opens, span.closes))
    told = periods(spans, first, HORIZON_DAYS)
    assert minutes_said(told, first, HORIZON_DAYS) == wanted
    if hours == HOURS[0]:
        assert len(told) <= 4


@settings(max_examples=60)
@given(
    st.sets(st.tuples(st.integers(0, 59), st.sampled_from([540, 900])), max_size=60),
    st.dates(date(2024, 1, 1), date(2028, 1, 1)),
)
def test_periods_say_any_openings_exactly(opened, first):
    spans = [OpenSpan(day, opens, opens + 60) for day, opens in opened]
    wanted = [
        tuple((o, o + 60) for o in (540, 900) if (number, o) in opened) for number in range(60)
    ]
    assert minutes_said(periods(spans, first, 60), first, 60) == wanted


RULES = [
    {},
    {"every_n_weeks": 2, "exceptions": "2026-03-30"},
    {"week_of_month": -1, "weekday": "Fr"},
    {"week_of_month": 2, "weekday": "We", "on_holidays": True},
    {"weekday": None, "starts_on": "2026-04-06"},
    {"ends_on": "2026-04-30", "weekday": "Sa"},
]


def days_of(event):
    """The days that a calendar shows for an event, found by the rules of RFC 5545."""
    start = event.decoded("dtstart")
    if "rrule" not in event:
        return {start}
    rule = event["rrule"]
    until = rule["until"][0]
    skipped = event.get("exdate", [])
    skipped = skipped if isinstance(skipped, list) else [skipped]
    off = {entry.dt for entries in skipped for entry in entries.dts}
    days, day = set(), start
    (byday,) = rule["byday"]
    while day <= until:
        weekday = icalendar.vWeekday.week_days[str(byday)[-2:]]
        is_day = (day.isoweekday() % 7) == weekday
        if rule["freq"] == ["MONTHLY"]:
            nth = int(str(byday)[:-2])
            before = (day.day - 1) // 7 + 1
            is_day &= before == nth if nth > 0 else (day + timedelta(days=7)).month != day.month
        else:
            is_day &= (day.date() - start.date()).days % (7 * rule["interval"][0]) == 0
        if is_day and day not in off:
            days.add(day)
        day = datetime.combine(day.date() + timedelta(days=1), start.time(), ROME)
    return days


@pytest.mark.parametrize("rule", RULES)
def test_the_calendar_holds_the_days_of_the_stops(tiny, policy, rule):
    network = network_of(tiny, policy, VAN, stops=[{**STOP, **rule}], publication=KNOWN)
    read = icalendar.Calendar.from_ical(open_data_files(network)["stops.ics"])
    (event,) = read.walk("VEVENT")
    until = AS_OF + timedelta(days=HORIZON_DAYS - 1)
    listed = visits(read_stops(network.registry.stops), AS_OF, until)
    assert days_of(event) == set(listed["opens"])
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=3)
    assert str(event["location"]) == "Piazza, Comune 2"
    assert event["dtstart"].params["TZID"] == "Europe/Rome"
    assert str(read.walk("VTIMEZONE")[0]["tzid"]) == "Europe/Rome"
    assert str(event["url"]) == f"{ROOT}sportelli/van.html"


def test_the_planner_s_registry_hands_the_stops_over_with_where_they_come_from(tiny, policy):
    without = network_of(tiny, policy, VAN, publication=KNOWN)
    assert _stops_calendar(without) == []
    network = network_of(tiny, policy, VAN, stops=[{**STOP, **RULES[0]}], publication=KNOWN)
    network.scenario = Scenario(as_of=AS_OF)
    (offered,) = _stops_calendar(network)
    assert offered.file_name == f"stops_{AS_OF}.ics"
    read = icalendar.Calendar.from_ical(offered.write())
    assert "Scenario: " in read["x-wr-caldesc"]
    assert "Registro di prova (2025-11-21)" in read["x-wr-caldesc"]
    published = icalendar.Calendar.from_ical(open_data_files(network)["stops.ics"])
    assert [event.to_ical() for event in read.walk("VEVENT")] == [
        event.to_ical() for event in published.walk("VEVENT")
    ]


def test_stops_that_are_over_or_of_no_desk_in_service_are_not_in_the_calendar(tiny, policy):
    over = {**STOP, "ends_on": "2026-01-31"}
    shut = {**STOP, "stop_id": "s2", "desk_id": "chiuso"}
    closed = {**VAN, "desk_id": "chiuso", "is_in_service": False}
    network = network_of(tiny, policy, VAN, closed, stops=[over, shut])
    assert b"VEVENT" not in open_data_files(network)["stops.ics"]


def test_the_catalogue_meets_the_mandatory_shapes(tiny, policy):
    network = network_of(tiny, policy, {}, publication=KNOWN)
    for path, syntax in (("catalog.ttl", "turtle"), ("catalog.rdf", "xml")):
        graph = Graph().parse(data=catalogue_files(network)[path], format=syntax)
        conforms, _, said = pyshacl.validate(graph, shacl_graph=Graph().parse(SHAPES))
        assert conforms, said
        addresses = {str(url) for url in graph.objects(None, DCAT.downloadURL)}
        files = open_data_files(network)
        assert {url.removeprefix(ROOT) for url in addresses} <= set(files)
        assert len(addresses) == 5


def test_the_shapes_refuse_a_catalogue_that_lacks_any_mandatory_property(tiny, policy):
    whole = catalogue(network_of(tiny, policy, {}, publication=KNOWN))
    shapes = Graph().parse(SHAPES)
    needed = set(shapes.query(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?c ?p WHERE "
        "{ ?s sh:targetClass ?c ; sh:property [ sh:path ?p ; sh:minCount 1 ] }"
    ))  # fmt: skip
    assert len(needed) == 23
    for kind, name in needed:
        spoiled = Graph()
        spoiled += whole
        for node in whole.subjects(RDF.type, kind):
            spoiled.remove((node, name, None))
        assert not pyshacl.validate(spoiled, shacl_graph=shapes)[0], (kind, name)


@pytest.mark.parametrize("field", ["base_url", "publisher", "publisher_id", "contact_email"])
def test_without_publisher_or_address_no_catalogue_is_made_up(tiny, policy, field):
    network = network_of(tiny, policy, {}, publication=replace(KNOWN, **{field: ""}))
    assert catalogue_files(network) == {}


def test_crawlers_are_told_of_pages_only_where_they_are():
    paths = ["index.html", "en/index.html", "sportelli/a&b.html", "404.html", "desks.csv"]
    files = crawler_files(paths, ROOT, AS_OF)
    tree = fromstring(files["sitemap.xml"])
    said = [node.text for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert said == [f"{ROOT}en/", ROOT, f"{ROOT}sportelli/a&b.html"]
    assert f"Sitemap: {ROOT}sitemap.xml" in files["robots.txt"].decode()
    without = crawler_files(paths, "", AS_OF)
    assert set(without) == {"robots.txt"}
    assert b"Sitemap" not in without["robots.txt"]


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_what_people_typed_is_text_in_every_file(tiny, policy, payload):
    texts = ("name", "locality", "address", "phone", "email", "booking_url", "services", "note")
    row = {**dict.fromkeys(texts, payload), "desk_id": "desk-1"}
    stop = {**STOP, "locality": payload, "address": payload}
    network = network_of(tiny, policy, row, {**VAN, "name": payload, "phone": payload},
                         stops=[stop], publication=KNOWN)  # fmt: skip
    for text in structured_data(network).values():
        assert not set("<>&\u2028\u2029") & set(text)
    assert node_of(network)["name"] == payload
    files = open_data_files(network)
    assert json.loads(files["desks.geojson"])["features"][0]["properties"]["name"] == payload
    assert len(json.loads(files["desks.jsonld"])["@graph"]) == 2
    read = icalendar.Calendar.from_ical(files["stops.ics"])
    (event,) = read.walk("VEVENT")
    assert "falso" not in str(event.get("summary", "")).split(":")[0] or "riga" in event["summary"]
    for line in files["stops.ics"].split(b"\r\n"):
        assert len(line) <= 75
    rows = list(csv.DictReader(io.StringIO(files["desks.csv"].decode(), newline="")))
    assert len(rows) == 2
    written = rows[0]["name"]
    assert written in (payload, f"'{payload}")
    assert written[0] not in "=+-@\t\r"


@given(st.text(max_size=30))
def test_embedded_json_is_the_same_text(text):
    assert json.loads(embedded({"a": text})) == {"a": text}


def test_the_same_network_gives_the_same_bytes(tiny, policy):
    one, two = (
        open_data_files(network_of(tiny, policy, CONFIRMED, VAN, stops=[STOP], publication=KNOWN))
        for _ in range(2)
    )
    assert one == two
