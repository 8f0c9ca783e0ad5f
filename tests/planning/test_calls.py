"""The best set of applications: against every subset, and what must hold of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from capillare.planning.funding.call_order import displaced, ending
from capillare.planning.siting.call_order import order_by_worth
from capillare.planning.siting.calls import (
    NOBODY,
    Call,
    Ceiling,
    choose_applications,
)


def call_of(adults, reach, *, score=None, cost=None, budget=np.inf, least=0, caps=()):
    n = len(reach[0])
    cost = np.array(cost if cost is not None else [1.0] * n, dtype=float)
    ceilings = [Ceiling("over_budget", "", cost, float(budget), "EUR")] if budget < np.inf else []
    for members, most in caps:
        taken = np.isin(np.arange(n), members).astype(float)
        ceilings.append(Ceiling("over_body_cap", "b", taken, float(most), "applications"))
    return Call(
        adults=np.array(adults, dtype=np.int64),
        reach=sparse.csr_array(np.array(reach, dtype=np.int32)),
        score_people=np.array(score if score is not None else [0.0] * n, dtype=float),
        cost_eur=cost,
        ceilings=tuple(ceilings),
        least_adults=least,
    )


def has_own(call, chosen):
    """Whether each application of a set reaches enough adults whom no other of it reaches."""
    reach = call.reach.toarray()[:, list(chosen)] > 0
    alone = reach.sum(axis=1) == 1
    own = [(call.adults * (alone & reach[:, k])).sum() for k in range(len(chosen))]
    return all(adults >= call.least_adults for adults in own)


def best_by_hand(call):
    """The most that any allowed set is worth, and the least that such a set costs."""
    worths = {}
    for size in range(len(call) + 1):
        for chosen in combinations(range(len(call)), size):
            rows = np.array(chosen, dtype=int)
            if any(c.taken[rows].sum() > c.most for c in call.ceilings) or not has_own(
                call, chosen
            ):
                continue
            reached = (call.reach.toarray()[:, rows] > 0).any(axis=1)
            worths[chosen] = call.adults[reached].sum() + call.score_people[rows].sum()
    most = max(worths.values())
    return most, min(call.cost_eur[list(s)].sum() for s, w in worths.items() if w > most - 1e-9)


@st.composite
def calls(draw):
    n_demand, n = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    reach = draw(
        st.lists(
            st.lists(st.integers(0, 1), min_size=n, max_size=n),
            min_size=n_demand,
            max_size=n_demand,
        )
    )
    whole = st.integers(0, 30)
    return call_of(
        draw(st.lists(whole, min_size=n_demand, max_size=n_demand)),
        reach,
        score=draw(st.lists(st.integers(0, 8), min_size=n, max_size=n)),
        cost=draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)),
        budget=draw(st.integers(0, 30)),
        least=draw(st.integers(0, 12)),
        caps=[(draw(st.sets(st.integers(0, n - 1))), draw(st.integers(0, 3)))],
    )


@settings(max_examples=50)
@given(calls())
def test_no_subset_is_worth_more_and_none_as_good_is_cheaper(call):
    answer = choose_applications(call)
    most, cheapest = best_by_hand(call)
    assert answer.status == "optimal"
    assert answer.objective == pytest.approx(most) == answer.bound
    assert call.cost_eur[answer.chosen].sum() == pytest.approx(cheapest)
    assert not call.broken(answer.chosen)
    assert has_own(call, tuple(answer.chosen))


@settings(max_examples=20)
@given(calls(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_of_demand_changes_nothing(call, random):
    order = list(range(call.adults.size))
    random.shuffle(order)
    shuffled = replace(call, adults=call.adults[order], reach=call.reach[order])
    one, other = choose_applications(call), choose_applications(shuffled)
    assert one.chosen.tolist() == other.chosen.tolist()


@settings(max_examples=20)
@given(calls(), st.integers(0, 20))
def test_more_money_is_never_worth_less(call, more):
    budget, cap = call.ceilings
    richer = replace(call, ceilings=(replace(budget, most=budget.most + more), cap))
    assert choose_applications(richer).objective >= choose_applications(call).objective - 1e-9


def test_a_bundle_opens_whole_or_not_at_all():
    # Seats 0 and 1 of application 0 reach 10 and 60; application 1 alone reaches the 60 for less.
    call = call_of([10, 60, 5], [[1, 0], [1, 1], [0, 0]], cost=[9, 4], budget=8)
    answer = choose_applications(call)
    assert (answer.chosen.tolist(), answer.people, answer.objective) == ([1], 60, 60.0)
    assert choose_applications(replace(call, ceilings=())).chosen.tolist() == [0]


def test_a_score_decides_between_even_applications_and_buys_no_useless_one():
    twins = call_of([50], [[1, 1]], score=[3, 7], least=1)
    assert choose_applications(twins).chosen.tolist() == [1]
    # Where nobody of its own is asked for, the score alone brings the other in.
    assert choose_applications(replace(twins, least_adults=0)).chosen.tolist() == [0, 1]


def test_what_changes_nothing_is_not_funded():
    call = call_of([50, 20], [[1, 1, 0], [0, 1, 0]], cost=[2, 3, 1])
    assert choose_applications(call).chosen.tolist() == [1]
    assert choose_applications(call_of([50], [[1, 1]])).chosen.tolist() == [0]


def test_forced_applications_are_in_or_nothing_is():
    call = call_of([50, 20], [[1, 0], [0, 1]], cost=[5, 5], budget=5)
    assert choose_applications(call).chosen.tolist() == [0]
    forced = choose_applications(call, forced=np.array([1]))
    assert (forced.chosen.tolist(), forced.people) == ([1], 20)
    both = choose_applications(call, forced=np.array([0, 1]))
    assert (both.status, both.chosen.size) == ("infeasible", 0)


def test_preferred_sets_are_those_of_least_sum():
    call = call_of([50], [[1, 1, 1]], cost=[1, 1, 1])
    chosen = choose_applications(call, prefer=np.array([0.0, -2.0, -1.0])).chosen
    assert chosen.tolist() == [1, 2]


def test_a_stopped_run_is_not_called_optimal():
    rng = np.random.default_rng(5)
    n = 30
    call = call_of(
        rng.integers(1, 1000, 80),
        (rng.random((80, n)) < 0.12).astype(int),
        score=rng.integers(0, 100, n) * 1.5,
        cost=rng.integers(20, 60, n),
        budget=300,
    )
    whole = choose_applications(call)
    assert whole.status == "optimal"
    for node_limit in (0, 1):
        stopped = choose_applications(call, node_limit=node_limit)
        assert stopped.bound >= whole.objective - 1e-6
        assert stopped.objective <= whole.objective + 1e-6
        if stopped.objective < whole.objective - 1e-6:
            assert stopped.status in {"feasible", "no_solution"}
            assert stopped.stopped_by == "nodes"


def test_gains_are_counted_once_and_sum_to_all():
    call = call_of([10, 60, 5], [[1, 0, 0], [1, 1, 0], [0, 1, 1]])
    order, gains = order_by_worth(call, np.arange(3), beside=NOBODY)
    assert order.tolist() == [0, 1, 2]
    assert gains.tolist() == [70, 5, 0]
    order, gains = order_by_worth(call, np.array([0, 2]), beside=np.array([1]))
    assert (order.tolist(), gains.tolist()) == ([0, 2], [10, 0])


def swap_by_hand(call, funded, entering):
    """The most that any allowed set holding an application is worth, and the fewest leaving."""
    best = (-1.0, 0)
    for size in range(1, len(call) + 1):
        for chosen in combinations(range(len(call)), size):
            rows = np.array(chosen, dtype=int)
            if entering in chosen and not call.broken(rows) and has_own(call, chosen):
                leaving = len(set(funded.tolist()) - set(chosen))
                best = max(best, (call.worth(rows), -leaving))
    return best


@settings(max_examples=50)
@given(calls())
def test_to_fund_an_application_in_reserve_the_best_set_sends_fewest_away(call):
    everyone = np.arange(len(call))
    answer = choose_applications(call)
    ends = ending(call, everyone, answer, {})
    swaps = displaced(call, everyone, answer, ends.reserve, node_limit=None)
    for position in ends.reserve.tolist():
        worth, kept = swap_by_hand(call, answer.chosen, position)
        if worth < 0:
            assert position not in swaps
            continue
        assert swaps[position].worth_lost_people == pytest.approx(answer.objective - worth)
        assert swaps[position].leaving.size == -kept


def test_a_set_to_search_from_changes_no_answer():
    rng = np.random.default_rng(7)
    n = 25
    call = call_of(
        rng.integers(1, 1000, 60),
        (rng.random((60, n)) < 0.12).astype(int),
        cost=rng.integers(20, 60, n),
        budget=300,
    )
    answer = choose_applications(call)
    for start in (answer.chosen, answer.chosen[:2], np.arange(n)):
        assert choose_applications(call, start=start).chosen.tolist() == answer.chosen.tolist()
