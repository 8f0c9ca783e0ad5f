"""Fewest people x minutes of large questions, with people who must stay within reach: both sides.

With w_i people at t_ij minutes, W minutes within reach and at most V of the people beyond it, a
price l of each person beyond, in minutes, makes a p-median of it, with costs

    c_ij = w_i (t_ij + l [t_ij > W]),

whose bound less l V bounds this question too (Lagrange; see `median_dual`), whatever else is asked
of a choice. Nearer stays cheaper, so that nothing else of the p-median changes. The price is
tripled, then halved, by whether the sites that its p-median comes to leave too many beyond; what
they serve is offered as a choice. Minutes that no place may pass leave longer pairs out.

Of a choice that is better than the best known, place i costs at most its own price u_i plus the gap
between the two (reduced costs, Beasley 1985): pairs that cost more, and candidates that the gap
rules out, are left out of what HiGHS is then asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.travel import TravelPairs
from capillare.planning.siting.measures import reached
from capillare.planning.siting.median_costs import SparseCosts
from capillare.planning.siting.median_dual import relax_median
from capillare.planning.siting.median_search import swap_medians

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from capillare.planning.siting.case import Case, Opened
    from capillare.planning.siting.median_dual import Dual
    from capillare.planning.siting.nearest_rules import Heeded
    from capillare.planning.siting.openings import Openings

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

FIRST_TOLL_MIN = 2.0
TOLL_FACTOR = 3.0
DEAREST_TOLL_MIN = 10_000.0
STEPS_PER_ROUND = 150
UNSERVED = 5.0
"""Times the longest minutes that a place counts which nothing serves in time, so that swaps do."""
NEAR = 2.0
"""Pairs beyond so many times the second nearest open candidate's cost are not relaxed on."""
HAIR = 1e-9


@dataclass(frozen=True, eq=False)
class Nearest:
    """What a search came to.

    Attributes
    ----------
    opened
        The best choice that it met.
    bound
        No choice has fewer people x minutes.
    case
        The question without the pairs and candidates that no better choice uses.
    """

    opened: Opened
    bound: float
    case: Case


def search_nearest(
    case: Case,
    start: Opened,
    stands: Callable[[Opened], bool],
    *,
    heeded: Heeded,
    max_rounds: int,
) -> Nearest:
    """Search for few people x minutes from a choice that stands, and bound them.

    Desks that may cease are counted as staying wherever that is better.

    Parameters
    ----------
    case, start, stands
        The question, a choice that keeps every rule, and whether another one does.
    heeded
        Rules that the bound heeds.
    max_rounds
        Relaxations at most, each with its price of the people beyond.
    """
    allowed, pairs = heeded.allowed, _Pairs.of(case, heeded.max_min)
    best, cost = start, reached(case, start, "minutes")
    if allowed.n_sites <= 0 or not pairs.travel_min.size:
        return Nearest(best, least_minutes(case), case)
    most_beyond = np.inf
    if heeded.least_covered is not None:
        most_beyond = float(pairs.weight.sum()) - heeded.least_covered
    sites: Indices = np.unique(case.options.candidate[start.options])
    toll, tightest = _Toll(), None
    prices = None if sites.size else pairs.costs(0.0).at_rank(_usual_rank(pairs, allowed))
    for _ in range(max_rounds):
        known = cost + (toll.now_min * most_beyond if toll.now_min else 0.0)
        turn = _relaxed(pairs, sites, allowed, prices, toll_min=toll.now_min, known=known)
        sites, prices = turn.sites, turn.dual.prices
        best, cost = _better(case, sites, stands, best, cost)
        bound = turn.dual.bound - (most_beyond * turn.toll_min if turn.toll_min else 0.0)
        if tightest is None or bound > tightest[0]:
            tightest = bound, turn
        toll.move(is_enough=pairs.beyond(sites) <= most_beyond)
        if tightest[0] >= cost * (1.0 - HAIR) or toll.now_min > DEAREST_TOLL_MIN:
            break
    if tightest is None:
        return Nearest(best, least_minutes(case), case)
    bound, turn = tightest
    kept = _useful(case, pairs, turn, allowed, spare=max(cost - bound, 0.0) + HAIR * cost)
    return Nearest(best, max(bound, least_minutes(case)), kept)


def _usual_rank(pairs: _Pairs, allowed: Openings) -> int:
    """Rank of the candidate that would serve a place if sites were spread evenly."""
    return int(1.5 * pairs.n_candidates / allowed.usual_sites) + 1


def least_minutes(case: Case) -> float:
    """Sum people x minutes as if every candidate were open: no choice has fewer."""
    nearest = np.minimum(case.today_min, case.far_min)
    np.minimum.at(nearest, case.to_site.origin, case.to_site.travel_min)
    return float(case.demand.weight @ nearest)


