"""Tables that say how far an answer hangs on its choices."""

from __future__ import annotations

from capillare.geo.schema.measures import MUNICIPALITY, PROVINCE, people
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column


def _rank(name: str, meaning: str, title_it: str, *, may_miss: bool = False) -> Column:
    return Column(name, "integer", meaning, title_it, may_miss=may_miss, minimum=1)


def _rank_without(name: str, indicator: str, title_it: str) -> Column:
    meaning = f"Rank with {indicator} left out; missing where the index does not use it"
    return _rank(f"rank_without_{name}", meaning, f"Posizione senza {title_it}", may_miss=True)


GAPS_SENSITIVITY = Table(
    "gaps_sensitivity",
    "The rank of an inner municipality when the index is built otherwise",
    "Sensibilità della graduatoria",
    ("istat_code",),
    (
        _rank("rank", "Rank as in gaps", "Posizione"),
        istat_column(),
        MUNICIPALITY,
        _rank("rank_equal_weights", "Rank with all weights equal", "Posizione a pesi uguali"),
        _rank(
            "rank_percentile_scale",
            "Rank with indicators rescaled between their 5th and 95th percentile",
            "Posizione con scala 5°-95° percentile",
        ),
        _rank_without("travel", "travel_min", "i minuti"),
        _rank_without("unreachable", "adults_unreachable_share", "i maggiorenni senza via"),
        _rank_without("hours", "hours_per_1000_adults", "le ore per 1.000"),
        _rank_without("coverage", "weekly_coverage_share", "la copertura settimanale"),
        _rank_without("over65", "over65_share", "gli ultra 65"),
        _rank_without("pole", "minutes_to_pole_min", "i minuti dal polo"),
        _rank_without("target", "target_distance_share", "la distanza dall'obiettivo"),
        Column(
            "max_shift",
            "integer",
            "Largest distance of any of these ranks from the rank",
            "Spostamento massimo",
            "positions",
            minimum=0,
        ),
    ),
)

NETWORK_DIFFERENCE = Table(
    "network_difference",
    "Adults of a municipality within reach of PDF desks only, and of every network's",
    "Con le reti sorelle",
    ("istat_code",),
    (
        istat_column(),
        MUNICIPALITY,
        PROVINCE,
        people("adults", "Residents aged 18 and over", "Maggiorenni"),
        people(
            "adults_within_pdf",
            "Adults within reach (policy minutes) of a PDF desk in service",
            "Entro la soglia, solo PDF",
        ),
        people(
            "adults_within_all",
            "Adults within reach of a desk in service of any network",
            "Entro la soglia, tutte le reti",
        ),
        people(
            "adults_gained",
            "Adults within reach only thanks to the sister networks",
            "Grazie alle reti sorelle",
        ),
    ),
)
