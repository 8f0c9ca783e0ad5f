"""What the interface answers with, as JSON Schema: a desk, a page, a collection, a problem."""

from __future__ import annotations

from typing import Any

from capillare.geo.schema import DESKS, Column

Node = dict[str, Any]

_TYPES = {"text": "string", "date": "string", "integer": "integer", "number": "number",
          "flag": "boolean"}  # fmt: skip
_TEXT: Node = {"type": "string"}
_FLAG: Node = {"type": "boolean"}
_DAY: Node = {"type": "string", "format": "date"}
_WHOLE: Node = {"type": "integer", "minimum": 0}
_DEGREES: Node = {"type": "number", "minimum": -180, "maximum": 180}
_NEEDED = ["desk_id", "network", "kind", "name", "istat_code", "municipality", "status"]
_STOP: Node = {
    "type": "object",
    "required": ["stop_id", "next_dates", "from_time", "to_time", "lat", "lon"],
    "properties": {
        "stop_id": _TEXT,
        "istat_code": _TEXT,
        "lat": _DEGREES,
        "lon": _DEGREES,
        "next_dates": {"type": "array", "items": _DAY},
        "from_time": _TEXT,
        "to_time": _TEXT,
    },
}
_TRAVEL: Node = {
    "type": "object",
    "description": "What the minutes stand on: always the estimate that travels with the program, "
    "free of traffic and ferries, also where a plan was made with other minutes.",
    "required": ["mode", "basis"],
    "properties": {"mode": {"const": "car"}, "basis": {"const": "estimated"}},
}


def schemas() -> dict[str, Node]:
    """Return every schema by name."""
    return {
        "Desk": _object(_desk_properties(), [*_NEEDED, "lat", "lon"], is_closed=True),
        "Page": _object(
            {**_about(), "desks": {"type": "array", "items": ref("Desk")}},
            [*_ABOUT_NEEDED, "desks"],
            is_closed=True,
        ),
        "Collection": _object(
            {
                "type": {"const": "FeatureCollection"},
                **_about(),
                "features": {"type": "array", "items": _feature()},
            },
            ["type", *_ABOUT_NEEDED, "features"],
        ),
        "Problem": _problem(),
    }


def ref(name: str) -> Node:
    """Refer to a schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Node, required: list[str], *, is_closed: bool = False) -> Node:
    node: Node = {"type": "object", "required": required, "properties": properties}
    return node | {"additionalProperties": False} if is_closed else node


_ABOUT_NEEDED = ["as_of", "in_service_on", "total", "limit", "offset", "next"]


def _about() -> Node:
    """Return what a page of answers says of itself."""
    return {
        "as_of": {**_DAY, "description": "Day that the desks were published for"},
        "in_service_on": {**_DAY, "description": "Day on which the desks listed are in service"},
        "total": _WHOLE,
        "limit": _WHOLE,
        "offset": _WHOLE,
        "next": {"type": ["string", "null"]},
        "travel": _TRAVEL,
    }


def _desk_properties() -> Node:
    return {
        **{column.name: _column(column) for column in DESKS.columns if column.kind != "geometry"},
        "municipality": _TEXT,
        "province": _TEXT,
        "is_to_be_confirmed": _FLAG,
        "anchor": _TEXT,
        "is_in_service": {**_FLAG, "description": "On the day asked about, else today"},
        "is_open": _FLAG,
        "distance_m": {**_WHOLE, "description": "Metres as the crow flies from near"},
        "travel_min": {"type": "number", "minimum": 0, "description": "Minutes by car from near"},
        "stop": _STOP,
        "stops": {"type": "array", "items": _STOP},
    }


def _column(column: Column) -> Node:
    node: Node = {"type": _TYPES[column.kind], "description": column.meaning}
    if column.choices:
        node["enum"] = list(column.choices)
    return node


def _feature() -> Node:
    pair = {"type": "array", "items": _DEGREES, "minItems": 2, "maxItems": 2}
    point = {"type": {"const": "Point"}, "coordinates": pair}
    told = {name: node for name, node in _desk_properties().items() if name not in ("lat", "lon")}
    return _object(
        {
            "type": {"const": "Feature"},
            "id": _TEXT,
            "geometry": _object(point, ["type", "coordinates"]),
            "properties": _object(told, _NEEDED),
        },
        ["type", "id", "geometry", "properties"],
    )


def _problem() -> Node:
    fault = _object({"parameter": _TEXT, "detail": _TEXT}, ["parameter", "detail"])
    return _object(
        {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "errors": {"type": "array", "items": fault},
        },
        ["type", "title", "status", "detail"],
    )
