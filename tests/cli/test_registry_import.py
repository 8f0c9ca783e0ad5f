from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from capillare.geo.schema import CHANGES
from capillare.geo.sources.reference import DATA_FOLDER
from tests.cli.conftest import Capillare
from tests.geo.test_features import point, write_features

MAPPING = """
source = "https://regione.example/elenco"
source_date = 2026-05-31
id_prefix = "rt-"
[columns]
CODICE = "desk_id"
NOME = "name"
COMUNE = "municipality"
TEL = "phone"
VIA = "address"
[constants]
network = "pdf"
kind = "main"
status = "active"
"""
ARCIDOSSO = {"CODICE": 12, "NOME": "PDF Nido di Fate", "COMUNE": "ARCIDOSSO", "VIA": "VIA TIBET"}
RIO = {"CODICE": 13, "NOME": "=cmd|' /C calc'!A0", "COMUNE": "Rio Marina", "VIA": "Via Roma"}


@pytest.fixture
def published(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    write_features(
        tmp_path / "elenco.geojson",
        point(11.5418, 42.8721, TEL="0564 1", **ARCIDOSSO),
        {"type": "Feature", "properties": {"TEL": "", **RIO}, "geometry": None},
    )
    return ("registry", "import", "elenco.geojson", "--mapping", "m.toml")


def _packaged() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((DATA_FOLDER / "registry").iterdir())}


def test_an_import_shows_the_differences_and_accepts_nothing(capillare: Capillare, published):
    before = _packaged()
    outcome = capillare(*published, "--out", "o")
    assert outcome.code == 0, outcome.err
    assert "Nuovi sportelli: 1" in outcome.out
    assert "phone: «» → «0564 1» [stesso indirizzo e nome simile]" in outcome.out
    assert "Sportelli non più in elenco: 113" in outcome.out
    assert "Nulla è cambiato nel registro" in outcome.out
    assert [path.name for path in Path("o").iterdir()] == ["diff.csv"]
    diff = pd.read_csv("o/diff.csv", dtype="str")
    assert diff.columns.tolist() == CHANGES.names
    assert diff["change"].value_counts().to_dict() == {"gone": 113, "changed": 4, "new": 1}
    assert diff.loc[0, "name"].startswith("'=cmd")  # no formula reaches a spreadsheet
    assert _packaged() == before


def test_accepting_makes_a_registry_that_plans_read(capillare: Capillare, published):
    before = _packaged()
    outcome = capillare(*published, "--out", "o", "--accept")
    assert outcome.code == 0, outcome.err
    assert "usalo con --registry" in outcome.out
    assert capillare("check", "o/registry", "--quiet").code == 0
    told = capillare("registry", "diff", "packaged", "o/registry", "--json", "--out", "d.csv")
    changes = json.loads(told.out)["changes"]
    assert {(row["change"], row["desk_id"]) for row in changes} == {
        ("new", "rt-13"),
        ("changed", "arcidosso-nido-di-fate"),
    }
    assert {row["column"] for row in changes[1:]} == {"name", "phone", "lat", "lon"}
    assert len(pd.read_csv("d.csv")) == len(changes)
    again = json.loads(capillare(*published, "--registry", "o/registry", "--json").out)
    assert {row["change"] for row in again["changes"]} == {"gone"}
    assert again["n_same"] == 2
    refused = capillare(*published, "--out", "o", "--accept")
    assert (refused.code, "no registry is overwritten" in refused.err) == (2, True)
    assert _packaged() == before


def test_closing_what_is_gone_is_asked_for(capillare: Capillare, published):
    options = ("--out", "o", "--accept", "--gone", "close", "--quiet")
    outcome = capillare(*published, *options)
    assert (outcome.code, outcome.out) == (0, "")
    desks = pd.read_csv("o/registry/desks.csv", dtype="str")
    of_programme = desks[desks["network"] == "pdf"].set_index("desk_id")["status"]
    assert set(of_programme[of_programme != "closed"].index) == {"arcidosso-nido-di-fate", "rt-13"}


def test_refused_rows_are_named_and_the_others_go_on(capillare: Capillare, published):
    write_features(
        Path("elenco.geojson"),
        point(11.5418, 42.8721, TEL="0564 1", **ARCIDOSSO),
        point(9.0, 45.0, TEL="", **ARCIDOSSO | {"CODICE": 14}),
    )
    outcome = capillare(*published, "--out", "o", "--quiet")
    assert outcome.code == 2
    assert "elenco.geojson, riga 2 lat, lon" in outcome.err
    assert "fuori da Arcidosso" in outcome.err
    assert Path("o/diff.csv").is_file()
    closing = capillare(*published, "--out", "p", "--accept", "--gone", "close")
    assert closing.code == 2
    assert not Path("p").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("import", "absent.csv", "--mapping", "m.toml"), "absent.csv: no such file"),
        (("import", "elenco.geojson", "--mapping", "absent.toml"), "cannot be read"),
        (("import", "elenco.geojson"), "Missing option"),
        (("import", "elenco.geojson", "--mapping", "m.toml", "--gone", "drop"), "keep, close"),
        (("import", "elenco.geojson", "--mapping", "m.toml", "--region", "99"), "region '99'"),
        (("import", "m.toml", "--mapping", "m.toml"), "only CSV and XLSX"),
        (("diff", "packaged", "absent"), "absent: no such file"),
        (("diff", "packaged"), "Missing argument"),
    ],
)
@pytest.mark.usefixtures("published")
def test_bad_usage_is_one_sentence_and_exit_2(
    capillare: Capillare, arguments: tuple[str, ...], sentence: str
):
    outcome = capillare("registry", *arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err


def test_personal_data_are_refused(capillare: Capillare, published):
    write_features(Path("elenco.geojson"), point(11.5, 42.8, COGNOME="Rossi", **ARCIDOSSO))
    outcome = capillare(*published, "--out", "o", "--accept")
    assert outcome.code == 2
    assert "data about single citizens, column COGNOME" in outcome.err
    assert not Path("o").exists()


def test_two_equal_registries_do_not_differ(capillare: Capillare):
    outcome = capillare("registry", "diff", "packaged", "packaged")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].startswith("Sportelli uguali: 15")
    assert "Campi cambiati: 0" in outcome.out
