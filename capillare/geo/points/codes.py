"""ISTAT codes as people write them: unpadded, or of municipalities that merged since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

_SHORTEST = 4
_LENGTH = 6
_MAX_STEPS = 8


@dataclass(frozen=True)
class CodeBook:
    """Municipality codes in force, and what became of those that ended.

    Attributes
    ----------
    known
        Codes in force on the reference date.
    successors
        Code in force, or codes if the territory was split, by code that ended.
    names
        Name of the municipality in force, by code that ended.
    """

    known: frozenset[str]
    successors: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]

    @classmethod
    def of(cls, known: Iterable[str], lineage: pd.DataFrame) -> CodeBook:
        """Build the book from codes in force and table ``lineage``."""
        successors: dict[str, tuple[str, ...]] = {}
        names: dict[str, str] = {}
        columns = ("old_istat_code", "new_istat_code", "new_municipality")
        ends = zip(*(lineage[name].tolist() for name in columns), strict=True)
        for old, new, municipality in ends:
            successors[old] = (*successors.get(old, ()), new)
            names[old] = municipality
        return cls(frozenset(known) | set(lineage["new_istat_code"]), successors, names)

    def padded(self, text: str) -> str | None:
        """Return six digits, zeros put back where a spreadsheet took them away; None if no code."""
        if not (text.isascii() and text.isdigit() and _SHORTEST <= len(text) <= _LENGTH):
            return None
        return text.zfill(_LENGTH)

    def in_force(self, code: str) -> tuple[str, ...]:
        """Return the code in force: none if unknown, several if its territory was split."""
        for _ in range(_MAX_STEPS):
            if code in self.known:
                return (code,)
            following = self.successors.get(code, ())
            if len(following) != 1:
                return following
            code = following[0]
        return ()
