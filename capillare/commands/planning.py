"""``plan`` and its single steps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from capillare.commands.declaring import Given  # noqa: TC001 (annotations are evaluated)
from capillare.commands.options import (
    DEFAULT_OUT,
    OF_A_NETWORK,
    SHARED,
    AsJson,
    Out,
    Question,
    Quiet,
    asking,
    print_faults,
    read_question,
    reporter,
)
from capillare.commands.wishes import with_wishes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@with_wishes
@asking(*SHARED)
def plan(
    asked: Given,
    wishes: Given,
    out: Out = DEFAULT_OUT,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Draw the whole plan and write every file of it."""
    question = read_question(asked, wishes)
    raise typer.Exit(_write_plan(question, out, quiet=quiet, as_json=as_json))


def _write_plan(question: Question, out: Path, *, quiet: bool, as_json: bool) -> int:
    from capillare.planning.plan import draw_plan  # noqa: PLC0415 (keeps --help fast)
    from capillare.publish.metadata import headlines, summarise  # noqa: PLC0415 (the same)
    from capillare.publish.outputs import write_plan  # noqa: PLC0415 (the same)

    report = reporter(quiet=quiet)
    drawn = draw_plan(question.scenario, question.inputs, report=report)
    write_plan(drawn, out, report=report)
    if as_json:
        typer.echo(json.dumps(summarise(drawn), ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo(headlines(drawn))
        typer.echo(f"\nScritto in {out}")
    return print_faults(drawn.network.registry.faults)


def step_command(name: str, help_text: str, *more: str) -> Callable[..., None]:
    """Make the command of one step: options of ``plan``, and one table written.

    `more` are options of `SHARED` besides those of every network.
    """

    @asking(*OF_A_NETWORK, "lang", *more)
    def step(asked: Given, out: Out = DEFAULT_OUT, quiet: Quiet = False) -> None:
        raise typer.Exit(write_step(name, read_question(asked), out, quiet=quiet))

    step.__doc__ = help_text
    return step


def write_step(name: str, question: Question, out: Path, *, quiet: bool) -> int:
    """Run one step of a plan and write its table as CSV; return the exit code."""
    from capillare.geo.schema import RESULT_TABLES  # noqa: PLC0415 (keeps --help fast)
    from capillare.planning.network import describe_network  # noqa: PLC0415 (the same)
    from capillare.planning.plan import rank_network_gaps  # noqa: PLC0415 (the same)
    from capillare.publish.tables import write_table  # noqa: PLC0415 (the same)

    report = reporter(quiet=quiet)
    network = describe_network(question.scenario, question.inputs, report=report)
    steps: dict[str, Callable[[], Any]] = {
        "targets": lambda: network.targets,
        "coverage": lambda: network.coverage,
        "gaps": lambda: rank_network_gaps(network).table,
    }
    frame = steps[name]()
    table = {table.name: table for table in RESULT_TABLES}[name]
    path = out / f"{name}.csv"
    write_table(frame, table, path)
    if not quiet:
        typer.echo(f"Righe scritte in {path}: {len(frame)}")
    return print_faults(network.registry.faults)


def write_sites(question: Question, out: Path, *, quiet: bool, as_json: bool) -> int:
    """Propose sites alone, and write them with what explains them; return the exit code."""
    from capillare.planning.network import describe_network  # noqa: PLC0415 (keeps --help fast)
    from capillare.planning.plan import (  # noqa: PLC0415 (the same)
        find_network_candidates,
        propose_network_sites,
        sites_step,
    )
    from capillare.planning.siting.cautions import find_cautions  # noqa: PLC0415 (the same)
    from capillare.publish.siting_figures import solver_figures  # noqa: PLC0415 (the same)
    from capillare.publish.tables import site_tables, write_table  # noqa: PLC0415 (the same)

    report = reporter(quiet=quiet)
    network = describe_network(question.scenario, question.inputs, report=report)
    report(sites_step(question.scenario))
    proposal = propose_network_sites(network, find_network_candidates(network))
    for table, frame in site_tables(proposal).items():
        write_table(frame, table, out / f"{table.name}.csv")
    budget_eur = question.scenario.budget_eur
    cautions = find_cautions(proposal, network.policy, budget_eur=budget_eur)
    if as_json:
        figures = solver_figures(proposal) | {"caveats": cautions}
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo(proposal.answer.summary())
        for caution in cautions:
            typer.echo(f"Attenzione: {caution}")
        typer.echo(f"Righe scritte in {out / 'sites.csv'}: {len(proposal.sites)}")
    return print_faults(network.registry.faults)
