"""Changes of a registry in its folder: all or none, journalled, undone, by one writer at a time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pandas as pd
import pytest

from capillare.geo.errors import ConfigError, DataError
from capillare.geo.points import editing, read_registry
from capillare.geo.points.editing import apply_changes, undo_last
from capillare.geo.points.journal import JOURNAL_FILE, one_writer, read_journal
from capillare.geo.points.row_changes import (
    RowChange,
    changed_rows,
    frame_of,
    read_rows,
    row_changes,
)
from capillare.geo.schema import DESKS, STOPS
from capillare.geo.schema.csv_text import table_as_csv

DESK = {
    "desk_id": "d1",
    "network": "pdf",
    "kind": "main",
    "name": "Sportello",
    "istat_code": "090001",
    "status": "active",
}
VAN = {**DESK, "desk_id": "van", "kind": "mobile", "name": "=Furgone"}
STOP = {
    "stop_id": "s1",
    "desk_id": "van",
    "istat_code": "090002",
    "starts_on": "2026-06-01",
    "from_time": "09:00",
    "to_time": "12:00",
}
AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "registro"
    folder.mkdir()
    desks = DESKS.check(pd.DataFrame([DESK, VAN]))
    (folder / "desks.csv").write_text(table_as_csv(desks, DESKS), newline="")
    return folder


@pytest.fixture
def apply(folder, tiny):
    def made(*changes, who="Anna", what="prova"):
        return apply_changes(folder, changes, who=who, what=what, territory=tiny, at=AT)

    return made


def content(folder):
    return {file.name: file.read_bytes() for file in folder.glob("*.csv")}


def renamed(folder, name, desk_id="d1"):
    before = read_rows(folder)["desks"][(desk_id,)]
    return RowChange("desks", (desk_id,), before, {**before, "name": name})


NEW_STOP = RowChange("stops", ("s1",), None, STOP)


def test_a_change_is_written_and_journalled(folder, apply, tiny):
    entry = apply(renamed(folder, "Biblioteca"), NEW_STOP)
    registry = read_registry(folder, tiny)
    assert registry.desks.set_index("desk_id")["name"].to_dict() == {
        "d1": "Biblioteca",
        "van": "=Furgone",
    }
    assert registry.stops["stop_id"].tolist() == ["s1"]
    assert read_journal(folder) == [entry]
    assert (entry.number, entry.who, entry.at) == (1, "Anna", "2026-11-22T09:30:00+01:00")
    line = json.loads((folder / JOURNAL_FILE).read_text())
    assert line["rows"][0]["before"]["name"] == "Sportello"
    assert line["rows"][0]["after"]["name"] == "Biblioteca"
    assert sorted(path.name for path in folder.iterdir()) == [
        ".lock", "desks.csv", "journal.jsonl", "stops.csv",
    ]  # fmt: skip


def test_the_same_change_again_changes_nothing(folder, apply):
    apply(NEW_STOP)
    before = content(folder)
    assert apply(NEW_STOP) is None
    assert content(folder) == before
    assert len(read_journal(folder)) == 1


def test_undo_goes_back_step_by_step_to_the_first_bytes(folder, apply, tiny):
    states = [content(folder)]
    for change in (renamed(folder, "Uno"), NEW_STOP):
        apply(change)
        states.append(content(folder))
    apply(renamed(folder, "Due"))
    for state in reversed(states):
        undone = undo_last(folder, who="Bruno", territory=tiny, at=AT)
        assert undone.who == "Bruno"
        assert content(folder) == state
    assert undo_last(folder, who="Bruno", territory=tiny) is None
    assert [entry.undoes for entry in read_journal(folder)] == [None, None, None, 3, 2, 1]


def test_undo_goes_on_behind_changes_made_after_an_undo(folder, apply, tiny):
    apply(renamed(folder, "Uno"))
    apply(renamed(folder, "Due"))
    undo_last(folder, who="B", territory=tiny)
    apply(renamed(folder, "Tre"))
    undo_last(folder, who="B", territory=tiny)
    undo_last(folder, who="B", territory=tiny)
    assert read_rows(folder)["desks"][("d1",)]["name"] == "Sportello"


def test_a_row_changed_meanwhile_is_not_overwritten(folder, apply):
    stale = renamed(folder, "Uno")
    apply(renamed(folder, "Due"))
    before = content(folder)
    with pytest.raises(DataError, match=r"1 row \[desks/d1\] no longer as read"):
        apply(NEW_STOP, stale)
    assert content(folder) == before
    assert len(read_journal(folder)) == 1


def test_an_undo_does_not_overwrite_what_was_changed_by_hand(folder, apply, tiny):
    apply(renamed(folder, "Uno"))
    file = folder / "desks.csv"
    file.write_bytes(file.read_bytes().replace(b"Uno", b"Mano"))
    with pytest.raises(DataError, match="no longer as read"):
        undo_last(folder, who="B", territory=tiny)
    assert b"Mano" in file.read_bytes()


REFUSED = [
    (RowChange("stops", ("s1",), None, {**STOP, "desk_id": "x"}), "non c'è nella tabella desks"),
    (RowChange("stops", ("s1",), None, {**STOP, "desk_id": "d1"}), "non è itinerante"),
    (RowChange("stops", ("s1",), None, {**STOP, "to_time": "08:00"}), "prima di cominciare"),
    (RowChange("stops", ("s1",), None, {**STOP, "lat": "0", "lon": "0"}), "coordinate fuori"),
    (RowChange("stops", ("s1",), None, {**STOP, "starts_on": "2026-02-31"}), "not a date"),
    (RowChange("stops", ("s1",), None, {"stop_id": "s1"}), "missing"),
    (RowChange("stops", ("s1",), None, {**STOP, "lat": "nord"}), "stops"),
    (RowChange("desks", ("d9",), None, {**DESK, "desk_id": "d9", "status": "boh"}), "status"),
]


@pytest.mark.parametrize(("change", "problem"), REFUSED)
def test_a_change_that_the_intake_would_refuse_is_refused(folder, apply, change, problem):
    before = content(folder)
    with pytest.raises(DataError, match=problem):
        apply(change)
    assert content(folder) == before
    assert read_journal(folder) == []
    assert not list(folder.glob(".pending*"))


def test_a_desk_with_stops_cannot_go_alone(folder, apply):
    apply(NEW_STOP)
    van = read_rows(folder)["desks"][("van",)]
    gone = RowChange("desks", ("van",), van, None)
    with pytest.raises(DataError, match="non c'è nella tabella desks"):
        apply(gone)
    apply(gone, NEW_STOP.reversed())
    assert not (folder / "stops.csv").exists()
    assert list(read_rows(folder)["desks"]) == [("d1",)]


def test_a_change_killed_before_its_line_never_happened(folder, apply, monkeypatch):
    before = content(folder)
    monkeypatch.setattr(editing, "append_entry", killed)
    monkeypatch.setattr(editing.shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(KeyboardInterrupt):
        apply(NEW_STOP)
    monkeypatch.undo()
    assert content(folder) == before
    apply(renamed(folder, "Uno"))
    assert not (folder / "stops.csv").exists()
    assert [entry.number for entry in read_journal(folder)] == [1]
    assert not list(folder.glob(".pending*"))


def test_a_change_killed_after_its_line_is_finished_by_the_next(folder, apply, monkeypatch):
    monkeypatch.setattr(editing, "_move_over", killed)
    monkeypatch.setattr(editing.shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(KeyboardInterrupt):
        apply(NEW_STOP)
    monkeypatch.undo()
    assert not (folder / "stops.csv").exists()
    apply(renamed(folder, "Uno"))
    assert list(read_rows(folder)["stops"]) == [("s1",)]
    assert [entry.number for entry in read_journal(folder)] == [1, 2]
    assert not list(folder.glob(".pending*"))


def killed(*_):
    raise KeyboardInterrupt


def test_an_unfinished_line_never_happened(folder, apply):
    apply(renamed(folder, "Uno"))
    journal = folder / JOURNAL_FILE
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole[:40])
    assert len(read_journal(folder)) == 1
    apply(renamed(folder, "Due"))
    assert [entry.number for entry in read_journal(folder)] == [1, 2]


@pytest.mark.parametrize("line", ["{}", "no", '{"number": 7}', "[]"])
def test_a_broken_journal_is_named(folder, apply, line):
    apply(renamed(folder, "Uno"))
    journal = folder / JOURNAL_FILE
    journal.write_text(line + "\n" + journal.read_text())
    with pytest.raises(DataError, match="line 1"):
        read_journal(folder)


HOLDER = """
import sys, time
from pathlib import Path
from capillare.geo.points.journal import one_writer
with one_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_writer_at_a_time_and_a_killed_one_lets_go(folder):
    other = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"held\n"
        with (
            pytest.raises(ConfigError, match="somebody else is changing it"),
            one_writer(folder, patience_s=0),
        ):
            pass
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        with one_writer(folder, patience_s=0):
            pass
    finally:
        other.kill()
        other.wait()
        other.stdout.close()


