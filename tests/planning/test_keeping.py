"""The nearest of the sets of points that keep most people: against every other set."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.planning.siting.keeping import Keeping, keep_nearest, with_most_hours

FAR = st.sampled_from([3.0, 8.0, 12.0, 20.0, 21.0, 30.0, 55.5, np.inf])


def keeping_of(adults, minutes, n_kept, *, elsewhere=None, forced=()):
    minutes = np.array(minutes, dtype=float)
    return Keeping(
        adults=np.array(adults, dtype=np.int64),
        minutes=minutes,
        elsewhere_min=np.full(len(adults), np.inf) if elsewhere is None else np.array(elsewhere),
        within_min=20.0,
        forced=np.array(sorted(forced), dtype=np.intp),
        n_kept=n_kept,
        far_min=60.0,
    )


def allowed_sets(keeping):
    n = keeping.minutes.shape[1]
    for chosen in combinations(range(n), keeping.n_kept):
        if set(keeping.forced) <= set(chosen):
            yield np.array(chosen, dtype=np.intp)


@st.composite
def keepings(draw):
    n_demand, n = draw(st.integers(1, 5)), draw(st.integers(2, 6))
    n_kept = draw(st.integers(1, n))
    row = st.lists(FAR, min_size=n, max_size=n)
    return keeping_of(
        draw(st.lists(st.integers(0, 40), min_size=n_demand, max_size=n_demand)),
        draw(st.lists(row, min_size=n_demand, max_size=n_demand)),
        n_kept,
        elsewhere=draw(st.lists(FAR, min_size=n_demand, max_size=n_demand)),
        forced=draw(st.sets(st.integers(0, n - 1), max_size=n_kept)),
    )


@settings(max_examples=60)
@given(keepings())
def test_no_other_set_keeps_as_many_and_is_nearer(keeping):
    sets = list(allowed_sets(keeping))
    most = max(keeping.people(chosen) for chosen in sets)
    even = [chosen for chosen in sets if keeping.people(chosen) == most]
    kept, answer = keep_nearest(keeping, even[-1])
    assert answer.status == "optimal"
    assert kept.size == keeping.n_kept
    assert set(keeping.forced) <= set(kept)
    assert keeping.people(kept) == most
    best = min(keeping.person_minutes(chosen) for chosen in even)
    assert keeping.person_minutes(kept) == pytest.approx(best) == answer.objective


def test_the_far_valley_is_kept_before_a_second_desk_in_town():
    # Points 0 and 1 in town; 2 in a valley whose people are out of reach of all.
    keeping = keeping_of([1000, 50], [[5, 5, 40], [45, 45, 25]], 2)
    kept, _ = keep_nearest(keeping, np.array([0, 1]))
    assert 2 in kept
    assert keeping.person_minutes(kept) == 1000 * 5 + 50 * 25


def test_of_points_in_one_place_those_with_most_hours_stay():
    keeping = keeping_of([10, 20], [[5, 5, 5, 9], [7, 7, 7, 1]], 2, forced=[0])
    kept = with_most_hours(keeping, np.array([0, 1]), np.array([3.0, 6.0, 24.0, 1.0]))
    assert kept.tolist() == [0, 2]
    assert keeping.person_minutes(kept) == keeping.person_minutes(np.array([0, 1]))


def test_nowhere_counts_as_far():
    keeping = keeping_of([10], [[np.inf, 80.0]], 1)
    assert keeping.person_minutes(np.array([0])) == keeping.person_minutes(np.array([1])) == 600
