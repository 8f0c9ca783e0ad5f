"""Opening hours: read, measured, evaluated at an instant, and said to people."""

from capillare.geo.hours.description import describe_hours, readable_en, readable_it
from capillare.geo.hours.grammar import MAX_CHARS
from capillare.geo.hours.instants import is_open_at, next_change, next_opening
from capillare.geo.hours.measures import (
    BAND_COLUMNS,
    MINUTES_A_WEEK,
    hours_by_band,
    open_in_plain_week,
    opening_spans,
    spans_by_band,
    weekly_hours,
)
from capillare.geo.hours.moments import (
    Moment,
    WeekMoment,
    is_open_then,
    moment_text,
    read_moment,
)
from capillare.geo.hours.patrons import (
    LocalHoliday,
    is_public_holiday,
    local_holidays,
    shuts_on_patrons_day,
)
from capillare.geo.hours.schedules import ROME, normalise_hours

__all__ = [
    "BAND_COLUMNS",
    "MAX_CHARS",
    "MINUTES_A_WEEK",
    "ROME",
    "LocalHoliday",
    "Moment",
    "WeekMoment",
    "describe_hours",
    "hours_by_band",
    "is_open_at",
    "is_open_then",
    "is_public_holiday",
    "local_holidays",
    "moment_text",
    "next_change",
    "next_opening",
    "normalise_hours",
    "open_in_plain_week",
    "opening_spans",
    "read_moment",
    "readable_en",
    "readable_it",
    "shuts_on_patrons_day",
    "spans_by_band",
    "weekly_hours",
]
