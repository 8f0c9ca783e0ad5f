"""Tables of the territory: who lives where, and what the state publishes about it."""

from __future__ import annotations

from capillare.geo.schema.measures import people
from capillare.geo.schema.tables import ISTAT_CODE, Column, Table

INNER_CLASSES = ("A", "B", "C", "D", "E", "F", "E-F")
INNER_BASES = ("official", "known", "estimated")
CHIEF_TOWN_BASES = ("name", "largest_settlement", "representative_point")


def istat_column(meaning: str = "ISTAT municipality code, six characters") -> Column:
    """Declare the ISTAT code of a municipality."""
    return Column("istat_code", "text", meaning, "Codice ISTAT", pattern=ISTAT_CODE)


def latitude(*, may_miss: bool = False) -> Column:
    """Declare a latitude in EPSG:4326."""
    return Column(
        "lat",
        "number",
        "Latitude, EPSG:4326",
        "Latitudine",
        "degrees",
        may_miss=may_miss,
        minimum=-90,
        maximum=90,
    )


def longitude(*, may_miss: bool = False) -> Column:
    """Declare a longitude in EPSG:4326."""
    return Column(
        "lon",
        "number",
        "Longitude, EPSG:4326",
        "Longitudine",
        "degrees",
        may_miss=may_miss,
        minimum=-180,
        maximum=180,
    )


INNER_CLASS = Column(
    "inner_class",
    "text",
    "Class of the 2020 map of inner areas",
    "Classe",
    may_miss=True,
    choices=INNER_CLASSES,
)
INNER_BASIS = Column(
    "inner_basis",
    "text",
    "Where the class comes from",
    "Base della classe",
    may_miss=True,
    choices=INNER_BASES,
)
_SOURCE_YEAR = Column(
    "source_date", "text", "Year or date of the source", "Data della fonte", may_miss=True
)
_DOUBTS = Column("note", "text", "Doubts", "Nota", may_miss=True)

MUNICIPALITIES = Table(
    "municipalities",
    "A municipality with its boundary and residents",
    "Comuni",
    ("istat_code",),
    (
        istat_column(),
        Column("municipality", "text", "Name of the municipality", "Comune"),
        Column("province", "text", "Name of the province", "Provincia"),
        Column("province_short", "text", "Two-letter province code", "Sigla"),
        Column(
            "region_code",
            "text",
            "ISTAT region code, two characters",
            "Codice regione",
            pattern=r"\d{2}",
        ),
        Column("region", "text", "Name of the region", "Regione"),
        people("residents", "Residents on the reference date", "Residenti"),
        people("adults", "Residents aged 18 and over", "Maggiorenni"),
        people("over65", "Residents aged 65 and over", "Residenti dai 65 anni"),
        Column("chief_town", "text", "Name of the chief town's settlement", "Capoluogo"),
        Column(
            "chief_town_basis",
            "text",
            "How the chief town was found",
            "Base del capoluogo",
            choices=CHIEF_TOWN_BASES,
        ),
        latitude(),
        longitude(),
        Column(
            "residents_on", "date", "Reference date of the residents", "Residenti al", may_miss=True
        ),
        Column(
            "residents_basis",
            "text",
            "official file, known figure, or estimated share of the municipality it merged into",
            "Base dei residenti",
            may_miss=True,
            choices=("official", "known", "estimated"),
        ),
        Column("geometry", "geometry", "Boundary, EPSG:4326", "Confine"),
    ),
)

PLACES = Table(
    "places",
    "A settlement that holds people of one municipality",
    "Località",
    ("place_id",),
    (
        Column(
            "place_id",
            "text",
            "Stable id: g<geonameid>, or m<istat_code> where a municipality has no settlement",
            "Codice località",
        ),
        istat_column(),
        Column("place", "text", "Name of the settlement", "Località"),
        latitude(),
        longitude(),
        Column("is_chief_town", "flag", "Whether it is the municipality's chief town", "Capoluogo"),
        people("residents", "Residents spread from the municipality's total", "Residenti"),
        people("adults", "Adults spread from the municipality's total", "Maggiorenni"),
        people("over65", "People aged 65 and over, spread likewise", "Residenti dai 65 anni"),
        Column(
            "landmass",
            "integer",
            "Number of the land it stands on: nobody drives across water",
            "Terra emersa",
            minimum=0,
        ),
        Column("other_names", "text", "Other names, separated by |", "Altri nomi", may_miss=True),
    ),
)

