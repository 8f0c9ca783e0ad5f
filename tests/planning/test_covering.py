from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from capillare.geo.errors import ConfigError, DataError
from capillare.planning.siting.covering import order_by_gain, people_within, solve_covering
from capillare.planning.siting.lagrangian import relax_covering
from capillare.planning.siting.local_search import Neighbours, add_greedily, swap_best
from capillare.planning.siting.reduction import find_dominated, merge_identical, reduce_covering
from tests.planning.siting_neighbours import random_points

NONE_FIXED = np.zeros(0, dtype=bool)


def matrix(rows):
    return sparse.csr_array(np.array(rows, dtype=bool))


def brute_force(people, reach, fixed, n_sites):
    """Best people covered over every choice of `n_sites`, from dense arrays."""
    dense = reach.toarray().astype(bool)
    free = np.flatnonzero(~fixed)
    best = 0
    for chosen in combinations(free, min(n_sites, free.size)):
        opened = fixed.copy()
        opened[list(chosen)] = True
        best = max(best, int(people[dense[:, opened].any(axis=1)].sum()))
    return best


@st.composite
def questions(draw):
    n_demand, n_candidates = draw(st.integers(1, 8)), draw(st.integers(1, 7))
    people = draw(st.lists(st.integers(0, 50), min_size=n_demand, max_size=n_demand))
    cells = draw(
        st.lists(st.booleans(), min_size=n_demand * n_candidates, max_size=n_demand * n_candidates)
    )
    fixed = draw(st.lists(st.booleans(), min_size=n_candidates, max_size=n_candidates))
    return (
        np.array(people, dtype=np.int64),
        matrix(np.reshape(cells, (n_demand, n_candidates))),
        np.array(fixed),
        draw(st.integers(0, n_candidates + 1)),
    )


@given(questions())
@settings(max_examples=200, deadline=None)
def test_small_questions_equal_brute_force(question):
    people, reach, fixed, n_sites = question
    answer = solve_covering(people, reach, fixed, n_sites)
    assert answer.status == "optimal"
    assert answer.objective == answer.bound == brute_force(people, reach, fixed, n_sites)
    assert answer.chosen.size <= n_sites
    assert not fixed[answer.chosen].any()
    opened = np.union1d(answer.chosen, np.flatnonzero(fixed))
    assert answer.objective == people_within(people, reach, opened)


@given(questions(), st.sampled_from(["quick", "normal", "best"]))
@settings(max_examples=100, deadline=None)
def test_searched_answers_are_bounded_and_honest(question, effort):
    people, reach, fixed, n_sites = question
    best = brute_force(people, reach, fixed, n_sites)
    answer = solve_covering(people, reach, fixed, n_sites, effort=effort, exact_places=0)
    assert answer.method in {"search", "direct"}
    assert answer.objective <= best <= answer.bound
    assert answer.status == ("optimal" if answer.objective == answer.bound else "feasible")
    assert answer.gap == (answer.bound - answer.objective) / max(answer.objective, 1)


