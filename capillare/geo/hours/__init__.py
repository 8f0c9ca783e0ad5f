"""Opening hours: read, measured, evaluated at an instant, and said to people."""

from capillare.geo.hours.grammar import MAX_CHARS
from capillare.geo.hours.measures import (
    MINUTES_A_WEEK,
    ROME,
    describe_hours,
    is_open_at,
    next_change,
    normalise_hours,
    open_in_plain_week,
    readable_en,
    readable_it,
    weekly_hours,
)

__all__ = [
    "MAX_CHARS",
    "MINUTES_A_WEEK",
    "ROME",
    "describe_hours",
    "is_open_at",
    "next_change",
    "normalise_hours",
    "open_in_plain_week",
    "readable_en",
    "readable_it",
    "weekly_hours",
]