class _Toll:
    """The price of a person beyond reach, in minutes: tripled until it is enough, then halved."""

    def __init__(self) -> None:
        """Begin with none."""
        self.now_min, self._low_min, self._high_min = 0.0, 0.0, np.inf

    def move(self, *, is_enough: bool) -> None:
        """Go on to the next price; where none is enough already, it stays."""
        if is_enough:
            self._high_min = self.now_min
        else:
            self._low_min = self.now_min
        if np.isinf(self._high_min):
            self.now_min = max(TOLL_FACTOR * self._low_min, FIRST_TOLL_MIN)
        else:
            self.now_min = (self._low_min + self._high_min) / 2.0


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs that could bring a place nearer than its desk today, by place, nearest first.

    Attributes
    ----------
    start, candidate, travel_min
        As in `SparseCosts`, of places with people only.
    weight, beyond_min
        People of those places, and their minutes if nothing opens.
    within_min, max_min
        Minutes within reach, and those that no place may pass.
    n_candidates
        How many candidates there are.
    """

    start: Indices
    candidate: Indices
    travel_min: Floats
    weight: Floats
    beyond_min: Floats
    within_min: float
    max_min: float
    n_candidates: int

    @classmethod
    def of(cls, case: Case, max_min: float) -> _Pairs:
        """Take the pairs of a case."""
        weight, pairs = case.demand.weight, case.to_site
        beyond = np.minimum(case.today_min, case.far_min)
        beyond[beyond > max_min] = UNSERVED * case.far_min
        is_useful = (weight[pairs.origin] > 0) & (pairs.travel_min < beyond[pairs.origin])
        is_useful &= pairs.travel_min <= max_min
        place, candidate = pairs.origin[is_useful], pairs.destination[is_useful]
        travel_min = pairs.travel_min[is_useful]
        order = np.lexsort((candidate, travel_min, place))
        is_peopled = weight > 0
        n_pairs = np.bincount(place, minlength=weight.size)[is_peopled]
        return cls(
            start=np.concatenate([[0], np.cumsum(n_pairs)]),
            candidate=candidate[order],
            travel_min=travel_min[order],
            weight=weight[is_peopled],
            beyond_min=beyond[is_peopled],
            within_min=case.within_min,
            max_min=max_min,
            n_candidates=case.candidate_ids.size,
        )

    def costs(self, toll_min: float) -> SparseCosts:
        """Return people x minutes, with so many more for each person beyond reach."""
        weight = np.repeat(self.weight, np.diff(self.start))
        fallback = tolled(self.weight, self.beyond_min, self.within_min, toll_min)
        return SparseCosts(
            start=self.start,
            candidate=self.candidate,
            cost=tolled(weight, self.travel_min, self.within_min, toll_min),
            ceiling=fallback,
            fallback=fallback,
            n_candidates=self.n_candidates,
        )

    def beyond(self, sites: Indices) -> float:
        """Count the people beyond reach of these sites, and of desks in service."""
        one = replace(self, weight=np.ones(self.weight.size)).costs(0.0)
        nearest_min = one.two_cheapest(sites)[0]
        return float(self.weight[nearest_min > self.within_min].sum())


def tolled(weight: Floats, travel_min: Floats, within_min: float, toll_min: float) -> Floats:
    """Return people x minutes, with a toll for each person beyond reach."""
    toll = np.where(travel_min > within_min, toll_min, 0.0)
    priced: Floats = weight * (travel_min + toll)
    return priced


@dataclass(frozen=True, eq=False)
class _Turn:
    """One price of the people beyond: the relaxation there, and the sites that swaps came to."""

    toll_min: float
    dual: Dual
    sites: Indices


def _relaxed(
    pairs: _Pairs,
    sites: Indices,
    allowed: Openings,
    prices: Floats | None,
    *,
    toll_min: float,
    known: float,
) -> _Turn:
    """Swap, relax near what was found, and swap again from what the relaxation opens.

    No choice that matters costs more than `known`, tolls included.
    """
    costs = pairs.costs(toll_min)
    sites, cost = swap_medians(costs, sites, allowed)
    nearest, _, second = costs.two_cheapest(sites)
    near = costs.up_to(NEAR * second)
    dual = relax_median(
        near,
        allowed,
        prices=(nearest + second) / 2.0 if prices is None else prices,
        incumbent_cost=min(cost, known),
        good_enough=min(cost, known) * (1.0 - HAIR),
        max_steps=STEPS_PER_ROUND,
    )
    other, other_cost = swap_medians(costs, np.sort(dual.opened), allowed)
    return _Turn(toll_min, dual, other if other_cost < cost else sites)


def _better(
    case: Case, sites: Indices, stands: Callable[[Opened], bool], best: Opened, cost: float
) -> tuple[Opened, float]:
    """Take new points at these sites, or the cheapest options there, where they stand."""
    options = case.options
    order = np.lexsort((np.arange(options.candidate.size), options.cost_eur, options.candidate))
    _, first = np.unique(options.candidate[order], return_index=True)
    for of_candidate in (np.arange(case.candidate_ids.size), order[first]):
        offered = replace(best, options=np.sort(of_candidate[sites]).astype(np.intp))
        minutes = reached(case, offered, "minutes")
        if minutes < cost and stands(offered):
            best, cost = offered, minutes
    return best, cost


def _useful(case: Case, pairs: _Pairs, turn: _Turn, allowed: Openings, *, spare: float) -> Case:
    """Leave out the pairs and candidates of which a choice cheaper by the spare uses none."""
    weight, all_pairs = case.demand.weight, case.to_site
    is_useless = turn.dual.useless(allowed, spare)
    most = np.full(weight.size, np.inf)
    most[weight > 0] = turn.dual.prices + spare
    cost = tolled(weight[all_pairs.origin], all_pairs.travel_min, pairs.within_min, turn.toll_min)
    is_kept = (cost <= most[all_pairs.origin]) & ~is_useless[all_pairs.destination]
    is_kept &= (all_pairs.travel_min <= pairs.max_min) | (weight[all_pairs.origin] == 0)
    to_site = TravelPairs(
        all_pairs.origin[is_kept],
        all_pairs.destination[is_kept],
        all_pairs.travel_min[is_kept],
        all_pairs.shape,
    )
    return replace(
        case, to_site=to_site, excluded=np.union1d(case.excluded, np.flatnonzero(is_useless))
    )


__all__ = ["Nearest", "least_minutes", "search_nearest"]
