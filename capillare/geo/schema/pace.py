"""Table of what each province has to reach, has reached, and how fast."""

from __future__ import annotations

from capillare.geo.schema.measures import people, share
from capillare.geo.schema.shared import count_column
from capillare.geo.schema.tables import Column, Table

PROVINCE_PACE = Table(
    "province_pace",
    "What the points of a province have to reach, have reached, and at what pace",
    "Obiettivi e passo per provincia",
    ("province",),
    (
        Column("province", "text", "Province of the points' main seats", "Provincia"),
        count_column("n_points", "Points held, whatever their status", "Punti"),
        people("target_citizens", "Sum of their known targets", "Obiettivo"),
        count_column("n_counted", "Points with a target and a count", "Con conteggio"),
        people(
            "citizens_reached",
            "Sum of the last counts; missing where there is none",
            "Raggiunti",
            may_miss=True,
        ),
        share(
            "reached_share",
            "Reached over the targets of the points counted; over 1 where they passed it",
            "Quota raggiunta",
            maximum=None,
        ),
        Column(
            "pace_kept_per_week",
            "number",
            "People a week from the campaign's start to each point's last count, summed",
            "Passo tenuto a settimana",
            "people/week",
            may_miss=True,
            minimum=0,
        ),
        Column(
            "pace_needed_per_week",
            "number",
            "People a week still missing, from the date to the campaign's end, summed; missing "
            "once the campaign has ended",
            "Passo che serve a settimana",
            "people/week",
            may_miss=True,
            minimum=0,
        ),
        share(
            "projected_share",
            "Share of the targets reached at the campaign's end if the pace is kept; missing once "
            "it has ended",
            "A questo passo, alla fine",
            maximum=None,
        ),
        Column(
            "counted_on",
            "date",
            "Day of the latest count",
            "Ultimo conteggio",
            may_miss=True,
        ),
        share(
            "adults_15min_share",
            "Adults within 15 minutes of a desk",
            "Maggiorenni entro 15 minuti",
        ),
        share(
            "adults_30min_share",
            "Adults within 30 minutes of a desk",
            "Maggiorenni entro 30 minuti",
        ),
    ),
)
