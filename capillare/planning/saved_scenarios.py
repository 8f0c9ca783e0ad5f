"""Scenarios kept in a folder, one small TOML file each: saved, renamed, deleted, taken back.

A file is what ``plan --scenario`` reads, so that the command line reopens what a planner saved and
finds the same plan. The file's name is a key made of the title; it never holds a path. A deleted
scenario stays beside the others under another ending, so that whoever comes later can take it back.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from capillare.geo.errors import ConfigError, SourceError
from capillare.geo.places import normalised_name
from capillare.planning.scenario import Scenario, read_scenario, write_toml

MAX_SAVED = 200
MAX_DELETED = 20
"""Deleted scenarios that can be taken back; those deleted before them are gone."""
_KEY = re.compile(r"[0-9a-z][0-9a-z-]{0,70}")
_MARK_CHARS = 8
_NAME_CHARS = 60
_DELETED = ".deleted"


@dataclass(frozen=True)
class Saved:
    """One saved scenario.

    Attributes
    ----------
    key
        Name of its file, without the ending.
    scenario
        What it asks; its title is never empty.
    saved_at
        When its file was last written, with its zone.
    """

    key: str
    scenario: Scenario
    saved_at: datetime


def key_of(title: str) -> str:
    """Return the key of a title: readable, and kept apart from other titles by a mark.

    >>> key_of("Più sedi in Lunigiana")
    'piu-sedi-in-lunigiana-86070264'
    """
    plain = normalised_name(title).replace(" ", "-")[:_NAME_CHARS].strip("-") or "scenario"
    mark = hashlib.sha256(title.strip().encode("utf-8", "surrogatepass")).hexdigest()
    return f"{plain}-{mark[:_MARK_CHARS]}"


def save_scenario(folder: Path, scenario: Scenario, *, is_replacing: bool = False) -> Saved:
    """Save a scenario under its title; the file appears whole or not at all.

    Raises
    ------
    ConfigError
        If it has no title, its title is taken and `is_replacing` is false, or the folder is full.
    SourceError
        If the file cannot be written.
    """
    title = scenario.title.strip()
    if not title:
        raise ConfigError("scenario: it has no title. Give it one to save it.")
    scenario = replace(scenario, title=title)
    path = folder / f"{key_of(title)}.toml"
    if path.exists() and not is_replacing:
        raise ConfigError(f"scenario {title!r}: there is one of this title. Choose another title.")
    if not path.exists() and folder.is_dir() and len(list(folder.glob("*.toml"))) >= MAX_SAVED:
        raise ConfigError(f"scenario {title!r}: {MAX_SAVED} are saved already. Delete some first.")
    return _write(scenario, path)


def rename_saved(folder: Path, key: str, title: str) -> Saved:
    """Give a saved scenario another title, and with it another key; what it asks stays.

    Raises
    ------
    ConfigError
        If the key is not one of a saved scenario, or the title is empty, unfit or taken.
    SourceError
        If the file cannot be written; it is there under its old title then.
    """
    renamed = replace(_read(_path(folder, key)).scenario, title=title.strip())
    if not renamed.title:
        raise ConfigError("scenario: it has no title. Give it one to save it.")
    path = _path(folder, key_of(renamed.title))
    if path.stem != key and path.exists():
        raise ConfigError(
            f"scenario {renamed.title!r}: there is one of this title. Choose another title."
        )
    # The new file is whole before the old one goes: stopped between the two, there are both.
    saved = _write(renamed, path)
    if saved.key != key:
        _path(folder, key).unlink(missing_ok=True)
    return saved


def list_saved(folder: Path) -> tuple[list[Saved], list[str]]:
    """List the saved scenarios by title, and a sentence for each file that cannot be read."""
    if not folder.is_dir():
        return [], []
    saved, faults = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            saved.append(_read(path))
        except ConfigError as fault:
            faults.append(str(fault))
    return sorted(saved, key=lambda one: (one.scenario.title.casefold(), one.key)), faults


def read_saved(folder: Path, key: str) -> Saved:
    """Read one saved scenario.

    Raises
    ------
    ConfigError
        If there is none of this key, or its file cannot be read.
    """
    return _read(_path(folder, key))


def delete_saved(folder: Path, key: str) -> None:
    """Delete one saved scenario; `restore_deleted` takes it back. One that is gone is no fault.

    Raises
    ------
    ConfigError
        If the key is not one.
    SourceError
        If the file cannot be set aside; it is saved still then.
    """
    path = _path(folder, key)
    try:
        # What was deleted last is what is kept longest.
        os.utime(path)
        path.replace(path.with_suffix(_DELETED))
    except FileNotFoundError:
        return
    except OSError as fault:
        raise SourceError(f"scenario {key!r}: cannot be deleted ({fault.strerror}).") from fault
    for old in _deleted_files(folder)[MAX_DELETED:]:
        old.unlink(missing_ok=True)


def list_deleted(folder: Path) -> list[Saved]:
    """List the deleted scenarios that can be taken back, the last deleted first.

    Their `saved_at` is when they were deleted; a file that cannot be read is left out.
    """
    listed = []
    for path in _deleted_files(folder) if folder.is_dir() else []:
        try:
            listed.append(_read(path))
        except ConfigError:
            continue
    return listed


def restore_deleted(folder: Path, key: str) -> Saved:
    """Save a deleted scenario again under its title.

    Raises
    ------
    ConfigError
        If none of this key was deleted, or one of its title has been saved since.
    SourceError
        If the file cannot be written; it can be taken back still then.
    """
    path = _path(folder, key).with_suffix(_DELETED)
    saved = save_scenario(folder, _read(path).scenario)
    path.unlink(missing_ok=True)
    return saved


def _deleted_files(folder: Path) -> list[Path]:
    """Return the files of deleted scenarios, the last deleted first."""
    deleted_at: dict[Path, int] = {}
    for path in sorted(folder.glob(f"*{_DELETED}")):
        # Somebody else may take one back while they are listed.
        with suppress(FileNotFoundError):
            deleted_at[path] = path.stat().st_mtime_ns
    return sorted(deleted_at, key=lambda path: -deleted_at[path])


def _write(scenario: Scenario, path: Path) -> Saved:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".capillare-", suffix=".toml.part", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(write_toml(scenario))
        Path(aside).replace(path)
    except OSError as fault:
        raise SourceError(
            f"scenario {scenario.title!r}: cannot be saved ({fault.strerror})."
        ) from fault
    return _read(path)


def _path(folder: Path, key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise ConfigError(f"scenario {key[:40]!r}: not the key of a saved scenario.")
    return folder / f"{key}.toml"


def _read(path: Path) -> Saved:
    settings = read_scenario(path)
    saved_at = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    settings.setdefault("as_of", date(saved_at.year, saved_at.month, saved_at.day))
    settings["title"] = settings.get("title") or path.stem
    return Saved(path.stem, Scenario(**settings), saved_at)


__all__ = [
    "MAX_DELETED",
    "MAX_SAVED",
    "Saved",
    "delete_saved",
    "key_of",
    "list_deleted",
    "list_saved",
    "read_saved",
    "rename_saved",
    "restore_deleted",
    "save_scenario",
]
