"""Tables of the registry: funded points, desks, venues, services and progress."""

from __future__ import annotations

from capillare.geo.schema.calls import APPLICATION_SEATS
from capillare.geo.schema.programme import (
    APPLICATION_MUNICIPALITIES,
    APPLICATIONS,
    CALLS,
    ENTITIES,
    ENTITY_MEMBERS,
    FIGURES,
)
from capillare.geo.schema.shared import (
    LOCALITY,
    NOTE,
    POSITION_BASIS,
    SOURCE,
    SOURCE_DATE,
    count_column,
    id_column,
)
from capillare.geo.schema.siting import CANDIDATES
from capillare.geo.schema.stops import STOPS
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
HOURS_BASES = ("stated", "estimated", "unreadable", "unknown")
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

POINTS = Table(
    "points",
    "A funded Punto Digitale Facile: one or more desks",
    "Punti",
    ("point_id",),
    (
        id_column("point_id", "Id of the point", "Codice punto"),
        Column("point", "text", "Name of the point", "Punto"),
        id_column("entity_id", "Body that runs it", "Codice ente"),
        Column(
            "entity_basis",
            "text",
            "stated by a source, or assumed by us",
            "Base dell'ente",
            choices=("stated", "assumed"),
        ),
        id_column("application_id", "Application that won it", "Codice domanda", may_miss=True),
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
        count_column(
            "facilitators_light", "Facilitators with 100 hours of training", "Facilitatori light"
        ),
        count_column(
            "facilitators_full", "Facilitators with the 450-hour profile", "Facilitatori full"
        ),
        Column("campaign", "text", "Campaign of the policy file", "Campagna", may_miss=True),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

DESKS = Table(
    "desks",
    "A desk (seat) where a facilitator helps people",
    "Sportelli",
    ("desk_id",),
    (
        id_column("desk_id", "Id of the desk", "Codice sportello"),
        id_column(
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
        LOCALITY,
        Column("address", "text", "Street and number", "Indirizzo", may_miss=True),
        latitude(may_miss=True),
        longitude(may_miss=True),
        POSITION_BASIS,
        count_column("n_desks", "Desks that the row stands for", "N. sportelli", minimum=1),
        count_column("facilitators", "Facilitators at work together", "Facilitatori", minimum=1),
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
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

SERVICES = Table(
    "services",
    "A digital service people ask help with",
    "Servizi",
    ("service_id",),
    (
        id_column("service_id", "Id of the service", "Codice servizio"),
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
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

VENUES = Table(
    "venues",
    "A place that could host a desk",
    "Luoghi",
    ("venue_id",),
    (
        id_column("venue_id", "Id of the venue", "Codice luogo"),
        Column("venue", "text", "Name of the venue", "Luogo"),
        Column("venue_type", "text", "Kind of venue", "Tipo di luogo", choices=VENUE_TYPES),
        istat_column(),
        LOCALITY,
        Column("address", "text", "Street and number", "Indirizzo", may_miss=True),
        latitude(may_miss=True),
        longitude(may_miss=True),
        Column(
            "opening_hours", "text", "Opening hours, OpenStreetMap grammar", "Orario", may_miss=True
        ),
        Column("status", "text", "State of the venue", "Stato", choices=POINT_STATUSES),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

PROGRESS = Table(
    "progress",
    "What a point has reached by a date, cumulated since its start",
    "Avanzamento",
    ("point_id", "as_of"),
    (
        id_column("point_id", "Id of the point", "Codice punto"),
        Column("as_of", "date", "Date of the count", "Alla data"),
        count_column("citizens", "People helped, each once", "Cittadini"),
        count_column("services", "Services given", "Servizi resi"),
        count_column("replies", "Replies to the survey", "Risposte"),
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
        SOURCE,
        NOTE,
    ),
)

REGISTRY_TABLES = (
    ENTITIES,
    ENTITY_MEMBERS,
    APPLICATIONS,
    APPLICATION_MUNICIPALITIES,
    APPLICATION_SEATS,
    POINTS,
    DESKS,
    STOPS,
    PROGRESS,
    SERVICES,
    VENUES,
    CANDIDATES,
    CALLS,
    FIGURES,
)
