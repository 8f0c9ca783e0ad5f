"""Rows of any page as files: a workbook, a GeoPackage, GeoJSON; each says where it comes from."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from capillare.geo.places import FILE_CRS
from capillare.geo.settings import Settings
from capillare.publish.geopackage import at_positions, write_layers
from capillare.publish.outlines import municipality_outlines
from capillare.publish.workbook import caveats_and_sources, sheet_words, write_book

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from capillare.geo.schema import Table
    from capillare.planning.network import Network
    from capillare.publish.provenance import Provenance
    from capillare.publish.sheets import Sheet

_POSITIONS = ("lat", "lon")
_MUNICIPALITY = "istat_code"


def has_places(table: Table) -> bool:
    """Tell whether every row of a table has a place that a map can show.

    That is a position of its own, its desk's or its settlement's, or a whole municipality.
    """
    return (
        _MUNICIPALITY in table.key
        or set(_POSITIONS) <= set(table.names)
        or not {"desk_id", "place_id"}.isdisjoint(table.key)
    )


def placed_rows(sheet: Sheet, network: Network) -> gpd.GeoDataFrame:
    """Return the rows of a sheet where they lie, EPSG:4326; rows without a place are left out.

    A table of municipalities gets their boundaries, simplified as on the screen; other rows a
    point.

    Raises
    ------
    ValueError
        If rows of this table have no place; see `has_places`.
    """
    table, frame = sheet.table, sheet.table.typed(sheet.frame)[sheet.table.names]
    if _MUNICIPALITY in table.key:
        towns = network.territory.municipalities
        towns = towns[towns["istat_code"].isin(frame["istat_code"])][["istat_code", "geometry"]]
        drawn = municipality_outlines(towns, simplify_m=Settings().simplify_m)
        outlines = pd.DataFrame(
            {
                "istat_code": towns["istat_code"].to_numpy(),
                "geometry": [shapely.geometry.shape(outline) for outline in drawn],
            }
        )
        joined = frame.merge(outlines, on="istat_code", how="inner", validate="many_to_one")
        return gpd.GeoDataFrame(joined, geometry="geometry", crs=FILE_CRS)
    if set(_POSITIONS) <= set(table.names):
        return at_positions(frame)
    for column, held in (("desk_id", network.desks), ("place_id", network.territory.places)):
        if column in table.key:
            spots = held[[column, *_POSITIONS]]
            return at_positions(frame.merge(spots, on=column, how="left", validate="many_to_one"))
    raise ValueError(f"{table.name}: its rows have no place")


def rows_workbook(
    sheets: Sequence[Sheet], provenance: Provenance, network: Network, *, title: str
) -> bytes:
    """Return sheets as a workbook, with a sheet to read first.

    It says scenario, data, caveats, how each table is computed and what each column means.

    Raises
    ------
    DataError
        If a table has more rows than a sheet can hold.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        readme = _readme(sheets, provenance, network, title)
        write_book(path, title=title, as_of=provenance.as_of, readme=readme, sheets=sheets)
        return path.read_bytes()


def _readme(
    sheets: Sequence[Sheet], provenance: Provenance, network: Network, title: str
) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield "title", (title,)
    for line in provenance.lines[:-1]:
        yield "wrapped", (line,)
    yield "wrapped", ()
    yield from caveats_and_sources(provenance.caveats, provenance.sources)
    yield from sheet_words(sheets, network)


def rows_geopackage(sheets: Sequence[Sheet], provenance: Provenance, network: Network) -> bytes:
    """Return the sheets whose rows have a place as one GeoPackage, a layer each.

    A table beside them says the scenario and the data; the same rows give the same bytes.
    """
    layers = {
        sheet.table.name: placed_rows(sheet, network) for sheet in sheets if has_places(sheet.table)
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.gpkg"
        write_layers(layers, path, as_of=provenance.as_of, about=provenance.cells)
        return path.read_bytes()


def rows_geojson(sheet: Sheet, provenance: Provenance, network: Network) -> str:
    """Return the rows of a sheet as GeoJSON (RFC 7946): WGS 84, longitude first, missing is null.

    The collection carries, beside its features, the scenario and the data (foreign members, RFC
    7946 section 6.1).
    """
    placed = placed_rows(sheet, network)
    collection: dict[str, Any] = json.loads(placed.to_json(na="null", drop_id=True, to_wgs84=False))
    collection.pop("crs", None)
    head = {"type": "FeatureCollection", "name": sheet.table.name, "provenance": provenance.cells}
    return json.dumps(head | collection, ensure_ascii=False, allow_nan=False) + "\n"
