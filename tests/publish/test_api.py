"""The interface: its answers against plain loops, its limits, and whatever a stranger may send."""

from __future__ import annotations

import gzip
import http.client
import json
import logging
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import brotli
import jsonschema
import numpy as np
import pandas as pd
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from capillare.geo.errors import SourceError
from capillare.geo.schema import DESKS, STOPS
from capillare.geo.travel import landmass_at, read_estimate, spots_of
from capillare.geo.travel.arrivals import Arrivals
from capillare.publish.api.index import read_index
from capillare.publish.api.openapi import openapi
from capillare.publish.site.open_data import desks_geojson, stops_csv
from capillare.publish.site.serve import LOG, site_app
from tests.publish.site_network import AS_OF, small_network
from tests.publish.site_server import served

PAYLOADS = (
    "<script>alert(1)</script>", "\"'`${1}", "../../etc/passwd", "%00", "a\u202eb", "x" * 3000,
    "=1+1", "\ud83d\ude00", "-" * 50, "1e999", "nan",
)  # fmt: skip
NEAR_FLORENCE = [
    {"desk_id": f"d{n}", "name": f"Sportello {n}", "istat_code": "048017", "lat": 43.75 + n / 50,
     "lon": 11.2 + n / 40, "position_basis": "given"}
    for n in range(6)
]  # fmt: skip
OPEN = {"opening_hours": "Mo-Fr 09:00-13:00; PH off", "is_to_be_confirmed": False}
DETAILS = (
    {**OPEN, "services": "SPID;CIE", "network": "pdf"},
    {**OPEN, "is_to_be_confirmed": True},
    {"services": "Fascicolo sanitario", "network": "bottega_salute"},
    {**OPEN, "opening_hours": "Tu 15:00-18:00", "valid_to": "2026-04-01"},
    {"note": "</script>"},
    {"kind": "mobile", "name": "Furgone", "is_to_be_confirmed": False},
)
STOP = {
    "stop_id": "s1", "desk_id": "d5", "istat_code": "048017", "lat": 43.9, "lon": 11.4,
    "position_basis": "given", "starts_on": "2026-01-05", "weekday": "Mo",
    "from_time": "09:00", "to_time": "12:00",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tuscany, policy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("api") / "site"
    folder.mkdir()
    rows = [{**place, **more} for place, more in zip(NEAR_FLORENCE, DETAILS, strict=True)]
    network = small_network(rows, tuscany, policy)
    network.registry.stops = STOPS.check(pd.DataFrame([STOP]))
    (folder / "index.html").write_text("<p>casa</p>")
    (folder / "404.html").write_text("<p>Pagina non trovata</p>")
    (folder / "desks.geojson").write_text(desks_geojson(network), encoding="utf-8")
    (folder / "stops.csv").write_text(stops_csv(network), encoding="utf-8", newline="")
    return folder


class Reply(NamedTuple):
    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self):
        return self.content.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.content)


class Client:
    """Asks a server for paths exactly as they are written."""

    def __init__(self, origin):
        self.origin = origin

    def request(self, method, path, headers=None):
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=20)
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        reply = Reply(response.status, names, response.read())
        connection.close()
        return reply

    def get(self, path, headers=None):
        return self.request("GET", path, headers)


@pytest.fixture(scope="module")
def client(folder):
    with served(site_app(folder, today=lambda: AS_OF)) as origin:
        yield Client(origin)


@pytest.mark.parametrize(
    ("accepted", "coding", "unpack"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.3", "gzip", gzip.decompress),
        ("gzip;q=0, br;q=0", None, bytes),
    ],
)
def test_answers_come_in_the_coding_that_is_preferred(client, accepted, coding, unpack):
    plain = client.get("/api/desks")
    assert "content-encoding" not in plain.headers
    packed = client.get("/api/desks", {"Accept-Encoding": accepted})
    assert packed.headers.get("content-encoding") == coding
    assert int(packed.headers["content-length"]) == len(packed.content)
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert unpack(packed.content) == plain.content


@pytest.fixture(scope="module")
def ask(client):
    def answer(path="/api/desks", **asked):
        response = client.get(f"{path}?{urlencode(asked)}" if asked else path)
        assert response.status_code == 200, response.text
        return response.json()

    return answer


def ids(answer):
    return [desk["desk_id"] for desk in answer["desks"]]


