from __future__ import annotations

import time

import numpy as np
from scipy import sparse

from capillare.planning.siting.annealing import anneal_sites
from capillare.planning.siting.local_search import Neighbours, add_greedily, swap_best
from capillare.planning.siting.merging import merge_choices
from capillare.planning.siting.reduction import Reduced
from capillare.planning.siting.reopening import Part
from tests.planning.siting_neighbours import neighbours_of


def apart(sizes):
    """Candidates that share nobody, with so many people each."""
    reach = sparse.csr_array(np.eye(len(sizes), dtype=np.int64))
    return Neighbours.of(Reduced(np.array(sizes), reach, np.arange(len(sizes)), 0.0))


def test_the_best_half_of_each_choice_is_taken():
    neighbours = apart([50, 40, 30, 20, 10])
    merged = merge_choices(neighbours, [np.array([0, 3, 4]), np.array([1, 2, 4])])
    # 4, which both open, is kept though 2 covers more; of the others the best two open.
    assert merged.tolist() == [0, 1, 4]


def test_all_choices_count_however_many():
    neighbours = apart([60, 50, 40, 30, 20, 10, 5, 4])
    choices = [np.array(pair) for pair in ([6, 7], [5, 7], [4, 6], [3, 5], [2, 6], [1, 7], [0, 6])]
    assert merge_choices(neighbours, choices).tolist() == [0, 1]


def test_it_never_loses_and_beats_each_search():
    neighbours = neighbours_of(600, 0)
    greedy = add_greedily(neighbours, np.empty(0, dtype=np.intp), 60)
    start = swap_best(neighbours, greedy, max_swaps=500)
    choices = [anneal_sites(neighbours, start, n_steps=1_000, seed=seed) for seed in range(5)]
    merged = merge_choices(neighbours, choices)
    assert merged.size == np.unique(merged).size == 60
    covered = [neighbours.covered_people(each) for each in choices]
    assert neighbours.covered_people(merged) > max(covered)
    assert merge_choices(neighbours, choices).tolist() == merged.tolist()


def test_choices_too_far_from_each_other_leave_the_best(monkeypatch):
    monkeypatch.setattr("capillare.planning.siting.merging.MOST_DEMANDS", 1)
    neighbours = apart([50, 40, 30, 20])
    assert merge_choices(neighbours, [np.array([1, 2]), np.array([0, 3])]).tolist() == [1, 2]


def test_one_choice_and_a_late_one_stay():
    neighbours = apart([50, 40, 30])
    assert merge_choices(neighbours, [np.array([2])]).tolist() == [2]
    late = time.perf_counter() - 1
    choices = [np.array([1, 2]), np.array([0, 2])]
    assert merge_choices(neighbours, choices, deadline=late).tolist() == [0, 2]


def test_a_part_leaves_out_what_the_rest_covers():
    # 0 reaches both demands of 1 and its own; with 0 kept only the third place is left to decide.
    rows = np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1]])
    reduced = Reduced(np.array([10, 20, 5]), sparse.csr_array(rows), np.arange(3), 0.0)
    part = Part.of(
        Neighbours.of(reduced), freed=np.array([2]), kept=np.array([0]), within=np.array([1, 2])
    )
    assert part.n_demands == 1
    assert part.answered().tolist() == [0, 1]
