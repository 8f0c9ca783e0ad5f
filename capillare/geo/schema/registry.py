"""Tables of the registry: bodies, applications, funded points, desks and their progress."""

from __future__ import annotations

from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column, latitude, longitude

POINT_STATUSES = ("planned", "active", "suspended", "closed", "unknown")
NETWORKS = (
    "pdf",
    "bottega_salute",
    "pensioners_union",
    "digitalmentis",
    "consumer_education",
    "other",
)
DESK_KINDS = ("main", "branch", "course", "mobile", "seasonal")
POSITION_BASES = ("given", "locality", "chief_town")
TERRITORY_BASES = ("declared", "members", "main_seat")
HOURS_BASES = ("stated", "estimated", "unreadable", "unknown")
ENTITY_KINDS = (
    "municipality",
    "union",
    "province",
    "third_sector",
    "trade_association",
    "health_body",
    "school",
    "other",
)
VENUE_TYPES = (
    "municipality",
    "urp",
    "library",
    "school",
    "social_centre",
    "youth_centre",
    "third_sector",
    "health_shop",
    "health_district",
    "union_office",
    "shop",
    "trade_association",
    "pensioners_union",
    "ecco_fatto",
    "other",
)

_SOURCE = Column("source", "text", "Page, act or file it comes from", "Fonte", may_miss=True)
_SOURCE_DATE = Column(
    "source_date",
    "text",
    "Date of the source: a year, month or day",
    "Data della fonte",
    may_miss=True,
    pattern=r"\d{4}(-\d{2}(-\d{2})?)?",
)
_NOTE = Column("note", "text", "Doubts and remarks", "Nota", may_miss=True)


def _count(name: str, meaning: str, title_it: str, *, minimum: int = 0) -> Column:
    return Column(name, "integer", meaning, title_it, may_miss=True, minimum=minimum)


def _id(name: str, meaning: str, title_it: str, *, may_miss: bool = False) -> Column:
    return Column(name, "text", meaning, title_it, may_miss=may_miss, pattern=r"[^\s/\\]{1,80}")


ENTITIES = Table(
    "entities",
    "A body that applies for or runs points",
    "Enti",
    ("entity_id",),
    (
        _id("entity_id", "Id of the body", "Codice ente"),
        Column("entity", "text", "Name of the body", "Ente"),
        Column("entity_kind", "text", "Kind of body", "Tipo di ente", choices=ENTITY_KINDS),
        Column(
            "seat_istat_code",
            "text",
            "Municipality of its main seat",
            "Comune della sede",
            may_miss=True,
            pattern=r"\d{6}",
        ),
        _SOURCE,
        _SOURCE_DATE,
        _NOTE,
    ),
)

ENTITY_MEMBERS = Table(
    "entity_members",
    "A municipality that belongs to a union or other body",
    "Comuni degli enti",
    ("entity_id", "istat_code"),
    (
        _id("entity_id", "Id of the body", "Codice ente"),
        istat_column("ISTAT code of the member municipality"),
        _SOURCE,
        _SOURCE_DATE,
        _NOTE,
    ),
)

APPLICATIONS = Table(
    "applications",
    "An application of a body to a call, funded or not",
    "Domande",
    ("application_id",),
    (
        _id("application_id", "Id of the application", "Codice domanda"),
        _id("entity_id", "Body that applied", "Codice ente"),
        Column("campaign", "text", "Campaign of the policy file", "Campagna", may_miss=True),
        Column(
            "application_status",
            "text",
            "Outcome",
            "Esito",
            choices=("funded", "reserve", "proposed", "refused", "unknown"),
        ),
        Column(
            "application_basis",
            "text",
            "stated by a source, or assumed by us",
            "Base",
            choices=("stated", "assumed"),
        ),
        Column("score", "number", "Score given by the call", "Punteggio", may_miss=True, minimum=0),
        Column("cost_eur", "number", "Cost asked", "Costo", "EUR", may_miss=True, minimum=0),
        _SOURCE,
        _SOURCE_DATE,
        _NOTE,
    ),
)

APPLICATION_MUNICIPALITIES = Table(
    "application_municipalities",
    "A municipality in the territory of an application",
    "Territori delle domande",
    ("application_id", "istat_code"),
    (
        _id("application_id", "Id of the application", "Codice domanda"),
        istat_column(),
        Column(
            "territory_basis",
            "text",
            "declared in the application, members of the union, "
            "or the main seat's municipality for want of better",
            "Base del territorio",
            choices=TERRITORY_BASES,
        ),
        _SOURCE,
        _SOURCE_DATE,
        _NOTE,
    ),
)

