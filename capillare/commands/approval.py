"""``registry approve`` and ``registry undo``: a proposal becomes the registry's, or stops being."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capillare.commands.options import Quiet, day
from capillare.commands.registry import A_REGISTRY, DIFF_FILE, NEW_REGISTRY, PACKAGED, shown
from capillare.geo.errors import ConfigError

if TYPE_CHECKING:
    from capillare.geo.points.approval import Wishes, WrittenPlan
    from capillare.geo.points.row_changes import RowChange

_MARKS = {"new": "+", "changed": "~", "gone": "-"}
_TAKEN_UNASKED = ("tour_stops", "season_plan")
_SITES = "sites"

Who = Annotated[
    str | None, typer.Option("--who", help="Who signs the change. [default: the computer's user]")
]


def registry_approve(
    plan_folder: Annotated[Path, typer.Argument(metavar="PLAN_DIR", help="A written plan.")],
    registry: Annotated[str, typer.Argument(metavar="REGISTRY", help=A_REGISTRY)],
    season: Annotated[bool, typer.Option("--season", help="Approve the seasonal seats.")] = False,
    tours: Annotated[bool, typer.Option("--tours", help="Approve the stops of vans.")] = False,
    sites: Annotated[
        bool, typer.Option("--sites", help="Add proposed sites as planned desks.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="A van, point or candidate; again for more. [default: all]"),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="Last day. [default: tours as drawn, seasonal seats a year]"),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for diff.csv.")] = Path(
        "capillare-approve"
    ),
    accept: Annotated[
        bool, typer.Option("--accept", help="Write a new registry in OUT/registry too.")
    ] = False,
    who: Who = None,
    quiet: Quiet = False,
) -> None:
    """Take a plan's proposals over into your registry: only then do citizens see them.

    Without --season, --tours or --sites: the seasonal seats and the stops that the plan holds.
    """
    from capillare.geo.points.approval import (  # noqa: PLC0415 (keeps --help fast)
        Wishes,
        read_written_plan,
    )
    from capillare.publish.registry_folder import refuse_what_is_there  # noqa: PLC0415 (the same)

    asked = {"season_plan": season, "tour_stops": tours, _SITES: sites}
    plan = read_written_plan(plan_folder)
    parts = tuple(part for part, is_asked in asked.items() if is_asked)
    parts = parts or tuple(part for part in _TAKEN_UNASKED if part in plan.tables)
    if not parts:
        raise ConfigError(
            f"{plan_folder}: no tours and no seasonal seats in it. Draw the plan with --vans or "
            "--seasons; proposed sites are approved with --sites."
        )
    if accept:
        refuse_what_is_there(out / NEW_REGISTRY)
    wishes = Wishes(parts, tuple(only or ()), day(until) if until else None)
    path = None if registry == PACKAGED else Path(registry)
    changes = _approved(plan, path, wishes, out, who=_name(who), accept=accept)
    if not quiet:
        _print_changes(changes)
        typer.echo(f"Scritto {out / DIFF_FILE}")
        typer.echo(
            f"Nuovo registro in {out / NEW_REGISTRY}: usalo con --registry"
            if accept
            else "Nulla è cambiato nel registro: per approvare ripeti con --accept"
        )


def registry_undo(
    registry: Annotated[Path, typer.Argument(metavar="REGISTRY", help="Folder with a journal.")],
    who: Who = None,
    quiet: Quiet = False,
) -> None:
    """Take back the last change of a registry's journal, in its folder."""
    from capillare.geo.numerals import counted  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.points.editing import undo_last  # noqa: PLC0415 (the same)
    from capillare.geo.population import ALL_REGIONS, read_territory  # noqa: PLC0415 (the same)

    entry = undo_last(registry, who=_name(who), territory=read_territory(ALL_REGIONS))
    if quiet:
        return
    if entry is None:
        typer.echo("Nessuna modifica da annullare.")
    else:
        rows = counted(len(entry.rows), "riga", "righe")
        typer.echo(f"{entry.what[:1].upper()}{entry.what[1:]}: {rows}.")


def _approved(
    plan: WrittenPlan, path: Path | None, wishes: Wishes, out: Path, *, who: str, accept: bool
) -> list[RowChange]:
    from capillare.geo.points import read_registry  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.points.approval import (  # noqa: PLC0415 (the same)
        approve,
        refuse_another_registry,
    )
    from capillare.geo.points.journal import read_journal  # noqa: PLC0415 (the same)
    from capillare.geo.points.row_changes import cell_changes  # noqa: PLC0415 (the same)
    from capillare.geo.points.whole import whole_tables  # noqa: PLC0415 (the same)
    from capillare.geo.population import ALL_REGIONS, read_territory  # noqa: PLC0415 (the same)
    from capillare.geo.schema.changes import ROW_CHANGES  # noqa: PLC0415 (the same)
    from capillare.geo.sources.reference import registry_records  # noqa: PLC0415 (the same)
    from capillare.publish.registry_folder import write_changed_registry  # noqa: PLC0415 (the same)
    from capillare.publish.tables import write_table  # noqa: PLC0415 (the same)

    origin = tuple(sorted(record.sha256 for record in registry_records(path)))
    journal = read_journal(path) if path is not None and path.is_dir() else []
    refuse_another_registry(plan, origin, [entry.origin for entry in journal])
    territory = read_territory(ALL_REGIONS)
    tables = whole_tables(read_registry(path, territory))
    today = datetime.now().astimezone().date()
    changes = approve(plan, tables, wishes, approved_on=today)
    write_table(cell_changes(changes), ROW_CHANGES, out / DIFF_FILE)
    if accept:
        write_changed_registry(
            tables,
            changes,
            out / NEW_REGISTRY,
            who=who,
            what=wishes.sentence(plan.as_of),
            territory=territory,
            origin=origin,
            journal_of=path,
        )
    return changes


def _name(who: str | None) -> str:
    if who:
        return who
    try:
        return getpass.getuser()
    except OSError:  # a container's user may have no name
        return "?"


def _print_changes(changes: list[RowChange]) -> None:
    for change in changes:
        cells = change.after or change.before or {}
        kind = change.kind
        if change.table == "stops":
            said = _said_stop(cells)
        else:
            said = f"{cells['name']} ({cells['istat_code']})"
        line = f"  {_MARKS[kind]} {change.name}  {said}"
        if change.before and change.after:
            changed = sorted(
                name
                for name in {*change.before, *change.after}
                if change.before.get(name) != change.after.get(name)
            )
            line += "".join(
                f"  {name}: «{change.before.get(name, '')}» → «{change.after.get(name, '')}»"
                for name in changed
            )
        typer.echo(shown(line))
    n_kinds = {kind: sum(change.kind == kind for change in changes) for kind in _MARKS}
    typer.echo(
        f"Righe nuove: {n_kinds['new']}, cambiate: {n_kinds['changed']}, tolte: {n_kinds['gone']}"
        if changes
        else "Il registro è già così: nulla da approvare"
    )


def _said_stop(cells: dict[str, str]) -> str:
    weekday, weeks = cells.get("weekday", ""), cells.get("every_n_weeks", "1")
    rhythm = f"{weekday} ogni {weeks} settimane" if weeks != "1" else weekday
    days = f"{cells['starts_on']}…{cells.get('ends_on', '')}"
    return f"{cells.get('locality', '')} {rhythm} {cells['from_time']}-{cells['to_time']} {days}"
