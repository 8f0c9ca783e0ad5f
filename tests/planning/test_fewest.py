from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from capillare.planning.siting.fewest import add_until_enough, search_fewest
from capillare.planning.siting.local_search import Neighbours
from capillare.planning.siting.reduction import reduce_covering


def reduced_from(people, reach):
    reach = np.asarray(reach, dtype=bool)
    return reduce_covering(
        np.asarray(people, dtype=np.int64),
        sparse.csr_array(reach),
        np.zeros(reach.shape[1], dtype=bool),
    )


def brute_force(reduced, needed):
    neighbours = Neighbours.of(reduced)
    for n in range(1, reduced.candidates.size + 1):
        for chosen in combinations(range(reduced.candidates.size), n):
            if neighbours.covered_people(np.array(chosen)) >= needed:
                return n
    raise AssertionError


@st.composite
def questions(draw):
    n_demand, n_candidates = draw(st.integers(1, 8)), draw(st.integers(1, 7))
    people = draw(st.lists(st.integers(1, 50), min_size=n_demand, max_size=n_demand))
    cells = draw(
        st.lists(st.booleans(), min_size=n_demand * n_candidates, max_size=n_demand * n_candidates)
    )
    return people, np.reshape(cells, (n_demand, n_candidates)), draw(st.sampled_from([0.4, 0.8, 1]))


@given(questions())
@settings(max_examples=40, deadline=None)
def test_search_is_bounded_and_enough(question):
    people, reach, share = question
    reduced = reduced_from(people, reach)
    if not reduced.weights.size:
        return
    needed = int(np.ceil(share * reduced.people_open))
    best = brute_force(reduced, needed)
    found = search_fewest(reduced, needed)
    assert found.bound <= best <= found.chosen.size
    assert Neighbours.of(reduced).covered_people(found.chosen) >= needed
    for enough in (best - 1, best):
        asked = search_fewest(reduced, needed, enough=enough)
        assert asked.bound <= best
        assert (asked.chosen.size <= enough) <= (enough >= best)


def test_superfluous_sites_are_left_out():
    # The middle gains most at first, then both ends are needed and it is not.
    reduced = reduced_from([3, 4, 4, 3], [[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]])
    assert reduced.candidates[add_until_enough(reduced, 14)].tolist() == [0, 2]
    assert reduced.candidates[add_until_enough(reduced, 8)].tolist() == [1]


@pytest.mark.parametrize("share", [0.7, 1.0])
def test_a_late_search_still_brackets(share):
    draws = np.random.default_rng(3)
    spots = draws.random((150, 2))
    reach = np.linalg.norm(spots[:, None] - spots[None], axis=2) <= 0.15
    reduced = reduced_from(draws.integers(1, 500, 150), reach)
    needed = int(np.ceil(share * reduced.people_open))
    found = search_fewest(reduced, needed)
    assert 0 < found.bound <= found.chosen.size <= found.bound + 2
    late = search_fewest(reduced, needed, deadline=time.perf_counter() - 1)
    assert late.bound <= found.bound
    assert late.chosen.size >= found.chosen.size
