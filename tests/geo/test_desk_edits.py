"""A desk changed by hand, counts loaded, and both taken back: on a real registry folder."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

import capillare
from capillare.geo.errors import DataError
from capillare.geo.places import Territory
from capillare.geo.points import read_registry
from capillare.geo.points.desk_edits import EDITABLE, edit_desk
from capillare.geo.points.editing import apply_changes, undo_last
from capillare.geo.points.journal import read_journal
from capillare.geo.points.progress_counts import read_progress_counts
from capillare.geo.points.row_changes import read_rows, row_changes, rows_of
from capillare.geo.points.whole import whole_tables
from capillare.geo.population import read_territory
from capillare.geo.schema import DESKS, PROGRESS
from capillare.publish.registry_folder import write_registry


@pytest.fixture(scope="module")
def italy() -> Territory:
    return read_territory("all")


@pytest.fixture(scope="module")
def written(italy, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("store") / "registro"
    write_registry(whole_tables(read_registry(None, italy)), folder)
    return folder


@pytest.fixture
def folder(written, tmp_path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "registro"))


@pytest.fixture
def seen(folder):
    rows = read_rows(folder)["desks"]
    return next(cells for cells in rows.values() if cells["status"] == "active")


def test_a_written_registry_reads_back_as_itself(written, italy):
    tables = whole_tables(read_registry(written, italy))
    assert rows_of(tables["desks"], DESKS) == read_rows(written)["desks"]
    assert row_changes(tables, tables) == []


def test_typed_cells_become_a_change_journalled_and_undone(folder, seen, italy):
    before = (folder / "desks.csv").read_bytes()
    typed = {
        "opening_hours": "lun-ven 9-13",
        "by_appointment": "sì",
        "valid_to": "31/12/2026",
        "phone": "055 123456",
        "verified_on": "2 marzo 2026",
        "note": "",
    }
    change = edit_desk(seen, typed)
    assert change.after["opening_hours"] == "Mo-Fr 09:00-13:00"
    assert change.after["hours_basis"] == "stated"
    assert change.after["by_appointment"] == "true"
    assert change.after["valid_to"] == "2026-12-31"
    assert change.after["verified_on"] == "2026-03-02"
    assert "note" not in change.after
    apply_changes(folder, [change], who="Anna", what="orario", territory=italy)
    desk = read_registry(folder, italy).desks.set_index("desk_id").loc[seen["desk_id"]]
    assert desk["opening_hours"] == "Mo-Fr 09:00-13:00"
    assert desk["phone"] == "055 123456"
    (entry,) = read_journal(folder)
    assert (entry.who, entry.rows[0].before) == ("Anna", seen)
    undo_last(folder, who="Bruno", territory=italy)
    assert (folder / "desks.csv").read_bytes() == before


def test_a_desk_changed_meanwhile_is_not_overwritten(folder, seen, italy):
    first, second = (edit_desk(seen, {"phone": phone}) for phone in ("055 1", "055 2"))
    apply_changes(folder, [first], who="Anna", what="telefono", territory=italy)
    with pytest.raises(DataError, match="somebody changed it meanwhile"):
        apply_changes(folder, [second], who="Bruno", what="telefono", territory=italy)
    assert read_rows(folder)["desks"][(seen["desk_id"],)]["phone"] == "055 1"


def test_what_is_typed_as_it_stands_changes_nothing(seen):
    assert edit_desk(seen, {name: seen.get(name, "") for name in EDITABLE if name != "x"}) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"opening_hours": "quando capita"}, "orario non leggibile"),
        ({"opening_hours": "Mo-Fr 25:00"}, "orario non leggibile"),
        ({"opening_hours": "ogni secondo martedì 9-12", "valid_to": "29/02/2027"}, "valid_to"),
        ({"valid_to": "31/02/2026"}, "31/02/2026"),
        ({"status": "boh"}, "boh"),
        ({"facilitators": "-2"}, "-2"),
        ({"status": ""}, "manca un dato necessario"),
        ({"by_appointment": "forse"}, "forse"),
        ({"note": "RSSMRA80A01D612X"}, "tax codes"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused_with_its_name(seen, typed, words):
    with pytest.raises(DataError, match=words):
        edit_desk(seen, typed)


def test_where_a_desk_stands_is_not_changed_by_hand(seen):
    with pytest.raises(DataError, match="istat_code"):
        edit_desk(seen, {"istat_code": "048017"})


def counts_file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "conteggi.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_counts_come_in_and_go_back(folder, tmp_path, italy):
    registry = read_registry(folder, italy)
    first, second = registry.points["point_id"].iloc[:2]
    text = f"Codice punto;Cittadini;Servizi resi\n{first};1.250;1900\nnessuno;3;3\n{second};;\n"
    counts = read_progress_counts(
        counts_file(tmp_path, text), registry, counted_on=date(2026, 2, 28)
    )
    assert counts.n_refused == 2
    assert counts.counts["citizens"].tolist() == [1250]
    assert [change.key for change in counts.changes] == [(first, "2026-02-28")]
    apply_changes(folder, counts.changes, who="Anna", what="conteggi", territory=italy)
    held = read_registry(folder, italy).progress.set_index(list(PROGRESS.key))
    assert held.loc[(first, "2026-02-28"), "services"] == 1900
    again = read_progress_counts(tmp_path / "conteggi.csv", read_registry(folder, italy),
                                 counted_on=date(2026, 2, 28))  # fmt: skip
    assert again.changes == ()
    fewer = counts_file(tmp_path, f"point_id,as_of,citizens\n{first},2026-03-31,900\n")
    noted = read_progress_counts(fewer, read_registry(folder, italy)).faults
    assert noted["problem"].str.contains("meno dell'ultimo conteggio").any()
    assert not noted["is_refused"].any()


@pytest.mark.parametrize(
    "text",
    [
        "point_id,as_of,citizens,codice fiscale\np,2026-01-01,1,x\n",
        "point_id,as_of,citizens,cognome\np,2026-01-01,1,Rossi\n",
        "point_id,as_of,citizens,nota\np,2026-01-01,1,RSSMRA80A01D612X\n",
    ],
)
def test_counts_about_single_citizens_are_refused(folder, tmp_path, italy, text):
    with pytest.raises(DataError, match="Nothing was read"):
        read_progress_counts(counts_file(tmp_path, text), read_registry(folder, italy))


def test_a_file_of_another_table_is_no_count(folder, tmp_path, italy):
    source = Path(capillare.__file__).parent / "data" / "registry" / "points.csv"
    copied = Path(shutil.copy(source, tmp_path))
    with pytest.raises(DataError, match="no table of counts"):
        read_progress_counts(copied, read_registry(folder, italy))
