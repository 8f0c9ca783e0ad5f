"""The faults a user can meet, each with a sentence that says where, what and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ROWS_NAMED = 5
MAX_KEY_CHARACTERS = 60


class CapillareError(Exception):
    """Base of every error that is shown to a user instead of a traceback."""


class DataError(CapillareError, ValueError):
    """A table or file holds rows that cannot be used."""


class SourceError(CapillareError, OSError):
    """A source of data is missing, unreadable or not what it claims to be."""


class ConfigError(CapillareError, ValueError):
    """A setting, policy or option is unknown or out of range."""


class InfeasibleError(CapillareError, ValueError):
    """No plan can satisfy what was asked."""


def named_rows(keys: Iterable[object], *, limit: int = MAX_ROWS_NAMED) -> str:
    """List row keys for an error sentence of one line, cut after `limit`.

    >>> named_rows(["048017", "048001"])
    '2 rows [048017, 048001]'
    >>> named_rows(range(9), limit=2)
    '9 rows [0, 1, …]'
    """
    listed = [_shown(key) for key in keys]
    shown = ", ".join(listed[:limit]) + (", …" if len(listed) > limit else "")
    noun = "row" if len(listed) == 1 else "rows"
    return f"{len(listed)} {noun} [{shown}]"


def _shown(key: object) -> str:
    # Keys come from people's files: a line feed or a page of text must not break the sentence.
    line = "".join(letter if letter.isprintable() else "?" for letter in str(key))
    return line if len(line) <= MAX_KEY_CHARACTERS else line[: MAX_KEY_CHARACTERS - 1] + "…"
