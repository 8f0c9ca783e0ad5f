"""Rows on their way into the registry, and the faults found in them, each by file and line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from capillare.geo.schema import Table
    from capillare.geo.sources.files import RawTable

FAULT_COLUMNS = ("file", "line", "column", "value", "problem", "what_to_do", "is_refused")
_MAX_SHOWN = 80


def fault_frame(entries: Sequence[tuple[str, int, str, str, str, str, bool]] = ()) -> pd.DataFrame:
    """Build a frame of faults.

    Returns
    -------
    ``file``, ``line`` (from 1; 0 for the whole file), ``column``, ``value`` as typed, ``problem``
    and ``what_to_do`` in Italian, ``is_refused`` (the row was left out; else it was read, and how
    is said in ``problem``).
    """
    columns = zip(*entries, strict=True) if entries else [()] * len(FAULT_COLUMNS)
    dtypes = dict.fromkeys(FAULT_COLUMNS, "str") | {"line": "int64", "is_refused": "bool"}
    return pd.DataFrame(
        {
            name: pd.Series(list(cells), dtype=pd.api.types.pandas_dtype(dtypes[name]))
            for name, cells in zip(FAULT_COLUMNS, columns, strict=True)
        }
    )


def fault_lines(faults: pd.DataFrame) -> list[str]:
    """Say each fault on one line: file, line, column, value, what is wrong, what to do."""
    cells = [faults[name].tolist() for name in FAULT_COLUMNS[:-1]]
    lines = []
    for file, line, column, found, problem, what_to_do in zip(*cells, strict=True):
        where = file + (f", riga {line}" if line else "")
        shown = f"«{_shown(found)}»" if found else ""
        place = " ".join(filter(None, (where, column, shown)))
        lines.append(f"{place}: {problem}. {what_to_do}".rstrip())
    return lines


def _shown(found: str) -> str:
    flat = " ".join(found.split())
    return flat if len(flat) <= _MAX_SHOWN else flat[: _MAX_SHOWN - 1] + "…"


@dataclass
class Rows:
    """Rows of one declared table, gathered from every file that holds some.

    Attributes
    ----------
    table
        What they are rows of.
    frame
        One row per line read, index 0 to n - 1; text before conversion, typed after it.
    file, line
        Where each row comes from, shape (n,).
    is_refused
        Rows that are left out, shape (n,).
    """

    table: Table
    frame: pd.DataFrame
    file: NDArray[np.object_]
    line: NDArray[np.int64]
    is_refused: NDArray[np.bool_]
    _entries: list[tuple[str, int, str, str, str, str, bool]] = field(default_factory=list)

    @classmethod
    def of(cls, table: Table, raws: Sequence[tuple[RawTable, dict[str, str]]]) -> Rows:
        """Gather raw tables, each with its declared column name by header."""
        texts = [raw.frame[list(names)].rename(columns=names) for raw, names in raws]
        frame = pd.concat([pd.DataFrame(columns=[], dtype="str"), *texts], ignore_index=True)
        frame = frame.fillna("").astype("str")
        lengths = [len(raw.frame) for raw, _ in raws]
        titles = np.array([raw.title for raw, _ in raws], dtype=object)
        lines = [np.empty(0, dtype=np.int64), *(raw.lines for raw, _ in raws)]
        return cls(
            table=table,
            frame=frame,
            file=np.repeat(titles, lengths),
            line=np.concatenate(lines),
            is_refused=np.zeros(len(frame), dtype=bool),
        )

    def refuse(
        self,
        is_bad: NDArray[np.bool_],
        column: str,
        found: pd.Series,
        problem: str | NDArray[np.object_],
        what_to_do: str | NDArray[np.object_],
    ) -> None:
        """Leave rows out, with one fault per bad cell; texts may differ by row."""
        bad = np.flatnonzero(is_bad)
        if not bad.size:
            return
        problems = np.broadcast_to(np.asarray(problem, dtype=object), is_bad.shape)
        remedies = np.broadcast_to(np.asarray(what_to_do, dtype=object), is_bad.shape)
        shown = found.iloc[bad].astype("str").fillna("")
        self._entries += [
            (self.file[row], int(self.line[row]), column, text, problems[row], remedies[row], True)
            for row, text in zip(bad.tolist(), shown, strict=True)
        ]
        self.is_refused[bad] = True

    def refuse_unknown_points(self, known: pd.Series, what_to_do: str) -> None:
        """Refuse rows that name a point which a registry does not know."""
        named = self.frame["point_id"]
        is_unknown = (named.notna() & ~named.isin(known)).to_numpy(dtype=bool)
        problem = "il registro non ha questo punto"
        self.refuse(is_unknown & ~self.is_refused, "point_id", named, problem, what_to_do)

    def note(
        self,
        is_noted: NDArray[np.bool_],
        column: str,
        found: pd.Series,
        how: str | NDArray[np.object_],
    ) -> None:
        """Say how cells were read: one note for each way, file and column, at its first line."""
        noted = np.flatnonzero(is_noted)
        if not noted.size:
            return
        ways = np.broadcast_to(np.asarray(how, dtype=object), is_noted.shape)
        first: dict[tuple[str, str], list[int]] = {}
        for row in noted.tolist():
            first.setdefault((self.file[row], ways[row]), [row, 0])[1] += 1
        for (file, way), (row, count) in first.items():
            text = "" if pd.isna(found.iloc[row]) else str(found.iloc[row])
            times = f" ({count} celle, la prima qui)" if count > 1 else ""
            self._entries.append((file, int(self.line[row]), column, text, way + times, "", False))

    def warn(
        self, is_noted: NDArray[np.bool_], column: str, found: pd.Series, problem: str, remedy: str
    ) -> None:
        """Report rows that are kept, one by one."""
        self._entries += [
            (
                self.file[row],
                int(self.line[row]),
                column,
                str(found.iloc[row]),
                problem,
                remedy,
                False,
            )
            for row in np.flatnonzero(is_noted).tolist()
        ]

    @property
    def faults(self) -> pd.DataFrame:
        """Everything found so far, by file and line."""
        return fault_frame(self._entries).sort_values(
            ["file", "line"], kind="stable", ignore_index=True
        )

    @property
    def kept(self) -> pd.DataFrame:
        """Rows that go on, in the order read."""
        return self.frame[~self.is_refused].reset_index(drop=True)
