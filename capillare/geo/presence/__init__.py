"""Who is present, month by month: resident adults and tourists, over settlements.

Second homes, unregistered lets and day visitors are in no table, so they are not counted.
"""

from capillare.geo.presence.measuring import Presence, measure_presence, weight_sensitivity

__all__ = ["Presence", "measure_presence", "weight_sensitivity"]
