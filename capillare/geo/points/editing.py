"""Changes made in a registry's folder: checked first, written aside, journalled, undone."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from capillare.geo.errors import CapillareError, ConfigError, DataError, SourceError
from capillare.geo.hours import ROME
from capillare.geo.points.journal import (
    Entry,
    append_entry,
    last_undoable,
    one_writer,
    read_journal,
)
from capillare.geo.points.registry import read_registry
from capillare.geo.points.row_changes import changed_rows, frame_of, read_rows
from capillare.geo.points.rows import fault_lines
from capillare.geo.schema import REGISTRY_TABLES
from capillare.geo.schema.csv_text import table_as_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from capillare.geo.places import Territory
    from capillare.geo.points.row_changes import RowChange, Rows

_PENDING = ".pending-"
_MAX_SAID = 5


def apply_changes(
    folder: Path,
    changes: Sequence[RowChange],
    *,
    who: str,
    what: str,
    territory: Territory,
    at: datetime | None = None,
    origin: Sequence[str] = (),
) -> Entry | None:
    """Change rows of a registry in its folder, all or none, and write it in the journal.

    The new tables are written aside and read as any registry is: a change that makes the intake
    refuse a row is refused. Then the journal's line goes to disk, and the files take their names.
    A process killed in between leaves a change that either never happened or is finished by the
    next one.

    Parameters
    ----------
    folder
        A registry as the product writes it: CSV files in canonical form.
    changes
        Rows with their cells as they were read, and as they shall be.
    who, what
        Who changes it, and what it is about, in a sentence.
    territory
        Where its desks may lie.
    at
        When; now if not given.
    origin
        Checksums of the files that `folder` was copied from; its own if not given.

    Returns
    -------
    What was written in the journal; None where every row was already so.

    Raises
    ------
    DataError
        If a row is no longer as it was read, or the changed registry would be at fault.
    ConfigError
        If it is no folder, or somebody else is changing it.
    SourceError
        If it cannot be written.
    """
    with _held(folder):
        entry = _Draft(who, what, at, tuple(origin) or file_checksums(folder))
        return _apply(folder, changes, entry, territory)


def undo_last(
    folder: Path,
    *,
    who: str,
    territory: Territory,
    at: datetime | None = None,
    before_change: Callable[[Sequence[RowChange]], None] | None = None,
) -> Entry | None:
    """Take back the last change that is not taken back yet; None where there is none.

    Parameters
    ----------
    folder, who, territory, at
        As `apply_changes`.
    before_change
        Called, while nobody else can write, with the rows that will change; what it raises ends
        the matter.

    Raises
    ------
    DataError
        If a row that it changed was changed again by hand since, or would now be at fault.
    ConfigError, SourceError
        As `apply_changes`.
    """
    with _held(folder):
        last = last_undoable(read_journal(folder))
        if last is None:
            return None
        changes = [change.reversed() for change in last.rows]
        if before_change is not None:
            before_change(changes)
        what = f"annullata la modifica {last.number}: {last.what}"
        entry = _Draft(who, what, at, file_checksums(folder), undoes=last.number)
        return _apply(folder, changes, entry, territory)


def file_checksums(folder: Path) -> tuple[str, ...]:
    """Return the SHA-256 of each table's file in a folder, sorted."""
    files = folder.glob("*.csv")
    return tuple(sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files))


class _Draft(NamedTuple):
    """What a journal's entry says before its change is made."""

    who: str
    what: str
    at: datetime | None
    origin: tuple[str, ...]
    undoes: int | None = None

    def entry(
        self, number: int, rows: tuple[RowChange, ...], files: dict[str, str | None]
    ) -> Entry:
        instant = (self.at or datetime.now(ROME)).astimezone(ROME).isoformat(timespec="seconds")
        return Entry(number, instant, self.who, self.what, rows, files, self.origin, self.undoes)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a registry's folder for one writer; first finish what a killed one left behind."""
    if not folder.is_dir():
        raise ConfigError(
            f"registry {folder.name}: not a folder. Write it as one with `registry import "
            "--accept` or `registry approve`."
        )
    with one_writer(folder):
        try:
            _finish(folder)
            yield
        except CapillareError:
            raise
        except OSError as fault:
            raise SourceError(
                f"registry {folder.name}: cannot be written ({fault.strerror}). Nothing changed."
            ) from fault


def _apply(
    folder: Path, changes: Sequence[RowChange], draft: _Draft, territory: Territory
) -> Entry | None:
    rows = read_rows(folder)
    changed = changed_rows(rows, changes)
    made = tuple(
        change
        for change in changes
        if rows.get(change.table, {}).get(change.key)
        != changed.get(change.table, {}).get(change.key)
    )
    if not made:
        return None
    number = len(read_journal(folder)) + 1
    aside = folder / f"{_PENDING}{number}"
    aside.mkdir()
    try:
        files = _write_aside(changed, {change.table for change in made}, folder, aside)
        _refuse_new_faults(folder, aside, territory)
        entry = draft.entry(number, made, files)
        append_entry(folder, entry)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    _move_over(folder, aside, files)
    return entry


def _write_aside(rows: Rows, changed: set[str], folder: Path, aside: Path) -> dict[str, str | None]:
    """Write a whole registry aside; return the checksum of each file that changes."""
    files: dict[str, str | None] = {}
    for table in REGISTRY_TABLES:
        file = f"{table.name}.csv"
        if table.name in changed and rows[table.name]:
            content = table_as_csv(frame_of(rows[table.name], table), table).encode()
            files[file] = hashlib.sha256(content).hexdigest()
            with (aside / file).open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        elif table.name in changed:
            files[file] = None
        elif (folder / file).is_file():
            os.link(folder / file, aside / file)
    return files


def _refuse_new_faults(folder: Path, aside: Path, territory: Territory) -> None:
    """Refuse a registry whose intake leaves out rows that it did not leave out before."""
    after = read_registry(aside, territory).faults.query("is_refused")
    if after.empty:
        return
    before = read_registry(folder, territory).faults.query("is_refused")
    known = set(fault_lines(before.assign(line=0)))
    lines = zip(fault_lines(after.assign(line=0)), fault_lines(after), strict=True)
    new = [said for line, said in lines if line not in known]
    if new:
        more = f" (and {len(new) - _MAX_SAID} more)" if len(new) > _MAX_SAID else ""
        raise DataError(f"registry: {' '.join(new[:_MAX_SAID])}{more} Nothing changed.")


def _move_over(folder: Path, aside: Path, files: dict[str, str | None]) -> None:
    for file, checksum in files.items():
        if checksum is None:
            (folder / file).unlink(missing_ok=True)
        elif (aside / file).exists():
            (aside / file).replace(folder / file)
    shutil.rmtree(aside)


def _finish(folder: Path) -> None:
    """Move over what a killed process journalled but did not move; forget what it did not."""
    left = sorted(folder.glob(f"{_PENDING}*"))
    if not left:
        return
    entries = {f"{_PENDING}{entry.number}": entry for entry in read_journal(folder)[-1:]}
    for aside in left:
        if aside.name in entries:
            _move_over(folder, aside, entries[aside.name].files)
        else:
            shutil.rmtree(aside)