def test_every_desk_is_listed_with_its_place(ask):
    answer = ask()
    assert ids(answer) == [f"d{n}" for n in range(6)]
    assert (answer["total"], answer["next"], answer["as_of"]) == (6, None, "2026-03-02")
    assert (answer["desks"][1]["lat"], answer["desks"][1]["lon"]) == (43.77, 11.225)
    van = answer["desks"][5]
    assert (van["lat"], van["lon"]) == (43.9, 11.4)
    assert van["stop"]["next_dates"] == ["2026-03-02", "2026-03-09", "2026-03-16"]


def test_desks_come_and_go_with_their_validity_without_a_new_build(tuscany, policy, tmp_path):
    row = {**NEAR_FLORENCE[0], **OPEN}
    summer = {"valid_from": "2026-06-01", "valid_to": "2026-09-15", "is_in_service": False}
    rows = [{**row, "valid_to": "2026-06-30"}, {**row, **summer, "desk_id": "summer"}]
    network = small_network(rows, tuscany, policy)
    for name in ("index.html", "404.html"):
        (tmp_path / name).write_text("<p>casa</p>")
    (tmp_path / "desks.geojson").write_text(desks_geojson(network), encoding="utf-8")
    (tmp_path / "stops.csv").write_text(stops_csv(network), encoding="utf-8", newline="")
    days = [date(2026, 1, 1)]  # a clock behind the site's day shows that day
    with served(site_app(tmp_path, today=lambda: days[-1])) as origin:
        client = Client(origin)
        for today, there in (
            (days[0], ["d0"]), (date(2026, 5, 31), ["d0"]), (date(2026, 6, 1), ["d0", "summer"]),
            (date(2026, 7, 1), ["summer"]), (date(2026, 9, 16), []),
        ):  # fmt: skip
            days.append(today)
            answer = client.get("/api/desks").json()
            assert ids(answer) == there
            assert answer["in_service_on"] == max(today, AS_OF).isoformat()
            assert all(desk["is_in_service"] for desk in answer["desks"])
            one = client.get("/api/desks/summer").json()
            assert one["is_in_service"] == ("summer" in there)
        asked = client.get("/api/desks?open_at=2026-07-06T10:00").json()
        assert ids(asked) == ["summer"]
        assert ids(client.get("/api/desks?open_at=2026-05-25T10:00").json()) == ["d0"]


def test_pages_follow_each_other_to_the_end(client):
    found, address = [], "desks?limit=2&network=pdf"
    while address:
        answer = client.get(f"/api/{address}").json()
        found += ids(answer)
        assert len(answer["desks"]) <= 2
        address = answer["next"]
    assert found == ["d0", "d1", "d3", "d4", "d5"]


FILTERS = [
    ({"service": "spid"}, ["d0"]),
    ({"service": "fascicolo SANITARIO"}, ["d2"]),
    ({"network": "bottega_salute,other"}, ["d2"]),
    ({"municipality": "firenze"}, [f"d{n}" for n in range(6)]),
    ({"municipality": "048017", "service": "CIE"}, ["d0"]),
    ({"municipality": "052032"}, []),
    ({"bbox": "11.2,43.75,11.225,43.77"}, ["d0", "d1"]),
    ({"bbox": "11.39,43.89,11.41,43.91"}, ["d5"]),
    ({"bbox": "0,0,1,1"}, []),
    # A Tuesday in the hours of d0 and d3; d1 is to be confirmed, d2 and d4 have no hours.
    ({"open_at": "2026-03-03T10:00"}, ["d0"]),
    ({"open_at": "2026-03-03T15:00"}, ["d3"]),
    ({"open_at": "2026-03-03T14:00:00Z"}, ["d3"]),
    ({"open_at": "2026-04-07T15:00"}, []),
    ({"open_at": "2026-06-02T10:00"}, []),
    ({"open_at": "2026-03-09T09:00"}, ["d0", "d5"]),
    ({"open_at": "2026-03-09T12:00"}, ["d0"]),
    ({"open_at": "2026-03-09T09:00", "bbox": "11.39,43.89,11.41,43.91"}, ["d5"]),
]


@pytest.mark.parametrize(("asked", "wanted"), FILTERS)
def test_conditions(ask, asked, wanted):
    assert ids(ask(**asked)) == wanted


def test_nearest_first_by_distance(ask):
    answer = ask(near="43.80,11.25")
    away = [desk["distance_m"] for desk in answer["desks"]]
    assert ids(answer)[0] == "d2"
    assert away == sorted(away)
    by_hand = 1000 * np.hypot((43.80 - 43.79) * 111.1, 0)
    assert away[0] == pytest.approx(by_hand, rel=0.01)


