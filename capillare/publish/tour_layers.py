"""Proposed tours for maps and programs: stops and legs as GeoJSON, layers, and parameters."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from capillare.geo.places import FILE_CRS
from capillare.geo.schema import TOUR_COVERAGE, TOUR_STOPS
from capillare.publish.folders import write_text_aside

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.schema import Table
    from capillare.planning.tours.proposal import Tours
    from capillare.publish.provenance import Provenance

DECIMALS = 6
PLACE_COLUMNS = [
    "van", "point_id", "weekday", "place_id", "istat_code", "municipality", "locality",
    "lat", "lon", "arrive", "depart", "setup_min", "pattern", "note",
]  # fmt: skip
LEG_COLUMNS = ["van", "weekday", "weeks", "from_locality", "to_locality", "drive_min"]


def stop_places(stops: pd.DataFrame) -> pd.DataFrame:
    """Return one row per stop of a van, whatever its dates: columns of ``tour_stops``.

    With ``n_visits``, ``dates`` (separated by ;) and ``adults_served`` (all visits together).
    """
    made = stops[stops["place_id"].notna()]
    grouped = made.groupby(["van", "place_id"], sort=True)
    summed = grouped.agg(
        n_visits=("date", "size"), dates=("date", ";".join), adults_served=("adults_served", "sum")
    )
    first = made.drop_duplicates(["van", "place_id"])[PLACE_COLUMNS]
    return first.merge(summed.reset_index(), on=["van", "place_id"], validate="one_to_one")


def tour_legs(stops: pd.DataFrame) -> pd.DataFrame:
    """Return one row per leg of a van's weekday: its weeks, minutes and ends.

    Sorted by van, weekday and first week; ``from_lat`` to ``to_lon`` are degrees, EPSG:4326.
    """
    legs: dict[tuple[Any, ...], dict[str, Any]] = {}
    for (van, _), day in stops.groupby(["van", "date"], sort=True):
        rows = day.sort_values("stop_order").to_dict("records")
        for before, row in pairwise(rows):
            key = (van, row["weekday"], before["place_id"], row["place_id"], row["drive_min"])
            leg = legs.setdefault(
                key,
                {
                    "van": van,
                    "weekday": row["weekday"],
                    "weeks": "",
                    "from_locality": before["locality"],
                    "to_locality": row["locality"],
                    "drive_min": row["drive_min"],
                    "from_lat": before["lat"],
                    "from_lon": before["lon"],
                    "to_lat": row["lat"],
                    "to_lon": row["lon"],
                },
            )
            weeks = {*filter(None, leg["weeks"].split(",")), str(row["week"])}
            leg["weeks"] = ",".join(sorted(weeks))
    columns = [*LEG_COLUMNS, "from_lat", "from_lon", "to_lat", "to_lon"]
    return pd.DataFrame(list(legs.values()), columns=columns)


def tours_as_geojson(tours: Tours, about: Provenance) -> str:
    """Write stops (points) and legs (straight lines) as GeoJSON (RFC 7946), WGS 84.

    Lines join the ends of legs; they are no roads. The collection says the scenario and the data
    beside its features (foreign members, RFC 7946 section 6.1).
    """
    features = [
        _feature("Point", _at(row["lat"], row["lon"]), {"what": "stop"} | row)
        for row in _records(stop_places(tours.stops))
    ]
    for leg in _records(tour_legs(tours.stops)):
        ends = [_at(leg["from_lat"], leg["from_lon"]), _at(leg["to_lat"], leg["to_lon"])]
        properties = {"what": "leg"} | {name: leg[name] for name in LEG_COLUMNS}
        features.append(_feature("LineString", ends, properties))
    head = {"type": "FeatureCollection", "name": "giri_proposti", "provenance": about.cells}
    return json.dumps(head | {"features": features}, ensure_ascii=False, allow_nan=False)


def tour_layers(tours: Tours) -> dict[str, gpd.GeoDataFrame]:
    """Return layers ``soste_furgoni`` (points) and ``giri_furgoni`` (lines), EPSG:4326."""
    places = stop_places(tours.stops)
    legs = tour_legs(tours.stops)
    lines = [
        shapely.LineString([(row.from_lon, row.from_lat), (row.to_lon, row.to_lat)])
        for row in legs.itertuples()
    ]
    spots = gpd.points_from_xy(places["lon"], places["lat"], crs=FILE_CRS)
    return {
        "soste_furgoni": gpd.GeoDataFrame(places, geometry=spots),
        "giri_furgoni": gpd.GeoDataFrame(legs[LEG_COLUMNS], geometry=lines, crs=FILE_CRS),
    }


def write_tour_files(tours: Tours, folder: Path, about: Provenance) -> None:
    """Write ``tours.geojson`` and ``tour_params.json`` into a folder."""
    write_text_aside(folder / "tours.geojson", tours_as_geojson(tours, about) + "\n")
    said = tours.params | {"provenance": about.cells}
    params = json.dumps(said, ensure_ascii=False, allow_nan=False, indent=1)
    write_text_aside(folder / "tour_params.json", params + "\n")


def tour_tables(tours: Tours) -> dict[Table, pd.DataFrame]:
    """Return the tables of proposed tours by their declaration."""
    return {TOUR_STOPS: tours.stops[TOUR_STOPS.names], TOUR_COVERAGE: tours.coverage}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype("object").where(frame.notna(), None)
    return [{str(name): cell for name, cell in row.items()} for row in plain.to_dict("records")]


def _at(lat: float, lon: float) -> list[float]:
    return [round(float(lon), DECIMALS), round(float(lat), DECIMALS)]


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


__all__ = [
    "stop_places",
    "tour_layers",
    "tour_legs",
    "tour_tables",
    "tours_as_geojson",
    "write_tour_files",
]
