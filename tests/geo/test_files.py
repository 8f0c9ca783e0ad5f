"""A user's files as they come: encodings, separators, quoting, sheets, and what is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import CapillareError, DataError, SourceError
from capillare.geo.sources import files
from capillare.geo.sources.files import read_raw


@pytest.fixture
def csv_file(tmp_path):
    def write(content: str | bytes, name: str = "desks.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def only(path):
    (table,) = read_raw(path)
    return table


def test_reads_cells_as_text_with_their_lines(csv_file):
    table = only(csv_file('id,name\n1,"Sportello ""A"",\nsecondo piano"\n\n2,B\n'))
    assert table.frame.to_dict("list") == {
        "id": ["1", "2"],
        "name": ['Sportello "A",\nsecondo piano', "B"],
    }
    assert table.lines.tolist() == [2, 5]
    assert table.frame.dtypes.astype(str).tolist() == ["str", "str"]
    assert (table.file, table.sheet, table.notes, table.faults) == ("desks.csv", None, [], [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end(csv_file, end):
    table = only(csv_file(end.join(["", "id,name", "1,A", "", "2,B"])))
    assert table.frame["name"].tolist() == ["A", "B"]
    assert table.lines.tolist() == [3, 5]


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings_are_told_apart_by_their_bytes(csv_file, encoding, note):
    table = only(csv_file("id,name\n1,Località però\n".encode(encoding)))
    assert table.frame.to_dict("list") == {"id": ["1"], "name": ["Località però"]}
    assert [note in text for text in table.notes] == ([True] if note else [])


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("id;name;lat\n1;A, B;43,7\n", "punto e virgola"),
        ("id\tname\tlat\n1\tA, B\t43,7\n", "tabulazione"),
        ("sep=;\nid;name;lat\n1;A, B;43,7\n", "punto e virgola"),
    ],
)
def test_separators(csv_file, text, note):
    table = only(csv_file(text))
    assert table.frame.iloc[0].tolist() == ["1", "A, B", "43,7"]
    assert table.lines.tolist() == [text.count("\n")]
    assert note in table.notes[0]


def test_rows_of_another_length_are_faults_and_the_others_go_on(csv_file):
    table = only(csv_file("id,name\n1,A\n2\n3,C,x\n4,D,,\n5,E\n"))
    assert table.frame["id"].tolist() == ["1", "4", "5"]
    assert [(fault.line, fault.found) for fault in table.faults] == [(3, "1 celle"), (4, "3 celle")]


def test_broken_quotes_are_a_fault_and_the_others_go_on(csv_file):
    table = only(csv_file('id,name\n1,"Bar" Sport\n2,B\n3,"aperte\n4,D\n'))
    assert table.frame["id"].tolist() == ["2"]
    assert [fault.line for fault in table.faults] == [2, 4]
    assert "fino alla riga" in table.faults[1].problem


def test_header_only_is_a_table_without_rows(csv_file):
    table = only(csv_file("id,name\n"))
    assert list(table.frame.columns) == ["id", "name"]
    assert len(table.frame) == 0
    assert table.notes == ["solo l'intestazione, nessuna riga"]


def test_folder_reads_each_csv_and_names_the_empty_one(tmp_path, csv_file):
    csv_file("id\n1\n", "b.csv")
    csv_file("", "A.CSV")
    csv_file("not a table", "readme.md")
    tables = read_raw(tmp_path)
    assert [table.file for table in tables] == ["A.CSV", "b.csv"]
    assert tables[0].faults[0].problem == "il file è vuoto"


REFUSED = [
    ("empty.csv", b"", "empty"),
    ("blank.csv", b"\n\n ,\n", "empty"),
    ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "only CSV and XLSX"),
    ("old.csv", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "only CSV and XLSX"),
    ("locked.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "password"),
    ("zip.csv", b"PK\x03\x04" + b"\0" * 100, "zipped file named as CSV"),
    ("text.xlsx", b"id,name\n1,A\n", "not an XLSX"),
    ("cut.xlsx", b"PK\x03\x04" + b"\0" * 100, "not an XLSX"),
    ("data.json", b"{}", "only CSV and XLSX"),
    ("binary.csv", bytes(range(256)), "neither UTF-8 nor Windows"),
    ("nul.csv", b"id,name\n1,\0\n", "not a text file"),
    ("wide.csv", b",".join(b"c%d" % n for n in range(500)) + b"\n", "500 columns"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED)
def test_refuses_with_a_sentence(csv_file, name, content, sentence):
    path = csv_file(content, name)
    with pytest.raises(SourceError, match=sentence) as raised:
        read_raw(path)
    assert str(raised.value).startswith(name)
    assert str(path.parent) not in str(raised.value)


def test_refuses_what_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        read_raw(tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="no CSV file"):
        read_raw(tmp_path)


def test_refuses_a_repeated_column(csv_file):
    with pytest.raises(DataError, match="repeats name"):
        read_raw(csv_file("id,name, name \n1,A,B\n"))


def test_refuses_what_is_too_long(csv_file, monkeypatch):
    path = csv_file("id\n" + "1\n" * 20)
    monkeypatch.setattr(files, "MAX_ROWS", 10)
    with pytest.raises(SourceError, match="over 10 rows"):
        read_raw(path)
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 10)
    with pytest.raises(SourceError, match="at most 20 MB"):
        read_raw(path)


@pytest.fixture
def book_file(tmp_path):
    def write(sheets: dict[str, list[list[object]]]):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "registro.xlsx"
        book.save(path)
        return path

    return write


def test_workbook_cells_become_plain_text(book_file):
    path = book_file(
        {
            "vuoto": [],
            "Sportelli": [
                ["id", "a", "b", "c", "d", "e", None],
                [48017, 43.77, True, date(2025, 12, 31), datetime(2025, 1, 2, 3, 4), time(9, 30)],
                [],
                ["x", 2.0, "=1+1", None, "testo"],
            ],
        }
    )
    table = only(path)
    assert table.title == "registro.xlsx [Sportelli]"
    assert table.frame.iloc[0].tolist() == [
        "48017",
        "43.77",
        "true",
        "2025-12-31",
        "2025-01-02 03:04:00",
        "09:30",
    ]
    assert table.frame.iloc[1].tolist() == ["x", "2", "", "", "testo", ""]
    assert table.lines.tolist() == [2, 4]


def test_workbook_rows_wider_than_the_header_are_faults(book_file):
    table = only(book_file({"a": [["id"], [1], [2, "fuori"]]}))
    assert table.frame["id"].tolist() == ["1"]
    assert table.faults[0].line == 3


def test_workbook_without_anything_is_refused(book_file):
    with pytest.raises(SourceError, match="no sheet holds anything"):
        read_raw(book_file({"a": [], "b": []}))


def repacked(path, change):
    """Rewrite the workbook with one member changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, change(member, old.read(member)))
    path.write_bytes(packed.getvalue())
    return path


