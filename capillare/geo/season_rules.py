"""Rules of the policy about who counts as present and how a point's seats may follow the season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from capillare.geo.fields import Checked, above, ascending, between, not_empty

OWN_CHOICE = "scelta di Capillare: nessun atto lo fissa"
MONTHS = 12


def _below_one(weight: float) -> str:
    return "" if 0 <= weight < 1 else f"{weight} is not from 0 to below 1"


def _all_below_one(weights: tuple[float, ...]) -> str:
    return next((fault for weight in weights if (fault := _below_one(weight))), "")


@dataclass(frozen=True)
class PresenceRules(Checked):
    """How tourists count among the people present, and where in a municipality they are.

    Attributes
    ----------
    visitor_weight
        What an adult tourist counts against an adult resident.
    weights_shown
        Weights whose effect is shown beside it.
    size_exponent
        Tourists of a municipality are spread by its settlements' adults to this power: below 1,
        small settlements host more of them a head.
    coast_factor, coast_km
        A settlement d km from the sea counts ``1 + coast_factor * exp(-d / coast_km)`` times.
    """

    WHERE: ClassVar[str] = "policy presence"

    visitor_weight: Annotated[float, _below_one] = 0.2
    weights_shown: Annotated[tuple[float, ...], not_empty, ascending, _all_below_one] = (
        0.1,
        0.2,
        0.4,
    )
    size_exponent: Annotated[float, between(0, 1)] = 0.5
    coast_factor: Annotated[float, between(0, 100)] = 4.0
    coast_km: Annotated[float, above(0, at_most=100)] = 3.0
    source: str = OWN_CHOICE


@dataclass(frozen=True)
class SeasonRules(Checked):
    """What makes a seasonal plan livable.

    Attributes
    ----------
    least_opening_hours
        Shortest opening of a seat, hours.
    most_seats
        Seats that a point may use in a year, its main one too.
    most_changes
        Changes a year of a seat's hours, opening and shutting among them; the months are a ring,
        so that December to January counts.
    main_floor_hours
        Hours a week that the main seat keeps all year.
    season_share
        A seat may open in the months in which the visitors of its municipality are at least this
        share of its adults; 0 lets it open in any month, also all year.
    from_main_min
        Minutes by car from the main seat within which a seasonal seat may stand.
    beyond_territory
        Whether it may stand outside the municipalities of the point's application.
    reach_share
        Part of a person's worth to the plan that is having a seat within reach; the rest is the
        hours of the point nearest to that person.
    edge_worth
        What an hour at the end of reach is worth against one at the door; between, a straight line.
    worth_eur
        What a person within reach of full hours for a month is worth, euros: seats dearer than
        what they bring are not opened.
    seat_year_eur, seat_month_eur
        Cost of a seasonal seat in a year it is used, and for each month it is open.
    budget_eur
        Money a point may spend on seasonal seats in a year.
    """

    WHERE: ClassVar[str] = "policy seasons"

    least_opening_hours: Annotated[float, above(0, at_most=5)] = 3.0
    most_seats: Annotated[int, between(1, 10)] = 3
    most_changes: Annotated[int, between(0, MONTHS)] = 2
    main_floor_hours: Annotated[float, above(0, at_most=168)] = 12.0
    season_share: Annotated[float, between(0, 1)] = 0.03
    from_main_min: Annotated[float, above(0, at_most=240)] = 30.0
    beyond_territory: bool = False
    reach_share: Annotated[float, between(0, 1)] = 0.5
    edge_worth: Annotated[float, above(0, at_most=1)] = 0.5
    worth_eur: Annotated[float, above(0)] = 10.0
    seat_year_eur: Annotated[float, between(0)] = 500.0
    seat_month_eur: Annotated[float, between(0)] = 150.0
    budget_eur: Annotated[float, between(0)] = 4000.0
    source: str = OWN_CHOICE


__all__ = ["MONTHS", "OWN_CHOICE", "PresenceRules", "SeasonRules"]
