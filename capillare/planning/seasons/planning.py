"""The seasonal plan of a network, whole: from its desks and the nights of tourists to tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from capillare.geo.numerals import MONTHS_IT, number
from capillare.geo.presence import (
    Presence,
    Tourists,
    count_present,
    find_tourists,
    weight_sensitivity,
)
from capillare.geo.sources.tourism import read_tourism
from capillare.planning.seasons.caveats import plan_caveats, presence_caveats
from capillare.planning.seasons.fit import point_rows
from capillare.planning.seasons.proposal import month_rows, pairs_used, plan_rows, seat_people
from capillare.planning.seasons.question import refuse_clashes
from capillare.planning.seasons.seats import find_seats, season_months
from capillare.planning.seasons.solving import SeasonAnswer, solve_seasons

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from capillare.geo.places import Territory
    from capillare.geo.points import Registry
    from capillare.geo.settings import Effort, Policy
    from capillare.geo.travel import TravelTimes
    from capillare.planning.seasons.seats import SeasonSeats


@dataclass(frozen=True, eq=False)
class SeasonPlan:
    """Seats by month, proposed: only what is approved into the registry reaches citizens.

    Attributes
    ----------
    table
        Table ``season_plan``.
    months, points
        Tables ``season_months`` and ``season_points``.
    presence
        Who is present.
    sensitivity
        What the weight of tourists does to it and to the plan, as `plan_sensitivity` says.
    answer
        Hours, objective, bound and gap.
    pairs
        Table ``travel_used``: places to seats within reach, seats to their main seat.
    caveats
        Italian sentences.
    """

    table: pd.DataFrame
    months: pd.DataFrame
    points: pd.DataFrame
    presence: Presence
    sensitivity: pd.DataFrame
    answer: SeasonAnswer
    pairs: pd.DataFrame
    caveats: tuple[str, ...]

    @property
    def n_seasonal(self) -> int:
        """Seasonal seats that the plan uses."""
        return int(self.points["n_seats"].sum() - len(self.points))

    @property
    def best_month(self) -> int:
        """Month (1 to 12) in which most people are gained over the year-round plan."""
        return int(self.months["people_gained"].argmax()) + 1

    def summary(self) -> str:
        """Say in Italian what the plan brings and what was proved, without times."""
        if not len(self.points):
            return "Nessun punto può seguire le stagioni: manca una sede fissa con ore note."
        proof = (
            "Ottimo dimostrato."
            if self.answer.status == "optimal"
            else f"Scarto dal limite superiore {number(100 * self.answer.gap, 3)} %."
        )
        if not self.n_seasonal:
            return f"Nessuna sede stagionale vale più delle ore che toglie. {proof}"
        best = self.months.iloc[self.best_month - 1]
        noun = "sede stagionale proposta" if self.n_seasonal == 1 else "sedi stagionali proposte"
        return (
            f"{number(self.n_seasonal)} {noun}: in {MONTHS_IT[self.best_month - 1]} "
            f"{number(best['people_gained'])} presenti in più entro la soglia rispetto al piano "
            f"uguale tutto l'anno. {proof}"
        )


def plan_seasons(
    territory: Territory,
    registry: Registry,
    desks: pd.DataFrame,
    candidates: pd.DataFrame,
    *,
    travel: TravelTimes,
    policy: Policy,
    targets: pd.DataFrame,
    official: Path | None = None,
    effort: Effort = "normal",
) -> SeasonPlan:
    """Plan which seats of each point open month by month, and how its hours are split.

    Parameters
    ----------
    desks
        Desks in service that coverage counts.
    candidates
        Table ``candidates``: where a seasonal seat may stand.
    targets
        Table ``targets``.
    official
        Folder where a user may have put nights of tourists.

    Raises
    ------
    InfeasibleError
        If the rules clash: a floor above the hours, a week that does not hold the openings.
    SourceError, DataError
        If the nights of tourists cannot be used.
    """
    refuse_clashes(policy.seasons, point_hours=policy.point.weekly_hours)
    tourists = find_tourists(territory, read_tourism(official), policy.presence)
    presence = count_present(tourists, policy.presence.visitor_weight)
    found = find_seats(
        territory, registry, desks, candidates, presence=presence, travel=travel, policy=policy
    )
    answer = solve_seasons(found.question, policy.seasons, effort=effort)
    sensitivity = plan_sensitivity(found, tourists, policy, effort=effort)
    seating = seat_people(found, answer)
    asked = targets.set_index("point_id")["target_citizens"].astype("float64")
    n_active = int((registry.points["status"] == "active").sum())
    names = territory.municipalities.set_index("istat_code")["municipality"]
    return SeasonPlan(
        table=plan_rows(found, seating, territory, policy.seasons, asked),
        months=month_rows(found, answer),
        points=point_rows(found, answer, seating, asked),
        presence=presence,
        sensitivity=sensitivity,
        answer=answer,
        pairs=pairs_used(found, seating, territory, travel),
        caveats=(
            *presence_caveats(presence, sensitivity, policy, names),
            *plan_caveats(found, answer, policy, n_active=n_active),
        ),
    )


def plan_sensitivity(
    found: SeasonSeats, tourists: Tourists, policy: Policy, *, effort: Effort
) -> pd.DataFrame:
    """Plan anew under each weight of tourists that the policy shows.

    Returns
    -------
    `weight_sensitivity` with ``seasonal_seats`` and ``people_gained``, over the year-round plan in
    the best month.
    """
    rules = policy.seasons
    shown = weight_sensitivity(tourists, policy.presence)
    seats, gained = [], []
    for weight in shown["visitor_weight"]:
        presence = count_present(tourists, weight)
        question = replace(
            found.question,
            people=presence.present_people.astype("float64"),
            may_open=season_months(found.seats["istat_code"], presence, rules),
        )
        answer = solve_seasons(question, rules, effort=effort)
        more = answer.served.people_within - answer.served_year_round.people_within
        seats.append(int((answer.plan.seats > 0).any(axis=1).sum()))
        gained.append(round(float(more.max())))
    return shown.assign(seasonal_seats=seats, people_gained=gained)


__all__ = ["SeasonPlan", "plan_seasons"]
