"""A siting question about a real network, as arrays: who lives where, what may open, what stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.geo.travel import TravelPairs

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Indices = NDArray[np.intp]
    Texts = NDArray[np.str_]


MOST_HELD = 2_000_000
"""Pairs of a place and a candidate, reached or not, whose minutes are held at once: 16 MB."""


@dataclass(frozen=True, eq=False)
class Demand:
    """Settlements and their people, arrays of shape (n_places,).

    Attributes
    ----------
    place_ids, istat_code
        Which settlement, of which municipality.
    adults, over65
        People; over-65s are adults.
    weight
        How much a settlement counts in coverage and minutes.
    is_inner
        Whether its municipality is of a class that the policy ranks.
    """

    place_ids: Texts
    istat_code: Texts
    adults: Floats
    over65: Floats
    weight: Floats
    is_inner: Flags

    @property
    def is_peopled(self) -> Flags:
        """Where an adult lives."""
        return self.adults > 0


@dataclass(frozen=True, eq=False)
class Options:
    """What may open: a new point, a branch, or a desk moved, arrays of shape (n_options,).

    Attributes
    ----------
    candidate
        Where: index of the candidate.
    point
        Point in service that it belongs to; -1 for a new point.
    moved_desk
        Desk that closes for it; -1 without one.
    weekly_hours, cost_eur
        What it gives and takes.
    is_honoured
        Whether its catchment can honour its target; true without a target of its own.
    """

    candidate: Indices
    point: Indices
    moved_desk: Indices
    weekly_hours: Floats
    cost_eur: Floats
    is_honoured: Flags

    @property
    def is_opening(self) -> Flags:
        """Whether it counts among the new sites: a move does not."""
        return self.moved_desk < 0

    @property
    def is_branch(self) -> Flags:
        """Whether it takes hours of its point's main seat."""
        return (self.point >= 0) & (self.moved_desk < 0)


@dataclass(frozen=True, eq=False)
class Seats:
    """Desks in service, arrays of shape (n_desks,).

    Attributes
    ----------
    desk_ids
        Ids, ascending.
    point
        Index of its point; -1 for a sister network's.
    hours
        Facilitator-hours a week.
    is_closable, is_movable
        Whether it may close, or move; never both.
    """

    desk_ids: Texts
    point: Indices
    hours: Floats
    is_closable: Flags
    is_movable: Flags

    @property
    def is_free(self) -> Flags:
        """Whether it may cease where it is."""
        return self.is_closable | self.is_movable


@dataclass(frozen=True, eq=False)
class Points:
    """Points in service that may have branches, arrays of shape (n_points,).

    Attributes
    ----------
    point_ids
        Ids.
    spare_hours
        Weekly hours that new branches may take together.
    main_desk
        Index of the desk that they are taken from; -1 if none is in service.
    """

    point_ids: Texts
    spare_hours: Floats
    main_desk: Indices


@dataclass(frozen=True, eq=False)
class Group:
    """Candidates that a rule speaks of, with how many of them must open."""

    name: str
    candidates: Indices
    n_sites: int


@dataclass(frozen=True, eq=False)
class Case:
    """A whole question.

    Attributes
    ----------
    demand, options, seats, points
        Their arrays.
    candidate_ids
        Ids of the candidates, shape (n_candidates,).
    to_site, to_desk
        Minutes from places to candidates and to desks, within `far_min`.
    within_min
        Minutes within reach, boundary included.
    far_min
        Longer minutes, and no desk, count as these.
    excluded
        Candidates that may not open.
    required, areas_province, areas_union, areas_named
        Where sites must open.
    near_sites, near_desks
        Pairs that stand too near each other: candidates, shape (n, 2); candidate and desk.
    adults_per_hour
        What an hour can serve; None without capacities.
    names
        What people call settlements, candidates, municipalities and desks, by id.
    """

    demand: Demand
    options: Options
    seats: Seats
    points: Points
    candidate_ids: Texts
    to_site: TravelPairs
    to_desk: TravelPairs
    within_min: float
    far_min: float
    excluded: Indices
    required: tuple[Group, ...]
    areas_province: tuple[Group, ...]
    areas_union: tuple[Group, ...]
    areas_named: tuple[Group, ...]
    near_sites: Indices
    near_desks: Indices
    adults_per_hour: float | None = None
    names: dict[str, str] = field(default_factory=dict)

    def called(self, label: str) -> str:
        """Return what people call an id, or two that ` - ` parts; an unknown one stays as it is."""
        if label in self.names:
            return self.names[label]
        return " - ".join(self.names.get(part, part) for part in label.split(" - "))

    @cached_property
    def fixed_min(self) -> Floats:
        """Minutes from each place to the nearest desk that stays; infinite for none."""
        return self._nearest_desk(~self.seats.is_free)

    @cached_property
    def today_min(self) -> Floats:
        """Minutes from each place to the nearest desk in service; infinite for none."""
        return self._nearest_desk(np.ones(self.seats.hours.size, dtype=np.bool_))

    @cached_property
    def site_min(self) -> Floats | None:
        """Minutes to each candidate, infinite beyond far, shape (n_candidates, n_places).

        None where that would be too many to hold.
        """
        shape = (self.candidate_ids.size, self.demand.adults.size)
        if shape[0] * shape[1] > MOST_HELD:
            return None
        minutes = np.full(shape, np.inf)
        pairs = self.to_site
        np.minimum.at(minutes, (pairs.destination, pairs.origin), pairs.travel_min)
        return minutes

    def _nearest_desk(self, counts: Flags) -> Floats:
        nearest = np.full(self.demand.adults.size, np.inf)
        used = counts[self.to_desk.destination]
        np.minimum.at(nearest, self.to_desk.origin[used], self.to_desk.travel_min[used])
        return nearest


@dataclass(frozen=True)
class Limits:
    """How much may open: a number of sites or an amount of money; None for no limit."""

    n_sites: int | None = None
    budget_eur: float | None = None


@dataclass(frozen=True, eq=False)
class Opened:
    """A choice: indices of the options that open and of the desks that cease, ascending.

    Attributes
    ----------
    served
        With capacities, adults of each place served by each candidate, then each desk in service,
        COO, shape (n_places, n_candidates + n_desks); None without.
    served_share
        With capacities, part of each place's people who are served; None without.
    """

    options: Indices
    ceased: Indices
    served: sparse.coo_array | None = None
    served_share: Floats | None = None


NOTHING = Opened(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp))


__all__ = [
    "NOTHING",
    "Case",
    "Demand",
    "Group",
    "Limits",
    "Opened",
    "Options",
    "Points",
    "Seats",
]
