from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from capillare.geo.errors import ConfigError, InfeasibleError
from capillare.planning.tours.periodic import Periodic, solve_periodic
from capillare.planning.tours.routing import Call, Fleet, Option, Problem, solve_routes

SINGLE = ((0,), (1,), (2,))
TWICE = ((0, 1), (0, 2), (1, 2))
ALWAYS = ((0, 1, 2),)


def problem(n=6, seed=0, *, vehicles=1, capacity=3, patterns=None):
    draws = np.random.default_rng(seed)
    spots = draws.integers(0, 100, (n + 1, 2))
    distance = np.rint(np.hypot(*(spots[:, None] - spots[None]).T).T * 10).astype(np.int64)
    patterns = patterns or (SINGLE, SINGLE, TWICE, TWICE, SINGLE, ALWAYS)[:n]
    ones = np.ones(n, dtype=np.int64)
    return Periodic(distance, 0 * ones, ones, tuple(patterns), 3, vehicles, capacity)


def shortest_tour(distance, customers):
    if not customers:
        return 0
    return min(
        sum(int(distance[a, b]) for a, b in zip((0, *order), (*order, 0), strict=True))
        for order in permutations(customer + 1 for customer in customers)
    )


def best_by_trying(asked):
    best = None
    for choice in product(*asked.patterns):
        days = [[c for c, days in enumerate(choice) if day in days] for day in range(asked.n_days)]
        if all(len(day) <= asked.capacity for day in days):
            total = sum(shortest_tour(asked.distance, day) for day in days)
            best = total if best is None else min(best, total)
    return best


@pytest.mark.parametrize("seed", range(3))
def test_small_questions_are_answered_as_well_as_by_trying_everything(seed):
    asked = problem(seed=seed, capacity=4)
    found = solve_periodic(asked, effort="quick")
    assert found.distance == best_by_trying(asked)


def test_everybody_is_visited_on_the_days_of_one_pattern():
    asked = problem(n=6, vehicles=2, capacity=3)
    found = solve_periodic(asked, effort="quick")
    for customer, sets in enumerate(asked.patterns):
        days = tuple(
            day for day, routes in enumerate(found.routes) for route in routes if customer in route
        )
        assert days == sets[found.pattern[customer]]
    assert all(len(route) <= 3 for routes in found.routes for route in routes)
    assert all(len(routes) <= 2 for routes in found.routes)


def test_the_same_question_has_the_same_answer():
    asked = problem(capacity=4)
    assert solve_periodic(asked, effort="quick") == solve_periodic(asked, effort="quick")


def test_days_that_are_not_in_a_row_are_kept():
    patterns = (((0,), (2,)),) * 3
    found = solve_periodic(problem(n=3, patterns=patterns), effort="quick")
    assert found.routes[1] == ()


def test_what_cannot_be_carried_is_infeasible():
    with pytest.raises(InfeasibleError, match="capacity 1"):
        solve_periodic(problem(capacity=1, patterns=(ALWAYS,) * 6), effort="quick")


def test_a_pattern_outside_the_days_is_refused():
    with pytest.raises(ConfigError, match="a day outside 0 to 2"):
        problem(n=1, patterns=(((3,),),))


def test_a_call_that_need_not_be_made_is_worth_its_prize():
    distance = np.array([[0, 10, 50], [10, 0, 50], [50, 50, 0]])
    for prize, made in ((30, [0]), (200, [0, 1])):
        calls = tuple(Call(n, (Option(n, prize=prize),), is_required=False) for n in (1, 2))
        found = solve_routes(Problem(calls, (Fleet(0, 1),), distance, distance), iterations=50)
        assert sorted(row for route in found.routes for row, _ in route.calls) == made


def test_a_call_is_made_in_one_of_its_ways():
    distance = np.array([[0, 10, 40], [10, 0, 45], [40, 45, 0]])
    calls = (Call("x", (Option(2), Option(1))),)
    found = solve_routes(Problem(calls, (Fleet(0, 1),), distance, distance), iterations=50)
    assert (found.routes[0].calls, found.distance, found.is_feasible) == (((0, 1),), 20, True)


def test_calls_without_options_and_odd_matrices_are_refused():
    square = np.zeros((2, 2), dtype=np.int64)
    with pytest.raises(ConfigError, match="1 calls have no option, first 'x'"):
        Problem((Call("x", ()),), (Fleet(0, 1),), square, square)
    with pytest.raises(ConfigError, match="differ in shape"):
        Problem((), (Fleet(0, 1),), square, np.zeros((3, 3), dtype=np.int64))
