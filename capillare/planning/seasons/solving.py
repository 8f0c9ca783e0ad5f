"""The best seasonal plan, the best plan that never changes, and what was proved of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.seasons.model import find_blocks, find_demand, season_model
from capillare.planning.seasons.question import SeatHours, count_served
from capillare.planning.solver import Answer, relative_gap, solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.season_rules import SeasonRules
    from capillare.geo.settings import Effort
    from capillare.planning.seasons.model import Demand
    from capillare.planning.seasons.question import SeasonQuestion, Served
    from capillare.planning.solver import Status, Stop

    Indices = NDArray[np.int64]

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Search:
    """When the search of a block may stop."""

    gap: float
    nodes: int


SEARCHES: dict[str, Search] = {
    "quick": Search(gap=1e-2, nodes=200),
    "normal": Search(gap=1e-3, nodes=5_000),
    "best": Search(gap=0.0, nodes=500_000),
}


@dataclass(frozen=True, eq=False)
class SeasonAnswer:
    """A seasonal plan with the year-round one beside it, and what was proved.

    Attributes
    ----------
    plan, year_round
        Hours of the seasonal seats.
    served, served_year_round, served_today
        Whom the two plans serve, and the network as it is.
    status
        ``optimal`` if every block was proved, else ``feasible``.
    objective, bound
        Person-months that the plan is worth, recomputed from its hours; no plan is worth more than
        `bound`.
    gap
        ``|objective - bound| / max(|objective|, 1)``.
    seconds
        Wall time.
    n_blocks
        Groups of points decided apart.
    stopped_by
        Limit that ended a proof; empty if none did.
    """

    plan: SeatHours
    year_round: SeatHours
    served: Served
    served_year_round: Served
    served_today: Served
    status: Status
    objective: float
    bound: float
    gap: float
    seconds: float
    n_blocks: int
    stopped_by: Stop

    @property
    def gain_bound(self) -> float:
        """No plan is worth more than this over the network as it is, person-months."""
        return self.bound - self.served_today.worth


def solve_seasons(
    question: SeasonQuestion,
    rules: SeasonRules,
    *,
    effort: Effort = "normal",
    time_limit_s: float | None = None,
) -> SeasonAnswer:
    """Find the best seasonal plan of some points.

    Points that share no place that a seat matters to are decided apart (`find_blocks`), each block
    first year-round, which then starts the search of the seasonal one. Where seasons gain nothing,
    the block keeps its year-round plan. The same input gives the same plan unless `time_limit_s`,
    the wall seconds allowed to each block, stops it.
    """
    began = perf_counter()
    n_seats, n_months = question.seat_point.size, question.n_months
    hours, still = np.zeros((n_seats, n_months)), np.zeros((n_seats, n_months))
    shut = SeatHours(np.zeros((n_seats, n_months)))
    today = count_served(question, shut, rules)
    demand = find_demand(question)
    bound, stops = today.worth, []
    blocks = find_blocks(question, demand)
    for seats, rows in blocks:
        block = _Block(question, rules, seats, demand.at(rows, seats))
        fixed, seasonal = block.solve(SEARCHES[effort], time_limit_s)
        still[seats], hours[seats] = fixed, seasonal.hours
        bound += seasonal.gain_bound
        stops.append(seasonal.stopped_by)
    plan, year_round = SeatHours(hours), SeatHours(still)
    served = count_served(question, plan, rules)
    is_proved = abs(bound - served.worth) <= _TOLERANCE * max(abs(bound), 1.0)
    stop: Stop = next((stop for stop in ("time", "nodes", "gap", "solver") if stop in stops), "")
    return SeasonAnswer(
        plan=plan,
        year_round=year_round,
        served=served,
        served_year_round=count_served(question, year_round, rules),
        served_today=today,
        status="optimal" if is_proved else "feasible",
        objective=served.worth,
        bound=max(bound, served.worth),
        gap=0.0 if is_proved else relative_gap(served.worth, bound),
        seconds=perf_counter() - began,
        n_blocks=len(blocks),
        stopped_by="" if is_proved else stop,
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """Hours of a block's seats, and a bound on what any plan of it gains over none."""

    hours: NDArray[np.float64]
    gain_bound: float
    stopped_by: Stop


@dataclass(frozen=True, eq=False)
class _Block:
    """Points that are decided together."""

    question: SeasonQuestion
    rules: SeasonRules
    seats: Indices
    demand: Demand

    def solve(
        self, search: Search, time_limit_s: float | None
    ) -> tuple[NDArray[np.float64], _Found]:
        """Return the hours that never change, and those that follow the season."""
        n_months = self.question.n_months
        shut = np.zeros((self.seats.size, 1))
        still = self._run(
            self.demand.whole_year(), shut, search, time_limit_s, months_open=n_months
        )
        fixed = np.repeat(still.hours, n_months, axis=1)
        if self.rules.most_changes < 2:  # noqa: PLR2004 (one way there and one back)
            return fixed, replace(still, hours=fixed)
        return fixed, self._run(self.demand, fixed, search, time_limit_s, months_open=1)

    def _run(
        self,
        demand: Demand,
        start: NDArray[np.float64],
        search: Search,
        time_limit_s: float | None,
        *,
        months_open: int,
    ) -> _Found:
        """Solve the block; `start` stays where nothing better is found."""
        if not demand.may_open.any():
            return _Found(start, 0.0, "")
        model, columns = season_model(
            self.question, demand, self.seats, self.rules, months_open=months_open
        )
        first = columns.solution_of(start)
        answer: Answer = solve_model(
            model,
            mip_gap=search.gap,
            node_limit=search.nodes,
            time_limit_s=time_limit_s,
            start=first,
        )
        before = float(model.objective @ first)
        is_better = answer.columns.size > 0 and answer.objective > before + _TOLERANCE
        hours = np.round(columns.hours_of(answer.columns), 6) + 0.0 if is_better else start
        # With every seat shut a block's columns are worth nothing: the bound is one on the gain.
        return _Found(hours, max(answer.bound, before), answer.stopped_by)
