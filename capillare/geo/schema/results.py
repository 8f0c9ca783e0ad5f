"""Tables that describe the network on a day. Their first columns are the stable contract."""

from __future__ import annotations

from capillare.geo.schema.comparisons import GAPS_SENSITIVITY, NETWORK_DIFFERENCE
from capillare.geo.schema.measures import (
    MUNICIPALITY,
    PROVINCE,
    minutes,
    people,
    share,
)
from capillare.geo.schema.opening import DESK_LOAD, WEEK_COVERAGE
from capillare.geo.schema.programme import TERRITORY_BASES
from capillare.geo.schema.registry import POINT_STATUSES
from capillare.geo.schema.siting import SITES, TRAVEL_BASES, TRAVEL_USED
from capillare.geo.schema.siting_answers import SITING_TABLES
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import INNER_BASIS, INNER_CLASS, istat_column

TARGETS = Table(
    "targets",
    "A point with the adults it commits to reach",
    "Obiettivi",
    ("point_id",),
    (
        Column("point_id", "text", "Id of the point", "Codice punto"),
        Column("point", "text", "Name of the point", "Punto"),
        Column("entity_id", "text", "Id of the body", "Codice ente"),
        Column("entity", "text", "Name of the body", "Ente"),
        Column(
            "entity_basis",
            "text",
            "stated or assumed",
            "Base dell'ente",
            choices=("stated", "assumed"),
        ),
        people(
            "entity_residents",
            "Residents of the application's territory",
            "Residenti del territorio",
            may_miss=True,
        ),
        Column("band", "integer", "Population band, 1 to 10", "Fascia", may_miss=True, minimum=1),
        people("target_citizens", "Adults to reach", "Cittadini da raggiungere", may_miss=True),
        Column(
            "target_basis",
            "text",
            "official if assigned by an act, computed from the band",
            "Base dell'obiettivo",
            may_miss=True,
            choices=("official", "computed"),
        ),
        Column(
            "target_services",
            "integer",
            "Services to give, derived in the campaign's ratio",
            "Servizi (derivati)",
            "services",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "weekly_hours",
            "number",
            "Weekly hours due",
            "Ore settimanali",
            "hours",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "funding_eur",
            "number",
            "Contribution per point",
            "Contributo",
            "EUR",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "on_band_edge",
            "flag",
            "Residents exactly on an edge that the printed table leaves ambiguous",
            "Sul bordo di fascia",
        ),
        Column("campaign", "text", "Campaign of the policy file", "Campagna", may_miss=True),
        Column("status", "text", "State of the point", "Stato", choices=POINT_STATUSES),
        people(
            "citizens_reached",
            "People reached by the last count",
            "Cittadini raggiunti",
            may_miss=True,
        ),
        share(
            "target_share", "citizens_reached over target_citizens", "Quota raggiunta", maximum=None
        ),
        Column("as_of", "date", "Date of the last count", "Alla data", may_miss=True),
        share(
            "renewal_line_share",
            "Share of its target that opens direct renewal",
            "Soglia di proroga",
        ),
        Column(
            "is_over_renewal_line",
            "flag",
            "Whether its share is at least that line",
            "Sopra la soglia",
            may_miss=True,
        ),
        Column(
            "pace_needed_per_day",
            "number",
            "People a day still needed to the campaign's "
            "end; missing once it has ended or where progress is not known",
            "Passo necessario",
            "people/day",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "territory_basis",
            "text",
            "Where the application's territory comes from; missing where it is not known",
            "Base del territorio",
            may_miss=True,
            choices=TERRITORY_BASES,
        ),
    ),
)


def _within(group: str, people_en: str, people_it: str, bands: tuple[int, ...]) -> list[Column]:
    return [
        share(
            f"{group}_{band}min_share",
            f"{people_en} within {band} minutes of a desk over all of them",
            f"{people_it} entro {band} minuti",
        )
        for band in bands
    ]