POINTS = Table(
    "points",
    "A funded Punto Digitale Facile: one or more desks",
    "Punti",
    ("point_id",),
    (
        _id("point_id", "Id of the point", "Codice punto"),
        Column("point", "text", "Name of the point", "Punto"),
        _id("entity_id", "Body that runs it", "Codice ente"),
        Column(
            "entity_basis",
            "text",
            "stated by a source, or assumed by us",
            "Base dell'ente",
            choices=("stated", "assumed"),
        ),
        _id("application_id", "Application that won it", "Codice domanda", may_miss=True),
        Column("status", "text", "State of the point", "Stato", choices=POINT_STATUSES),
        Column(
            "weekly_hours_due",
            "number",
            "Weekly hours the point owes",
            "Ore dovute",
            "hours",
            may_miss=True,
            minimum=0,
            maximum=168,
        ),
        Column(
            "assigned_target",
            "integer",
            "Adults assigned by an act, which wins over the band",
            "Obiettivo assegnato",
            "people",
            may_miss=True,
            minimum=0,
        ),
        _count(
            "facilitators_light", "Facilitators with 100 hours of training", "Facilitatori light"
        ),
        _count("facilitators_full", "Facilitators with the 450-hour profile", "Facilitatori full"),
        Column("campaign", "text", "Campaign of the policy file", "Campagna", may_miss=True),
        _SOURCE,
        _SOURCE_DATE,
        _NOTE,
    ),
)

DESKS = Table(
    "desks",
    "A desk (seat) where a facilitator helps people",
    "Sportelli",
    ("desk_id",),
    (
        _id("desk_id", "Id of the desk", "Codice sportello"),
        _id(
            "point_id",
            "Point it belongs to; empty for a sister network",
            "Codice punto",
            may_miss=True,
        ),
        Column("network", "text", "Network of the desk", "Rete", choices=NETWORKS),
        Column("kind", "text", "Kind of desk", "Tipo", choices=DESK_KINDS),
        Column("name", "text", "Name people know it by", "Nome"),
        Column(
            "venue_type",
            "text",
            "Kind of venue",
            "Tipo di luogo",
            may_miss=True,
            choices=VENUE_TYPES,
        ),
        istat_column(),
        Column("locality", "text", "Hamlet or quarter", "Località", may_miss=True),
        Column("address", "text", "Street and number", "Indirizzo", may_miss=True),
        latitude(may_miss=True),
        longitude(may_miss=True),
        Column(
            "position_basis",
            "text",
            "given by coordinates, settlement named in locality, or the municipality's chief town",
            "Base della posizione",
            may_miss=True,
            choices=POSITION_BASES,
        ),
        _count("n_desks", "Desks that the row stands for", "N. sportelli", minimum=1),
        _count("facilitators", "Facilitators at work together", "Facilitatori", minimum=1),
        Column(
            "opening_hours", "text", "Opening hours, OpenStreetMap grammar", "Orario", may_miss=True
        ),
        Column(
            "hours_basis",
            "text",
            "stated, estimated from the point's hours due, unreadable (kept in note), or unknown",
            "Base dell'orario",
            may_miss=True,
            choices=HOURS_BASES,
        ),
        Column("valid_from", "date", "First day of service", "Dal", may_miss=True),
        Column("valid_to", "date", "Last day of service", "Al", may_miss=True),
        Column(
            "channels", "text", "in_person, phone, online; separated by ;", "Canali", may_miss=True
        ),
        Column("by_appointment", "flag", "Whether one must book", "Su appuntamento", may_miss=True),
        Column("booking_url", "text", "Where to book", "Prenotazione", may_miss=True),
        Column("phone", "text", "Phone", "Telefono", may_miss=True),
        Column("email", "text", "E-mail of the office", "E-mail", may_miss=True),
        Column(
            "wheelchair",
            "text",
            "Step-free access",
            "Accesso senza gradini",
            may_miss=True,
            choices=("yes", "limited", "no"),
        ),
        Column(
            "services",
            "text",
            "Services as the source names them, separated by ;",
            "Servizi",
            may_miss=True,
        ),
        Column("languages", "text", "ISO 639-1 codes, separated by ;", "Lingue", may_miss=True),
        Column("status", "text", "State of the desk", "Stato", choices=POINT_STATUSES),
        Column(
            "verified_on", "date", "Day somebody last verified it", "Verificato il", may_miss=True
        ),
        _SOURCE,
        _SOURCE_DATE,
        _NOTE,
    ),
)

