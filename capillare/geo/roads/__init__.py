"""Real roads from an OpenStreetMap extract: read, timed, kept, and asked for minutes."""

from capillare.geo.roads.graph import RoadGraph, build_graph
from capillare.geo.roads.notes import snap_notes
from capillare.geo.roads.routing import RoadTravel
from capillare.geo.roads.rules import RoadRules, read_rules
from capillare.geo.roads.snapping import SnapReport
from capillare.geo.roads.store import (
    RoadFile,
    RoadNetwork,
    build_network,
    current_key,
    forget_networks,
    list_networks,
    load_current,
)

__all__ = [
    "RoadFile",
    "RoadGraph",
    "RoadNetwork",
    "RoadRules",
    "RoadTravel",
    "SnapReport",
    "build_graph",
    "build_network",
    "current_key",
    "forget_networks",
    "list_networks",
    "load_current",
    "read_rules",
    "snap_notes",
]
