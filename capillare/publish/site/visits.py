"""Where a mobile desk stops and on which days, for the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.points.stops import read_stops, visits
from capillare.publish.site.openings import HORIZON_DAYS, OpenSpan
from capillare.publish.site.published import published_desks

if TYPE_CHECKING:
    from capillare.planning.network import Network

MAX_SHOWN_DAYS = 62
"""How far ahead the page of stops looks."""


@dataclass(frozen=True)
class StopPlace:
    """A place where a mobile desk stops, with its dates of the next 400 days.

    Attributes
    ----------
    lat, lon
        EPSG:4326.
    opens, closes
        ``HH:MM`` of the wall clock in Rome.
    dates
        In order; at least one.
    """

    stop_id: str
    desk_id: str
    istat_code: str
    municipality: str
    locality: str
    address: str
    lat: float
    lon: float
    opens: str
    closes: str
    dates: tuple[date, ...]

    def spans(self, first: date) -> tuple[OpenSpan, ...]:
        """Return when the desk is open here, counted from a first day."""
        opens, closes = (
            60 * int(clock[:2]) + int(clock[3:]) for clock in (self.opens, self.closes)
        )
        return tuple(OpenSpan((day - first).days, opens, closes) for day in self.dates)


@dataclass(frozen=True)
class Visit:
    """One stop on one day."""

    day: date
    stop: StopPlace


def stop_places(network: Network) -> tuple[StopPlace, ...]:
    """List the stops, with dates to come, of the mobile desks published, sorted by id."""
    desks = published_desks(network)
    desks = desks.loc[desks["kind"] == "mobile"]
    stops = network.registry.stops
    stops = stops[stops["desk_id"].isin(desks["desk_id"])].sort_values("stop_id", kind="stable")
    if stops.empty:
        return ()
    first = network.scenario.as_of
    last = first + timedelta(days=HORIZON_DAYS - 1)
    begins, ends = desks["valid_from"].fillna(""), desks["valid_to"].fillna("9999")
    validity = dict(zip(desks["desk_id"], zip(begins, ends, strict=True), strict=True))
    dates: dict[str, list[date]] = {}
    for visit in visits(read_stops(stops), first, last).to_dict("records"):
        since, until = validity[visit["desk_id"]]
        if since <= visit["date"].isoformat() <= until:
            dates.setdefault(visit["stop_id"], []).append(visit["date"])
    towns = network.territory.municipalities.set_index("istat_code")["municipality"]
    return tuple(
        _stop_place(row, towns[row["istat_code"]], tuple(dates[row["stop_id"]]))
        for row in stops.to_dict("records")
        if row["stop_id"] in dates
    )


def next_visits(stops: tuple[StopPlace, ...], n: int | None = None) -> tuple[Visit, ...]:
    """Return the visits of some stops in order of day, time and stop; the first `n` if given."""
    coming = [Visit(day, stop) for stop in stops for day in stop.dates]
    coming.sort(key=lambda visit: (visit.day, visit.stop.opens, visit.stop.stop_id))
    return tuple(coming[:n])


def _stop_place(row: dict[Any, Any], municipality: str, dates: tuple[date, ...]) -> StopPlace:
    def text(name: str) -> str:
        return "" if pd.isna(row[name]) else str(row[name]).strip()

    return StopPlace(
        stop_id=row["stop_id"],
        desk_id=row["desk_id"],
        istat_code=row["istat_code"],
        municipality=municipality,
        locality=text("locality"),
        address=text("address"),
        lat=round(float(row["lat"]), 5),
        lon=round(float(row["lon"]), 5),
        opens=text("from_time"),
        closes=text("to_time"),
        dates=dates,
    )
