"""Who can reach an open desk: minutes, opening hours, capacity, and what each network adds.

Everything counts people over places, demand x supply, and is summed to municipalities with their
adults as weights. Missing means not known; people who reach no desk are counted apart.
"""

from capillare.geo.access.catchment import (
    desk_load,
    floating_catchment,
    supply_hours,
    zone_weights,
)
from capillare.geo.access.measuring import BANDS_MIN, Access, measure_access
from capillare.geo.access.networks import compare_networks
from capillare.geo.access.opening import (
    open_places,
    open_within,
    reach_of,
    week_coverage,
    weekly_coverage,
)

__all__ = [
    "BANDS_MIN",
    "Access",
    "compare_networks",
    "desk_load",
    "floating_catchment",
    "measure_access",
    "open_places",
    "open_within",
    "reach_of",
    "supply_hours",
    "week_coverage",
    "weekly_coverage",
    "zone_weights",
]
