"""How siting compares with spopt on the same matrix, how much it proves, and how it grows.

Run with ``python -m benchmarks siting [--long]``. Without ``--long``: Tuscany's municipalities
against spopt 0.7 with CBC and with HiGHS, and a few random graphs. With it: its settlements too,
random graphs of every size of OR-Library's p-median (Beasley 1985), and all Italy. Distances are
straight lines in EPSG:32632 between representative points, people are adults. Every ratio is
printed, whatever it is; bounds are real, gaps are |objective - bound| / objective.
"""

from __future__ import annotations

import resource
import sys
import warnings
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import cKDTree

from capillare.geo.places import METRIC_CRS, metric_xy
from capillare.geo.population import read_territory
from capillare.planning.siting.analyst import solve_tables
from capillare.planning.siting.covering import solve_covering
from capillare.planning.siting.median import Limits, find_medians, median_costs
from capillare.planning.siting.median_costs import SparseCosts
from capillare.planning.siting.openings import Openings
from capillare.planning.siting.questions import read_question
from capillare.planning.siting.reduction import reduce_covering

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]
    People = NDArray[np.int64]

    from capillare.planning.siting.questions import Objective

WITHIN_KM = 15.0
COVERING_SITES, MEDIAN_SITES = 20, 56
COUNTRY_COVERINGS = {500: 0.001, 200: 0.005, 300: 0.005}
"""Sites, and the gap asked of covering Italy with them."""
NEAREST = 200
FAR_KM = 60.0
"""Pairs that the p-center looks at: all the country is within so much of one of 500 sites."""
PEER_LIMIT_S = 300
"""Seconds after which spopt's solver is stopped: its seconds are then a lower bound."""
GRAPH_LIMIT_S = 30
GRAPHS = {100: (5, 10, 20, 33), 200: (5, 10, 20, 40, 67), 300: (5, 10, 30, 60, 100)}
LONG_GRAPHS = GRAPHS | {
    400: (5, 10, 40, 80, 133),
    500: (5, 10, 50, 100, 167),
    600: (5, 10, 60, 120, 200),
    700: (5, 10, 70, 140),
    800: (5, 10, 40, 80),
    900: (5, 10, 90),
}


def municipalities(region: str) -> tuple[Floats, People]:
    """Kilometres and adults of a region's municipalities."""
    municipal = read_territory(region).municipalities
    points = municipal.to_crs(METRIC_CRS).geometry.representative_point()
    km = np.column_stack([points.x, points.y]) / 1000.0
    return km, municipal["adults"].to_numpy()


def settlements(region: str) -> tuple[Floats, People]:
    """Kilometres and adults of a region's settlements."""
    places = read_territory(region).places
    places = places[places["adults"] > 0]
    km = metric_xy(places["lat"].to_numpy(), places["lon"].to_numpy()) / 1000.0
    return km, places["adults"].to_numpy()


def compare(name: str, km: Floats, people: People) -> None:
    """Print our seconds, spopt's, and their ratios, on the same distances."""
    distance = np.linalg.norm(km[:, None] - km[None], axis=2)
    ids = np.array([f"m{i}" for i in range(len(people))], dtype=object)
    row, column = np.indices(distance.shape).reshape(2, -1)
    demand, candidates = pd.DataFrame({"id": ids, "people": people}), pd.DataFrame({"id": ids})
    travel = pd.DataFrame(
        {"from_id": ids[row], "to_id": ids[column], "travel_min": distance.ravel()}
    )
    for objective, n_sites in (("p-median", MEDIAN_SITES), ("mclp", COVERING_SITES)):
        began = perf_counter()
        ours = solve_tables(
            demand,
            candidates,
            travel,
            objective=objective,  # type: ignore[arg-type]  # one of the four
            full_cost_eur=1.0,
            within_min=WITHIN_KM,
            new_sites=n_sites,
        )
        seconds = perf_counter() - began
        tables_build_s = time_build(objective, demand, candidates, travel)
        matrix_build_s = time_matrix_build(objective, distance, people)
        print(
            f"{name}, {objective} {n_sites}: {seconds:.2f} s from tables, of which build "
            f"{tables_build_s:.3f} s, {ours['status']}; "
            f"build from the matrix {matrix_build_s:.4f} s"
        )
        for solver in ("CBC", "HiGHS"):
            build_s, all_s, theirs = time_spopt(objective, distance, people, n_sites, solver)
            print(
                f"  spopt with {solver}: build {build_s:.2f} s, in all {all_s:.2f} s; "
                f"their build {build_s / matrix_build_s:.1f} times ours from the same matrix, "
                f"{build_s / tables_build_s:.1f} times ours from tables, "
                f"{build_s / seconds:.1f} times all of ours, in all {all_s / seconds:.1f} times; "
                f"objective {theirs:.0f} against {ours['objective']:.0f}",
                flush=True,
            )


