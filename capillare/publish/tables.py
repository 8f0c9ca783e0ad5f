"""Tables as CSV files (RFC 4180, UTF-8): the same table always gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.schema import (
    COVERAGE,
    GAPS,
    GAPS_SENSITIVITY,
    NETWORK_DIFFERENCE,
    SITES,
    TARGETS,
    TRAVEL_USED,
)
from capillare.geo.schema.opening import DESK_LOAD, WEEK_COVERAGE
from capillare.planning.plan import compare_sister_networks
from capillare.planning.service import load_of_desks, open_by_hour
from capillare.publish.folders import file_aside

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from capillare.geo.schema import Table
    from capillare.planning.plan import Plan

DECIMALS = 6
"""Decimals kept in a number: 0.1 m in a position, a millionth of a share, no float noise."""

# A spreadsheet takes a cell that starts with one of these for a formula; apostrophes before it are
# counted in, so that one can be taken off again and nothing else changes.
_FORMULA = r"'*[=+\-@\t\r＝＋－＠]"
_PHONE = r"\+\d[\d ()./-]{4,20}\d"


def neutralised(texts: pd.Series) -> pd.Series:
    """Put an apostrophe before every text that a spreadsheet would take for a formula.

    Phone numbers in international form stay as they are. `check` takes the apostrophe off.

    >>> import pandas as pd
    >>> list(neutralised(pd.Series(["=1+1", "+39 055 123456", "Pian di Scò", "'-x"])))
    ["'=1+1", '+39 055 123456', 'Pian di Scò', "''-x"]
    """
    is_formula = texts.str.match(_FORMULA, na=False) & ~texts.str.fullmatch(_PHONE, na=False)
    return texts.where(~is_formula, "'" + texts)


def canonical_text(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the declared columns of `frame` as they are written: `read_table` reads them back.

    Geometry is left out. Numbers keep `DECIMALS` decimals, flags are true and false, texts are
    neutralised against formulas, what is missing stays missing.

    Raises
    ------
    DataError
        If a cell is not of its column's kind, or infinite.
    """
    typed = table.typed(frame)
    written = {}
    for column in table.columns:
        if column.name not in typed or column.kind == "geometry":
            continue
        cells = typed[column.name]
        if column.kind == "number":
            cells = cells.round(DECIMALS) + 0.0  # no minus zero
        elif column.kind == "flag":
            cells = cells.map({True: "true", False: "false"}).astype("str")
        elif column.kind in {"text", "date"}:
            cells = neutralised(cells)
        written[column.name] = cells
    return typed.loc[:, []].assign(**written)


def table_as_csv(frame: pd.DataFrame, table: Table) -> str:
    """Write a table's declared columns, in order, as CSV text with CRLF line ends (RFC 4180)."""
    text: str = canonical_text(frame, table).to_csv(index=False, lineterminator="\r\n")
    return text


def write_table(frame: pd.DataFrame, table: Table, path: Path) -> None:
    """Write a table's declared columns, in order, as one CSV file in one step."""
    text = table_as_csv(frame, table)
    with file_aside(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


def plan_tables(plan: Plan) -> dict[Table, pd.DataFrame]:
    """Return the tables of a plan by their declaration, in the order they are read."""
    return {
        TARGETS: plan.network.targets,
        COVERAGE: plan.network.coverage,
        GAPS: plan.gaps.table,
        GAPS_SENSITIVITY: plan.gaps.sensitivity,
        NETWORK_DIFFERENCE: compare_sister_networks(plan.network),
        DESK_LOAD: load_of_desks(plan.network),
        WEEK_COVERAGE: open_by_hour(plan.network),
        SITES: plan.proposal.sites,
        TRAVEL_USED: plan.travel_used,
    }


def write_tables(plan: Plan, folder: Path) -> None:
    """Write each table of a plan as ``<table>.csv`` in `folder`."""
    for table, frame in plan_tables(plan).items():
        write_table(frame, table, folder / f"{table.name}.csv")
