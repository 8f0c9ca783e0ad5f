from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from capillare.planning.siting import pieces
from capillare.planning.siting.lagrangian import Relaxed, relax_covering
from capillare.planning.siting.local_search import Neighbours
from capillare.planning.siting.pieces import bound_by_pieces, divide_candidates
from capillare.planning.siting.reduction import Reduced

TRIANGLE = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])


def neighbours_of(people, rows):
    n_candidates = rows.shape[1]
    return Neighbours.of(Reduced(people, sparse.csr_array(rows), np.arange(n_candidates), 0.0))


def relaxed_at(neighbours, multipliers, n_sites):
    """The relaxation's bound from its definition."""
    values = np.sort(neighbours.catchments.toarray() @ multipliers)[::-1]
    bound = float((neighbours.people - multipliers).sum() + values[:n_sites].sum())
    return Relaxed(bound, multipliers, np.empty(0, dtype=np.intp), 0, 1.0)


def best_of(neighbours, n_sites):
    choices = combinations(range(neighbours.catchments.shape[0]), n_sites)
    return max(neighbours.covered_people(np.array(each)) for each in choices)


def test_two_triangles_by_hand(monkeypatch):
    # One and a half sites in each would cover all 60, and the relaxation knows no better. Whole
    # sites cover 20 with one and 30 with two: 50 with three, in whichever triangle the two are.
    monkeypatch.setattr(pieces, "MOST_CANDIDATES", 3)
    neighbours = neighbours_of(np.full(6, 10), np.kron(np.eye(2, dtype=int), TRIANGLE))
    relaxed = relaxed_at(neighbours, np.full(6, 5.0), 3)
    assert relaxed.bound == 60
    assert bound_by_pieces(neighbours, relaxed, 3, node_limit=10) == pytest.approx(50)
    assert best_of(neighbours, 3) == 50
    late = bound_by_pieces(neighbours, relaxed, 3, node_limit=10, deadline=time.perf_counter() - 1)
    assert late == 60
    assert bound_by_pieces(neighbours, relaxed, 3, node_limit=10, enough=60.0) == 60


@given(st.integers(0, 10_000), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_every_multiplier_gives_a_bound_no_looser_than_the_relaxation(seed, n_sites):
    draws = np.random.default_rng(seed)
    rows = (draws.random((12, 8)) < 0.3).astype(int)
    rows[:, 0] |= rows.sum(axis=1) == 0
    people = draws.integers(1, 50, 12)
    neighbours = neighbours_of(people, rows)
    relaxed = relaxed_at(neighbours, draws.random(12) * people, n_sites)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "MOST_CANDIDATES", 3)
        bound = bound_by_pieces(neighbours, relaxed, n_sites, node_limit=10)
    assert best_of(neighbours, n_sites) <= bound + 1e-6
    assert bound <= relaxed.bound + 1e-6


def test_candidates_are_divided_where_few_people_live(monkeypatch):
    # A chain of ten candidates, neighbours sharing one demand each; people are few in the middle.
    monkeypatch.setattr(pieces, "MOST_CANDIDATES", 5)
    rows = np.eye(9, 10, dtype=int) + np.eye(9, 10, k=1, dtype=int)
    people = np.array([9.0, 9, 9, 9, 1, 9, 9, 9, 9])
    divided = divide_candidates(sparse.csr_array(rows.astype(float)), people)
    assert sorted(each.tolist() for each in divided) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_a_larger_question_gains_on_the_relaxation(monkeypatch):
    monkeypatch.setattr(pieces, "MOST_CANDIDATES", 60)
    draws = np.random.default_rng(1)
    spots = draws.random((200, 2))
    rows = (np.linalg.norm(spots[:, None] - spots[None], axis=2) <= 0.12).astype(int)
    neighbours = neighbours_of(draws.integers(20, 500, 200), rows)
    relaxed = relax_covering(neighbours, 20, incumbent=np.arange(20), max_steps=1_000)
    bound = bound_by_pieces(neighbours, relaxed, 20, node_limit=20)
    assert bound < relaxed.bound - 50
    assert bound == bound_by_pieces(neighbours, relaxed, 20, node_limit=20)
    divided = divide_candidates(neighbours.reach.astype(float), neighbours.people.astype(float))
    assert max(each.size for each in divided) <= 60
    assert sorted(np.concatenate(divided).tolist()) == list(range(200))
