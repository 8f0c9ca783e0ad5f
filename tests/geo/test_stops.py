"""Stops of a mobile desk: their dates, and what the intake says of rows that cannot happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.hours import ROME, is_public_holiday
from capillare.geo.points import desks_as_of, fault_lines, read_registry
from capillare.geo.points.stops import next_dates, read_stops, visits
from capillare.geo.schema import DESKS, STOPS
from capillare.geo.schema.stops import WEEKDAY_NAMES

VAN = {
    "desk_id": "van",
    "network": "pdf",
    "kind": "mobile",
    "name": "Furgone",
    "istat_code": "090001",
    "status": "active",
}
STOP = {
    "stop_id": "s1",
    "desk_id": "van",
    "istat_code": "090002",
    "starts_on": "2026-06-01",
    "weekday": "We",
    "from_time": "09:00",
    "to_time": "12:00",
}
FLORENCE = "048017"


def stop(**changes):
    row = {**STOP, "istat_code": FLORENCE, **changes}
    return read_stops(STOPS.check(pd.DataFrame([row])))[0]


def said(days):
    return [f"{day:%d/%m/%y}" for day in days]


def registry_of(folder, territory, *stops, desks=(VAN,)):
    pd.DataFrame(list(desks)).to_csv(folder / "desks.csv", index=False)
    pd.DataFrame(list(stops)).to_csv(folder / "stops.csv", index=False)
    return read_registry(folder, territory)


# 24 June is the patron's day of Florence, 2 June a national holiday (a Tuesday in 2026).
RULES = [
    ({}, "2026-06-01", ["03/06/26", "10/06/26", "17/06/26"]),
    ({}, "2026-06-17", ["17/06/26", "01/07/26", "08/07/26"]),
    ({"on_holidays": True}, "2026-06-18", ["24/06/26", "01/07/26", "08/07/26"]),
    ({"weekday": "Tu"}, "2026-06-01", ["09/06/26", "16/06/26", "23/06/26"]),
    ({"exceptions": "2026-06-10;2026-06-17"}, "2026-06-04", ["01/07/26", "08/07/26", "15/07/26"]),
    ({"every_n_weeks": 2}, "2026-06-04", ["17/06/26", "01/07/26", "15/07/26"]),
    # The patron's day falls on the third date: it is skipped, the rhythm stays.
    ({"every_n_weeks": 3}, "2026-06-04", ["15/07/26", "05/08/26", "26/08/26"]),
    ({"every_n_weeks": 2}, "2020-01-01", ["03/06/26", "17/06/26", "01/07/26"]),
    ({"ends_on": "2026-06-12"}, "2026-06-01", ["03/06/26", "10/06/26"]),
    ({"ends_on": "2026-06-12"}, "2026-06-13", []),
    ({"week_of_month": 1}, "2026-06-04", ["01/07/26", "05/08/26", "02/09/26"]),
    ({"week_of_month": -1}, "2026-06-01", ["29/07/26", "26/08/26", "30/09/26"]),
    ({"week_of_month": 5}, "2026-06-01", ["29/07/26", "30/09/26", "30/12/26"]),
    ({"weekday": None}, "2026-05-01", ["01/06/26"]),
    ({"weekday": None}, "2026-06-01", ["01/06/26"]),
    ({"weekday": None}, "2026-06-02", []),
    ({"weekday": None, "starts_on": "2026-06-02"}, "2026-06-01", ["02/06/26"]),
    ({"weekday": None, "exceptions": "2026-06-01"}, "2026-05-01", []),
]


@pytest.mark.parametrize(("changes", "as_of", "wanted"), RULES)
def test_next_dates(changes, as_of, wanted):
    assert said(next_dates(stop(**changes), as_of=date.fromisoformat(as_of), n=3)) == wanted


def test_a_patron_whose_day_moves_with_easter_is_skipped_where_it_falls():
    empoli = stop(istat_code="048014", starts_on="2026-01-01", weekday="Th")
    listed = next_dates(empoli, as_of=date(2026, 1, 1), n=52)
    off = {
        date(2026, 1, 1) + timedelta(weeks=n)
        for n in range(52)
        if is_public_holiday(date(2026, 1, 1) + timedelta(weeks=n), "048014")
    }
    assert not off & set(listed)
    assert date(2026, 1, 1) in off


@settings(max_examples=40)
@given(
    span=st.tuples(st.dates(date(2024, 1, 1), date(2026, 1, 1)), st.none() | st.integers(0, 400)),
    weekday=st.integers(0, 6),
    every=st.integers(1, 6),
    as_of=st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    skipped=st.frozensets(st.dates(date(2024, 1, 1), date(2029, 1, 1)), max_size=5),
)
def test_dates_are_those_that_a_day_by_day_search_finds(span, weekday, every, as_of, skipped):
    starts, lasting = span
    ends = None if lasting is None else starts + timedelta(days=lasting)
    rule = replace(
        stop(every_n_weeks=every, weekday=WEEKDAY_NAMES[weekday]),
        starts_on=starts,
        ends_on=ends,
        exceptions=skipped,
    )
    first = next(d for n in range(7) if (d := starts + timedelta(days=n)).weekday() == weekday)
    found = [
        day
        for n in range(1200)
        if (day := as_of + timedelta(days=n)) >= first
        and (day - first).days % (7 * every) == 0
        and (ends is None or day <= ends)
        and day not in skipped
        and not is_public_holiday(day, FLORENCE)
    ]
    assert list(next_dates(rule, as_of=as_of, n=4)) == found[:4]


def test_visits_keep_the_wall_clock_when_clocks_change():
    rules = [stop(starts_on="2026-10-01", weekday="Su", from_time="09:30"), stop(stop_id="s0")]
    listed = visits(rules, date(2026, 10, 18), date(2026, 10, 28))
    assert listed["stop_id"].tolist() == ["s1", "s0", "s1", "s0"]
    sundays = listed[listed["stop_id"] == "s1"]["opens"].tolist()
    assert [at.isoformat() for at in sundays] == [
        "2026-10-18T09:30:00+02:00",
        "2026-10-25T09:30:00+01:00",
    ]
    assert listed["closes"].iloc[1] == datetime(2026, 10, 21, 12, tzinfo=ROME)
    assert visits(rules, date(2026, 5, 1), date(2026, 5, 2)).empty


def test_a_good_stop_is_placed_and_has_nothing_to_say(tmp_path, tiny):
    registry = registry_of(tmp_path, tiny, STOP)
    assert registry.faults.empty
    (row,) = registry.stops.itertuples()
    town = tiny.municipalities.set_index("istat_code").loc["090002"]
    assert (row.lat, row.lon) == pytest.approx((town["lat"], town["lon"]))
    assert row.position_basis == "chief_town"
    STOPS.check(registry.stops)
    DESKS.check(registry.desks)


def test_a_stop_stands_where_its_settlement_does(tmp_path, tiny):
    place = tiny.places[tiny.places["istat_code"] == "090002"].iloc[-1]
    registry = registry_of(tmp_path, tiny, {**STOP, "place_id": place["place_id"]})
    (row,) = registry.stops.itertuples()
    assert (row.lat, row.lon, row.position_basis) == (place["lat"], place["lon"], "locality")


READ = [
    ("from_time", "9.30", "09:30"),
    ("from_time", "9", "09:00"),
    ("to_time", "12:30:00", "12:30"),
    ("weekday", "mercoledì", "We"),
    ("starts_on", "1/6/2026", "2026-06-01"),
    ("exceptions", "17/6/2026, 10 giugno 2026", "2026-06-10;2026-06-17"),
]


@pytest.mark.parametrize(("column", "typed", "cell"), READ)
def test_what_can_be_read_is_converted_and_noted(tmp_path, tiny, column, typed, cell):
    registry = registry_of(tmp_path, tiny, {**STOP, column: typed})
    assert registry.stops[column].tolist() == [cell]
    assert registry.faults["is_refused"].tolist() == [False]


SPOILED = [
    ({"starts_on": "31/02/2026"}, "starts_on", "data impossibile"),
    ({"ends_on": "2026-05-31"}, "ends_on", "finisce prima di cominciare"),
    ({"to_time": "08:00"}, "to_time", "la sosta finisce prima di cominciare"),
    ({"to_time": "09:00"}, "to_time", "la sosta finisce prima di cominciare"),
    ({"from_time": "24:10"}, "from_time", "ora impossibile"),
    ({"from_time": "presto"}, "from_time", "non è un'ora"),
    ({"desk_id": "altro"}, "desk_id", "non c'è nella tabella desks"),
    ({"desk_id": "fermo"}, "desk_id", "non è itinerante"),
    ({"weekday": "oggi"}, "weekday", "voce non prevista"),
    ({"every_n_weeks": "0"}, "every_n_weeks", "non è un numero intero da 1"),
    ({"week_of_month": "0"}, "week_of_month", "non è una settimana del mese"),
    ({"week_of_month": "2", "every_n_weeks": "2"}, "every_n_weeks", "c'è già la settimana"),
    ({"weekday": "", "ends_on": "2026-06-30"}, "ends_on", "dura un giorno solo"),
    ({"exceptions": "2026-06-10;2026-02-31"}, "exceptions", "2026-02-31: data impossibile"),
    ({"istat_code": "999999"}, "istat_code", "codice ISTAT sconosciuto"),
    ({"lat": "0", "lon": "0"}, "lat, lon", "coordinate fuori da Comune 2"),
    ({"stop_id": "s0"}, "stop_id", "già usato"),
]


@pytest.mark.parametrize(("changes", "column", "problem"), SPOILED)
def test_a_stop_that_cannot_happen_is_refused_alone(tmp_path, tiny, changes, column, problem):
    good = dict.fromkeys(changes, "") | {**STOP, "stop_id": "s0"}
    still = {**VAN, "desk_id": "fermo", "kind": "main", "name": "Biblioteca"}
    registry = registry_of(tmp_path, tiny, good, {**STOP, **changes}, desks=(VAN, still))
    assert registry.stops["stop_id"].tolist() == ["s0"]
    refused = registry.faults[registry.faults["is_refused"]]
    assert refused["column"].tolist() == [column]
    (line,) = fault_lines(refused)
    assert line.startswith("stops.csv, riga 3 ")
    assert problem in line
    assert line.endswith(".")


KEPT = [
    ({"exceptions": "2026-06-11"}, "non è un giorno di sosta"),
    ({"weekday": "Tu", "ends_on": "2026-06-01"}, "non cade mai"),
    ({"place_id": "g1"}, "nessuna località"),
]


@pytest.mark.parametrize(("changes", "problem"), KEPT)
def test_what_looks_wrong_is_kept_and_said(tmp_path, tiny, changes, problem):
    registry = registry_of(tmp_path, tiny, {**STOP, **changes})
    assert registry.stops["stop_id"].tolist() == ["s1"]
    assert registry.faults["is_refused"].tolist() == [False]
    assert problem in registry.faults["problem"].iloc[0]


def test_a_repeated_stop_without_weekday_takes_that_of_its_first_day(tmp_path, tiny):
    registry = registry_of(tmp_path, tiny, {**STOP, "weekday": "", "every_n_weeks": "2"})
    assert registry.stops["weekday"].tolist() == ["Mo"]
    assert "letto come Mo" in registry.faults["problem"].iloc[0]


def test_a_van_gives_the_hours_of_its_stops(tmp_path, tiny, policy):
    still = {**VAN, "desk_id": "base", "name": "Gazebo"}
    over = {**STOP, "stop_id": "s2", "desk_id": "base", "ends_on": "2026-06-30"}
    every_second = {**STOP, "every_n_weeks": "2", "on_holidays": "true"}
    registry = registry_of(tmp_path, tiny, every_second, over, desks=(VAN, still))
    desks = desks_as_of(registry, as_of=date(2026, 7, 6), policy=policy).set_index("desk_id")
    assert desks.loc["van", "weekly_hours"] == pytest.approx(1.5)
    assert desks.loc["van", "hours_basis"] == "stated"
    assert desks["is_touring"].tolist() == [True, True]
    assert desks.loc["base", "weekly_hours"] == 0
