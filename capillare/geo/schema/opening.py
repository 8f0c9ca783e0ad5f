"""Tables of who finds a desk open, when, and of what each desk has to serve."""

from __future__ import annotations

from capillare.geo.schema.measures import MUNICIPALITY, PROVINCE, people, share
from capillare.geo.schema.shared import id_column
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column

_OPEN_LOW = people(
    "adults_open_low",
    "Adults with a desk open within reach, unknown hours counted as shut",
    "Con uno sportello aperto (minimo)",
)
_OPEN_HIGH = people(
    "adults_open_high",
    "The same with unknown hours counted as open",
    "Con uno sportello aperto (massimo)",
)

OPEN_WITHIN = Table(
    "open_within",
    "Adults of a municipality with a desk open within reach at a moment",
    "Sportello aperto entro la soglia",
    ("moment", "istat_code"),
    (
        Column(
            "moment",
            "text",
            "Instant in Europe/Rome (holidays apply), or a weekday and time of the plain week",
            "Momento",
        ),
        istat_column(),
        MUNICIPALITY,
        PROVINCE,
        people("adults", "Residents aged 18 and over", "Maggiorenni"),
        _OPEN_LOW,
        _OPEN_HIGH,
        share("open_low_share", "adults_open_low over adults", "Quota minima"),
        share("open_high_share", "adults_open_high over adults", "Quota massima"),
    ),
)

WEEK_COVERAGE = Table(
    "week_coverage",
    "Adults with a desk open within reach in an hour of the plain week, mean over its minutes",
    "Copertura per giorno e ora",
    ("weekday", "from_hour"),
    (
        Column(
            "weekday", "text", "Day of the plain week, no holiday", "Giorno", choices=WEEKDAY_NAMES
        ),
        Column(
            "from_hour",
            "integer",
            "The hour starts at this time of day",
            "Dalle ore",
            minimum=0,
            maximum=23,
        ),
        Column(
            "is_usual",
            "flag",
            "Whether any of it is within the hours in which people usually come (policy)",
            "Ora usuale",
        ),
        _OPEN_LOW,
        _OPEN_HIGH,
        share("open_low_share", "adults_open_low over the adults of the territory", "Quota minima"),
        share(
            "open_high_share", "adults_open_high over the adults of the territory", "Quota massima"
        ),
    ),
)

DESK_LOAD = Table(
    "desk_load",
    "The adults that fall to a desk in service, held against what its hours are meant for",
    "Carico degli sportelli",
    ("desk_id",),
    (
        id_column("desk_id", "Id of the desk", "Codice sportello"),
        Column("name", "text", "Name people know it by", "Sportello"),
        istat_column(),
        MUNICIPALITY,
        PROVINCE,
        Column(
            "supply_hours",
            "number",
            "Facilitator-hours a week: hours x facilitators x desks of the row",
            "Ore-facilitatore a settimana",
            "hours",
            minimum=0,
        ),
        Column(
            "adults_allotted",
            "number",
            "Adults that fall to it when each place's are divided among the desks that serve it, "
            "in proportion to zone weight x hours (Huff 1964)",
            "Maggiorenni assegnati",
            "people",
            minimum=0,
        ),
        Column(
            "adults_capacity",
            "number",
            "Adults for whom its hours are meant at the programme's own ratio: declared points x "
            "weekly hours due over the region's adults; missing where none are declared",
            "Maggiorenni previsti per le sue ore",
            "people",
            may_miss=True,
            minimum=0,
        ),
        share(
            "utilisation_share",
            "adults_allotted over adults_capacity; missing where it supplies no hours",
            "Utilizzo",
            maximum=None,
        ),
        Column(
            "adults_unmet",
            "number",
            "Adults allotted beyond its capacity",
            "Maggiorenni oltre la capacità",
            "people",
            may_miss=True,
            minimum=0,
        ),
    ),
)
"""``adults_allotted`` sums to the adults whom a desk that supplies hours serves at all."""
