"""What ``sites`` answers besides the sites: a call, a renewal, a coordinator's list."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from capillare.commands.options import Question, print_faults, reporter
from capillare.geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from capillare.planning.funding import CallRanking, Renewal
    from capillare.planning.plan import Plan
    from capillare.planning.siting.calls import CallAnswer

FORMATS = ("csv", "xlsx", "gpkg", "geojson", "html")

Call = Annotated[
    bool,
    typer.Option(
        "--call", help="Rank the registry's open applications; --budget is the call's money."
    ),
]
PANEL = "What is wanted of a call and of a renewal"


def _option(name: str, text: str, **settings: Any) -> Any:  # noqa: ANN401 (typer's own)
    return typer.Option(name, help=text, rich_help_panel=PANEL, **settings)


FUNDING: dict[str, Any] = {
    "campaign": Annotated[str | None, _option("--campaign", "With --call: the campaign to rank.")],
    "most_per_body": Annotated[
        int | None, _option("--most-per-body", "With --call: applications of one body, at most.")
    ],
    "most_per_province": Annotated[
        int | None,
        _option("--most-per-province", "With --call: applications in one province, at most."),
    ],
    "body_budget_share": Annotated[
        float | None,
        _option("--body-share", "With --call: share of the budget to one body, at most."),
    ],
    "province_budget_share": Annotated[
        float | None,
        _option("--province-share", "With --call: share of the budget to one province, at most."),
    ],
    "least_score": Annotated[
        float | None, _option("--least-score", "With --call: score below which none is funded.")
    ],
    "adults_per_score": Annotated[
        float | None,
        _option("--adults-per-score", "With --call: adults that a point of score is worth."),
    ],
    "least_adults": Annotated[
        int | None,
        _option("--least-adults", "With --call: adults that each funded one alone must reach."),
    ],
    "keep": Annotated[
        str | None,
        _option("--keep", "Points to keep in a renewal: 119, 0.7, 70%.", metavar="N|SHARE"),
    ],
    "renewal_line_share": Annotated[
        float | None,
        _option("--renewal-line", "With --keep: share of its target that keeps a point."),
    ],
}
"""Options of a call and of a renewal, by the names of `FundingWishes`; else the policy's."""
OF_A_RENEWAL = ("keep", "renewal_line_share")

For = Annotated[
    list[str] | None,
    typer.Option(
        "--for",
        metavar="PROVINCE|UNION|ENTITY",
        help="Write the list of a coordinator, by name or code; may repeat.",
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="With --for: csv, xlsx, gpkg, geojson, html (a report to print); may repeat. [all]",
    ),
]


@dataclass(frozen=True)
class Asked:
    """What is asked of ``sites`` besides the sites.

    Attributes
    ----------
    call
        Whether to rank the open applications.
    keep
        How many points to keep in a renewal.
    coordinators
        Provinces, unions or bodies whose lists to write.
    formats
        Of those lists.
    """

    call: bool = False
    keep: str | None = None
    coordinators: tuple[str, ...] = ()
    formats: tuple[str, ...] = FORMATS

    def __post_init__(self) -> None:
        """Refuse options that mean nothing together."""
        strangers = sorted(set(self.formats) - set(FORMATS))
        if strangers:
            raise ConfigError(f"--format {strangers[0]!r}: not one of {', '.join(FORMATS)}.")
        if self.formats != FORMATS and not self.coordinators:
            raise ConfigError("--format: goes with --for. Add it, or leave the format out.")

    @property
    def is_anything(self) -> bool:
        """Whether something is asked for."""
        return self.call or self.keep is not None or bool(self.coordinators)


def with_funding(question: Question, given: Mapping[str, Any], *, call: bool) -> Question:
    """Return a question with what options say of a call and of a renewal in its scenario.

    Raises
    ------
    ConfigError
        If one has no meaning without ``--call`` or ``--keep``, or is out of range.
    """
    scenario = question.scenario
    of_a_call = [name for name in given if name not in OF_A_RENEWAL]
    if of_a_call and not call:
        raise ConfigError(f"{_named(of_a_call)}: goes with --call. Add it, or leave this out.")
    funding = replace(scenario.funding, **given)
    if "renewal_line_share" in given and funding.keep is None:
        raise ConfigError("--renewal-line: goes with --keep. Add it, or leave this out.")
    return replace(question, scenario=replace(scenario, funding=funding))


def _named(names: list[str]) -> str:
    # Typer takes the first name of an annotated option for its default.
    options = (get_args(FUNDING[name])[1].default for name in names if name in FUNDING)
    return ", ".join(options)


