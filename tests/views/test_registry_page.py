"""The registry's page, on a folder that can be changed: every action, and what is refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

from capillare.geo.hours import ROME
from capillare.geo.points import read_registry
from capillare.geo.points.importing import read_listed_desks
from capillare.geo.points.journal import read_journal
from capillare.geo.points.row_changes import read_rows
from capillare.geo.population import read_territory
from tests.cli.conftest import run_once
from tests.views.test_pages import PATIENCE_S, metrics

DESK = "buti-misericordia"
SCRIPT = """
from datetime import date
from pathlib import Path
from capillare.planning.network import Inputs
from capillare.views.deployment import Deployment
from capillare.views.registry import page
from capillare.views.session import open_session

registry = {registry!r}
open_session(Deployment(
    as_of=date(2026, 3, 2), inputs=Inputs(registry=Path(registry) if registry else None)
))
page.show()
"""
MAP = b"""
source = "elenco di prova"
source_date = 2026-05-31
[columns]
NOME = "name"
COMUNE = "municipality"
TEL = "phone"
[constants]
network = "pdf"
kind = "main"
status = "active"
"""


def open_registry(folder, who="Anna"):
    app = AppTest.from_string(
        SCRIPT.format(registry=str(folder or "")), default_timeout=PATIENCE_S
    ).run()
    assert not app.exception
    if who and folder:
        app.text_input(key="registry_who").set_value(who).run()
    return app


def field(elements, name):
    return next(e for e in elements if e.key and e.key.endswith(name) and DESK in e.key)


def choose(app):
    app.selectbox(key="registry_choice").set_value(DESK).run()
    return app


def save(app):
    next(b for b in app.button if b.label == "Salva nel registro").click().run()
    assert not app.exception
    return app


def test_the_packaged_registry_is_browsed_not_changed():
    app = open_registry(None)
    assert "registry start" in app.info[0].value
    assert len(app.dataframe[0].value) > 100
    app.multiselect(key="registry_provinces").set_value(["Pisa"])
    app.multiselect(key="registry_statuses").set_value(["active"])
    app.toggle(key="registry_no_hours").set_value(True).run()
    pisan = read_registry(None, read_territory("09")).desks
    pisan = pisan[
        pisan["istat_code"].str.startswith("050")
        & (pisan["status"] == "active")
        & pisan["opening_hours"].isna()
    ]
    assert 0 < len(pisan) < 30
    shown = app.dataframe[0].value
    assert len(shown) == len(pisan)
    assert sorted(shown["Nome"]) == sorted(pisan["name"])
    app.multiselect(key="registry_provinces").set_value([])
    app.multiselect(key="registry_statuses").set_value([])
    app.toggle(key="registry_no_hours").set_value(False)
    choose(app)
    assert not app.exception
    assert "Salva nel registro" not in [button.label for button in app.button]


def test_a_desk_is_edited_journalled_and_undone(folder):
    before = (folder / "desks.csv").read_bytes()
    app = choose(open_registry(folder))
    field(app.text_input, "_opening_hours").set_value("mar e gio 9-12")
    field(app.text_input, "_valid_to").set_value("31/12/2026")
    field(app.text_input, "_phone").set_value("0587 123456")
    field(app.selectbox, "_status").set_value("suspended")
    field(app.selectbox, "_by_appointment").set_value("true")
    began = datetime.now(ROME).date()
    field(app.checkbox, "_today").check()
    save(app)
    assert app.success[0].value.startswith("Scritto nel registro, modifica 1")
    cells = read_rows(folder)["desks"][(DESK,)]
    assert cells["opening_hours"] == "Tu,Th 09:00-12:00"
    assert cells["valid_to"] == "2026-12-31"
    assert cells["phone"] == "0587 123456"
    assert cells["status"] == "suspended"
    assert cells["by_appointment"] == "true"
    assert cells["verified_on"] in {day.isoformat() for day in (began, datetime.now(ROME).date())}
    (entry,) = read_journal(folder)
    assert entry.who == "Anna"
    journal = next(table.value for table in app.dataframe if "Quando" in table.value)
    assert journal["Chi"].tolist() == ["Anna"]
    cells = next(table.value for table in app.dataframe if "Prima" in table.value)
    told = cells.set_index(cells.columns[cells.columns.get_loc("Prima") - 1])["Dopo"].to_dict()
    assert "Tu,Th 09:00-12:00" in told.values()
    app.button(key="registry_undo").click().run()
    assert not app.exception
    assert (folder / "desks.csv").read_bytes() == before
    assert [entry.undoes for entry in read_journal(folder)] == [None, 1]


def test_hours_that_cannot_be_read_are_said_and_nothing_is_written(folder):
    app = choose(open_registry(folder))
    field(app.text_input, "_opening_hours").set_value("quando capita")
    save(app)
    assert "orario non leggibile" in app.error[0].value
    assert read_journal(folder) == []


def test_without_a_name_nothing_can_be_saved(folder):
    app = choose(open_registry(folder, who=None))
    assert next(b for b in app.button if b.label == "Salva nel registro").disabled


def test_of_two_who_look_at_one_desk_the_later_is_told(folder):
    first, second = (choose(open_registry(folder, who=who)) for who in ("Anna", "Bruno"))
    for app, phone in ((first, "0587 1"), (second, "0587 2")):
        field(app.text_input, "_phone").set_value(phone)
        save(app)
    assert "qualcuno le ha cambiate nel frattempo" in second.error[0].value
    assert read_rows(folder)["desks"][(DESK,)]["phone"] == "0587 1"
    # The form then shows the row as it has become.
    assert field(second.text_input, "_phone").value == "0587 1"


def test_a_bad_file_is_shown_row_by_row(folder):
    app = open_registry(folder)
    bad = b"desk_id;network;kind;name;istat_code;status\nd1;boh;main;A;048017;attivo\n"
    app.file_uploader(key="registry_check").set_value([("bad.csv", bad, "text/csv")]).run()
    assert not app.exception
    assert "Righe rifiutate: 1" in app.error[0].value
    refused = next(table.value for table in app.dataframe if "Che fare" in table.value)
    assert refused["Colonna"].tolist() == ["network"]
    personal = b"point_id,cognome\np,Rossi\n"
    app.file_uploader(key="registry_check").set_value([("p.csv", personal, "text/csv")]).run()
    assert "Non è stato letto nulla" in app.error[0].value
    zipped = b"PK\x03\x04nothing"
    app.file_uploader(key="registry_check").set_value([("x.xlsx", zipped, "x")]).run()
    assert not app.exception
    assert app.error[0].value
    assert read_journal(folder) == []


def test_a_list_is_held_against_the_registry_and_accepted(folder):
    app = open_registry(folder)
    listed = "NOME,COMUNE,TEL\nMisericordia di Buti,Buti,0587 999\nNuovo,Zeri,0187 1\n"
    app.file_uploader(key="registry_list").set_value([("l.csv", listed.encode(), "text/csv")])
    app.file_uploader(key="registry_map").set_value([("m.toml", MAP, "x")]).run()
    assert not app.exception
    assert metrics(app)["Nuovi"] == "1"
    assert metrics(app)["Cambiati"] == "1"
    assert read_journal(folder) == []
    kept = app.button(key="registry_accept").label
    app.radio(key="registry_gone").set_value("close").run()
    assert app.button(key="registry_accept").label != kept
    app.button(key="registry_accept").click().run()
    assert not app.exception
    rows = read_rows(folder)["desks"]
    assert rows[(DESK,)]["phone"] == "0587 999"
    assert rows[(DESK,)]["source"] == "elenco di prova"
    assert sum(cells["status"] == "closed" for cells in rows.values()) > 50
    assert sum(cells["name"] == "Nuovo" for cells in rows.values()) == 1
    assert read_journal(folder)[0].what == "elenco elenco di prova (2026-05-31)"


LISTED = (
    "SPORTELLO;COMUNE;TEL.;TIPO SEDE;VIA;CIVICO\n"
    "Misericordia di Buti;Buti;0587 999;Sede principale;;\n"
    "Nuovo;Zeri;0187 1;Sportello principale;Via Roma;3\n"
    "Altrove;Atlantide;;Boh;;\n"
)


def built(app, name):
    return next(box for box in app.selectbox if box.label == name and "_build_" in box.key)


def test_a_list_without_a_mapping_is_guessed_corrected_and_accepted(folder):
    app = open_registry(folder)
    app.file_uploader(key="registry_list").set_value([("l.csv", LISTED.encode(), "text/csv")]).run()
    assert not app.exception
    names = ("SPORTELLO", "COMUNE", "TEL.", "TIPO SEDE", "VIA", "CIVICO")
    fields = ["name", "municipality", "phone", "kind", "address", "address"]
    assert [built(app, name).value for name in names] == fields
    assert built(app, "Rete").value == "pdf"
    assert built(app, "Boh").value == ""
    assert metrics(app)["Nuovi"] == "1"
    assert metrics(app)["Cambiati"] == "1"
    assert "Righe rifiutate: 1" in app.error[0].value
    assert any("Via Roma 3" in table.value.to_string() for table in app.dataframe)
    # Left out, the name is asked for, and nothing can be accepted.
    built(app, "SPORTELLO").set_value("").run()
    assert any("Manca ancora: Nome" in info.value for info in app.info)
    assert "registry_accept" not in {button.key for button in app.button}
    built(app, "SPORTELLO").set_value("name").run()
    # What the list does not say is said for all: where from, how codes begin, and more.
    typed = {box.label: box for box in app.text_input}
    typed["Fonte: pagina o atto"].set_value("Delibera 7")
    typed["Davanti ai codici dell'elenco"].set_value("del7-")
    next(box for box in app.date_input if "Fonte" in box.label or "fonte" in box.label).set_value(
        date(2026, 1, 31)
    )
    boxes = {box.label: box for box in app.multiselect}
    boxes["Altri dati uguali per tutti"].set_value(["booking_url"]).run()
    typed = next(box for box in app.text_input if box.key.endswith("_constant_booking_url"))
    typed.set_value("https://example.org/prenota").run()
    boxes = {box.label: box for box in app.multiselect}
    boxes["Scrivi anche negli sportelli che ci sono già"].set_value(["booking_url"]).run()
    app.button(key="registry_accept").click().run()
    assert not app.exception
    rows = read_rows(folder)["desks"]
    assert rows[(DESK,)]["phone"] == "0587 999"
    assert rows[(DESK,)]["booking_url"] == "https://example.org/prenota"
    (new,) = [cells for cells in rows.values() if cells["name"] == "Nuovo"]
    assert new["desk_id"].startswith("del7-")
    assert (new["source"], new["source_date"]) == ("Delibera 7", "2026-01-31")
    assert read_journal(folder)[0].what == "elenco Delibera 7 (2026-01-31)"


def test_the_mapping_taken_away_gives_the_command_line_the_same_differences(
    folder, tmp_path, monkeypatch
):
    shown, offered = [], []
    monkeypatch.setattr(
        "capillare.views.registry.list_import.show_downloads",
        lambda _, files: offered.extend(files),
    )
    monkeypatch.setattr(
        "capillare.views.registry.list_import.read_listed_desks",
        lambda *given: shown.append(read_listed_desks(*given)) or shown[-1],
    )
    app = open_registry(folder)
    app.file_uploader(key="registry_list").set_value([("l.csv", LISTED.encode(), "text/csv")]).run()
    assert not app.exception
    (tmp_path / "l.csv").write_text(LISTED, encoding="utf-8")
    (tmp_path / "mappa.toml").write_bytes(offered[-1].write())
    outcome = run_once(
        tmp_path, "registry", "import", "l.csv", "--mapping", "mappa.toml", "--registry", folder
    )
    assert outcome.code == 2  # a row is refused, by both
    written = pd.read_csv(tmp_path / "capillare-import" / "diff.csv", dtype="str")
    expected = shown[-1].changes.astype("str").reset_index(drop=True)
    assert written["desk_id"].tolist() == expected["desk_id"].tolist()
    for column in ("change", "column", "after", "matched_by"):
        said = expected[column].fillna("").replace("nan", "")
        assert written[column].fillna("").tolist() == said.tolist()


def test_counts_are_loaded_and_citizens_refused(folder):
    app = open_registry(folder)
    point = next(iter(read_rows(folder)["points"]))[0]
    text = f"point_id,citizens,services\n{point},77,90\n"
    upload = app.file_uploader(key="registry_counts")
    upload.set_value([("c.csv", text.encode(), "text/csv")]).run()
    assert not app.exception
    app.date_input(key="registry_counted_on").set_value(date(2026, 2, 15)).run()
    app.button(key="registry_take_counts").click().run()
    assert read_rows(folder)["progress"][(point, "2026-02-15")]["citizens"] == "77"
    personal = f"point_id,citizens,codice fiscale\n{point},1,RSSMRA80A01D612X\n"
    app.file_uploader(key="registry_counts").set_value(
        [("c.csv", personal.encode(), "text/csv")]
    ).run()
    assert "Non è stato letto nulla" in app.error[0].value
    assert len(read_journal(folder)) == 1


def test_a_folder_written_by_hand_is_read_and_says_why_it_is_not_changed():
    app = open_registry(Path(__file__).parents[2] / "examples" / "registry", who="")
    assert [title.value for title in app.title] == ["Registro"]
    assert not app.error
    assert "non è scritto come lo scrive il programma" in app.info[0].value
    assert not [field for field in app.text_input if field.key == "registry_who"]
