"""Seasonal seats: the best plan by brute force, its rules, its week, its people."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from opening_hours import OpeningHours
from scipy import sparse

from capillare.geo.errors import ConfigError, DataError, InfeasibleError
from capillare.geo.hours import weekly_hours
from capillare.geo.season_rules import SeasonRules
from capillare.planning.seasons.question import (
    SeasonQuestion,
    SeatHours,
    broken_rules,
    count_served,
    refuse_clashes,
    why_nothing_moves,
)
from capillare.planning.seasons.solving import solve_seasons
from capillare.planning.seasons.timetable import find_timetable, opening_hours, split_hours

FREE = SeasonRules(
    main_floor_hours=4.0, seat_year_eur=0.0, seat_month_eur=0.0, season_share=0.0, most_seats=3
)
COSTLY = replace(FREE, seat_year_eur=100.0, seat_month_eur=50.0, worth_eur=5.0, budget_eur=350.0)
MONTHS = 4


def question_of(people, *, seat_point=(0, 0), n_points=1, hours=8.0, seed=0):
    """A question with random places: who is near, and what an hour is worth to whom."""
    draw = np.random.default_rng(seed)
    n_places, n_seats = people.shape[0], len(seat_point)
    near = [draw.random((n_places, n)) < 0.4 for n in (n_points, n_seats)]
    own = np.zeros((n_places, n_points))
    own[np.arange(n_places), draw.integers(0, n_points, n_places)] = 1.0
    worth = [n * draw.uniform(0.5, 1, n.shape) for n in near]
    return SeasonQuestion(
        hours=np.full(n_points, hours),
        seat_point=np.array(seat_point),
        main_near=sparse.csr_array(near[0].astype(float)),
        seat_near=sparse.csr_array(near[1].astype(float)),
        main_worth=sparse.csr_array(worth[0] * own),
        seat_worth=sparse.csr_array(worth[1] * own[:, list(seat_point)]),
        has_fixed=draw.random(n_places) < 0.2,
        people=people.astype(float),
        may_open=draw.random((n_seats, people.shape[1])) < 0.9,
        full_hours=8.0,
        point_ids=tuple(f"p{row}" for row in range(n_points)),
    )


def best_by_hand(question, rules):
    """Try every plan of whole hours that breaks no rule: the worth of the best."""
    spare = int(question.hours[0] - rules.main_floor_hours)
    options = [0, *range(int(rules.least_opening_hours), spare + 1)]
    best = -np.inf
    shape = question.may_open.shape
    for hours in product(options, repeat=shape[0] * shape[1]):
        plan = SeatHours(np.array(hours, dtype=float).reshape(shape))
        if (plan.seats.sum(axis=0) > spare).any() and question.hours.size == 1:
            continue
        if not broken_rules(question, plan, rules):
            best = max(best, count_served(question, plan, rules).worth)
    return best


@budget(max_examples=6)
@given(seed=st.integers(0, 10_000), rules=st.sampled_from([FREE, COSTLY]))
def test_the_plan_is_the_best_of_all(seed, rules):
    people = np.random.default_rng(seed).integers(0, 200, (6, MONTHS - 1))
    question = question_of(people, seed=seed)
    answer = solve_seasons(question, rules, effort="best")
    assert answer.status == "optimal"
    assert not broken_rules(question, answer.plan, rules)
    assert answer.objective == pytest.approx(best_by_hand(question, rules), abs=1e-6)
    assert answer.objective >= answer.served_year_round.worth >= answer.served_today.worth


def test_points_that_share_a_far_place_count_it_once():
    people = np.array([[100.0] * MONTHS, [1.0] * MONTHS, [1.0] * MONTHS])
    near = sparse.csr_array(np.array([[0, 0], [1, 0], [0, 1]], dtype=float))
    question = SeasonQuestion(
        hours=np.array([8.0, 8.0]),
        seat_point=np.array([0, 1]),
        main_near=near,
        seat_near=sparse.csr_array(np.array([[1, 1], [0, 0], [0, 0]], dtype=float)),
        main_worth=near,
        seat_worth=sparse.csr_array((3, 2)),
        has_fixed=np.zeros(3, dtype=bool),
        people=people,
        may_open=np.ones((2, MONTHS), dtype=bool),
        full_hours=8.0,
        point_ids=("a", "b"),
    )
    answer = solve_seasons(question, FREE, effort="best")
    assert answer.n_blocks == 1
    assert (answer.plan.seats > 0).any(axis=1).sum() == 1  # one of the two is enough
    assert answer.served.people_within.tolist() == [102.0] * MONTHS


@budget(max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_the_same_people_all_year_change_nothing(seed):
    rules = replace(COSTLY, budget_eur=10_000.0)  # money for part of a year would change it
    same = np.repeat(np.random.default_rng(seed).integers(0, 300, (12, 1)), 6, axis=1)
    question = question_of(same, seat_point=(0, 0, 1, 1), n_points=2, seed=seed)
    question = replace(question, may_open=np.ones((4, 6), dtype=bool))
    answer = solve_seasons(question, rules, effort="best")
    assert (np.ptp(answer.plan.seats, axis=1) == 0).all()
    assert answer.objective == pytest.approx(answer.served_year_round.worth)


@budget(max_examples=5)
@given(seed=st.integers(0, 10_000))
def test_looser_rules_are_never_worse_and_row_order_is_irrelevant(seed):
    people = np.random.default_rng(seed).integers(0, 300, (8, 6))
    question = question_of(people, seat_point=(0, 0, 1), n_points=2, seed=seed)
    worth = [
        solve_seasons(question, rules, effort="best").objective
        for rules in (
            replace(COSTLY, most_changes=0),
            replace(COSTLY, most_seats=2),
            COSTLY,
            replace(COSTLY, budget_eur=10_000.0),
        )
    ]
    assert worth[0] <= worth[2] + 1e-6
    assert worth[1] <= worth[2] + 1e-6 <= worth[3] + 2e-6
    order = np.random.default_rng(1).permutation(len(people))
    shuffled = replace(
        question,
        people=question.people[order],
        has_fixed=question.has_fixed[order],
        **{
            name: getattr(question, name)[order]
            for name in ("main_near", "seat_near", "main_worth", "seat_worth")
        },
    )
    assert solve_seasons(shuffled, COSTLY, effort="best").objective == pytest.approx(worth[2])


def test_a_season_opens_the_seat_where_people_come():
    """By hand: 1,000 people come in two months to a place that the main seat does not reach."""
    people = np.zeros((2, 12))
    people[0] = 100.0
    people[1, 6:8] = 1000.0
    question = SeasonQuestion(
        hours=np.array([24.0]),
        seat_point=np.array([0]),
        main_near=sparse.csr_array(np.array([[1.0], [0.0]])),
        seat_near=sparse.csr_array(np.array([[0.0], [1.0]])),
        main_worth=sparse.csr_array(np.array([[1.0], [0.0]])),
        seat_worth=sparse.csr_array(np.array([[0.0], [1.0]])),
        has_fixed=np.zeros(2, dtype=bool),
        people=people,
        may_open=np.ones((1, 12), dtype=bool),
        full_hours=24.0,
        point_ids=("p",),
    )
    answer = solve_seasons(question, SeasonRules(), effort="best")
    assert answer.plan.seats.tolist() == [[0.0] * 6 + [12.0] * 2 + [0.0] * 4]
    # 12 of 24 hours move for two months: 1000 x (1/2 + 1/2 x 12/24) gained, 100 x 1/2 x 12/24 lost.
    cost = (500 + 2 * 150) / 10
    assert answer.objective - answer.served_today.worth == pytest.approx(2 * (750 - 25) - cost)
    assert answer.served.people_within.tolist() == [100.0] * 6 + [1100.0] * 2 + [100.0] * 4


def test_effort_states_its_gap_and_repeats_itself():
    people = np.random.default_rng(5).integers(0, 300, (20, 6))
    question = question_of(people, seat_point=(0, 0, 1, 1), n_points=2, seed=5)
    first, second = (solve_seasons(question, COSTLY, effort="quick") for _ in range(2))
    assert (first.plan.seats == second.plan.seats).all()
    best = solve_seasons(question, COSTLY, effort="best")
    assert first.objective - 1e-6 <= best.objective <= first.bound + 1e-6
    assert first.gap <= 0.01


# -- bad questions


def test_people_who_cannot_be_are_refused():
    with pytest.raises(DataError, match=r"negative or missing, 1 row \[0\]"):
        question_of(np.array([[-1.0] * MONTHS]))


def test_arrays_that_do_not_fit_are_refused():
    question = question_of(np.ones((3, MONTHS)))
    with pytest.raises(ConfigError, match="has_fixed has shape"):
        replace(question, has_fixed=np.zeros(2, dtype=bool))


def test_a_floor_above_the_hours_is_infeasible_and_says_by_how_much():
    with pytest.raises(InfeasibleError, match="6 too many"):
        refuse_clashes(SeasonRules(main_floor_hours=30.0), point_hours=24.0)
    refuse_clashes(SeasonRules(main_floor_hours=24.0), point_hours=24.0)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"most_seats": 1}, "una sola sede"),
        ({"main_floor_hours": 22.0}, "22 ore su 24"),
        ({"budget_eur": 600.0}, "non paga un mese"),
        ({}, ""),
    ],
)
def test_what_keeps_everything_as_it_is_is_said(changed, words):
    said = why_nothing_moves(replace(SeasonRules(), **changed), point_hours=24.0)
    assert words in said
    assert bool(said) is bool(words)


@pytest.mark.parametrize(
    "changed",
    [
        {"least_opening_hours": 0.0},
        {"least_opening_hours": 6.0},
        {"most_seats": 0},
        {"most_changes": 13},
        {"main_floor_hours": -1.0},
        {"reach_share": 1.5},
        {"budget_eur": -1.0},
        {"worth_eur": 0.0},
        {"from_main_min": float("nan")},
    ],
)
def test_rules_out_of_range_are_refused(changed):
    with pytest.raises(ConfigError, match=next(iter(changed))):
        replace(SeasonRules(), **changed)


def test_every_broken_rule_is_found():
    question = replace(
        question_of(np.ones((3, 12)), hours=24.0), may_open=np.ones((2, 12), dtype=bool)
    )
    rules = SeasonRules()
    plan = np.zeros((2, 12))
    plan[0, [1, 3]] = 2.0
    plan[1, 5] = 20.0
    found = broken_rules(
        replace(question, may_open=np.zeros((2, 12), dtype=bool)),
        SeatHours(plan),
        replace(rules, most_seats=2, budget_eur=100.0),
    )
    for words in ("floor", "too short", "too many seats", "too many changes", "budget", "season"):
        assert any(words in sentence for sentence in found), words
    plan = np.zeros((2, 12))
    plan[0, [11, 0]] = 6.0  # December to January is no change
    assert broken_rules(question, SeatHours(plan), rules) == []


# -- the week


@given(hours=st.integers(6, 80), least=st.sampled_from([2.0, 3.0, 4.0]))
def test_openings_sum_to_the_hours_and_are_long_enough(hours, least):
    openings = split_hours(hours / 2, least=least)
    assert sum(openings) == hours / 2
    assert len(openings) == 1 or min(openings) >= least - 0.5 + 1e-9
    if hours / 2 >= 2 * least:
        assert max(openings) <= 6


@budget(max_examples=60)
@given(
    first=st.sampled_from([0, *range(3, 13)]),
    second=st.sampled_from([0, *range(3, 13)]),
    blocks=st.tuples(*[st.integers(0, 11)] * 4),
    may_share_days=st.booleans(),
)
def test_a_team_is_never_in_two_places(first, second, blocks, may_share_days):
    hours = np.zeros((3, 12))
    hours[1, np.arange(blocks[0], blocks[0] + blocks[1]) % 12] = first
    hours[2, np.arange(blocks[2], blocks[2] + blocks[3]) % 12] = min(second, 12 - first)
    hours[2, hours[2] < 3] = 0
    hours[0] = 24 - hours.sum(axis=0)
    found = find_timetable(hours, least=3.0, may_share_days=may_share_days, point_id="p")
    for month in range(12):
        taken, days = [], []
        for seat in range(3):
            if not hours[seat, month]:
                continue
            openings = found[seat, hours[seat, month]]
            assert sum(o.hours for o in openings) == hours[seat, month]
            assert all(3 <= o.hours <= 5 for o in openings)
            taken += [(o.day, o.half) for o in openings]
            days += list({o.day for o in openings})
            written = opening_hours(openings)
            assert OpeningHours(written)
            from datetime import date

            assert weekly_hours(written, as_of=date(2025, 1, 1)) == hours[seat, month]
        assert len(taken) == len(set(taken))
        assert may_share_days or len(days) == len(set(days))


def test_a_week_that_does_not_hold_the_openings_is_infeasible():
    with pytest.raises(InfeasibleError, match="point crowded: its openings do not fit"):
        find_timetable(
            np.array([[50.0], [20.0]]), least=3.0, may_share_days=True, point_id="crowded"
        )
