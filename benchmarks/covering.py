"""How maximal covering grows with size, and how it compares with spopt on the same matrix.

Run with ``python benchmarks/covering.py [--large]``. Points are random, people heavy-tailed; spopt
0.7 builds its model with PuLP and solves it with HiGHS and with CBC in the same run. Every ratio is
printed, whatever it is.
"""

from __future__ import annotations

import resource
import sys
import warnings
from time import perf_counter

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from capillare.planning.siting.covering import solve_covering

SIZES = ((273, 20), (621, 20), (1_000, 20), (2_000, 40), (4_000, 60), (8_000, 80), (15_000, 100))
N_SITES = 20


def random_reach(
    n_places: int, mean_reached: int, seed: int = 0
) -> tuple[np.ndarray, sparse.csr_array]:
    """Draw places in a square with people, each a candidate too, and who reaches whom."""
    draws = np.random.default_rng(seed)
    spots = draws.random((n_places, 2))
    radius = float(np.sqrt(mean_reached / n_places / np.pi))
    pairs = cKDTree(spots).query_pairs(radius, output_type="ndarray")
    row = np.concatenate([pairs[:, 0], pairs[:, 1], np.arange(n_places)])
    column = np.concatenate([pairs[:, 1], pairs[:, 0], np.arange(n_places)])
    shape = (n_places, n_places)
    reach = sparse.csr_array((np.ones(row.size, dtype=bool), (row, column)), shape=shape)
    people = (draws.pareto(1.2, n_places) * 300 + 20).astype(np.int64)
    return people, reach


def time_spopt(people: np.ndarray, reach: sparse.csr_array, solver: str) -> tuple[float, float]:
    """Seconds and objective of spopt's maximal covering on the same matrix."""
    import pulp  # noqa: PLC0415 (only the comparison needs it)
    from spopt.locate import MCLP  # noqa: PLC0415

    chosen = pulp.HiGHS(msg=False) if solver == "HiGHS" else pulp.PULP_CBC_CMD(msg=False)
    began = perf_counter()
    model = MCLP.from_cost_matrix(1.0 - reach.toarray(), people, 0.5, p_facilities=N_SITES)
    model = model.solve(chosen)
    return perf_counter() - began, float(pulp.value(model.problem.objective))


def compare_with_spopt(n_places: int, mean_reached: int) -> None:
    """Print our seconds, spopt's, and their ratios."""
    people, reach = random_reach(n_places, mean_reached)
    answer = solve_covering(people, reach, np.zeros(n_places, dtype=bool), N_SITES)
    print(f"{n_places} x {n_places}, {N_SITES} sites: {answer.seconds:.2f} s, {answer.status}")
    for solver in ("HiGHS", "CBC"):
        seconds, objective = time_spopt(people, reach, solver)
        print(
            f"  spopt with {solver}: {seconds:.2f} s, ratio {seconds / answer.seconds:.1f}, "
            f"objective {objective:.0f} against {answer.objective}"
        )


def show_growth(n_places: int, mean_reached: int) -> None:
    """Print seconds, status and gap at one size."""
    people, reach = random_reach(n_places, mean_reached)
    answer = solve_covering(people, reach, np.zeros(n_places, dtype=bool), N_SITES)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{n_places:>6} places, {reach.nnz:>8} pairs: {answer.seconds:6.2f} s, {answer.method}, "
        f"{answer.status}, gap {100 * answer.gap:.4f} %, peak {peak_mb:.0f} MB"
    )


def main() -> None:
    """Growth first, since peak memory is the process's; then the comparison."""
    warnings.simplefilter("ignore")
    print(f"Maximal covering, {N_SITES} sites, growth with size")
    for n_places, mean_reached in SIZES:
        show_growth(n_places, mean_reached)
    print("Against spopt 0.7 on the same matrix")
    for n_places in (273, 621, *((2_000,) if "--large" in sys.argv else ())):
        compare_with_spopt(n_places, 20)


if __name__ == "__main__":
    main()
