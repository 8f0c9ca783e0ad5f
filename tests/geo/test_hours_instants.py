"""Hours that are hard: nights, lunch breaks, 29 February, the two clock changes, bad texts."""

# Instants without zone are what is tested: they are those of the wall clock.

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import DataError
from capillare.geo.hours import (
    BAND_COLUMNS,
    describe_hours,
    hours_by_band,
    is_open_at,
    next_change,
    next_opening,
    normalise_hours,
    open_in_plain_week,
    weekly_hours,
)

ROME = ZoneInfo("Europe/Rome")
AS_OF = date(2025, 1, 1)
NIGHTS = "Mo-Fr 22:00-02:00"
HARD = [
    NIGHTS,
    "Mo-Su 02:30-04:00",
    "Mo-Su 02:15-02:45",
    "Su 01:30-02:30",
    "Mo-Fr 09:00-13:00,15:00-18:00; PH closed",
    'Su 02:00-02:30 unknown "su appuntamento"',
]
CLOCK_CHANGES = [datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)]


@pytest.mark.parametrize(
    "text",
    ["Mo-Fr 25:00", "ogni secondo martedì", "Feb 30 09:00-12:00", "chiuso il 30 febbraio", ""],
)
def test_bad_text_is_unknown_and_never_guessed(text):
    described = describe_hours(text, at=[datetime(2025, 6, 3, 10)], as_of=AS_OF)
    assert described["parsed"] is None
    assert described["weekly_hours"] is None
    assert described["open"] == described["next_change"] == [None]
    assert next_opening(text, datetime(2025, 6, 3, 10)) is None
    with pytest.raises(DataError, match="cannot be read"):
        hours_by_band(text, as_of=AS_OF)


def test_a_lunch_break_is_shut():
    hours = normalise_hours("lun-ven 9-13 / 15-18")
    states = [is_open_at(hours, datetime(2025, 6, 4, hour)) for hour in (8, 9, 12, 13, 14, 15, 18)]
    assert states == [False, True, True, False, False, True, False]
    assert weekly_hours(hours, as_of=AS_OF) == 35
    assert next_opening(hours, datetime(2025, 6, 4, 13)) == datetime(2025, 6, 4, 15, tzinfo=ROME)


def test_a_night_belongs_to_the_day_it_begins_and_runs_into_the_next():
    assert is_open_at(NIGHTS, datetime(2025, 6, 2, 1)) is False  # Monday, before its first night
    assert is_open_at(NIGHTS, datetime(2025, 6, 2, 23)) is True
    assert is_open_at(NIGHTS, datetime(2025, 6, 7, 1, 59)) is True  # Friday's night
    assert is_open_at(NIGHTS, datetime(2025, 6, 7, 2)) is False
    assert is_open_at(NIGHTS, datetime(2025, 6, 7, 23)) is False
    assert weekly_hours(NIGHTS, as_of=AS_OF) == pytest.approx(20)
    minutes = open_in_plain_week(NIGHTS, as_of=AS_OF)
    assert minutes.sum() == 20 * 60
    assert minutes[5 * 1440 : 5 * 1440 + 120].all()


def test_a_desk_of_29_february_opens_in_leap_years_only():
    hours = "Feb 29 09:00-12:00"
    assert is_open_at(hours, datetime(2024, 2, 29, 10)) is True
    assert is_open_at(hours, datetime(2025, 2, 28, 10)) is False
    assert is_open_at(hours, datetime(2025, 3, 1, 10)) is False
    assert weekly_hours(hours, as_of=date(2025, 1, 1)) == 0
    assert weekly_hours(hours, as_of=date(2024, 2, 29)) == pytest.approx(3 / 52)
    assert next_opening(hours, datetime(2025, 1, 1)) == datetime(2028, 2, 29, 9, tzinfo=ROME)


@pytest.mark.parametrize("jump", CLOCK_CHANGES)
@pytest.mark.parametrize("hours", HARD)
def test_changes_and_openings_across_a_clock_change_equal_minutes_tried_one_by_one(hours, jump):
    minutes = [jump + timedelta(minutes=n) for n in range(-180, 42 * 60)]
    states = [is_open_at(hours, minute) for minute in minutes]
    for at in range(0, 480, 7):
        later = range(at + 1, len(minutes))
        change = next((minutes[n] for n in later if states[n] is not states[at]), None)
        if change is not None:
            assert next_change(hours, minutes[at]).astimezone(UTC) == change
        opening = next((minutes[n] for n in (at, *later) if states[n] is True), None)
        if opening is not None:
            assert next_opening(hours, minutes[at]).astimezone(UTC) == opening


def test_an_opening_in_the_hour_that_does_not_exist_happens_when_clocks_jump():
    change = next_change("Su 02:30-04:00", datetime(2025, 3, 30, 1))
    assert change.isoformat() == "2025-03-30T03:00:00+02:00"
    assert next_opening("Su 02:15-02:45", datetime(2025, 3, 30, 1)).isoformat() == (
        "2025-04-06T02:15:00+02:00"
    )


@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), st.sampled_from(HARD))
def test_what_opens_next_is_open_and_nothing_opens_before(instant, hours):
    opening = next_opening(hours, instant)
    if opening is None:
        assert "unknown" in hours
        return
    assert is_open_at(hours, opening) is True
    if opening.timestamp() > instant.replace(tzinfo=ROME).timestamp():
        just_before = datetime.fromtimestamp(opening.timestamp() - 1, tz=ROME)
        assert is_open_at(hours, just_before) is False


def test_no_opening_where_nothing_is_known_to_open():
    for hours in (None, "off", "boh", 'Mo 09:00-10:00 unknown "su appuntamento"'):
        assert next_opening(hours, datetime(2025, 6, 4, 10)) is None


def test_bands_by_hand():
    hours = "Mo-We 07:00-14:00; Th 12:00-20:00; Sa 09:00-12:00"
    bands = hours_by_band(hours, as_of=date(2025, 3, 6))
    assert bands.columns.tolist() == ["weekday", *BAND_COLUMNS]
    assert bands.set_index("weekday").to_numpy().tolist() == [
        [5, 1, 1],
        [5, 1, 1],
        [5, 1, 1],
        [1, 6, 1],
        [0, 0, 0],
        [0, 0, 3],
        [0, 0, 0],
    ]


SPANS = st.tuples(st.integers(0, 23), st.integers(1, 12)).map(
    lambda span: f"{span[0]:02d}:00-{(span[0] + span[1]) % 24:02d}:00"
)


@given(
    st.sampled_from(["Mo-Fr", "Sa,Su", "We[1]", "Jul-Aug Tu", "2025 Mar 03-2025 Jun 30 Mo-Th"]),
    SPANS,
    st.sampled_from(["", "; PH closed"]),
    st.dates(date(2024, 1, 1), date(2025, 12, 31)),
)
def test_bands_sum_to_the_hours_a_week_and_lie_on_their_days(days, span, closure, as_of):
    hours = normalise_hours(f"{days} {span}{closure}")
    bands = hours_by_band(hours, as_of=as_of)
    columns = bands[list(BAND_COLUMNS)].to_numpy()
    assert columns.sum() == pytest.approx(weekly_hours(hours, as_of=as_of))
    assert (columns >= 0).all()
    assert np.all(columns[5:, :2] == 0)
    assert columns[:5, 0].max() <= 5
    assert columns[:5, 1].max() <= 6
