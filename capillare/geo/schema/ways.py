"""Tables of what the travel estimate knows besides settlements: fast roads and long lakes."""

from __future__ import annotations

from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import latitude, longitude

FAST_ROADS = Table(
    "fast_roads",
    "A town that a fast road serves, in the order in which the road passes them",
    "Strade veloci",
    ("road", "stop"),
    (
        Column("road", "text", "Motorway or expressway, or a stretch of it", "Strada"),
        Column("stop", "integer", "Number of the town along the road", "Ordine", minimum=1),
        Column(
            "kind",
            "text",
            "Motorway, or another road of fast traffic",
            "Tipo",
            choices=("motorway", "expressway"),
        ),
        Column("place", "text", "Town whose junction or exit it is", "Località"),
        latitude(),
        longitude(),
    ),
)

LAKES = Table(
    "lakes",
    "A point of the line in the middle of a lake, or of one of its branches",
    "Laghi",
    ("lake", "stop"),
    (
        Column("lake", "text", "Lake, or branch of it", "Lago"),
        Column("stop", "integer", "Number of the point along the line", "Ordine", minimum=1),
        latitude(),
        longitude(),
    ),
)

WAY_TABLES = (FAST_ROADS, LAKES)
