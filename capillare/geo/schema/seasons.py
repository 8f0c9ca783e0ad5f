"""Tables of the seasons: nights of tourists, who is present by month, and the seasonal plan."""

from __future__ import annotations

from capillare.geo.schema.measures import people
from capillare.geo.schema.shared import NOTE, SOURCE, SOURCE_DATE, id_column
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column, latitude, longitude

TOURISM_BASES = ("given", "known", "estimated", "unknown")


def _month(meaning: str = "Month, 1 is January") -> Column:
    return Column("month", "integer", meaning, "Mese", minimum=1, maximum=12)


def _year() -> Column:
    return Column("year", "integer", "Year of the count", "Anno", minimum=1950, maximum=2100)


def _nights(meaning: str) -> Column:
    return Column("nights", "integer", meaning, "Presenze", "nights", minimum=0)


def _per_day(name: str, meaning: str, title_it: str, *, may_miss: bool = False) -> Column:
    return Column(name, "number", meaning, title_it, "people/day", may_miss=may_miss, minimum=0)


def _euros(name: str, meaning: str, title_it: str, *, may_miss: bool = False) -> Column:
    return Column(name, "number", meaning, title_it, "EUR", may_miss=may_miss, minimum=0)


def _hours(name: str, meaning: str, title_it: str) -> Column:
    return Column(name, "number", meaning, title_it, "hours", minimum=0, maximum=168)