def test_minutes_are_the_product_s_own(ask):
    answer = ask(near="43.80,11.25", within_min=30)
    assert answer["travel"] == {"mode": "car", "basis": "estimated"}
    travel, _ = read_estimate("09")
    origin = pd.DataFrame({"i": ["o"], "lat": [43.80], "lon": [11.25]})
    every = ask()["desks"]
    ends = pd.DataFrame([{"i": d["desk_id"], "lat": d["lat"], "lon": d["lon"]} for d in every])
    spots = [
        spots_of(f.assign(landmass=landmass_at(f, id_column="i", table="t")), id_column="i")
        for f in (origin, ends)
    ]
    pairs = travel.pairs(*spots, max_min=30)
    wanted = dict(zip(ends["i"].iloc[pairs.destination], pairs.travel_min, strict=True))
    found = {desk["desk_id"]: desk["travel_min"] for desk in answer["desks"]}
    assert found == wanted
    assert list(found.values()) == sorted(found.values())
    least = min(found.values())
    assert ids(ask(near="43.80,11.25", within_min=least)) == [ids(answer)[0]]


def test_arrivals_say_what_pairs_do_from_anywhere(tuscany):
    travel, _ = read_estimate("09")
    towns = tuscany.places.iloc[::15]
    ends = spots_of(towns, id_column="place_id")
    arrivals = Arrivals(travel, ends, max_min=45)
    rng = np.random.default_rng(7)
    for row in rng.choice(len(tuscany.places), 12, replace=False):
        start = tuscany.places.iloc[[row]]
        moved = start.assign(lat=start["lat"] + rng.normal() / 100 * (row % 2))
        origin = spots_of(moved, id_column="place_id")
        wanted = np.full(len(ends), np.inf)
        pairs = travel.pairs(origin, ends, max_min=45)
        wanted[pairs.destination] = pairs.travel_min
        np.testing.assert_array_equal(arrivals.minutes_from(origin), wanted)


def test_geojson_holds_the_same_desks(client, ask):
    response = client.get("/api/desks?format=geojson&near=43.8,11.25&within_min=20")
    assert response.headers["content-type"] == "application/geo+json"
    features = response.json()["features"]
    plain = ask(near="43.8,11.25", within_min=20)["desks"]
    assert [f["id"] for f in features] == [desk["desk_id"] for desk in plain]
    assert features[0]["geometry"]["coordinates"] == [plain[0]["lon"], plain[0]["lat"]]


def test_one_desk(client, ask):
    desk = ask("/api/desks/d5")
    assert [stop["stop_id"] for stop in desk["stops"]] == ["s1"]
    missing = client.get("/api/desks/nessuno")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"


BAD = [
    ("near=43.8", ["near"]), ("near=91,11", ["near"]), ("near=a,b", ["near"]),
    ("near=43.8,11.2,1", ["near"]), ("near=nan,11", ["near"]), ("near=0,0&within_min=10", ["near"]),
    ("within_min=10", ["within_min"]), ("near=43,11&within_min=0", ["within_min"]),
    ("near=43,11&within_min=1e9", ["within_min"]), ("bbox=1,2,3", ["bbox"]),
    ("bbox=12,43,11,44", ["bbox"]), ("open_at=ieri", ["open_at"]),
    ("open_at=2026-02-31T10:00", ["open_at"]), ("open_at=2030-01-01T10:00", ["open_at"]),
    ("open_at=0001-01-01T00:00%2B14:00", ["open_at"]), ("network=pdff", ["network"]),
    ("limit=0", ["limit"]), ("limit=201", ["limit"]), ("limit=%D9%A1", ["limit"]),
    ("offset=-1", ["offset"]), ("offset=100001", ["offset"]), ("format=xml", ["format"]),
    ("service=", ["service"]), ("service=" + "a" * 101, ["service"]),
    ("limit=5&limit=6", ["limit"]), ("lmit=5&near=x", ["lmit", "near"]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "parameters"), BAD)
def test_a_bad_parameter_is_named(client, asked, parameters):
    response = client.get(f"/api/desks?{asked}")
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["title"], problem["status"]) == ("Bad Request", 400)
    assert [fault["parameter"] for fault in problem["errors"]] == parameters
    assert all(fault["detail"] for fault in problem["errors"])


def test_the_nearest_parameter_is_asked_for(client):
    (fault,) = client.get("/api/desks?servce=a").json()["errors"]
    assert fault["detail"] == "unknown parameter. Did you mean 'service'?"


