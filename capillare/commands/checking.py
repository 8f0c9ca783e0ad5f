"""``check``: what a registry or a file of vans is read as, before anything is planned."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 (typer reads it at run time)
from typing import TYPE_CHECKING, Annotated

import typer

from capillare.commands.options import EXIT_BAD_INPUT, EXIT_DONE, AsJson, Quiet, Region

if TYPE_CHECKING:
    from capillare.geo.points.registry import Registry


def check(
    path: Annotated[
        Path,
        typer.Argument(help="Your registry: a folder of CSV, a CSV or an XLSX; or a file of vans."),
    ],
    region: Region = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check your registry or your vans: what is read, what is noted, what is refused and why."""
    from capillare.geo.points import read_registry  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.points.headers import is_of_vans  # noqa: PLC0415 (the same)
    from capillare.geo.population import read_territory  # noqa: PLC0415 (the same)
    from capillare.geo.sources.files import read_raw  # noqa: PLC0415 (the same)

    raws = read_raw(path)
    of_vans = [raw.file for raw in raws if is_of_vans(raw)]
    registry = None
    if len(of_vans) < len(raws):
        registry = read_registry(path, read_territory(region or "09"))
        if not as_json:
            _say_registry(registry, quiet=quiet)
    n_vans = sum(_count_vans(path, name, quiet=quiet or as_json) for name in of_vans)
    refused = 0 if registry is None else _n_refused(registry)
    if as_json:
        rows = (
            []
            if registry is None
            else json.loads(registry.faults.to_json(orient="records", force_ascii=False))
        )
        told = {"faults": rows, "n_refused": refused, "n_vans": n_vans}
        typer.echo(json.dumps(told, ensure_ascii=False))
    raise typer.Exit(EXIT_BAD_INPUT if refused else EXIT_DONE)


def _n_refused(registry: Registry) -> int:
    """Return how many lines of files were refused."""
    refused = registry.faults[registry.faults["is_refused"].astype(bool)]
    return len(refused[["file", "line"]].drop_duplicates())


def _say_registry(registry: Registry, *, quiet: bool) -> None:
    from capillare.geo.numerals import counted  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.points import fault_lines  # noqa: PLC0415 (the same)

    faults = registry.faults
    is_refused = faults["is_refused"].astype(bool)
    for line in fault_lines(faults[is_refused] if quiet else faults):
        typer.echo(line)
    if not quiet:
        noted = len(faults) - int(is_refused.sum())
        typer.echo(
            f"{counted(len(registry.desks), 'sportello', 'sportelli')} e "
            f"{counted(len(registry.points), 'punto letto', 'punti letti')}; "
            f"{counted(noted, 'nota', 'note')}, "
            f"{counted(_n_refused(registry), 'riga rifiutata', 'righe rifiutate')}."
        )


def _count_vans(path: Path, name: str, *, quiet: bool) -> int:
    """Read a file of vans as a plan would, and say how many there are."""
    from capillare.planning.tours.vans import read_vans  # noqa: PLC0415 (keeps --help fast)

    file = path / name if path.is_dir() else path
    vans = read_vans(file)
    if not quiet:
        typer.echo(
            f"{file}: {len(vans)} {'furgone letto' if len(vans) == 1 else 'furgoni letti'}; "
            f"dalli con --vans {file}"
        )
    return len(vans)
