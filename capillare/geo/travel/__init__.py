"""Car minutes from places to desks, behind one small protocol; an embedded estimate by default."""

from capillare.geo.travel.costs import Coefficients
from capillare.geo.travel.estimate import read_estimate, travel_records
from capillare.geo.travel.graph import SettlementGraph, build_graph, read_graph
from capillare.geo.travel.protocol import (
    M_PER_KM,
    MINUTE_DECIMALS,
    SHORE_M,
    Nearest,
    Spots,
    TravelError,
    TravelPairs,
    TravelTimes,
    landmass_at,
    spots_of,
)
from capillare.geo.travel.settlement import SettlementTravel
from capillare.geo.travel.straight import EstimatedTravel

__all__ = [
    "MINUTE_DECIMALS",
    "M_PER_KM",
    "SHORE_M",
    "Coefficients",
    "EstimatedTravel",
    "Nearest",
    "SettlementGraph",
    "SettlementTravel",
    "Spots",
    "TravelError",
    "TravelPairs",
    "TravelTimes",
    "build_graph",
    "landmass_at",
    "read_estimate",
    "read_graph",
    "spots_of",
    "travel_records",
]
