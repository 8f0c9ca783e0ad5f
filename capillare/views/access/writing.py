"""The only door through which the planner writes: each function asks the gate before it does.

No other module of the views may import what writes a registry or a saved scenario; the import
rule and a test hold them to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.points.editing import apply_changes, undo_last
from capillare.geo.points.row_changes import read_rows
from capillare.planning.saved_scenarios import (
    delete_saved,
    rename_saved,
    restore_deleted,
    save_scenario,
)
from capillare.views.access.gate import require, require_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from capillare.geo.places import Territory
    from capillare.geo.points.journal import Entry
    from capillare.geo.points.row_changes import RowChange
    from capillare.planning.saved_scenarios import Saved
    from capillare.planning.scenario import Scenario


def change_registry(
    folder: Path, changes: Sequence[RowChange], *, typed_name: str, what: str, italy: Territory
) -> Entry | None:
    """Change rows of the registry; see `apply_changes`.

    Parameters
    ----------
    typed_name
        Who changes it, where nobody signs in; else the history has the name of the token.

    Raises
    ------
    AccessError
        If a row is not this person's to change.
    """
    who = require_changes(changes, read_rows(folder), italy)
    return apply_changes(folder, changes, who=who.name or typed_name, what=what, territory=italy)


def undo_registry(folder: Path, *, typed_name: str, italy: Territory) -> Entry | None:
    """Take back the last change of the registry; see `undo_last`.

    Raises
    ------
    AccessError
        If a row of it is not this person's to change.
    """

    def refuse_others(changes: Sequence[RowChange]) -> None:
        require_changes(changes, read_rows(folder), italy)

    who = require("change_service", "own")
    return undo_last(
        folder, who=who.name or typed_name, territory=italy, before_change=refuse_others
    )


def keep_scenario(folder: Path, scenario: Scenario, *, is_replacing: bool = False) -> Saved:
    """Save a scenario for everybody; see `save_scenario`.

    Raises
    ------
    AccessError
        If this person keeps no scenarios.
    """
    require("keep_scenarios")
    return save_scenario(folder, scenario, is_replacing=is_replacing)


def rename_scenario(folder: Path, key: str, title: str) -> Saved:
    """Give a saved scenario another title; see `rename_saved`.

    Raises
    ------
    AccessError
        If this person keeps no scenarios.
    """
    require("keep_scenarios")
    return rename_saved(folder, key, title)


def drop_scenario(folder: Path, key: str) -> None:
    """Delete a saved scenario; see `delete_saved`.

    Raises
    ------
    AccessError
        If this person keeps no scenarios.
    """
    require("keep_scenarios")
    delete_saved(folder, key)


def restore_scenario(folder: Path, key: str) -> Saved:
    """Save a deleted scenario again; see `restore_deleted`.

    Raises
    ------
    AccessError
        If this person keeps no scenarios.
    """
    require("keep_scenarios")
    return restore_deleted(folder, key)
