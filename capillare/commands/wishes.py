"""The options that say what is wanted of new sites, shared by ``plan`` and ``sites``."""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capillare.commands.declaring import taking
from capillare.geo.errors import ConfigError, InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from capillare.planning.siting.wishes import SitingWishes

PANEL = "What is wanted of new sites"


def _option(*names: str, text: str) -> Any:  # noqa: ANN401 (typer's own)
    return typer.Option(*names, help=text, rich_help_panel=PANEL)


WISHES: dict[str, Any] = {
    "objective": Annotated[
        str | None,
        _option(
            "--objective",
            text="What is best, in order: coverage, minutes, worst, fewest, cost. "
            "[default: coverage,minutes]; with --demand one of mclp, p-median, lscp, p-center.",
        ),
    ],
    "tolerance_share": Annotated[
        float | None,
        _option("--tolerance", text="Share of an objective that later ones may give up."),
    ],
    "people": Annotated[
        str | None, _option("--people", text="Who counts: adults, over65, mix. [default: adults]")
    ],
    "over65_weight": Annotated[
        float | None,
        _option(
            "--over65-weight", text="What somebody of 65 counts with --people mix. [default: 2]"
        ),
    ],
    "branches": Annotated[
        bool | None,
        _option("--branches/--no-branches", text="A site may be a branch of a point in service."),
    ],
    "closable": Annotated[
        list[str] | None, _option("--closable", text="Desks that may close: ids, or all.")
    ],
    "movable": Annotated[
        list[str] | None, _option("--movable", text="Desks that may move: ids, or all.")
    ],
    "close_desks": Annotated[
        int | None, _option("--close-desks", text="How many closable desks must close.")
    ],
    "capacity": Annotated[
        bool | None,
        _option("--capacity/--no-capacity", text="A desk serves no more than its hours allow."),
    ],
    "honour_targets": Annotated[
        bool | None,
        _option(
            "--honour-targets/--any-target",
            text="New points only where the catchment can honour the target.",
        ),
    ],
    "cover_share": Annotated[
        float | None, _option("--cover-share", text="Share of people to be within reach.")
    ],
    "inner_share": Annotated[
        float | None,
        _option("--inner-share", text="Share of inner areas' adults to be within reach."),
    ],
    "max_min": Annotated[
        float | None, _option("--max-min", text="Minutes to a desk that no settlement may pass.")
    ],
    "per_province": Annotated[
        int | None, _option("--per-province", text="New sites in every province, at least.")
    ],
    "per_union": Annotated[
        int | None, _option("--per-union", text="New sites in every union, at least.")
    ],
    "at_least": Annotated[
        list[str] | None,
        _option("--at-least", text="AREA=N: new sites in a province or union, at least."),
    ],
    "exclude": Annotated[
        list[str] | None, _option("--exclude", text="Candidate ids or ISTAT codes with no site.")
    ],
    "require": Annotated[
        list[str] | None, _option("--require", text="Candidate ids or ISTAT codes with a site.")
    ],
    "spacing_min": Annotated[
        float | None,
        _option("--min-spacing-min", text="Minutes that part a new site from other desks."),
    ],
    "spacing_km": Annotated[
        float | None,
        _option("--min-spacing-km", text="Kilometres that part a new site from other desks."),
    ],
    "tradeoffs": Annotated[
        bool | None,
        _option(
            "--tradeoffs/--no-tradeoffs",
            text="Draw people against the worst-off, and how sure the choice is.",
        ),
    ],
}


def with_wishes(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `WISHES`; it gets those given as a mapping ``wishes``.

    Where no choice keeps every wish and the command was asked for JSON, the clashes are printed
    before the error goes on.
    """
    asked = taking("wishes", WISHES)(command)

    @wraps(asked)
    def wished(**given: Any) -> None:  # noqa: ANN401 (each option in its own type)
        try:
            asked(**given)
        except InfeasibleError as fault:
            clashes = getattr(fault, "stated", None)
            if given.get("as_json") and clashes is not None:
                typer.echo(json.dumps(clashes(), ensure_ascii=False, indent=1))
            raise

    return wished


def wishes_given(base: SitingWishes | None, given: Mapping[str, Any]) -> SitingWishes:
    """Return the wishes of a scenario file with those of the options in their place.

    Raises
    ------
    ConfigError
        If a wish is not understood, or contradicts another.
    """
    from capillare.planning.siting.wishes import (  # noqa: PLC0415 (keeps --help fast)
        AtLeast,
        SitingWishes,
        overruled,
    )

    settings = dict(given)
    if "at_least" in settings:
        settings["at_least"] = tuple(AtLeast(*_area(text)) for text in settings["at_least"])
    return overruled(base or SitingWishes(), settings)


def _area(text: str) -> tuple[str, int]:
    name, _, count = text.rpartition("=")
    if not name or not count.strip().isdecimal():
        raise ConfigError(f"--at-least {text!r}: not like Arezzo=2. Write an area and a number.")
    return name.strip(), int(count)


__all__ = ["WISHES", "wishes_given", "with_wishes"]
