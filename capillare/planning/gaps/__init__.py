"""Under-served inner municipalities: the index, the ranking, and how sure the ranking is."""

from capillare.planning.gaps.index import PERCENTILE_SCALE, RANGE_SCALE, SCALES, ampi, ranks_of
from capillare.planning.gaps.ranking import (
    Gaps,
    find_indicators,
    is_under_served,
    rank_gaps,
)
from capillare.planning.gaps.uncertainty import minute_errors, rank_intervals, rank_sensitivity

__all__ = [
    "PERCENTILE_SCALE",
    "RANGE_SCALE",
    "SCALES",
    "Gaps",
    "ampi",
    "find_indicators",
    "is_under_served",
    "minute_errors",
    "rank_gaps",
    "rank_intervals",
    "rank_sensitivity",
    "ranks_of",
]
