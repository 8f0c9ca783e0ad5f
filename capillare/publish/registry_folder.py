"""A registry written as a folder of CSV files, which `--registry` reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.errors import ConfigError
from capillare.geo.schema import REGISTRY_TABLES
from capillare.publish.folders import written_aside
from capillare.publish.tables import write_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


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
        for table in REGISTRY_TABLES:
            if len(tables[table.name]):
                write_table(tables[table.name], table, aside / f"{table.name}.csv")


def refuse_what_is_there(folder: Path) -> None:
    """Refuse a folder that holds something, before any work is done for it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            f"{folder}: is already there. Give another folder: no registry is overwritten."
        )
