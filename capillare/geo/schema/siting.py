"""Tables of where to open next: candidates, proposed sites, and the minutes they stand on."""

from __future__ import annotations

from capillare.geo.schema.measures import MUNICIPALITY, people, share
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

TRAVEL_BASES = ("estimated", "road", "given", "server")

SITES = Table(
    "sites",
    "A proposed site, in order of marginal gain inside the chosen set",
    "Sedi proposte",
    ("candidate_id",),
    (
        Column("rank", "integer", "Greedy order inside the chosen set", "Ordine", minimum=1),
        Column("candidate_id", "text", "Id of the candidate", "Codice candidato"),
        Column("option", "text", "new point or branch", "Opzione", choices=("point", "branch")),
        istat_column(),
        MUNICIPALITY,
        Column("locality", "text", "Settlement", "Località"),
        Column("venue", "text", "Known venue there", "Luogo", may_miss=True),
        latitude(),
        longitude(),
        Column("weekly_hours", "number", "Weekly hours", "Ore settimanali", "hours", minimum=0),
        people(
            "adults_gained",
            "Adults newly within reach, each counted once",
            "Maggiorenni guadagnati",
        ),
        people(
            "over65_gained", "People aged 65 and over newly within reach", "Dai 65 anni guadagnati"
        ),
        Column(
            "person_minutes_saved",
            "number",
            "Minutes saved to the nearest desk times adults who had one already",
            "Minuti-persona risparmiati",
            "person-minutes",
            minimum=0,
        ),
        people("catchment_adults", "Adults within reach of the site", "Maggiorenni del bacino"),
        people(
            "target_citizens",
            "Target of a point applied for by this municipality",
            "Cittadini da raggiungere",
            may_miss=True,
        ),
        Column("cost_eur", "number", "Cost", "Costo", "EUR", minimum=0),
        share(
            "covered_share_after",
            "Adults of the region within reach once this and the sites above are open",
            "Quota coperta dopo",
            may_miss=False,
        ),
        Column("reasons", "text", "Why, in plain words", "Perché"),
        Column(
            "of_point_id",
            "text",
            "Point in service that a branch belongs to; missing for a new point",
            "Punto di cui è sede",
            may_miss=True,
        ),
        Column(
            "replaces_desk_id",
            "text",
            "Desk that moves here; missing without one",
            "Sportello che vi si sposta",
            may_miss=True,
        ),
        share(
            "target_of_catchment_share",
            "target_citizens over catchment_adults; missing for a branch",
            "Obiettivo sul bacino",
            maximum=None,
        ),
        Column(
            "is_target_honoured",
            "flag",
            "Whether that share is at most the policy's; missing for a branch",
            "Obiettivo sostenibile",
            may_miss=True,
        ),
        people(
            "adults_served",
            "Adults that its hours serve; missing where no capacity was asked for",
            "Maggiorenni serviti",
            may_miss=True,
        ),
    ),
)

TRAVEL_USED = Table(
    "travel_used",
    "A pair of places whose minutes a figure used",
    "Tempi usati",
    ("from_id", "to_id"),
    (
        Column("from_id", "text", "Place", "Da"),
        Column("to_id", "text", "Desk or candidate", "A"),
        Column("travel_min", "number", "Minutes by car", "Minuti", "minutes", minimum=0),
        Column("basis", "text", "Where the minutes come from", "Base", choices=TRAVEL_BASES),
    ),
)

FOUND_CANDIDATES = Table(
    "found_candidates",
    "A settlement, a venue or a place of the user's own that could host a new desk",
    "Sedi possibili",
    ("candidate_id",),
    (
        Column("candidate_id", "text", "Id of the candidate", "Codice candidato"),
        istat_column(),
        Column("locality", "text", "Settlement", "Località"),
        Column("venue", "text", "Known venue there", "Luogo", may_miss=True),
        latitude(),
        longitude(),
        Column("landmass", "integer", "Number of the land it stands on", "Terra emersa", minimum=0),
        Column("cost_eur", "number", "Cost of opening", "Costo", "EUR", minimum=0),
        Column("why", "text", "Why it is looked at, in Italian", "Perché è candidata"),
    ),
)

CANDIDATES = Table(
    "candidates",
    "A place that the user wants looked at for a new desk, or left out",
    "Candidati propri",
    ("candidate_id",),
    (
        id_column("candidate_id", "Id of the candidate, your own or a found one's", "Codice"),
        istat_column(),
        LOCALITY,
        Column("venue", "text", "Name of the venue", "Luogo", may_miss=True),
        latitude(may_miss=True),
        longitude(may_miss=True),
        POSITION_BASIS,
        Column(
            "cost_eur",
            "number",
            "Cost of opening; a point's full cost if empty",
            "Costo",
            "EUR",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "is_excluded",
            "flag",
            "Whether no desk may open there: the candidate it names, or those it stands on",
            "Esclusa",
            may_miss=True,
        ),
        SOURCE,
        SOURCE_DATE,
        NOTE,
    ),
)
