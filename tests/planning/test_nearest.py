"""Fewest minutes of large questions: every small one is answered by trying everything too."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.planning.siting import stages, wish_solver
from capillare.planning.siting.case import NOTHING, Limits
from capillare.planning.siting.clashes import WishesInfeasibleError
from capillare.planning.siting.measures import broken_rules, reached
from capillare.planning.siting.nearest import least_minutes, search_nearest
from capillare.planning.siting.nearest_rules import Heeded, heeded_by
from capillare.planning.siting.openings import Openings
from capillare.planning.siting.wish_solver import choose_as_wished
from capillare.planning.siting.wishes import SitingWishes
from tests.planning.siting_cases import every_choice, make_case

WISHES = [
    SitingWishes(objective=("coverage", "minutes")),
    SitingWishes(objective=("worst", "coverage", "minutes")),
    SitingWishes(objective=("minutes",)),
    SitingWishes(objective=("minutes",), cover_share=0.6),
    SitingWishes(objective=("minutes",), max_min=35.0),
    SitingWishes(objective=("fewest", "minutes"), cover_share=0.5),
    SitingWishes(objective=("cost", "minutes"), max_min=50.0),
]


@st.composite
def cases(draw):
    n_places, n_sites = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    n_desks = draw(st.integers(0, 2))
    minutes = st.sampled_from([0.0, 5.0, 15.0, 20.0, 25.0, 35.0, 55.0])
    movable = range(n_desks) if draw(st.booleans()) else range(0)
    people = st.lists(st.integers(0, 60), min_size=n_places, max_size=n_places)
    return make_case(
        draw(people),
        [[draw(minutes) for _ in range(n_sites)] for _ in range(n_places)],
        [[draw(minutes) for _ in range(n_desks)] for _ in range(n_places)],
        weight=draw(st.none() | people),
        cost=draw(st.none() | st.just([39.0, 20.0, 7.5, 39.0][:n_sites])),
        movable=movable,
        moves=[(0, desk) for desk in movable],
    )


LIMITS = st.sampled_from([Limits(1), Limits(2), Limits(4), Limits(None, 45.0), Limits(2, 60.0)])


@given(cases(), LIMITS, st.sampled_from(WISHES))
@settings(max_examples=25, deadline=None)
def test_large_questions_are_answered_as_small_ones(case, limits, wishes):
    # The small ones' answers are compared with brute force beside their own tests.
    choose = partial(choose_as_wished, case, wishes, limits, tolerance_share=0.0)
    try:
        exact = choose().stages
    except WishesInfeasibleError:
        return
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stages, "MOST_LEVELS", -1)
        patched.setattr(wish_solver, "MANY_PAIRS", -1)
        large = choose().stages
        patched.setattr(stages, "MOST_LEFT", -1)
        searched = choose()
    assert [stage.status for stage in large] == ["optimal"] * len(exact)
    assert [stage.reached for stage in large] == pytest.approx([stage.reached for stage in exact])
    last = searched.stages[-1]
    assert last.bound <= exact[-1].reached + 1e-6
    assert last.reached >= exact[-1].reached - 1e-6
    assert not broken_rules(case, wishes, limits, searched.opened)


@given(cases(), LIMITS, st.floats(0, 0.9), st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_no_choice_beats_the_bound_and_none_better_is_left_out(case, limits, share, max_rounds):
    wishes = SitingWishes(objective=("minutes",))
    least = share * float(case.demand.weight.sum())

    def stands(opened):
        is_enough = reached(case, opened, "coverage") >= least
        return is_enough and not broken_rules(case, wishes, limits, opened)

    good = [opened for opened in every_choice(case) if stands(opened)]
    if not good:
        return
    minutes = [reached(case, opened, "minutes") for opened in good]
    heeded = heeded_by(case, wishes, limits, {"coverage": least})
    found = search_nearest(case, good[0], stands, heeded=heeded, max_rounds=max_rounds)
    assert stands(found.opened)
    known = reached(case, found.opened, "minutes")
    assert least_minutes(case) - 1e-6 <= found.bound <= min(minutes) + 1e-6
    assert known <= minutes[0]
    for opened, amount in zip(good, minutes, strict=True):
        if amount < known - 1e-6:
            assert not np.isin(case.options.candidate[opened.options], found.case.excluded).any()
            assert reached(found.case, opened, "minutes") == pytest.approx(amount)


def scattered(n, seed):
    """Places on a square, each a candidate; within reach up to 20."""
    draws = np.random.default_rng(seed)
    spots = draws.integers(0, 60, (n, 2))
    minutes = np.linalg.norm(spots[:, None] - spots[None], axis=2).round(1)
    return make_case(draws.integers(1, 900, n), minutes)


def test_people_who_must_stay_within_reach_raise_the_bound():
    case, wishes, limits = scattered(60, seed=1), SitingWishes(objective=("coverage",)), Limits(4)
    start = choose_as_wished(case, wishes, limits, tolerance_share=0.0).opened
    covered = reached(case, start, "coverage")

    def stands(least, opened):
        return opened.options.size <= 4 and reached(case, opened, "coverage") >= least

    bounds = {}
    for least in (0.0, covered):
        heeded = Heeded(Openings(4), least)
        found = search_nearest(case, start, partial(stands, least), heeded=heeded, max_rounds=14)
        known = reached(case, found.opened, "minutes")
        assert found.bound <= known <= reached(case, start, "minutes")
        assert known - found.bound <= 0.06 * known
        assert found.case.to_site.travel_min.size < case.to_site.travel_min.size
        bounds[least] = found.bound
    assert bounds[0.0] < bounds[covered]


def test_nothing_that_may_open_leaves_what_is():
    case = make_case([10, 20], [[5], [30]], [[10], [50]])
    found = search_nearest(case, NOTHING, lambda _: True, heeded=Heeded(Openings(0)), max_rounds=3)
    assert found.opened is NOTHING
    assert found.bound == least_minutes(case) == 10 * 5 + 20 * 30
