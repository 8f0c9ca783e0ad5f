"""Everything a map shows, as one plain dictionary: outlines, colours, symbols, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from capillare.publish.outlines import DECIMALS, municipality_outlines
from capillare.publish.site.map_shapes import draw_ground
from capillare.views.leaflet_map.classes import MISSING_CLASS, MISSING_COLOUR, Classes
from capillare.views.leaflet_map.marks import KINDS_IT, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.geo.places import Territory
    from capillare.views.leaflet_map.areas import Areas

DEEPEST_LABEL = 10
"""Zoom at which the last names of municipalities appear."""

HEIGHT_PX = 560


class Base(TypedDict):
    """What does not change while a territory is looked at; `area_key` says which it is."""

    area_key: str
    areas: list[dict[str, Any]]
    around: dict[str, Any] | None
    towns: list[list[Any]]
    bounds: list[list[float]]


class MapData(Base):
    """Everything the map component draws."""

    label: str
    height: int
    area_colours: dict[str, str]
    area_tips: dict[str, list[str]]
    marks: list[Mark]
    lines: list[list[list[float]]]
    legend: dict[str, Any]
    selected: str | None


def base_layer(territory: Territory, *, simplify_m: float) -> Base:
    """Build the outlines of a territory, simplified to `simplify_m` metres, and what is around."""
    west, south, east, north = territory.municipalities.total_bounds.round(DECIMALS).tolist()
    ground = draw_ground(territory)
    outlines = municipality_outlines(territory.municipalities, simplify_m=simplify_m)
    return Base(
        area_key=f"{territory.region}/{simplify_m:g}/{len(territory.municipalities)}",
        areas=[
            {"type": "Feature", "id": code, "properties": {}, "geometry": outline}
            for code, outline in zip(territory.municipalities["istat_code"], outlines, strict=True)
        ],
        around=ground["around"],
        towns=[town for town in ground["labels"] if town[-1] <= DEEPEST_LABEL],
        bounds=[[south, west], [north, east]],
    )


def draw(
    base: Base,
    areas: Areas,
    classes: Classes,
    *,
    title: str,
    label: str,
    missing: str,
    marks: Sequence[Mark] = (),
    lines: Sequence[list[list[float]]] = (),
    selected: str | None = None,
) -> MapData:
    """Put colours, words and symbols on a base.

    Parameters
    ----------
    base
        Outlines.
    areas
        A figure and words for each municipality.
    classes
        Of the figures.
    title, label
        Title of the legend; name of the map for who does not see it.
    missing
        What a missing figure means, for the legend.
    marks
        Symbols, in the order in which the keyboard walks through them.
    lines
        Positions joined in order, each latitude and longitude, EPSG:4326.
    selected
        Id of an area or a symbol to point out.
    """
    found = classes.of(areas.figures)
    colours = np.array([*classes.colours, MISSING_COLOUR])[found].tolist()
    entries: list[dict[str, str]] = [
        {"colour": colour, "label": words}
        for colour, words in zip(classes.colours, classes.labels, strict=True)
    ]
    if (found == MISSING_CLASS).any():
        entries.append({"colour": MISSING_COLOUR, "label": missing})
    kinds = {mark["kind"] for mark in marks}
    entries += [{"kind": kind, "label": words} for kind, words in KINDS_IT.items() if kind in kinds]
    return MapData(
        **base,
        label=label,
        height=HEIGHT_PX,
        area_colours=dict(zip(areas.istat_codes, colours, strict=True)),
        area_tips=dict(zip(areas.istat_codes, areas.tips, strict=True)),
        marks=list(marks),
        lines=list(lines),
        legend={"title": title, "entries": entries},
        selected=selected,
    )
