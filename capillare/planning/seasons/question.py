"""What a seasonal plan has to decide: points, their seats, and whom each reaches, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.errors import ConfigError, DataError, InfeasibleError, named_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.geo.season_rules import SeasonRules

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Indices = NDArray[np.int64]

HALF_HOUR = 0.5


@dataclass(frozen=True, eq=False)
class SeasonQuestion:
    """Points with the hours of their main seat, seasonal seats, and the people they may serve.

    Attributes
    ----------
    hours
        Hours a week that each point shares out, multiples of half an hour, shape (n_points,).
    seat_point
        Point of each seasonal seat, shape (n_seats,).
    main_near, seat_near
        Whether each place reaches a point's main seat, or a seasonal seat: CSR of ones, shapes
        (n_places, n_points) and (n_places, n_seats).
    main_worth, seat_worth
        What an hour of them is worth to a person of a place that is the point's own, by how far
        it is; absent elsewhere. Same shapes.
    has_fixed
        Whether each place reaches a desk that stays as it is, shape (n_places,).
    people
        People present, shape (n_places, n_months).
    may_open
        Whether each seasonal seat may open in each month, shape (n_seats, n_months).
    full_hours
        Hours a week that are worth one full service to a person at the door.
    point_ids
        For messages.
    """

    hours: Floats
    seat_point: Indices
    main_near: sparse.csr_array
    seat_near: sparse.csr_array
    main_worth: sparse.csr_array
    seat_worth: sparse.csr_array
    has_fixed: Flags
    people: Floats
    may_open: Flags
    full_hours: float
    point_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other, and people who cannot be."""
        n_places, n_points, n_seats = self.people.shape[0], self.hours.size, self.seat_point.size
        for name, shape in (
            ("main_near", (n_places, n_points)),
            ("seat_near", (n_places, n_seats)),
            ("main_worth", (n_places, n_points)),
            ("seat_worth", (n_places, n_seats)),
            ("has_fixed", (n_places,)),
            ("may_open", (n_seats, self.people.shape[1])),
        ):
            if getattr(self, name).shape != shape:
                raise ConfigError(
                    f"seasons: {name} has shape {getattr(self, name).shape}, not {shape}."
                )
        wrong = np.flatnonzero(~(self.people >= 0).all(axis=1))
        if wrong.size:
            raise DataError(
                f"seasons: people present negative or missing, {named_rows(wrong)}. Give counts."
            )

    @property
    def n_months(self) -> int:
        """Months of the ring."""
        return int(self.people.shape[1])

    def floors(self, rules: SeasonRules) -> Floats:
        """Hours a week that each main seat keeps: the rule's, or all where there are fewer."""
        return np.minimum(self.hours, rules.main_floor_hours)


@dataclass(frozen=True, eq=False)
class SeatHours:
    """Hours a week of each seasonal seat in each month; the main seat has the rest.

    Attributes
    ----------
    seats
        Shape (n_seats, n_months); 0 is shut.
    """

    seats: Floats

    def mains(self, question: SeasonQuestion) -> Floats:
        """Hours of each point's main seat, shape (n_points, n_months)."""
        given = np.zeros((question.hours.size, self.seats.shape[1]))
        np.add.at(given, question.seat_point, self.seats)
        return np.asarray(question.hours[:, None] - given)


@dataclass(frozen=True, eq=False)
class Served:
    """What a plan gives to people, counted from the hours alone.

    Attributes
    ----------
    is_within
        Whether each place has an open seat or desk within reach, shape (n_places, n_months).
    hours_share
        Weighed hours a week of the point each place belongs to, over `full_hours`, same shape.
    people_within
        People present with one within reach, shape (n_months,).
    full_people
        People times `hours_share`, shape (n_months,).
    cost_eur
        Of the seasonal seats, shape (n_points,).
    worth
        What the model maximises: person-months.
    """

    is_within: Flags
    hours_share: Floats
    people_within: Floats
    full_people: Floats
    cost_eur: Floats
    worth: float