TOURISM_NIGHTS = Table(
    "tourism_nights",
    "Nights spent in a year by tourists in the establishments of a municipality",
    "Presenze turistiche annue",
    ("istat_code", "year"),
    (
        istat_column(),
        Column("municipality", "text", "Name of the municipality", "Comune", may_miss=True),
        _year(),
        Column(
            "arrivals",
            "integer",
            "Guests who checked in",
            "Arrivi",
            "people",
            may_miss=True,
            minimum=0,
        ),
        _nights("Nights spent in the year"),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

TOURISM_MONTHS = Table(
    "tourism_months",
    "Nights spent in a month by tourists in the establishments of a municipality",
    "Presenze turistiche mensili",
    ("istat_code", "year", "month"),
    (
        istat_column(),
        _year(),
        _month(),
        _nights("Nights spent in the month"),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

PRESENCE = Table(
    "presence",
    "People present in a place in a month",
    "Presenti per mese",
    ("place_id", "month"),
    (
        Column("place_id", "text", "Id of the place", "Codice località"),
        istat_column(),
        _month(),
        people("adults", "Residents aged 18 and over", "Maggiorenni"),
        _per_day(
            "tourists_per_day",
            "Tourists of any age on a mean day of the month; empty where not known",
            "Turisti al giorno",
            may_miss=True,
        ),
        people(
            "visitors",
            "Adult tourists on a mean day times the policy's weight; empty where not known",
            "Turisti contati",
            may_miss=True,
        ),
        people(
            "present_people",
            "Resident adults plus visitors; resident adults alone where visitors are not known",
            "Presenti",
        ),
        Column(
            "tourism_basis",
            "text",
            "Whether the month's nights are given by the user, known, estimated from the year's, "
            "or unknown",
            "Base del turismo",
            choices=TOURISM_BASES,
        ),
    ),
)

SEASON_PLAN = Table(
    "season_plan",
    "A seat of a point in a month: whether it opens, when, and for whom",
    "Piano stagionale",
    ("point_id", "desk_id", "candidate_id", "month"),
    (
        id_column("point_id", "Point the seat belongs to", "Codice punto"),
        id_column(
            "desk_id", "Desk of the registry; empty for a proposed seat", "Sportello", may_miss=True
        ),
        id_column(
            "candidate_id",
            "Candidate of a proposed seat; empty for a desk of the registry",
            "Codice candidato",
            may_miss=True,
        ),
        latitude(),
        longitude(),
        _month(),
        Column("is_open", "flag", "Whether the seat opens in the month", "Aperta"),
        _hours("weekly_hours", "Hours a week in the month", "Ore settimanali"),
        Column(
            "opening_hours",
            "text",
            "Hours of a week of the month, OpenStreetMap grammar; empty where shut",
            "Orario",
            may_miss=True,
        ),
        id_column("staff_team", "Team at work there: never in two places at once", "Squadra"),
        people(
            "present_people",
            "People present within reach whom the seat serves; each in one seat, the nearest open",
            "Presenti serviti",
        ),
        NOTE,
        istat_column(),
        Column("municipality", "text", "Name of the municipality", "Comune"),
        Column("locality", "text", "Settlement", "Località", may_miss=True),
        Column(
            "target_citizens",
            "number",
            "Share of the point's target that falls on the seat's hours of the month",
            "Cittadini da raggiungere",
            "people",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "citizens_per_hour",
            "number",
            "Citizens whom the target asks of each hour of opening",
            "Cittadini per ora",
            "people/hour",
            may_miss=True,
            minimum=0,
        ),
    ),
)

SEASON_MONTHS = Table(
    "season_months",
    "A month of the territory: people within reach with the seasonal plan and with the best "
    "plan that never changes",
    "Mese per mese",
    ("month",),
    (
        _month(),
        people("present_people", "People present", "Presenti"),
        people("people_today", "Of these, within reach with the desks as they are", "Oggi"),
        people(
            "people_year_round",
            "Of these, within reach with the best plan that is the same all year",
            "Con il piano fisso",
        ),
        people("people_within", "Of these, within reach with the seasonal plan", "Con le stagioni"),
        Column(
            "people_gained",
            "integer",
            "Within reach with the seasonal plan and not with the one that never changes, less "
            "those of the reverse",
            "In più",
            "people",
        ),
        Column(
            "full_hours_year_round",
            "number",
            "People times hours a week within reach, up to a full point's, over its hours; year-"
            "round plan",
            "Persone a orario pieno, fisso",
            "people",
            minimum=0,
        ),
        Column(
            "full_hours",
            "number",
            "The same with the seasonal plan",
            "Persone a orario pieno, stagioni",
            "people",
            minimum=0,
        ),
        Column("seats_open", "integer", "Seasonal seats open", "Sedi stagionali", minimum=0),
    ),
)

SEASON_POINTS = Table(
    "season_points",
    "What the seasonal plan asks of a point, gives and costs",
    "Punti e stagioni",
    ("point_id",),
    (
        id_column("point_id", "Id of the point", "Codice punto"),
        Column("point", "text", "Name of the point", "Punto"),
        _hours("weekly_hours", "Hours a week that the plan shares out", "Ore settimanali"),
        Column("n_seats", "integer", "Seats used in the year, the main one too", "Sedi", minimum=1),
        Column(
            "open_months",
            "integer",
            "Months in which some seasonal seat is open",
            "Mesi",
            minimum=0,
            maximum=12,
        ),
        Column(
            "people_gained_mean",
            "number",
            "More people within reach than today, mean of the twelve months",
            "In più in media",
            "people",
        ),
        people(
            "people_gained_peak",
            "More people within reach than today in the best month",
            "In più nel mese migliore",
        ),
        _euros("cost_eur", "Cost of the seasonal seats in a year", "Costo annuo"),
        _euros(
            "eur_per_person_month",
            "Cost over additional people within reach, summed over the months; empty where nobody",
            "Costo per persona e mese",
            may_miss=True,
        ),
        people("target_citizens", "Adults to reach", "Cittadini da raggiungere", may_miss=True),
        Column(
            "citizens_per_hour",
            "number",
            "Target over a year's hours of the point",
            "Cittadini per ora",
            "people/hour",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "citizens_per_month",
            "number",
            "Target over twelve months",
            "Cittadini al mese",
            "people/month",
            may_miss=True,
            minimum=0,
        ),
    ),
)

TOURISM_TABLES = (TOURISM_NIGHTS, TOURISM_MONTHS)
SEASON_TABLES = (PRESENCE, SEASON_PLAN, SEASON_MONTHS, SEASON_POINTS)
