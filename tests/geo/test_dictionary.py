"""The data dictionary holds every declared table and is written anew when one changes."""

from __future__ import annotations

import pytest

from capillare.geo import schema
from capillare.geo.schema import TARGETS, Column, Table, dictionary
from capillare.geo.schema.dictionary import DICTIONARY_FILE, data_dictionary, write_dictionary
from capillare.geo.schema.exchange import EXCHANGE_TABLES

TABLES = [entry for entry in vars(schema).values() if isinstance(entry, Table)]
TABLES += EXCHANGE_TABLES


def test_the_packaged_dictionary_is_the_declarations():
    assert DICTIONARY_FILE.read_text(encoding="utf-8") == data_dictionary(), (
        "run python -m capillare.geo.schema.dictionary"
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_there_once_with_all_its_columns_in_order(table):
    text = data_dictionary()
    heading = f"### `{table.name}`: {table.title_it}\n"
    assert text.count(heading) == 1
    section = text.split(heading)[1].split("\n#")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == table.names
    for name in table.key:
        assert f"`{name}`" in section.split("Key: ")[1].splitlines()[0]


def test_a_row_says_kind_unit_range_meaning_and_label():
    column = TARGETS.column("weekly_hours")
    assert (
        f"| `weekly_hours` | number, may be empty | hours | 0 or more | {column.meaning} | "
        f"{column.title_it} |\n"
    ) in data_dictionary()


def test_choices_patterns_and_bars_are_written_out(monkeypatch):
    odd = Table("odd", "Odd", "Strana", ("code",), (
        Column("code", "text", "a|b", "Codice", pattern="a|b"),
        Column("kind", "text", "Kind", "Tipo", choices=("main", "branch")),
        Column("share", "number", "Share", "Quota", minimum=0, maximum=0.5),
    ))  # fmt: skip
    monkeypatch.setattr(dictionary, "_SECTIONS", (("Odd", (odd,)),))
    lines = data_dictionary().splitlines()
    assert "| `code` | text |  | `a\\|b` | a\\|b | Codice |" in lines
    assert "| `kind` | text |  | `main`, `branch` | Kind | Tipo |" in lines
    assert "| `share` | number |  | 0 to 0.5 | Share | Quota |" in lines


def test_the_file_is_written_with_plain_line_ends(tmp_path):
    file = tmp_path / "DICTIONARY.md"
    write_dictionary(file)
    assert file.read_bytes() == data_dictionary().encode()
    assert b"\r" not in file.read_bytes()