def time_build(
    objective: str, demand: pd.DataFrame, candidates: pd.DataFrame, travel: pd.DataFrame
) -> float:
    """Seconds that our question takes from its tables to what is solved."""
    began = perf_counter()
    question = read_question(demand, candidates, travel, full_cost_eur=1.0)
    if objective == "mclp":
        reduce_covering(question.people, question.reach(WITHIN_KM), question.is_fixed)
    else:
        median_costs(question)
    return perf_counter() - began


def time_matrix_build(objective: str, distance: Floats, people: People) -> float:
    """Seconds from the matrix that spopt is given to what is solved."""
    began = perf_counter()
    if objective == "mclp":
        reach = sparse.csr_array(distance <= WITHIN_KM)
        reduce_covering(people, reach, np.zeros(distance.shape[1], dtype=bool))
    else:
        nearest_costs(distance, people)
    return perf_counter() - began


def time_spopt(
    objective: str, distance: Floats, people: People, n_sites: int, solver: str
) -> tuple[float, float, float]:
    """Seconds that spopt builds, builds and solves, and its objective; NaN if it found none."""
    import pulp  # noqa: PLC0415 (only the comparison needs it)
    from spopt import locate  # noqa: PLC0415

    peers = {"HiGHS": pulp.HiGHS, "CBC": pulp.PULP_CBC_CMD}
    chosen = peers[solver](msg=False, timeLimit=PEER_LIMIT_S)
    began = perf_counter()
    model: Any
    if objective == "mclp":
        model = locate.MCLP.from_cost_matrix(distance, people, WITHIN_KM, p_facilities=n_sites)
    else:
        model = locate.PMedian.from_cost_matrix(distance, people, p_facilities=n_sites)
    built = perf_counter()
    try:
        model = model.solve(chosen)
    except RuntimeError:  # what spopt raises when its solver is stopped with nothing in hand
        return built - began, perf_counter() - began, float("nan")
    return built - began, perf_counter() - began, float(pulp.value(model.problem.objective))