def count_served(question: SeasonQuestion, plan: SeatHours, rules: SeasonRules) -> Served:
    """Count whom a plan serves; nothing of the model's own arithmetic is used."""
    mains = plan.mains(question)
    hours = question.main_worth @ mains + question.seat_worth @ plan.seats
    open_main, open_seat = (mains > 0).astype(np.float64), (plan.seats > 0).astype(np.float64)
    is_within = (
        question.has_fixed[:, None]
        | (question.main_near @ open_main > 0)
        | (question.seat_near @ open_seat > 0)
    )
    share = hours / question.full_hours
    cost_eur = cost_of(question, plan, rules)
    value = rules.reach_share * is_within + (1 - rules.reach_share) * share
    return Served(
        is_within=is_within,
        hours_share=share,
        people_within=(question.people * is_within).sum(axis=0),
        full_people=(question.people * share).sum(axis=0),
        cost_eur=cost_eur,
        worth=float((question.people * value).sum() - cost_eur.sum() / rules.worth_eur),
    )


def cost_of(question: SeasonQuestion, plan: SeatHours, rules: SeasonRules) -> Floats:
    """Cost in a year of each point's seasonal seats, shape (n_points,)."""
    n_open = (plan.seats > 0).sum(axis=1)
    eur = np.where(n_open > 0, rules.seat_year_eur + rules.seat_month_eur * n_open, 0.0)
    summed = np.zeros(question.hours.size)
    np.add.at(summed, question.seat_point, eur)
    return summed


def broken_rules(question: SeasonQuestion, plan: SeatHours, rules: SeasonRules) -> list[str]:
    """List the rules that a plan breaks, with the points; empty where it keeps all of them."""
    point, seats, mains = question.seat_point, plan.seats, plan.mains(question)
    tiny = 1e-6
    changes = [
        (np.abs(hours - np.roll(hours, 1, axis=1)) > tiny).sum(axis=1) > rules.most_changes
        for hours in (seats, mains)
    ]
    used = np.bincount(point[(seats > 0).any(axis=1)], minlength=question.hours.size)
    is_short = ((seats > 0) & (seats < rules.least_opening_hours - tiny)).any(axis=1)
    is_early = ((seats > 0) & ~question.may_open).any(axis=1)
    found = {
        "main seat below its floor": (mains < question.floors(rules)[:, None] - tiny).any(axis=1),
        "opening too short": np.bincount(point[is_short], minlength=used.size) > 0,
        "too many seats": used + 1 > rules.most_seats,
        "too many changes": (np.bincount(point[changes[0]], minlength=used.size) > 0) | changes[1],
        "open out of season": np.bincount(point[is_early], minlength=used.size) > 0,
        "over budget": cost_of(question, plan, rules) > rules.budget_eur + tiny,
    }
    return [
        f"{what}: {named_rows(question.point_ids[row] for row in np.flatnonzero(wrong))}"
        for what, wrong in found.items()
        if (wrong & (used > 0)).any()
    ]


def refuse_clashes(rules: SeasonRules, *, point_hours: float) -> None:
    """Refuse rules that no plan can keep.

    Raises
    ------
    InfeasibleError
        If the main seat's floor is above a point's hours: what clashes, and by how much.
    """
    if rules.main_floor_hours > point_hours:
        over = rules.main_floor_hours - point_hours
        raise InfeasibleError(
            f"policy seasons.main_floor_hours: the main seat keeps {rules.main_floor_hours:g} "
            f"hours a week, and a point has {point_hours:g}: {over:g} too many. Lower the floor, "
            "or raise point.weekly_hours."
        )


def why_nothing_moves(rules: SeasonRules, *, point_hours: float) -> str:
    """Say in Italian which rule keeps every point from a seasonal seat; empty where none does."""
    spare = point_hours - rules.main_floor_hours
    if rules.most_seats < 2:  # noqa: PLR2004 (the main seat and one more)
        return "Le regole ammettono una sola sede per punto: nessuna sede stagionale è possibile."
    if spare < rules.least_opening_hours:
        return (
            f"La sede principale tiene {rules.main_floor_hours:g} ore su {point_hours:g} e "
            f"un'apertura dura almeno {rules.least_opening_hours:g} ore: nessuna sede stagionale "
            "ci sta."
        )
    if rules.budget_eur < rules.seat_year_eur + rules.seat_month_eur:
        return (
            f"La spesa ammessa per punto ({rules.budget_eur:g} euro) non paga un mese di una sede "
            f"({rules.seat_year_eur + rules.seat_month_eur:g} euro)."
        )
    return ""
