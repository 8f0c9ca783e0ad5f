"""Files that a page offers, taken and opened as people's programs do."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import icalendar
import openpyxl
import pandas as pd
import pyogrio
import pytest

from capillare.geo.points import read_registry
from capillare.geo.points.whole import whole_tables
from capillare.geo.population import read_territory
from capillare.publish.registry_folder import write_registry
from capillare.views import coordinator_lists, exports, long_work

_EMPTY_ELEMENTS = frozenset({"meta", "link", "br", "img", "hr", "input", "col", "wbr", "source"})


class _Nesting(HTMLParser):
    """Follows elements as they open and close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 (the parser's own)
        if tag not in _EMPTY_ELEMENTS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _check_csv(content: bytes) -> None:
    frame = pd.read_csv(io.BytesIO(content), dtype="str")
    assert len(frame.columns) > 1


def _check_workbook(content: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content))
    readme, *sheets = book.worksheets
    rows = [tuple(map(str, row)) for row in readme.iter_rows(values_only=True)]
    said = [row[0] for row in rows[:12]]
    assert readme.title == "Leggimi"
    assert any(line.startswith("La rete al ") for line in said)
    assert any(line.startswith("Scenario: ") for line in said)
    assert any(row[:2] == ("Fonti", "Data") for row in rows)
    is_explained = any(row[2:] == ("Come si calcola", "Errore") for row in rows)
    # A list of what was read is not computed.
    assert is_explained or [sheet.title for sheet in sheets] == ["Fonti"]
    assert sheets
    for sheet in sheets:
        assert sheet.auto_filter.ref
        assert sheet.freeze_panes


def _check_layers(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.gpkg"
        path.write_bytes(content)
        said = pyogrio.read_dataframe(path, layer="leggimi").set_index("voce")["testo"]
        layers = [(name, kind) for name, kind in pyogrio.list_layers(path) if name != "leggimi"]
        assert layers
        for name, geometry in layers:
            assert geometry in {"Point", "MultiPolygon", "LineString"}
            layer = pyogrio.read_dataframe(path, layer=name)
            assert layer.crs == "EPSG:4326"
            assert layer.geometry.notna().all()
    assert said["scenario"]
    assert "Registro" in said["dati"]


def _check_features(content: bytes) -> None:
    collection = json.loads(content)
    assert collection["type"] == "FeatureCollection"
    assert collection["provenance"]["scenario"]
    assert "Registro" in collection["provenance"]["dati"]
    assert all(feature["geometry"]["coordinates"] for feature in collection["features"])


def _check_calendar(content: bytes) -> None:
    calendar = icalendar.Calendar.from_ical(content)
    assert "Scenario: " in calendar["x-wr-caldesc"]
    assert calendar.walk("VEVENT")


def _check_html(content: bytes) -> None:
    reader = _Nesting()
    reader.feed(content.decode())
    reader.close()
    assert reader.open == []
    assert b"<title>" in content
    said = content.decode()
    assert "Scenario: " in said
    assert "ISTAT" in said


_CHECKS = {
    "csv": _check_csv,
    "xlsx": _check_workbook,
    "gpkg": _check_layers,
    "geojson": _check_features,
    "ics": _check_calendar,
    "html": _check_html,
}


class Offered:
    """What pages offered, by file name."""

    def __init__(self) -> None:
        self.files = {}

    def note(self, page, files) -> None:
        self.files |= {f"{page}/{file.file_name}": file for file in files}

    @property
    def endings(self):
        return {name.rpartition(".")[2] for name in self.files}

    def open_all(self, *, but=("plan_",)):
        """Take every file save the whole plan, which every page offers; open each."""
        for name, file in self.files.items():
            plain = name.rpartition("/")[2]
            if plain.startswith(but):
                continue
            assert "2026-" in plain or "2025-" in plain, plain
            _CHECKS[plain.rpartition(".")[2]](file.write())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with the packaged registry of all Italy, which no test changes."""
    folder = tmp_path_factory.mktemp("registry") / "registro"
    write_registry(whole_tables(read_registry(None, read_territory("all"))), folder)
    return folder


@pytest.fixture
def folder(written):
    """The same folder, file for file and to the second, before each test: it is read once."""
    used = written.with_name("in-uso")
    shutil.rmtree(used, ignore_errors=True)
    return shutil.copytree(written, used)


@pytest.fixture(autouse=True)
def _patience(monkeypatch) -> None:
    """A page waits for its work, however busy the machine; what a test's script sets ends here."""
    monkeypatch.setattr(long_work, "PATIENCE_S", 120)


@pytest.fixture
def offered(monkeypatch) -> Offered:
    """Collect the files that pages offer while a test opens them."""
    found = Offered()
    for module in (exports, coordinator_lists):
        monkeypatch.setattr(module, "show_downloads", found.note)
    return found
