"""``sites``: where to open next, for a region or for an analyst's own tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capillare.commands.analysis import read_given
from capillare.commands.declaring import Given, taking
from capillare.commands.funding import (
    FORMATS,
    FUNDING,
    Asked,
    Call,
    For,
    Formats,
    with_funding,
    write_asked,
)
from capillare.commands.options import (
    DEFAULT_OUT,
    SHARED,
    AsJson,
    Out,
    Quiet,
    asking,
    check_limits,
    read_question,
)
from capillare.commands.planning import write_sites
from capillare.commands.wishes import with_wishes
from capillare.geo.errors import ConfigError, InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


DEFAULT_NEW_SITES = 20
INFEASIBLE_ANSWER: dict[str, Any] = {
    "status": "infeasible",
    "objective": None,
    "bound": None,
    "gap": None,
    "seconds": None,
    "chosen": [],
    "closed": [],
}
TABLES = ("demand", "candidates", "travel_table")
OF_TABLES = (*TABLES, "gap", "time_limit")
"""Options that ask about an analyst's own tables only."""
OF_BOTH = (
    "policy",
    "new_sites",
    "budget_eur",
    "within_min",
    "objective",
    "cover_share",
    "quiet",
    "as_json",
)
"""Options that mean something of a region and of tables."""
OF_REGION = tuple(name for name in SHARED if name not in ("seasons", "vans"))

Demand = Annotated[Path | None, typer.Option("--demand", help="Your own demand: id, people.")]
Candidates = Annotated[
    Path | None, typer.Option("--candidates", help="Your candidates: id[, cost_eur][, status].")
]
TravelTable = Annotated[
    Path | None, typer.Option("--travel", help="Your minutes: from_id, to_id, travel_min.")
]
Gap = Annotated[
    float | None,
    typer.Option("--gap", help="With --demand: relative gap at which to stop. [default: 0]"),
]
TimeLimit = Annotated[
    float | None, typer.Option("--time-limit", help="With --demand: seconds after which to stop.")
]


@with_wishes
@asking(*OF_REGION)
@taking("funding", FUNDING)
def sites(
    ctx: typer.Context,
    asked: Given,
    wishes: Given,
    funding: Given,
    out: Out = DEFAULT_OUT,
    call: Call = False,
    coordinators: For = None,
    formats: Formats = None,
    demand: Demand = None,
    candidates: Candidates = None,
    travel_table: TravelTable = None,
    gap: Gap = None,
    time_limit: TimeLimit = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Propose sites for a region, or for your own --demand, --candidates and --travel.

    With --call also rank the applications of a call, with --keep choose the points of a renewal,
    with --for write the lists of coordinators.
    """
    tables = check_kind(ctx, (demand, candidates, travel_table))
    if tables is not None:
        limits = {"gap": gap, "time_limit_s": time_limit}
        _answer_tables(tables, {**asked, **wishes}, limits, quiet=quiet, as_json=as_json)
        return
    if call and "budget_eur" in asked:
        funding["call_budget_eur"] = asked["budget_eur"]
        if "new_sites" in asked:
            del asked["budget_eur"]
    question = with_funding(read_question(asked, wishes), funding, call=call)
    besides = Asked(
        call=call,
        keep=question.scenario.funding.keep,
        coordinators=tuple(coordinators or ()),
        formats=tuple(formats or FORMATS),
    )
    if besides.is_anything:
        raise typer.Exit(write_asked(question, besides, out, quiet=quiet, as_json=as_json))
    raise typer.Exit(write_sites(question, out, quiet=quiet, as_json=as_json))


def check_kind(ctx: typer.Context, tables: tuple[Path | None, ...]) -> tuple[Path, ...] | None:
    """Return the three tables of an analyst, or None where a region is asked about.

    Raises
    ------
    ConfigError
        If options of both are given: those that would be passed over.
    """
    given = {
        option.name: max(option.opts, key=len)
        for option in ctx.command.params
        if option.name is not None and _is_given(ctx, option.name)
    }
    paths = tuple(path for path in tables if path is not None)
    if not paths:
        _refuse(
            given,
            OF_TABLES,
            "ask about tables of your own",
            "Give --demand, --candidates and --travel too, or leave them out.",
        )
        return None
    strangers = [name for name in given if name not in OF_TABLES + OF_BOTH]
    _refuse(given, strangers, "ask about a region, not about --demand", "Leave them out.")
    if len(paths) < len(TABLES):
        raise ConfigError("--demand, --candidates, --travel: all three are needed together.")
    return paths


def _is_given(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


def _refuse(given: Mapping[str, str], names: Iterable[str], why: str, remedy: str) -> None:
    named = [given[name] for name in names if name in given]
    if named:
        raise ConfigError(f"{', '.join(named)}: {why}. {remedy}")


def _answer_tables(
    paths: tuple[Path, ...],
    asked: Given,
    limits: Given,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    """Solve an analyst's tables and print the answer, an infeasible one too."""
    check_limits(asked)
    objective = asked.get("objective", "mclp")
    _note_unused(objective, asked)
    new_sites = asked.get("new_sites")
    if new_sites is None and "budget_eur" not in asked and objective != "lscp":
        new_sites = DEFAULT_NEW_SITES
    is_said = as_json or not quiet
    try:
        answer = _solve_tables(
            paths,
            asked.get("policy"),
            objective=objective,
            within_min=asked.get("within_min"),
            new_sites=new_sites,
            budget_eur=asked.get("budget_eur"),
            cover_share=asked.get("cover_share", 1.0),
            **{name: limit for name, limit in limits.items() if limit is not None},
        )
    except InfeasibleError:
        if is_said:
            _print_answer(INFEASIBLE_ANSWER, as_json=as_json)
        raise
    if is_said:
        for note in answer.pop("notes"):
            typer.echo(note, err=True)
        _print_answer(answer, as_json=as_json)


def _note_unused(objective: str, asked: Given) -> None:
    """Say on the error stream which options an objective does not look at."""
    unused = {
        "mclp": ("cover_share",),
        "p-median": ("cover_share", "within_min"),
        "p-center": ("cover_share", "within_min"),
    }.get(objective, ())
    named = [f"--{name.replace('_', '-')}" for name in unused if name in asked]
    if named:
        typer.echo(f"{', '.join(named)}: {objective} non ne tiene conto.", err=True)


def _solve_tables(
    paths: tuple[Path, ...],
    policy: Path | None,
    **wishes: Any,  # noqa: ANN401 (each wish in its own type)
) -> dict[str, Any]:
    from capillare.geo.settings import read_policy  # noqa: PLC0415 (keeps --help fast)
    from capillare.planning.siting.analyst import solve_tables  # noqa: PLC0415 (the same)

    rules = read_policy(policy)
    if wishes["within_min"] is None:
        wishes["within_min"] = rules.reach.within_min
    answer: dict[str, Any] = solve_tables(
        read_given(paths[0], "DEMAND"),
        read_given(paths[1], "OPTIONS"),
        read_given(paths[2], "LEGS"),
        full_cost_eur=rules.point.cost_eur,
        **wishes,
    )
    return answer


def _print_answer(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for name, figure in answer.items():
        written = ", ".join(figure) if isinstance(figure, list) else figure
        typer.echo(f"{name}: {'' if written is None else written}")
