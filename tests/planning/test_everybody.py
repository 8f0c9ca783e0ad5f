from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from capillare.planning.siting import everybody
from capillare.planning.siting.everybody import find_implied, reduce_everybody
from capillare.planning.siting.reduction import reduce_covering


def reduced_from(reach):
    reach = sparse.csr_array(np.asarray(reach, dtype=bool))
    return reduce_covering(
        np.ones(reach.shape[0], dtype=np.int64), reach, np.zeros(reach.shape[1], dtype=bool)
    )


def fewest(reach):
    """Fewest columns that meet every row, by trying all."""
    reach = np.asarray(reach)
    for n in range(reach.shape[1] + 1):
        for chosen in combinations(range(reach.shape[1]), n):
            if reach[:, list(chosen)].any(axis=1).all():
                return n
    raise AssertionError


@st.composite
def reaches(draw):
    n_demand, n_candidates = draw(st.integers(1, 8)), draw(st.integers(1, 7))
    cells = draw(
        st.lists(st.booleans(), min_size=n_demand * n_candidates, max_size=n_demand * n_candidates)
    )
    reach = np.reshape(cells, (n_demand, n_candidates))
    return reach[reach.any(axis=1)]


@given(reaches())
@settings(max_examples=150, deadline=None)
def test_what_is_left_needs_as_many_as_the_whole(reach):
    smaller = reduce_everybody(reduced_from(reach))
    left = smaller.reduced.reach.toarray() > 0
    assert smaller.forced.size + fewest(left) == fewest(reach)
    assert not np.isin(smaller.reduced.candidates, smaller.forced).any()
    # Any choice that serves what is left serves everybody with the forced ones.
    opened = np.union1d(smaller.forced, smaller.reduced.candidates)
    assert reach[:, opened].any(axis=1).all()
    if left.size:
        some = [int(np.flatnonzero(row)[0]) for row in left]
        opened = np.union1d(smaller.forced, smaller.reduced.candidates[some])
        assert reach[:, opened].any(axis=1).all()


def test_a_demand_that_another_serves_is_left_out_and_the_only_site_is_forced():
    # d1 reaches all that d0 does; d0 reaches one only; d2 and d3 are left with two sites.
    reach = sparse.csr_array(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], dtype=np.int32))
    assert find_implied(reach).tolist() == [False, True, False]
    smaller = reduce_everybody(reduced_from([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 1, 1]]))
    assert smaller.forced.tolist() == [0, 1]
    assert smaller.reduced.weights.size == 0


def test_of_the_same_demand_the_first_stays():
    reach = sparse.csr_array(np.array([[1, 1], [1, 1]], dtype=np.int32))
    assert find_implied(reach).tolist() == [False, True]


def test_nothing_is_compared_where_it_would_take_too_long(monkeypatch):
    monkeypatch.setattr(everybody, "MAX_PAIRS_COMPARED", 0)
    reach = sparse.csr_array(np.array([[1, 0], [1, 1]], dtype=np.int32))
    assert not find_implied(reach).any()
