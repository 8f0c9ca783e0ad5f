"""Doors for analysts: ``travel``, ``sites`` on given tables, ``hours``, and ``check``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capillare.commands.funding import (
    FORMATS,
    Asked,
    Call,
    Campaign,
    For,
    Formats,
    Keep,
    write_asked,
)
from capillare.commands.options import (
    DEFAULT_OUT,
    EXIT_BAD_INPUT,
    EXIT_DONE,
    AsJson,
    AsOf,
    Budget,
    Effort,
    Lang,
    Networks,
    NewSites,
    Out,
    PolicyPath,
    Quiet,
    Region,
    RegistryPath,
    ScenarioPath,
    TravelMatrix,
    day,
    instant,
    read_question,
)
from capillare.commands.planning import write_sites
from capillare.commands.wishes import with_wishes
from capillare.geo.errors import ConfigError, InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

DEFAULT_MAX_MIN = 60.0
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


def travel(
    origins: Annotated[Path, typer.Argument(metavar="FROM.csv", help="Table of id, lat, lon.")],
    destinations: Annotated[Path, typer.Argument(metavar="TO.csv", help="Table of id, lat, lon.")],
    out: Annotated[Path, typer.Option("--out", help="CSV file to write.")] = Path("travel.csv"),
    max_min: Annotated[
        float, typer.Option("--max-min", help="Only pairs within these minutes.")
    ] = DEFAULT_MAX_MIN,
    quiet: Quiet = False,
) -> None:
    """Write the minutes by car between two tables of positions."""
    if not 0 < max_min < float("inf"):
        raise ConfigError(f"--max-min {max_min}: not a number of minutes above 0.")
    import pandas as pd  # noqa: PLC0415 (keeps --help fast)

    from capillare.geo.patched_travel import pair_bases  # noqa: PLC0415 (the same)
    from capillare.geo.schema import TRAVEL_USED  # noqa: PLC0415 (the same)
    from capillare.geo.travel import read_estimate  # noqa: PLC0415 (the same)
    from capillare.geo.travel_choice import (  # noqa: PLC0415 (the same)
        choose_travel,
        read_wishes,
        spots_on_land,
    )
    from capillare.publish.tables import write_table  # noqa: PLC0415 (the same)

    times = choose_travel(read_wishes(os.environ), read_estimate("all")).travel
    starts, ends = (
        spots_on_land(_read(path, "SPOTS"), times, id_column="id", table=path.name)
        for path in (origins, destinations)
    )
    pairs = times.pairs(starts, ends, max_min=max_min)
    from_, to = starts.at(pairs.origin), ends.at(pairs.destination)
    legs = pd.DataFrame(
        {
            "from_id": from_.ids,
            "to_id": to.ids,
            "travel_min": pairs.travel_min,
            "basis": pair_bases(times, from_, to),
        }
    )
    write_table(TRAVEL_USED.check(legs), TRAVEL_USED, out)
    if not quiet:
        typer.echo(f"{len(legs)} coppie entro {max_min:g} minuti scritte in {out}")


def _read(path: Path, table: str) -> pd.DataFrame:
    from capillare.geo import schema  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.sources.exchange import read_exchange  # noqa: PLC0415 (the same)

    return read_exchange(path, getattr(schema, table))


@with_wishes
def sites(
    region: Region = None,
    registry: RegistryPath = None,
    policy: PolicyPath = None,
    scenario: ScenarioPath = None,
    as_of: AsOf = None,
    new_sites: NewSites = None,
    budget: Budget = None,
    networks: Networks = None,
    effort: Effort = None,
    lang: Lang = None,
    travel_matrix: TravelMatrix = None,
    out: Out = DEFAULT_OUT,
    call: Call = False,
    campaign: Campaign = None,
    keep: Keep = None,
    coordinators: For = None,
    formats: Formats = None,
    demand: Annotated[
        Path | None, typer.Option("--demand", help="Your own demand: id, people.")
    ] = None,
    candidates: Annotated[
        Path | None, typer.Option("--candidates", help="Your candidates: id[, cost_eur][, status].")
    ] = None,
    travel_table: Annotated[
        Path | None, typer.Option("--travel", help="Your minutes: from_id, to_id, travel_min.")
    ] = None,
    within_min: Annotated[
        float | None, typer.Option("--within-min", help="Minutes that count as within reach.")
    ] = None,
    gap: Annotated[float, typer.Option("--gap", help="Relative gap at which to stop.")] = 0.0,
    time_limit: Annotated[
        float | None, typer.Option("--time-limit", help="Seconds after which to stop.")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
    wishes: Mapping[str, Any] | None = None,
) -> None:
    """Propose sites for a region, or for your own --demand, --candidates and --travel.

    With --call also rank the applications of a call, with --keep choose the points of a renewal,
    with --for write the lists of coordinators.
    """
    asked = Asked(
        call=call,
        campaign=campaign,
        keep=keep,
        coordinators=tuple(coordinators or ()),
        formats=tuple(formats or FORMATS),
    )
    given = [path for path in (demand, candidates, travel_table) if path is not None]
    if not given:
        question = read_question(
            scenario=scenario,
            registry=registry,
            policy=policy,
            travel_matrix=travel_matrix,
            region=region,
            as_of=as_of,
            new_sites=new_sites,
            budget_eur=budget,
            networks=networks,
            effort=effort,
            lang=lang,
            wishes=wishes,
        )
        if asked.is_anything:
            raise typer.Exit(write_asked(question, asked, out, quiet=quiet, as_json=as_json))
        raise typer.Exit(write_sites(question, out, quiet=quiet, as_json=as_json))
    if asked.is_anything:
        raise ConfigError("--call, --keep, --for: they ask about a region, not about --demand.")
    if demand is None or candidates is None or travel_table is None:
        raise ConfigError("--demand, --candidates, --travel: all three are needed together.")
    if new_sites is not None and budget is not None:
        raise ConfigError("--new-sites and --budget: both are given. Keep one of the two.")
    objective, cover_share = _analysts_wishes(wishes or {})
    if new_sites is None and budget is None and objective != "lscp":
        new_sites = DEFAULT_NEW_SITES
    try:
        answer = _solve_tables(
            (demand, candidates, travel_table),
            policy,
            objective=objective,
            within_min=within_min,
            new_sites=new_sites,
            budget_eur=budget,
            cover_share=cover_share,
            gap=gap,
            time_limit_s=time_limit,
        )
    except InfeasibleError:
        _print_answer(INFEASIBLE_ANSWER, as_json=as_json)
        raise
    _print_answer(answer, as_json=as_json)


def _analysts_wishes(wishes: Mapping[str, Any]) -> tuple[str, float]:
    """Return the objective and the share to cover; no other wish is for tables of one's own."""
    others = sorted(set(wishes) - {"objective", "cover_share"})
    if others:
        raise ConfigError(
            f"{', '.join(others)}: wishes about a region, not about --demand. Leave them out."
        )
    return wishes.get("objective", "mclp"), wishes.get("cover_share", 1.0)


