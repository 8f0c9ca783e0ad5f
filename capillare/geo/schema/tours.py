"""Tables of mobile tours: the vans that somebody has, market days, and the stops proposed."""

from __future__ import annotations

from capillare.geo.schema.measures import MUNICIPALITY, PROVINCE, people
from capillare.geo.schema.shared import NOTE, SOURCE_DATE, id_column
from capillare.geo.schema.stops import CLOCK, WEEKDAY_NAMES
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column, latitude, longitude

PATTERNS = ("weekly", "biweekly", "monthly")
A_DAY_MIN = 24 * 60


def _clock(name: str, meaning: str, title_it: str) -> Column:
    return Column(name, "text", meaning, title_it, may_miss=True, pattern=r"[0-2]?\d:[0-5]\d")


def _minutes(name: str, meaning: str, title_it: str, *, minimum: float = 0) -> Column:
    return Column(
        name,
        "number",
        meaning,
        title_it,
        "minutes",
        may_miss=True,
        minimum=minimum,
        maximum=A_DAY_MIN,
    )


def _degrees(name: str, meaning: str, title_it: str, limit: float) -> Column:
    return Column(
        name,
        "number",
        meaning,
        title_it,
        "degrees",
        may_miss=True,
        minimum=-limit,
        maximum=limit,
    )


VANS = Table(
    "vans",
    "A van or gazebo team that serves small places",
    "Furgoni",
    ("van",),
    (
        Column("van", "text", "Name of the van or team", "Furgone"),
        Column(
            "point_id",
            "text",
            "Point whose hours and target it works for; its main seat is the base where no "
            "position is given",
            "Codice punto",
            may_miss=True,
        ),
        latitude(may_miss=True),
        longitude(may_miss=True),
        _clock("shift_start", "Earliest departure from the base, HH:MM", "Inizio turno"),
        _clock("shift_end", "Latest return to the base, HH:MM", "Fine turno"),
        Column("weekdays", "text", "Working weekdays: Mo-Fr, or Mo,We,Fr", "Giorni", may_miss=True),
        _clock("break_start", "Midday break from, no stop and no driving", "Pausa dalle"),
        _clock("break_end", "Midday break to", "Pausa alle"),
        _clock("open_from", "Earliest minute a van may stand at a stop", "Soste dalle"),
        _clock("open_to", "Latest minute a van may stand at a stop", "Soste alle"),
        _minutes("min_stay_min", "Least minutes open to people at a stop", "Sosta minima"),
        _minutes("max_stay_min", "Most minutes at a stop, set-up included", "Sosta massima"),
        _minutes("setup_min", "Minutes to set up on arrival", "Allestimento"),
        Column(
            "weekly_hours",
            "number",
            "Most hours a week open to people",
            "Ore settimanali",
            "hours",
            may_miss=True,
            minimum=0,
            maximum=168,
        ),
        Column(
            "days_off",
            "text",
            "Days on which it does not go out, YYYY-MM-DD separated by ;",
            "Giorni di fermo",
            may_miss=True,
        ),
        Column(
            "ferry_days",
            "text",
            "Weekdays on which it takes the ferry and serves the island alone",
            "Giorni di traghetto",
            may_miss=True,
        ),
        _degrees("port_lat", "Latitude of the port of departure, EPSG:4326", "Porto, lat.", 90),
        _degrees("port_lon", "Longitude of the port of departure, EPSG:4326", "Porto, lon.", 180),
        _degrees("landing_lat", "Latitude of the island's port, EPSG:4326", "Approdo, lat.", 90),
        _degrees("landing_lon", "Longitude of the island's port, EPSG:4326", "Approdo, lon.", 180),
        _minutes("ferry_min", "Minutes of a crossing, waiting and boarding included", "Traghetto"),
        Column("cost_eur", "number", "Cost", "Costo", "EUR", may_miss=True, minimum=0),
        NOTE,
    ),
)