def test_headers(client, folder):
    response = client.get("/api/desks")
    assert "unsafe" not in response.headers["content-security-policy"]
    assert "access-control-allow-origin" not in response.headers
    assert response.headers["cache-control"] == "public, max-age=60"
    again = client.get("/api/desks", headers={"if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    private = client.get("/api/desks?near=43.8,11.2")
    assert private.headers["cache-control"] == "no-store"
    assert client.get("/api/nulla").status_code == 404
    assert client.get("/api/desks?x=" + "a" * 3000).status_code == 414
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        refused = client.request(method, "/api/desks")
        assert refused.status_code == 405
    with served(site_app(folder, cors="https://pagine.example.it")) as origin:
        other = Client(origin)
        headers = other.get("/api/desks?limit=0").headers
        assert headers["access-control-allow-origin"] == "https://pagine.example.it"
        assert "origin" in headers["vary"].lower()
        assert "access-control-allow-origin" not in other.get("/").headers


def test_the_log_says_nothing_of_where_anybody_is(folder, caplog):
    with caplog.at_level(logging.INFO), served(site_app(folder, has_log=True)) as origin:
        client = Client(origin)
        client.get("/api/desks?near=43.81234,11.25678&within_min=10")
        client.get("/api/desks?near=99,11.25678")
    lines = [record.getMessage() for record in caplog.records if record.name == LOG.name]
    assert [line.rsplit(" ", 3)[0] for line in lines] == ["GET /api/desks"] * 2
    said = " ".join(record.getMessage() for record in caplog.records)
    assert "43.8" not in said
    assert "11.2" not in said


def test_the_document_is_true_to_the_answers(client):
    document = client.get("/api/openapi.json").json()
    assert document == json.loads(json.dumps(openapi()))
    names = set(document["components"]["schemas"]["Desk"]["properties"])
    assert set(DESKS.names) <= names
    for asked, name in (
        ("", "Page"),
        ("near=43.8,11.25&within_min=30&open_at=2026-03-09T09:00", "Page"),
        ("format=geojson&near=43.8,11.25", "Collection"),
        ("limit=0", "Problem"),
    ):
        schema = {"$ref": f"#/components/schemas/{name}", **document}
        jsonschema.validate(
            client.get(f"/api/desks?{asked}").json(),
            schema,
            cls=jsonschema.Draft202012Validator,
        )


@pytest.fixture(scope="module")
def fuzzed(client):
    return schemathesis.openapi.from_url(f"{client.origin}/api/openapi.json")


@pytest.mark.parametrize("path", ["/api/desks", "/api/desks/{desk_id}", "/api/openapi.json"])
def test_whatever_is_asked_is_answered_as_described(fuzzed, path):
    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=fuzzed[path]["GET"].as_strategy())
    def ask_and_check(case):
        response = case.call()
        assert response.status_code in {200, 400, 404, 414}
        # That within_min needs near, or which days are known, no schema of a parameter can say.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    ask_and_check()


TEXTS = st.text(max_size=40) | st.sampled_from(PAYLOADS)
NAMES = st.sampled_from(
    ["open_at", "near", "within_min", "service", "bbox", "network", "municipality", "limit",
     "offset", "format", "x"]
)  # fmt: skip


@settings(max_examples=80, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.tuples(NAMES, TEXTS), max_size=4))
def test_no_parameter_breaks_the_interface(client, asked):
    encoded = urlencode(asked, errors="surrogatepass")
    response = client.get(f"/api/desks?{encoded}")
    assert response.status_code in {200, 400, 414}
    json.loads(response.text)


@settings(max_examples=60, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.sampled_from(["..", "%2e%2e", "%2f", "/", "etc", "passwd", "\\", "%5c", "%00",
                                 "api", "desks", "secret.txt", "é", "%ff", " "]), max_size=6))  # fmt: skip
def test_no_path_leads_outside_or_breaks_the_server(client, folder, parts):
    (folder.parent / "secret.txt").write_text("segreto")
    path = "/" + "".join(parts).replace("é", "%c3%a9").replace(" ", "%20")
    response = client.get(path)
    assert response.status_code in {200, 307, 400, 404}
    assert "segreto" not in response.text
    assert "root:" not in response.text


def test_a_folder_without_open_data_is_named(tmp_path):
    with pytest.raises(SourceError, match="no open data of this version"):
        read_index(tmp_path)
