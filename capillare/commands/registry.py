"""``registry import`` and ``registry diff``: what a list changes, shown before it is accepted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capillare.commands.options import (
    EXIT_BAD_INPUT,
    EXIT_DONE,
    AsJson,
    Quiet,
    Region,
    RegistryPath,
)
from capillare.geo.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.points.importing import Gone, ListedDesks
    from capillare.geo.points.registry import Registry

PACKAGED = "packaged"
DIFF_FILE = "diff.csv"
NEW_REGISTRY = "registry"
_MARKS = {"new": "+", "changed": "~", "gone": "-"}
_HEADS = {
    "new": "Nuovi sportelli",
    "changed": "Campi cambiati",
    "gone": "Sportelli non più in elenco",
}
_MATCHES = {
    "near": "vicino e di nome simile",
    "address": "stesso indirizzo e nome simile",
    "name": "quasi lo stesso nome",
}

GoneOption = Annotated[
    str, typer.Option("--gone", help="Desks that are not in the list: keep, or close.")
]
A_REGISTRY = f"Folder of CSV, CSV or XLSX; or «{PACKAGED}»."


def registry_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A list: CSV, XLSX or GeoJSON.")],
    mapping: Annotated[Path, typer.Option("--mapping", help="How its columns map (TOML).")],
    registry: RegistryPath = None,
    region: Region = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for diff.csv.")] = Path(
        "capillare-import"
    ),
    accept: Annotated[
        bool, typer.Option("--accept", help="Write a new registry in OUT/registry too.")
    ] = False,
    gone: GoneOption = "keep",
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Hold a published list of desks against your registry: new, changed, gone."""
    from capillare.geo.points.importing import (  # noqa: PLC0415 (keeps --help fast)
        accepted_tables,
        read_listed_desks,
    )
    from capillare.geo.points.mapping import read_mapping  # noqa: PLC0415 (the same)
    from capillare.geo.population import read_territory  # noqa: PLC0415 (the same)
    from capillare.publish.registry_folder import (  # noqa: PLC0415 (the same)
        refuse_what_is_there,
        write_registry,
    )

    choice = _gone(gone)
    if accept:
        refuse_what_is_there(out / NEW_REGISTRY)
    read = read_mapping(mapping)
    whole = _whole_registry(registry)
    listed = read_listed_desks(file, read, whole, read_territory(region or "09"))
    tables = accepted_tables(whole, listed, gone=choice) if accept else {}
    _write_changes(listed.changes, out / DIFF_FILE)
    if accept:
        write_registry(tables, out / NEW_REGISTRY)
    if as_json:
        typer.echo(json.dumps(_told(listed), ensure_ascii=False))
    else:
        _print_faults(listed, quiet=quiet)
        if not quiet:
            _print_changes(listed.changes, listed.n_same)
            typer.echo(f"Scritto {out / DIFF_FILE}")
            typer.echo(
                f"Nuovo registro in {out / NEW_REGISTRY}: usalo con --registry"
                if accept
                else "Nulla è cambiato nel registro: per accettare ripeti con --accept"
            )
    raise typer.Exit(EXIT_BAD_INPUT if listed.n_refused else EXIT_DONE)


def registry_start(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="New folder to write.")],
    registry: RegistryPath = None,
    quiet: Quiet = False,
) -> None:
    """Write a working copy of a registry, which the planner can change and take back."""
    from capillare.geo.points.whole import whole_tables  # noqa: PLC0415 (keeps --help fast)
    from capillare.publish.registry_folder import (  # noqa: PLC0415 (the same)
        refuse_what_is_there,
        write_registry,
    )

    refuse_what_is_there(folder)
    whole = _whole_registry(registry)
    write_registry(whole_tables(whole), folder)
    if not quiet:
        typer.echo(
            f"{len(whole.points)} punti e {len(whole.desks)} sportelli in {folder}: usalo con "
            "--registry, o modificalo con `capillare up --registry`"
        )


def registry_diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help=A_REGISTRY)],
    after: Annotated[str, typer.Argument(metavar="AFTER", help=A_REGISTRY)],
    out: Annotated[Path | None, typer.Option("--out", help="CSV file to write.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say how the desks of two registries differ: new, changed, gone."""
    from capillare.geo.points.changes import compare_desks  # noqa: PLC0415 (keeps --help fast)

    old, new = (
        _whole_registry(None if name == PACKAGED else Path(name)) for name in (before, after)
    )
    changes = compare_desks(old.desks, new.desks, is_exact=True)
    n_new = int((changes["change"] == "new").sum())
    changed = changes.loc[changes["change"] == "changed", "desk_id"].nunique()
    if out is not None:
        _write_changes(changes, out)
    if as_json:
        typer.echo(json.dumps({"changes": _rows(changes)}, ensure_ascii=False))
    elif not quiet:
        _print_changes(changes, len(new.desks) - n_new - changed)
    refused = sum(int(one.faults["is_refused"].sum()) for one in (old, new))
    if refused:
        typer.echo(
            f"Righe rifiutate nei due registri: {refused}. Vedile con `capillare check`.", err=True
        )
    raise typer.Exit(EXIT_BAD_INPUT if refused else EXIT_DONE)


def _gone(text: str) -> Gone:
    if text == "keep":
        return "keep"
    if text == "close":
        return "close"
    raise ConfigError(f"--gone {text!r}: not one of keep, close.")


def _whole_registry(path: Path | None) -> Registry:
    """Read a registry cut to no region."""
    from capillare.geo.points import read_registry  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.population import ALL_REGIONS, read_territory  # noqa: PLC0415 (the same)

    return read_registry(path, read_territory(ALL_REGIONS))


def _write_changes(changes: pd.DataFrame, file: Path) -> None:
    from capillare.geo.schema import CHANGES  # noqa: PLC0415 (keeps --help fast)
    from capillare.publish.tables import write_table  # noqa: PLC0415 (the same)

    write_table(changes, CHANGES, file)


def _rows(frame: pd.DataFrame) -> Any:  # noqa: ANN401 (JSON)
    return json.loads(frame.to_json(orient="records", force_ascii=False))


def _told(listed: ListedDesks) -> dict[str, Any]:
    return {
        "n_same": listed.n_same,
        "n_refused": listed.n_refused,
        "changes": _rows(listed.changes),
        "faults": _rows(listed.faults),
    }


def _print_faults(listed: ListedDesks, *, quiet: bool) -> None:
    from capillare.geo.points import fault_lines  # noqa: PLC0415 (keeps --help fast)

    faults = listed.faults
    for line in fault_lines(faults[faults["is_refused"]] if quiet else faults):
        typer.echo(line, err=True)


def _print_changes(changes: pd.DataFrame, n_same: int) -> None:
    for kind, head in _HEADS.items():
        rows = changes[changes["change"] == kind]
        typer.echo(f"{head}: {len(rows)}")
        columns = rows[["desk_id", "name", "istat_code", "column", "before", "after", "matched_by"]]
        for desk_id, name, code, column, *cells in columns.fillna("").itertuples(index=False):
            old, new, matched_by = (shown(cell) for cell in cells)
            said = f"  {_MARKS[kind]} {desk_id}  {shown(name)} ({code})"
            if kind == "changed":
                how = f" [{_MATCHES[matched_by]}]" if matched_by in _MATCHES else ""
                said += f"  {column}: «{old}» → «{new}»{how}"
            typer.echo(said)
    typer.echo(f"Sportelli uguali: {n_same}")


def shown(cell: object) -> str:
    """Keep a cell on its line: no control character reaches the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(cell))
