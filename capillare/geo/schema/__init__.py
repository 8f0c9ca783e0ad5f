"""Every table of the product, declared once: names, kinds, units, ranges and labels."""

from capillare.geo.schema.registry import (
    APPLICATION_MUNICIPALITIES,
    APPLICATIONS,
    CALLS,
    DESKS,
    ENTITIES,
    ENTITY_MEMBERS,
    FIGURES,
    POINTS,
    PROGRESS,
    REGISTRY_TABLES,
    SERVICES,
    VENUES,
)
from capillare.geo.schema.results import (
    CANDIDATES,
    COVERAGE,
    GAPS,
    RESULT_TABLES,
    SITES,
    TARGETS,
    TRAVEL_USED,
)
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import (
    INNER_AREAS,
    INNER_CLASSES,
    LINEAGE,
    MUNICIPALITIES,
    PLACES,
    POLES,
)

__all__ = [
    "APPLICATIONS",
    "APPLICATION_MUNICIPALITIES",
    "CALLS",
    "CANDIDATES",
    "COVERAGE",
    "DESKS",
    "ENTITIES",
    "ENTITY_MEMBERS",
    "FIGURES",
    "GAPS",
    "INNER_AREAS",
    "INNER_CLASSES",
    "LINEAGE",
    "MUNICIPALITIES",
    "PLACES",
    "POINTS",
    "POLES",
    "PROGRESS",
    "REGISTRY_TABLES",
    "RESULT_TABLES",
    "SERVICES",
    "SITES",
    "TARGETS",
    "TRAVEL_USED",
    "VENUES",
    "Column",
    "Table",
]