WEEKLY_MARKETS = Table(
    "weekly_markets",
    "A market day of a municipality or of a hamlet of it",
    "Mercati settimanali",
    ("istat_code", "locality", "weekday", "source"),
    (
        istat_column(),
        Column("locality", "text", "Municipality, hamlet, quarter or square", "Località"),
        Column("weekday", "text", "Weekday", "Giorno", choices=WEEKDAY_NAMES),
        Column("from_time", "text", "Opens at, where known", "Dalle", may_miss=True, pattern=CLOCK),
        Column("to_time", "text", "Closes at, where known", "Alle", may_miss=True, pattern=CLOCK),
        Column("is_weekly", "flag", "Whether it is held every week", "Ogni settimana"),
        Column("source", "text", "Page it comes from", "Fonte"),
        SOURCE_DATE,
        NOTE,
    ),
)

TOUR_STOPS = Table(
    "tour_stops",
    "A stop of a van on a day; the first and the last row of a day are its base",
    "Soste proposte",
    ("van", "date", "stop_order"),
    (
        Column("van", "text", "Name of the van or team", "Furgone"),
        id_column("point_id", "Point it belongs to", "Codice punto", may_miss=True),
        Column("date", "date", "Day", "Data"),
        Column("week", "integer", "Week of the plan, from 1", "Settimana", minimum=1),
        Column("weekday", "text", "Weekday", "Giorno", choices=WEEKDAY_NAMES),
        Column("stop_order", "integer", "0 is the departure from the base", "Ordine", minimum=0),
        Column(
            "place_id", "text", "Settlement; empty at the base", "Codice località", may_miss=True
        ),
        istat_column(),
        MUNICIPALITY,
        Column("locality", "text", "Settlement; at the base, what it is", "Località"),
        latitude(),
        longitude(),
        Column("arrive", "text", "Arrival, HH:MM in Rome", "Arrivo", pattern=CLOCK),
        Column("depart", "text", "Departure, HH:MM in Rome", "Partenza", pattern=CLOCK),
        Column(
            "setup_min",
            "number",
            "Minutes after arrival before people are received",
            "Allestimento",
            "minutes",
            minimum=0,
        ),
        Column("drive_min", "number", "Minutes from the row before", "Guida", "minutes", minimum=0),
        Column(
            "pattern",
            "text",
            "Every week, every second week, or once in the four weeks; empty at the base",
            "Frequenza",
            may_miss=True,
            choices=PATTERNS,
        ),
        people(
            "adults_served",
            "Adults newly within reach, each at the first visit only",
            "Maggiorenni raggiunti",
        ),
        NOTE,
    ),
)

TOUR_COVERAGE = Table(
    "tour_coverage",
    "Who of a municipality is within reach of a desk, and of a desk or a van",
    "Copertura con i furgoni",
    ("istat_code",),
    (
        istat_column(),
        MUNICIPALITY,
        PROVINCE,
        people("adults", "Residents aged 18 and over", "Maggiorenni"),
        people(
            "adults_within", "Adults within reach of a desk", "Entro la soglia di uno sportello"
        ),
        people(
            "adults_within_vans",
            "Adults within reach of a desk or of a van that stops at least once",
            "Entro la soglia di sportelli o furgoni",
        ),
        people("adults_gained", "Adults whom only vans bring within reach", "In più con i furgoni"),
        Column(
            "van_hours",
            "number",
            "Hours of vans within reach in the four weeks, mean over its adults",
            "Ore dei furgoni",
            "hours",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "van_hours_gained",
            "number",
            "The same, over the adults whom only vans bring within reach; empty without any",
            "Ore per chi non aveva sportelli",
            "hours",
            may_miss=True,
            minimum=0,
        ),
    ),
)

TOUR_TABLES = (VANS, WEEKLY_MARKETS, TOUR_STOPS, TOUR_COVERAGE)
