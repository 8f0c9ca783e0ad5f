"""Tables of the programme: bodies, their applications, calls and printed figures."""

from __future__ import annotations

from capillare.geo.schema.shared import NOTE, SOURCE, SOURCE_DATE, count_column, id_column
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column

TERRITORY_BASES = ("declared", "members", "main_seat")
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

ENTITIES = Table(
    "entities",
    "A body that applies for or runs points",
    "Enti",
    ("entity_id",),
    (
        id_column("entity_id", "Id of the body", "Codice ente"),
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
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

ENTITY_MEMBERS = Table(
    "entity_members",
    "A municipality that belongs to a union or other body",
    "Comuni degli enti",
    ("entity_id", "istat_code"),
    (
        id_column("entity_id", "Id of the body", "Codice ente"),
        istat_column("ISTAT code of the member municipality"),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

APPLICATIONS = Table(
    "applications",
    "An application of a body to a call, funded or not",
    "Domande",
    ("application_id",),
    (
        id_column("application_id", "Id of the application", "Codice domanda"),
        id_column("entity_id", "Body that applied", "Codice ente"),
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
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

APPLICATION_MUNICIPALITIES = Table(
    "application_municipalities",
    "A municipality in the territory of an application",
    "Territori delle domande",
    ("application_id", "istat_code"),
    (
        id_column("application_id", "Id of the application", "Codice domanda"),
        istat_column(),
        Column(
            "territory_basis",
            "text",
            "declared in the application, members of the union, "
            "or the main seat's municipality for want of better",
            "Base del territorio",
            choices=TERRITORY_BASES,
        ),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

CALLS = Table(
    "calls",
    "A call for applications of a campaign",
    "Avvisi",
    ("call_id",),
    (
        id_column("call_id", "Id of the call", "Codice avviso"),
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
        count_column("n_points_sought", "Points sought", "Punti cercati"),
        count_column("n_points_proposed", "Points proposed", "Punti proposti"),
        count_column("n_points_funded", "Points funded", "Punti finanziati"),
        count_column("n_entities", "Bodies that won or applied, see note", "Enti"),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

FIGURES = Table(
    "figures",
    "A figure about the whole programme or network, as printed on a date",
    "Cifre del programma",
    ("figure_id",),
    (
        id_column("figure_id", "Id of the figure", "Codice cifra"),
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
        SOURCE,
        NOTE,
    ),
)
