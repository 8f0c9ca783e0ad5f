"""The registry: its intake, where desks stand, and which are in service."""

from capillare.geo.points.registry import Registry, read_registry
from capillare.geo.points.rows import fault_lines
from capillare.geo.points.service import desks_as_of, point_hours, point_hours_by_band

__all__ = [
    "Registry",
    "desks_as_of",
    "fault_lines",
    "point_hours",
    "point_hours_by_band",
    "read_registry",
]
