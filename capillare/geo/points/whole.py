"""A registry as its tables, ready to be written again: nothing left out, nothing made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.errors import DataError
from capillare.geo.points.placing import unplaced
from capillare.geo.schema import REGISTRY_TABLES

if TYPE_CHECKING:
    from capillare.geo.points.registry import Registry
    from capillare.geo.points.scope import Tables


def whole_tables(registry: Registry) -> Tables:
    """Return the tables of a registry, positions that reading found taken out again.

    Parameters
    ----------
    registry
        The whole registry, cut to no territory.

    Raises
    ------
    DataError
        If it was not read whole: what was refused or cut would be lost.
    """
    refused = int(registry.faults["is_refused"].sum())
    if refused or registry.caveats:
        said = f"{refused} of its rows are refused" if refused else " ".join(registry.caveats)
        raise DataError(f"{registry.name}: {said}, and would be lost. Correct it first.")
    tables: Tables = {table.name: getattr(registry, table.name) for table in REGISTRY_TABLES}
    return {
        table.name: unplaced(tables[table.name], table)
        if "position_basis" in table.names
        else tables[table.name]
        for table in REGISTRY_TABLES
    }
