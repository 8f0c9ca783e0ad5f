from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from capillare.planning.siting.covering_branch import close_covering
from capillare.planning.siting.local_search import Neighbours
from capillare.planning.siting.models import covering_model
from capillare.planning.siting.reduction import reduce_covering
from capillare.planning.solver import solve_model

NEVER = 1_000_000


def core_of(people, reach):
    """What is left of a question in which nothing is open yet."""
    reach = sparse.csr_array(np.asarray(reach, dtype=bool))
    return reduce_covering(np.asarray(people), reach, np.zeros(reach.shape[1], dtype=bool))


def random_core(n, n_reached, seed):
    """Places in a square, each a candidate, with people that differ a lot."""
    draws = np.random.default_rng(seed)
    spots = draws.random((n, 2))
    near = np.linalg.norm(spots[:, None] - spots[None], axis=2) < np.sqrt(n_reached / n / np.pi)
    return core_of((draws.pareto(1.2, n) * 300 + 20).astype(np.int64), near)


def best_by_trying(core, n_sites):
    neighbours = Neighbours.of(core)
    n = core.candidates.size
    choices = combinations(range(n), min(n_sites, n))
    return max(neighbours.covered_people(np.array(choice, dtype=np.intp)) for choice in choices)


@st.composite
def cores(draw):
    n_demand, n_candidates = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    n_cells = n_demand * n_candidates
    cells = draw(st.lists(st.booleans(), min_size=n_cells, max_size=n_cells))
    people = draw(st.lists(st.integers(1, 50), min_size=n_demand, max_size=n_demand))
    return core_of(people, np.reshape(cells, (n_demand, n_candidates)))


@given(cores(), st.integers(1, 4), st.integers(0, 60))
@settings(max_examples=80, deadline=None)
def test_closed_is_the_best_of_all_choices(core, n_sites, known):
    best = best_by_trying(core, n_sites) if core.candidates.size else 0
    closed = close_covering(core, n_sites, known_people=known, max_pivots=NEVER)
    assert closed.stopped_by == ""
    assert closed.bound == max(best, known)
    if best > known:
        assert closed.chosen.size <= n_sites
        assert Neighbours.of(core).covered_people(closed.chosen) == best
    else:
        assert closed.chosen is None


@pytest.mark.parametrize("seed", [0, 3, 5])
def test_closed_is_what_highs_finds(seed):
    core = random_core(220, 9, seed)
    oracle = solve_model(covering_model(core, n_sites=12))
    closed = close_covering(core, 12, known_people=0, max_pivots=NEVER)
    assert oracle.status == "optimal"
    assert closed.bound == pytest.approx(oracle.objective)
    assert Neighbours.of(core).covered_people(closed.chosen) == closed.bound


def odd_rings():
    """Seven rings of five, where half of every site covers everybody: branching is needed."""
    ring = np.eye(5, dtype=bool) | np.roll(np.eye(5, dtype=bool), 1, axis=1)
    reach = np.kron(np.eye(7, dtype=bool), ring)
    return core_of(np.full(35, 100) + np.arange(35) % 5, reach)


@pytest.mark.parametrize("max_pivots", [0, 1, 5, 20, 60])
def test_a_stopped_search_bounds_and_says_so(max_pivots):
    core = random_core(220, 9, 3)
    best = close_covering(core, 12, known_people=0, max_pivots=NEVER).bound
    stopped = close_covering(core, 12, known_people=0, max_pivots=max_pivots)
    assert stopped.stopped_by == "nodes"
    assert stopped.bound >= best
    if stopped.chosen is not None:
        assert Neighbours.of(core).covered_people(stopped.chosen) <= best


def test_branching_closes_what_half_sites_leave_open():
    # Three sites cover four fifths or all five of a ring, two cover four: 19 sites.
    core = odd_rings()
    closed = close_covering(core, 19, known_people=0, max_pivots=NEVER)
    assert closed.stopped_by == ""
    assert closed.bound == round(solve_model(covering_model(core, n_sites=19)).objective)


def test_a_gap_or_the_clock_ends_it():
    core = random_core(220, 9, 3)
    best = close_covering(core, 12, known_people=0, max_pivots=NEVER).bound
    wide = close_covering(core, 12, known_people=int(best) - 1, max_pivots=NEVER, gap=0.5)
    assert (wide.stopped_by, wide.chosen) == ("gap", None)
    late = close_covering(core, 12, known_people=0, max_pivots=NEVER, deadline=0.0)
    assert (late.stopped_by, late.chosen) == ("time", None)
    assert late.bound >= best


def test_the_same_core_gives_the_same_choice():
    core = random_core(220, 9, 5)
    first, again = (close_covering(core, 12, known_people=0, max_pivots=NEVER) for _ in range(2))
    assert first.chosen.tolist() == again.chosen.tolist()
