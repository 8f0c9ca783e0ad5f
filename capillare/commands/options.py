"""Options that commands share, and what they turn into. Nothing heavy is imported here."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capillare.commands.declaring import taking
from capillare.commands.wishes import wishes_given
from capillare.geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from capillare.planning.network import Inputs
    from capillare.planning.scenario import Scenario
    from capillare.planning.siting.wishes import SitingWishes
    from capillare.planning.tours.vans import Van

EXIT_DONE = 0
EXIT_BAD_INPUT = 2
EXIT_INFEASIBLE = 3
DEFAULT_OUT = Path("capillare-out")

Region = Annotated[str | None, typer.Option(help="ISTAT region code, or all. [default: 09]")]
RegistryPath = Annotated[
    Path | None, typer.Option("--registry", help="Your registry: a folder of CSV, or one XLSX.")
]
PolicyPath = Annotated[Path | None, typer.Option("--policy", help="Your policy file (TOML).")]
ScenarioPath = Annotated[Path | None, typer.Option("--scenario", help="A scenario file (TOML).")]
TravelMatrix = Annotated[
    Path | None,
    typer.Option(
        "--travel-matrix",
        help="Your minutes (CSV, Parquet): from_id, to_id, travel_min, or ISTAT's.",
    ),
]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Day, YYYY-MM-DD. [default: today]")]
NewSites = Annotated[
    int | None, typer.Option("--new-sites", help="How many sites to propose. [default: 20]")
]
Budget = Annotated[
    float | None, typer.Option("--budget", help="Euros for new sites, instead of how many.")
]
Effort = Annotated[
    str | None, typer.Option(help="How hard to search: quick, normal, best. [default: normal]")
]
Networks = Annotated[
    str | None, typer.Option(help="pdf, or all to count sister networks too. [default: pdf]")
]
Lang = Annotated[str | None, typer.Option(help="Language of reasons: it, en. [default: it]")]
WithinMin = Annotated[
    float | None,
    typer.Option(
        "--within-min", help="Minutes that count as within reach. [default: the policy's]"
    ),
]
Seasons = Annotated[bool | None, typer.Option("--seasons", help="Plan seasonal seats too.")]
Vans = Annotated[
    str | None, typer.Option("--vans", help="Plan tours: how many vans, or a file of them.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for the files.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but faults.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print machine-readable JSON.")]

SHARED: dict[str, Any] = {
    "region": Region,
    "registry": RegistryPath,
    "policy": PolicyPath,
    "scenario": ScenarioPath,
    "as_of": AsOf,
    "new_sites": NewSites,
    "budget_eur": Budget,
    "within_min": WithinMin,
    "networks": Networks,
    "seasons": Seasons,
    "vans": Vans,
    "effort": Effort,
    "lang": Lang,
    "travel_matrix": TravelMatrix,
}
"""Options of commands that ask about a region, in the order of their help."""
OF_A_NETWORK = ("region", "registry", "policy", "scenario", "as_of", "networks", "travel_matrix")
"""Those without which no network is described."""
FILES = ("registry", "policy", "scenario", "travel_matrix")


def asking(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command options of `SHARED`; it gets those given as a mapping ``asked``."""
    return taking("asked", {name: kind for name, kind in SHARED.items() if name in names})


@dataclass(frozen=True)
class Question:
    """What the shared options of a command ask for."""

    scenario: Scenario
    inputs: Inputs


def read_question(asked: Mapping[str, Any], wishes: Mapping[str, Any] | None = None) -> Question:
    """Turn options into a scenario and inputs; an option wins over the scenario file.

    Parameters
    ----------
    asked
        Options of `SHARED` that were given.
    wishes
        Options of `WISHES` that were given.

    Raises
    ------
    ConfigError
        If options contradict each other or a setting is out of range.
    """
    from capillare.geo.travel_choice import read_wishes  # noqa: PLC0415 (keeps --help fast)
    from capillare.planning.network import Inputs  # noqa: PLC0415 (the same)
    from capillare.planning.scenario import Scenario, read_scenario  # noqa: PLC0415 (the same)

    given = {name: setting for name, setting in asked.items() if name not in FILES}
    check_limits(given)
    if "as_of" in given:
        given["as_of"] = day(given["as_of"])
    if "vans" in given:
        given["vans"] = _vans(given["vans"])
    chosen = read_scenario(asked["scenario"]) if "scenario" in asked else {}
    if "new_sites" in given:
        chosen.pop("budget_eur", None)
    chosen.update(given)
    if wishes:
        chosen["sites"] = wishes_given(chosen.get("sites"), wishes)
    if "new_sites" in given and "sites" in chosen:
        _check_number_is_asked(chosen["sites"])
    chosen.setdefault("as_of", datetime.now().astimezone().date())
    folder = os.environ.get("CAPILLARE_DATA_DIR")
    inputs = Inputs(
        registry=asked.get("registry"),
        policy=asked.get("policy"),
        official=Path(folder) if folder else None,
        travel=read_wishes(os.environ, matrix=asked.get("travel_matrix")),
    )
    return Question(Scenario(**chosen), inputs)


def check_limits(given: Mapping[str, Any]) -> None:
    """Refuse a number of sites beside an amount of money.

    Raises
    ------
    ConfigError
        If both are given.
    """
    if "new_sites" in given and "budget_eur" in given:
        raise ConfigError("--new-sites and --budget: both are given. Keep one of the two.")


def _check_number_is_asked(wishes: SitingWishes) -> None:
    """Refuse a number of sites where their number is what is looked for."""
    first = wishes.objective[0]
    if first in {"fewest", "cost"}:
        raise ConfigError(
            f"--new-sites: with --objective {first} first, how many sites is the answer, not a "
            "limit. Leave it out, or set --budget."
        )


def day(text: str) -> date:
    """Read a day of the command line, or say what is wrong with it.

    Raises
    ------
    ConfigError
        If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise ConfigError(f"{text!r}: not a day ({fault}). Write YYYY-MM-DD.") from fault


def instant(text: str) -> datetime:
    """Read an instant of the command line; without a zone it is Europe/Rome.

    Raises
    ------
    ConfigError
        If it is none.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as fault:
        raise ConfigError(f"{text!r}: not an instant. Write 2026-03-02T10:30.") from fault


def _vans(text: str) -> int | tuple[Van, ...]:
    """Read how many vans, or the file that lists them."""
    from capillare.planning.tours.vans import read_vans  # noqa: PLC0415 (keeps --help fast)

    return int(text) if text.strip().lstrip("-").isdecimal() else read_vans(Path(text))


def reporter(*, quiet: bool) -> Callable[[str], None]:
    """Return what reports a run's steps: to the terminal if there is one, else to nobody."""
    if quiet or not sys.stderr.isatty():
        return lambda _step: None
    from rich.console import Console  # noqa: PLC0415 (keeps --help fast)

    console = Console(stderr=True)
    return lambda step: console.print(f"… {step}", style="dim")


def print_faults(faults: pd.DataFrame) -> int:
    """Print each refused row on one line; return the exit code they ask for."""
    from capillare.geo.points import fault_lines  # noqa: PLC0415 (keeps --help fast)

    refused = faults[faults["is_refused"]]
    for line in fault_lines(refused):
        typer.echo(line, err=True)
    return EXIT_BAD_INPUT if len(refused) else EXIT_DONE
