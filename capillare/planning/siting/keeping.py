"""Which points to keep, so that those who must go elsewhere have least far to go.

Of the sets of points that keep most adults within reach (see `capillare.planning.siting.calls`),
the one that is nearest to everybody. Points p are kept (y_p, binary), N of them; demand i of w_i
adults goes to a kept point (x_ip), to a desk that belongs to no point (e_i), or nowhere (u_i)::

    minimise    sum_i w_i (sum_p t_ip x_ip + t_i e_i + F u_i)
    subject to  sum_p x_ip + e_i + u_i = 1     for each demand i
                x_ip <= y_p                    for each pair
                sum_p y_p = N
                z_i - sum_p r_ip y_p <= 0      for each demand i (z_i, at most 1: within reach)
                sum_i w_i z_i >= the most adults that any N points keep within reach

t in minutes, F for nowhere (a p-median with N fixed: Hakimi 1964; ReVelle and Swain 1970). With C
points to close, nobody's nearest kept point is beyond the C + 1st nearest: only those pairs enter.
Points that stand in one place are alike to the model; of these, those with most hours are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from capillare.planning.solver import Model, solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.solver import Answer

    Indices = NDArray[np.intp]
    Floats = NDArray[np.float64]

_HALF = 0.5
_PERSON_PART = 0.5
"""People are whole: half a person of slack lets nobody go, and spares the solver its rounding."""


@dataclass(frozen=True, eq=False)
class Keeping:
    """The question: demand, points and what must be kept.

    Attributes
    ----------
    adults
        Adults of each demand, shape (n_demand,).
    minutes
        Minutes to each point's nearest desk, infinite where there is none, shape
        (n_demand, n_points).
    elsewhere_min
        Minutes to the nearest desk that belongs to no point; infinite without, shape (n_demand,).
    within_min
        What counts as within reach.
    forced
        Points that are kept anyway.
    n_kept
        How many are kept.
    far_min
        Minutes that nowhere counts as; longer ways count no more.
    """

    adults: NDArray[np.int64]
    minutes: Floats
    elsewhere_min: Floats
    within_min: float
    forced: Indices
    n_kept: int
    far_min: float

    def person_minutes(self, kept: Indices) -> float:
        """Adults x minutes to the nearest desk that stays, counted from the points kept."""
        nearest = np.minimum(self.minutes[:, kept].min(axis=1, initial=np.inf), self.elsewhere_min)
        return float(self.adults @ np.minimum(nearest, self.far_min))

    def people(self, kept: Indices) -> int:
        """Adults within reach of a desk that stays."""
        nearest = np.minimum(self.minutes[:, kept].min(axis=1, initial=np.inf), self.elsewhere_min)
        return int(self.adults[nearest <= self.within_min].sum())


def keep_nearest(
    keeping: Keeping, start: Indices, *, node_limit: int | None = None
) -> tuple[Indices, Answer]:
    """Choose, of the sets that keep as many adults within reach as `start`, the nearest.

    Parameters
    ----------
    keeping
        The question.
    start
        A set of points that keeps most adults within reach.
    node_limit
        Nodes of the search tree after which the search stops.

    Returns
    -------
    The points to keep, ascending (`start` where nothing better was found), and the solver's answer
    about person-minutes.
    """
    pairs = _useful_pairs(keeping)
    answer = solve_model(_model(keeping, pairs, keeping.people(start)), node_limit=node_limit)
    n_points = keeping.minutes.shape[1]
    kept = np.flatnonzero(answer.columns[:n_points] > _HALF) if answer.columns.size else start
    is_good = keeping.people(kept) >= keeping.people(start) and kept.size == keeping.n_kept
    best = min([kept if is_good else start, start], key=keeping.person_minutes)
    return np.sort(best), answer


def with_most_hours(keeping: Keeping, kept: Indices, hours: Floats) -> Indices:
    """Exchange kept points for others at the same minutes from everybody that have more hours."""
    _, place = np.unique(keeping.minutes, axis=1, return_inverse=True)
    place = np.ravel(place)
    is_forced = np.isin(np.arange(place.size), keeping.forced)
    chosen = np.zeros(place.size, dtype=np.bool_)
    for here in np.unique(place[kept]):
        members = np.flatnonzero(place == here)
        best = members[np.lexsort((members, -hours[members], ~is_forced[members]))]
        chosen[best[: int((place[kept] == here).sum())]] = True
    return np.flatnonzero(chosen)


def _useful_pairs(keeping: Keeping) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs that may be somebody's nearest: demand and point of each."""
    n_points = keeping.minutes.shape[1]
    nearest = np.argsort(keeping.minutes, axis=1, kind="stable")
    rank = np.empty_like(nearest)
    np.put_along_axis(rank, nearest, np.arange(n_points)[None, :], axis=1)
    # The first point that is kept anyway, or desk of no point, bars all beyond it.
    bar = np.minimum(
        keeping.minutes[:, keeping.forced].min(axis=1, initial=np.inf),
        np.minimum(keeping.elsewhere_min, keeping.far_min),
    )
    is_useful = (rank <= n_points - keeping.n_kept) & (keeping.minutes <= bar[:, None])
    is_useful &= np.isfinite(keeping.minutes) & (keeping.adults > 0)[:, None]
    demand, point = np.nonzero(is_useful)
    return demand, point


