"""The command line's door: ``capillare …``.

Every error that a user can mend ends here, as one sentence and an exit code: 0 done, 2 bad input
or usage, 3 infeasible.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from typer.main import get_command

from capillare import __version__
from capillare.commands import (
    analysis,
    approval,
    checking,
    comparing,
    coverage,
    data,
    planning,
    registry,
    roads,
    seasons,
    serving,
    siting,
    tours,
)
from capillare.commands.options import EXIT_BAD_INPUT, EXIT_INFEASIBLE
from capillare.geo.errors import CapillareError, InfeasibleError

EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="capillare",
    help="Plan and map a region's network of Punti Digitale Facile.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
site = typer.Typer(help="Build or serve the public site.", no_args_is_help=True)
sources = typer.Typer(
    help="Data inside the program, and newer official ones.", no_args_is_help=True
)
registers = typer.Typer(help="The registry of points and desks, at work.", no_args_is_help=True)
networks = typer.Typer(help="Real roads for the minutes of travel.", no_args_is_help=True)

app.command()(planning.plan)
app.command()(checking.check)
app.command("targets")(planning.step_command("targets", "Write each point's adults to reach."))
app.command()(coverage.coverage)
app.command("gaps")(
    planning.step_command("gaps", "Rank the under-served inner municipalities.", "within_min")
)
app.command()(siting.sites)
app.command("seasons")(seasons.seasons)
app.command("tours")(tours.tours)
app.command()(comparing.compare)
app.command()(analysis.travel)
app.command()(analysis.hours)
app.command()(serving.up)
site.command("build")(serving.site_build)
site.command("serve")(serving.site_serve)
sources.command("list")(data.data_list)
sources.command("fetch")(data.data_fetch)
registers.command("start")(registry.registry_start)
registers.command("import")(registry.registry_import)
registers.command("diff")(registry.registry_diff)
registers.command("approve")(approval.registry_approve)
registers.command("undo")(approval.registry_undo)
networks.command("build")(roads.roads_build)
networks.command("list")(roads.roads_list)
networks.command("forget")(roads.roads_forget)
app.add_typer(site, name="site")
app.add_typer(networks, name="roads")
app.add_typer(registers, name="registry")
app.add_typer(sources, name="data")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"capillare {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Plan and map a region's network of Punti Digitale Facile."""


def main() -> None:
    """Run the command line; faults become one sentence on standard error and an exit code."""
    try:
        get_command(app)()
    except InfeasibleError as fault:
        typer.echo(f"capillare: {fault}", err=True)
        sys.exit(EXIT_INFEASIBLE)
    except CapillareError as fault:
        typer.echo(f"capillare: {fault}", err=True)
        sys.exit(EXIT_BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
