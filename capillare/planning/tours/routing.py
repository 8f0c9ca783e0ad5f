"""The one room that talks to PyVRP: calls to make, vehicles to make them with, routes out.

A *call* is one visit that may be made in one of several ways, its options: in the morning or in
the afternoon, on one day or another. Exactly one option is used of a required call, at most one of
any other, which is worth its prize. Vehicles start and end at a base within their hours. Minimised
is the distance driven plus the prizes forgone.

Method: PyVRP's iterated local search, Wouda, Lan and Kool 2024, INFORMS Journal on Computing
36(4), 943-955; mutually exclusive client groups hold the options. It is a heuristic: it proves
nothing. It stops by iterations, with a fixed seed, so that the same problem has the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from capillare.geo.errors import ConfigError
from capillare.geo.stopping import heed_stop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pyvrp
    from numpy.typing import NDArray

NEVER = 10**9
"""Later than any hour of a problem."""
SEED = 20260101


@dataclass(frozen=True)
class Option:
    """One way to make a call.

    Attributes
    ----------
    where
        Row of the location in the matrices.
    early, late
        When service may start.
    service
        How long it lasts.
    load
        What it takes of a vehicle's capacity.
    prize
        What it is worth if the call need not be made.
    """

    where: int
    early: int = 0
    late: int = NEVER
    service: int = 0
    load: int = 0
    prize: int = 0


@dataclass(frozen=True)
class Call:
    """A visit with its options; the key says what it is."""

    key: object
    options: tuple[Option, ...]
    is_required: bool = True


@dataclass(frozen=True)
class Fleet:
    """Vehicles of one kind.

    Attributes
    ----------
    base
        Row of the location where they start and end.
    n
        How many there are.
    early, late
        Hours away from the base.
    capacity, max_duration
        Load and time of one route at most.
    """

    base: int
    n: int
    early: int = 0
    late: int = NEVER
    capacity: int = NEVER
    max_duration: int = NEVER


@dataclass(frozen=True, eq=False)
class Problem:
    """Calls, vehicles, and the distance and time from location to location, whole numbers."""

    calls: tuple[Call, ...]
    fleets: tuple[Fleet, ...]
    distance: NDArray[np.int64]
    duration: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Refuse matrices that do not fit each other, and calls without options."""
        if self.distance.shape != self.duration.shape:
            raise ConfigError(
                f"routes: distances {self.distance.shape} and times {self.duration.shape} differ "
                "in shape."
            )
        empty = [call.key for call in self.calls if not call.options]
        if empty:
            raise ConfigError(f"routes: {len(empty)} calls have no option, first {empty[0]!r}.")


@dataclass(frozen=True)
class Route:
    """Calls of one vehicle in order, each as (row of the call, row of its option)."""

    fleet: int
    calls: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Routes:
    """What a search found.

    Attributes
    ----------
    routes
        Routes that make calls.
    distance
        Driven in all.
    is_feasible
        Whether every limit holds and every required call is made.
    """

    routes: tuple[Route, ...]
    distance: int
    is_feasible: bool


class _Heeding:
    """A criterion of the router's that also ends the work once it is not wanted any more."""

    def __init__(self, own: Callable[[int], bool]) -> None:
        self._own = own

    def __call__(self, best_cost: int) -> bool:
        """Tell whether to stop here, by the criterion's own rule."""
        heed_stop()
        return self._own(best_cost)


def solve_routes(
    problem: Problem,
    *,
    iterations: int,
    seed: int = SEED,
    start: Sequence[Route] = (),
) -> Routes:
    """Route the calls of a problem.

    Parameters
    ----------
    problem
        Calls, vehicles and matrices.
    iterations
        Iterations of the local search.
    seed
        Of its random numbers.
    start
        Routes to start from; without any, random ones.
    """
    import pyvrp  # noqa: PLC0415 (paid only when tours are planned)
    from pyvrp.stop import MaxIterations  # noqa: PLC0415 (the same)

    if not problem.calls or not any(fleet.n for fleet in problem.fleets):
        return Routes((), 0, not any(call.is_required for call in problem.calls))
    data, owner = _as_data(problem)
    known = {pair: client for client, pair in enumerate(owner)}
    initial = None
    if start:
        routes = [
            pyvrp.Route(data, [known[pair] for pair in route.calls], route.fleet) for route in start
        ]
        initial = pyvrp.Solution(data, routes)
    found = pyvrp.solve(
        data,
        _Heeding(MaxIterations(iterations)),
        seed=seed % 2**31,
        collect_stats=False,
        display=False,
        initial_solution=initial,
    )
    # A search that was stopped has no answer.
    heed_stop()
    best = found.best
    routes_found = tuple(
        Route(
            int(route.vehicle_type()),
            tuple(owner[act.idx] for act in route if act.is_client()),
        )
        for route in best.routes()
    )
    return Routes(routes_found, int(best.distance()), bool(best.is_feasible()))


def _as_data(problem: Problem) -> tuple[pyvrp.ProblemData, list[tuple[int, int]]]:
    """Return PyVRP's form of a problem, and the call and option of each of its clients."""
    import pyvrp  # noqa: PLC0415 (paid only when tours are planned)

    clients: list[pyvrp.Client] = []
    groups: list[pyvrp.ClientGroup] = []
    owner: list[tuple[int, int]] = []
    for row, call in enumerate(problem.calls):
        is_group = len(call.options) > 1
        if is_group:
            first = len(clients)
            members = list(range(first, first + len(call.options)))
            groups.append(pyvrp.ClientGroup(members, required=call.is_required))
        for number, option in enumerate(call.options):
            owner.append((row, number))
            clients.append(
                pyvrp.Client(
                    option.where,
                    delivery=[option.load],
                    service_duration=option.service,
                    tw_early=option.early,
                    tw_late=option.late,
                    prize=option.prize,
                    required=call.is_required and not is_group,
                    group=len(groups) - 1 if is_group else None,
                )
            )
    kinds = [
        pyvrp.VehicleType(
            num_available=fleet.n,
            capacity=[fleet.capacity],
            start_depot=number,
            end_depot=number,
            tw_early=fleet.early,
            tw_late=fleet.late,
            shift_duration=fleet.max_duration,
        )
        for number, fleet in enumerate(problem.fleets)
    ]
    distance: Any = problem.distance  # PyVRP's stubs name another shape of array
    duration: Any = problem.duration
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(len(problem.distance))],
        clients=clients,
        depots=[pyvrp.Depot(fleet.base) for fleet in problem.fleets],
        vehicle_types=kinds,
        distance_matrices=[distance],
        duration_matrices=[duration],
        groups=groups,
    )
    return data, owner


__all__ = ["NEVER", "SEED", "Call", "Fleet", "Option", "Problem", "Route", "Routes", "solve_routes"]
