from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from capillare import __version__
from capillare.geo.errors import ConfigError, SourceError
from capillare.geo.places import Territory
from capillare.geo.population import read_territory
from capillare.geo.sources import download as download_room
from capillare.geo.sources.catalogue import find_source, read_catalogue
from capillare.geo.sources.download import Manners, download
from capillare.geo.sources.fetching import fetch_source, read_origin
from tests.geo.posas import posas_text, write_posas
from tests.geo.publisher import Answer, Publisher, a_publisher, free_port
from tests.geo.test_inner_areas import DPCOE_HEADER, ISTAT_HEADER, write_inner_areas
from tests.geo.test_travel import INNER_AREAS_FILE, needs_official

QUICK = Manners(pace_s=0.0, retries=2, backoff_s=0.0, connect_s=2.0, read_s=0.3, total_s=5.0)
PEOPLE = {"048017": {20: (3, 4), 70: (5, 6)}}


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with a_publisher() as server:
        yield server


@pytest.fixture
def posas(tmp_path: Path) -> bytes:
    path = write_posas(tmp_path / "POSAS_2026_it_Comuni.zip", posas_text(PEOPLE))
    return path.read_bytes()


def _population(folder: Path, url: str, **kwargs: object):
    options = {"manners": QUICK} | kwargs
    return fetch_source(find_source("population"), folder, url=url, **options)


def test_the_catalogue_is_whole():
    sources = read_catalogue()
    names = [source.name for source in sources]
    assert len(names) == len(set(names)) == len({source.filename for source in sources})
    assert find_source("population").url.startswith("https://demo.istat.it/")
    for source in sources:
        assert source.filename_of("https://example.org/x") == source.filename
    with pytest.raises(ConfigError, match=r"'populaton': unknown.*Did you mean 'population'"):
        find_source("populaton")


def test_a_file_keeps_its_published_name_where_the_name_tells_something():
    source = find_source("population")
    url = "https://demo.istat.it/data/posas/POSAS_2027_it_046_Lucca.zip?x=1"
    assert source.filename_of(url) == "POSAS_2027_it_046_Lucca.zip"
    assert source.filename_of("https://demo.istat.it/..%2F..%2Fetc.zip") == source.filename


def test_a_new_file_is_put_in_place_with_its_origin(tmp_path, publisher: Publisher, posas: bytes):
    headers = {"ETag": '"v1"', "Last-Modified": "Fri, 30 Jan 2026 10:00:00 GMT"}
    url = publisher.says("/POSAS_2026_it_Comuni.zip", Answer(body=posas, headers=headers))
    seen: list[tuple[int, int | None]] = []
    fetched = _population(tmp_path / "data", url, progress=lambda *count: seen.append(count))
    assert fetched.state == "new"
    assert fetched.path.read_bytes() == posas
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "POSAS_2026_it_Comuni.zip",
        "POSAS_2026_it_Comuni.zip.origin.json",
    ]
    origin = json.loads((tmp_path / "data" / "POSAS_2026_it_Comuni.zip.origin.json").read_text())
    assert origin["sha256"] == hashlib.sha256(posas).hexdigest()
    assert (origin["url"], origin["etag"]) == (url, '"v1"')
    assert (origin["licence"], origin["n_bytes"]) == ("CC BY 4.0, ISTAT", len(posas))
    assert seen[-1] == (len(posas), len(posas))
    agent = publisher.requests[0][1]["User-Agent"]
    assert agent.startswith(f"capillare/{__version__}")


def test_what_was_fetched_is_used(tmp_path: Path, publisher: Publisher, posas: bytes):
    _population(tmp_path / "data", publisher.says("/p.zip", Answer(body=posas)))
    rows = read_territory("09", tmp_path / "data").municipalities.set_index("istat_code")
    assert rows.loc["048017", ["residents", "residents_on"]].tolist() == [18, "2026-01-01"]


def test_an_unchanged_file_is_not_downloaded_again(tmp_path, publisher: Publisher, posas: bytes):
    headers = {"ETag": '"v1"', "Last-Modified": "Fri, 30 Jan 2026 10:00:00 GMT"}
    url = publisher.says("/p.zip", Answer(body=posas, headers=headers), Answer(304))
    first = _population(tmp_path / "data", url)
    again = _population(tmp_path / "data", url)
    assert (again.state, again.origin.fetched_at) == ("unchanged", first.origin.fetched_at)
    asked = publisher.requests[1][1]
    assert asked["If-None-Match"] == '"v1"'
    assert asked["If-Modified-Since"] == headers["Last-Modified"]


