"""Patron saints' days against the packaged rows, the holidays package and minute by minute."""

# Instants without zone are what is tested: they are those of the wall clock.

from __future__ import annotations

from datetime import date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.hours import (
    LocalHoliday,
    is_open_at,
    is_public_holiday,
    local_holidays,
    next_change,
    next_opening,
    normalise_hours,
    shuts_on_patrons_day,
    weekly_hours,
)
from capillare.geo.schema.territory import LOCAL_HOLIDAYS
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.reference import read_table

FIRENZE, EMPOLI, SCANDICCI, PESCIA, VENEZIA = "048017", "048014", "048041", "047012", "027042"
SHUT = normalise_hours("lunedì-venerdì 9-13; chiuso per il patrono")
AS_OF = date(2025, 1, 1)


def test_a_capital_has_the_day_of_the_holidays_package():
    assert local_holidays(FIRENZE, 2026) == LocalHoliday(
        date(2026, 6, 24), "San Giovanni Battista", "municipality", "Firenze"
    )


def test_a_sourced_municipality_has_its_own_day_whatever_its_capital():
    assert local_holidays(EMPOLI, 2026) == LocalHoliday(
        date(2026, 11, 30), "Sant'Andrea", "municipality", "Empoli"
    )


@pytest.mark.parametrize(
    ("year", "ash_wednesday"), [(2018, (2, 14)), (2024, (2, 14)), (2025, (3, 5)), (2038, (3, 10))]
)
def test_a_day_may_follow_easter(year, ash_wednesday):
    assert local_holidays(PESCIA, year).date == date(year, *ash_wednesday)


def test_without_a_source_the_capital_stands_in_and_says_so():
    stand_in = local_holidays(SCANDICCI, 2026)
    assert (stand_in.date, stand_in.basis) == (date(2026, 6, 24), "province_capital")
    assert stand_in.municipality == "Firenze"


@pytest.mark.parametrize(
    ("istat_code", "year"),
    [
        (VENEZIA, 2026),  # the package gives two days
        ("040045", 2026),  # Forlì or Cesena?
        ("999999", 2026),
        (FIRENZE, 1989),
        (FIRENZE, 2071),
    ],
)
def test_what_is_not_known_is_said_to_be_unknown(istat_code, year):
    assert local_holidays(istat_code, year) == LocalHoliday(None, "", "unknown", "")
    if year == 2026:
        patched = [datetime(2026, 1, 1) + timedelta(days=n, hours=10) for n in range(365)]
        for instant in patched:
            assert is_open_at(SHUT, instant, istat_code=istat_code) is is_open_at(SHUT, instant)


def test_every_row_is_a_municipality_with_exactly_one_way_to_its_day():
    rows = read_table(LOCAL_HOLIDAYS)
    names = read_boundaries().set_index("istat_code")["municipality"]
    assert rows["istat_code"].is_monotonic_increasing
    assert rows["municipality"].tolist() == names.loc[rows["istat_code"]].tolist()
    ways = rows[["month", "easter_days", "subdivision"]].notna().sum(axis=1)
    assert (ways == 1).all()
    assert (rows["month"].notna() == rows["day"].notna()).all()
    assert (rows["name"].notna() == rows["subdivision"].isna()).all()
    assert set(rows["subdivision"].dropna()) <= set(holidays.IT.subdivisions)
    capitals = rows[rows["is_province_capital"]]
    provinces = read_boundaries()["istat_code"].str[:3].unique()
    assert set(capitals["istat_code"].str[:3]) == set(provinces)


def test_the_days_of_every_capital_are_those_that_the_package_adds_to_the_nation():
    rows = read_table(LOCAL_HOLIDAYS)
    of_package = rows[rows["subdivision"].notna()]
    for code, subdivision in zip(of_package["istat_code"], of_package["subdivision"], strict=True):
        for year in (2025, 2026):
            days = holidays.country_holidays("IT", subdiv=subdivision, years=year)
            nation = holidays.country_holidays("IT", years=year)
            added = {day for day, name in days.items() if name != nation.get(day)}
            day = local_holidays(code, year).date
            assert (len(added) == 1) == (day is not None)
            assert day is None or added == {day}


def test_public_holidays_are_national_and_with_a_municipality_the_patrons_too():
    assert is_public_holiday(date(2026, 6, 2))
    assert not is_public_holiday(date(2026, 6, 24))
    assert is_public_holiday(date(2026, 6, 24), FIRENZE)
    assert not is_public_holiday(date(2026, 6, 24), EMPOLI)
    assert is_public_holiday(date(2026, 10, 4))
    assert not is_public_holiday(date(2025, 10, 4))


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)))
def test_national_holidays_are_those_that_the_evaluator_applies(day):
    noon = datetime(day.year, day.month, day.day, 12)
    assert is_public_holiday(day) is is_open_at("PH 00:00-24:00", noon)