INNER_AREAS = Table(
    "inner_areas",
    "The published class of a municipality in the 2020 map of inner areas",
    "Aree interne",
    ("istat_code",),
    (
        istat_column(),
        Column(
            "inner_class",
            "text",
            "Class A to F, or E-F where the letter is not stated",
            "Classe",
            choices=INNER_CLASSES,
        ),
        Column(
            "minutes_to_pole_min",
            "number",
            "Mean road minutes to the nearest pole",
            "Minuti dal polo",
            "minutes",
            may_miss=True,
            minimum=0,
        ),
        Column("snai_area", "text", "SNAI project area it belongs to", "Area SNAI", may_miss=True),
        Column("source", "text", "Where the class was published", "Fonte"),
        _SOURCE_YEAR,
        _DOUBTS,
    ),
)

POLES = Table(
    "poles",
    "A service pole of the 2020 map of inner areas",
    "Poli",
    ("istat_code",),
    (
        istat_column(),
        Column("municipality", "text", "Name of the pole", "Comune"),
        Column(
            "inner_class",
            "text",
            "A pole or B inter-municipal pole; empty where not stated",
            "Classe",
            may_miss=True,
            choices=("A", "B"),
        ),
        Column("source", "text", "Where it was published", "Fonte"),
        _SOURCE_YEAR,
        _DOUBTS,
    ),
)

LINEAGE = Table(
    "lineage",
    "A municipality code that ended and the one that took its territory",
    "Genealogia dei comuni",
    ("old_istat_code", "new_istat_code"),
    (
        Column("old_istat_code", "text", "Code that ended", "Codice cessato", pattern=ISTAT_CODE),
        Column("old_municipality", "text", "Name that ended", "Comune cessato"),
        Column(
            "new_istat_code",
            "text",
            "Code in force on the reference date",
            "Codice nuovo",
            pattern=ISTAT_CODE,
        ),
        Column("new_municipality", "text", "Name in force", "Comune nuovo"),
        Column("changed_on", "date", "First day of the new code", "Data"),
        Column("source", "text", "Act or register", "Fonte"),
    ),
)

LOCAL_HOLIDAYS = Table(
    "local_holidays",
    "The patron saint's day of a municipality: a date, an offset from Easter, or a calendar's name",
    "Feste patronali",
    ("istat_code",),
    (
        istat_column(),
        Column("municipality", "text", "Name of the municipality", "Comune"),
        Column(
            "is_province_capital",
            "flag",
            "Whether it is the only or one of the capitals of its province",
            "Capoluogo di provincia",
        ),
        Column("month", "integer", "Month", "Mese", may_miss=True, minimum=1, maximum=12),
        Column(
            "day", "integer", "Day of the month", "Giorno", may_miss=True, minimum=1, maximum=31
        ),
        Column(
            "easter_days",
            "integer",
            "Days from Easter Sunday, negative before it",
            "Giorni da Pasqua",
            unit="days",
            may_miss=True,
            minimum=-70,
            maximum=70,
        ),
        Column(
            "subdivision",
            "text",
            "Subdivision of the holidays package whose only local day it is",
            "Suddivisione",
            may_miss=True,
        ),
        Column("name", "text", "Name of the day", "Festa", may_miss=True),
        Column("source", "text", "Where the day is published", "Fonte"),
        _DOUBTS,
    ),
)

TERRITORY_TABLES = (MUNICIPALITIES, PLACES, INNER_AREAS, POLES, LINEAGE, LOCAL_HOLIDAYS)
