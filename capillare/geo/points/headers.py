"""Which declared table a user's file is, by its header; files about citizens are refused."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.errors import DataError, named_rows
from capillare.geo.points.choices import folded
from capillare.geo.schema import REGISTRY_TABLES, VANS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from capillare.geo.schema import Table
    from capillare.geo.sources.files import RawTable

TAX_CODE = r"(?i)\b[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]\b"
_SPACED_TAX_CODE = re.compile(r"(?i)[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]")
_TAX_CODE_LENGTH = 16
_CITIZEN_COLUMNS = frozenset({
    "cf", "c_f", "codice_fiscale", "codicefiscale", "cod_fiscale", "cod_fisc", "codfisc",
    "tax_code", "fiscal_code", "cognome", "surname", "first_name", "last_name", "citizen_name",
    "nome_cognome", "nome_e_cognome", "cognome_nome", "cognome_e_nome", "nominativo",
    "data_nascita", "data_di_nascita", "luogo_nascita", "luogo_di_nascita", "anno_di_nascita",
    "date_of_birth", "birth_date",
})  # fmt: skip
_CITIZENS = frozenset({"cittadino", "cittadina", "utente", "assistito", "assistita", "citizen"})
_OF_A_PERSON = frozenset({"nome", "nominativo", "telefono", "cellulare", "email", "mail", "name"})
_REMEDY = "Only totals may be given: remove every personal datum. Nothing was read."


@dataclass(frozen=True)
class Recognised:
    """A raw table and the declared table that it is.

    Attributes
    ----------
    raw
        The table as read.
    table
        The declared table; None if no declared table is like it.
    names
        Declared column by header; other columns are left aside.
    absent
        Declared columns that are needed and not there.
    """

    raw: RawTable
    table: Table | None
    names: dict[str, str]
    absent: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether its rows can be read into a registry."""
        return self.table in REGISTRY_TABLES and not self.absent


def refuse_citizens(raws: Sequence[RawTable]) -> None:
    """Refuse an import in which any table, known or not, is about single citizens.

    Raises
    ------
    DataError
        If a column is named like a tax code, a citizen's name or birth, or a cell holds an Italian
        tax code. What was found is not repeated.
    """
    for raw in raws:
        named = [name for name in map(str, raw.frame) if _is_about_citizens(name)]
        for name in raw.frame:
            cells = raw.frame[name]
            if not _may_hold_codes(cells):
                continue
            has_code = cells.str.contains(TAX_CODE, regex=True, na=False).to_numpy(dtype=bool)
            spaced = cells.str.count(" ").to_numpy() > 0
            has_code = has_code | _hold_spaced_codes(cells.to_numpy(dtype=object), spaced)
            if has_code.any():
                lines = named_rows(f"line {line}" for line in raw.lines[has_code])
                raise DataError(f"{raw.title}: tax codes in column {name}, {lines}. {_REMEDY}")
        if named:
            raise DataError(
                f"{raw.title}: data about single citizens, column {', '.join(named)}. {_REMEDY}"
            )


def _may_hold_codes(cells: pd.Series) -> bool:
    """Whether a column, read as one text, holds anything like a tax code: most hold nothing."""
    text = "\n".join(cells.dropna().to_numpy(dtype=object))
    return any(_SPACED_TAX_CODE.search(read) for read in (text, text.replace(" ", "")))


def _is_about_citizens(header: str) -> bool:
    word = folded(header)
    parts = set(word.split("_"))
    return word in _CITIZEN_COLUMNS or bool(parts & _CITIZENS and parts & _OF_A_PERSON)


def _hold_spaced_codes(
    cells: np.ndarray[tuple[int], np.dtype[np.object_]],
    is_spaced: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    held = np.zeros(len(cells), dtype=bool)
    for row in np.flatnonzero(is_spaced):
        joined = cells[row].replace(" ", "")
        held[row] = len(joined) == _TAX_CODE_LENGTH and bool(_SPACED_TAX_CODE.fullmatch(joined))
    return held


def recognise(raw: RawTable) -> Recognised:
    """Find the declared table that a header is, by column names or Italian labels.

    Among tables whose needed columns are all there, the one with most columns; the file's or
    sheet's name decides ties. Without one, the closest table is named with what it lacks, if at
    least half of its needed columns are there or the file bears its name.

    Raises
    ------
    DataError
        If two columns of the file are the same declared one.
    """
    if is_of_vans(raw):
        return Recognised(raw, VANS, {})
    entries = [_match(raw, table) for table in REGISTRY_TABLES]
    title = folded(raw.sheet or raw.file.rpartition(".")[0])

    def closeness(entry: Recognised) -> tuple[bool, float, int, bool]:
        table = entry.table or REGISTRY_TABLES[0]
        has_title = title in (table.name, folded(table.title_it))
        share = 1 - len(entry.absent) / len(table.required_names)
        return entry.is_usable, share + has_title, len(entry.names), has_title

    best = max(entries, key=closeness)
    is_usable, share, _, _ = closeness(best)
    is_close = share >= 0.5  # noqa: PLR2004 (half of the needed columns)
    if not is_usable and not is_close:
        return Recognised(raw, None, {})
    targets = list(best.names.values())
    repeated = sorted({name for name in targets if targets.count(name) > 1})
    if repeated:
        raise DataError(f"{raw.title}: two columns for {', '.join(repeated)}. Keep one of them.")
    return best


def is_of_vans(raw: RawTable) -> bool:
    """Whether a header is that of a file of vans, which a plan takes beside the registry.

    It names vans, and more than half of its columns are declared for them.
    """
    words = {str(name).strip().lower() for name in raw.frame}
    own = words & set(VANS.names)
    return VANS.key[0] in own and 2 * len(own) > len(words)


def _match(raw: RawTable, table: Table) -> Recognised:
    by_word = {folded(label): name for name, label in table.titles_it.items()}
    by_word |= {folded(name): name for name in table.names}
    words = {str(header): by_word.get(folded(str(header))) for header in raw.frame}
    names = {header: name for header, name in words.items() if name is not None}
    absent = tuple(
        name for name in table.names if name in table.required_names - set(names.values())
    )
    return Recognised(raw, table, names, absent)


def closest_table(raw: RawTable) -> Table:
    """Return the declared table whose columns are most like a header's."""
    headers = {folded(str(header)) for header in raw.frame}
    title = folded(raw.sheet or raw.file.rpartition(".")[0])

    def likeness(table: Table) -> tuple[float, float]:
        shared = headers & {folded(word) for word in (*table.names, *table.titles_it.values())}
        named = difflib.SequenceMatcher(None, title, table.name).ratio()
        return len(shared), named

    return max(REGISTRY_TABLES, key=likeness)
