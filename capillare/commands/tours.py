"""``tours``: which places vans visit, how often and when."""

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
from capillare.geo.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@asking(*OF_A_NETWORK, "within_min", "vans", "effort", "lang")
def tours(
    asked: Given,
    out: Out = DEFAULT_OUT,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Plan the tours of vans: which places they visit, how often and when."""
    question = read_question(asked)
    if not question.scenario.vans:
        raise ConfigError("tours: no van. Give --vans with a number or a file of vans.")
    raise typer.Exit(_write_tours(question, out, quiet=quiet, as_json=as_json))


def _write_tours(question: Question, out: Path, *, quiet: bool, as_json: bool) -> int:
    from capillare.planning.caveats import network_caveats  # noqa: PLC0415 (keeps --help fast)
    from capillare.planning.network import describe_network  # noqa: PLC0415 (the same)
    from capillare.planning.plan import plan_network_tours  # noqa: PLC0415 (the same)
    from capillare.publish.provenance import provenance_of  # noqa: PLC0415 (the same)
    from capillare.publish.tour_figures import (  # noqa: PLC0415 (the same)
        tour_figures,
        tour_lines,
    )
    from capillare.publish.tour_files import write_tours  # noqa: PLC0415 (the same)

    report = reporter(quiet=quiet)
    network = describe_network(question.scenario, question.inputs, report=report)
    planned = plan_network_tours(network, report=report)
    written = write_tours(planned, out, provenance_of(network))
    if as_json:
        typer.echo(json.dumps(tour_figures(planned), ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo("\n".join(tour_lines(planned, network_caveats(network))))
        typer.echo(f"\nScritto in {out}: {', '.join(written)}")
    return print_faults(network.registry.faults)
