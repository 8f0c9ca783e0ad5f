"""Mobile tours: a month of six vans, and the engine against published instances.

Run with ``python -m benchmarks tours``. Six vans over four weeks and some 300 candidate stops of
Tuscany at normal effort; Cordeau's periodic instances and Solomon's with time windows, read in
place from ``CAPILLARE_INSTANCES`` (a folder that holds ``pvrp_cordeau``, ``vrptw_solomon`` and
``known_values.csv``), each as its ratio to the known value. Without them that is said, and a
generated instance is solved beside networkx's tours of it.
"""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.planning.network import describe_network
from capillare.planning.plan import plan_network_tours
from capillare.planning.scenario import Scenario
from capillare.planning.tours.periodic import Periodic, solve_periodic
from capillare.planning.tours.routing import Call, Fleet, Option, Problem, solve_routes

if TYPE_CHECKING:
    from numpy.typing import NDArray

AS_OF = date(2025, 4, 1)
N_VANS = 6
LIMIT_S = 120.0
SCALE = 100
"""Units of length in a unit of the instances: distances are whole numbers."""
SOLOMON_ITERATIONS = 10_000
SEED = 20250401
GENERATED_SPOTS = 120
GENERATED_ITERATIONS = 2_000


def main() -> None:
    """Print seconds of the month of vans, then ratios to known values."""
    time_tours()
    folder = Path(os.environ.get("CAPILLARE_INSTANCES", "instances"))
    if not (folder / "known_values.csv").is_file():
        print("published instances: no known_values.csv in CAPILLARE_INSTANCES; a generated one")
        show_generated()
        return
    known = read_known(folder / "known_values.csv")
    show_ratios("Cordeau, periodic", known["pvrp_cordeau"], folder / "pvrp_cordeau", solve_cordeau)
    show_ratios("Solomon, windows", known["vrptw_solomon"], folder / "vrptw_solomon", solve_solomon)


def time_tours() -> None:
    """Print seconds and worth of six vans over four weeks."""
    network = describe_network(Scenario(as_of=AS_OF))
    asked = replace(network, scenario=replace(network.scenario, vans=N_VANS))
    began = perf_counter()
    tours = plan_network_tours(asked)
    seconds = perf_counter() - began
    n_stops = int((~network.access.places["is_within"].astype(bool)).sum())
    gap = (tours.bound_people - tours.worth.people) / max(tours.worth.people, 1)
    hours = tours.worth.person_hours / max(tours.obvious.person_hours, 1)
    print(
        f"{N_VANS} vans, 4 weeks, {n_stops} candidate stops: {seconds:.0f} s "
        f"({seconds / LIMIT_S:.0%} of {LIMIT_S:g} s); {tours.worth.people} people, {gap:.2%} from "
        f"the bound; person-hours {hours:.2f} times the obvious plan's"
    )


def read_known(path: Path) -> dict[str, dict[str, float]]:
    """Read the known length of each instance; of Solomon's, the one for distance alone."""
    known: dict[str, dict[str, float]] = {"pvrp_cordeau": {}, "vrptw_solomon": {}}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            is_other = "vehicles first" in row["objective_convention"]
            if row["family"] in known and not is_other:
                known[row["family"]][row["instance"]] = float(row["optimum_or_best_known"])
    return known


def show_ratios(title: str, known: dict[str, float], folder: Path, solve: object) -> None:
    """Print each instance's length over the known one, their mean and the worst."""
    ratios = []
    for name, length in known.items():
        began = perf_counter()
        found = solve(folder / f"{name}.txt") / SCALE  # type: ignore[operator]  # one of the two below
        ratios.append(found / length)
        print(
            f"{title} {name}: {found:.2f} against {length:.2f}, ratio {ratios[-1]:.4f}, "
            f"{perf_counter() - began:.0f} s",
            flush=True,
        )
    print(f"{title}: mean ratio {np.mean(ratios):.4f}, worst {max(ratios):.4f}")


