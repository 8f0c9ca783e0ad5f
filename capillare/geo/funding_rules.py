"""Rules of the policy about who may host a point, and which applications a call funds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from capillare.geo.fields import Checked, between


@dataclass(frozen=True)
class CallRules(Checked):
    """How the applications of a call are weighed, and what no set of them may pass.

    Attributes
    ----------
    adults_per_score
        Adults newly within reach that one point of score is worth.
    needs_score
        Whether an application without a score is refused; else it counts as zero.
    least_score
        Score below which an application is refused.
    least_adults
        Adults that an application must newly reach, and no other funded one reaches, whatever its
        score.
    most_per_body, most_per_province
        Applications that may be funded; one counts in each province where it has a seat.
    body_budget_share, province_budget_share
        Share of the budget that may go to one body or province; an application's cost is shared
        equally by its seats.
    """

    WHERE: ClassVar[str] = "policy calls"

    source: str = ""
    adults_per_score: Annotated[float, between(0)] = 0.0
    needs_score: bool = False
    least_score: Annotated[float, between(0)] | None = None
    least_adults: Annotated[int, between(0)] = 1
    most_per_body: Annotated[int, between(0)] | None = None
    most_per_province: Annotated[int, between(0)] | None = None
    body_budget_share: Annotated[float, between(0, 1)] | None = None
    province_budget_share: Annotated[float, between(0, 1)] | None = None


@dataclass(frozen=True)
class CandidateRules(Checked):
    """Which settlements and venues are looked at as seats of a new point.

    Attributes
    ----------
    least_residents
        Settlements that hold fewer residents are no candidates; chief towns and settlements with
        a known venue always are.
    near_m
        A venue or a candidate of the user's own nearer than this to a settlement's position is
        that settlement's, metres.
    """

    WHERE: ClassVar[str] = "policy candidates"

    source: str = ""
    least_residents: Annotated[int, between(0)] = 0
    near_m: Annotated[float, between(0)] = 500.0


__all__ = ["CallRules", "CandidateRules"]
