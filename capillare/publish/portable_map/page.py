"""The page around the map: heading, legend, the same rows as tables, sources."""

from __future__ import annotations

import base64
import hashlib
import re
from math import isnan
from typing import TYPE_CHECKING, Any

from capillare import __version__
from capillare.geo.numerals import day, euros, number, percent
from capillare.planning.headline import sum_up
from capillare.planning.network import serving_desks
from capillare.publish.folders import write_text_aside
from capillare.publish.labels import label_it
from capillare.publish.metadata import region_name
from capillare.publish.portable_map.classes import minute_classes
from capillare.publish.portable_map.features import rows_of
from capillare.publish.portable_map.proposed import SEAT_HEAD, STOP_HEAD, seat_rows, stop_rows
from capillare.publish.provenance import scenario_sentence
from capillare.publish.site.assets import leaflet_folder

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.planning.plan import Plan

_IMAGE = re.compile(r"url\((images/[\w.-]+)\)")


def draw_map(plan: Plan) -> str:
    """Draw a plan as one HTML page that works from disk and asks no other site for anything.

    The page's own policy forbids every request, and every script but the two it carries.
    """
    import jinja2  # noqa: PLC0415 (paid only when a map is drawn)

    from capillare.publish.portable_map import drawing  # noqa: PLC0415 (folium: half a second)

    classes = minute_classes(plan.network.policy.reach.within_min)
    drawn = drawing.draw(plan, classes)
    leaflet = (leaflet_folder() / "leaflet.js").read_text(encoding="utf-8")
    scripts = [re.sub(r"\n//# sourceMappingURL.*", "", leaflet), drawn.script]
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("capillare.publish.portable_map", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page: str = environment.get_template("page.html.j2").render(
        **_said(plan),
        map_html=drawn.html,
        scripts=scripts,
        script_sums=[_checksum(script) for script in scripts],
        leaflet_css=_leaflet_css(),
        classes=[*classes.classes, classes.no_desk],
        colours={
            "desk": drawing.DESK_COLOUR,
            "site": drawing.SITE_COLOUR,
            "under_served": drawing.UNDER_SERVED_COLOUR,
            "seat": drawing.SEAT_COLOUR,
            "van": drawing.VAN_COLOUR,
        },
        version=__version__,
    )
    return page


def write_map(plan: Plan, path: Path) -> None:
    """Write the page of `draw_map` in one step."""
    write_text_aside(path, draw_map(plan))


def _said(plan: Plan) -> dict[str, Any]:
    network, sites = plan.network, plan.proposal.sites
    figures = sum_up(network, plan.gaps)
    gained = int(sites["adults_gained"].sum()) - plan.proposal.answer.adults_lost
    gaps = plan.gaps.table
    return {
        "region": region_name(network),
        "as_of": day(network.scenario.as_of),
        "scenario": scenario_sentence(network.scenario),
        "within": number(network.policy.reach.within_min),
        "figures": [
            (number(figures.n_desks), "sportelli in servizio"),
            (
                percent(figures.adults_share(figures.adults_within), 1),
                "dei maggiorenni entro la soglia",
            ),
            (number(figures.n_under_served), "comuni sotto-serviti nelle aree interne"),
            (number(len(sites)), "sedi proposte"),
            (
                percent(figures.adults_share(figures.adults_within + gained), 1),
                "dei maggiorenni entro la soglia, con le sedi proposte",
            ),
        ],
        "sites": [_site_row(row) for row in rows_of(sites)],
        "gaps": [_gap_row(row) for row in rows_of(gaps[gaps["under_served"]])],
        "desks": _desk_rows(plan),
        "seats": None if plan.season is None else seat_rows(plan),
        "seat_head": SEAT_HEAD,
        "stops": None if plan.tours is None else stop_rows(plan),
        "stop_head": STOP_HEAD,
        "caveats": plan.caveats,
        "sources": plan.sources,
    }


def _site_row(row: Any) -> tuple[str, ...]:  # noqa: ANN401 (a named row)
    return (
        str(row.rank),
        row.municipality,
        row.locality,
        _text(row.venue),
        number(row.adults_gained),
        number(row.over65_gained),
        percent(row.covered_share_after, 1),
        euros(row.cost_eur),
        row.reasons,
    )


def _gap_row(row: Any) -> tuple[str, ...]:  # noqa: ANN401 (a named row)
    minutes = "—" if isnan(row.travel_min) else number(row.travel_min, 1)
    return (
        str(row.rank),
        row.municipality,
        row.province,
        label_it("inner_class", row.inner_class),
        minutes,
        number(row.adults),
        number(row.adults_unreachable),
        row.reasons,
    )


def _desk_rows(plan: Plan) -> list[tuple[str, ...]]:
    desks = serving_desks(plan.network.desks, plan.network.scenario)
    names = plan.network.territory.municipalities.set_index("istat_code")["municipality"]
    named = desks.assign(municipality=desks["istat_code"].map(names).fillna(""))
    rows = rows_of(named.sort_values(["municipality", "name", "desk_id"]))
    return [
        (
            row.municipality,
            row.name,
            _text(row.address) or _text(row.locality),
            label_it("network", row.network),
            "sì" if row.is_to_be_confirmed else "",
        )
        for row in rows
    ]


def _text(cell: Any) -> str:  # noqa: ANN401 (a cell)
    return cell if isinstance(cell, str) else ""


def _checksum(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _leaflet_css() -> str:
    """Return Leaflet's style with its images inside."""
    folder = leaflet_folder()

    def inside(match: re.Match[str]) -> str:
        image = base64.b64encode((folder / match[1]).read_bytes()).decode()
        return f"url(data:image/png;base64,{image})"

    return _IMAGE.sub(inside, (folder / "leaflet.css").read_text(encoding="utf-8"))
