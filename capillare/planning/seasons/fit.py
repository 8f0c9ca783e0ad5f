"""What a point's target asks of its seats, what the season brings it, and at what cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.schema.seasons import SEASON_POINTS
from capillare.geo.season_rules import MONTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.seasons.proposal import Seating
    from capillare.planning.seasons.seats import SeasonSeats
    from capillare.planning.seasons.solving import SeasonAnswer

WEEKS_A_YEAR = 365.25 / 7


def point_rows(
    found: SeasonSeats, answer: SeasonAnswer, seating: Seating, targets: pd.Series
) -> pd.DataFrame:
    """Write table ``season_points``, one row per point that takes part, sorted by ``point_id``.

    People gained are those without any desk within reach today; each is counted at the point of
    the seat that serves it.

    Parameters
    ----------
    targets
        Adults that each point has to reach, by ``point_id``; missing where not known.
    """
    question, mains = found.question, found.mains
    gained = _gained(found, answer, seating)
    opened = np.zeros((len(mains), MONTHS), dtype=np.int64)
    np.add.at(opened, question.seat_point, answer.plan.seats > 0)
    used = np.bincount(
        question.seat_point[(answer.plan.seats > 0).any(axis=1)], minlength=len(mains)
    )
    summed = gained.sum(axis=1)
    cost_eur = answer.served.cost_eur
    asked = mains["point_id"].map(targets).astype("float64")
    per_person = np.divide(cost_eur, summed, out=np.full(len(mains), np.nan), where=summed > 0)
    return SEASON_POINTS.check(
        pd.DataFrame(
            {
                "point_id": mains["point_id"],
                "point": mains["point"],
                "weekly_hours": question.hours,
                "n_seats": used + 1,
                "open_months": (opened > 0).sum(axis=1),
                "people_gained_mean": (summed / MONTHS).round(2),
                "people_gained_peak": np.rint(gained.max(axis=1, initial=0)).astype(np.int64),
                "cost_eur": cost_eur,
                "eur_per_person_month": per_person.round(4),
                "target_citizens": asked,
                "citizens_per_hour": (asked / (mains["weekly_hours"] * WEEKS_A_YEAR)).round(3),
                "citizens_per_month": (asked / MONTHS).round(2),
            }
        )
    )


def _gained(found: SeasonSeats, answer: SeasonAnswer, seating: Seating) -> NDArray[np.float64]:
    """People newly within reach by point and month, shape (n_points, 12)."""
    is_new = answer.served.is_within & ~answer.served_today.is_within
    gained = np.zeros((len(found.mains), MONTHS))
    point = seating.frame["point_row"].to_numpy(dtype=np.int64)
    for month in range(MONTHS):
        rows = np.flatnonzero(is_new[:, month])
        served_by = point[seating.served[rows, month]]
        np.add.at(gained[:, month], served_by, found.question.people[rows, month])
    return gained


__all__ = ["WEEKS_A_YEAR", "point_rows"]
