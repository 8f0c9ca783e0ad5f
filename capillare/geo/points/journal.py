"""The journal of a registry: who changed which row, when, from what to what, and how to go back.

One line of JSON for each change, in ``journal.jsonl`` beside the tables. A line is written whole
and put on disk before any table changes: it is what decides that the change is made.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from capillare.geo.errors import ConfigError, DataError
from capillare.geo.points.row_changes import RowChange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

JOURNAL_FILE = "journal.jsonl"
_LOCK_FILE = ".lock"
_PATIENCE_S = 5.0
_WAIT_S = 0.05


@dataclass(frozen=True)
class Entry:
    """One change of a registry.

    Attributes
    ----------
    number
        From 1, without gaps.
    at
        Instant, ISO 8601 with its offset.
    who
        Who made it, as the door says: a user of the computer, or who signed in.
    what
        What was done, in one sentence.
    rows
        Rows with their cells before and after.
    files
        SHA-256 of each table's file after it; None where the table is left without rows.
    origin
        SHA-256 of the files of the registry as it was before.
    undoes
        Number of the change that this one takes back; None if it takes back none.
    """

    number: int
    at: str
    who: str
    what: str
    rows: tuple[RowChange, ...]
    files: dict[str, str | None]
    origin: tuple[str, ...]
    undoes: int | None = None


def read_journal(folder: Path) -> list[Entry]:
    """Read every change of a registry, oldest first; none where there is no journal.

    A last line that a killed process left unfinished never happened, and is left out.

    Raises
    ------
    DataError
        If a line is not one of ours.
    """
    entries = []
    for number, line in enumerate(_whole_lines(folder), start=1):
        try:
            entry = _entry(json.loads(line))
        except (ValueError, KeyError, TypeError) as fault:
            raise DataError(
                f"{JOURNAL_FILE}: line {number} is not a change ({fault!r}). Restore the file."
            ) from fault
        if entry.number != number:
            raise DataError(
                f"{JOURNAL_FILE}: line {number} holds change {entry.number}. Restore the file."
            )
        entries.append(entry)
    return entries


def last_undoable(entries: Sequence[Entry]) -> Entry | None:
    """Return the last change that is no undo and is not undone; None where there is none."""
    undone = {entry.undoes for entry in entries}
    own = [entry for entry in entries if entry.undoes is None and entry.number not in undone]
    return own[-1] if own else None


def append_entry(folder: Path, entry: Entry) -> None:
    """Put a change at the end of the journal, on disk; an unfinished last line goes first."""
    file = folder / JOURNAL_FILE
    kept = sum(len(line) for line in _whole_lines(folder))
    written = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) + "\n"
    with file.open("r+b" if file.exists() else "w+b") as stream:
        stream.truncate(kept)
        stream.seek(kept)
        stream.write(written.encode())
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def one_writer(folder: Path, *, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    """Hold a registry for one writer; a killed process lets go of it by itself.

    Raises
    ------
    ConfigError
        If somebody else holds it for longer than `patience_s` seconds, or it cannot be written.
    """
    try:
        handle = os.open(folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as fault:
        raise ConfigError(
            f"registry {folder.name}: cannot be written ({fault.strerror}). Give another folder."
        ) from fault
    try:
        _wait_for(handle, folder, patience_s)
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int, folder: Path, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise ConfigError(
                    f"registry {folder.name}: somebody else is changing it. Try again."
                ) from None
            time.sleep(_WAIT_S)
        else:
            return


def _whole_lines(folder: Path) -> list[bytes]:
    file = folder / JOURNAL_FILE
    if not file.exists():
        return []
    return [line for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def _entry(line: dict[str, Any]) -> Entry:
    rows = tuple(
        RowChange(row["table"], tuple(row["key"]), row["before"], row["after"])
        for row in line["rows"]
    )
    return Entry(**(line | {"rows": rows, "origin": tuple(line["origin"])}))
