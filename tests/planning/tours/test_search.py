from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capillare.planning.tours.calendar_value import Placed, weigh
from capillare.planning.tours.dates import WEEK_SETS, Horizon
from capillare.planning.tours.day_tours import make_tour
from capillare.planning.tours.obvious import obvious_plan
from capillare.planning.tours.patterns import bound_people
from capillare.planning.tours.search import search_tours
from capillare.planning.tours.timetable_rows import tour_rows
from tests.planning.tours.small import small_ground, van

SPOTS = [(20, 0), (45, 5), (-30, 10), (0, 60), (15, -50), (-60, -10)]
ADULTS = [400, 900, 250, 700, 120, 300]


def quick(ground):
    return search_tours(ground, "quick", lambda _step: None)


def every_tour(ground, crew):
    n = len(ground.stops)
    for size in range(1, n + 1):
        for stops in permutations(range(n), size):
            for n_morning in range(size + 1):
                tour = make_tour(ground, crew, stops, n_morning)
                if tour is not None:
                    yield tour


def best_plan(ground, weekday):
    """The worth of the best plan of one crew on one weekday, by trying everything."""
    options = [
        Placed(tour, weekday, weeks) for tour in every_tour(ground, 0) for weeks in WEEK_SETS
    ]
    best = weigh(ground, [])

    def grow(chosen, stops, weeks, first):
        nonlocal best
        best = max(best, weigh(ground, chosen)) if chosen else best
        for row in range(first, len(options)):
            option = options[row]
            if not (stops & set(option.tour.stops) or weeks & set(option.weeks)):
                grow(
                    [*chosen, option],
                    stops | set(option.tour.stops),
                    weeks | set(option.weeks),
                    row + 1,
                )

    grow([], set(), set(), 0)
    return best


@pytest.mark.parametrize(
    "changes", [{}, {"min_stay_min": 120.0, "shift_end": "15:00"}, {"weekly_hours": 3.0}]
)
def test_a_small_question_is_answered_as_well_as_by_trying_everything(changes):
    settings_ = {"weekdays": "Mo", "weekly_hours": 8.0} | changes
    ground = small_ground(SPOTS[:3], ADULTS[:3], [van(**settings_)])
    plan, worth = search_tours(ground, "normal", lambda _step: None)
    tried = best_plan(ground, 0)
    assert weigh(ground, plan) == worth
    assert worth.people == tried.people
    assert worth.person_hours >= 0.95 * tried.person_hours


def test_people_come_first_and_no_plan_passes_the_bound():
    ground = small_ground(SPOTS, ADULTS, [van(weekdays="Mo,Th")])
    _, worth = quick(ground)
    bound, answer = bound_people(ground, [0])
    assert answer.status == "optimal"
    assert worth.people == bound == sum(ADULTS)


def test_the_bound_counts_a_short_day():
    ground = small_ground(
        SPOTS[:2],
        [400, 900],
        [van(weekdays="Mo", weekly_hours=1.0, days_off="2026-02-09;2026-02-16;2026-02-23")],
    )
    bound, _ = bound_people(ground, [0])
    _, worth = quick(ground)
    assert bound == worth.people == 900


def test_the_plan_is_never_worth_less_than_the_obvious_one():
    ground = small_ground(SPOTS, ADULTS, [van(weekdays="Mo-We")])
    _, worth = quick(ground)
    assert worth >= weigh(ground, obvious_plan(ground, [0]))


@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_one_more_van_never_serves_fewer_people(data):
    n = data.draw(st.integers(3, 9))
    axis = st.integers(-90, 90)
    spots = data.draw(st.lists(st.tuples(axis, axis), min_size=n, max_size=n, unique=True))
    adults = data.draw(st.lists(st.integers(1, 999), min_size=n, max_size=n))
    vans = [
        van("v1", weekdays="Mo"),
        van("v2", weekdays="Tu,Fr", shift_end="14:00"),
        van("v3", weekdays="We"),
    ]
    bases = [(0, 0), (40, 40), (-40, 0)]
    worths = []
    for n_vans in (1, 2, 3):
        ground = small_ground(spots, adults, vans[:n_vans], bases=bases[:n_vans])
        plan, worth = quick(ground)
        assert worth.people <= bound_people(ground, range(len(ground.crews)))[0]
        assert len({stop for p in plan for stop in p.tour.stops}) == sum(
            len(p.tour.stops) for p in plan
        )
        worths.append(worth)
    assert worths == sorted(worths)


def test_the_same_question_has_the_same_answer():
    ground = small_ground(SPOTS, ADULTS, [van(weekdays="Mo-We")])
    assert quick(ground) == quick(ground)


def test_a_stop_prefers_its_market_morning():
    ground = small_ground(
        [(20, 0)], [400], [van(weekdays="Mo-Fr", weekly_hours=24.0)], markets=[(0, 3)]
    )
    plan, _ = quick(ground)
    assert [(p.weekday, p.weeks, p.tour.n_morning) for p in plan] == [(3, (0, 1, 2, 3), 1)]
    assert set(tour_rows(ground, plan)["note"].dropna()) == {"giorno di mercato"}


def test_vans_stay_at_home_on_holidays_and_skip_the_patrons_day():
    easter = Horizon(date(2026, 3, 30))  # Easter Monday is 6 April 2026
    ground = small_ground(
        [(20, 0), (35, 0)],
        [400, 300],
        [van(weekdays="Mo")],
        within=5.0,
        horizon=easter,
        holidays={"090001": frozenset({date(2026, 4, 13)})},
    )
    plan, _ = quick(ground)
    rows = tour_rows(ground, plan)
    assert "2026-04-06" not in set(rows["date"])
    assert rows.query("date == '2026-04-13' and place_id == 'g001'").empty
    assert set(rows["place_id"].dropna()) == {"g000", "g001"}


def test_people_are_counted_once_at_their_first_visit():
    ground = small_ground([(20, 0), (25, 0)], [400, 300], [van(weekdays="Mo,We")])
    plan, worth = quick(ground)
    rows = tour_rows(ground, plan)
    assert rows["adults_served"].sum() == worth.people == 700
    assert (rows["adults_served"] > 0).sum() == 1


def test_more_time_and_more_weekdays_never_serve_fewer_people():
    short = small_ground(SPOTS, ADULTS, [van(weekdays="Mo", shift_end="13:00", weekly_hours=3.0)])
    long = small_ground(SPOTS, ADULTS, [van(weekdays="Mo-Fr")])
    assert quick(short)[1].people <= quick(long)[1].people


def test_the_order_of_rows_does_not_change_the_people_served():
    order = [3, 1, 5, 0, 2, 4]
    one = small_ground(SPOTS, ADULTS, [van(weekdays="Mo")])
    other = small_ground(
        [SPOTS[row] for row in order], [ADULTS[row] for row in order], [van(weekdays="Mo")]
    )
    assert quick(one)[1].people == quick(other)[1].people


def test_a_horizon_starts_on_a_monday():
    assert Horizon.after(date(2026, 3, 29)).monday == date(2026, 3, 30)
    assert replace(Horizon.after(date(2026, 3, 30))).monday == date(2026, 3, 30)
    assert Horizon(date(2026, 3, 30)).working_weeks(0, frozenset()) == (0, 2, 3)
    assert np.size(Horizon(date(2026, 3, 30)).national_holidays()) == 3
