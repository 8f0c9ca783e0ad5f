"""Tables that analysts bring and take: positions, demand, candidates and minutes between them."""

from __future__ import annotations

from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import latitude, longitude

_ID = Column("id", "text", "Id of the row", "Codice")

SPOTS = Table(
    "spots",
    "A position to travel from or to",
    "Posizioni",
    ("id",),
    (_ID, latitude(), longitude()),
)

DEMAND = Table(
    "demand",
    "People who demand a service, at one place",
    "Domanda",
    ("id",),
    (_ID, Column("people", "number", "People", "Persone", "people", minimum=0)),
)

OPTIONS = Table(
    "options",
    "A candidate site, with its cost and whether it is open already",
    "Candidati",
    ("id",),
    (
        _ID,
        Column(
            "cost_eur",
            "number",
            "Cost of opening; a point's full cost where missing",
            "Costo",
            "EUR",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "status",
            "text",
            "fixed is open and stays, closable may be closed, candidate may be opened",
            "Stato",
            may_miss=True,
            choices=("fixed", "candidate", "closable"),
        ),
    ),
)

LEGS = Table(
    "legs",
    "Minutes from a demand to a candidate; a pair not listed is out of reach",
    "Tempi",
    ("from_id", "to_id"),
    (
        Column("from_id", "text", "Demand", "Da"),
        Column("to_id", "text", "Candidate", "A"),
        Column("travel_min", "number", "Minutes", "Minuti", "minutes", minimum=0),
    ),
)

EXCHANGE_TABLES = (SPOTS, DEMAND, OPTIONS, LEGS)