def test_a_file_touched_by_hand_is_asked_for_whole(tmp_path, publisher: Publisher, posas: bytes):
    url = publisher.says("/p.zip", Answer(body=posas, headers={"ETag": '"v1"'}))
    path = _population(tmp_path / "data", url).path
    assert _population(tmp_path / "data", url).state == "unchanged"
    path.write_bytes(b"mine")
    assert _population(tmp_path / "data", url).state == "changed"
    assert ["If-None-Match" in headers for _, headers in publisher.requests] == [False, True, False]
    assert path.read_bytes() == posas


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_fault_that_passes_is_tried_again(tmp_path, publisher, posas: bytes, status: int):
    answers = (Answer(status), Answer(body=posas, cut_at=10), Answer(body=posas))
    url = publisher.says("/p.zip", *answers)
    assert _population(tmp_path / "data", url).path.read_bytes() == posas
    assert len(publisher.requests) == 3


def test_pauses_grow_and_the_server_may_ask_for_longer(tmp_path, publisher, posas, monkeypatch):
    pauses: list[float] = []
    monkeypatch.setattr(download_room.time, "sleep", pauses.append)
    answers = (
        Answer(503),
        Answer(503, headers={"Retry-After": "20"}),
        Answer(503),
        Answer(body=posas),
    )
    url = publisher.says("/p.zip", *answers)
    _population(tmp_path / "data", url, manners=Manners())
    assert pauses == [2.0, 20.0, 8.0]