SERVICES = Table(
    "services",
    "A digital service people ask help with",
    "Servizi",
    ("service_id",),
    (
        _id("service_id", "Id of the service", "Codice servizio"),
        Column(
            "level", "text", "Who provides it", "Livello", choices=("regional", "national", "local")
        ),
        Column(
            "square",
            "text",
            "Thematic square of the regional portal",
            "Piazza",
            choices=(
                "identity",
                "health",
                "public_administration",
                "business",
                "security",
                "education",
                "work",
                "mobility",
            ),
        ),
        Column("name_it", "text", "Name in Italian", "Nome"),
        Column("name_en", "text", "Name in English", "Nome in inglese"),
        _SOURCE,
        _SOURCE_DATE,
        _NOTE,
    ),
)

VENUES = Table(
    "venues",
    "A place that could host a desk",
    "Luoghi",
    ("venue_id",),
    (
        _id("venue_id", "Id of the venue", "Codice luogo"),
        Column("venue", "text", "Name of the venue", "Luogo"),
        Column("venue_type", "text", "Kind of venue", "Tipo di luogo", choices=VENUE_TYPES),
        istat_column(),
        Column("locality", "text", "Hamlet or quarter", "Località", may_miss=True),
        Column("address", "text", "Street and number", "Indirizzo", may_miss=True),
        Column(
            "opening_hours", "text", "Opening hours, OpenStreetMap grammar", "Orario", may_miss=True
        ),
        Column("status", "text", "State of the venue", "Stato", choices=POINT_STATUSES),
        _SOURCE,
        _SOURCE_DATE,
        _NOTE,
    ),
)

PROGRESS = Table(
    "progress",
    "What a point has reached by a date, cumulated since its start",
    "Avanzamento",
    ("point_id", "as_of"),
    (
        _id("point_id", "Id of the point", "Codice punto"),
        Column("as_of", "date", "Date of the count", "Alla data"),
        _count("citizens", "People helped, each once", "Cittadini"),
        _count("services", "Services given", "Servizi resi"),
        _count("replies", "Replies to the survey", "Risposte"),
        Column(
            "satisfaction",
            "number",
            "Mean mark of the survey",
            "Gradimento",
            "of 10",
            may_miss=True,
            minimum=0,
            maximum=10,
        ),
        _SOURCE,
        _NOTE,
    ),
)

CALLS = Table(
    "calls",
    "A call for applications of a campaign",
    "Avvisi",
    ("call_id",),
    (
        _id("call_id", "Id of the call", "Codice avviso"),
        Column("call", "text", "What it was called for", "Avviso"),
        Column("campaign", "text", "Campaign of the policy file", "Campagna"),
        Column("audience", "text", "Who could apply", "Destinatari"),
        Column("closed_on", "date", "Last day to apply", "Scadenza", may_miss=True),
        Column(
            "budget_eur",
            "number",
            "Money of the call",
            "Dotazione",
            "EUR",
            may_miss=True,
            minimum=0,
        ),
        _count("n_points_sought", "Points sought", "Punti cercati"),
        _count("n_points_proposed", "Points proposed", "Punti proposti"),
        _count("n_points_funded", "Points funded", "Punti finanziati"),
        _count("n_entities", "Bodies that won or applied, see note", "Enti"),
        _SOURCE,
        _SOURCE_DATE,
        _NOTE,
    ),
)

FIGURES = Table(
    "figures",
    "A figure about the whole programme or network, as printed on a date",
    "Cifre del programma",
    ("figure_id",),
    (
        _id("figure_id", "Id of the figure", "Codice cifra"),
        Column("metric", "text", "What is counted", "Grandezza"),
        Column("figure", "number", "The figure as printed", "Valore"),
        Column("unit", "text", "Unit", "Unità"),
        Column(
            "qualifier",
            "text",
            "exactly, at_least, over, about or up_to, as printed",
            "Come stampata",
            choices=("exactly", "at_least", "over", "about", "up_to"),
        ),
        Column(
            "as_of",
            "text",
            "Date of the figure: a year, month or day",
            "Alla data",
            may_miss=True,
            pattern=r"\d{4}(-\d{2}(-\d{2})?)?",
        ),
        _SOURCE,
        _NOTE,
    ),
)

REGISTRY_TABLES = (
    ENTITIES,
    ENTITY_MEMBERS,
    APPLICATIONS,
    APPLICATION_MUNICIPALITIES,
    POINTS,
    DESKS,
    PROGRESS,
    SERVICES,
    VENUES,
    CALLS,
    FIGURES,
)
