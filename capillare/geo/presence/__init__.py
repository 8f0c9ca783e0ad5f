"""Who is present, month by month: resident adults and tourists, over settlements.

Second homes, unregistered lets and day visitors are in no table, so they are not counted.
"""

from capillare.geo.presence.measuring import (
    Presence,
    count_present,
    measure_presence,
    weight_sensitivity,
    weights_of,
)
from capillare.geo.presence.tourists import Tourists, find_tourists

__all__ = [
    "Presence",
    "Tourists",
    "count_present",
    "find_tourists",
    "measure_presence",
    "weight_sensitivity",
    "weights_of",
]
