"""Whom hours can serve, against closed forms, the model's own answer, and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.planning.siting.case import NOTHING, Limits, Opened
from capillare.planning.siting.hours_served import serve
from capillare.planning.siting.measures import broken_rules, reached
from capillare.planning.siting.wish_solver import choose_as_wished
from capillare.planning.siting.wishes import SitingWishes
from tests.planning.siting_cases import make_case

WISHES = SitingWishes(objective=("coverage",), capacity=True)


def opened(*options: int) -> Opened:
    return Opened(np.array(options, dtype=np.intp), NOTHING.ceased)


def test_without_limits_of_hours_nothing_is_added():
    case = make_case([10], [[5]], [[5]])
    assert serve(case, NOTHING) is NOTHING


def test_people_go_where_hours_are_left():
    # Both places reach the desk (20 people), only the second reaches the site (24 x 1 = 24).
    case = make_case(
        [30, 30], [[50], [5]], [[5], [5]], desk_hours=[20.0], adults_per_hour=1.0
    )  # fmt: skip
    today, then = serve(case, NOTHING), serve(case, opened(0))
    assert reached(case, today, "coverage") == pytest.approx(20)
    assert reached(case, then, "coverage") == pytest.approx(44)
    # The desk is left to those who reach nothing else.
    assert then.served_share == pytest.approx([20 / 30, 24 / 30])
    assert not broken_rules(case, WISHES, Limits(1), then)


@st.composite
def cases(draw: st.DrawFn):
    n_places, n_sites = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    n_desks = draw(st.integers(0, 2))
    minutes = st.sampled_from([5.0, 15.0, 50.0])
    return make_case(
        draw(st.lists(st.integers(0, 60), min_size=n_places, max_size=n_places)),
        [[draw(minutes) for _ in range(n_sites)] for _ in range(n_places)],
        [[draw(minutes) for _ in range(n_desks)] for _ in range(n_places)],
        desk_hours=[float(draw(st.integers(0, 40))) for _ in range(n_desks)],
        adults_per_hour=1.0,
    )


@settings(max_examples=30, deadline=None)
@given(cases())
def test_as_many_are_served_as_the_model_proves(case):
    most = case.candidate_ids.size
    choice = choose_as_wished(case, WISHES, Limits(most), tolerance_share=0.0)
    assert choice.stages[0].status == "optimal"
    for limit, asked in ((Limits(0), NOTHING), (Limits(most), choice.opened)):
        served = serve(case, asked)
        again = choose_as_wished(case, WISHES, limit, tolerance_share=0.0)
        assert reached(case, served, "coverage") == pytest.approx(again.stages[0].reached)
        assert not broken_rules(case, WISHES, limit, served)


@given(cases())
def test_one_more_site_never_serves_fewer(case):
    counts = [
        reached(case, serve(case, opened(*range(n))), "coverage")
        for n in range(case.candidate_ids.size + 1)
    ]
    assert counts == sorted(counts)
