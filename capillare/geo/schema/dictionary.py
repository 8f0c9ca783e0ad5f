"""The data dictionary: every declared table in Markdown, written from the declarations.

``python -m capillare.geo.schema.dictionary`` writes it anew into ``capillare/data/DICTIONARY.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from capillare.geo.schema import FOUND_CANDIDATES, REGISTRY_TABLES, RESULT_TABLES, TERRITORY_TABLES
from capillare.geo.schema.calls import CALL_TABLES
from capillare.geo.schema.changes import CHANGES, ROW_CHANGES
from capillare.geo.schema.exchange import EXCHANGE_TABLES
from capillare.geo.schema.opening import OPEN_WITHIN
from capillare.geo.schema.scenarios import SCENARIO_TABLES
from capillare.geo.schema.seasons import SEASON_TABLES, TOURISM_TABLES
from capillare.geo.schema.siting_answers import TRADEOFF_TABLES
from capillare.geo.schema.tours import TOUR_TABLES
from capillare.geo.schema.ways import WAY_TABLES

if TYPE_CHECKING:
    from capillare.geo.schema.tables import Column, Table

DICTIONARY_FILE = Path(__file__).parents[2] / "data" / "DICTIONARY.md"

_OPENING = """# Data dictionary

Written from the declarations in `capillare/geo/schema`, and written anew by
`python -m capillare.geo.schema.dictionary`.

- Kinds: **text**; **integer**; **number** (dot decimals, always finite); **flag** (`true` or
  `false`); **date** (`YYYY-MM-DD`); **geometry** (EPSG:4326).
- A column marked *may be empty* is empty where the value is not known. Empty is never zero.
- Shares run from 0 to 1. ISTAT codes are text of six characters.
- Columns come first in this order; a file may carry further columns after them.
"""

_SECTIONS = (
    ("The registry", REGISTRY_TABLES),
    ("The territory", (*TERRITORY_TABLES, *WAY_TABLES, *TOURISM_TABLES)),
    ("What a plan works with and writes", (FOUND_CANDIDATES, *RESULT_TABLES)),
    ("What `plan --seasons` and `capillare seasons` write", SEASON_TABLES),
    ("What `capillare coverage --at` writes beside coverage", (OPEN_WITHIN,)),
    ("What `capillare sites --call`, `--keep` and `--for` write", CALL_TABLES),
    ("What `--tradeoffs` adds to a plan", TRADEOFF_TABLES),
    ("What `capillare compare` writes", SCENARIO_TABLES),
    ("Vans, market days and mobile tours", TOUR_TABLES),
    ("What `capillare registry import` and `registry diff` write", (CHANGES,)),
    ("What `capillare registry approve` writes", (ROW_CHANGES,)),
    ("What analysts bring to `capillare travel` and `capillare sites`", EXCHANGE_TABLES),
)


def data_dictionary() -> str:
    """Return the dictionary of every declared table, in Markdown."""
    parts = [_OPENING]
    for title, tables in _SECTIONS:
        parts.append(f"## {title}\n")
        parts.extend(_table(table) for table in tables)
    return "\n".join(parts)


def write_dictionary(file: Path = DICTIONARY_FILE) -> None:
    """Write the dictionary to a file, by default the packaged one."""
    file.write_text(data_dictionary(), encoding="utf-8", newline="\n")


def _table(table: Table) -> str:
    lines = [
        f"### `{table.name}`: {table.title_it}\n",
        f"{table.meaning}. Key: {', '.join(f'`{name}`' for name in table.key)}.\n",
        "| column | kind | unit | allowed | meaning | Italian label |",
        "|---|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(_escaped(cell) for cell in _cells(c))} |" for c in table.columns]
    return "\n".join(lines) + "\n"


def _cells(column: Column) -> tuple[str, ...]:
    kind = f"{column.kind}, may be empty" if column.may_miss else column.kind
    return (
        f"`{column.name}`",
        kind,
        column.unit,
        _allowed(column),
        column.meaning,
        column.title_it,
    )


def _allowed(column: Column) -> str:
    if column.choices:
        return ", ".join(f"`{choice}`" for choice in column.choices)
    if column.pattern:
        return f"`{column.pattern}`"
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum:g} to {column.maximum:g}"
    if column.minimum is not None:
        return f"{column.minimum:g} or more"
    return ""


def _escaped(cell: str) -> str:
    # A bar ends a cell of a Markdown table, even inside code.
    return cell.replace("|", "\\|")


if __name__ == "__main__":
    write_dictionary()