@pytest.mark.parametrize("istat_code", [FIRENZE, EMPOLI, SCANDICCI, PESCIA])
@pytest.mark.parametrize(
    "text",
    ["lun-ven 9-13", "lun-dom 9-12:30 15-18", "lun-ven 9-13; primo mercoledì del mese 15-18"],
)
def test_shut_on_the_patrons_day_and_on_no_other_minute_by_minute(istat_code, text):
    shut = normalise_hours(f"{text}; chiuso per il patrono")
    plain = normalise_hours(text)
    patron = local_holidays(istat_code, 2025).date
    start = datetime.combine(patron - timedelta(days=2), datetime.min.time())
    seen_open = 0
    for minute in range(0, 5 * 24 * 60, 5):
        instant = start + timedelta(minutes=minute)
        expected = instant.date() != patron and is_open_at(plain, instant)
        assert is_open_at(shut, instant, istat_code=istat_code) is expected
        seen_open += expected
    assert seen_open


def test_hours_a_week_lose_the_patrons_day():
    assert weekly_hours(SHUT, as_of=AS_OF) == 20
    assert weekly_hours(SHUT, as_of=AS_OF, istat_code=FIRENZE) == pytest.approx(20 - 4 / 52)
    assert weekly_hours(SHUT, as_of=AS_OF, istat_code=EMPOLI) == 20  # a Sunday in 2025
    plain = "Mo-Fr 09:00-13:00"
    assert weekly_hours(plain, as_of=AS_OF, istat_code=FIRENZE) == 20


def test_fifty_two_weeks_over_the_turn_of_the_year_know_both_years():
    as_of = date(2024, 12, 2)
    n_shut = sum(
        local_holidays("015146", year).date.weekday() < 5
        and as_of <= local_holidays("015146", year).date < as_of + timedelta(weeks=52)
        for year in (2024, 2025)
    )  # Milan, 7 December: a Saturday in 2024, past the weeks in 2025
    assert weekly_hours(SHUT, as_of=as_of, istat_code="015146") == pytest.approx(
        20 - 4 * n_shut / 52
    )
    as_of = date(2025, 12, 8)  # 7 December 2026 is a Monday, just past the weeks
    assert weekly_hours(SHUT, as_of=as_of, istat_code="015146") == 20
    as_of = date(2025, 12, 29)
    assert weekly_hours(SHUT, as_of=as_of, istat_code="015146") == pytest.approx(20 - 4 / 52)


def test_changes_and_openings_step_over_the_patrons_day():
    eve = datetime(2025, 6, 23, 13)
    for of_rome in (next_change, next_opening):
        assert of_rome(SHUT, eve).isoformat() == "2025-06-24T09:00:00+02:00"
        assert of_rome(SHUT, eve, istat_code=FIRENZE).isoformat() == "2025-06-25T09:00:00+02:00"


def test_by_appointment_is_not_known_but_shut_on_the_patrons_day():
    hours = normalise_hours("lun-ven 9-13 su appuntamento; chiuso per il patrono")
    assert is_open_at(hours, datetime(2025, 6, 24, 10)) is None
    assert is_open_at(hours, datetime(2025, 6, 24, 10), istat_code=FIRENZE) is False
    assert is_open_at(hours, datetime(2025, 6, 25, 10), istat_code=FIRENZE) is None


@pytest.mark.parametrize(
    ("hours", "shuts"),
    [
        ('Mo 09:00-10:00 open "chiuso per il patrono"', True),
        ('Mo 09:00-10:00 open "Chiuso il giorno del Santo Patrono"', True),
        ('Mo 09:00-10:00 open "closed on the patron saint\'s day"', True),
        ('Mo 09:00-10:00 open "su appuntamento, chiuso per il patrono"', True),
        ('Mo 09:00-10:00 open "aperto anche per il patrono"', False),
        ('Mo 09:00-10:00 open "chiuso ad agosto, aperto per il patrono"', False),
        ('Mo 09:00-10:00 open "patronato"', False),
        ("Mo 09:00-10:00; PH closed", False),
    ],
)
def test_only_what_says_so_is_shut(hours, shuts):
    assert shuts_on_patrons_day(hours) is shuts
    assert is_open_at(hours, datetime(2024, 6, 24, 9, 30), istat_code=FIRENZE) is not shuts
