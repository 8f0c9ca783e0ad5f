"""Answers to questions about desks, as JSON or GeoJSON, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np

from capillare.publish.api.problems import BadRequest, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from capillare.publish.api.index import DeskIndex, Spot
    from capillare.publish.api.query import Query

JSON_TYPE = "application/json"
GEOJSON_TYPE = "application/geo+json"
_DECIMALS = 6


@dataclass(frozen=True)
class Match:
    """A desk that answers a question, at the spot that answers it best."""

    spot: Spot
    away_m: float | None = None
    travel_min: float | None = None


def find_matches(index: DeskIndex, query: Query, today: date) -> list[Match]:
    """Find the desks in service that a question asks for, each once.

    Nearest first by minutes where they are asked for, else by distance, else in order of id.

    Parameters
    ----------
    today
        Day on which they are in service, unless the question names an instant.

    Raises
    ------
    BadRequest
        If the instant is not one of the days that the site knows, or the position is at sea.
    """
    rows = _rows(index, query, today)
    ordered = _ordered(index, query)
    if query.bbox is not None:
        inside = set(index.in_box(query.bbox))
        ordered = [entry for entry in ordered if entry[0] in inside]
    matches: dict[int, Match] = {}
    for number, away_m, travel_min in ordered:
        spot = index.spots[number]
        if spot.desk in rows:
            matches.setdefault(spot.desk, Match(spot, away_m, travel_min))
    return list(matches.values())


def _rows(index: DeskIndex, query: Query, today: date) -> set[int]:
    rows = index.in_service(_day(query, today))
    if query.networks:
        rows = {row for row in rows if index.desks[row]["network"] in query.networks}
    if query.service:
        rows &= index.offering(query.service)
    if query.municipality:
        rows &= index.in_municipality(query.municipality)
    if query.open_at is not None:
        day = query.open_at.date()
        if not index.as_of <= day <= index.last_day:
            known = f"known from {index.as_of} to {index.last_day}"
            raise BadRequest([Fault("open_at", f"hours are {known}")])
        rows &= index.open_at(query.open_at)
    return rows


def _ordered(index: DeskIndex, query: Query) -> list[tuple[int, float | None, float | None]]:
    if query.near is None:
        return [(number, None, None) for number in range(len(index.spots))]
    nearest = index.nearest_first(*query.near)
    if query.within_min is None:
        return [(number, away_m, None) for number, away_m in nearest]
    minutes = index.minutes_from(*query.near)
    if minutes is None:
        raise BadRequest([Fault("near", "in the sea or outside Italy")])
    within = [entry for entry in nearest if minutes[entry[0]] <= query.within_min]
    order = np.argsort([minutes[number] for number, _ in within], kind="stable")
    return [(within[k][0], within[k][1], float(minutes[within[k][0]])) for k in order.tolist()]


def answer(
    index: DeskIndex,
    query: Query,
    matches: Sequence[Match],
    asked: Sequence[tuple[str, str]],
    *,
    today: date,
) -> dict[str, Any]:
    """Return one page of an answer.

    Parameters
    ----------
    asked
        The parameters as they came, for the address of the next page.
    today
        As for `find_matches`; stops are told from it on.
    """
    page = matches[query.offset : query.offset + query.limit]
    end = query.offset + query.limit
    following = None
    if end < len(matches):
        kept = [(name, text) for name, text in asked if name != "offset"]
        following = f"desks?{urlencode([*kept, ('offset', end)])}"
    about: dict[str, Any] = {
        "as_of": index.as_of.isoformat(),
        "in_service_on": _day(query, today).isoformat(),
        "total": len(matches),
        "limit": query.limit,
        "offset": query.offset,
        "next": following,
    }
    if query.within_min is not None:
        about["travel"] = {"mode": "car", "basis": index.travel_basis}
    if query.format == "geojson":
        features = [_feature(index, query, match, today) for match in page]
        return {"type": "FeatureCollection", **about, "features": features}
    return {**about, "desks": [_desk(index, query, match, today) for match in page]}


def one_desk(index: DeskIndex, row: int, *, today: date) -> dict[str, Any]:
    """Return a desk by its row, with every stop of it."""
    lon, lat = index.lon_lat[row]
    stops = [spot for spot in index.spots if spot.desk == row and spot.stop is not None]
    return {
        **index.desks[row],
        "is_in_service": row in index.in_service(today),
        "lat": lat,
        "lon": lon,
        "stops": [_stop(index, spot, today) for spot in stops],
    }


def _day(query: Query, today: date) -> date:
    return today if query.open_at is None else query.open_at.date()


def _desk(index: DeskIndex, query: Query, match: Match, today: date) -> dict[str, Any]:
    spot = match.spot
    return {
        **index.desks[spot.desk],
        "lat": round(spot.lat, _DECIMALS),
        "lon": round(spot.lon, _DECIMALS),
        **_extras(index, query, match, today),
    }


def _feature(index: DeskIndex, query: Query, match: Match, today: date) -> dict[str, Any]:
    spot = match.spot
    return {
        "type": "Feature",
        "id": index.desks[spot.desk]["desk_id"],
        "geometry": {
            "type": "Point",
            "coordinates": [round(spot.lon, _DECIMALS), round(spot.lat, _DECIMALS)],
        },
        "properties": {**index.desks[spot.desk], **_extras(index, query, match, today)},
    }


def _extras(index: DeskIndex, query: Query, match: Match, today: date) -> dict[str, Any]:
    extras: dict[str, Any] = {"is_in_service": True}
    if query.open_at is not None:
        extras["is_open"] = True
    if match.away_m is not None:
        extras["distance_m"] = round(match.away_m)
    if match.travel_min is not None:
        extras["travel_min"] = match.travel_min
    if match.spot.stop is not None:
        extras["stop"] = _stop(index, match.spot, today)
    return extras


def _stop(index: DeskIndex, spot: Spot, today: date) -> dict[str, Any]:
    stop = spot.stop
    if stop is None:
        return {}
    return {
        "stop_id": stop.stop_id,
        "istat_code": stop.istat_code,
        "lat": round(spot.lat, _DECIMALS),
        "lon": round(spot.lon, _DECIMALS),
        "next_dates": index.coming(stop, today),
        "from_time": f"{stop.opens:%H:%M}",
        "to_time": f"{stop.closes:%H:%M}",
    }