def _solve_tables(
    paths: tuple[Path, Path, Path],
    policy: Path | None,
    **wishes: Any,  # noqa: ANN401 (each wish in its own type)
) -> dict[str, Any]:
    from capillare.geo.settings import read_policy  # noqa: PLC0415 (keeps --help fast)
    from capillare.planning.siting.analyst import solve_tables  # noqa: PLC0415 (the same)

    rules = read_policy(policy)
    if wishes["within_min"] is None:
        wishes["within_min"] = rules.reach.within_min
    answer: dict[str, Any] = solve_tables(
        _read(paths[0], "DEMAND"),
        _read(paths[1], "OPTIONS"),
        _read(paths[2], "LEGS"),
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


def hours(
    expression: Annotated[str, typer.Argument(help="Opening hours, in OSM grammar or Italian.")],
    municipality: Annotated[
        str | None, typer.Option("--municipality", help="ISTAT code, for local holidays.")
    ] = None,
    at: Annotated[list[str] | None, typer.Option("--at", help="An instant; may repeat.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Say what opening hours mean: weekly hours, open or shut, next change, in words."""
    from datetime import datetime  # noqa: PLC0415 (beside its only use)

    from capillare.geo.hours import describe_hours  # noqa: PLC0415 (keeps --help fast)

    start = day(as_of) if as_of else datetime.now().astimezone().date()
    if municipality is not None:
        _say_patrons_day(expression, municipality, start.year)
    described = describe_hours(
        expression, at=[instant(text) for text in at or []], as_of=start, istat_code=municipality
    )
    if as_json:
        typer.echo(json.dumps(described, ensure_ascii=False))
        return
    for name, figure in described.items():
        typer.echo(f"{name}: {figure}")
    if described["parsed"] is None:
        typer.echo(
            "Orario da verificare: non si legge senza indovinare, e conta come sconosciuto. "
            "Scrivilo come lun-ven 9-13, o Mo-Fr 09:00-13:00.",
            err=True,
        )


def _say_patrons_day(expression: str, istat_code: str, year: int) -> None:
    """Say on the error stream whose patron's day stands in, or that it is not known.

    Nothing is said where the hours do not shut on it, or the municipality's own day is known.
    """
    from capillare.geo.hours import (  # noqa: PLC0415 (keeps --help fast)
        local_holidays,
        normalise_hours,
        shuts_on_patrons_day,
    )
    from capillare.geo.sources.embedded import read_boundaries  # noqa: PLC0415 (the same)

    boundaries = read_boundaries().set_index("istat_code")
    if istat_code not in boundaries.index:
        raise ConfigError(
            f"--municipality {istat_code!r}: not the six-digit ISTAT code of a municipality. "
            "Write for instance 048017 for Firenze."
        )
    if not shuts_on_patrons_day(normalise_hours(expression) or ""):
        return
    patron = local_holidays(istat_code, year)
    name = boundaries.loc[istat_code, "municipality"]
    if patron.basis == "unknown":
        typer.echo(f"Patrono di {name} non noto: nessuna chiusura per il patrono.", err=True)
    elif patron.basis == "province_capital":
        typer.echo(
            f"Patrono di {name} non noto: vale quello di {patron.municipality} ({patron.name}).",
            err=True,
        )


def check(
    path: Annotated[Path, typer.Argument(help="Your registry: a folder of CSV, a CSV or an XLSX.")],
    region: Region = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check your registry: what is read, what is noted, what is refused and why."""
    from capillare.geo.points import fault_lines, read_registry  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.population import read_territory  # noqa: PLC0415 (the same)

    registry = read_registry(path, read_territory(region or "09"))
    faults = registry.faults
    is_refused = faults["is_refused"].astype(bool)
    refused = len(faults.loc[is_refused, ["file", "line"]].drop_duplicates())
    if as_json:
        rows = json.loads(faults.to_json(orient="records", force_ascii=False))
        typer.echo(json.dumps({"faults": rows, "n_refused": refused}, ensure_ascii=False))
    else:
        lines = fault_lines(faults[is_refused] if quiet else faults)
        for line in lines:
            typer.echo(line)
        if not quiet:
            noted = len(faults) - int(is_refused.sum())
            typer.echo(
                f"{len(registry.desks)} sportelli e {len(registry.points)} punti letti; "
                f"{noted} note, {refused} righe rifiutate."
            )
    raise typer.Exit(EXIT_BAD_INPUT if refused else EXIT_DONE)