def show_generated() -> None:
    """Print one round of generated spots by the engine, and by networkx on the same lengths."""
    import networkx as nx  # noqa: PLC0415 (a peer, needed only here)

    approximation = nx.approximation
    spots = np.random.default_rng(SEED).uniform(0, 100, size=(GENERATED_SPOTS, 2))
    distance = lengths(spots)
    horizon = int(distance.sum())
    calls = tuple(Call(row, (Option(row, 0, horizon, 0, 1),)) for row in range(1, len(spots)))
    asked = Problem(calls, (Fleet(0, 1, 0, horizon, len(spots)),), distance, distance)
    began = perf_counter()
    found = solve_routes(asked, iterations=GENERATED_ITERATIONS).distance
    seconds = perf_counter() - began
    print(f"{len(spots)} generated spots, one round: {found / SCALE:.1f}, {seconds:.1f} s")
    graph = nx.from_numpy_array(distance)
    for name, solve in (
        ("christofides", approximation.christofides),
        ("greedy", approximation.greedy_tsp),
        (
            "annealing after greedy",
            lambda graph: approximation.simulated_annealing_tsp(graph, "greedy", seed=SEED),
        ),
    ):
        began = perf_counter()
        cycle = np.array(solve(graph))
        length = int(distance[cycle[:-1], cycle[1:]].sum())
        print(
            f"  networkx, {name}: {length / SCALE:.1f}, {perf_counter() - began:.1f} s; "
            f"the engine's is {found / length:.3f} of it"
        )


def solve_cordeau(path: Path) -> int:
    """Return the length found for a periodic instance."""
    return solve_periodic(read_cordeau(path)).distance


def read_cordeau(path: Path) -> Periodic:
    """Read a periodic instance: days are bits, the first day the highest."""
    lines = path.read_text(encoding="ascii").splitlines()
    _, n_vehicles, _, n_days = (int(cell) for cell in lines[0].split()[:4])
    longest, capacity = (float(cell) for cell in lines[1].split()[:2])
    rows = [[float(cell) for cell in line.split()] for line in lines[1 + n_days :] if line.strip()]
    patterns = []
    for row in rows[1:]:
        masks = [int(mask) for mask in row[7 : 7 + int(row[6])]]
        sets = [
            tuple(day for day in range(n_days) if mask >> (n_days - 1 - day) & 1) for mask in masks
        ]
        patterns.append(tuple(days for days in sets if days) if row[5] > 0 else ())
    return Periodic(
        distance=lengths(np.array([row[1:3] for row in rows])),
        service=np.array([round(SCALE * row[3]) for row in rows[1:]], dtype=np.int64),
        load=np.array([int(row[4]) for row in rows[1:]], dtype=np.int64),
        patterns=tuple(patterns),
        n_days=n_days,
        n_vehicles=n_vehicles,
        capacity=int(capacity),
        **({"max_duration": round(SCALE * longest)} if longest else {}),
    )


def solve_solomon(path: Path) -> int:
    """Return the length found for an instance with time windows."""
    lines = path.read_text(encoding="ascii").splitlines()
    n_vehicles, capacity = (int(cell) for cell in lines[4].split())
    rows = np.array([[float(cell) for cell in line.split()] for line in lines[9:] if line.strip()])
    times = np.rint(SCALE * rows[:, 4:7]).astype(np.int64)
    calls = []
    for row in range(1, len(rows)):
        early, late, service = (int(time) for time in times[row])
        calls.append(Call(row, (Option(row, early, late, service, int(rows[row, 3])),)))
    distance = lengths(rows[:, 1:3])
    fleet = Fleet(0, n_vehicles, 0, int(times[0, 1]), capacity)
    asked = Problem(tuple(calls), (fleet,), distance, distance)
    return solve_routes(asked, iterations=SOLOMON_ITERATIONS).distance


def lengths(spots: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return Euclidean distances between positions, in `SCALE` units, rounded."""
    away = spots[:, None, :] - spots[None, :, :]
    return np.asarray(np.rint(SCALE * np.hypot(away[..., 0], away[..., 1])), dtype=np.int64)


if __name__ == "__main__":
    main()
