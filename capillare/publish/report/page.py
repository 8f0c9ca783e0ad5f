"""The page of a report, from what a coordinator's list holds."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from capillare.geo.numerals import day, euros, number, percent
from capillare.planning.reasons import under_served_rule
from capillare.publish.explained import explanations, facts_of, plain_date
from capillare.publish.folders import write_text_aside
from capillare.publish.labels import LABELS_IT
from capillare.publish.metadata import region_name
from capillare.publish.provenance import provenance_of
from capillare.publish.report.answers import find_answers, why_not_here
from capillare.publish.report.print_map import WIDTH, draw_report_map
from capillare.publish.report.proposed import costs_here, season_here, tours_here, towns_here

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.planning.coordinators import CoordinatorList
    from capillare.planning.plan import Plan
    from capillare.publish.explained import Explanation

UNKNOWN = "—"
_BEFORE_SIGN = re.compile(r"(\d) ([%€])")
MOST_RUNNERS_UP = 10
EXPLAINED = ("coverage", "adults_near", "sites", "adults_gained", "sites_cost", "gaps", "targets")
"""Keys of what the report says how it is computed, whatever the plan holds."""
EXPLAINED_OF_SEASONS = ("season_plan", "present_people")
EXPLAINED_OF_TOURS = ("tour_stops", "tour_coverage", "van_cost")
KINDS_IT = {
    "province": "provincia",
    "union": "unione di comuni",
    "entity": "ente",
    "municipality": "comune",
}


def report_html(listing: CoordinatorList) -> str:
    """Return the report as one HTML file that asks nobody for anything.

    The same list always gives the same text; everything that people typed is escaped.
    """
    plan, network = listing.plan, listing.plan.network
    is_here = plan.gaps.table["istat_code"].isin(listing.ground.istat_codes)
    proposals = {
        name: listing.table[listing.table["proposal"] == name].to_dict("records")
        for name in ("proposed", "nearby", "runner_up")
    }
    written = (
        _templates()
        .get_template("report.html.j2")
        .render(
            title=listing.ground.name,
            kind=KINDS_IT[listing.ground.kind],
            region=region_name(network),
            as_of=network.scenario.as_of,
            scenario_title=network.scenario.title,
            about=provenance_of(network).lines,
            within_min=network.policy.reach.within_min,
            sentences=listing.sentences,
            caveats=listing.caveats,
            picture=draw_report_map(listing),
            map_width=WIDTH,
            proposed=proposals["proposed"],
            nearby=proposals["nearby"],
            runners_up=proposals["runner_up"][:MOST_RUNNERS_UP],
            targets=listing.targets.to_dict("records"),
            gaps=plan.gaps.table[is_here].to_dict("records"),
            rule=under_served_rule(network.policy.gaps, lang="it"),
            towns=towns_here(listing).to_dict("records"),
            costs=costs_here(listing),
            season=season_here(listing),
            tours=tours_here(listing),
            explained=_explained(plan),
            not_here=why_not_here(listing).to_dict("records"),
            answers=find_answers(listing),
            sources=plan.sources,
        )
    )
    # A figure and its sign stay on one line.
    return _BEFORE_SIGN.sub("\\1\N{NO-BREAK SPACE}\\2", written)


def _explained(plan: Plan) -> list[Explanation]:
    """Return how the report's figures are computed, with the plan's own facts."""
    facts = facts_of(plan.network)
    keys = (
        *EXPLAINED,
        *(EXPLAINED_OF_SEASONS if plan.season is not None else ()),
        *(EXPLAINED_OF_TOURS if plan.tours is not None else ()),
    )
    return [explanations()[key].filled(facts) for key in keys]


def write_report(listing: CoordinatorList, path: Path) -> None:
    """Write the report in one step.

    Raises
    ------
    SourceError
        If it cannot be written.
    """
    write_text_aside(path, report_html(listing))


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("capillare.publish.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": lambda figure: _known(figure, number),
        "tenths": lambda figure: _known(figure, lambda known: number(known, 1)),
        "percent": lambda share: _known(share, percent),
        "euros": lambda amount: _known(amount, euros),
        "day": day,
        "written": plain_date,
        "known": lambda text: _known(text, str),
        "label": lambda code, column: _known(code, lambda known: LABELS_IT[column][known]),
    }
    return environment


def _known(cell: Any, write: Any) -> str:  # noqa: ANN401 (cells and writers of any kind)
    return UNKNOWN if cell is None or pd.isna(cell) else str(write(cell))
