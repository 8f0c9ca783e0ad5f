"""``seasons``: which seats of each point open month by month."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from capillare.commands.declaring import Given  # noqa: TC001 (annotations are evaluated)
from capillare.commands.options import (
    DEFAULT_OUT,
    OF_A_NETWORK,
    AsJson,
    Out,
    Question,
    Quiet,
    asking,
    print_faults,
    read_question,
    reporter,
)

if TYPE_CHECKING:
    from pathlib import Path


@asking(*OF_A_NETWORK, "within_min", "effort", "lang")
def seasons(
    asked: Given,
    out: Out = DEFAULT_OUT,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Plan which seats of each point open month by month, where tourists come."""
    raise typer.Exit(_write_seasons(read_question(asked), out, quiet=quiet, as_json=as_json))


def _write_seasons(question: Question, out: Path, *, quiet: bool, as_json: bool) -> int:
    from capillare.geo.schema import TRAVEL_USED  # noqa: PLC0415 (keeps --help fast)
    from capillare.planning.caveats import network_caveats  # noqa: PLC0415 (the same)
    from capillare.planning.network import describe_network  # noqa: PLC0415 (the same)
    from capillare.planning.plan import (  # noqa: PLC0415 (the same)
        find_network_candidates,
        plan_network_seasons,
    )
    from capillare.publish.season_figures import (  # noqa: PLC0415 (the same)
        season_figures,
        season_lines,
    )
    from capillare.publish.tables import season_tables, write_table  # noqa: PLC0415 (the same)

    report = reporter(quiet=quiet)
    network = describe_network(question.scenario, question.inputs, report=report)
    report("sedi stagionali")
    season = plan_network_seasons(network, find_network_candidates(network))
    tables = season_tables(season) | {TRAVEL_USED: season.pairs}
    for table, frame in tables.items():
        write_table(frame, table, out / f"{table.name}.csv")
    if as_json:
        typer.echo(json.dumps(season_figures(season), ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo("\n".join(season_lines(season, network_caveats(network))))
        typer.echo(f"\nScritto in {out}: {', '.join(f'{table.name}.csv' for table in tables)}")
    return print_faults(network.registry.faults)
