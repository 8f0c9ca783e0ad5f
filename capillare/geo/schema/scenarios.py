"""Tables that hold two scenarios side by side."""

from __future__ import annotations

from capillare.geo.schema.measures import MUNICIPALITY, PROVINCE, minutes, people
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column

FIGURE_KINDS = ("people", "share", "minutes", "EUR", "hours", "count")

SCENARIO_FIGURES = Table(
    "scenario_figures",
    "One figure of two scenarios, with what each proposes already open",
    "Due scenari a confronto",
    ("figure",),
    (
        Column("figure", "text", "What is measured, in Italian", "Grandezza"),
        Column("kind", "text", "Unit of the figure", "Unità", choices=FIGURE_KINDS),
        Column("first", "number", "In the first scenario", "Primo", may_miss=True),
        Column("second", "number", "In the second scenario", "Secondo", may_miss=True),
        Column("difference", "number", "Second less first", "Differenza", may_miss=True),
    ),
)

_ADULTS = people("adults", "Residents aged 18 and over", "Maggiorenni")
_FIRST_MIN = minutes(
    "first_min", "Mean minutes to the nearest desk, first scenario", "Minuti, primo"
)
_SECOND_MIN = minutes("second_min", "The same, second scenario", "Minuti, secondo")
_DIFFERENCE_MIN = Column(
    "difference_min",
    "number",
    "Second less first; missing where either is",
    "Differenza, minuti",
    "minutes",
    may_miss=True,
)
_FIRST_WITHIN = people(
    "first_within", "Adults within reach, first scenario", "Entro la soglia, primo"
)
_SECOND_WITHIN = people(
    "second_within", "Adults within reach, second scenario", "Entro la soglia, secondo"
)
_DIFFERENCE_WITHIN = Column(
    "difference_within",
    "integer",
    "Second less first",
    "Differenza, maggiorenni",
    "people",
)

SCENARIO_MUNICIPALITIES = Table(
    "scenario_municipalities",
    "A municipality in two scenarios, with what each proposes already open",
    "Comuni nei due scenari",
    ("istat_code",),
    (
        istat_column(),
        MUNICIPALITY,
        PROVINCE,
        _ADULTS,
        _FIRST_MIN,
        _SECOND_MIN,
        _DIFFERENCE_MIN,
        _FIRST_WITHIN,
        _SECOND_WITHIN,
        _DIFFERENCE_WITHIN,
    ),
)

SCENARIO_PROVINCES = Table(
    "scenario_provinces",
    "A province in two scenarios, with what each proposes already open",
    "Province nei due scenari",
    ("province",),
    (
        PROVINCE,
        _ADULTS,
        _FIRST_WITHIN,
        _SECOND_WITHIN,
        _DIFFERENCE_WITHIN,
        _FIRST_MIN,
        _SECOND_MIN,
        _DIFFERENCE_MIN,
        Column(
            "first_cost_eur",
            "number",
            "Cost of the sites that the first scenario proposes there",
            "Costo, primo",
            "EUR",
            minimum=0,
        ),
        Column(
            "second_cost_eur",
            "number",
            "Cost of the sites that the second scenario proposes there",
            "Costo, secondo",
            "EUR",
            minimum=0,
        ),
        Column("difference_cost_eur", "number", "Second less first", "Differenza, costo", "EUR"),
    ),
)

SCENARIO_SITES = Table(
    "scenario_sites",
    "A site that at least one of two scenarios proposes",
    "Sedi nei due scenari",
    ("candidate_id",),
    (
        Column("candidate_id", "text", "Key of the candidate", "Codice candidata"),
        istat_column(),
        MUNICIPALITY,
        Column("locality", "text", "Settlement", "Località"),
        Column(
            "proposed_by",
            "text",
            "Who proposes it",
            "Proposta da",
            choices=("first", "second", "both"),
        ),
        Column("cost_eur", "number", "What it costs", "Costo", "EUR", minimum=0),
    ),
)

SCENARIO_TABLES = (
    SCENARIO_FIGURES,
    SCENARIO_PROVINCES,
    SCENARIO_MUNICIPALITIES,
    SCENARIO_SITES,
)
