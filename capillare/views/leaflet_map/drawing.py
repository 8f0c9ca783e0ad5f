"""Everything a map shows: outlines, as a file; colours, symbols and legend, as a dictionary."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from capillare.publish.outlines import DECIMALS, municipality_outlines
from capillare.publish.site.map_shapes import draw_ground
from capillare.views.leaflet_map.classes import MISSING_CLASS, MISSING_COLOUR, Classes
from capillare.views.leaflet_map.files import MapFile, map_file, shelf
from capillare.views.leaflet_map.marks import KINDS_IT, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.geo.places import Territory
    from capillare.views.leaflet_map.areas import Areas

DEEPEST_LABEL = 10
"""Zoom at which the last names of municipalities appear."""

HEIGHT_PX = 560


@dataclass(frozen=True)
class Base:
    """What does not change while a territory is looked at.

    Attributes
    ----------
    file
        JSON: ``areas`` (GeoJSON features, ISTAT codes as ids), ``around`` (other regions' outlines
        or null) and ``towns`` (name, latitude, longitude, zoom from which it shows).
    bounds
        South-west and north-east corner, latitude and longitude, EPSG:4326.
    """

    file: MapFile
    bounds: list[list[float]]


class MapData(TypedDict):
    """What the map component draws on a base; `base` is the address of its file."""

    base: str
    bounds: list[list[float]]
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
    content = base_content(territory, simplify_m=simplify_m)
    text = json.dumps(content, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return Base(
        map_file(f"territorio-{territory.region}", "json", text), [[south, west], [north, east]]
    )


def base_content(territory: Territory, *, simplify_m: float) -> dict[str, Any]:
    """Return what the file of `base_layer` holds."""
    ground = draw_ground(territory)
    outlines = municipality_outlines(territory.municipalities, simplify_m=simplify_m)
    return {
        "areas": [
            {"type": "Feature", "id": code, "properties": {}, "geometry": outline}
            for code, outline in zip(territory.municipalities["istat_code"], outlines, strict=True)
        ],
        "around": ground["around"],
        "towns": [town for town in ground["labels"] if town[-1] <= DEEPEST_LABEL],
    }


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
        base=shelf().offer(base.file),
        bounds=base.bounds,
        label=label,
        height=HEIGHT_PX,
        area_colours=dict(zip(areas.istat_codes, colours, strict=True)),
        area_tips=dict(zip(areas.istat_codes, areas.tips, strict=True)),
        marks=list(marks),
        lines=list(lines),
        legend={"title": title, "entries": entries},
        selected=selected,
    )
