"""The plan for geographic information systems: ``plan.gpkg`` and ``sites.geojson``."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio

from capillare.geo.places import FILE_CRS
from capillare.geo.schema import COVERAGE, DESKS, GAPS, PLACES, SITES
from capillare.geo.schema.seasons import SEASON_PLAN
from capillare.publish.folders import file_aside, write_text_aside
from capillare.publish.provenance import provenance_of
from capillare.publish.tour_layers import tour_layers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from capillare.geo.schema import Table
    from capillare.planning.plan import Plan

DECIMALS = 6
"""Of a degree in GeoJSON, as RFC 7946 section 11.2 advises: about 10 cm."""

_GAP_COLUMNS = {
    "rank": "gap_rank",
    "gap_index": "gap_index",
    "rank_low": "gap_rank_low",
    "rank_high": "gap_rank_high",
    "under_served": "under_served",
    "reasons": "reasons",
}
ABOUT = "leggimi"
"""The table of a GeoPackage that says which scenario and which data it comes from."""

_AREAS, _LINES = "comuni", "giri_furgoni"
_DESK_STATE = ["is_in_service", "is_to_be_confirmed", "weekly_hours"]
_PLACE_ACCESS = ["nearest_desk_id", "travel_min", "is_within", "hours_per_1000_adults"]


def plan_layers(plan: Plan) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of a plan, EPSG:4326.

    Returns
    -------
    ``comuni`` (boundaries with tables coverage and gaps; the latter's columns are missing where a
    municipality is not ranked), ``sportelli``, ``sedi_proposte``, ``localita``; with a
    seasonal plan ``sedi_stagionali``, a seat in a month; with tours
    ``soste_furgoni`` and ``giri_furgoni`` (lines).
    """
    network = plan.network
    desks = DESKS.typed(network.desks)
    access = network.access.places[["place_id", *_PLACE_ACCESS]]
    places = network.territory.places.merge(access, on="place_id", validate="one_to_one")
    layers = {
        "comuni": _municipality_layer(plan),
        "sportelli": at_positions(desks[[*DESKS.names, *_DESK_STATE]]),
        "sedi_proposte": at_positions(SITES.typed(plan.proposal.sites)[SITES.names]),
        "localita": at_positions(places[[*PLACES.names, *_PLACE_ACCESS]]),
    }
    if plan.season is not None:
        layers["sedi_stagionali"] = at_positions(plan.season.table[SEASON_PLAN.names])
    if plan.tours is not None:
        layers |= tour_layers(plan.tours)
    return layers


def write_geopackage(plan: Plan, path: Path) -> None:
    """Write the layers of a plan as one GeoPackage; the same plan gives the same bytes."""
    network = plan.network
    about = provenance_of(network).cells
    write_layers(plan_layers(plan), path, as_of=network.scenario.as_of, about=about)


def write_layers(
    layers: Mapping[str, gpd.GeoDataFrame],
    path: Path,
    *,
    as_of: date,
    about: Mapping[str, str] | None = None,
) -> None:
    """Write layers as one GeoPackage that says it changed on `as_of`.

    A layer of polygons, and ``comuni``, is written as areas, ``giri_furgoni`` as lines, every
    other one as points. `about` becomes the table `ABOUT`, which has no geometry.
    """
    with file_aside(path) as aside, _dated(as_of):
        aside.unlink()
        for name, layer in layers.items():
            pyogrio.write_dataframe(
                layer,
                aside,
                layer=name,
                driver="GPKG",
                append=aside.exists(),
                promote_to_multi=_is_of_areas(name, layer),
                geometry_type=_geometry_type(name, layer),
            )
        if about:
            said = pd.DataFrame({"voce": list(about), "testo": list(about.values())}, dtype="str")
            pyogrio.write_dataframe(said, aside, layer=ABOUT, driver="GPKG", append=aside.exists())


def _is_of_areas(name: str, layer: gpd.GeoDataFrame) -> bool:
    return name == _AREAS or bool(layer.geometry.geom_type.isin({"Polygon", "MultiPolygon"}).any())


def _geometry_type(name: str, layer: gpd.GeoDataFrame) -> str:
    if name == _LINES:
        return "LineString"
    return "MultiPolygon" if _is_of_areas(name, layer) else "Point"


def sites_as_geojson(sites: pd.DataFrame, about: Mapping[str, str]) -> str:
    """Write table ``sites`` as GeoJSON (RFC 7946): WGS 84, longitude first, missing is null.

    >>> json.loads(sites_as_geojson(SITES.empty(), {"scenario": "uno"}))["provenance"]
    {'scenario': 'uno'}
    """
    return points_as_geojson(sites, SITES, name="sedi_proposte", about=about)


def points_as_geojson(
    frame: pd.DataFrame, table: Table, *, name: str, about: Mapping[str, str]
) -> str:
    """Write the rows of a table with ``candidate_id``, ``lat`` and ``lon`` as GeoJSON points.

    `about` is where they come from: a foreign member beside the features (RFC 7946, section 6.1).
    """
    typed = table.typed(frame)[table.names]
    rows = typed.astype("object").where(typed.notna(), None).to_dict("records")
    features = [
        {
            "type": "Feature",
            "id": row["candidate_id"],
            "properties": row,
            "geometry": {
                "type": "Point",
                "coordinates": [round(row["lon"], DECIMALS), round(row["lat"], DECIMALS)],
            },
        }
        for row in rows
    ]
    head = {"type": "FeatureCollection", "name": name, "provenance": dict(about)}
    return json.dumps(head | {"features": features}, ensure_ascii=False, allow_nan=False)


def write_sites_geojson(plan: Plan, path: Path) -> None:
    """Write the proposed sites of a plan as one GeoJSON file."""
    about = provenance_of(plan.network).cells
    write_text_aside(path, sites_as_geojson(plan.proposal.sites, about) + "\n")


def _municipality_layer(plan: Plan) -> gpd.GeoDataFrame:
    territory = plan.network.territory.municipalities[["istat_code", "region", "geometry"]]
    coverage = COVERAGE.typed(plan.network.coverage)[COVERAGE.names]
    gaps = GAPS.typed(plan.gaps.table)[["istat_code", *_GAP_COLUMNS]].rename(columns=_GAP_COLUMNS)
    whole = {"gap_rank": "Int64", "gap_rank_low": "Int64", "gap_rank_high": "Int64"}
    gaps = gaps.astype(whole | {"under_served": "boolean"})
    layer = coverage.merge(gaps, on="istat_code", how="left", validate="one_to_one").merge(
        territory, on="istat_code", validate="one_to_one"
    )
    return gpd.GeoDataFrame(layer, geometry="geometry", crs=FILE_CRS)


def at_positions(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Make a point of every row with ``lat`` and ``lon``, EPSG:4326; the others are left out."""
    placed = frame.dropna(subset=["lat", "lon"]).reset_index(drop=True)
    points = gpd.points_from_xy(placed["lon"], placed["lat"], crs=FILE_CRS)
    return gpd.GeoDataFrame(placed, geometry=points)


@contextmanager
def _dated(as_of: date) -> Iterator[None]:
    """Make GeoPackages say that they changed on `as_of`, instead of now."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{as_of}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
