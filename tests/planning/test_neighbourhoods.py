from __future__ import annotations

import time

import numpy as np
from scipy import sparse

from capillare.planning.siting.local_search import Neighbours, add_greedily, swap_best
from capillare.planning.siting.neighbourhoods import improve_by_neighbourhoods
from capillare.planning.siting.reduction import Reduced
from tests.planning.siting_neighbours import neighbours_of


def swapped(neighbours, n_sites):
    greedy = add_greedily(neighbours, np.empty(0, dtype=np.intp), n_sites)
    return swap_best(neighbours, greedy, max_swaps=500)


def test_it_never_loses_and_beats_plain_swaps():
    neighbours = neighbours_of(250, 0)
    before = swapped(neighbours, 20)
    after = improve_by_neighbourhoods(neighbours, before, n_rounds=15, seed=1)
    assert after.size == np.unique(after).size == 20
    assert neighbours.covered_people(after) > neighbours.covered_people(before)
    again = improve_by_neighbourhoods(neighbours, before, n_rounds=15, seed=1)
    assert again.tolist() == after.tolist()


def test_two_sites_that_must_move_together():
    # 0 and 1 cover 10 people in each of four places; with 2 or 3 instead of one of them 35 in all;
    # 2 and 3 together all four and 5 each of their own.
    rows = np.array(
        [[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]]
    )
    reduced = Reduced(np.array([10, 10, 10, 10, 5, 5]), sparse.csr_array(rows), np.arange(4), 0.0)
    neighbours = Neighbours.of(reduced)
    assert swap_best(neighbours, np.array([0, 1]), max_swaps=10).tolist() == [0, 1]
    better = improve_by_neighbourhoods(neighbours, np.array([0, 1]), n_rounds=1, seed=0)
    assert better.tolist() == [2, 3]


def test_it_stops_when_it_is_late_or_has_enough():
    neighbours = neighbours_of(100, 0)
    chosen = add_greedily(neighbours, np.empty(0, dtype=np.intp), 5)
    for limit in ({"deadline": time.perf_counter() - 1}, {"enough_people": 1.0}):
        same = improve_by_neighbourhoods(neighbours, chosen, n_rounds=5, seed=0, **limit)
        assert same.tolist() == chosen.tolist()
    nothing = chosen[:0]
    assert not improve_by_neighbourhoods(neighbours, nothing, n_rounds=5, seed=0).size
