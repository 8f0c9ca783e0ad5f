from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.planning.siting.annealing import _Cover, anneal_sites
from capillare.planning.siting.local_search import add_greedily, swap_best
from tests.planning.siting_neighbours import neighbours_of


@given(st.integers(0, 30), st.lists(st.integers(0, 19), max_size=25))
@settings(max_examples=40, deadline=None)
def test_worth_is_what_a_recount_says(seed, flips):
    neighbours = neighbours_of(30, seed)
    n = neighbours.catchments.shape[0]
    cover, opened = _Cover(neighbours), set()
    for flip in flips:
        candidate = flip % n
        (cover.close if candidate in opened else cover.open)(candidate)
        opened ^= {candidate}
    now = neighbours.covered_people(np.array(sorted(opened), dtype=np.intp))
    assert cover.covered == now
    for candidate in range(n):
        other = neighbours.covered_people(np.array(sorted(opened ^ {candidate}), dtype=np.intp))
        assert cover.worth[candidate] == abs(now - other)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_never_loses_and_beats_plain_swaps(seed):
    neighbours = neighbours_of(300, seed)
    swapped = swap_best(
        neighbours, add_greedily(neighbours, np.empty(0, dtype=np.intp), 20), max_swaps=500
    )
    annealed = anneal_sites(neighbours, swapped, n_steps=8_000, seed=1)
    assert annealed.size == np.unique(annealed).size == 20
    assert neighbours.covered_people(annealed) > neighbours.covered_people(swapped)
    again = anneal_sites(neighbours, swapped, n_steps=8_000, seed=1)
    assert again.tolist() == annealed.tolist()


def test_it_stops_at_once_when_it_is_late():
    neighbours = neighbours_of(100, 0)
    chosen = add_greedily(neighbours, np.empty(0, dtype=np.intp), 5)
    late = anneal_sites(neighbours, chosen, n_steps=10**6, seed=1, deadline=time.perf_counter() - 1)
    assert late.tolist() == chosen.tolist()


def test_nothing_to_swap():
    neighbours = neighbours_of(20, 0)
    everything = np.arange(neighbours.catchments.shape[0])
    for chosen in (everything, everything[:0]):
        assert anneal_sites(neighbours, chosen, n_steps=10, seed=0).tolist() == chosen.tolist()
