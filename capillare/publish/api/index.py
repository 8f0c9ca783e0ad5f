"""The desks of a built site, ready to be asked: where they are, what they offer, when they open."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from rtree.index import Index

from capillare.geo.errors import SourceError
from capillare.geo.hours import is_open_at
from capillare.geo.places import METRIC_CRS, find_landmasses, metric_xy, normalised_name
from capillare.geo.points.row_changes import frame_of
from capillare.geo.points.stops import next_dates, read_stops
from capillare.geo.schema import STOPS
from capillare.geo.schema.csv_text import as_typed
from capillare.geo.travel import SHORE_M, Spots, read_estimate
from capillare.geo.travel.arrivals import Arrivals
from capillare.publish.api.query import MAX_WITHIN_MIN
from capillare.publish.site.openings import HORIZON_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

    from capillare.geo.points.stops import Stop

DESKS_FILE = "desks.geojson"
STOPS_FILE = "stops.csv"
_N_DATES = 3
_N_INSTANTS = 256


@dataclass(frozen=True)
class Spot:
    """Where a desk receives people: its seat, or one of the places where it stops.

    Attributes
    ----------
    desk
        Row of the desk.
    lat, lon
        EPSG:4326.
    stop
        The stop; None at a seat.
    """

    desk: int
    lat: float
    lon: float
    stop: Stop | None = None


class DeskIndex:
    """Desks as the site publishes them; once made, nothing in it changes.

    Attributes
    ----------
    as_of
        Day that they are published for.
    desks
        Properties of each desk, as in the GeoJSON.
    row
        Row of each desk by its id.
    spots
        Where desks receive people, in order of desk.
    """

    def __init__(
        self, as_of: date, features: Sequence[dict[str, Any]], stops: Sequence[tuple[Stop, Spot]]
    ) -> None:
        """Index the features of the site's GeoJSON, and its stops with their places."""
        self.as_of = as_of
        self.desks: list[dict[str, Any]] = [feature["properties"] for feature in features]
        self.row = {desk["desk_id"]: row for row, desk in enumerate(self.desks)}
        self.lon_lat = [tuple(feature["geometry"]["coordinates"]) for feature in features]
        at_stops: dict[int, list[Spot]] = {}
        for stop, spot in stops:
            at_stops.setdefault(self.row[stop.desk_id], []).append(spot)
        self.spots = [
            spot
            for row, (lon, lat) in enumerate(self.lon_lat)
            for spot in at_stops.get(row, [Spot(row, lat, lon)])
        ]
        self._stops = {row: [s.stop for s in spots if s.stop] for row, spots in at_stops.items()}
        self._words = [normalised_name(desk.get("services", "")) for desk in self.desks]
        self._towns = [normalised_name(desk["municipality"]) for desk in self.desks]
        self._xy_m = (
            metric_xy(
                np.array([spot.lat for spot in self.spots]),
                np.array([spot.lon for spot in self.spots]),
            )
            if self.spots
            else np.empty((0, 2))
        )
        self._boxes, self._metric = Index(), Index()
        for number, spot in enumerate(self.spots):
            self._boxes.insert(number, (spot.lon, spot.lat, spot.lon, spot.lat))
            self._metric.insert(number, (*self._xy_m[number], *self._xy_m[number]))
        self._open_rows = lru_cache(maxsize=_N_INSTANTS)(self._find_open)

    @property
    def last_day(self) -> date:
        """Last day for which opening is known."""
        return self.as_of + timedelta(days=HORIZON_DAYS - 1)

    def open_at(self, instant: datetime) -> frozenset[int]:
        """Return the rows of desks that are known to be open at an instant."""
        return self._open_rows(instant.replace(second=0, microsecond=0))

    def _find_open(self, instant: datetime) -> frozenset[int]:
        return frozenset(row for row in range(len(self.desks)) if self._is_open(row, instant))

    def _is_open(self, row: int, instant: datetime) -> bool:
        desk, day = self.desks[row], instant.date()
        if desk["is_to_be_confirmed"] or not self._serves(row, day):
            return False
        if row in self._stops:
            return any(
                next_dates(stop, as_of=day, n=1) == (day,)
                and stop.opens <= instant.time() < stop.closes
                for stop in self._stops[row]
            )
        hours = desk.get("opening_hours")
        return is_open_at(hours, instant, istat_code=desk["istat_code"]) is True

    def in_service(self, day: date) -> set[int]:
        """Return the rows of desks whose validity holds a day."""
        return {row for row in range(len(self.desks)) if self._serves(row, day)}

    def _serves(self, row: int, day: date) -> bool:
        desk = self.desks[row]
        begins, ends = str(desk.get("valid_from", "")), str(desk.get("valid_to", "9999"))
        return begins <= day.isoformat() <= ends

    def coming(self, stop: Stop, today: date) -> list[str]:
        """Return the next dates of a stop from a day on, as far as they are known."""
        row = self.row[stop.desk_id]
        since = max(today, date.fromisoformat(self.desks[row].get("valid_from", "0001-01-01")))
        days = next_dates(stop, as_of=since, n=_N_DATES)
        return [day.isoformat() for day in days if day <= self.last_day and self._serves(row, day)]

    def offering(self, service: str) -> set[int]:
        """Return the rows of desks one of whose services holds the words."""
        wanted = normalised_name(service)
        return {row for row, words in enumerate(self._words) if wanted and wanted in words}

    def in_municipality(self, name: str) -> set[int]:
        """Return the rows of desks in a municipality, by name or ISTAT code."""
        wanted = normalised_name(name)
        return {
            row
            for row, (desk, town) in enumerate(zip(self.desks, self._towns, strict=True))
            if desk["istat_code"] == name or town == wanted
        }

    def in_box(self, box: tuple[float, float, float, float]) -> list[int]:
        """Return the spots in a box of west, south, east, north; boundary included."""
        return sorted(self._boxes.intersection(box))

    def nearest_first(self, lat: float, lon: float) -> list[tuple[int, float]]:
        """Return every spot with its distance in metres, nearest first, ties by number."""
        x, y = metric_xy(np.array([lat]), np.array([lon]))[0]
        numbers = list(self._metric.nearest((x, y, x, y), len(self.spots))) if self.spots else []
        away_m = np.hypot(*(self._xy_m[numbers] - (x, y)).T)
        order = np.lexsort((numbers, away_m))
        return [(numbers[place], float(away_m[place])) for place in order]

    def minutes_from(self, lat: float, lon: float) -> NDArray[np.float64] | None:
        """Return the minutes by car to each spot, infinite beyond two hours; None at sea."""
        xy_m = metric_xy(np.array([lat]), np.array([lon]))
        land = self._lands.under(lat, lon, xy_m[0])
        if land is None:
            return None
        return self._arrivals.minutes_from(Spots(np.array([""]), xy_m, np.array([land])))

    @property
    def travel_basis(self) -> str:
        """Where the minutes come from."""
        return self._arrivals.basis

    def warm_up(self) -> None:
        """Find now what the first question about minutes would wait for."""
        if self.spots:
            self.minutes_from(self.spots[0].lat, self.spots[0].lon)

    @cached_property
    def _lands(self) -> _Lands:
        return _Lands()

    @cached_property
    def _arrivals(self) -> Arrivals:
        travel, _ = read_estimate("all")
        land = [
            self._lands.under(spot.lat, spot.lon, xy_m)
            for spot, xy_m in zip(self.spots, self._xy_m, strict=True)
        ]
        # A desk that stands on no land that is known is reached by nobody.
        landmass = np.array([-1 if number is None else number for number in land], dtype=np.int64)
        ids = np.array([str(number) for number in range(len(self.spots))], dtype=str)
        return Arrivals(travel, Spots(ids, self._xy_m, landmass), max_min=MAX_WITHIN_MIN)


