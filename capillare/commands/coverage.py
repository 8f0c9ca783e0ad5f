"""``coverage``: how far people are from a desk, and who finds one open at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from capillare.commands.declaring import Given  # noqa: TC001 (annotations are evaluated)
from capillare.commands.options import (
    DEFAULT_OUT,
    OF_A_NETWORK,
    Out,
    Quiet,
    asking,
    print_faults,
    read_question,
    reporter,
)

if TYPE_CHECKING:
    import pandas as pd

At = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        help="Who finds a desk open at 2026-03-02T10:30, or at Mo 10:30 of a plain week; repeats.",
    ),
]


@asking(*OF_A_NETWORK, "within_min", "lang")
def coverage(
    asked: Given,
    at: At = None,
    out: Out = DEFAULT_OUT,
    quiet: Quiet = False,
) -> None:
    """Write how far people are from a desk in service; with --at, who finds one open."""
    from capillare.geo.hours import read_moment  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.schema import COVERAGE  # noqa: PLC0415 (the same)
    from capillare.geo.schema.opening import OPEN_WITHIN  # noqa: PLC0415 (the same)
    from capillare.planning.network import describe_network  # noqa: PLC0415 (the same)
    from capillare.planning.service import open_at  # noqa: PLC0415 (the same)
    from capillare.publish.tables import write_table  # noqa: PLC0415 (the same)

    moments = [read_moment(text) for text in at or []]
    question = read_question(asked)
    network = describe_network(question.scenario, question.inputs, report=reporter(quiet=quiet))
    path = out / "coverage.csv"
    write_table(network.coverage, COVERAGE, path)
    if not quiet:
        typer.echo(f"Righe scritte in {path}: {len(network.coverage)}")
    if moments:
        found = open_at(network, moments)
        path = out / "open_within.csv"
        write_table(found, OPEN_WITHIN, path)
        if not quiet:
            _print_moments(found, network.policy.reach.within_min)
            typer.echo(f"Righe scritte in {path}: {len(found)}")
    raise typer.Exit(print_faults(network.registry.faults))


def _print_moments(found: pd.DataFrame, within_min: float) -> None:
    from capillare.geo.numerals import number, percent  # noqa: PLC0415 (keeps --help fast)

    summed = found.groupby("moment", sort=False)[["adults", "adults_open_low", "adults_open_high"]]
    for moment, adults, low, high in summed.sum().itertuples(name=None):
        bounds = dict.fromkeys((low, high))
        people = " a ".join(number(bound) for bound in bounds)
        shares = " a ".join(percent(bound / adults, 1) for bound in bounds) if adults else "—"
        typer.echo(
            f"{moment}: {'da ' if len(bounds) > 1 else ''}{people} maggiorenni ({shares}) con uno "
            f"sportello aperto entro {number(within_min)} minuti"
        )
