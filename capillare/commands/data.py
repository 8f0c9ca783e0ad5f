"""``data list`` and ``data fetch``: what the program knows from whom, and newer official files."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capillare.commands.options import AsJson, Quiet  # noqa: TC001 (typer reads annotations)
from capillare.geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capillare.geo.sources.catalogue import PublishedSource
    from capillare.geo.sources.download import Progress
    from capillare.geo.sources.held import HeldFile
    from capillare.geo.sources.records import SourceRecord

DATA_DIR = "CAPILLARE_DATA_DIR"
_STATES_IT = {"new": "scaricato", "changed": "aggiornato", "unchanged": "invariato"}


def data_list(as_json: AsJson = False) -> None:
    """List the data in use, those that publishers offer, and what CAPILLARE_DATA_DIR holds."""
    from capillare.geo.sources.catalogue import read_catalogue  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.sources.held import read_held  # noqa: PLC0415 (the same)
    from capillare.planning.network import Inputs, used_sources  # noqa: PLC0415 (the same)

    folder = _data_folder()
    held = read_held(folder) if folder else ()
    records = used_sources(Inputs(), official=None)
    published = read_catalogue()
    if as_json:
        listed = {
            "included": [asdict(record) for record in records],
            "published": [asdict(source) for source in published],
            "folder": [asdict(file) for file in held],
        }
        typer.echo(json.dumps(listed, ensure_ascii=False))
        return
    for line in (*_included(records), "", *_published(published), "", *_held(folder, held)):
        typer.echo(line)


def _data_folder() -> Path | None:
    folder = os.environ.get(DATA_DIR)
    return Path(folder) if folder else None


def _included(records: tuple[SourceRecord, ...]) -> Iterator[str]:
    yield "Dati inclusi nel programma"
    for record in records:
        yield f"  {record.name}"
        yield f"    {record.date} · {record.licence}"


def _published(sources: tuple[PublishedSource, ...]) -> Iterator[str]:
    yield "Dati ufficiali da prendere con `capillare data fetch NOME`"
    for source in sources:
        yield f"  {source.name}: {source.title}"
        yield f"    {source.publisher} · {source.licence}"
        where = f"    indirizzo da dare con --url (vedi {source.page})" if source.page else ""
        yield f"    {source.url}" if source.url else where or "    indirizzo da dare con --url"


def _held(folder: Path | None, held: tuple[HeldFile, ...]) -> Iterator[str]:
    if folder is None:
        yield f"{DATA_DIR}: non impostata, valgono i dati inclusi"
        return
    yield f"{DATA_DIR}: {folder}" + ("" if held else " (vuota, valgono i dati inclusi)")
    for file in held:
        yield f"  {file.file}: {'usato' if file.is_used else 'non usato'}, {file.what}"
        if file.origin:
            origin = file.origin
            yield f"    {origin.url} · {origin.fetched_at} · {origin.licence}"
            yield f"    sha256 {origin.sha256}"


def data_fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which data; see data list.")],
    url: Annotated[str, typer.Option("--url", help="Address, instead of the known one.")] = "",
    to: Annotated[Path | None, typer.Option("--to", help=f"Folder. [default: ${DATA_DIR}]")] = None,
    sha256: Annotated[str, typer.Option("--sha256", help="Checksum that the file must have.")] = "",
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Fetch an official file into your data folder. The only command that downloads."""
    from capillare.geo.sources.catalogue import find_source  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.sources.fetching import fetch_source  # noqa: PLC0415 (the same)

    source = find_source(name)
    folder = to or _data_folder()
    if folder is None:
        raise ConfigError(
            f"data fetch {name}: no folder to keep it in. Set {DATA_DIR} or give --to."
        )
    with _progress_bar(source.title, quiet=quiet or as_json) as progress:
        fetched = fetch_source(source, folder, url=url, sha256=sha256, progress=progress)
    if as_json:
        told = {"file": str(fetched.path), "state": fetched.state, **asdict(fetched.origin)}
        typer.echo(json.dumps(told, ensure_ascii=False))
    elif not quiet:
        origin = fetched.origin
        typer.echo(f"{fetched.path}: {_STATES_IT[fetched.state]}, {origin.n_bytes} byte")
        typer.echo(f"  {source.title}")
        typer.echo(f"  {source.publisher} · licenza: {origin.licence}")
        typer.echo(f"  {origin.final_url} · sha256 {origin.sha256}")
        if _data_folder() != folder:
            typer.echo(f"  Per usarlo: {DATA_DIR}={folder}")


@contextmanager
def _progress_bar(title: str, *, quiet: bool) -> Iterator[Progress]:
    """Show bytes as they come, on a terminal only."""
    from capillare.geo.sources.download import silent_progress  # noqa: PLC0415 (keeps --help fast)

    if quiet or not sys.stderr.isatty():
        yield silent_progress
        return
    from rich.console import Console  # noqa: PLC0415 (the same)
    from rich.progress import Progress as Bar  # noqa: PLC0415 (the same)

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda received, announced: bar.update(task, completed=received, total=announced)
