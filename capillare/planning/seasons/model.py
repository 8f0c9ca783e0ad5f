"""The seasonal model: hours of seats month by month, as arrays for the solver.

Symbols: points p with hours ``H_p`` and a main seat that keeps ``L_p``; seasonal seats j of point
``p(j)``; months m on a ring; places i with ``N_im`` people present; ``a_ij`` whether i reaches seat
j; ``v_ij`` what an hour of seat j is worth to i: 1 at its door, ``edge_worth`` at the end of
reach, 0 beyond and for the people of other points (a place belongs to the desk nearest to it);
``v_ip`` the same of the main seat; ``T`` full hours; ``w`` the share of a person's worth that is
being within reach; ``e`` euros that a person-month is worth; ``S`` seats, ``C`` changes, ``B``
euros, ``l`` least hours of an opening.

Decide hours ``h_jm`` (whole, 0 where shut; the main seat has the rest), openings ``y_jm``, seats
used ``u_j``, changes ``c_jm`` and, of main seats, ``c_pm``:

maximise   w sum_im N_im z_im + (1 - w) / T sum_jm h_jm sum_i N_im (v_ij - v_ip(j))
           - (sum_j f u_j + sum_jm r y_jm) / e
subject to z_im <= sum_j a_ij y_jm, z_im <= 1    (only where no main seat or other desk is near)
           l y_jm <= h_jm <= (H_p - L_p) y_jm,   sum_{j of p} h_jm <= H_p - L_p
           y_jm <= u_j,   y_jm = 0 out of season,   1 + sum_{j of p} u_j <= S,   cost of p <= B
           |h_jm - h_j,m-1| <= (H_p - L_p) c_jm,   |y_jm - y_j,m-1| <= c_jm,   sum_m c_jm <= C
           the same for the main seats' hours with c_pm.

People count once: ``z`` belongs to the place, whichever points' seats are near, so points that may
bring one place within reach are decided together; hours count for the point a place belongs to, so
no point draws another's people. ``z`` need not be whole. Places alike in ``a`` are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from capillare.planning.seasons.columns import Columns
from capillare.planning.solver import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.season_rules import SeasonRules
    from capillare.planning.seasons.question import SeasonQuestion

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Demand:
    """What the seats may bring, places alike merged.

    Attributes
    ----------
    reach
        Whether places that no main seat and no fixed desk reaches, reach each seat: CSR of ones,
        shape (n_demand, n_seats).
    people
        Of those places, shape (n_demand, n_months).
    hour_people
        People-equivalents gained per hour moved from the main seat to each seat, shape
        (n_seats, n_months); times people, not yet over full hours.
    may_open
        Whether each seat may open, same shape.
    """

    reach: sparse.csr_array
    people: Floats
    hour_people: Floats
    may_open: NDArray[np.bool_]

    def at(self, rows: Indices, seats: Indices) -> Demand:
        """Take rows and seats."""
        return Demand(
            self.reach[rows][:, seats],
            self.people[rows],
            self.hour_people[seats],
            self.may_open[seats],
        )

    def whole_year(self) -> Demand:
        """Sum the months up; a seat may open if it may in all of them."""
        return Demand(
            self.reach,
            self.people.sum(axis=1, keepdims=True),
            self.hour_people.sum(axis=1, keepdims=True),
            np.asarray(self.may_open.all(axis=1, keepdims=True)),
        )


def find_demand(question: SeasonQuestion) -> Demand:
    """Find what the seats may bring to whom."""
    moved = question.seat_worth - question.main_worth[:, question.seat_point]
    is_far = ~question.has_fixed & (np.diff(question.main_near.indptr) == 0)
    reach = sparse.csr_array(
        sparse.diags_array(is_far.astype(np.float64)) @ question.seat_near.astype(np.float64)
    )
    reach.eliminate_zeros()
    rows = np.flatnonzero((np.diff(reach.indptr) > 0) & (question.people.sum(axis=1) > 0))
    looks, group = np.unique(reach[rows].toarray(), axis=0, return_inverse=True)
    people = np.zeros((len(looks), question.n_months))
    np.add.at(people, group.ravel(), question.people[rows])
    return Demand(
        sparse.csr_array(looks),
        people,
        np.asarray(moved.T @ question.people),
        question.may_open,
    )


def _of_points(point: Indices, n_points: int) -> sparse.csr_array:
    return sparse.csr_array(
        (np.ones(point.size), (np.arange(point.size), point)), shape=(point.size, n_points)
    )


def find_blocks(question: SeasonQuestion, demand: Demand) -> list[tuple[Indices, Indices]]:
    """Part seats and demand into blocks that share nothing: (seats, demand rows) of each.

    Seats of one point share its hours; points that may bring one place within reach share it.
    """
    n_points = question.hours.size
    by_point = demand.reach @ _of_points(question.seat_point, n_points)
    _, label = csgraph.connected_components(by_point.T @ by_point, directed=False)
    blocks = []
    columns = demand.reach.tocsc()
    for block in np.unique(label[question.seat_point]):
        seats = np.flatnonzero(label[question.seat_point] == block).astype(np.int64)
        blocks.append((seats, np.unique(columns[:, seats].indices).astype(np.int64)))
    return blocks


def season_model(
    question: SeasonQuestion,
    demand: Demand,
    seats: Indices,
    rules: SeasonRules,
    *,
    months_open: int = 1,
) -> tuple[Model, Columns]:
    """Build the model of one block.

    Parameters
    ----------
    question, rules
        What is asked.
    demand
        Rows and seats of the block.
    seats
        Its seats in the question, ascending.
    months_open
        For how many months each of the model's stands in the cost: 12 in a year-round model, whose
        `demand.people` is one column.

    Returns
    -------
    The model, and where its columns are.
    """
    columns = Columns.of(question, demand, seats, rules, months_open=months_open)
    rows = columns.all_rows()
    return (
        Model(
            objective=columns.objective(),
            lower=np.zeros(columns.n_columns),
            upper=columns.upper(),
            is_integer=columns.is_integer(),
            rows=rows.matrix(columns.n_columns),
            row_lower=rows.lower(),
            row_upper=rows.upper(),
            sense="maximize",
        ),
        columns,
    )