COVERAGE = Table(
    "coverage",
    "How far a municipality's people are from a desk in service",
    "Copertura",
    ("istat_code",),
    (
        istat_column(),
        MUNICIPALITY,
        PROVINCE,
        INNER_CLASS,
        INNER_BASIS,
        people("residents", "Residents", "Residenti"),
        people("adults", "Residents aged 18 and over", "Maggiorenni"),
        people("over65", "Residents aged 65 and over", "Residenti dai 65 anni"),
        Column(
            "nearest_desk_id",
            "text",
            "Desk that is nearest for most of its adults",
            "Sportello più vicino",
            may_miss=True,
        ),
        minutes(
            "travel_min",
            "Adult-weighted mean minutes over the places that reach a desk",
            "Minuti allo sportello",
        ),
        Column(
            "travel_basis",
            "text",
            "Where the minutes come from",
            "Base dei minuti",
            may_miss=True,
            choices=TRAVEL_BASES,
        ),
        people(
            "adults_unreachable",
            "Adults of places that reach no desk by road",
            "Maggiorenni senza via",
        ),
        share(
            "adults_15min_share",
            "Adults within 15 minutes of a desk over adults",
            "Maggiorenni entro 15 minuti",
        ),
        share(
            "adults_30min_share",
            "Adults within 30 minutes of a desk over adults",
            "Maggiorenni entro 30 minuti",
        ),
        share(
            "weekly_coverage_share",
            "Usual hours in which a desk within reach is open, unknown hours counted as shut",
            "Copertura settimanale (minima)",
        ),
        Column(
            "hours_per_1000_adults",
            "number",
            "Enhanced two-step floating catchment, facilitator-hours a week",
            "Ore per 1.000 maggiorenni",
            "hours/1000 adults",
            may_miss=True,
            minimum=0,
        ),
        share(
            "weekly_coverage_high_share",
            "The same with unknown hours counted as open",
            "Copertura settimanale (massima)",
        ),
        people(
            "adults_within",
            "Adults within reach (policy minutes) of a desk",
            "Maggiorenni entro la soglia",
        ),
        people(
            "over65_within",
            "People aged 65 and over within reach of a desk",
            "Dai 65 anni entro la soglia",
        ),
        minutes("minutes_to_pole_min", "Minutes to the nearest service pole", "Minuti dal polo"),
        *_within("adults", "Adults", "Maggiorenni", (10, 20)),
        *_within("over65", "People aged 65 and over", "Dai 65 anni", (10, 15, 20, 30)),
        Column(
            "snai_area",
            "text",
            "Project area of the national strategy for inner areas; missing outside one",
            "Area SNAI",
            may_miss=True,
        ),
    ),
)

GAPS = Table(
    "gaps",
    "An inner municipality ranked by how under-served it is",
    "Aree sotto-servite",
    ("istat_code",),
    (
        Column("rank", "integer", "1 is the most under-served", "Posizione", minimum=1),
        istat_column(),
        MUNICIPALITY,
        PROVINCE,
        INNER_CLASS,
        INNER_BASIS,
        people("adults", "Residents aged 18 and over", "Maggiorenni"),
        people("over65", "Residents aged 65 and over", "Residenti dai 65 anni"),
        minutes("travel_min", "Mean minutes to the nearest desk", "Minuti allo sportello"),
        people("adults_unreachable", "Adults who reach no desk by road", "Maggiorenni senza via"),
        Column(
            "hours_per_1000_adults",
            "number",
            "Facilitator-hours a week per 1,000 adults",
            "Ore per 1.000 maggiorenni",
            "hours/1000 adults",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "gap_index",
            "number",
            "Adjusted Mazziotta-Pareto index, higher is worse",
            "Indice di carenza",
        ),
        Column(
            "rank_low",
            "integer",
            "5th percentile of the rank over seeded draws",
            "Posizione minima",
            minimum=1,
        ),
        Column(
            "rank_high",
            "integer",
            "95th percentile of the rank over seeded draws",
            "Posizione massima",
            minimum=1,
        ),
        Column(
            "under_served",
            "flag",
            "Whether the rule of the policy calls it under-served",
            "Sotto-servito",
        ),
        Column("reasons", "text", "Why, in plain words", "Perché"),
    ),
)

RESULT_TABLES = (
    TARGETS,
    COVERAGE,
    GAPS,
    GAPS_SENSITIVITY,
    NETWORK_DIFFERENCE,
    DESK_LOAD,
    WEEK_COVERAGE,
    SITES,
    *SITING_TABLES,
    TRAVEL_USED,
)
