"""Columns and rows of the seasonal model; `model` says what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from capillare.geo.season_rules import SeasonRules
    from capillare.planning.seasons.model import Demand
    from capillare.planning.seasons.question import SeasonQuestion

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]

_FREE = np.inf


class Rows:
    """Constraints collected block by block, each over some kinds of columns."""

    def __init__(self, first: Mapping[str, int]) -> None:
        self._first = first
        self._parts: list[tuple[int, int, sparse.coo_array]] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._n_rows = 0

    def add(
        self,
        blocks: Mapping[str, sparse.coo_array | sparse.csr_array | sparse.dia_array],
        *,
        lower: Floats | float = -_FREE,
        upper: Floats | float = _FREE,
    ) -> None:
        """Add rows ``lower <= sum of block x columns of its kind <= upper``."""
        n_rows = next(iter(blocks.values())).shape[0]
        for kind, block in blocks.items():
            self._parts.append((self._n_rows, self._first[kind], sparse.coo_array(block)))
        self._lower.append(np.broadcast_to(lower, n_rows).astype(np.float64))
        self._upper.append(np.broadcast_to(upper, n_rows).astype(np.float64))
        self._n_rows += n_rows

    def matrix(self, n_columns: int) -> sparse.csr_array:
        """Return all rows."""
        down = np.concatenate([part.coords[0] + row for row, _, part in self._parts])
        right = np.concatenate([part.coords[1] + column for _, column, part in self._parts])
        entries = np.concatenate([part.data for _, _, part in self._parts]).astype(np.float64)
        return sparse.csr_array((entries, (down, right)), shape=(self._n_rows, n_columns))

    def lower(self) -> Floats:
        """Return the lower bounds."""
        return np.concatenate(self._lower)

    def upper(self) -> Floats:
        """Return the upper bounds."""
        return np.concatenate(self._upper)


@dataclass(frozen=True, eq=False)
class Columns:
    """Where the columns of a block's model are, and what they are worth.

    Columns of a seat (or place) and month stand at ``row * n_months + month`` of their kind.

    Attributes
    ----------
    demand
        Of the block.
    of_point
        Which point each of its seats belongs to, shape (n_points, n_seats), 0 and 1.
    spare
        Hours a week that each point may move, shape (n_points,).
    rules
        Livability.
    first
        First column of each kind: ``h``, ``y``, ``u``, ``c`` (seats), ``cp`` (main seats), ``z``.
    n_columns
        All of them.
    full_hours
        `T`.
    months_open
        Months that one of the model's stands for in the cost.
    """

    demand: Demand
    of_point: sparse.csr_array
    spare: Floats
    rules: SeasonRules
    first: Mapping[str, int]
    n_columns: int
    full_hours: float
    months_open: int

    @classmethod
    def of(
        cls,
        question: SeasonQuestion,
        demand: Demand,
        seats: Indices,
        rules: SeasonRules,
        *,
        months_open: int,
    ) -> Columns:
        """Lay out the columns of a block."""
        points, row = np.unique(question.seat_point[seats], return_inverse=True)
        n_months = demand.hour_people.shape[1]
        sizes = {
            "h": seats.size * n_months,
            "y": seats.size * n_months,
            "u": seats.size,
            "c": seats.size * n_months if n_months > 1 else 0,
            "cp": points.size * n_months if n_months > 1 else 0,
            "z": len(demand.people) * n_months,
        }
        ends = np.cumsum([0, *sizes.values()])
        ones = (np.ones(seats.size), (row, np.arange(seats.size)))
        return cls(
            demand=demand,
            of_point=sparse.csr_array(ones, shape=(points.size, seats.size)),
            spare=(question.hours - question.floors(rules))[points],
            rules=rules,
            first=dict(zip(sizes, ends[:-1].tolist(), strict=True)),
            n_columns=int(ends[-1]),
            full_hours=question.full_hours,
            months_open=months_open,
        )

    @property
    def n_months(self) -> int:
        """Months of the model."""
        return int(self.demand.hour_people.shape[1])

    @property
    def n_seats(self) -> int:
        """Seats of the block."""
        return int(self.of_point.shape[1])

    def hours_of(self, solution: Floats) -> Floats:
        """Read the seats' hours out of a solution, shape (n_seats, n_months)."""
        return solution[: self.n_seats * self.n_months].reshape(self.n_seats, self.n_months)

    def solution_of(self, hours: Floats) -> Floats:
        """Return the best solution with given hours of the seats, shape (n_seats, n_months)."""
        demand, is_open = self.demand, (hours > 0).astype(np.float64)
        steps = np.abs(hours - np.roll(hours, 1, axis=1)) > 0
        of_main = self.of_point @ hours
        main_steps = np.abs(of_main - np.roll(of_main, 1, axis=1)) > 0
        parts = {
            "h": hours,
            "y": is_open,
            "u": is_open.max(axis=1),
            "c": steps if self.n_months > 1 else steps[:0],
            "cp": main_steps if self.n_months > 1 else main_steps[:0],
            "z": np.minimum(demand.reach @ is_open, 1.0),
        }
        return np.concatenate([part.astype(np.float64).ravel() for part in parts.values()])

    def objective(self) -> Floats:
        """Return what each column is worth."""
        rules, demand = self.rules, self.demand
        per_month = rules.seat_month_eur * self.months_open / rules.worth_eur
        parts = {
            "h": (demand.hour_people * (1 - rules.reach_share) / self.full_hours).ravel(),
            "y": np.full(self.n_seats * self.n_months, -per_month),
            "u": np.full(self.n_seats, -rules.seat_year_eur / rules.worth_eur),
            "z": (demand.people * rules.reach_share).ravel(),
        }
        worth = np.zeros(self.n_columns)
        for kind, part in parts.items():
            worth[self.first[kind] : self.first[kind] + part.size] = part
        return worth

    def upper(self) -> Floats:
        """Return the upper bound of each column; the lower is 0."""
        upper = np.ones(self.n_columns)
        spare_of_seat = self.of_point.T @ self.spare
        upper[: self.n_seats * self.n_months] = np.repeat(spare_of_seat, self.n_months)
        upper[self.first["y"] : self.first["u"]] = self.demand.may_open.ravel()
        return upper

    def is_integer(self) -> NDArray[np.bool_]:
        """Whether each column is whole: all but ``z``."""
        whole = np.ones(self.n_columns, dtype=np.bool_)
        whole[self.first["z"] :] = False
        return whole

    def all_rows(self) -> Rows:
        """Return every constraint."""
        rows = Rows(self.first)
        self._add_service(rows)
        self._add_openings(rows)
        if self.n_months > 1:
            self._add_changes(rows)
        return rows

    def _by_month(self, matrix: sparse.csr_array | sparse.dia_array) -> sparse.coo_array:
        return sparse.kron(matrix, sparse.eye_array(self.n_months), format="coo")

    def _over_months(self, matrix: sparse.csr_array | sparse.dia_array) -> sparse.coo_array:
        """Sum over the months."""
        return sparse.kron(matrix, np.ones((1, self.n_months)), format="coo")

    def _add_service(self, rows: Rows) -> None:
        reach = self.demand.reach
        if reach.shape[0]:
            every = sparse.eye_array(reach.shape[0] * self.n_months)
            rows.add({"z": every, "y": -self._by_month(reach)}, upper=0.0)

    def _add_openings(self, rows: Rows) -> None:
        rules, every_seat = self.rules, sparse.eye_array(self.n_seats)
        spare_of_seat = sparse.diags_array(self.of_point.T @ self.spare)
        hours = self._by_month(every_seat)
        rows.add({"h": hours, "y": -rules.least_opening_hours * hours}, lower=0.0)
        rows.add({"h": hours, "y": -self._by_month(spare_of_seat)}, upper=0.0)
        rows.add({"h": self._by_month(self.of_point)}, upper=np.repeat(self.spare, self.n_months))
        used = sparse.kron(every_seat, np.ones((self.n_months, 1)), format="coo")
        rows.add({"y": hours, "u": -used}, upper=0.0)
        rows.add({"u": self.of_point}, upper=float(rules.most_seats - 1))
        rows.add(
            {
                "u": rules.seat_year_eur * self.of_point,
                "y": rules.seat_month_eur * self.months_open * self._over_months(self.of_point),
            },
            upper=rules.budget_eur,
        )

    def _add_changes(self, rows: Rows) -> None:
        """Bind the hours of each month to those of the month before, December to January too."""
        step = sparse.csr_array(np.eye(self.n_months) - np.roll(np.eye(self.n_months), -1, axis=1))
        every_seat = sparse.eye_array(self.n_seats)
        spare_of_seat = self.of_point.T @ self.spare
        for kind, of_change, scale in (
            ("h", "c", spare_of_seat),
            ("y", "c", np.ones(self.n_seats)),
        ):
            difference = sparse.kron(every_seat, step, format="coo")
            allowed = self._by_month(sparse.diags_array(scale))
            rows.add({kind: difference, of_change: -allowed}, upper=0.0)
            rows.add({kind: difference, of_change: allowed}, lower=0.0)
        difference = sparse.kron(self.of_point, step, format="coo")
        allowed = self._by_month(sparse.diags_array(self.spare))
        rows.add({"h": difference, "cp": -allowed}, upper=0.0)
        rows.add({"h": difference, "cp": allowed}, lower=0.0)
        for kind, n_rows in (("c", self.n_seats), ("cp", self.spare.size)):
            rows.add(
                {kind: self._over_months(sparse.eye_array(n_rows))},
                upper=float(self.rules.most_changes),
            )