GOOD = b"the file already there"
FAULTS = {
    "not found": ([Answer(404)], r"answered 404.*--url"),
    "forbidden": ([Answer(403)], "answered 403"),
    "unasked 304": ([Answer(304)], "answered 304"),
    "down": ([Answer(503)], r"answered 503.*tried 3 times"),
    "asks to wait too long": ([Answer(429, headers={"Retry-After": "900"})], "tried once"),
    "cut": ([Answer(body=b"x" * 1000, cut_at=400)], r"cut.*tried 3 times"),
    "stalls": ([Answer(body=b"x", stall_s=3.0)], r"no answer within 0\.3 seconds, tried 3 times"),
    "stops on the way": ([Answer(body=b"xy", drip_s=3.0)], r"stopped on the way, tried 3 times"),
    "drips": ([Answer(body=b"x" * 1000, drip_s=0.1)], "too slow"),
    "says it is too large": ([Answer(headers={"Content-Length": "61000000"})], "over 60 MB"),
    "a web page": ([Answer(body=b"<html>moved</html>")], "cannot be read"),
    "to a file": ([Answer(302, headers={"Location": "file:///etc/passwd"})], "neither http nor"),
    "to no server": (
        [Answer(302, headers={"Location": "data:text/csv,a"})],
        "neither http nor https",
    ),
    "round and round": ([Answer(301, headers={"Location": "/p.zip"})], "over 5 redirects"),
    "with a password": ([Answer(302, headers={"Location": "http://a:b@127.0.0.1/"})], "a password"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_the_file_already_there_stays(tmp_path, publisher: Publisher, fault):
    answers, sentence = FAULTS[fault]
    url = publisher.says("/p.zip", *answers)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "POSAS_2026_it_Comuni.zip").write_bytes(GOOD)
    manners = Manners(**{**vars(QUICK), "total_s": 1.0}) if fault == "drips" else QUICK
    with pytest.raises(SourceError, match=sentence) as found:
        _population(folder, url, manners=manners)
    assert "stays as it was" in str(found.value)
    assert [path.name for path in folder.iterdir()] == ["POSAS_2026_it_Comuni.zip"]
    assert (folder / "POSAS_2026_it_Comuni.zip").read_bytes() == GOOD


def test_more_than_allowed_is_not_read_even_if_not_announced(tmp_path, publisher: Publisher):
    body = b"x" * 300_000
    url = publisher.says("/f", Answer(body=body, has_length=False))
    with pytest.raises(SourceError, match=r"over 0\.2 MB"):
        download(url, tmp_path / "f", max_bytes=200_000, manners=QUICK)
    assert (tmp_path / "f").stat().st_size <= 200_000
    reply = download(url, tmp_path / "f", max_bytes=300_000, manners=QUICK)
    assert (reply.n_bytes, (tmp_path / "f").read_bytes()) == (300_000, body)


def test_nobody_listening_is_said_so(tmp_path: Path):
    with pytest.raises(SourceError, match=r"cannot be reached, tried 3 times"):
        _population(tmp_path, f"http://127.0.0.1:{free_port()}/p.zip")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/p", "p.zip", "http:///p"])
def test_other_schemes_are_refused_before_asking(tmp_path: Path, url: str):
    with pytest.raises(SourceError, match="neither http nor https"):
        _population(tmp_path, url)


def test_redirects_are_followed_with_a_pause(tmp_path, publisher, posas, monkeypatch):
    pauses: list[float] = []
    monkeypatch.setattr(download_room.time, "sleep", pauses.append)
    publisher.says("/data/p.zip", Answer(body=posas))
    url = publisher.says("/p.zip", Answer(302, headers={"Location": "data/p.zip"}))
    fetched = _population(tmp_path / "data", url, manners=Manners())
    assert fetched.origin.url == url
    assert fetched.origin.final_url == publisher.url("/data/p.zip")
    assert pauses == [1.0]


def test_a_stored_password_is_not_sent(tmp_path, publisher, posas, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    _population(tmp_path / "data", publisher.says("/p.zip", Answer(body=posas)))
    assert "Authorization" not in publisher.requests[0][1]


def test_a_checksum_that_is_not_the_expected_one_is_refused(tmp_path, publisher, posas: bytes):
    url = publisher.says("/p.zip", Answer(body=posas))
    right = hashlib.sha256(posas).hexdigest().upper()
    assert _population(tmp_path / "data", url, sha256=right).state == "new"
    with pytest.raises(SourceError, match=r"checksum is .* not the one expected"):
        _population(tmp_path / "data", url, sha256="0" * 64)


def test_a_changed_layout_is_refused_by_column(tmp_path, publisher: Publisher, posas: bytes):
    changed = posas_text(PEOPLE).replace('"Età"', '"Classe"')
    other = write_posas(tmp_path / "changed.zip", changed).read_bytes()
    url = publisher.says("/p.zip", Answer(body=posas), Answer(body=other))
    kept = _population(tmp_path / "data", url).path
    with pytest.raises(SourceError, match=r"published layout, no column 'età'.*stays as it was"):
        _population(tmp_path / "data", url)
    assert kept.read_bytes() == posas
    assert read_origin(kept).sha256 == hashlib.sha256(posas).hexdigest()


@pytest.mark.parametrize(
    ("name", "header", "row"),
    [
        ("inner-areas", ISTAT_HEADER, ["045017", "45017", "D", "E", "E - Periferico"]),
        ("inner-areas-minutes", DPCOE_HEADER, ["045017", "Zeri", "E", "E", "53.1", "45010"]),
    ],
)
def test_inner_areas_are_fetched_in_their_layout(tmp_path, publisher, name: str, header, row):
    file = write_inner_areas(tmp_path / "list.xlsx", [row], header, "DATI")
    url = publisher.says("/list.xlsx", Answer(body=file.read_bytes()))
    fetched = fetch_source(find_source(name), tmp_path / "data", url=url, manners=QUICK)
    assert fetched.path.name == find_source(name).filename
    url = publisher.says("/p.xlsx", Answer(body=b"PK\x03\x04 cut"))
    with pytest.raises(SourceError, match="no readable sheet"):
        fetch_source(find_source(name), tmp_path / "data", url=url, manners=QUICK)


@needs_official
def test_the_published_spreadsheet_passes(tmp_path: Path, publisher: Publisher):
    url = publisher.says("/list.xlsx", Answer(body=INNER_AREAS_FILE.read_bytes()))
    source = find_source("inner-areas-minutes")
    assert fetch_source(source, tmp_path / "data", url=url, manners=QUICK).state == "new"


def test_an_address_we_do_not_know_must_be_given(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"politichecoesione.*--url"):
        fetch_source(find_source("inner-areas-minutes"), tmp_path)
    with pytest.raises(ConfigError, match="Give it with --url"):
        fetch_source(find_source("desks-csv"), tmp_path)


def test_a_damaged_origin_is_no_fault(tmp_path: Path, publisher: Publisher, posas: bytes):
    url = publisher.says("/p.zip", Answer(body=posas))
    path = _population(tmp_path / "data", url).path
    path.with_name(path.name + ".origin.json").write_text('{"source": 1')
    assert read_origin(path) is None
    assert _population(tmp_path / "data", url).state == "unchanged"
    assert read_origin(path).url == url


def test_reading_a_territory_asks_nobody(tuscany: Territory, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert len(read_territory("09").places) == len(tuscany.places)
