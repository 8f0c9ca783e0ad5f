from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from capillare.geo.errors import ConfigError
from capillare.planning.siting.models import covering_model
from capillare.planning.siting.reduction import reduce_covering
from capillare.planning.solver import Model, relative_gap, solve_model

INF = np.inf


def model_of(objective, rows, row_lower, row_upper, *, upper=1.0, sense="maximize", whole=True):
    objective = np.array(objective, dtype=float)
    return Model(
        objective=objective,
        lower=np.zeros(objective.size),
        upper=np.full(objective.size, float(upper)),
        is_integer=np.full(objective.size, whole),
        rows=sparse.csr_array(np.array(rows, dtype=float).reshape(len(row_lower), objective.size)),
        row_lower=np.array(row_lower, dtype=float),
        row_upper=np.array(row_upper, dtype=float),
        sense=sense,
    )


def hard_covering(n=400, n_sites=25):
    """A covering model whose root node does not close."""
    draws = np.random.default_rng(7)
    spots = draws.random((n, 2))
    reach = np.linalg.norm(spots[:, None] - spots[None], axis=2) <= 0.1
    people = draws.integers(1, 1000, n)
    reduced = reduce_covering(people, sparse.csr_array(reach), np.zeros(n, dtype=bool))
    return covering_model(reduced, n_sites=n_sites)


def test_knapsack_by_hand():
    # The dearest, 13, weighs 4 and leaves no room; 10 and 7 weigh 5 together.
    answer = solve_model(model_of([10, 13, 7], [[3, 4, 2]], [-INF], [5]))
    assert answer.status == "optimal"
    assert answer.objective == answer.bound == 17
    assert answer.gap == 0
    assert answer.columns.tolist() == [1, 0, 1]
    assert answer.stopped_by == ""


def test_linear_model_by_hand():
    # x + 2y <= 4, 3x + y <= 6 meet at (1.6, 1.2).
    answer = solve_model(
        model_of([1, 1], [[1, 2], [3, 1]], [-INF] * 2, [4, 6], upper=INF, whole=False)
    )
    assert answer.status == "optimal"
    assert answer.columns == pytest.approx([1.6, 1.2])
    assert answer.objective == pytest.approx(2.8)


@given(
    st.lists(st.integers(-9, 9), min_size=4, max_size=4),
    st.lists(st.integers(-5, 5), min_size=12, max_size=12),
    st.lists(st.integers(-3, 12), min_size=3, max_size=3),
    st.sampled_from(["maximize", "minimize"]),
)
@settings(max_examples=60, deadline=None)
def test_binary_models_equal_brute_force(objective, entries, ceilings, sense):
    rows = np.array(entries).reshape(3, 4)
    corners = np.array(list(product((0, 1), repeat=4)))
    held = corners[(corners @ rows.T <= ceilings).all(axis=1)]
    answer = solve_model(model_of(objective, rows, [-INF] * 3, ceilings, sense=sense))
    if not held.size:
        assert answer.status == "infeasible"
        return
    best = (max if sense == "maximize" else min)(held @ objective)
    assert answer.status == "optimal"
    assert answer.objective == best
    assert answer.bound == pytest.approx(best)


@pytest.mark.parametrize("whole", [True, False])
def test_infeasible_is_said_with_no_solution(whole):
    answer = solve_model(model_of([1, 1], [[1, 1]], [3], [INF], whole=whole))
    assert answer.status == "infeasible"
    assert answer.columns.size == 0
    assert np.isnan(answer.objective)
    assert answer.gap == INF


@pytest.mark.parametrize("whole", [True, False])
def test_unbounded_is_never_optimal(whole):
    answer = solve_model(model_of([1, 1], [[1, -1]], [0], [INF], upper=INF, whole=whole))
    assert answer.status in {"feasible", "no_solution"}
    assert answer.bound == INF


@pytest.mark.parametrize("sense", ["maximize", "minimize"])
def test_nothing_to_decide(sense):
    empty = model_of([], np.zeros((1, 0)), [0], [0], sense=sense)
    assert solve_model(empty).status == "optimal"
    clash = Model(
        np.empty(0),
        np.empty(0),
        np.empty(0),
        np.empty(0, dtype=bool),
        sparse.csr_array((1, 0)),
        np.array([1.0]),
        np.array([2.0]),
        sense,
    )
    assert solve_model(clash).status == "infeasible"


@pytest.mark.parametrize(
    ("limit", "stop"), [({"time_limit_s": 0.0}, "time"), ({"node_limit": 0}, "nodes")]
)
def test_a_stopped_run_is_never_called_optimal(limit, stop):
    model = hard_covering()
    stopped = solve_model(model, **limit)
    assert stopped.status == "no_solution"
    assert stopped.stopped_by == stop
    assert stopped.gap == INF
    nothing_open = np.zeros(model.objective.size)
    started = solve_model(model, start=nothing_open, **limit)
    assert started.status in {"feasible", "no_solution"}
    assert started.bound >= solve_model(model).objective - 1e-6


def test_a_gap_that_was_asked_for_is_not_optimal():
    model = hard_covering()
    best = solve_model(model)
    loose = solve_model(model, mip_gap=0.5)
    assert best.status == "optimal"
    assert loose.objective <= best.objective <= loose.bound + 1e-6
    assert loose.gap == pytest.approx(relative_gap(loose.objective, loose.bound))
    if loose.objective < loose.bound - 1e-3:
        assert (loose.status, loose.stopped_by) == ("feasible", "gap")


def test_a_start_is_used():
    model = hard_covering()
    best = solve_model(model)
    again = solve_model(model, start=best.columns, node_limit=0)
    assert again.objective == best.objective


def test_same_model_gives_same_answer():
    model = hard_covering()
    first, second = solve_model(model), solve_model(model)
    assert first.columns.tolist() == second.columns.tolist()
    assert first.bound == second.bound


@pytest.mark.parametrize(
    "limit", [{"time_limit_s": -1.0}, {"mip_gap": -0.1}, {"node_limit": -1}, {"mip_gap": np.nan}]
)
def test_negative_limits_are_refused(limit):
    with pytest.raises(ConfigError, match=next(iter(limit))):
        solve_model(model_of([1], [[1]], [0], [1]), **limit)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lower": np.zeros(3)}, "lower"),
        ({"row_upper": np.zeros(2)}, "row_upper"),
        ({"objective": np.array([1.0, np.nan])}, "NaN"),
        ({"objective": np.array([1.0, np.inf])}, "finite"),
    ],
)
def test_models_that_do_not_fit_are_refused(change, words):
    good = model_of([1, 1], [[1, 1]], [0], [1])
    with pytest.raises(ConfigError, match=words):
        Model(**{**vars(good), **change})
