from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.csgraph import shortest_path

from capillare.planning.siting import median
from capillare.planning.siting.median import Limits, find_medians
from capillare.planning.siting.median_branch import close_median
from capillare.planning.siting.median_costs import SparseCosts
from capillare.planning.siting.median_dual import relax_median
from capillare.planning.siting.median_search import swap_medians
from capillare.planning.siting.openings import Openings


def costs_from(table, fallback=None):
    """Costs from a dense demand x candidates table, infinite for no pair."""
    table = np.asarray(table, dtype=float)
    order = np.argsort(table, axis=1, kind="stable")
    ordered = np.take_along_axis(table, order, axis=1)
    is_pair = np.isfinite(ordered)
    fallback = np.full(len(table), np.inf) if fallback is None else np.asarray(fallback, float)
    return SparseCosts(
        np.concatenate([[0], np.cumsum(is_pair.sum(axis=1))]),
        order[is_pair],
        ordered[is_pair],
        fallback.copy(),
        fallback,
        table.shape[1],
    )


def graph_minutes(n, seed):
    """Shortest paths of a random sparse graph as OR-Library's p-median draws them (Beasley 1985)."""
    draws = np.random.default_rng(seed)
    ring = draws.permutation(n)
    ends = draws.integers(0, n, (2, n * n // 50))
    start, end = np.r_[ring, ends[0]], np.r_[np.roll(ring, 1), ends[1]]
    length = draws.integers(1, 101, start.size)
    edges = np.full((n, n), np.inf)
    np.minimum.at(edges, (start, end), length)
    edges = np.minimum(edges, edges.T)
    return shortest_path(sparse.csr_array(np.where(np.isinf(edges), 0, edges)), directed=False)


def brute_force(table, fallback, n_sites):
    """The least total over every choice of at most `n_sites` candidates."""
    sites = [
        np.minimum(np.asarray(table)[:, list(chosen)].min(axis=1, initial=np.inf), fallback).sum()
        for n in range(n_sites + 1)
        for chosen in combinations(range(np.asarray(table).shape[1]), n)
    ]
    return min(sites)


@st.composite
def tables(draw):
    n_demand, n_candidates = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    cells = draw(
        st.lists(
            st.sampled_from([0.0, 1.0, 2.5, 4.0, 7.0, 11.0]),
            min_size=n_demand * n_candidates,
            max_size=n_demand * n_candidates,
        )
    )
    table = np.reshape(cells, (n_demand, n_candidates))
    fallback = np.full(n_demand, draw(st.sampled_from([5.0, 12.0, np.inf])))
    return table, fallback, draw(st.integers(1, n_candidates))


def below(table, fallback):
    return np.where(table < fallback[:, None], table, np.inf)


@given(tables())
@settings(max_examples=100, deadline=None)
def test_small_tables_equal_brute_force(asked):
    table, fallback, n_sites = asked
    found = find_medians(costs_from(below(table, fallback), fallback), Openings(n_sites), Limits())
    assert found.cost == pytest.approx(brute_force(table, fallback, n_sites))
    assert found.bound == pytest.approx(found.cost, abs=1e-6)
    assert found.opened.size <= n_sites


@given(tables(), st.integers(0, 5))
@settings(max_examples=100, deadline=None)
def test_every_price_gives_a_bound(asked, seed):
    table, fallback, n_sites = asked
    best = brute_force(table, fallback, n_sites)
    costs = costs_from(below(table, fallback), fallback)
    prices = np.random.default_rng(seed).random(len(table)) * 12
    whole = costs.core(np.arange(costs.n_candidates))
    for held in (costs, whole, costs.up_to(prices)):
        for max_steps in (1, 40):
            dual = relax_median(
                held,
                Openings(n_sites),
                prices=prices,
                incumbent_cost=best + 1,
                good_enough=np.inf,
                max_steps=max_steps,
            )
            assert dual.bound <= best + 1e-9
            assert ((dual.share_open >= 0) & (dual.share_open <= 1)).all()


@given(tables())
@settings(max_examples=60, deadline=None)
def test_the_two_ways_to_hold_costs_agree(asked):
    table, fallback, n_sites = asked
    costs = costs_from(below(table, fallback), fallback)
    whole = costs.core(np.arange(costs.n_candidates))
    prices = np.minimum(np.linspace(0.5, 9.0, len(table)), fallback)
    opened = np.arange(n_sites)
    assert whole.savings(prices) == pytest.approx(costs.savings(prices))
    assert whole.servers(prices, opened).tolist() == costs.servers(prices, opened).tolist()
    assert whole.total(opened) == pytest.approx(costs.total(opened))


def test_two_cheapest_by_hand():
    costs = costs_from([[3, 1, 2], [np.inf, 4, np.inf], [5, np.inf, 6]], [9, 9, np.inf])
    cost, server, second = costs.two_cheapest(np.array([0, 2]))
    assert cost.tolist() == [2, 9, 5]
    assert server.tolist() == [2, -1, 0]
    assert second.tolist() == [3, 9, 6]
    assert costs.total(np.array([1])) == np.inf


def test_leaving_pairs_out_lowers_the_ceiling():
    near = costs_from([[3, 1, 2], [7, 4, 5]]).up_to(np.array([2.0, 9.0]))
    assert near.cost.tolist() == [1, 2, 4, 5, 7]
    assert near.ceiling.tolist() == [3, np.inf]


def test_swaps_reach_the_best_by_hand():
    # Two pairs of demands 10 apart: one site in each pair, never both in one.
    spots = np.array([0.0, 1.0, 10.0, 11.0])
    costs = costs_from(np.abs(spots[:, None] - spots[None]), np.full(4, 99.0))
    opened, cost = swap_medians(costs, np.array([0, 1]), Openings(2))
    assert cost == 2
    assert (opened < 2).tolist() == [True, False]


@pytest.mark.parametrize(("n", "n_sites"), [(100, 5), (100, 33), (200, 10), (300, 60)])
def test_random_graphs_are_proved(n, n_sites):
    minutes = graph_minutes(n, seed=n + n_sites)
    found = find_medians(costs_from(minutes), Openings(n_sites), Limits())
    assert found.bound == found.cost
    assert found.cost == minutes[:, found.opened].min(axis=1).sum()
    again = find_medians(costs_from(minutes), Openings(n_sites), Limits())
    assert again.opened.tolist() == found.opened.tolist()


def test_branch_and_bound_closes_what_the_relaxation_leaves():
    minutes = graph_minutes(200, seed=2)
    costs = costs_from(minutes)
    everything = np.arange(200)
    dual = relax_median(
        costs,
        Openings(5),
        prices=minutes.mean(axis=1),
        incumbent_cost=minutes.min(axis=1).sum() + 9_000,
        good_enough=np.inf,
        max_steps=400,
    )
    _, cost = swap_medians(replace(costs, fallback=minutes.max(axis=1)), dual.opened, Openings(5))
    asked = {"prices": dual.prices, "bound": dual.bound, "cost": cost + 50, "margin": 0.999}
    closed = close_median(costs.core(everything), Openings(5), **asked, max_work=1e12)
    stopped = close_median(costs.core(everything), Openings(5), **asked, max_work=0)
    assert dual.bound < cost - 1  # the relaxation alone does not prove it
    assert not closed.is_stopped
    assert closed.cost <= cost
    assert closed.cost == costs.total(closed.opened)
    assert stopped.is_stopped
    assert stopped.bound == dual.bound
    assert find_medians(costs, Openings(5), Limits()).cost == closed.cost


def test_a_stopped_search_states_its_bound(monkeypatch):
    monkeypatch.setattr(median, "MAX_ROUNDS", 1)
    costs = costs_from(graph_minutes(200, seed=2))
    stopped = find_medians(costs, Openings(5), Limits(max_work=0))
    monkeypatch.undo()
    best = find_medians(costs, Openings(5), Limits())
    assert stopped.bound < best.bound == best.cost <= stopped.cost


def test_a_gap_is_enough():
    costs = costs_from(graph_minutes(200, seed=2))
    best = find_medians(costs, Openings(5), Limits())
    loose = find_medians(costs, Openings(5), Limits(gap=0.2))
    assert loose.bound <= best.cost <= loose.cost
    assert loose.cost - loose.bound <= 0.2 * loose.cost


def test_one_more_site_never_costs_more():
    costs = costs_from(graph_minutes(100, seed=4))
    totals = [find_medians(costs, Openings(n), Limits()).cost for n in range(1, 12)]
    assert totals == sorted(totals, reverse=True)
