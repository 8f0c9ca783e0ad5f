"""Tables of calls and renewals: the seats of applications, their ranking, the points to keep."""

from __future__ import annotations

from capillare.geo.schema.coordinators import COORDINATOR_SITES
from capillare.geo.schema.measures import MUNICIPALITY, PROVINCE, minutes, people, share
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

SEAT_KINDS = ("main", "branch", "course", "mobile", "seasonal")
OUTCOMES = ("funded", "reserve", "refused")
REFUSAL_RULES = (
    "no_seats",
    "no_score",
    "low_score",
    "adds_nobody",
    "over_budget",
    "over_body_cap",
    "over_province_cap",
)
COST_BASES = ("stated", "assumed")
DECISIONS = ("kept_direct", "kept", "closed")

APPLICATION_SEATS = Table(
    "application_seats",
    "A seat that an application would open; all of an application's seats open, or none",
    "Sedi delle domande",
    ("application_id", "seat_id"),
    (
        id_column("application_id", "Id of the application", "Codice domanda"),
        id_column("seat_id", "Id of the seat", "Codice sede"),
        Column("kind", "text", "Kind of seat", "Tipo", may_miss=True, choices=SEAT_KINDS),
        Column("name", "text", "Name of the seat", "Nome", may_miss=True),
        istat_column(),
        LOCALITY,
        Column("address", "text", "Street and number", "Indirizzo", may_miss=True),
        latitude(may_miss=True),
        longitude(may_miss=True),
        POSITION_BASIS,
        Column(
            "weekly_hours",
            "number",
            "Hours a week it would be open",
            "Ore settimanali",
            "hours",
            may_miss=True,
            minimum=0,
            maximum=168,
        ),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)

RANKED_APPLICATIONS = Table(
    "ranked_applications",
    "An application of a call in the best set, in reserve or refused, and why; written as "
    "applications.csv",
    "Graduatoria delle domande",
    ("application_id",),
    (
        Column("rank", "integer", "Funded first, then the reserve, then refused", "Ordine"),
        Column("application_id", "text", "Id of the application", "Codice domanda"),
        Column("entity_id", "text", "Id of the body", "Codice ente"),
        Column("entity", "text", "Name of the body", "Ente"),
        Column("campaign", "text", "Campaign of the policy file", "Campagna", may_miss=True),
        Column("outcome", "text", "Proposed outcome", "Esito proposto", choices=OUTCOMES),
        Column(
            "reserve_rank",
            "integer",
            "Order in which the reserve would be funded",
            "Posto in riserva",
            may_miss=True,
            minimum=1,
        ),
        Column(
            "refusal_rule",
            "text",
            "Rule that refuses it; missing unless refused",
            "Regola del rifiuto",
            may_miss=True,
            choices=REFUSAL_RULES,
        ),
        Column("n_seats", "integer", "Seats it would open", "Sedi", minimum=0),
        Column(
            "weekly_hours",
            "number",
            "Hours a week of its seats; missing if one of them does not say",
            "Ore settimanali",
            "hours",
            may_miss=True,
            minimum=0,
        ),
        Column("provinces", "text", "Provinces of its seats", "Province", may_miss=True),
        Column("municipalities", "text", "Municipalities of its seats", "Comuni", may_miss=True),
        Column("score", "number", "Score given by the call", "Punteggio", may_miss=True, minimum=0),
        Column("cost_eur", "number", "Cost", "Costo", "EUR", minimum=0),
        Column(
            "cost_basis",
            "text",
            "stated in the application, or assumed from the policy",
            "Base del costo",
            choices=COST_BASES,
        ),
        people(
            "adults_gained",
            "Adults newly within reach beside the rows above, each counted once",
            "Maggiorenni in più",
        ),
        people("over65_gained", "The same, aged 65 and over", "Dai 65 anni in più"),
        people(
            "adults_alone",
            "Adults newly within reach if it alone were funded",
            "Maggiorenni in più da sola",
        ),
        people("catchment_adults", "Adults within reach of its seats", "Maggiorenni del bacino"),
        Column(
            "displaces",
            "text",
            "Funded applications that would leave were it funded; separated by ;",
            "Farebbe uscire",
            may_miss=True,
        ),
        Column(
            "worth_lost_people",
            "number",
            "What the best set with it is worth less, in adults newly within reach and scores "
            "counted as adults",
            "Perdita se finanziata",
            "people",
            may_miss=True,
            minimum=0,
        ),
        Column("reasons", "text", "Why, in plain words", "Perché"),
    ),
)

RENEWAL = Table(
    "renewal",
    "A point that a renewal keeps or lets close, and what that costs people",
    "Proroga",
    ("point_id",),
    (
        Column("rank", "integer", "Kept first, the least dispensable first", "Ordine", minimum=1),
        Column("point_id", "text", "Id of the point", "Codice punto"),
        Column("point", "text", "Name of the point", "Punto"),
        Column("entity", "text", "Name of the body", "Ente"),
        istat_column("ISTAT code of its first desk's municipality"),
        MUNICIPALITY,
        PROVINCE,
        Column(
            "decision",
            "text",
            "kept_direct (reached the campaign's line), kept (chosen) or closed",
            "Decisione proposta",
            choices=DECISIONS,
        ),
        people("target_citizens", "Adults to reach", "Cittadini da raggiungere", may_miss=True),
        people("citizens_reached", "By the last count", "Cittadini raggiunti", may_miss=True),
        share("target_share", "Reached over target", "Quota raggiunta", maximum=None),
        share("renewal_line_share", "Share that funds directly", "Soglia di proroga"),
        Column("n_desks", "integer", "Desks in service", "Sportelli", minimum=1),
        Column(
            "weekly_hours",
            "number",
            "Hours a week of its desks, stated or estimated; missing if none is known",
            "Ore settimanali",
            "hours",
            may_miss=True,
            minimum=0,
        ),
        people("catchment_adults", "Adults within reach of its desks", "Maggiorenni del bacino"),
        people(
            "adults_at_stake",
            "Kept: adults who lose every desk within reach if it closes too. "
            "Closed: adults who get one back if it alone is kept too",
            "Maggiorenni in gioco",
        ),
        people(
            "adults_lost",
            "Adults who lose every desk within reach, each counted at the closed point that was "
            "nearest",
            "Maggiorenni che perdono lo sportello",
        ),
        people("over65_lost", "The same, aged 65 and over", "Dai 65 anni che lo perdono"),
        people(
            "adults_moved",
            "Adults whose nearest desk is one of its own today",
            "Maggiorenni che vi fanno capo",
        ),
        minutes(
            "travel_now_min", "Mean minutes of these adults to their desk today", "Minuti oggi"
        ),
        minutes(
            "travel_after_min",
            "Mean minutes of these adults to the nearest desk that stays; of those who reach one",
            "Minuti dopo",
        ),
        people(
            "adults_unreachable",
            "Of these adults, those who then reach no desk by road",
            "Maggiorenni senza via",
        ),
        Column(
            "next_point_id",
            "text",
            "Point, or desk of another network, that then is nearest to most of these adults",
            "Codice del più vicino che resta",
            may_miss=True,
        ),
        Column("next_point", "text", "Its name", "Il più vicino che resta", may_miss=True),
        Column("reasons", "text", "Why, in plain words", "Perché"),
    ),
)

CALL_TABLES = (RANKED_APPLICATIONS, RENEWAL, COORDINATOR_SITES)
