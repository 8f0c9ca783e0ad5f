"""Which tours to run and how often: the pattern model over a pool of tours, and its bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from capillare.planning.solver import Answer, Model, solve_model
from capillare.planning.tours.calendar_value import HOURS_ENOUGH, MARKET_SHARE
from capillare.planning.tours.dates import N_WEEKS
from capillare.planning.tours.ground import NO_WAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from capillare.planning.tours.day_tours import Tour
    from capillare.planning.tours.ground import Ground

    Floats = NDArray[np.float64]

RUNS = (4, 2, 1)
"""How often a tour may run in four weeks: weekly, every second week, once."""
PERSON_WORTH = 100.0
"""Hours that bringing a person within reach at all is worth: more than she can ever count."""
DRIVE_WORTH = 1e-3
"""Worth of a minute less of driving, in hours of the mean place: it only breaks ties."""
PATTERN_GAP = 2e-3
"""Relative gap at which the choice over a pool may stop: the pool itself is a heuristic."""


def choose_patterns(
    ground: Ground,
    pool: Sequence[Tour],
    crews: Sequence[int],
    *,
    nodes: int,
    start: dict[int, int] | None = None,
    given_hours: Floats | None = None,
) -> dict[int, int]:
    """Choose tours of a pool and how often each runs.

    Tours t serve stops; places i of a_i adults are covered (z_i) and have g_i hours, of which
    H = `HOURS_ENOUGH` count; x_tf says that t runs f times in four weeks::

        maximise    sum_i a_i (PERSON_WORTH z_i + g_i) - DRIVE_WORTH sum_tf f drive_t x_tf
        subject to  z_i <= sum over tours t within reach of i, all f, of x_tf
                    g_i <= sum over these of f h_ti x_tf,   g_i <= H
                    each stop is in one chosen tour at most, each tour at one f
                    sum_tf f x_tf <= days that crew c works in four weeks
                    sum_t x_t4 <= weekdays of c

    h_ti are the hours of t's stops within reach of i. Weekly, second-weekly and single runs always
    pack into weekdays of four weeks, since 4, 2 and 1 divide each other; holidays are left to the
    weekday model. Hours that other vans give already (`given_hours`, shape (n_people,)) leave so
    much less to give, and whoever has some is covered. HiGHS within `nodes` of its tree: exact only
    over the pool, and no further than `PATTERN_GAP`.

    Returns
    -------
    How often each chosen tour of the pool runs.
    """
    n_tours = len(pool)
    if n_tours == 0:
        return {}
    covers, hours = _what_tours_give(ground, pool)
    had = np.zeros(len(ground.stops)) if given_hours is None else given_hours
    people = np.flatnonzero(covers.any(axis=0) & (ground.adults > 0) & (had < HOURS_ENOUGH))
    if people.size == 0:
        return dict(start or {})
    covers, hours = covers[:, people], hours[:, people]
    adults = ground.adults[people] / max(float(ground.adults.mean()), 1.0)
    wanted = HOURS_ENOUGH - had[people]
    model = _pattern_model(
        ground,
        pool,
        crews,
        (covers, hours),
        adults=adults,
        is_new=had[people] == 0,
        wanted=wanted,
    )
    first = _start_columns(start, covers, hours, wanted) if start else None
    answer = solve_model(model, node_limit=nodes, mip_gap=PATTERN_GAP, start=first)
    if answer.columns.size == 0:
        return dict(start or {})
    chosen = answer.columns[: n_tours * len(RUNS)].reshape(n_tours, len(RUNS)) > 0.5  # noqa: PLR2004
    return {int(tour): RUNS[int(run)] for tour, run in np.argwhere(chosen)}


def _what_tours_give(ground: Ground, pool: Sequence[Tour]) -> tuple[Floats, Floats]:
    """Return whom each tour reaches and the hours it gives them, both (n_tours, n_people).

    Hours are those of the tour's best weekday for markets.
    """
    hours = np.zeros((len(pool), len(ground.stops)))
    for row, tour in enumerate(pool):
        crew, stops = ground.crews[tour.crew], list(tour.stops)
        opened = tour.open_minutes(crew.terms.setup) / 60
        is_morning = np.arange(len(stops)) < tour.n_morning
        markets = ground.market_days[np.ix_(stops, list(crew.weekdays))] & is_morning[:, None]
        best_day = int(np.argmax(opened @ markets))
        hours[row, stops] = opened * (1.0 + MARKET_SHARE * markets[:, best_day])
    felt = hours @ ground.reach.T.astype(np.float64)
    return (felt > 0).astype(np.float64), felt


def _pattern_model(
    ground: Ground,
    pool: Sequence[Tour],
    crews: Sequence[int],
    gives: tuple[Floats, Floats],
    *,
    adults: Floats,
    is_new: NDArray[np.bool_],
    wanted: Floats,
) -> Model:
    """Build the model of `choose_patterns`; columns are x by tour and run, then z, then g."""
    covers, hours = gives
    n_tours, n_people = covers.shape
    runs = np.tile(np.array(RUNS, dtype=np.float64), n_tours)
    drive = np.repeat([float(tour.drive) for tour in pool], len(RUNS))
    objective = np.concatenate(
        [-DRIVE_WORTH * drive * runs, PERSON_WORTH * adults * is_new, adults]
    )
    spread = sparse.kron(sparse.eye_array(n_tours), np.ones((1, len(RUNS))))
    eye, none = sparse.eye_array(n_people), sparse.csr_array((n_people, n_people))
    covered = sparse.csr_array(covers.T) @ spread
    given = sparse.csr_array(hours.T) @ spread @ sparse.diags_array(runs)
    binaries, ceilings = _choice_rows(ground, pool, crews)
    rows = sparse.csr_array(
        sparse.vstack(
            [
                sparse.hstack([-covered, eye, none]),
                sparse.hstack([-given, none, eye]),
                sparse.hstack([binaries, sparse.csr_array((binaries.shape[0], 2 * n_people))]),
            ]
        )
    )
    row_upper = np.concatenate([np.zeros(2 * n_people), ceilings])
    n_binary = n_tours * len(RUNS)
    upper = np.concatenate([np.ones(n_binary + n_people), wanted])
    return Model(
        objective=objective,
        lower=np.zeros(objective.size),
        upper=upper,
        is_integer=np.arange(objective.size) < n_binary,
        rows=rows,
        row_lower=np.full(row_upper.size, -np.inf),
        row_upper=row_upper,
        sense="maximize",
    )


def _choice_rows(
    ground: Ground, pool: Sequence[Tour], crews: Sequence[int]
) -> tuple[sparse.csr_array, Floats]:
    """Return the rows over x alone, and their ceilings: stops and tours once, days, weekdays."""
    n_tours = len(pool)
    runs = np.tile(np.array(RUNS, dtype=np.float64), n_tours)
    spread = sparse.kron(sparse.eye_array(n_tours), np.ones((1, len(RUNS))))
    stops = np.zeros((len(ground.stops), n_tours))
    of_crew = np.zeros((len(crews), n_tours))
    for row, tour in enumerate(pool):
        stops[list(tour.stops), row] = 1.0
        of_crew[list(crews).index(tour.crew), row] = 1.0
    once = sparse.csr_array(stops[stops.any(axis=1)]) @ spread
    one_run = spread
    cells = sparse.csr_array(of_crew) @ spread @ sparse.diags_array(runs)
    weekly = (
        sparse.csr_array(of_crew)
        @ spread
        @ sparse.diags_array((runs == N_WEEKS).astype(np.float64))
    )
    binaries = sparse.vstack([once, one_run, cells, weekly])
    ceilings = np.concatenate(
        [
            np.ones(once.shape[0] + n_tours),
            [float(ground.n_cells(crew)) for crew in crews],
            [float(len(ground.crews[crew].weekdays)) for crew in crews],
        ]
    )
    return sparse.csr_array(binaries), ceilings


def _start_columns(start: dict[int, int], covers: Floats, hours: Floats, wanted: Floats) -> Floats:
    n_tours, n_people = covers.shape
    chosen = np.zeros((n_tours, len(RUNS)))
    covered, felt = np.zeros(n_people), np.zeros(n_people)
    for tour, run in start.items():
        chosen[tour, RUNS.index(run)] = 1.0
        covered = np.maximum(covered, covers[tour])
        felt += run * hours[tour]
    return np.concatenate([chosen.ravel(), covered, np.minimum(felt, wanted)])


def bound_people(ground: Ground, crews: Sequence[int]) -> tuple[int, Answer]:
    """Bound the people that any plan can bring within reach: a relaxation of the whole question.

    A crew c that stops at j at least once (y_cj) spends there the set-up, the shortest stay and at
    least the shortest drive into j from a base or another stop; all its days together have so
    many minutes of shift, less breaks. Clocks, routes, weekdays and patterns are forgotten::

        maximise    sum_i a_i z_i
        subject to  z_i <= sum over stops j within reach of i, crews c that can get there, of y_cj
                    sum_j (setup + stay + least drive into j) y_cj <= minutes of c in four weeks
                    sum_j stay y_cj <= minutes that c may be open in four weeks
                    0 <= y <= 1,  0 <= z <= 1

    Every plan satisfies it, so its best value, rounded down, is a bound for all of them.
    """
    n = len(ground.stops)
    blocks, caps, minutes = [], [], []
    for crew in crews:
        terms = ground.crews[crew].terms
        can = ground.out[crew] < NO_WAY
        least = np.minimum(
            np.where(np.eye(n, dtype=bool), NO_WAY, ground.between).min(axis=0), ground.out[crew]
        )
        spent = terms.setup + terms.min_open + least
        # A day that ends before the break is shorter than one that loses it.
        rest = terms.rest if terms.break_end <= terms.shift_end else 0
        shift = terms.shift_end - terms.shift_start - rest
        caps += [shift * ground.n_cells(crew), terms.day_open * ground.n_cells(crew)]
        minutes.append((np.where(can, spent, 0.0), np.full(n, float(terms.min_open))))
        blocks.append(can)
    n_y = n * len(crews)
    can_all = np.concatenate(blocks) if blocks else np.zeros(0, dtype=bool)
    covering = sparse.hstack(
        [-sparse.csr_array(ground.reach.astype(np.float64)) for _ in crews] + [sparse.eye_array(n)]
    )
    rows = [covering]
    for position, (spent, stay) in enumerate(minutes):
        for weights in (spent, stay):
            line = np.zeros(n_y + n)
            line[position * n : (position + 1) * n] = weights
            rows.append(sparse.csr_array(line[None, :]))
    upper = np.concatenate([can_all.astype(np.float64), np.ones(n)])
    model = Model(
        objective=np.concatenate([np.zeros(n_y), ground.adults.astype(np.float64)]),
        lower=np.zeros(n_y + n),
        upper=upper,
        is_integer=np.zeros(n_y + n, dtype=bool),
        rows=sparse.csr_array(sparse.vstack(rows)),
        row_lower=np.full(n + 2 * len(crews), -np.inf),
        row_upper=np.concatenate([np.zeros(n), np.array(caps, dtype=np.float64)]),
        sense="maximize",
    )
    answer = solve_model(model)
    return int(np.floor(answer.bound + 1e-6)), answer


__all__ = ["PERSON_WORTH", "RUNS", "bound_people", "choose_patterns"]
