"""Work that nobody wants any more ends, and leaves no half answer."""

from threading import Thread

import numpy as np
import pytest
from scipy import sparse

from capillare.geo.stopping import (
    Signal,
    StoppedError,
    current_signal,
    heed_stop,
    heeding,
    tell_stage,
)
from capillare.planning.solver import Model, solve_model
from capillare.planning.tours.routing import Call, Fleet, Option, Problem, solve_routes


def stopped():
    signal = Signal()
    signal.is_stopped.set()
    return signal


def test_without_a_signal_nothing_stops():
    heed_stop()
    tell_stage("niente")
    assert current_signal() is None


def test_a_stage_is_told_and_a_stop_heeded():
    signal = Signal()
    with heeding(signal):
        tell_stage("passo 1 di 2")
        assert signal.stage == "passo 1 di 2"
        signal.is_stopped.set()
        with pytest.raises(StoppedError):
            tell_stage("passo 2 di 2")
    assert current_signal() is None


def test_a_signal_is_of_its_own_thread():
    seen = []
    with heeding(stopped()):
        other = Thread(target=lambda: seen.append(current_signal()))
        other.start()
        other.join()
    assert seen == [None]


def knapsack(n):
    random = np.random.default_rng(7)
    weights = random.integers(1_000, 9_999, (5, n)).astype(float)
    return Model(
        objective=random.integers(1_000, 9_999, n).astype(float),
        lower=np.zeros(n),
        upper=np.ones(n),
        is_integer=np.ones(n, dtype=bool),
        rows=sparse.csr_array(weights),
        row_lower=np.full(5, -np.inf),
        row_upper=weights.sum(axis=1) / 2,
        sense="maximize",
    )


def test_a_solve_that_is_stopped_has_no_answer():
    with heeding(stopped()), pytest.raises(StoppedError):
        solve_model(knapsack(5))


def test_a_running_solve_ends_when_it_is_stopped():
    """Five knapsacks at once take HiGHS far longer than a test may: only a stop ends it."""
    signal, ended = Signal(), []

    def work():
        with heeding(signal):
            try:
                solve_model(knapsack(90))
            except StoppedError:
                ended.append("stopped")

    worker = Thread(target=work, daemon=True)
    worker.start()
    worker.join(timeout=0.5)
    assert worker.is_alive()
    signal.is_stopped.set()
    worker.join(timeout=30)
    assert ended == ["stopped"]


def test_a_solve_that_could_be_stopped_is_the_same_as_one_that_could_not():
    plain = solve_model(knapsack(12))
    with heeding(Signal()):
        heard = solve_model(knapsack(12))
    assert (heard.status, heard.objective) == (plain.status, plain.objective)
    assert (heard.columns == plain.columns).all()


def test_a_search_for_routes_that_is_stopped_has_no_answer():
    minutes = np.array([[0, 5, 9], [5, 0, 4], [9, 4, 0]], dtype=np.int64)
    calls = tuple(Call(where, (Option(where),)) for where in (1, 2))
    problem = Problem(calls, (Fleet(base=0, n=1),), minutes, minutes)
    with heeding(Signal()):
        assert solve_routes(problem, iterations=20).is_feasible
    with heeding(stopped()), pytest.raises(StoppedError):
        solve_routes(problem, iterations=20)
