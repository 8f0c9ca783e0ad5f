"""A registry written as a folder of CSV files, which `--registry` reads back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from capillare.geo.errors import ConfigError
from capillare.geo.points.editing import apply_changes
from capillare.geo.points.journal import JOURNAL_FILE
from capillare.geo.schema import REGISTRY_TABLES
from capillare.publish.folders import written_aside
from capillare.publish.tables import write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from capillare.geo.places import Territory
    from capillare.geo.points.row_changes import RowChange


def write_registry(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write the registry's tables in a new folder, all of them or nothing.

    A table without rows is left out: given, it would deny what other tables name.

    Raises
    ------
    ConfigError
        If the folder is there and not empty: no registry is ever overwritten.
    SourceError
        If it cannot be written.
    """
    refuse_what_is_there(folder)
    with written_aside(folder) as aside:
        _write_tables(tables, aside)


def write_changed_registry(
    tables: dict[str, pd.DataFrame],
    changes: Sequence[RowChange],
    folder: Path,
    *,
    who: str,
    what: str,
    territory: Territory,
    origin: Sequence[str],
    journal_of: Path | None,
) -> None:
    """Write a registry with changes made, its journal with them, in a new folder, or nothing.

    Parameters
    ----------
    tables
        The registry before the changes; see `whole_tables`.
    changes, who, what, territory, origin
        As `apply_changes` takes them.
    journal_of
        Registry whose journal goes on in the new folder; None for none.

    Raises
    ------
    ConfigError
        If the folder is there and not empty.
    DataError
        If the changed registry would be at fault.
    SourceError
        If it cannot be written.
    """
    refuse_what_is_there(folder)
    with written_aside(folder) as aside:
        _write_tables(tables, aside)
        if journal_of is not None and (journal_of / JOURNAL_FILE).is_file():
            shutil.copyfile(journal_of / JOURNAL_FILE, aside / JOURNAL_FILE)
        apply_changes(aside, changes, who=who, what=what, territory=territory, origin=origin)


def _write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    for table in REGISTRY_TABLES:
        if len(tables[table.name]):
            write_table(tables[table.name], table, folder / f"{table.name}.csv")


def refuse_what_is_there(folder: Path) -> None:
    """Refuse a folder that holds something, before any work is done for it.

    Raises
    ------
    ConfigError
        If it is a file, or holds anything.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            f"{folder}: is already there. Give another folder: no registry is overwritten."
        )
