"""What nobody should upload: a clear Italian message, a page that lives on, nothing lost."""

from __future__ import annotations

import io
import zipfile

import pytest

from capillare.geo.points.journal import read_journal
from capillare.planning.saved_scenarios import list_saved, save_scenario
from capillare.publish.explained import facts_of
from capillare.views import explaining, scenarios
from capillare.views.faults import UNTRANSLATED
from capillare.views.registry import page
from tests.views.test_registry_page import open_registry
from tests.views.test_scenario_pages import FEW
from tests.views.test_scenario_pages import page as scenario_page

__all__ = ["scenario_page"]


def zipped(**members):
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return store.getvalue()


def inflating():
    """A workbook of 200 kB that would fill 201 MB."""
    parts = {"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}
    return zipped(**parts, **{"xl/worksheets/sheet1.xml": bytes(201 * 1024 * 1024)})


TABLES = {
    "huge.csv": lambda: b"desk_id,name\n" + b"a,b\n" * 5_300_000,
    "holiday.xlsx": lambda: zipped(**{"foto.jpg": b"no workbook"}),
    "bomb.xlsx": inflating,
    "planet.csv": lambda: b"planet,moons,rings\nSaturn,146,yes\n",
    "junk.csv": lambda: bytes(range(256)) * 40,
    "old.xlsx": lambda: b"\xd0\xcf\x11\xe0" + bytes(600),
    "half.csv": lambda: "desk_id,name\nd,è".encode("utf-16")[:-3] + b"\0",
    "empty.csv": lambda: b"",
}
SCENARIOS = {
    "newer.toml": b"format = 2\nnew_sites = 3\n",
    "strange.toml": b"format = 1\nwormholes = 3\n",
    "deep.toml": b"a = " + b"[" * 15_000,
    "long.toml": b"# " + b"x" * 21_000,
    "binary.toml": b"\xff\xfe\0\0",
    "path.toml": b'registry = "/etc/passwd"\n',
    "wrong.toml": b'new_sites = "tante"\n',
}


@pytest.fixture
def _measured_once(monkeypatch, tuscan_plan):
    """Leave out what is below the files: the packaged registry stands for its copy."""
    facts = facts_of(tuscan_plan.network)
    monkeypatch.setattr(page, "network_of", lambda *_: tuscan_plan.network)
    monkeypatch.setattr(explaining, "facts_seen", lambda *_: facts)


@pytest.mark.usefixtures("_measured_once")
def test_no_table_can_harm_the_registry(folder):
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    app = open_registry(folder)
    for name, content in TABLES.items():
        app.file_uploader(key="registry_check").set_value([(name, content(), "x/y")]).run()
        assert not app.exception, name
        told = " ".join(error.value for error in app.error)
        assert name.replace(".", r"\.") in told or name in told or "righe" in told.lower(), name
        assert UNTRANSLATED not in told, (name, told)
        assert len(app.dataframe[0].value) > 100, name
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert read_journal(folder) == []


MAPPINGS = {
    "scenario.toml": SCENARIOS["newer.toml"],
    "deep.toml": SCENARIOS["deep.toml"],
    "binary.toml": SCENARIOS["binary.toml"],
    "field.toml": b'source = "x"\nsource_date = 2026-01-01\n[columns]\nNOME = "boh"\n',
    "column.toml": b'source = "x"\nsource_date = 2026-01-01\n[columns]\nALTRO = "name"\n',
}


@pytest.mark.usefixtures("_measured_once")
def test_lists_mappings_and_counts_of_another_planet_are_refused_in_italian(folder):
    app = open_registry(folder)
    for upload in ("registry_list", "registry_counts"):
        for name in ("holiday.xlsx", "junk.csv", "empty.csv"):
            app.file_uploader(key=upload).set_value([(name, TABLES[name](), "x/y")]).run()
            assert not app.exception, (upload, name)
            (told,) = [error.value for error in app.error]
            assert name in told.replace("\\", "")
            assert UNTRANSLATED not in told
        app.file_uploader(key=upload).set_value([])
    planet = [("planet.csv", TABLES["planet.csv"](), "text/csv")]
    app.file_uploader(key="registry_list").set_value(planet).run()
    # Whoever chooses the columns may know them: nothing is taken over until all that is needed is.
    assert not app.exception
    assert any("Manca ancora: " in info.value for info in app.info)
    for name, content in MAPPINGS.items():
        app.file_uploader(key="registry_map").set_value([(name, content, "x/y")]).run()
        assert not app.exception, name
        (told,) = [error.value for error in app.error]
        assert UNTRANSLATED not in told, (name, told)
        assert "appa delle colonne" in told, (name, told)
        assert "registry_accept" not in {button.key for button in app.button}
    assert read_journal(folder) == []


@pytest.mark.usefixtures("_measured_once")
def test_a_table_of_another_alphabet_is_read(folder):
    text = "desk_id,network,kind,name,istat_code,status\nd1,pdf,main,Più,048017,attivo\n"
    app = open_registry(folder)
    upload = [("desks.csv", text.encode("utf-16"), "text/csv")]
    app.file_uploader(key="registry_check").set_value(upload).run()
    assert not app.exception
    assert any("Nessuna riga rifiutata" in said.value for said in app.success)


@pytest.fixture
def _nothing_compared(monkeypatch, tuscan_plan):
    """Leave out what is below the files: comparing plans takes its time."""
    monkeypatch.setattr(scenarios, "network_of", lambda *_: tuscan_plan.network)
    monkeypatch.setattr(scenarios, "show_comparison", lambda *_: None)


@pytest.mark.usefixtures("_nothing_compared")
def test_no_scenario_file_can_harm_the_saved_ones(scenario_page, tmp_path):
    save_scenario(tmp_path, FEW)
    app = scenario_page()
    for name, content in SCENARIOS.items():
        app.file_uploader(key="scenarios_file").set_value([(name, content, "x/y")]).run()
        assert not app.exception, name
        (told,) = [error.value for error in app.error]
        assert UNTRANSLATED not in told, (name, told)
        assert "scenarios_open_file" not in {button.key for button in app.button}
    assert [one.scenario.title for one in list_saved(tmp_path)[0]] == ["Due sedi"]


@pytest.mark.usefixtures("_nothing_compared")
def test_a_saved_file_that_somebody_broke_hides_no_other(scenario_page, tmp_path):
    save_scenario(tmp_path, FEW)
    (tmp_path / "rotto-12345678.toml").write_bytes(SCENARIOS["deep.toml"])
    (tmp_path / "nuovo-12345678.toml").write_bytes(SCENARIOS["newer.toml"])
    app = scenario_page()
    assert sum("rotto" in said.value or "nuovo" in said.value for said in app.warning) == 2
    assert app.selectbox(key="scenarios_chosen").options == ["Due sedi"]