def test_workbook_that_inflates_too_far_is_refused(book_file, monkeypatch):
    path = repacked(
        book_file({"a": [["id"], [1]]}),
        lambda name, content: b" " * 3_000_000 if name == "docProps/app.xml" else content,
    )
    monkeypatch.setattr("capillare.geo.sources.workbook.MAX_INFLATED_BYTES", 2_000_000)
    with pytest.raises(SourceError, match="inflates beyond"):
        read_raw(path)


def test_workbook_with_an_entity_bomb_is_refused(book_file):
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    path = repacked(
        book_file({"a": [["id"], [1]]}),
        lambda name, content: bomb if name.endswith("sheet1.xml") else content,
    )
    with pytest.raises(SourceError, match="damaged"):
        read_raw(path)


def test_workbook_without_its_parts_is_refused(book_file):
    path = repacked(
        book_file({"a": [["id"], [1]]}),
        lambda name, content: b"<broken" if name.endswith("sheet1.xml") else content,
    )
    with pytest.raises(SourceError, match="damaged"):
        read_raw(path)
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    path.write_bytes(document.getvalue())
    with pytest.raises(SourceError, match="not an XLSX"):
        read_raw(path)


@given(st.binary(max_size=200), st.sampled_from([".csv", ".xlsx"]))
def test_arbitrary_bytes_give_tables_or_a_sentence(tmp_path_factory, content, ending):
    path = tmp_path_factory.mktemp("any") / f"any{ending}"
    path.write_bytes(content)
    try:
        tables, sentence = read_raw(path), path.name
    except CapillareError as fault:
        tables, sentence = [], str(fault)
    assert sentence.startswith(path.name)
    assert all(len(table.lines) == len(table.frame) for table in tables)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8), st.sampled_from(",;\t"))
def test_what_is_quoted_is_read_back(tmp_path_factory, rows, separator):
    quoted = [
        separator.join('"' + cell.replace('"', '""') + '"' for cell in row)
        for row in [["id", "name"], *rows]
    ]
    path = tmp_path_factory.mktemp("quoted") / "desks.csv"
    path.write_bytes("\r\n".join(quoted).encode())
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    table = only(path)
    assert np.array_equal(table.frame.to_numpy(), np.array(kept).reshape(-1, 2))
