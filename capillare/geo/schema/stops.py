"""Stops of a mobile desk, on one day or again and again: what people may wait for."""

from __future__ import annotations

from capillare.geo.schema.shared import (
    LOCALITY,
    NOTE,
    POSITION_BASIS,
    SOURCE,
    SOURCE_DATE,
    id_column,
)
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column, latitude, longitude

CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
"""A time of the wall clock in Rome."""

DAY_LIST = r"\d{4}-\d{2}-\d{2}(;\d{4}-\d{2}-\d{2})*"
"""Days, separated by a semicolon."""

WEEKDAY_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

STOPS = Table(
    "stops",
    "A stop of a mobile desk: on `starts_on` alone where `weekday` is empty, else on that weekday, "
    "every week unless said otherwise",
    "Soste",
    ("stop_id",),
    (
        id_column("stop_id", "Id of the stop", "Codice sosta"),
        id_column("desk_id", "Mobile desk that stops", "Codice sportello"),
        id_column("place_id", "Settlement, where known", "Codice località", may_miss=True),
        istat_column(),
        LOCALITY,
        Column("address", "text", "Street or square", "Indirizzo", may_miss=True),
        latitude(may_miss=True),
        longitude(may_miss=True),
        POSITION_BASIS,
        Column("starts_on", "date", "The day, or the first day it may stop on", "Dal"),
        Column(
            "ends_on",
            "date",
            "Last day it may stop on; empty: until further notice",
            "Al",
            may_miss=True,
        ),
        Column(
            "weekday",
            "text",
            "Weekday; empty for one day only",
            "Giorno",
            may_miss=True,
            choices=WEEKDAY_NAMES,
        ),
        Column(
            "every_n_weeks",
            "integer",
            "Every how many weeks, counted from the first such weekday; empty is 1",
            "Ogni quante settimane",
            "weeks",
            may_miss=True,
            minimum=1,
            maximum=52,
        ),
        Column(
            "week_of_month",
            "integer",
            "Instead: the weekday's number in its month, 1 to 5; -1 is the last",
            "Settimana del mese",
            may_miss=True,
            minimum=-1,
            maximum=5,
        ),
        Column("from_time", "text", "From, HH:MM in Rome", "Dalle", pattern=CLOCK),
        Column("to_time", "text", "To, HH:MM in Rome", "Alle", pattern=CLOCK),
        Column(
            "exceptions",
            "text",
            "Days it does not stop on, YYYY-MM-DD separated by ;",
            "Giorni saltati",
            may_miss=True,
            pattern=DAY_LIST,
        ),
        Column(
            "on_holidays",
            "flag",
            "Whether it stops on national holidays and the patron's day too; empty is no. A stop "
            "on one day only is held as it stands",
            "Anche nei festivi",
            may_miss=True,
        ),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)
