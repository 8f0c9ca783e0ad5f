"""``compare``: two scenario files, side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from capillare.commands.declaring import Given  # noqa: TC001 (annotations are evaluated)
from capillare.commands.options import (
    AsJson,
    Quiet,
    asking,
    print_faults,
    read_question,
    reporter,
)

First = Annotated[Path, typer.Argument(metavar="FIRST.toml", help="A scenario file.")]
Second = Annotated[Path, typer.Argument(metavar="SECOND.toml", help="Another one.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder for the tables; none are written without.")
]


@asking("registry", "policy", "travel_matrix")
def compare(
    first: First,
    second: Second,
    asked: Given,
    out: Out = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say what two scenarios change: people, minutes, sites and euros."""
    from capillare.planning.comparison import compare_plans  # noqa: PLC0415 (keeps --help fast)
    from capillare.planning.plan import draw_plan  # noqa: PLC0415 (the same)
    from capillare.publish.compared import (  # noqa: PLC0415 (the same)
        comparison_lines,
        write_comparison,
        year_round_it,
    )

    report = reporter(quiet=quiet)
    drawn = []
    for path in (first, second):
        question = read_question({**asked, "scenario": path})
        drawn.append(draw_plan(question.scenario, question.inputs, report=report))
    comparison = compare_plans(*drawn)
    if out is not None:
        write_comparison(comparison, out)
    if as_json:
        figures = json.loads(comparison.figures.to_json(orient="records"))
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo("\n".join(comparison_lines(comparison)))
        left_out = year_round_it(drawn)
        if left_out:
            typer.echo(f"\n{left_out}")
        if out is not None:
            typer.echo(f"\nScritto in {out}")
    raise typer.Exit(print_faults(drawn[0].network.registry.faults))
