"""Rules of the policy about new sites: branches, moves, what a desk can serve, what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from capillare.geo.fields import Checked, above, between, not_empty

HOURS_A_WEEK = 168
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class SitingRules(Checked):
    """What new sites may be and what they can do.

    Attributes
    ----------
    branch_hours
        Weekly hours that a new branch takes from its point.
    main_seat_hours
        Weekly hours that a point's main seat always keeps.
    branch_cost_eur, move_cost_eur
        Cost of opening a branch, and of moving a desk.
    branch_within_min
        Minutes from its point's main seat within which a branch may stand; anywhere in the
        territory of the point's application too.
    adults_per_hour
        Adults that one facilitator-hour a week can serve, where capacity is asked for.
    target_share
        A catchment honours a point's target if the target is at most this share of its adults.
    tolerance_share
        Share of an objective that the next one may give up.
    far_min
        Longer minutes, and no desk at all, count as these in people x minutes.
    n_draws, seed
        Draws of the minutes' error in the stability of a choice.
    """

    WHERE: ClassVar[str] = "policy siting"

    branch_hours: Annotated[float, above(0, at_most=HOURS_A_WEEK)]
    main_seat_hours: Annotated[float, between(0, HOURS_A_WEEK)]
    branch_cost_eur: Annotated[float, between(0)]
    move_cost_eur: Annotated[float, between(0)]
    branch_within_min: Annotated[float, above(0, at_most=MINUTES_A_DAY)]
    adults_per_hour: Annotated[float, above(0)]
    target_share: Annotated[float, above(0, at_most=1)]
    tolerance_share: Annotated[float, between(0, 1)]
    far_min: Annotated[float, above(0, at_most=MINUTES_A_DAY)]
    n_draws: Annotated[int, between(1, 10_000)]
    seed: Annotated[int, between(0)]
    source: Annotated[str, not_empty]


__all__ = ["SitingRules"]
