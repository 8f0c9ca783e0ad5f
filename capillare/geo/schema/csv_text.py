"""How a table is written as CSV (RFC 4180, UTF-8): the same table always gives the same bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.schema.tables import Table

DECIMALS = 6
"""Decimals kept in a number: 0.1 m in a position, a millionth of a share, no float noise."""

# A spreadsheet takes a cell that starts with one of these for a formula; apostrophes before it are
# counted in, so that one can be taken off again and nothing else changes.
_FORMULA = r"'*[=+\-@\t\r＝＋－＠]"
_NEUTRALISED = re.compile(rf"'(?={_FORMULA})")
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


def as_typed(text: str) -> str:
    """Take off the apostrophe that `neutralised` put before a text.

    >>> as_typed("'=1+1"), as_typed("''-x"), as_typed("'900")
    ('=1+1', "'-x", "'900")
    """
    return text[1:] if _NEUTRALISED.match(text) else text


def plain_text(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the declared columns of `frame` as text; what is missing stays missing.

    Geometry is left out. Numbers keep `DECIMALS` decimals, flags are true and false.

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
        written[column.name] = cells
    return typed.loc[:, []].assign(**written)


def canonical_text(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the declared columns of `frame` as they are written: `read_table` reads them back.

    As `plain_text`, with texts neutralised against formulas.
    """
    text = plain_text(frame, table)
    texts = [c.name for c in table.columns if c.name in text and c.kind in {"text", "date"}]
    return text.assign(**{name: neutralised(text[name]) for name in texts})


def table_as_csv(frame: pd.DataFrame, table: Table) -> str:
    """Write a table's declared columns, in order, as CSV text with CRLF line ends (RFC 4180)."""
    text: str = canonical_text(frame, table).to_csv(index=False, lineterminator="\r\n")
    return text
