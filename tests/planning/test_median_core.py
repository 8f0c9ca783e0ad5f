from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.planning.siting.median import Limits, find_medians
from capillare.planning.siting.median_core import close_by_levels
from capillare.planning.siting.median_dual import relax_median
from capillare.planning.siting.openings import Openings
from tests.planning.test_median import brute_force, costs_from, graph_minutes


def relaxed(costs, n_sites, incumbent_cost, max_steps=60):
    prices = np.minimum(costs.at_rank(costs.n_candidates // n_sites), costs.ceiling)
    return relax_median(
        costs,
        Openings(n_sites),
        prices=prices,
        incumbent_cost=incumbent_cost,
        good_enough=np.inf,
        max_steps=max_steps,
    )


@st.composite
def questions(draw):
    n_demand, n_candidates = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    n_cells = n_demand * n_candidates
    cells = draw(st.lists(st.integers(0, 9), min_size=n_cells, max_size=n_cells))
    fallback = draw(st.sampled_from([np.inf, 4.0, 20.0]))
    table = np.reshape(cells, (n_demand, n_candidates)).astype(float)
    return table, np.full(n_demand, fallback), draw(st.integers(1, n_candidates))


@given(questions(), st.integers(0, 5), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_closed_is_the_best_of_all_choices(question, above, max_steps):
    table, fallback, n_sites = question
    best = brute_force(table, fallback, n_sites)
    costs = costs_from(np.where(table < fallback[:, None], table, np.inf), fallback)
    known = best + above
    dual = relaxed(costs, n_sites, known + 1.0, max_steps)
    closed = close_by_levels(
        costs, Openings(n_sites), dual=dual, cost=known, margin=1 - 1e-9, most_pairs=10**6
    )
    assert closed is not None
    assert not closed.is_stopped
    assert closed.cost == best
    assert best - 1 < closed.bound <= best
    if closed.opened is not None:
        assert costs.total(closed.opened) == best
        assert closed.opened.size <= n_sites


def test_no_better_choice_than_the_best_is_proved():
    table = graph_minutes(60, 4)
    costs = costs_from(table)
    best = find_medians(costs, Openings(12), Limits()).cost
    dual = relaxed(costs, 12, best)
    closed = close_by_levels(
        costs, Openings(12), dual=dual, cost=best, margin=1 - 1e-9, most_pairs=10**6
    )
    assert (closed.opened, closed.cost, closed.is_stopped) == (None, best, False)
    assert best - 1 < closed.bound <= best


def test_too_many_pairs_or_pairs_that_are_not_held_are_left_alone():
    costs = costs_from(graph_minutes(60, 4))
    best = find_medians(costs, Openings(12), Limits()).cost
    dual = relaxed(costs, 12, best)
    asked = {"dual": dual, "cost": best + 50, "margin": 1.0}
    assert close_by_levels(costs, Openings(12), most_pairs=10, **asked) is None
    near = costs.up_to(dual.prices + 1.0)
    assert close_by_levels(near, Openings(12), most_pairs=10**6, **asked) is None


@pytest.mark.parametrize(("n", "n_sites"), [(100, 33), (150, 50)])
def test_a_core_of_few_pairs_is_closed_at_once(n, n_sites):
    # Prices that all but meet the best cost: branch and bound alone visits nodes without end.
    found = find_medians(
        costs_from(graph_minutes(n, n + n_sites)), Openings(n_sites), Limits(max_work=0.0)
    )
    assert found.bound == found.cost