@given(questions(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_of_demand_leaves_no_trace(question, shuffled):
    people, reach, fixed, n_sites = question
    order = list(range(people.size))
    shuffled.shuffle(order)
    answer = solve_covering(people, reach, fixed, n_sites)
    again = solve_covering(people[order], reach[order], fixed, n_sites)
    assert again.chosen.tolist() == answer.chosen.tolist()
    assert again.objective == answer.objective


@given(questions())
@settings(max_examples=60, deadline=None)
def test_doubled_people_double_the_objective_and_split_people_do_not(question):
    people, reach, fixed, n_sites = question
    answer = solve_covering(people, reach, fixed, n_sites)
    doubled = solve_covering(2 * people, reach, fixed, n_sites)
    twice = sparse.csr_array(sparse.vstack([reach, reach]))
    repeated = solve_covering(np.r_[people, people], twice, fixed, n_sites)
    assert doubled.objective == repeated.objective == 2 * answer.objective


@given(questions())
@settings(max_examples=60, deadline=None)
def test_one_more_site_never_worsens(question):
    people, reach, fixed, n_sites = question
    fewer = solve_covering(people, reach, fixed, n_sites)
    more = solve_covering(people, reach, fixed, n_sites + 1)
    assert fewer.objective <= more.objective


@given(questions())
@settings(max_examples=60, deadline=None)
def test_gains_are_greedy_and_sum_to_the_total(question):
    people, reach, fixed, n_sites = question
    answer = solve_covering(people, reach, fixed, n_sites)
    order, gains = order_by_gain(answer.chosen, people, reach, fixed)
    assert sorted(order.tolist()) == answer.chosen.tolist()
    assert gains.sum() == answer.objective - answer.people_before
    assert (np.diff(gains) <= 0).all()
    assert (gains > 0).all()


def test_swaps_beat_greedy_by_hand():
    # The middle covers 4 + 4, then an end adds 3: 11. The two ends cover 7 + 7 = 14.
    people = np.array([3, 4, 4, 3])
    reach = matrix([[1, 0, 0], [1, 0, 1], [0, 1, 1], [0, 1, 0]])
    neighbours = Neighbours.of(reduce_covering(people, reach, np.zeros(3, dtype=bool)))
    greedy = add_greedily(neighbours, np.empty(0, dtype=np.intp), 2)
    assert greedy.tolist() == [0, 2]
    assert neighbours.covered_people(greedy) == 11
    swapped = swap_best(neighbours, greedy, max_swaps=5)
    assert swapped.tolist() == [0, 1]
    assert neighbours.covered_people(swapped) == 14
    answer = solve_covering(people, reach, np.zeros(3, dtype=bool), 2)
    assert answer.chosen.tolist() == [0, 1]


def test_twins_are_decided_by_lowest_index():
    people = np.array([5, 5])
    reach = matrix([[1, 1, 0, 0], [0, 0, 1, 1]])
    answer = solve_covering(people, reach, np.zeros(4, dtype=bool), 2)
    assert answer.chosen.tolist() == [0, 2]
    order, gains = order_by_gain(answer.chosen[::-1], people, reach, np.zeros(4, dtype=bool))
    assert order.tolist() == [0, 2]
    assert gains.tolist() == [5, 5]


@pytest.mark.parametrize(
    ("people", "rows", "fixed", "n_sites", "expected"),
    [
        ([7, 3], [[1, 0], [0, 1]], [0, 0], 0, ([], 0)),
        ([7, 3], [[1, 0], [0, 1]], [0, 0], 9, ([0, 1], 10)),
        ([7, 3], [[1, 0], [1, 0]], [0, 0], 2, ([0], 10)),
        ([0, 0], [[1, 0], [0, 1]], [0, 0], 2, ([], 0)),
        ([7, 3], [[1, 1], [1, 1]], [1, 0], 2, ([], 10)),
        ([7, 3], [[0, 0], [0, 0]], [0, 0], 2, ([], 0)),
        ([7, 3], [[1, 1], [0, 1]], [1, 0], 1, ([1], 10)),
    ],
    ids=["none", "plenty", "useless", "nobody", "all-served", "unreachable", "fixed"],
)
def test_edges(people, rows, fixed, n_sites, expected):
    chosen, objective = expected
    fixed = np.array(fixed, dtype=bool)
    answer = solve_covering(np.array(people), matrix(rows), fixed, n_sites)
    assert answer.chosen.tolist() == chosen
    assert answer.objective == answer.bound == objective
    assert answer.status == "optimal"
    assert answer.n_asked == n_sites


def test_no_demand_and_no_candidates():
    no_demand = solve_covering(
        np.empty(0, dtype=np.int64), sparse.csr_array((0, 3), dtype=bool), np.zeros(3, bool), 2
    )
    assert (no_demand.status, no_demand.objective, no_demand.chosen.size) == ("optimal", 0, 0)
    nowhere = solve_covering(np.array([4]), sparse.csr_array((1, 0), dtype=bool), NONE_FIXED, 2)
    assert (nowhere.status, nowhere.objective, nowhere.people_reachable) == ("optimal", 0, 0)


@pytest.mark.parametrize(
    ("error", "change", "words"),
    [
        (ConfigError, {"n_sites": -1}, "-1 is negative"),
        (ConfigError, {"effort": "heroic"}, "quick, normal, best"),
        (ConfigError, {"fixed": np.zeros(3, dtype=bool)}, "2 demands and 3 candidates"),
        (DataError, {"weights_people": np.array([1, -1])}, r"1 row \[1\]"),
        (DataError, {"weights_people": np.array([1.5, 1.0])}, r"not whole, 1 row \[0\]"),
        (DataError, {"weights_people": np.array([np.nan, 1.0])}, r"1 row \[0\]"),
    ],
)
def test_questions_without_meaning_are_refused(error, change, words):
    question = {
        "weights_people": np.array([1, 1]),
        "reach": matrix([[1, 0], [0, 1]]),
        "fixed": np.zeros(2, dtype=bool),
        "n_sites": 1,
    }
    with pytest.raises(error, match=words):
        solve_covering(**{**question, **change})


def test_inputs_are_left_alone_and_duplicate_pairs_count_once():
    rows = np.array([0, 0, 1])
    pairs = sparse.coo_array((np.array([1, 1, 0]), (rows, np.array([0, 0, 1]))), shape=(2, 2))
    reach = sparse.csr_array(pairs)
    before = reach.data.copy()
    answer = solve_covering(np.array([5, 9]), reach, np.zeros(2, dtype=bool), 2)
    assert answer.objective == 5
    assert reach.data.tolist() == before.tolist()


def test_merging_keeps_people_and_patterns():
    reach = matrix([[1, 1, 0], [0, 0, 1], [1, 1, 0], [0, 0, 0]]).astype(np.int32)
    people, rows = merge_identical(np.array([4, 5, 6, 7]), reach)
    assert people.tolist() == [5, 10]
    assert rows.toarray().tolist() == [[0, 0, 1], [1, 1, 0]]


def test_dominance_needs_a_cost_that_is_no_higher():
    reach = matrix([[1, 1, 1], [0, 1, 1]]).astype(np.int32)
    assert find_dominated(reach, np.zeros(3)).tolist() == [True, False, True]
    assert find_dominated(reach, np.array([1.0, 2.0, 2.0])).tolist() == [False, False, True]
    assert find_dominated(reach, np.array([2.0, 2.0, 1.0])).tolist() == [True, True, False]


@pytest.mark.parametrize("n_sites", [3, 10, 25])
def test_bound_lies_above_the_proved_optimum(n_sites):
    people, reach, fixed = random_points(250, 12)
    proved = solve_covering(people, reach, fixed, n_sites)
    searched = solve_covering(people, reach, fixed, n_sites, exact_places=0)
    assert proved.status == "optimal"
    assert searched.objective <= proved.objective <= searched.bound
    assert searched.objective >= 0.98 * proved.objective
    assert searched.gap < 0.05


def test_highs_closes_what_the_search_leaves_open():
    people, reach, fixed = random_points(400, 10, seed=3)
    left_open = solve_covering(people, reach, fixed, 25, effort="quick", exact_places=0)
    closed = solve_covering(people, reach, fixed, 25)
    assert (left_open.method, left_open.status) == ("search", "feasible")
    assert (closed.method, closed.status) == ("exact", "optimal")
    assert left_open.objective <= closed.objective < left_open.bound


def test_relaxation_bounds_even_a_bad_incumbent():
    people, reach, fixed = random_points(200, 10)
    best = solve_covering(people, reach, fixed, 8).objective
    neighbours = Neighbours.of(reduce_covering(people, reach, fixed))
    for incumbent in (np.empty(0, dtype=np.intp), np.arange(8)):
        for max_steps in (1, 30, 500):
            relaxed = relax_covering(neighbours, 8, incumbent=incumbent, max_steps=max_steps)
            assert relaxed.bound >= best - 1e-6
            assert relaxed.sites.size == 8


def test_a_stopped_run_is_never_called_optimal():
    people, reach, fixed = random_points(400, 10, seed=3)
    best = solve_covering(people, reach, fixed, 25)
    stopped = solve_covering(people, reach, fixed, 25, time_limit_s=0.0)
    assert best.status == "optimal"
    assert stopped.status == "feasible"
    assert stopped.stopped_by == "time"
    assert stopped.objective <= best.objective <= stopped.bound
    assert stopped.bound <= stopped.people_reachable
    assert "orologio" in stopped.summary()


@pytest.mark.parametrize("exact_places", [0, 1000])
def test_same_question_gives_same_answer(exact_places):
    people, reach, fixed = random_points(300, 15, seed=1)
    first = solve_covering(people, reach, fixed, 12, exact_places=exact_places)
    second = solve_covering(people, reach, fixed, 12, exact_places=exact_places)
    assert first.chosen.tolist() == second.chosen.tolist()
    assert (first.objective, first.bound) == (second.objective, second.bound)


@pytest.mark.parametrize(("seed", "n_sites"), [(0, 4), (1, 9), (2, 15)])
def test_spopt_finds_the_same_optimum(seed, n_sites):
    people, reach, fixed = random_points(120, 8, seed=seed)
    fixed[[5, 40]] = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pulp
        from spopt.locate import MCLP

        oracle = MCLP.from_cost_matrix(
            1.0 - reach.toarray(),
            people,
            0.5,
            p_facilities=n_sites + 2,
            predefined_facilities_arr=fixed.astype(int),
        ).solve(pulp.PULP_CBC_CMD(msg=False))
        expected = round(pulp.value(oracle.problem.objective))
    assert solve_covering(people, reach, fixed, n_sites).objective == expected


def test_summary_in_italian():
    answer = solve_covering(
        np.array([1200, 300]), matrix([[1, 1], [0, 1]]), np.array([1, 0]) > 0, 3
    )
    assert answer.summary() == (
        "1 sede proposta su 3 chieste: 300 persone in più entro la soglia, 1.500 in tutto. "
        "Ottimo dimostrato. Nessun'altra sede porterebbe qualcuno entro la soglia."
    )