def graph_minutes(n: int, seed: int) -> Floats:
    """Shortest paths in a random sparse graph of n nodes and about n * n / 50 edges."""
    draws = np.random.default_rng(seed)
    ring = draws.permutation(n)
    ends = draws.integers(0, n, (2, n * n // 50))
    start, end = np.r_[ring, ends[0]], np.r_[np.roll(ring, 1), ends[1]]
    edges = np.full((n, n), np.inf)
    np.minimum.at(edges, (start, end), draws.integers(1, 101, start.size))
    edges = np.minimum(edges, edges.T)
    return shortest_path(sparse.csr_array(np.where(np.isinf(edges), 0.0, edges)), directed=False)


def prove_graphs(sizes: dict[int, tuple[int, ...]]) -> None:
    """Print how many random p-medians are proved, and how long it takes."""
    seconds, gaps = [], []
    for n, sites in sizes.items():
        for n_sites in sites:
            costs = nearest_costs(graph_minutes(n, seed=n + n_sites), np.ones(n))
            began = process_time()
            found = find_medians(costs, Openings(n_sites), Limits())
            seconds.append(process_time() - began)
            gaps.append((found.cost - found.bound) / found.cost)
    is_proved = [gap == 0 and s <= GRAPH_LIMIT_S for gap, s in zip(gaps, seconds, strict=True)]
    print(
        f"random graphs up to {max(sizes)} nodes: {sum(is_proved)} of {len(gaps)} proved within "
        f"{GRAPH_LIMIT_S} s, {np.mean(is_proved):.0%}, 90 % asked; largest gap {max(gaps):.4%}, "
        f"CPU median {np.median(seconds):.2f} s, longest {max(seconds):.2f} s"
    )


def nearest_costs(distance: Floats, people: Floats) -> SparseCosts:
    """Hold a whole matrix."""
    order = np.argsort(distance, axis=1, kind="stable")
    n, n_candidates = distance.shape
    cost = np.take_along_axis(distance, order, axis=1) * people[:, None]
    none = np.full(n, np.inf)
    start = np.arange(n + 1) * n_candidates
    return SparseCosts(start, order.ravel(), cost.ravel(), none, none, n_candidates)


def cover_country(km: Floats, people: People, n_sites: int, *, gap: float) -> None:
    """Print what is proved of covering a country."""
    row, column, _ = pairs_within(km, WITHIN_KM)
    shape = (len(people), len(people))
    reach = sparse.csr_array((np.ones(row.size, dtype=bool), (row, column)), shape=shape)
    cpu, began = process_time(), perf_counter()
    answer = solve_covering(people, reach, np.zeros(len(people), dtype=bool), n_sites, gap=gap)
    _say_country(
        f"covering {n_sites} of {len(people)}: {answer.objective / people.sum():.4%} of adults, "
        f"bound {answer.bound / people.sum():.4%}, gap {answer.gap:.4%}, {gap:.1%} asked",
        cpu,
        began,
    )


def pairs_within(km: Floats, limit_km: float) -> tuple[Indices, Indices, Floats]:
    """Both ends of every pair up to a distance, each spot with itself too, and their kilometres."""
    pairs = cKDTree(km).query_pairs(limit_km, output_type="ndarray")
    own = np.arange(len(km))
    row = np.concatenate([pairs[:, 0], pairs[:, 1], own])
    column = np.concatenate([pairs[:, 1], pairs[:, 0], own])
    return row, column, np.linalg.norm(km[row] - km[column], axis=1)


def ask_country(
    km: Floats,
    people: People,
    objective: Objective,
    **asked: Any,  # noqa: ANN401 (each option in its own type)
) -> None:
    """Print what is proved of a country's fewest sites, or of its worst-off, from three tables."""
    row, column, distance = pairs_within(km, FAR_KM if objective == "p-center" else WITHIN_KM)
    ids = np.array([f"m{i}" for i in range(len(people))], dtype=object)
    legs = pd.DataFrame({"from_id": ids[row], "to_id": ids[column], "travel_min": distance})
    demand, candidates = pd.DataFrame({"id": ids, "people": people}), pd.DataFrame({"id": ids})
    cpu, began = process_time(), perf_counter()
    answer = solve_tables(demand, candidates, legs, objective=objective, full_cost_eur=1.0, **asked)
    _say_country(
        f"{objective} {asked} of {len(people)}: {answer['status']}, {answer['objective']:g}, bound "
        f"{answer['bound']:g}, gap {answer['gap']:.4%}",
        cpu,
        began,
    )


def serve_country(km: Floats, people: People, n_sites: int) -> None:
    """Print what is proved of a country's p-median, from each demand's nearest candidates.

    Prices stay below the cost of the first pair left out, so that the bound is the whole matrix's;
    the objective is measured from the coordinates.
    """
    tree = cKDTree(km)
    distance, nearest = tree.query(km, k=NEAREST + 1)
    costs = SparseCosts(
        np.arange(len(people) + 1) * NEAREST,
        nearest[:, :NEAREST].ravel(),
        (distance[:, :NEAREST] * people[:, None]).ravel(),
        distance[:, NEAREST] * people,
        np.full(len(people), np.inf),
        len(people),
    )
    cpu, began = process_time(), perf_counter()
    found = find_medians(costs, Openings(n_sites), Limits(gap=0.005))
    objective = float(cKDTree(km[found.opened]).query(km)[0] @ people)
    gap = (objective - found.bound) / objective
    _say_country(f"p-median {n_sites} of {len(people)}: gap {gap:.4%}, 0.5 % asked", cpu, began)


def _say_country(what: str, cpu: float, began: float) -> None:
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"Italy, {what}, CPU {process_time() - cpu:.1f} s, wall {perf_counter() - began:.1f} s, "
        f"peak so far {peak_mb:.0f} MB",
        flush=True,
    )


def main() -> None:
    """Compare, prove, and grow."""
    warnings.simplefilter("ignore")
    is_long = "--long" in sys.argv
    if is_long:  # first, since peak memory is the process's
        for km, people in (municipalities("all"), settlements("all")):
            show_country(km[people > 0], people[people > 0])
    compare("Tuscany's municipalities", *municipalities("09"))
    prove_graphs(LONG_GRAPHS if is_long else GRAPHS)
    if is_long:
        compare("Tuscany's settlements", *settlements("09"))
    else:
        print("settlements, larger graphs and all Italy: --long")


def show_country(km: Floats, people: People) -> None:
    """Print what is proved of every question about a country."""
    for n_sites, gap in COUNTRY_COVERINGS.items():
        cover_country(km, people, n_sites, gap=gap)
    serve_country(km, people, 500)
    ask_country(km, people, "lscp", within_min=WITHIN_KM, cover_share=0.95)
    ask_country(km, people, "p-center", new_sites=500)


if __name__ == "__main__":
    main()
