from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from capillare.geo.stopping import Signal, StoppedError, heeding
from capillare.planning.simplex import Programme
from capillare.planning.solver import Model, solve_model


def packing(objective, entries, ceilings):
    """Maximise over columns from 0 to 1, whole ones, under ceilings."""
    n = len(objective)
    return Model(
        objective=np.array(objective, dtype=float),
        lower=np.zeros(n),
        upper=np.ones(n),
        is_integer=np.ones(n, dtype=bool),
        rows=sparse.csr_array(np.array(entries, dtype=float).reshape(-1, n)),
        row_lower=np.full(len(ceilings), -np.inf),
        row_upper=np.array(ceilings, dtype=float),
        sense="maximize",
    )


def test_half_a_column_and_its_price_by_hand():
    vertex = Programme(packing([3, 2], [[2, 1]], [2])).solve(np.zeros(2), np.ones(2), max_pivots=99)
    assert vertex.columns.tolist() == [0.5, 1.0]
    assert vertex.prices.tolist() == [1.5]
    assert vertex.is_solved


@given(
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.lists(st.integers(0, 4), min_size=6, max_size=6),
    st.lists(st.integers(0, 6), min_size=2, max_size=2),
)
@settings(max_examples=40, deadline=None)
def test_solving_again_from_a_basis_is_solving_anew(objective, entries, ceilings):
    model = packing(objective, entries, ceilings)
    programme = Programme(model)
    first = programme.solve(np.zeros(3), np.ones(3), max_pivots=999)
    for fixed in product([0.0, 1.0, None], repeat=2):
        lower = np.array([side or 0.0 for side in fixed])
        upper = np.array([1.0 if side is None else side for side in fixed])
        again = programme.solve(lower, upper, max_pivots=999, basis=first.basis)
        anew = solve_model(
            Model(
                **{
                    **vars(model),
                    "lower": np.r_[lower, 0.0],
                    "upper": np.r_[upper, 1.0],
                    "is_integer": np.zeros(3, dtype=bool),
                }
            )
        )
        assert again.is_solved == (anew.status == "optimal")
        if again.is_solved:
            assert model.objective @ again.columns == pytest.approx(anew.objective)


def test_few_steps_end_early_and_say_so():
    draws = np.random.default_rng(4)
    model = packing(draws.integers(1, 99, 30), draws.integers(0, 9, (20, 30)), np.full(20, 30))
    programme = Programme(model)
    ended = programme.solve(np.zeros(30), np.ones(30), max_pivots=2)
    assert (ended.is_solved, ended.n_pivots) == (False, 2)
    assert programme.solve(np.zeros(30), np.ones(30), max_pivots=999).is_solved


def test_a_stop_is_heeded():
    signal = Signal()
    signal.is_stopped.set()
    programme = Programme(packing([1], [[1]], [1]))
    with heeding(signal), pytest.raises(StoppedError):
        programme.solve(np.zeros(1), np.ones(1), max_pivots=9)
