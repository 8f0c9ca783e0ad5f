"""One objective of a siting question at a time: its best choice, its bound, and what was proved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from capillare.planning.siting.case import Opened
from capillare.planning.siting.choices import SEARCHES
from capillare.planning.siting.covering import solve_covering
from capillare.planning.siting.layout import Layout, lay_out
from capillare.planning.siting.measures import reached
from capillare.planning.siting.nearer import swap_nearer
from capillare.planning.siting.nearest import least_minutes, search_nearest
from capillare.planning.siting.wish_model import (
    assemble,
    choice_of,
    columns_of,
    objective_of,
    structure_rows,
)
from capillare.planning.siting.wish_rows import Rows, ceiling_rows
from capillare.planning.solver import Status, is_proved, relative_gap, solve_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from capillare.geo.settings import Effort
    from capillare.planning.siting.case import Case
    from capillare.planning.siting.choices import Method
    from capillare.planning.siting.nearest_rules import Heeded
    from capillare.planning.siting.wishes import Objective
    from capillare.planning.solver import Answer, Stop

    Floats = NDArray[np.float64]
    RowsOf = Callable[[Layout], list[Rows]]

MOST_LEVELS = 20_000
"""Above so many levels of minutes HiGHS is not asked at once: see `search_nearest`."""
MOST_LEFT = 30_000
"""Levels left by it up to which HiGHS is asked then."""
TOLLS = 14
WHOLE = 1e-3


@dataclass(frozen=True)
class Stage:
    """What one objective reached, and what was proved about it.

    Attributes
    ----------
    objective
        Which; see `SitingWishes`.
    status
        ``optimal`` (proved, given what the objectives before it keep), ``feasible`` or
        ``no_solution``.
    reached
        People, people x minutes, minutes, openings or euros, counted from the sites.
    bound
        No choice that keeps to the same does better.
    gap
        ``|reached - bound| / max(|reached|, 1)``.
    seconds
        Wall time.
    method
        ``direct``, ``search`` or ``exact``, as in `CoveringAnswer`: HiGHS was asked, or swaps found
        the choice and a relaxation its bound.
    stopped_by
        Limit that ended the proof; empty otherwise.
    """

    objective: Objective
    status: Status
    reached: float
    bound: float
    gap: float
    seconds: float
    method: Method
    stopped_by: Stop = ""


@dataclass(frozen=True, eq=False)
class Solved:
    """A stage with its choice; None if none was found or none exists."""

    opened: Opened | None
    bound: float
    method: Method = "exact"
    stopped_by: Stop = ""
    is_infeasible: bool = False


def stated(case: Case, objective: Objective, opened: Opened, solved: Solved, began: float) -> Stage:
    """State a stage: its objective counted anew, and whether the bound proves it."""
    found = reached(case, opened, objective)
    is_better = found > solved.bound if objective == "coverage" else found < solved.bound
    # Arithmetic may set a bound a hair on the wrong side of what was counted.
    bound = found if is_better or is_proved(found, solved.bound) else solved.bound
    return Stage(
        objective=objective,
        status="optimal" if bound == found else "feasible",
        reached=found,
        bound=bound,
        gap=relative_gap(found, bound),
        seconds=perf_counter() - began,
        method=solved.method,
        stopped_by="" if bound == found else solved.stopped_by,
    )


def cover_plainly(case: Case, n_sites: int, *, effort: Effort, exact_places: int) -> Solved:
    """Solve plain covering by number of points on its fast path."""
    demand = case.demand
    is_open = case.fixed_min > case.within_min
    unserved = np.where(is_open, demand.weight, 0.0).astype(np.int64)
    n_candidates = case.candidate_ids.size
    answer = solve_covering(
        unserved,
        case.to_site.within(case.within_min),
        np.zeros(n_candidates, dtype=np.bool_),
        n_sites,
        effort=effort,
        exact_places=exact_places,
    )
    served = float(demand.weight[~is_open].sum())
    opened = Opened(answer.chosen, np.empty(0, dtype=np.intp))
    return Solved(opened, served + answer.bound, answer.method, answer.stopped_by)


def solve_linear(
    case: Case,
    objective: Objective,
    rows_of: RowsOf,
    *,
    effort: Effort,
    start: Opened | None,
    with_minutes: bool = False,
) -> Solved:
    """Solve one linear objective with HiGHS; `with_minutes` if a row of `rows_of` needs them."""
    layout = lay_out(case, with_minutes=with_minutes or objective == "minutes")
    return _solve(layout, objective, rows_of, effort=effort, start=start)


def bring_nearer(
    case: Case,
    rows_of: RowsOf,
    stands: Callable[[Opened], bool],
    *,
    effort: Effort,
    start: Opened,
    heeded: Heeded,
    is_proving: bool = True,
) -> Solved:
    """Minimise people x minutes from a choice that stands: swaps first, then HiGHS.

    Large questions are searched and bounded by `search_nearest`, and HiGHS is asked for what it
    leaves open if that is small enough.
    """
    max_swaps = SEARCHES[effort].max_swaps
    nearer = swap_nearer(case, start, stands, max_swaps=max_swaps)
    if not is_proving:
        return Solved(nearer, least_minutes(case), "search")
    layout = lay_out(case, with_minutes=True)
    if layout.sizes["level"] <= MOST_LEVELS:
        return _proved(layout, rows_of, nearer, effort=effort)
    found = search_nearest(case, nearer, stands, heeded=heeded, max_rounds=TOLLS)
    nearer = swap_nearer(case, found.opened, stands, max_swaps=max_swaps)
    layout = lay_out(found.case, with_minutes=True)
    if layout.sizes["level"] > MOST_LEFT:
        return Solved(nearer, found.bound, "search")
    proved = _proved(layout, rows_of, nearer, effort=effort)
    # What was left out holds no choice better than the one known.
    least = _minutes(case, nearer) if proved.opened is None else _minutes(case, proved.opened)
    return replace(proved, bound=max(found.bound, min(proved.bound, least)))


def _proved(layout: Layout, rows_of: RowsOf, nearer: Opened, *, effort: Effort) -> Solved:
    """Ask HiGHS for fewer people x minutes than those of a choice."""
    solved = _solve(layout, "minutes", rows_of, effort=effort, start=nearer)
    if solved.opened is None:
        return Solved(nearer, solved.bound, "exact", solved.stopped_by)
    now, then = (_minutes(layout.case, choice) for choice in (nearer, solved.opened))
    # Of choices that are equally good the first found stays: it does not hang on HiGHS's order.
    is_better = then < now and not is_proved(then, now)
    return solved if is_better else Solved(nearer, solved.bound, "exact", solved.stopped_by)


def _minutes(case: Case, opened: Opened) -> float:
    return reached(case, opened, "minutes")


def _solve(
    layout: Layout,
    objective: Objective,
    rows_of: RowsOf,
    *,
    effort: Effort,
    start: Opened | None,
) -> Solved:
    coefficients, constant = objective_of(layout, objective)
    model = assemble(
        layout,
        [*structure_rows(layout), *rows_of(layout)],
        coefficients,
        sense="maximize" if objective == "coverage" else "minimize",
    )
    answer = solve_model(
        model,
        node_limit=SEARCHES[effort].node_limit,
        start=None if start is None else columns_of(layout, start),
    )
    return _read(layout, answer, objective, constant)


def _read(layout: Layout, answer: Answer, objective: Objective, constant: float) -> Solved:
    if answer.status == "infeasible":
        return Solved(None, np.nan, is_infeasible=True)
    bound = answer.bound + constant
    case = layout.case
    if objective == "coverage":
        # Nobody is covered twice, whatever a run that was stopped could not rule out.
        bound = min(bound, constant + float(layout.weights(case.demand.weight).sum()))
        is_whole = bool((np.floor(case.demand.weight) == case.demand.weight).all())
        if is_whole and case.adults_per_hour is None:
            bound = float(floor(bound + WHOLE))
    if not answer.columns.size and layout.sizes["option"]:
        return Solved(None, bound, stopped_by=answer.stopped_by)
    return Solved(opened_of(layout, answer.columns), bound, stopped_by=answer.stopped_by)


def opened_of(layout: Layout, columns: Floats) -> Opened:
    """Read the choice of a solution, and with capacities who is served by whom."""
    options, ceased = choice_of(layout, columns)
    case, sizes = layout.case, layout.sizes
    if case.adults_per_hour is None:
        return Opened(options, ceased)
    first = sum(sizes[name] for name in ("site", "option", "desk", "covered"))
    flow = np.clip(columns[first : first + sizes["flow"]], 0.0, 1.0)
    place = layout.place[layout.flow_place]
    share = np.bincount(place, weights=flow, minlength=case.demand.adults.size)
    served = sparse.coo_array(
        (flow * case.demand.adults[place], (place, layout.flow_supply)),
        shape=(case.demand.adults.size, sizes["site"] + case.seats.hours.size),
    )
    return Opened(options, ceased, served, np.minimum(share, 1.0))


def find_any(case: Case, rows_of: RowsOf, *, effort: Effort) -> Solved:
    """Find some choice that keeps every rule."""
    layout = lay_out(case)
    answer = _feasible(layout, rows_of(layout), effort)
    if answer.status == "infeasible":
        return Solved(None, np.nan, is_infeasible=True)
    opened = opened_of(layout, answer.columns) if answer.columns.size else None
    return Solved(opened, least_minutes(case), stopped_by=answer.stopped_by)


def solve_worst(
    case: Case,
    rows_of: RowsOf,
    *,
    effort: Effort,
    start: Opened | None,
    with_minutes: bool = False,
) -> Solved:
    """Find the shortest minutes within which every peopled place has a desk (Minieka 1970).

    Halving the list of minutes, each step asks whether the rules leave a choice. Minutes beyond
    the case's `far_min` count as that.
    """
    layout = lay_out(case, with_minutes=with_minutes)
    minutes = _ceilings(case)
    low, high, best = 0, minutes.size - 1, start
    if best is None:
        whole = _feasible(layout, rows_of(layout), effort)
        if whole.status == "infeasible":
            return Solved(None, np.nan, is_infeasible=True)
        if not whole.columns.size and layout.sizes["option"]:
            return Solved(None, float(minutes[0]), stopped_by=whole.stopped_by)
        best = opened_of(layout, whole.columns)
    stopped_by: Stop = ""
    while low < high:
        middle = (low + high) // 2
        rows = [*rows_of(layout), ceiling_rows(layout, float(minutes[middle]), rule="")]
        answer = _feasible(layout, rows, effort)
        if answer.status == "infeasible":
            low = middle + 1
        elif answer.columns.size:
            high, best = middle, opened_of(layout, answer.columns)
        else:
            stopped_by = answer.stopped_by
            break
    return Solved(best, float(minutes[low]), stopped_by=stopped_by)


def _feasible(layout: Layout, rows: list[Rows], effort: Effort) -> Answer:
    model = assemble(layout, [*structure_rows(layout), *rows], {}, sense="minimize")
    return solve_model(model, node_limit=SEARCHES[effort].node_limit)


def _ceilings(case: Case) -> Floats:
    """Minutes that the worst-off place may have: none shorter than the best it can be given."""
    is_peopled = case.demand.is_peopled
    best = np.full(case.demand.adults.size, np.inf)
    listed = []
    for pairs in (case.to_site, case.to_desk):
        np.minimum.at(best, pairs.origin, pairs.travel_min)
        listed.append(pairs.travel_min[is_peopled[pairs.origin]])
    shortest = float(np.minimum(best, case.far_min)[is_peopled].max(initial=0.0))
    minutes = np.unique(np.concatenate([*listed, [shortest, case.far_min]]))
    return minutes[(minutes >= shortest) & (minutes <= case.far_min)]


__all__ = [
    "Solved",
    "Stage",
    "bring_nearer",
    "cover_plainly",
    "find_any",
    "opened_of",
    "solve_linear",
    "solve_worst",
    "stated",
]
