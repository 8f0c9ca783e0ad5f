"""How a table is declared: columns with kind, unit, range, English meaning and Italian label."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "integer", "number", "flag", "date", "geometry"]

ISTAT_CODE = r"\d{6}"


@dataclass(frozen=True)
class Column:
    """One declared column of a table.

    Attributes
    ----------
    name
        Column name; quantities carry their unit as a suffix.
    kind
        ``text`` (pandas ``str``), ``integer`` (``int64``, or ``Int64`` where it may be missing),
        ``number`` (``float64``), ``flag`` (``bool``, or ``boolean`` where it may be missing),
        ``date`` (text, ISO 8601 ``YYYY-MM-DD``) or ``geometry``.
    meaning
        What it holds, in English.
    title_it
        Label shown to people, in Italian.
    unit
        Unit of measure, empty for none.
    may_miss
        Whether a value may be missing: missing is "not known", never zero.
    minimum, maximum
        Closed range of a number.
    choices
        The only values allowed.
    pattern
        Regular expression that a text must match whole.
    """

    name: str
    kind: Kind
    meaning: str
    title_it: str
    unit: str = ""
    may_miss: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def dtype(self) -> str:
        """Pandas dtype of the column in memory."""
        if self.kind == "integer":
            return "Int64" if self.may_miss else "int64"
        if self.kind == "flag":
            return "boolean" if self.may_miss else "bool"
        return {"number": "float64", "geometry": "geometry"}.get(self.kind, "str")


@dataclass(frozen=True)
class Table:
    """A declared table: its key, its columns in order, and what one row is.

    Attributes
    ----------
    name
        Name of the table, also of its file without the ending.
    meaning
        What one row is, in English.
    title_it
        Title shown to people, in Italian.
    key
        Columns that identify a row; no two rows share them.
    columns
        Declared columns in file order. Frames may carry further columns after these.
    """

    name: str
    meaning: str
    title_it: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> list[str]:
        """Names of the declared columns, in order."""
        return [column.name for column in self.columns]

    @cached_property
    def titles_it(self) -> dict[str, str]:
        """Italian label by column name."""
        return {column.name: column.title_it for column in self.columns}

    def column(self, name: str) -> Column:
        """Return the declaration of one column; KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]

    @cached_property
    def required_names(self) -> frozenset[str]:
        """Columns whose values are never missing; they recognise a file by its header."""
        return frozenset(column.name for column in self.columns if not column.may_miss)

    def empty(self) -> pd.DataFrame:
        """Return a frame of this table with no row."""
        import pandas as pd  # noqa: PLC0415 (the command line's help must not pay for pandas)

        return pd.DataFrame(
            {
                c.name: pd.Series(dtype="object" if c.kind == "geometry" else c.dtype)
                for c in self.columns
            }
        )

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return `frame` with the declared columns first, in order and in their dtypes.

        Columns that may miss and are absent are added empty; further columns are kept behind.

        Raises
        ------
        DataError
            If a cell is not of its column's kind: 1.5 in an integer, a text in a flag, infinity.
        """
        from capillare.geo.schema.checks import typed  # noqa: PLC0415 (it pays for pandas)

        return typed(self, frame)

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return `frame` typed and checked against the declaration.

        Raises
        ------
        DataError
            If a column is absent, a cell is not of its kind, missing, outside its range or
            choices, or a key is repeated: every fault of the table at once, with its rows' keys.
        """
        from capillare.geo.schema.checks import checked  # noqa: PLC0415 (it pays for pandas)

        return checked(self, frame)