def write_asked(question: Question, asked: Asked, out: Path, *, quiet: bool, as_json: bool) -> int:
    """Answer, and write every table beside ``sites.csv``; return the exit code.

    Raises
    ------
    InfeasibleError
        If no application fits, after the tables are written, or more points are to be kept than
        there are.
    """
    from capillare.planning.coordinators import find_grounds  # noqa: PLC0415 (keeps --help fast)
    from capillare.planning.funding import keep_points, rank_call  # noqa: PLC0415 (the same)
    from capillare.planning.network import describe_network  # noqa: PLC0415 (the same)
    from capillare.planning.plan import plan_from  # noqa: PLC0415 (the same)

    report = reporter(quiet=quiet)
    # Seasons and vans of a scenario file are not asked about, and would be drawn for nothing.
    scenario = replace(question.scenario, seasons=False, vans=0)
    network = describe_network(scenario, question.inputs, report=report)
    grounds = find_grounds(network, asked.coordinators)
    ranking, renewal = None, None
    if asked.call:
        report("graduatoria delle domande")
        ranking = rank_call(network)
    if asked.keep is not None:
        report("punti da tenere")
        renewal = keep_points(network, asked.keep)
    plan = plan_from(network, report=report)
    written = _write_tables(plan, ranking, renewal, out)
    for ground in grounds:
        report(f"elenco per {ground.name}")
        written += _write_list(plan, ground, asked.formats, out)
    if as_json:
        answers = _as_json(ranking, renewal) | {"files": [path.name for path in written]}
        typer.echo(json.dumps(answers, ensure_ascii=False, indent=1))
    elif not quiet:
        _say(ranking, renewal, written)
    if ranking is not None:
        ranking.refuse_if_nothing_fits()
    return print_faults(network.registry.faults)


def _write_tables(
    plan: Plan, ranking: CallRanking | None, renewal: Renewal | None, out: Path
) -> list[Path]:
    import pandas as pd  # noqa: PLC0415 (keeps --help fast)

    from capillare.geo.schema import (  # noqa: PLC0415 (the same)
        RANKED_APPLICATIONS,
        RENEWAL,
        TRAVEL_USED,
    )
    from capillare.publish.tables import site_tables, write_table  # noqa: PLC0415 (the same)

    drawn = site_tables(plan.proposal)
    tables = [(f"{table.name}.csv", table, frame) for table, frame in drawn.items()]
    pairs = [plan.travel_used]
    if ranking is not None:
        tables.append(("applications.csv", RANKED_APPLICATIONS, ranking.table))
        pairs.append(ranking.pairs)
    if renewal is not None:
        tables.append(("renewal.csv", RENEWAL, renewal.table))
        pairs.append(renewal.pairs)
    if len(pairs) > 1:
        used = pd.concat(pairs, ignore_index=True).drop_duplicates(["from_id", "to_id"])
        used = used.sort_values(["from_id", "to_id"], ignore_index=True)
        tables.append(("travel_used.csv", TRAVEL_USED, used))
    for name, table, frame in tables:
        write_table(frame, table, out / name)
    return [out / name for name, _, _ in tables]


def _write_list(plan: Plan, ground: Any, formats: tuple[str, ...], out: Path) -> list[Path]:  # noqa: ANN401 (its type would cost --help seconds)
    from capillare.planning.coordinators import list_for  # noqa: PLC0415 (keeps --help fast)
    from capillare.publish.coordinators import write_list  # noqa: PLC0415 (the same)

    return write_list(list_for(plan, ground), out, formats=formats)


def _as_json(ranking: CallRanking | None, renewal: Renewal | None) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    if ranking is not None:
        table = ranking.table
        refused = table[table["outcome"] == "refused"]
        answers["call"] = _proof(ranking.answer) | {
            "n_applications": len(table),
            "campaign": ranking.campaign,
            "budget_eur": ranking.budget_eur,
            "budget_basis": ranking.budget_basis,
            "rules": asdict(ranking.rules),
            "spent_eur": ranking.spent_eur,
            "people": int(ranking.funded["adults_gained"].sum()),
            "funded": ranking.funded["application_id"].tolist(),
            "reserve": table.loc[table["outcome"] == "reserve", "application_id"].tolist(),
            "refused": dict(zip(refused["application_id"], refused["refusal_rule"], strict=True)),
            "caveats": list(ranking.caveats),
        }
    if renewal is not None:
        points = renewal.table.groupby("decision")["point_id"].agg(sorted).to_dict()
        answers["renewal"] = _proof(renewal.answer) | {
            "nearness_status": renewal.nearness.status,
            "n_points": len(renewal.table),
            "n_asked": renewal.n_asked,
            **{name: points.get(name, []) for name in ("kept_direct", "kept", "closed")},
            "adults_before": renewal.adults_before,
            "adults_after": renewal.adults_after,
            "caveats": list(renewal.caveats),
        }
    return answers


def _proof(answer: CallAnswer | None) -> dict[str, Any]:
    from math import isfinite  # noqa: PLC0415 (beside its only use)

    if answer is None:
        return dict.fromkeys(("status", "objective", "bound", "gap", "seconds"))
    figures = {"objective": answer.objective, "bound": answer.bound, "gap": answer.gap}
    told = {name: value if isfinite(value) else None for name, value in figures.items()}
    return {"status": answer.status, **told, "seconds": round(answer.seconds, 3)}


def _say(ranking: CallRanking | None, renewal: Renewal | None, written: list[Path]) -> None:
    for answer in (ranking, renewal):
        if answer is not None:
            typer.echo(answer.summary() + "\n")
    for path in written:
        typer.echo(f"Scritto {path}")


__all__ = ["FORMATS", "FUNDING", "Asked", "Call", "For", "Formats", "with_funding", "write_asked"]