def test_a_registry_that_is_no_folder_or_not_ours_is_named(folder, tmp_path, apply, tiny):
    with pytest.raises(ConfigError, match="not a folder"):
        undo_last(tmp_path / "nulla", who="A", territory=tiny)
    (folder / "desks.csv").write_text("Codice sportello;Rete\nd1;pdf\n")
    with pytest.raises(DataError, match="not as the product writes it"):
        apply(NEW_STOP)
    (folder / "desks.csv").rename(folder / "elenco.csv")
    with pytest.raises(DataError, match=r"elenco\.csv: no table of the registry"):
        apply(NEW_STOP)


def test_changes_between_two_registries_lead_from_one_to_the_other(folder, apply, tiny):
    before = {"desks": read_registry(folder, tiny).desks, "stops": STOPS.empty()}
    apply(renamed(folder, "Uno"), NEW_STOP)
    registry = read_registry(folder, tiny)
    after = {"desks": registry.desks, "stops": registry.stops}
    changes = row_changes(before, after)
    assert [change.name for change in changes] == ["desks/d1", "stops/s1"]
    old = {"desks": {("d1",): changes[0].before, ("van",): {}}}
    new = changed_rows(old, changes)
    assert new["stops"] == {("s1",): changes[1].after}
    assert changed_rows(new, [change.reversed() for change in changes])["desks"] == old["desks"]
    pd.testing.assert_frame_equal(frame_of(new["stops"], STOPS), registry.stops[STOPS.names])