class _Lands:
    """Lands that no water parts, prepared to be asked which one a position stands on."""

    def __init__(self) -> None:
        lands = find_landmasses()
        self._number = lands["landmass"].to_numpy()
        self._parts = lands.geometry.to_numpy()
        shapely.prepare(self._parts)
        self._tree = shapely.STRtree(self._parts)
        self._metric = shapely.STRtree(lands.to_crs(METRIC_CRS).geometry.to_numpy())

    def under(self, lat: float, lon: float, xy_m: NDArray[np.float64]) -> int | None:
        """Return the land under a position, or within 2 km of it; None at sea or abroad."""
        near = self._tree.query(shapely.Point(lon, lat))
        for part in near:
            if shapely.intersects_xy(self._parts[part], lon, lat):
                return int(self._number[part])
        shore = self._metric.query_nearest(
            shapely.Point(xy_m), max_distance=SHORE_M, all_matches=False
        )
        return int(self._number[shore[0]]) if len(shore) else None


def read_index(folder: Path) -> DeskIndex:
    """Read the desks of a built site.

    Raises
    ------
    SourceError
        If the site's open data are not there, or not as this version writes them.
    """
    try:
        whole = json.loads((folder / DESKS_FILE).read_text(encoding="utf-8"))
        as_of = date.fromisoformat(whole["as_of"])
        text = (folder / STOPS_FILE).read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise SourceError(
            f"{folder}: no open data of this version in it. Build it: capillare site build."
        ) from fault
    features = whole["features"]
    known = {feature["properties"]["desk_id"]: row for row, feature in enumerate(features)}
    lines = [
        {name: as_typed(cell) for name, cell in line.items() if cell}
        for line in csv.DictReader(text.splitlines())
    ]
    frame = frame_of({(line["stop_id"],): line for line in lines}, STOPS)
    stops = []
    for stop, lat, lon in zip(read_stops(frame), frame["lat"], frame["lon"], strict=True):
        if stop.desk_id in known and next_dates(stop, as_of=as_of, n=1):
            stops.append((stop, Spot(known[stop.desk_id], float(lat), float(lon), stop)))
    return DeskIndex(as_of, features, stops)
