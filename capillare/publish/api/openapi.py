"""The interface described for programs: OpenAPI 3.1, from the same limits that the code holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare import __version__
from capillare.geo.schema.registry import NETWORKS
from capillare.publish.api.query import (
    DEFAULT_LIMIT,
    FORMATS,
    MAX_LIMIT,
    MAX_OFFSET,
    MAX_TEXT_CHARS,
    MAX_WITHIN_MIN,
)
from capillare.publish.api.schemas import ref, schemas

if TYPE_CHECKING:
    from capillare.publish.api.schemas import Node


def openapi() -> Node:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Punti Digitale Facile: desks in service",
            "version": __version__,
            "description": "Read-only. Positions that are asked about are neither logged nor "
            "kept. Times are those of Europe/Rome unless an offset is given. A desk is in service "
            "from its valid_from to its valid_to, on the day asked about, else today.",
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
        "components": {"schemas": schemas()},
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
                   "Minutes by car from near, estimated, boundary included; needs near.", 30),
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
                {"application/json": ref("Page"), "application/geo+json": ref("Collection")},
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
            "200": _ok({"application/json": ref("Desk")}, "The desk"),
            "404": _problem("No desk in service has this id"),
        },
    }


def _ok(content: dict[str, Node], description: str) -> Node:
    return {
        "description": description,
        "content": {media: {"schema": schema} for media, schema in content.items()},
    }


def _problem(description: str) -> Node:
    return _ok({"application/problem+json": ref("Problem")}, description)
