"""What is wanted of new sites as rows of a model, each under the name of the wish it comes from.

Symbols, as in `wish_model`: s_c sites, y_o options, k_d desks that may cease, z_i people covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from capillare.planning.siting.case import Group, Limits
    from capillare.planning.siting.layout import Layout, Parts
    from capillare.planning.siting.wishes import SitingWishes

    Floats = NDArray[np.float64]

STRUCTURE = ""
"""Name of rows that no wish can do without."""
ROUNDING = 1e-6
"""Arithmetic error allowed on euros and people."""
HALF_A_PERSON = 0.5


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one wish: coefficients by block of columns, and bounds.

    Attributes
    ----------
    rule
        The wish; `STRUCTURE` where it cannot be given up.
    parts
        Coefficients, each of shape (n_rows, columns of the block).
    lower, upper
        Bounds, shape (n_rows,).
    labels
        What each row is about; empty where the rule has one only.
    """

    rule: str
    parts: Parts
    lower: Floats
    upper: Floats
    labels: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """Count the rows."""
        return int(self.lower.size)


def at_most(rule: str, parts: Parts, most: Floats | float, labels: tuple[str, ...] = ()) -> Rows:
    """Rows that may not pass a ceiling."""
    upper = np.atleast_1d(np.asarray(most, dtype=np.float64))
    return Rows(rule, parts, np.full(upper.size, -np.inf), upper, labels)


def at_least(rule: str, parts: Parts, least: Floats | float, labels: tuple[str, ...] = ()) -> Rows:
    """Rows that must reach a floor."""
    lower = np.atleast_1d(np.asarray(least, dtype=np.float64))
    return Rows(rule, parts, lower, np.full(lower.size, np.inf), labels)


def one_row(coefficients: Floats | NDArray[np.bool_]) -> sparse.csr_array:
    """Return coefficients as a matrix of one row."""
    return sparse.csr_array(np.asarray(coefficients, dtype=np.float64)[None, :])


def incidence(
    rows: NDArray[np.intp], columns: NDArray[np.intp], shape: tuple[int, int]
) -> sparse.csr_array:
    """Return a matrix of ones at the pairs given."""
    return sparse.csr_array((np.ones(rows.size), (rows, columns)), shape=shape)


def wish_rows(layout: Layout, wishes: SitingWishes, limits: Limits) -> list[Rows]:
    """Return the rows of every wish, and of the limits on sites and money."""
    return [
        *_limit_rows(layout, limits),
        *_share_rows(layout, wishes),
        *_place_rows(layout),
        *_area_rows(layout),
        *_spacing_rows(layout),
        *_closing_rows(layout, wishes),
        *([] if wishes.max_min is None else [ceiling_rows(layout, wishes.max_min)]),
        *_honour_rows(layout, wishes),
    ]


def _limit_rows(layout: Layout, limits: Limits) -> Iterator[Rows]:
    """``sum of openings <= n_sites`` and ``sum cost_o y_o <= budget``; moves are no openings."""
    options = layout.case.options
    if limits.n_sites is not None:
        yield at_most("new_sites", {"option": one_row(options.is_opening)}, limits.n_sites)
    if limits.budget_eur is not None:
        ceiling = limits.budget_eur + ROUNDING
        yield at_most("budget_eur", {"option": one_row(options.cost_eur)}, ceiling)


def _share_rows(layout: Layout, wishes: SitingWishes) -> Iterator[Rows]:
    """``sum a_i z_i >= share x adults``, of everybody and of the inner areas."""
    demand = layout.case.demand
    for rule, share, people in (
        ("cover_share", wishes.cover_share, demand.adults),
        ("inner_share", wishes.inner_share, np.where(demand.is_inner, demand.adults, 0.0)),
    ):
        if share is not None:
            needed = share * people.sum() - layout.always_covered(people) - ROUNDING
            if layout.case.adults_per_hour is None and (people % 1 == 0).all():
                # Whole people: half of one below changes no choice, and spares HiGHS its rounding,
                # which takes a row of millions that must hold to the last digit for impossible.
                needed = np.ceil(needed) - HALF_A_PERSON
            yield at_least(rule, {"covered": one_row(layout.weights(people))}, needed)


def _place_rows(layout: Layout) -> Iterator[Rows]:
    """``sum s_c >= 1`` over what is required, ``s_c <= 0`` where it is excluded."""
    case, n_sites = layout.case, layout.sizes["site"]
    if case.excluded.size:
        n_rows = case.excluded.size
        site = incidence(np.arange(n_rows), case.excluded, (n_rows, n_sites))
        labels = tuple(case.candidate_ids[case.excluded].tolist())
        yield at_most("exclude", {"site": site}, np.zeros(n_rows), labels)
    yield from _group_rows("require", case.required, n_sites)