def _model(
    keeping: Keeping, pairs: tuple[NDArray[np.int64], NDArray[np.int64]], people: int
) -> Model:
    """Build the model of this module; columns are y, x of the useful pairs, e or u, and z."""
    demand, point = pairs
    n_demand, n_points = keeping.minutes.shape
    n_pairs = demand.size
    x = n_points + np.arange(n_pairs)
    rest = n_points + n_pairs + np.arange(n_demand)
    z = n_points + n_pairs + n_demand + np.arange(n_demand)
    n_columns = n_points + n_pairs + 2 * n_demand
    reach = sparse.coo_array(keeping.minutes <= keeping.within_min)
    reached, by = (cells.astype(np.int64) for cells in reach.coords)
    adults = keeping.adults.astype(np.float64)
    own = np.arange(n_pairs)
    rows = [
        _rows(n_demand, n_columns, (demand, x), (np.arange(n_demand), rest)),
        _rows(n_pairs, n_columns, (own, x)) - _rows(n_pairs, n_columns, (own, point)),
        _rows(1, n_columns, (np.zeros(n_points, np.int64), np.arange(n_points))),
        _rows(n_demand, n_columns, (np.arange(n_demand), z))
        - _rows(n_demand, n_columns, (reached, by)),
        sparse.csr_array((adults, (np.zeros(n_demand, np.int64), z)), shape=(1, n_columns)),
    ]
    served = np.where(keeping.elsewhere_min <= keeping.within_min, 1.0, 0.0)
    elsewhere = adults * np.minimum(keeping.elsewhere_min, keeping.far_min)
    lower = np.zeros(n_columns)
    lower[keeping.forced] = 1.0
    return Model(
        objective=np.r_[
            np.zeros(n_points),
            adults[demand] * keeping.minutes[demand, point],
            elsewhere,
            np.zeros(n_demand),
        ],
        lower=lower,
        upper=np.ones(n_columns),
        is_integer=np.arange(n_columns) < n_points,
        rows=sparse.csr_array(sparse.vstack(rows)),
        row_lower=np.r_[
            np.ones(n_demand),
            np.full(n_pairs, -np.inf),
            float(keeping.n_kept),
            np.full(n_demand, -np.inf),
            people - _PERSON_PART,
        ],
        row_upper=np.r_[
            np.ones(n_demand), np.zeros(n_pairs), float(keeping.n_kept), served, np.inf
        ],
        sense="minimize",
    )


def _rows(
    n_rows: int, n_columns: int, *cells: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> sparse.csr_array:
    """Return rows with ones in the given cells."""
    row = np.concatenate([rows for rows, _ in cells])
    column = np.concatenate([columns for _, columns in cells])
    return sparse.csr_array((np.ones(row.size), (row, column)), shape=(n_rows, n_columns))


__all__ = ["Keeping", "keep_nearest", "with_most_hours"]
