"""The columns of the general siting model: which numbers are decided, and where each one stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.case import Case

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Parts = dict["Block", sparse.csr_array]

Block = Literal["site", "option", "desk", "covered", "flow", "level", "slack"]
BLOCKS: tuple[Block, ...] = ("site", "option", "desk", "covered", "flow", "level", "slack")


@dataclass(frozen=True, eq=False)
class Levels:
    """The distinct minutes at which a place's nearest desk may lie, nearest first.

    Attributes
    ----------
    place
        Place of each level, ascending, shape (n_levels,).
    travel_min
        Minutes, ascending within a place.
    is_first
        Whether it is its place's first.
    step_min
        Minutes more if nothing opens at this level or nearer.
    at_level
        Which supply lies at each level, shape (n_levels, n_candidates + n_desks that may cease).
    constant
        Sum of weight x minutes of the first levels, and of places without one.
    """

    place: Indices
    travel_min: Floats
    is_first: NDArray[np.bool_]
    step_min: Floats
    at_level: sparse.csr_array
    constant: float


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the columns of a model stand.

    Attributes
    ----------
    case
        The question.
    free_desks
        Desk of each ``desk`` column: those that may cease.
    place
        Place of each ``covered`` column.
    reach
        Which ``site`` and ``desk`` columns each ``covered`` column needs one of, shape
        (n_covered, n_candidates + n_free_desks).
    flow_place, flow_supply
        With capacities: ``covered`` column of each ``flow``, and its supply: candidates, then all
        desks in service.
    levels
        Where minutes count; None elsewhere.
    """

    case: Case
    free_desks: Indices
    place: Indices
    reach: sparse.csr_array
    flow_place: Indices
    flow_supply: Indices
    levels: Levels | None = None

    @property
    def sizes(self) -> dict[Block, int]:
        """Columns of each block; slacks are added by who needs them."""
        return {
            "site": self.case.candidate_ids.size,
            "option": self.case.options.candidate.size,
            "desk": self.free_desks.size,
            "covered": self.place.size,
            "flow": self.flow_place.size,
            "level": 0 if self.levels is None else self.levels.place.size,
            "slack": 0,
        }

    def weights(self, people: Floats) -> Floats:
        """People of each ``covered`` column."""
        return people[self.place]

    def always_covered(self, people: Floats) -> float:
        """People who are within reach whatever opens: they have no column."""
        if self.case.adults_per_hour is not None:
            return 0.0
        return float(people[self.case.fixed_min <= self.case.within_min].sum())


def lay_out(case: Case, *, with_minutes: bool = False) -> Layout:
    """Lay out the columns of a case; those of the minutes only where they count."""
    free = np.flatnonzero(case.seats.is_free).astype(np.intp)
    place, supply, minutes = supply_pairs(case, free)
    is_near = minutes <= case.within_min
    n_places, n_sites = case.demand.adults.size, case.candidate_ids.size
    shape = (n_places, n_sites + free.size)
    pairs = (place[is_near], supply[is_near])
    reach = sparse.csr_array((np.ones(int(is_near.sum())), pairs), shape=shape)
    has_capacity = case.adults_per_hour is not None
    is_open = (np.diff(reach.indptr) > 0) & case.demand.is_peopled
    flow_place = flow_supply = np.empty(0, dtype=np.intp)
    if has_capacity:
        flow_place, flow_supply, is_open = _flows(case, is_open)
    else:
        is_open &= case.fixed_min > case.within_min
    covered = np.flatnonzero(is_open).astype(np.intp)
    return Layout(
        case=case,
        free_desks=free,
        place=covered,
        reach=reach[covered],
        flow_place=np.searchsorted(covered, flow_place).astype(np.intp),
        flow_supply=flow_supply,
        levels=find_levels(case, free) if with_minutes else None,
    )


def supply_pairs(case: Case, free_desks: Indices) -> tuple[Indices, Indices, Floats]:
    """Pairs of a place and what may serve it: candidates, then desks that may cease."""
    is_free = np.isin(case.to_desk.destination, free_desks)
    column = np.searchsorted(free_desks, case.to_desk.destination[is_free])
    place = np.concatenate([case.to_site.origin, case.to_desk.origin[is_free]])
    supply = np.concatenate([case.to_site.destination, case.candidate_ids.size + column])
    minutes = np.concatenate([case.to_site.travel_min, case.to_desk.travel_min[is_free]])
    return place.astype(np.intp), supply.astype(np.intp), minutes


def _flows(case: Case, is_reached: NDArray[np.bool_]) -> tuple[Indices, Indices, NDArray[np.bool_]]:
    """Pairs of a place and a candidate or desk within reach that could serve its people."""
    near_site = case.to_site.travel_min <= case.within_min
    near_desk = case.to_desk.travel_min <= case.within_min
    place = np.concatenate([case.to_site.origin[near_site], case.to_desk.origin[near_desk]])
    supply = np.concatenate(
        [
            case.to_site.destination[near_site],
            case.candidate_ids.size + case.to_desk.destination[near_desk],
        ]
    )
    is_peopled = case.demand.is_peopled[place]
    place, supply = place[is_peopled].astype(np.intp), supply[is_peopled].astype(np.intp)
    is_open = is_reached.copy()
    is_open[place] = True
    return place, supply, is_open


def find_levels(case: Case, free_desks: Indices) -> Levels:
    """Group the pairs that could bring a place nearer than a desk that stays, by their minutes."""
    place, supply, minutes = supply_pairs(case, free_desks)
    beyond = np.minimum(case.fixed_min, case.far_min)
    is_useful = (case.demand.weight[place] > 0) & (minutes < beyond[place])
    place, supply, minutes = place[is_useful], supply[is_useful], minutes[is_useful]
    order = np.lexsort((supply, minutes, place))
    place, supply, minutes = place[order], supply[order], minutes[order]
    is_first_pair = np.ones(place.size, dtype=np.bool_)
    is_first_pair[1:] = place[1:] != place[:-1]
    is_new = is_first_pair.copy()
    is_new[1:] |= minutes[1:] != minutes[:-1]
    level = np.cumsum(is_new) - 1
    level_place, level_min, is_first = place[is_new], minutes[is_new], is_first_pair[is_new]
    is_last = np.append(is_first[1:], True) if is_first.size else is_first
    following = np.append(level_min[1:], 0.0) if level_min.size else level_min
    base = beyond.copy()
    base[level_place[is_first]] = level_min[is_first]
    shape = (level_place.size, case.candidate_ids.size + free_desks.size)
    return Levels(
        place=level_place,
        travel_min=level_min,
        is_first=is_first,
        step_min=np.where(is_last, beyond[level_place], following) - level_min,
        at_level=sparse.csr_array((np.ones(level.size), (level, supply)), shape=shape),
        constant=float(case.demand.weight @ base),
    )


__all__ = ["BLOCKS", "Block", "Layout", "Levels", "find_levels", "lay_out", "supply_pairs"]
