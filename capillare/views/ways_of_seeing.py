"""Ways of seeing coverage: what the map paints, and the table of the same rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING, Literal

import streamlit as st

from capillare.geo.hours import WeekMoment
from capillare.geo.numerals import number, percent
from capillare.geo.schema import COVERAGE, OPEN_WITHIN, Table
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.planning.service import open_at, people_within
from capillare.publish.labels import label_it
from capillare.views.cached import KEYS, network_of, service_of
from capillare.views.leaflet_map.areas import Areas, coverage_areas, open_areas, within_areas
from capillare.views.leaflet_map.classes import Classes, classes_at
from capillare.views.overview import STEPS_OF_REACH

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.network import Inputs, Network
    from capillare.planning.scenario import Scenario
    from capillare.planning.service import Service
    from capillare.views.week import Bound

Measure = Literal["minutes", "within", "open"]
MOST_WAYS = 32
SHARE_BREAKS = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Wish:
    """What the reader wants to see.

    Attributes
    ----------
    measure
        Minutes, people within minutes, or people with an open desk.
    minutes
        For people within them.
    weekday, at
        For people with an open desk; 0 is Monday.
    bound
        Whether unknown hours count as shut or open.
    """

    measure: Measure = "minutes"
    minutes: int = 20
    weekday: int = 0
    at: time = time(10)
    bound: Bound = "low"


@dataclass(frozen=True)
class Shown:
    """One way of seeing coverage, municipality by municipality.

    Attributes
    ----------
    areas, classes, title
        What the map paints, in which classes, under which title.
    rows, table, columns
        The same municipalities as a table, worst first.
    sentence
        What it all says.
    """

    areas: Areas
    classes: Classes
    title: str
    rows: pd.DataFrame
    table: Table
    columns: tuple[str, ...]
    sentence: str


def weekday_it(weekday: int) -> str:
    """Name a day of the week, 0 is Monday.

    >>> weekday_it(1)
    'martedì'
    """
    return label_it("weekday", WEEKDAY_NAMES[weekday])


def way_seen(scenario: Scenario, inputs: Inputs, wish: Wish) -> Shown:
    """Return what a wish asks to see of a scenario's network; planners ask for the same again."""
    return _way_seen(replace(scenario, title=""), inputs, wish)


@st.cache_resource(
    max_entries=MOST_WAYS,
    show_spinner=False,
    hash_funcs={**KEYS, Wish: repr},
)
def _way_seen(scenario: Scenario, inputs: Inputs, wish: Wish) -> Shown:
    return way_of_seeing(network_of(scenario, inputs), service_of(scenario, inputs), wish)


def way_of_seeing(network: Network, service: Service, wish: Wish) -> Shown:
    """Return what a wish asks to see."""
    if wish.measure == "open":
        return _open(network, service, wish)
    if wish.measure == "within":
        return _within(network, wish.minutes)
    return _minutes(network)


def _minutes(network: Network) -> Shown:
    coverage, within_min = network.coverage, network.policy.reach.within_min
    return Shown(
        coverage_areas(coverage, within_min=within_min),
        classes_at([step * within_min for step in STEPS_OF_REACH], scheme="YlGnBu", unit="minutes"),
        "Minuti in auto allo sportello più vicino, in media",
        coverage.sort_values(
            ["travel_min", "municipality"], ascending=[False, True], na_position="first"
        ),
        COVERAGE,
        (
            "municipality",
            "travel_min",
            "adults",
            "adults_unreachable",
            "weekly_coverage_share",
            "weekly_coverage_high_share",
            "travel_basis",
            "province",
        ),
        "Dal comune più lontano al più vicino.",
    )


def _within(network: Network, minutes: int) -> Shown:
    coverage, column = network.coverage, f"adults_{minutes}min_share"
    band = next(band for band in people_within(network) if band.minutes == minutes)
    return Shown(
        within_areas(coverage, minutes),
        classes_at(SHARE_BREAKS, scheme="PuBu", unit="share"),
        f"Maggiorenni con uno sportello entro {number(minutes)} minuti",
        coverage.sort_values([column, "municipality"], na_position="first"),
        COVERAGE,
        ("municipality", column, f"over65_{minutes}min_share", "adults", "province"),
        f"{number(band.adults)} maggiorenni, il {percent(band.adults_share, 1)}, hanno uno "
        f"sportello in servizio entro {number(minutes)} minuti.",
    )


def _open(network: Network, service: Service, wish: Wish) -> Shown:
    moment = WeekMoment(wish.weekday, wish.at.hour * 60 + wish.at.minute)
    rows = open_at(network, [moment], service.within)
    low, high = (rows[f"adults_open_{bound}"].sum() for bound in ("low", "high"))
    column = f"open_{wish.bound}_share"
    when = f"{weekday_it(wish.weekday)} alle {wish.at:%H:%M}"
    return Shown(
        open_areas(rows, column),
        classes_at(SHARE_BREAKS, scheme="PuBu", unit="share"),
        f"Maggiorenni con uno sportello aperto, {when}",
        rows.sort_values([column, "municipality"], na_position="first"),
        OPEN_WITHIN,
        ("municipality", "open_low_share", "open_high_share", "adults", "province"),
        f"{when[:1].upper()}{when[1:]}: da {number(low)} a {number(high)} maggiorenni hanno uno "
        f"sportello aperto entro {number(network.policy.reach.within_min)} minuti.",
    )
