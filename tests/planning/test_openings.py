"""What may open of a p-median: every choice, small enough to be listed, is a check."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.planning.siting import median
from capillare.planning.siting.analyst import solve_tables
from capillare.planning.siting.median import Limits, find_medians
from capillare.planning.siting.median_branch import close_median
from capillare.planning.siting.median_costs import SparseCosts
from capillare.planning.siting.median_dual import relax_median
from capillare.planning.siting.median_search import swap_medians
from capillare.planning.siting.openings import Openings
from tests.planning.test_median import costs_from


@st.composite
def purses(draw, most=7):
    """How much may open of a few candidates that cost differently, some nothing."""
    n = draw(st.integers(1, most))
    cost_eur = draw(st.lists(st.sampled_from([0.0, 1.0, 2.5, 4.0, 9.0]), min_size=n, max_size=n))
    budget_eur = draw(st.sampled_from([0.0, 1.0, 3.5, 6.0, 11.0]))
    return Openings(draw(st.integers(1, n)), np.array(cost_eur), budget_eur)


def choices(allowed):
    """Every choice that may open."""
    n = allowed.cost_eur.size
    for size in range(min(n, allowed.n_sites) + 1):
        for chosen in combinations(range(n), size):
            if allowed.cost_eur[list(chosen)].sum() <= allowed.budget_eur:
                yield np.array(chosen, dtype=np.intp)


@given(purses(), st.lists(st.integers(0, 9), min_size=7, max_size=7), st.integers(0, 4))
@settings(max_examples=80, deadline=None)
def test_no_choice_saves_more_and_what_is_decided_is_right(allowed, savings, spare):
    savings = np.array(savings[: allowed.cost_eur.size], dtype=float)
    pick = allowed.pick(savings)
    saved = {tuple(chosen.tolist()): savings[chosen].sum() for chosen in choices(allowed)}
    assert pick.saved >= max(saved.values()) - 1e-9
    assert allowed.holds(pick.opened)
    useless, needed = allowed.useless(savings, spare), allowed.needed(savings, spare)
    good = [chosen for chosen, amount in saved.items() if amount >= pick.saved - spare + 1e-6]
    for chosen in good:
        assert not useless[list(chosen)].any()
        assert np.isin(np.flatnonzero(needed), chosen).all()


def test_the_last_candidate_opens_in_part_by_hand():
    allowed = Openings(3, np.array([10.0, 10.0, 5.0]), 20.0)
    pick = allowed.pick(np.array([40.0, 20.0, 15.0]))
    # 4, 2 and 3 a euro: the first and the last open, and half of the second.
    assert sorted(pick.opened.tolist()) == [0, 2]
    assert (pick.last, pick.share, pick.saved) == (1, pytest.approx(0.5), pytest.approx(65.0))
    two = replace(allowed, n_sites=2).pick(np.array([40.0, 20.0, 15.0]))
    assert two.saved == pytest.approx(60.0)


def test_what_is_left_by_hand():
    allowed = Openings(3, np.array([10.0, 10.0, 5.0]), 20.0)
    left = allowed.after(np.array([0]))
    assert (left.n_sites, left.budget_eur) == (2, 10.0)
    assert left.among(np.array([2])).cost_eur.tolist() == [5.0]
    assert allowed.after(np.array([0, 2])).affords(np.array([1])).tolist() == [False]
    assert not allowed.holds(np.array([0, 1, 2]))
    assert Openings(0).affords(np.array([0, 1])).tolist() == [False, False]


@st.composite
def questions(draw):
    """Demand, candidates that cost differently, and who reaches whom."""
    allowed = draw(purses(most=6))
    n_demand, n = draw(st.integers(1, 6)), allowed.cost_eur.size
    minutes = draw(st.lists(st.integers(0, 12), min_size=n_demand * n, max_size=n_demand * n))
    fallback = draw(st.sampled_from([10.0, np.inf]))
    return allowed, np.reshape(minutes, (n_demand, n)).astype(float), fallback


@given(questions())
@settings(max_examples=50, deadline=None)
def test_with_a_budget_the_best_equals_brute_force(question):
    allowed, table, fallback = question
    costs = costs_from(np.where(table < fallback, table, np.inf), np.full(len(table), fallback))
    best = min(costs.total(chosen) for chosen in choices(allowed))
    found = find_medians(costs, allowed, Limits())
    if np.isfinite(found.cost):
        assert allowed.holds(found.opened)
        assert found.cost == costs.total(found.opened) == pytest.approx(best)
        assert found.bound == pytest.approx(best, abs=1e-6)


def scattered(n, seed):
    """Places on a square, as demand and candidates that cost from 20 to 60."""
    draws = np.random.default_rng(seed)
    spots, people = draws.integers(0, 1000, (n, 2)), draws.integers(1, 500, n)
    minutes = np.linalg.norm(spots[:, None] - spots[None], axis=2) / 10
    return minutes, people, draws.integers(20, 60, n).astype(float)


def as_tables(minutes, people, cost_eur):
    ids = [f"p{i:03d}" for i in range(len(people))]
    row, column = np.indices(minutes.shape).reshape(2, -1)
    travel = pd.DataFrame(
        {
            "from_id": np.array(ids)[row],
            "to_id": np.array(ids)[column],
            "travel_min": minutes.ravel(),
        }
    )
    demand = pd.DataFrame({"id": ids, "people": people})
    return demand, pd.DataFrame({"id": ids, "cost_eur": cost_eur}), travel


@pytest.mark.parametrize(("new_sites", "budget_eur"), [(None, 250.0), (6, 250.0)])
def test_the_answer_equals_that_of_the_whole_model(new_sites, budget_eur, monkeypatch):
    drawn = scattered(36, seed=3)
    tables = as_tables(*drawn)
    asked = {"objective": "p-median", "full_cost_eur": 1.0, "budget_eur": budget_eur}
    ours = solve_tables(*tables, **asked, new_sites=new_sites)

    def nothing(*_):
        return median.Medians(np.empty(0, dtype=np.intp), np.inf, 0.0)

    monkeypatch.setattr(median, "find_medians", nothing)
    whole = solve_tables(*tables, **asked, new_sites=new_sites)
    assert ours["status"] == whole["status"] == "optimal"
    assert ours["objective"] == pytest.approx(whole["objective"])
    chosen = [int(name[1:]) for name in ours["chosen"]]
    assert drawn[2][chosen].sum() <= budget_eur
    assert len(chosen) <= (new_sites or 36)
    assert (drawn[0][:, chosen].min(axis=1) @ drawn[1]) == pytest.approx(ours["objective"])


def test_more_money_never_costs_more_minutes():
    minutes, people, cost_eur = scattered(40, seed=5)
    costs = costs_from(minutes * people[:, None])
    totals = [
        find_medians(costs, Openings(40, cost_eur, float(budget)), Limits()).cost
        for budget in range(60, 400, 80)
    ]
    assert totals == sorted(totals, reverse=True)


def test_swaps_spend_no_more_than_there_is():
    minutes, people, cost_eur = scattered(80, seed=7)
    costs: SparseCosts = costs_from(minutes * people[:, None])
    costs = replace(costs, fallback=np.full(80, 1e9))
    allowed = Openings(80, cost_eur, 300.0)
    opened, total = swap_medians(costs, np.empty(0, dtype=np.intp), allowed)
    assert cost_eur[opened].sum() <= 300.0
    assert total == costs.total(opened)
    # Nothing else that the rest of the money pays for would gain.
    left = allowed.after(opened).affords(np.arange(80))
    assert set(np.flatnonzero(left)) <= set(opened.tolist())


def test_a_stopped_search_is_not_called_a_proof():
    minutes, people, cost_eur = scattered(36, seed=3)
    costs = costs_from(minutes * people[:, None])
    allowed = Openings(36, cost_eur, 250.0)
    best = find_medians(costs, allowed, Limits())
    everything = np.arange(36)
    dual = relax_median(
        costs,
        allowed,
        prices=costs.at_rank(8),
        incumbent_cost=best.cost,
        good_enough=np.inf,
        max_steps=60,
    )
    asked = {"prices": dual.prices, "bound": dual.bound, "cost": best.cost + 1.0, "margin": 1e-6}
    stopped = close_median(costs.core(everything), allowed, **asked, max_work=0)
    closed = close_median(costs.core(everything), allowed, **asked, max_work=1e12)
    assert stopped.is_stopped
    assert stopped.bound == dual.bound < best.cost
    assert (closed.cost, closed.is_stopped) == (pytest.approx(best.cost), False)
    assert allowed.holds(closed.opened)
