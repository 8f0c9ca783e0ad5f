from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from capillare.planning.tours.crews import Terms
from capillare.planning.tours.timetable import Legs, clock_tour

HALF_HOURS = st.integers(0, 4).map(lambda n: 15 * n)


def terms(**changes):
    plain = {
        "shift_start": 480,
        "shift_end": 1020,
        "break_start": 780,
        "break_end": 840,
        "open_from": 510,
        "open_to": 1080,
        "min_open": 60,
        "max_stay": 180,
        "setup": 15,
        "day_open": 600,
    }
    return Terms(**(plain | changes))


def test_one_morning_stop_takes_its_longest_stay():
    clock = clock_tour(terms(), Legs(20, (), 20), 1, [1.0])
    assert (clock.leave, clock.arrive, clock.depart, clock.home) == (490, (510,), (690,), 710)


def test_an_afternoon_stop_is_reached_before_the_break_and_opens_after_it():
    clock = clock_tour(terms(), Legs(20, (), 20), 0, [1.0])
    assert (clock.leave, clock.arrive) == (760, (840,))
    assert clock.home == 1020 or clock.depart[0] - clock.arrive[0] == 180


def test_the_whole_break_lies_between_morning_and_afternoon():
    clock = clock_tour(terms(), Legs(30, (40,), 30), 1, [1.0, 1.0])
    assert clock.depart[0] <= 780
    assert clock.arrive[1] >= 840
    assert clock.arrive[1] - clock.depart[0] >= 60 + 40


def test_what_does_not_fit_is_refused():
    assert clock_tour(terms(), Legs(240, (), 240), 1, [1.0]) is None
    assert clock_tour(terms(day_open=100), Legs(10, (10,), 10), 2, [1.0, 1.0]) is None
    assert clock_tour(terms(shift_end=780), Legs(10, (), 10), 0, [1.0]) is None


def best_by_trying(t, legs, n_morning, weights, step=15):
    """The best weighted open minutes over all stays on a grid, timed by plain rules."""
    least = t.setup + t.min_open
    best = None
    for stays in product(range(least, t.max_stay + 1, step), repeat=len(weights)):
        at, ok = t.shift_start, sum(stays) - len(stays) * t.setup <= t.day_open
        for stop, stay in enumerate(stays):
            at += legs.between[stop - 1] if stop else legs.out
            if stop == n_morning:
                at = max(at + t.break_end - t.break_start, t.break_end)
            at = max(at, t.open_from) + stay
            ok &= at <= (min(t.break_start, t.open_to) if stop < n_morning else t.open_to)
        home = at + legs.back
        if n_morning == len(stays) and home > t.break_start:
            home += t.break_end - t.break_start
        if ok and home <= t.shift_end:
            worth = sum(w * (s - t.setup) for w, s in zip(weights, stays, strict=True))
            best = worth if best is None else max(best, worth)
    return best


@given(
    ways=st.tuples(HALF_HOURS, HALF_HOURS),
    between=st.lists(HALF_HOURS, max_size=2),
    morning=st.integers(0, 3),
    weights=st.lists(st.integers(0, 5), min_size=3, max_size=3),
    hours=st.tuples(st.sampled_from([180, 300, 600]), st.sampled_from([480, 540])),
)
def test_growing_the_heaviest_stop_first_is_best(ways, between, morning, weights, hours):
    (out, back), (day, start) = ways, hours
    legs, t = Legs(out, tuple(between), back), terms(day_open=day, shift_start=start)
    weights = [float(w) for w in weights[: len(between) + 1]]
    n_morning = min(morning, len(weights))
    clock = clock_tour(t, legs, n_morning, weights)
    tried = best_by_trying(t, legs, n_morning, weights)
    if tried is None:
        assert clock is None
        return
    stays = [d - a for a, d in zip(clock.arrive, clock.depart, strict=True)]
    assert sum(w * (s - t.setup) for w, s in zip(weights, stays, strict=True)) == tried
    assert clock.leave >= t.shift_start
    assert clock.home <= t.shift_end
