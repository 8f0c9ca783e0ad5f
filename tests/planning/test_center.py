from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.planning.siting import center, set_covering
from capillare.planning.siting.analyst import solve_tables
from capillare.planning.siting.questions import Found, read_question


def tables(n, seed):
    """Places on a square, each a candidate too, and the distances of all pairs."""
    draws = np.random.default_rng(seed)
    spots = draws.integers(0, 100, (n, 2))
    minutes = np.linalg.norm(spots[:, None] - spots[None], axis=2)
    ids = [f"p{i}" for i in range(n)]
    row, column = np.indices(minutes.shape).reshape(2, -1)
    travel = pd.DataFrame(
        {
            "from_id": [ids[i] for i in row],
            "to_id": [ids[i] for i in column],
            "travel_min": minutes.ravel(),
        }
    )
    demand = pd.DataFrame({"id": ids, "people": draws.integers(1, 9, n)})
    return demand, pd.DataFrame({"id": ids}), travel, minutes


def solved(frames, n_sites, **options):
    return solve_tables(
        *frames[:3], objective="p-center", full_cost_eur=1.0, new_sites=n_sites, **options
    )


@given(st.integers(2, 8), st.integers(1, 4), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_small_questions_equal_brute_force(n, n_sites, seed):
    frames = tables(n, seed)
    worst = min(
        frames[3][:, list(chosen)].min(axis=1).max()
        for chosen in combinations(range(n), min(n_sites, n))
    )
    answer = solved(frames, n_sites)
    assert answer["status"] == "optimal"
    assert answer["objective"] == answer["bound"] == pytest.approx(worst)


def test_what_cannot_be_decided_is_bracketed(monkeypatch):
    frames = tables(90, 4)
    proved = solved(frames, 9)

    def never_proving(*asked, **options):
        found = set_covering.fewest_sites(*asked, **options)
        return Found(found.chosen, 1.0)

    monkeypatch.setattr(center, "fewest_sites", never_proving)
    bracketed = solved(frames, 9)
    assert proved["status"] == "optimal"
    assert 0.8 * proved["objective"] < bracketed["bound"] <= proved["objective"]
    assert proved["objective"] <= bracketed["objective"] <= 1.01 * proved["objective"]
    # The steps below the first that was not decided are what proves it.
    monkeypatch.setattr(center, "needs_more", lambda *_, **__: False)
    bare = solved(frames, 9)
    assert (bare["status"], bare["objective"]) == ("feasible", bracketed["objective"])
    assert bare["bound"] < bracketed["bound"]


def test_too_few_sites_are_proved_too_few_by_hand():
    # Four places in a row, ten apart: two sites serve everybody within ten, one does not.
    minutes = np.abs(np.subtract.outer(np.arange(4), np.arange(4))) * 10.0
    ids = [f"p{i}" for i in range(4)]
    row, column = np.indices((4, 4)).reshape(2, -1)
    travel = pd.DataFrame(
        {
            "from_id": [ids[i] for i in row],
            "to_id": [ids[i] for i in column],
            "travel_min": minutes.ravel(),
        }
    )
    demand = pd.DataFrame({"id": ids, "people": 1})
    question = read_question(demand, pd.DataFrame({"id": ids}), travel, full_cost_eur=1.0)
    assert set_covering.needs_more(question, within_min=10.0, n_sites=1)
    assert not set_covering.needs_more(question, within_min=10.0, n_sites=2)
