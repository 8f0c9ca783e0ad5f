"""Every table of the product, declared once: names, kinds, units, ranges and labels."""

from capillare.geo.schema.calls import APPLICATION_SEATS, RANKED_APPLICATIONS, RENEWAL
from capillare.geo.schema.changes import CHANGES
from capillare.geo.schema.comparisons import GAPS_SENSITIVITY, NETWORK_DIFFERENCE
from capillare.geo.schema.coordinators import COORDINATOR_SITES
from capillare.geo.schema.exchange import DEMAND, EXCHANGE_TABLES, LEGS, OPTIONS, SPOTS
from capillare.geo.schema.opening import DESK_LOAD, OPEN_WITHIN, WEEK_COVERAGE
from capillare.geo.schema.programme import (
    APPLICATION_MUNICIPALITIES,
    APPLICATIONS,
    CALLS,
    ENTITIES,
    ENTITY_MEMBERS,
    FIGURES,
)
from capillare.geo.schema.registry import (
    DESKS,
    POINTS,
    PROGRESS,
    REGISTRY_TABLES,
    SERVICES,
    VENUES,
)
from capillare.geo.schema.results import COVERAGE, GAPS, RESULT_TABLES, TARGETS
from capillare.geo.schema.siting import CANDIDATES, FOUND_CANDIDATES, SITES, TRAVEL_USED
from capillare.geo.schema.siting_answers import (
    SITE_EXPLANATIONS,
    SITING_CURVE,
    SITING_PARETO,
    SITING_STABILITY,
)
from capillare.geo.schema.stops import STOPS
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import (
    INNER_AREAS,
    INNER_CLASSES,
    LINEAGE,
    MUNICIPALITIES,
    PLACES,
    POLES,
    TERRITORY_TABLES,
)
from capillare.geo.schema.tours import TOUR_COVERAGE, TOUR_STOPS, VANS, WEEKLY_MARKETS
from capillare.geo.schema.ways import FAST_ROADS, LAKES

__all__ = [
    "APPLICATIONS",
    "APPLICATION_MUNICIPALITIES",
    "APPLICATION_SEATS",
    "CALLS",
    "CANDIDATES",
    "CHANGES",
    "COORDINATOR_SITES",
    "COVERAGE",
    "DEMAND",
    "DESKS",
    "DESK_LOAD",
    "ENTITIES",
    "ENTITY_MEMBERS",
    "EXCHANGE_TABLES",
    "FAST_ROADS",
    "FIGURES",
    "FOUND_CANDIDATES",
    "GAPS",
    "GAPS_SENSITIVITY",
    "INNER_AREAS",
    "INNER_CLASSES",
    "LAKES",
    "LEGS",
    "LINEAGE",
    "MUNICIPALITIES",
    "NETWORK_DIFFERENCE",
    "OPEN_WITHIN",
    "OPTIONS",
    "PLACES",
    "POINTS",
    "POLES",
    "PROGRESS",
    "RANKED_APPLICATIONS",
    "REGISTRY_TABLES",
    "RENEWAL",
    "RESULT_TABLES",
    "SERVICES",
    "SITES",
    "SITE_EXPLANATIONS",
    "SITING_CURVE",
    "SITING_PARETO",
    "SITING_STABILITY",
    "SPOTS",
    "STOPS",
    "TARGETS",
    "TERRITORY_TABLES",
    "TOUR_COVERAGE",
    "TOUR_STOPS",
    "TRAVEL_USED",
    "VANS",
    "VENUES",
    "WEEKLY_MARKETS",
    "WEEK_COVERAGE",
    "Column",
    "Table",
]
