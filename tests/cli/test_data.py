from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from capillare.geo.sources import download
from tests.cli.conftest import Capillare
from tests.geo.posas import posas_text, write_posas
from tests.geo.publisher import Answer, a_publisher
from tests.geo.test_inner_areas import ISTAT_HEADER, write_inner_areas

PEOPLE = {"048017": {20: (3, 4), 70: (5, 6)}}
NAME = "POSAS_2026_it_Comuni.zip"


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download.time, "sleep", lambda _: None)
    with a_publisher() as server:
        yield server


@pytest.fixture
def posas(tmp_path: Path) -> bytes:
    (tmp_path / "published").mkdir()
    return write_posas(tmp_path / "published" / NAME, posas_text(PEOPLE)).read_bytes()


def test_fetch_shows_licence_and_checksum_and_says_what_changed(
    capillare: Capillare, publisher, posas: bytes
):
    url = publisher.says("/" + NAME, Answer(body=posas, headers={"ETag": "1"}), Answer(304))
    outcome = capillare("data", "fetch", "population", "--url", url, "--to", "dati")
    assert outcome.code == 0, outcome.err
    assert f"dati/{NAME}: scaricato" in outcome.out
    assert "licenza: CC BY 4.0, ISTAT" in outcome.out
    assert "CAPILLARE_DATA_DIR=dati" in outcome.out
    again = capillare("data", "fetch", "population", "--url", url, "--to", "dati", "--json")
    told = json.loads(again.out)
    assert (told["state"], told["url"], len(told["sha256"])) == ("unchanged", url, 64)
    assert (
        capillare("data", "fetch", "population", "--url", url, "--to", "dati", "--quiet").out == ""
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("fetch", "populaton", "--to", "dati"), "Did you mean 'population'"),
        (("fetch", "population"), "Set CAPILLARE_DATA_DIR or give --to"),
        (("fetch", "desks-csv", "--to", "dati"), "Give it with --url"),
        (("fetch", "population", "--to", "dati", "--url", "file:///etc/passwd"), "neither http"),
        (("fetch",), "Missing argument"),
    ],
)
def test_bad_usage_is_one_sentence_and_exit_2(capillare: Capillare, arguments, sentence: str):
    outcome = capillare("data", *arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(404), "answered 404"),
        (Answer(503), "tried 4 times"),
        (Answer(302, headers={"Location": "file:///etc/passwd"}), "neither http nor https"),
        (Answer(headers={"Content-Length": "99000000"}), "over 60 MB"),
        (Answer(body=b"<html>"), "cannot be read"),
    ],
)
def test_a_fault_of_the_server_is_exit_2_and_the_old_file_stays(
    capillare: Capillare, publisher, posas: bytes, answer: Answer, sentence: str
):
    url = publisher.says("/" + NAME, Answer(body=posas), answer)
    options = ("data", "fetch", "population", "--url", url, "--to", "dati")
    assert capillare(*options).code == 0
    outcome = capillare(*options)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert "stays as it was" in outcome.err
    assert outcome.err.count("\n") == 1
    assert (Path("dati") / NAME).read_bytes() == posas


def test_list_says_what_is_included_published_and_held(
    capillare: Capillare, publisher, posas: bytes, monkeypatch: pytest.MonkeyPatch
):
    outcome = capillare("data", "list")
    assert outcome.code == 0
    assert "https://demo.istat.it/data/posas/POSAS_2026_it_Comuni.zip" in outcome.out
    assert "CAPILLARE_DATA_DIR: non impostata" in outcome.out
    folder = Path("dati").absolute()
    url = publisher.says("/" + NAME, Answer(body=posas))
    capillare("data", "fetch", "population", "--url", url, "--to", folder)
    rows = [["045017", "45017", "D", "E", "E - Periferico"]]
    write_inner_areas(folder / "Elenco_Classi_di_Aree_Interne.xlsx", rows, ISTAT_HEADER, "Foglio1")
    write_posas(folder / "POSAS_2025_it_Comuni.csv", posas_text(PEOPLE, year=2025))
    for name in ("note.txt", "sportelli.csv", "mappa-ai-2020-rotta.xlsx"):
        (folder / name).write_text("x")
    (folder / "mappa-ai-2020-rotta.xlsx").rename(folder / "Classi aree interne.xlsx")
    monkeypatch.setenv("CAPILLARE_DATA_DIR", str(folder))
    listed = json.loads(capillare("data", "list", "--json").out)
    held = {row["file"]: (row["is_used"], row["what"]) for row in listed["folder"]}
    assert held[NAME] == (True, "residenti al 2026-01-01 di 1 comuni")
    assert held["POSAS_2025_it_Comuni.csv"][0] is False
    assert held["note.txt"] == (False, "nome non riconosciuto")
    assert "registry import" in held["sportelli.csv"][1]
    assert held["Classi aree interne.xlsx"][1].startswith("non leggibile: ")
    assert [row["origin"]["url"] for row in listed["folder"] if row["origin"]] == [url]
    text = capillare("data", "list").out
    assert f"{NAME}: usato, residenti al 2026-01-01" in text
    assert url in text
    monkeypatch.setenv("CAPILLARE_DATA_DIR", str(folder / "absent"))
    assert capillare("data", "list").code == 2


def test_a_plan_says_which_residents_it_used(
    capillare: Capillare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "dati"
    folder.mkdir()
    write_posas(folder / NAME, posas_text(PEOPLE))
    monkeypatch.setenv("CAPILLARE_DATA_DIR", str(folder))
    outcome = capillare("plan", "--as-of", "2025-06-30", "--new-sites", 0, "--json", "--out", "p")
    assert outcome.code == 0, outcome.err
    summary = json.loads(outcome.out)
    assert any(NAME in caveat and "1° gennaio 2026" in caveat for caveat in summary["caveats"])
    assert any(NAME in source["name"] for source in summary["inputs"])
    coverage = pd.read_csv("p/coverage.csv", dtype={"istat_code": "str"}).set_index("istat_code")
    assert coverage.loc["048017", "adults"] == 18
