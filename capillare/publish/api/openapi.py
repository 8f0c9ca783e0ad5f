"""The interface described for programs: OpenAPI 3.1, from the same limits that the code holds."""

from __future__ import annotations

from typing import Any

from capillare import __version__
from capillare.geo.schema import DESKS, Column
from capillare.geo.schema.registry import NETWORKS
from capillare.publish.api.query import (
    DEFAULT_LIMIT,
    FORMATS,
    MAX_LIMIT,
    MAX_OFFSET,
    MAX_TEXT_CHARS,
    MAX_WITHIN_MIN,
)

Node = dict[str, Any]

_TYPES = {"text": "string", "date": "string", "integer": "integer", "number": "number",
          "flag": "boolean"}  # fmt: skip


def openapi() -> Node:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Punti Digitale Facile: desks in service",
            "version": __version__,
            "description": "Read-only. Positions that are asked about are neither logged nor "
            "kept. Times are those of Europe/Rome unless an offset is given.",
        },
        "servers": [{"url": ".."}],
        "paths": {
            "/api/desks": {"get": _desks_operation()},
            "/api/desks/{desk_id}": {"get": _desk_operation()},
            "/api/openapi.json": {
                "get": {
                    "operationId": "getDescription",
                    "summary": "This document",
                    "responses": {"200": _ok({"application/json": {"type": "object"}}, "OpenAPI")},
                }
            },
        },
        "components": {"schemas": _schemas()},
    }


def _parameter(name: str, schema: Node, description: str, example: object) -> Node:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
        "example": example,
    }


def _desks_operation() -> Node:
    text = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT_CHARS}
    networks = "|".join(NETWORKS)
    degrees = r"[+-]?\d{1,3}(\.\d{1,12})?"
    parameters = [
        _parameter("open_at", {"type": "string"}, "Only desks known to be open at this instant, "
                   "ISO 8601; without an offset it is Europe/Rome. Hours are known for 400 days "
                   "from as_of. Desks to be confirmed are never open.", "2026-03-02T10:30"),
        _parameter("near", {"type": "string", "pattern": f"^{degrees},{degrees}$"},
                   "LAT,LON in EPSG:4326: nearest first.", "43.77,11.25"),
        _parameter("within_min", {"type": "number", "minimum": 1, "maximum": MAX_WITHIN_MIN},
                   "Minutes by car from near, boundary included; needs near.", 30),
        _parameter("service", text, "Words of a service's name.", "SPID"),
        _parameter("bbox", {"type": "string", "pattern": f"^{degrees}(,{degrees}){{3}}$"},
                   "WEST,SOUTH,EAST,NORTH in EPSG:4326, boundary included.", "11,43,12,44"),
        _parameter("network", {"type": "string", "pattern": f"^({networks})(,({networks}))*$"},
                   "Networks, separated by commas.", "pdf"),
        _parameter("municipality", text, "Name or ISTAT code.", "048017"),
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT,
                             "default": DEFAULT_LIMIT}, "Desks on a page.", 50),
        _parameter("offset", {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET,
                              "default": 0}, "Desks to pass over.", 0),
        _parameter("format", {"type": "string", "enum": list(FORMATS), "default": "json"},
                   "json, or geojson.", "json"),
    ]  # fmt: skip
    return {
        "operationId": "findDesks",
        "summary": "Desks in service that answer every condition given",
        "parameters": parameters,
        "responses": {
            "200": _ok(
                {"application/json": _ref("Page"), "application/geo+json": _ref("Collection")},
                "One page of desks",
            ),
            "400": _problem("A parameter cannot be used"),
            "414": _problem("The parameters are too long"),
        },
    }


def _desk_operation() -> Node:
    return {
        "operationId": "getDesk",
        "summary": "One desk in service, with its stops",
        "parameters": [
            {
                "name": "desk_id",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        ],
        "responses": {
            "200": _ok({"application/json": _ref("Desk")}, "The desk"),
            "404": _problem("No desk in service has this id"),
        },
    }


def _ok(content: dict[str, Node], description: str) -> Node:
    return {
        "description": description,
        "content": {media: {"schema": schema} for media, schema in content.items()},
    }


def _problem(description: str) -> Node:
    return _ok({"application/problem+json": _ref("Problem")}, description)


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _column(column: Column) -> Node:
    node: Node = {"type": _TYPES[column.kind], "description": column.meaning}
    if column.choices:
        node["enum"] = list(column.choices)
    return node


def _schemas() -> dict[str, Node]:
    text, whole = {"type": "string"}, {"type": "integer", "minimum": 0}
    degrees = {"type": "number", "minimum": -180, "maximum": 180}
    stop = {
        "type": "object",
        "required": ["stop_id", "next_dates", "from_time", "to_time", "lat", "lon"],
        "properties": {
            "stop_id": text,
            "istat_code": text,
            "lat": degrees,
            "lon": degrees,
            "next_dates": {"type": "array", "items": {"type": "string", "format": "date"}},
            "from_time": text,
            "to_time": text,
        },
    }
    extras = {
        "municipality": text,
        "province": text,
        "is_to_be_confirmed": {"type": "boolean"},
        "anchor": text,
        "is_open": {"type": "boolean"},
        "distance_m": {**whole, "description": "Metres as the crow flies from near"},
        "travel_min": {"type": "number", "minimum": 0, "description": "Minutes by car from near"},
        "stop": stop,
        "stops": {"type": "array", "items": stop},
    }
    properties = {
        **{c.name: _column(c) for c in DESKS.columns if c.kind != "geometry"},
        **extras,
    }
    needed = ["desk_id", "network", "kind", "name", "istat_code", "municipality", "status"]
    page = {
        "as_of": {"type": "string", "format": "date"},
        "total": whole,
        "limit": whole,
        "offset": whole,
        "next": {"type": ["string", "null"]},
        "travel": {
            "type": "object",
            "description": "What the minutes stand on",
            "required": ["mode", "basis"],
            "properties": {"mode": {"const": "car"}, "basis": text},
        },
    }
    required = ["as_of", "total", "limit", "offset", "next"]
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": text,
            "geometry": {
                "type": "object",
                "required": ["type", "coordinates"],
                "properties": {
                    "type": {"const": "Point"},
                    "coordinates": {
                        "type": "array",
                        "items": degrees,
                        "minItems": 2,
                        "maxItems": 2,
                    },
                },
            },
            "properties": {
                "type": "object",
                "required": needed,
                "properties": {n: p for n, p in properties.items() if n not in ("lat", "lon")},
            },
        },
    }
    return {
        "Desk": {
            "type": "object",
            "required": [*needed, "lat", "lon"],
            "properties": properties,
            "additionalProperties": False,
        },
        "Page": {
            "type": "object",
            "required": [*required, "desks"],
            "properties": {**page, "desks": {"type": "array", "items": _ref("Desk")}},
            "additionalProperties": False,
        },
        "Collection": {
            "type": "object",
            "required": ["type", *required, "features"],
            "properties": {
                "type": {"const": "FeatureCollection"},
                **page,
                "features": {"type": "array", "items": feature},
            },
        },
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": text,
                "title": text,
                "status": {"type": "integer"},
                "detail": text,
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["parameter", "detail"],
                        "properties": {"parameter": text, "detail": text},
                    },
                },
            },
        },
    }
