"""The general siting model: rules of any kind over new points, branches and desks that may cease.

Decided are: whether option o opens (y_o, binary), whether a site stands at candidate c (s_c, at
most 1), whether a desk d that may cease stays (k_d, binary), which part of the people w_i of place
i is covered (z_i, at most 1); with capacities, which part of place i is served by supply j (f_ij);
where minutes count, whether nothing is open at level l of place i or nearer (v_il)::

    s_c = sum of y_o over the options at c                       one option a candidate
    k_d + sum of y_o over the moves of d = 1                     a movable desk stays or moves
    sum of h_o y_o over the branches of p <= spare hours of p    branches share their point's hours
    z_i <= sum of s_c and k_d that i reaches                     (Church and ReVelle 1974)
    v_il + sum of s_c and k_d at level l >= v_i,l-1              (Cornuejols and others 1980)

and with capacities (Current and Storbeck 1988), instead of the fourth::

    z_i = sum_j f_ij,  f_ij <= s_j or k_j
    sum_i a_i f_ij <= adults an hour x hours of j                less those its branches take

The objectives are: most sum w_i z_i; fewest sum w_i t_i, with t_i = D_i1 + sum_l (D_i,l+1 - D_il)
v_il; fewest openings and closable desks that stay; least sum cost_o y_o. The worst-off place is
found by halving, see `wish_solver`. Rows of wishes are written in `wish_rows`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from capillare.geo.errors import ConfigError
from capillare.planning.siting.layout import BLOCKS, Block, Layout, Levels
from capillare.planning.siting.wish_rows import STRUCTURE, Rows, at_most, incidence
from capillare.planning.solver import Model

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from numpy.typing import NDArray

    from capillare.planning.siting.case import Opened
    from capillare.planning.siting.layout import Parts
    from capillare.planning.siting.wishes import Objective

    Floats = NDArray[np.float64]
    Coefficients = dict[Block, Floats]


def structure_rows(layout: Layout) -> list[Rows]:
    """Return the rows that every model of this layout has."""
    rows = [_one_option_rows(layout), *_move_rows(layout), *_branch_rows(layout)]
    rows += _flow_rows(layout) if layout.case.adults_per_hour is not None else [_cover_rows(layout)]
    if layout.levels is not None:
        rows.append(_level_rows(layout, layout.levels))
    return rows


def _equal(parts: Parts, right: Floats) -> Rows:
    return Rows(STRUCTURE, parts, right, right)


def _one_option_rows(layout: Layout) -> Rows:
    sizes, candidate = layout.sizes, layout.case.options.candidate
    shape = (sizes["site"], sizes["option"])
    opened = incidence(candidate, np.arange(candidate.size), shape)
    return _equal(
        {"site": sparse.csr_array(sparse.eye_array(sizes["site"])), "option": -opened},
        np.zeros(sizes["site"]),
    )


def _move_rows(layout: Layout) -> list[Rows]:
    seats, sizes = layout.case.seats, layout.sizes
    movable = np.flatnonzero(seats.is_movable[layout.free_desks]).astype(np.intp)
    if not movable.size:
        return []
    row_of = np.full(seats.hours.size, -1, dtype=np.intp)
    row_of[layout.free_desks[movable]] = np.arange(movable.size)
    moves = np.flatnonzero(~layout.case.options.is_opening).astype(np.intp)
    moved = row_of[layout.case.options.moved_desk[moves]]
    parts: Parts = {
        "desk": incidence(np.arange(movable.size), movable, (movable.size, sizes["desk"])),
        "option": incidence(moved, moves, (movable.size, sizes["option"])),
    }
    return [_equal(parts, np.ones(movable.size))]


def _branch_rows(layout: Layout) -> list[Rows]:
    options, points = layout.case.options, layout.case.points
    if not options.is_branch.any():
        return []
    taken = _branch_hours(layout, options.point, points.spare_hours.size)
    return [at_most(STRUCTURE, {"option": taken}, points.spare_hours)]


def _branch_hours(layout: Layout, owner: NDArray[np.intp], n_owners: int) -> sparse.csr_array:
    """Hours that each option takes from its owner, shape (n_owners, n_options)."""
    options = layout.case.options
    branch = np.flatnonzero(options.is_branch)
    pairs = (owner[branch], branch)
    shape = (n_owners, options.candidate.size)
    return sparse.csr_array((options.weekly_hours[branch], pairs), shape=shape)


def _cover_rows(layout: Layout) -> Rows:
    n_sites = layout.sizes["site"]
    parts: Parts = {
        "covered": sparse.csr_array(sparse.eye_array(layout.place.size)),
        "site": -layout.reach[:, :n_sites],
        "desk": -layout.reach[:, n_sites:],
    }
    return at_most(STRUCTURE, parts, np.zeros(layout.place.size))


def _flow_rows(layout: Layout) -> list[Rows]:
    case, sizes = layout.case, layout.sizes
    n_flows, n_sites, n_desks = sizes["flow"], sizes["site"], case.seats.hours.size
    whole = np.arange(n_flows)
    column = np.full(n_desks, -1, dtype=np.intp)
    column[layout.free_desks] = np.arange(layout.free_desks.size)
    served = _equal(
        {
            "covered": sparse.csr_array(sparse.eye_array(sizes["covered"])),
            "flow": -incidence(layout.flow_place, whole, (sizes["covered"], n_flows)),
        },
        np.zeros(sizes["covered"]),
    )
    to_site = np.flatnonzero(layout.flow_supply < n_sites).astype(np.intp)
    desk = layout.flow_supply - n_sites
    to_free = np.flatnonzero((desk >= 0) & np.isin(desk, layout.free_desks)).astype(np.intp)
    linked = np.concatenate([to_site, to_free])
    row = np.arange(linked.size)
    open_rows = at_most(
        STRUCTURE,
        {
            "flow": incidence(row, linked, (linked.size, n_flows)),
            "site": -incidence(
                row[: to_site.size], layout.flow_supply[to_site], (linked.size, n_sites)
            ),
            "desk": -incidence(
                row[to_site.size :], column[desk[to_free]], (linked.size, sizes["desk"])
            ),
        },
        np.zeros(linked.size),
    )
    return [served, open_rows, _capacity_rows(layout, column)]


def _capacity_rows(layout: Layout, column: NDArray[np.intp]) -> Rows:
    """Adults served by each supply are at most those that its hours can serve."""
    case, sizes = layout.case, layout.sizes
    options, seats, per_hour = case.options, case.seats, float(case.adults_per_hour or 0.0)
    n_sites, n_desks = sizes["site"], seats.hours.size
    n_supply = n_sites + n_desks
    adults = case.demand.adults[layout.place][layout.flow_place]
    flow = sparse.csr_array(
        (adults, (layout.flow_supply, np.arange(adults.size))), shape=(n_supply, adults.size)
    )
    given = sparse.csr_array(
        (options.weekly_hours, (options.candidate, np.arange(options.candidate.size))),
        shape=(n_supply, options.candidate.size),
    )
    main = np.append(case.points.main_desk, -1)[options.point]
    taken = _branch_hours(layout, n_sites + main, n_supply)
    free = np.flatnonzero(column >= 0)
    stays = sparse.csr_array(
        (seats.hours[free], (n_sites + free, column[free])), shape=(n_supply, sizes["desk"])
    )
    fixed_hours = np.where(seats.is_free, 0.0, seats.hours)
    # A branch cannot take hours that its main seat is not known to have.
    own = np.zeros(n_supply)
    own[n_sites:] = per_hour * fixed_hours
    return at_most(
        STRUCTURE,
        {"flow": flow, "option": per_hour * (taken - given), "desk": -per_hour * stays},
        own,
    )


def _level_rows(layout: Layout, levels: Levels) -> Rows:
    n_levels, n_sites = levels.place.size, layout.sizes["site"]
    later = np.flatnonzero(~levels.is_first).astype(np.intp)
    before = incidence(later, later - 1, (n_levels, n_levels))
    parts: Parts = {
        "site": sparse.csr_array(levels.at_level[:, :n_sites]),
        "desk": sparse.csr_array(levels.at_level[:, n_sites:]),
        "level": sparse.csr_array(sparse.eye_array(n_levels) - before),
    }
    lower = levels.is_first.astype(np.float64)
    return Rows(STRUCTURE, parts, lower, np.full(n_levels, np.inf))


def objective_of(layout: Layout, objective: Objective) -> tuple[Coefficients, float]:
    """Return the coefficients of an objective by block, and its constant.

    Raises
    ------
    ConfigError
        For the worst-off place, which is found by halving, and for minutes that were not laid out.
    """
    case = layout.case
    if objective == "coverage":
        weights = layout.weights(case.demand.weight)
        return {"covered": weights}, layout.always_covered(case.demand.weight)
    if objective == "minutes" and layout.levels is not None:
        levels = layout.levels
        return {"level": case.demand.weight[levels.place] * levels.step_min}, levels.constant
    if objective == "fewest":
        is_closable = case.seats.is_closable[layout.free_desks].astype(np.float64)
        return {"option": case.options.is_opening.astype(np.float64), "desk": is_closable}, 0.0
    if objective == "cost":
        return {"option": case.options.cost_eur}, 0.0
    raise ConfigError(f"objective: {objective} is not linear in this layout.")


def assemble(
    layout: Layout,
    rows: Iterable[Rows],
    objective: Coefficients,
    *,
    sense: Literal["maximize", "minimize"],
    n_slacks: int = 0,
) -> Model:
    """Put blocks of rows together as one model."""
    sizes = layout.sizes | {"slack": n_slacks}
    rows = [block for block in rows if block.n_rows]
    stacked = [
        sparse.hstack(
            [
                block.parts.get(name, sparse.csr_array((block.n_rows, sizes[name])))
                for name in BLOCKS
            ]
        )
        for block in rows
    ]
    coefficients = [objective.get(name, np.zeros(sizes[name])) for name in BLOCKS]
    n_columns = sum(sizes.values())
    upper = np.ones(n_columns)
    upper[n_columns - n_slacks :] = np.inf
    is_integer = np.zeros(n_columns, dtype=np.bool_)
    is_integer[sizes["site"] : sizes["site"] + sizes["option"] + sizes["desk"]] = True
    return Model(
        objective=np.concatenate(coefficients),
        lower=np.zeros(n_columns),
        upper=upper,
        is_integer=is_integer,
        rows=sparse.csr_array(sparse.vstack(stacked))
        if stacked
        else sparse.csr_array((0, n_columns)),
        row_lower=np.concatenate([block.lower for block in rows] or [np.empty(0)]),
        row_upper=np.concatenate([block.upper for block in rows] or [np.empty(0)]),
        sense=sense,
    )


def columns_of(layout: Layout, opened: Opened) -> Floats | None:
    """Return the columns of a choice, as a start; None with capacities (flows are not known)."""
    if layout.case.adults_per_hour is not None:
        return None
    sizes = layout.sizes
    option = np.zeros(sizes["option"])
    option[opened.options] = 1.0
    site = np.zeros(sizes["site"])
    site[layout.case.options.candidate[opened.options]] = 1.0
    desk = (~np.isin(layout.free_desks, opened.ceased)).astype(np.float64)
    supply = np.concatenate([site, desk])
    covered = (layout.reach @ supply > 0).astype(np.float64)
    level = np.empty(0)
    if layout.levels is not None:
        is_met = layout.levels.at_level @ supply > 0
        # Nothing open up to a level: no level of the same place up to it is met.
        met_so_far = np.cumsum(is_met)
        first = np.flatnonzero(layout.levels.is_first)
        before = np.where(first > 0, met_so_far[first - 1], 0)
        lengths = np.diff(np.append(first, is_met.size))
        level = (met_so_far - np.repeat(before, lengths) == 0).astype(np.float64)
    return np.concatenate([site, option, desk, covered, level])


def choice_of(layout: Layout, columns: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the options that open and the desks that cease."""
    sizes = layout.sizes
    start = sizes["site"]
    option = columns[start : start + sizes["option"]]
    desk = columns[start + sizes["option"] : start + sizes["option"] + sizes["desk"]]
    return np.flatnonzero(option > 0), layout.free_desks[np.flatnonzero(desk == 0)]


__all__ = [
    "Coefficients",
    "assemble",
    "choice_of",
    "columns_of",
    "objective_of",
    "structure_rows",
]
