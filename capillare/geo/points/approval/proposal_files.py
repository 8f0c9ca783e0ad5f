"""The files of a written plan, as its contract has them: whole, unchanged, of this registry."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from capillare.geo.errors import DataError, SourceError
from capillare.geo.schema.csv_text import table_as_csv
from capillare.geo.schema.seasons import SEASON_PLAN
from capillare.geo.schema.siting import SITES
from capillare.geo.schema.tours import TOUR_STOPS
from capillare.geo.sources.records import checksum
from capillare.geo.sources.reference import REGISTRY_RECORD, from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from capillare.geo.schema import Table

SUMMARY_FILE = "summary.json"
_APPROVABLE = (TOUR_STOPS, SEASON_PLAN, SITES)


@dataclass(frozen=True)
class WrittenPlan:
    """What a plan proposes, read from its folder.

    Attributes
    ----------
    as_of
        Day that the plan is drawn for.
    registry_checksums
        SHA-256 of each file of the registry that it was drawn on.
    tables
        The proposals that it wrote, by name: ``tour_stops``, ``season_plan``, ``sites``.
    """

    as_of: date
    registry_checksums: frozenset[str]
    tables: dict[str, pd.DataFrame]


def read_written_plan(folder: Path) -> WrittenPlan:
    """Read the proposals of a plan's folder.

    Raises
    ------
    SourceError
        If the folder holds no summary, or a proposal is not the one that the summary was written
        with: somebody changed it, or another run wrote it.
    DataError
        If a proposal breaks its declaration.
    """
    summary = _summary(folder)
    names = [
        f"{table.name}.csv" for table in _APPROVABLE if (folder / f"{table.name}.csv").exists()
    ]
    strange = [name for name in names if summary.outputs.get(name) != checksum(folder / name)]
    lost = [f"{t.name}.csv" for t in _APPROVABLE if f"{t.name}.csv" in summary.outputs]
    lost = [name for name in lost if name not in names]
    if strange or lost:
        raise SourceError(
            f"{folder.name}: {', '.join(strange + lost)} not as the plan wrote it. "
            "Draw the plan again."
        )
    return WrittenPlan(
        as_of=summary.as_of,
        registry_checksums=summary.registry_checksums,
        tables={
            table.name: _read(folder / f"{table.name}.csv", table)
            for table in _APPROVABLE
            if f"{table.name}.csv" in names
        },
    )


def plan_in_memory(
    tables: Mapping[str, pd.DataFrame], *, as_of: date, registry_checksums: Iterable[str]
) -> WrittenPlan:
    """Return a plan's proposals as `read_written_plan` would find them, had they been written.

    They pass through the text of their files, so that what is approved of a plan is the same
    whether it was written or not.

    Parameters
    ----------
    tables
        Proposals by name: ``tour_stops``, ``season_plan``, ``sites``.
    """
    return WrittenPlan(
        as_of=as_of,
        registry_checksums=frozenset(registry_checksums),
        tables={
            table.name: _read(io.StringIO(table_as_csv(tables[table.name], table)), table)
            for table in _APPROVABLE
            if table.name in tables
        },
    )


def refuse_another_registry(
    plan: WrittenPlan, current: Iterable[str], earlier: Iterable[Iterable[str]]
) -> None:
    """Refuse a plan that was drawn on another registry than this one, now or before its changes.

    Parameters
    ----------
    current
        SHA-256 of the registry's files.
    earlier
        The same before each change of its journal: a plan stays good after what is approved of it.

    Raises
    ------
    DataError
        If the plan's registry is none of them.
    """
    if plan.registry_checksums not in {frozenset(current), *map(frozenset, earlier)}:
        raise DataError(
            "plan: drawn on another registry, or on this one before it was changed by hand. "
            "Draw it again with --registry."
        )


class _Summary(NamedTuple):
    """What a plan's summary says of its files."""

    as_of: date
    registry_checksums: frozenset[str]
    outputs: dict[str, str]

    @classmethod
    def of(cls, said: Any) -> _Summary:  # noqa: ANN401 (JSON)
        """Read a summary; KeyError, TypeError and others where it is none."""
        return cls(
            as_of=date.fromisoformat(said["as_of"]),
            registry_checksums=frozenset(
                str(entry["sha256"])
                for entry in said["inputs"]
                if entry["name"].startswith(REGISTRY_RECORD)
            ),
            outputs={str(name): str(seal) for name, seal in said["outputs"].items()},
        )


def _summary(folder: Path) -> _Summary:
    file = folder / SUMMARY_FILE
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        raise SourceError(
            f"{folder.name}: no {SUMMARY_FILE} that can be read. Give the folder that "
            "`capillare plan` wrote."
        ) from fault
    try:
        return _Summary.of(said)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise SourceError(
            f"{folder.name}: {SUMMARY_FILE} does not say which files it goes with. Draw the plan "
            "again with this version."
        ) from fault


def _read(file: Path | io.StringIO, table: Table) -> pd.DataFrame:
    try:
        text = pd.read_csv(file, dtype="str", keep_default_na=False, na_values=[""])
        return table.check(from_text(text, table))
    except ValueError as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(
            f"{table.name}.csv: not as a plan writes it ({fault}). Draw the plan again."
        ) from fault
