"""What the map shows, as GeoJSON whose properties are ready for folium: every text is encoded."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.hours import readable_it
from capillare.geo.numerals import euros, number, percent
from capillare.geo.settings import Settings
from capillare.planning.network import serving_desks
from capillare.publish.labels import label_it
from capillare.publish.outlines import municipality_outlines
from capillare.publish.portable_map.escaping import safe_html
from capillare.publish.portable_map.features import (
    POSITION_DECIMALS,
    card,
    figure_text,
    place_name,
    point_feature,
    rows_of,
)

if TYPE_CHECKING:
    from capillare.planning.plan import Plan
    from capillare.publish.portable_map.classes import MinuteClasses
    from capillare.publish.portable_map.features import Features

MANY_MUNICIPALITIES = 1000
MANY_FACTOR = 5.0
_LABELLED_RESIDENTS = 250_000


def municipality_features(plan: Plan, classes: MinuteClasses) -> Features:
    """Return municipalities with ``colour``, ``is_under_served`` and ``tip``, their tooltip."""
    towns = plan.network.territory.municipalities
    simplify_m = Settings().simplify_m
    if len(towns) > MANY_MUNICIPALITIES:
        # All Italy is looked at from farther away, and has to stay one file that opens.
        simplify_m *= MANY_FACTOR
    shapes = municipality_outlines(towns, simplify_m=simplify_m)
    coverage = plan.network.coverage.set_index("istat_code").loc[towns["istat_code"]]
    gaps = plan.gaps.table.set_index("istat_code")
    under_served = set(gaps.index[gaps["under_served"]])
    return [
        {
            "type": "Feature",
            "id": row.Index,
            "properties": {
                "colour": classes.of(row.travel_min, adults=row.adults).colour,
                "is_under_served": row.Index in under_served,
                "tip": _municipality_tip(row, is_under_served=row.Index in under_served),
            },
            "geometry": geometry,
        }
        for row, geometry in zip(rows_of(coverage), shapes, strict=True)
    ]


def desk_features(plan: Plan) -> Features:
    """Return the desks that coverage counts, one feature a position, with ``tip`` and ``card``.

    Desks known by their municipality only stand in one place: each would hide the others.
    """
    desks = serving_desks(plan.network.desks, plan.network.scenario).dropna(subset=["lat", "lon"])
    names = plan.network.territory.municipalities.set_index("istat_code")["municipality"]
    desks = desks.assign(
        municipality=desks["istat_code"].map(names),
        lat=desks["lat"].round(POSITION_DECIMALS),
        lon=desks["lon"].round(POSITION_DECIMALS),
    )
    rows = rows_of(desks.sort_values(["lat", "lon", "desk_id"]))
    groups = [list(group) for _, group in groupby(rows, key=lambda row: (row.lat, row.lon))]
    return [
        point_feature(
            group[0],
            tip=safe_html(_desks_name(group)),
            card="".join(map(_desk_card, group)),
            n_desks=len(group),
            is_to_be_confirmed=all(row.is_to_be_confirmed for row in group),
        )
        for group in groups
    ]


def site_features(plan: Plan) -> Features:
    """Return the proposed sites with ``rank``, ``tip`` and ``card``."""
    return [
        point_feature(
            row,
            tip=f"{row.rank}. {safe_html(place_name(row.municipality, row.locality))}",
            card=card(
                f"Sede proposta {row.rank}: {place_name(row.municipality, row.locality)}",
                {
                    "Luogo possibile": row.venue,
                    "Maggiorenni in più": number(row.adults_gained),
                    "Dai 65 anni in più": number(row.over65_gained),
                    "Copertura dopo": percent(row.covered_share_after, 1),
                    "Costo": euros(row.cost_eur),
                    "Perché": row.reasons,
                },
            ),
            rank=int(row.rank),
        )
        for row in rows_of(plan.proposal.sites)
    ]


def town_features(plan: Plan) -> Features:
    """Return the towns that help to find one's way, with ``tip``, their name."""
    towns = plan.network.territory.municipalities
    is_named = (towns["municipality"] == towns["province"]) & (
        (towns["residents"] >= _LABELLED_RESIDENTS) | (len(towns) <= MANY_MUNICIPALITIES)
    )
    return [point_feature(row, tip=safe_html(row.municipality)) for row in rows_of(towns[is_named])]


def _municipality_tip(row: Any, *, is_under_served: bool) -> str:  # noqa: ANN401 (a named row)
    lines = [f"<strong>{safe_html(row.municipality)}</strong>"]
    if pd.notna(row.inner_class):
        lines.append(safe_html(label_it("inner_class", row.inner_class)))
    if pd.notna(row.travel_min):
        lines.append(f"{number(row.travel_min, 1)} minuti allo sportello")
    lines.append(f"{number(row.adults)} maggiorenni")
    if row.adults_unreachable:
        lines.append(f"{number(row.adults_unreachable)} senza sportello raggiungibile")
    if is_under_served:
        lines.append("<em>sotto-servito</em>")
    return "<br>".join(lines)


def _desks_name(group: list[Any]) -> str:
    if len(group) == 1:
        return str(group[0].name)
    return f"{number(len(group))} sportelli, {group[0].municipality}"


def _desk_card(row: Any) -> str:  # noqa: ANN401 (a named row)
    return card(
        row.name,
        {
            "Rete": label_it("network", row.network),
            "Comune": row.municipality,
            "Località": row.locality,
            "Indirizzo": row.address,
            "Orario": readable_it(row.opening_hours) if pd.notna(row.opening_hours) else "",
            "Ore settimanali": figure_text(row.weekly_hours, 1),
            "Posizione": label_it("position_basis", row.position_basis),
            "Da confermare": "sì" if row.is_to_be_confirmed else "",
        },
    )