def _area_rows(layout: Layout) -> Iterator[Rows]:
    """``sum s_c >= n`` over the candidates of each province, union or area named."""
    case, n_sites = layout.case, layout.sizes["site"]
    yield from _group_rows("per_province", case.areas_province, n_sites)
    yield from _group_rows("per_union", case.areas_union, n_sites)
    yield from _group_rows("at_least", case.areas_named, n_sites)


def _group_rows(rule: str, groups: tuple[Group, ...], n_sites: int) -> Iterator[Rows]:
    if groups:
        sizes = [group.candidates.size for group in groups]
        row = np.repeat(np.arange(len(groups)), sizes)
        column = np.concatenate([group.candidates for group in groups])
        site = incidence(row, column, (len(groups), n_sites))
        least = np.array([float(group.n_sites) for group in groups])
        yield at_least(rule, {"site": site}, least, tuple(group.name for group in groups))


def _spacing_rows(layout: Layout) -> Iterator[Rows]:
    """``s_a + s_b <= 1`` for sites too near each other, ``s_c + k_d <= 1`` for site and desk."""
    case, sizes = layout.case, layout.sizes
    ids, pairs = case.candidate_ids, case.near_sites
    if len(pairs):
        row = np.repeat(np.arange(len(pairs)), 2)
        site = incidence(row, pairs.ravel(), (len(pairs), sizes["site"]))
        labels = tuple(f"{ids[a]} - {ids[b]}" for a, b in pairs.tolist())
        yield at_most("spacing", {"site": site}, np.ones(len(pairs)), labels)
    near = case.near_desks
    if len(near):
        row = np.arange(len(near))
        is_free = case.seats.is_free[near[:, 1]]
        desk = np.searchsorted(layout.free_desks, near[is_free, 1])
        parts: Parts = {
            "site": incidence(row, near[:, 0], (len(near), sizes["site"])),
            "desk": incidence(row[is_free], desk, (len(near), sizes["desk"])),
        }
        labels = tuple(f"{ids[c]} - {case.seats.desk_ids[d]}" for c, d in near.tolist())
        yield at_most("spacing", parts, is_free.astype(np.float64), labels)


def _closing_rows(layout: Layout, wishes: SitingWishes) -> Iterator[Rows]:
    """``sum k_d <= closable - n`` over the desks that may close."""
    if wishes.close_desks:
        is_closable = layout.case.seats.is_closable[layout.free_desks]
        most = float(is_closable.sum() - wishes.close_desks)
        yield at_most("close_desks", {"desk": one_row(is_closable)}, most)


def ceiling_rows(layout: Layout, max_min: float, *, rule: str = "max_min") -> Rows:
    """``sum s_c + sum k_d >= 1`` over what each place reaches in time, if no fixed desk serves.

    A place that nothing can reach in time has an empty row: infeasible unless it is relaxed.
    """
    case = layout.case
    needs = np.flatnonzero(case.demand.is_peopled & (case.fixed_min > max_min))
    near = case.to_site.travel_min <= max_min
    row_of = np.full(case.demand.adults.size, -1, dtype=np.intp)
    row_of[needs] = np.arange(needs.size)
    row = row_of[case.to_site.origin[near]]
    site = incidence(
        row[row >= 0],
        case.to_site.destination[near][row >= 0].astype(np.intp),
        (needs.size, layout.sizes["site"]),
    )
    in_time = (case.to_desk.travel_min <= max_min) & case.seats.is_free[case.to_desk.destination]
    desk_row = row_of[case.to_desk.origin[in_time]]
    column = np.searchsorted(layout.free_desks, case.to_desk.destination[in_time])
    desk = incidence(
        desk_row[desk_row >= 0], column[desk_row >= 0], (needs.size, layout.sizes["desk"])
    )
    labels = tuple(case.demand.place_ids[needs].tolist())
    return at_least(rule, {"site": site, "desk": desk}, np.ones(needs.size), labels)


def _honour_rows(layout: Layout, wishes: SitingWishes) -> Iterator[Rows]:
    """``y_o <= 0`` for points whose catchment cannot honour their target."""
    options = layout.case.options
    unable = np.flatnonzero(~options.is_honoured).astype(np.intp)
    if wishes.honour_targets and unable.size:
        option = incidence(np.arange(unable.size), unable, (unable.size, layout.sizes["option"]))
        labels = tuple(layout.case.candidate_ids[options.candidate[unable]].tolist())
        yield at_most("honour_targets", {"option": option}, np.zeros(unable.size), labels)


__all__ = [
    "ROUNDING",
    "STRUCTURE",
    "Rows",
    "at_least",
    "at_most",
    "ceiling_rows",
    "incidence",
    "one_row",
    "wish_rows",
]
