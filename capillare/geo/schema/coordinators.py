"""The list that a coordinator of a province, a union or a body gets."""

from __future__ import annotations

from capillare.geo.schema.measures import MUNICIPALITY, PROVINCE, minutes, people
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import INNER_CLASS, istat_column, latitude, longitude

PROPOSALS = ("proposed", "nearby", "runner_up")

COORDINATOR_SITES = Table(
    "coordinator_sites",
    "A site proposed in or near a coordinator's territory, or a runner-up in it; written as "
    "sedi-candidate_<territory>_<day>.csv",
    "Sedi candidate",
    ("list_rank",),
    (
        Column(
            "list_rank",
            "integer",
            "Proposed sites of the territory first, then those nearby, then runners-up",
            "Numero",
            minimum=1,
        ),
        Column(
            "proposal",
            "text",
            "proposed by the plan in the territory, proposed nearby and reaching some of its "
            "people, or runner-up",
            "Proposta",
            choices=PROPOSALS,
        ),
        Column(
            "plan_rank",
            "integer",
            "Rank among all sites of the plan; missing for runners-up",
            "Posto nel piano",
            may_miss=True,
            minimum=1,
        ),
        istat_column(),
        MUNICIPALITY,
        PROVINCE,
        Column("locality", "text", "Settlement or place", "Località"),
        Column("venue", "text", "Known venue there", "Luogo", may_miss=True),
        Column("candidate_id", "text", "Id of the candidate", "Codice candidato"),
        Column(
            "option",
            "text",
            "new point, or branch of an existing one",
            "Opzione",
            choices=("point", "branch"),
        ),
        people(
            "adults_gained",
            "Adults newly within reach: beside the sites before it in the plan, or for a "
            "runner-up beside the whole plan",
            "Maggiorenni in più",
        ),
        people(
            "adults_gained_here",
            "Of these, those of the coordinator's territory",
            "Maggiorenni in più nel territorio",
        ),
        people("over65_gained", "Of adults_gained, aged 65 and over", "Dai 65 anni in più"),
        people(
            "adults_alone",
            "Adults newly within reach if it were the only new site",
            "Maggiorenni in più da sola",
        ),
        people("catchment_adults", "Adults within reach of the site", "Maggiorenni del bacino"),
        people(
            "target_citizens",
            "Target of a point applied for by this municipality",
            "Cittadini da raggiungere",
            may_miss=True,
        ),
        Column("weekly_hours", "number", "Weekly hours", "Ore settimanali", "hours", minimum=0),
        Column("cost_eur", "number", "Cost", "Costo", "EUR", minimum=0),
        minutes(
            "travel_min",
            "Mean minutes of the municipality's adults to the nearest desk today",
            "Minuti oggi",
        ),
        INNER_CLASS,
        Column(
            "gap_rank",
            "integer",
            "Rank of the municipality among the under-served inner ones; missing if not ranked",
            "Posto fra i sotto-serviti",
            may_miss=True,
            minimum=1,
        ),
        latitude(),
        longitude(),
        Column("why", "text", "Why the place is looked at", "Perché è candidata"),
        Column("reasons", "text", "What it brings, in plain words", "Che cosa porta"),
    ),
)
