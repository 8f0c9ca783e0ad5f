"""Opening hours against hand-made readings, closed forms, brute force and arbitrary text."""

# Instants without zone and the dashes of real texts are what is tested.

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.errors import ConfigError, DataError
from capillare.geo.hours import (
    MAX_CHARS,
    describe_hours,
    is_open_at,
    next_change,
    normalise_hours,
    open_in_plain_week,
    readable_en,
    readable_it,
    weekly_hours,
)

ROME = ZoneInfo("Europe/Rome")
AS_OF = date(2025, 1, 1)
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

OSM = {
    "Mo-Fr 9:00-13:00": "Mo-Fr 09:00-13:00",
    "mo-fr 09:00-13:00": "Mo-Fr 09:00-13:00",
    "Mo-Fr 09:00–13:00;": "Mo-Fr 09:00-13:00",
    "  Mo-Fr\n09:00 - 13:00 ": "Mo-Fr 09:00-13:00",
    "Mo, We 09:00-12:00": "Mo,We 09:00-12:00",
    "Mo-Fr 09:00-13:00, 15:00-18:00": "Mo-Fr 09:00-13:00,15:00-18:00",
    "Mo-Fr 08:00-12:00, Tu 14:00-18:00": "Mo-Fr 08:00-12:00, Tu 14:00-18:00",
    "Mo-Fr 09:00-13:00; PH off": "Mo-Fr 09:00-13:00; PH closed",
    "We[1] 16:00-19:00": "We[1] 16:00-19:00",
    "Mar-Oct Mo-Fr 09:00-13:00": "Mar-Oct Mo-Fr 09:00-13:00",
    "Aug 10-20 off": "Aug 10-Aug 20 closed",
    "Mo 22:00-02:00": "Mo 22:00-02:00",
    '"on appointment"': '24/7 unknown "on appointment"',
    'Mo 09:00-10:00 "su appuntamento"': 'Mo 09:00-10:00 unknown "su appuntamento"',
    'Mo 09:00-10:00 open "x"; Tu off "y"': 'Mo 09:00-10:00 open "x"; Tu closed "y"',
    "PH +1 days": "PH +1 days",
    "24/7": "24/7",
}
ITALIAN = {
    "lun-ven 9-13": "Mo-Fr 09:00-13:00",
    "lunedì-venerdì 9-13; chiuso per il patrono": (
        'Mo-Fr 09:00-13:00 open "chiuso per il patrono"'
    ),
    "Lun. e Mer. 9.00-12.30 / 15.00-18.00": "Mo,We 09:00-12:30,15:00-18:00",
    "dal lunedì al venerdì dalle 9 alle 13": "Mo-Fr 09:00-13:00",
    "Dal Lunedì al Venerdì ore 9:00 - 13:00 ; Sabato 9:00 - 12:00": (
        "Mo-Fr 09:00-13:00; Sa 09:00-12:00"
    ),
    "mar e gio 15:30–18:30": "Tu,Th 15:30-18:30",
    "mar 9:00-12:00": "Tu 09:00-12:00",
    "Mar 9:00-12:00; Lun 9-12": "Mo,Tu 09:00-12:00",
    "tutti i giorni 9-12": "Mo-Su 09:00-12:00",
    "tutti i giorni tranne domenica 9-12": "Mo-Sa 09:00-12:00",
    "lun-sab escluso mercoledì 9-13": "Mo,Tu,Th-Sa 09:00-13:00",
    "lun 9-13 15-18": "Mo 09:00-13:00,15:00-18:00",
    "lun-ven 9-13,15-18": "Mo-Fr 09:00-13:00,15:00-18:00",
    "lun-ven 9-13; 15-18": "Mo-Fr 09:00-13:00,15:00-18:00",
    "lun-ven mattina 9-13, pomeriggio 15-18": "Mo-Fr 09:00-13:00,15:00-18:00",
    "9-13 lun-ven": "Mo-Fr 09:00-13:00",
    "Mo-Fr 9-13": "Mo-Fr 09:00-13:00",
    "mercoledi' h 9-13": "We 09:00-13:00",
    "Lunedì: 9-13\nMartedì: 15-18": "Mo 09:00-13:00; Tu 15:00-18:00",
    "lun-ven 9-13; mer 15-18": "Mo,Tu,Th,Fr 09:00-13:00; We 09:00-13:00,15:00-18:00",
    "lun-ven 9-13, sabato chiuso": "Mo-Fr 09:00-13:00; Sa closed",
    "lun-ven 9-13, festivi esclusi": "Mo-Fr 09:00-13:00; PH closed",
    "dal lunedì al venerdì, esclusi i festivi, dalle 9 alle 13": "Mo-Fr 09:00-13:00; PH closed",
    "lun-ven 9-13; chiuso ad agosto": "Mo-Fr 09:00-13:00; Aug closed",
    "agosto chiuso; lun-ven 9-13": "Mo-Fr 09:00-13:00; Aug closed",
    "lun-ven 9-13; chiuso dal 10 al 20 agosto": "Mo-Fr 09:00-13:00; Aug 10-Aug 20 closed",
    "dal 15 giugno al 15 settembre lun-sab 9-13": "Jun 15-Sep 15 Mo-Sa 09:00-13:00",
    "da giugno a settembre: lun-ven 9-13; da ottobre a maggio: lun 9-13": (
        "Jun-Sep Mo-Fr 09:00-13:00; Oct-May Mo 09:00-13:00"
    ),
    "lun-ven 9-13; luglio e agosto lun-ven 9-12": ("Mo-Fr 09:00-13:00; Jul,Aug Mo-Fr 09:00-12:00"),
    "primo e terzo mercoledì del mese, 16-19": "We[1,3] 16:00-19:00",
    "ultimo venerdì di ogni mese dalle ore 15.00 alle ore 18.00": "Fr[-1] 15:00-18:00",
    "1° giovedì del mese 9-12": "Th[1] 09:00-12:00",
    "lun-ven 9-13; primo mercoledì del mese 15-18": "Mo-Fr 09:00-13:00, We[1] 15:00-18:00",
    "lun-ven 9-13 (solo su appuntamento)": 'Mo-Fr 09:00-13:00 unknown "su appuntamento"',
    "lun-ven 9-13; mar 15-18; su appuntamento": (
        'Mo,We-Fr 09:00-13:00 unknown "su appuntamento"; '
        'Tu 09:00-13:00,15:00-18:00 unknown "su appuntamento"'
    ),
}
UNREADABLE = (
    "",
    "   ",
    "Mo-Fr 25:00",
    "Mo-Fr 24:00-26:00",
    "Mo-Fr 09:60-10:00",
    "ogni secondo martedì",
    "ogni secondo martedì 9-12",
    "a settimane alterne il lunedì 9-12",
    "sabato mattina",
    "lun-ven",
    "9-13",
    "feriali 9-13",
    "giorni feriali dalle 9 alle 13",
    "lun-ven 9-1",  # one in the afternoon, or at night?
    "lun-ven 3-6",
    "lun-ven 9-13, pomeriggio 3-6",
    "lun-ven 9,13",
    "lun-ven 9-12 11-13",
    "lun-ven 9-13; mer 10-12",  # adds to the morning, or takes its place?
    "lun-ven 9-13; luglio lun 9-12",  # and the other days of July?
    "luglio: lun-ven 9-12; lun-ven 9-13",
    "lun-ven 9-13; mer 15-18 su appuntamento, gio 15-18",
    "tutti i giorni 9-12, chiuso i festivi",  # are the Sundays meant?
    "lun-sab chiuso mercoledì 9-13",
    "lun 9-13 lun chiuso",
    "orario estivo lun-ven 9-13",
    "chiuso",
    "da definire",
    "lun 25-26",
    "chiuso il 31 giugno; lun 9-13",
    "Mar 09:00-12:00",  # March in the grammar, Tuesday in Italian
    "Feb 30 09:00-12:00",
    "2025",
    "12345",
    'Mo-Fr 09:00-13:00 "unclosed',
    "lun-ven 9-13 " * 100,
    "(" * 1000,
    "Mo 09:00-10:00\0",
    "=1+1",
    "<script>alert(1)</script>",
)


@pytest.mark.parametrize(("text", "canonical"), [*OSM.items(), *ITALIAN.items()])
def test_reads_the_grammar_and_common_italian(text, canonical):
    assert normalise_hours(text) == canonical


@pytest.mark.parametrize("text", UNREADABLE)
def test_leaves_unread_what_has_no_single_reading(text):
    assert normalise_hours(text) is None


def test_reads_no_more_than_the_longest_text_allowed():
    days = "; ".join(["Mo 09:00-10:00"] * 100)
    fits = days[: MAX_CHARS - MAX_CHARS % 16].rstrip("; ")
    assert normalise_hours(fits) is not None
    assert normalise_hours(days) is None


@given(st.text(max_size=60))
def test_never_raises_on_arbitrary_text(text):
    canonical = normalise_hours(text)
    if canonical is not None:
        assert normalise_hours(canonical) == canonical


VOCABULARY = """
lun-ven mar mercoledì e , ; / - 9 13 9-13 15:30-18 dalle alle dal al chiuso festivi patrono agosto
giugno da a primo del mese tutti i giorni su appuntamento Mo-Fr 09:00-13:00 PH off Mar We[1] "x"
24/7 15-18 tranne 31 pomeriggio Jun-Sep || week01-53/2
"""
WORDS = st.sampled_from(VOCABULARY.split())


@settings(max_examples=400)
@given(st.lists(WORDS, max_size=14))
def test_every_reading_can_be_measured_and_said(words):
    canonical = normalise_hours(" ".join(words))
    if canonical is None:
        return
    assert normalise_hours(canonical) == canonical
    assert 0 <= weekly_hours(canonical, as_of=AS_OF) <= 168
    assert open_in_plain_week(canonical, as_of=AS_OF).shape == (10080,)
    assert readable_it(canonical)
    assert readable_en(canonical)


SPANS = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=6, unique=True).map(
    lambda minutes: [
        (opens, closes) for opens, closes in zip(*[iter(sorted(minutes))] * 2, strict=False)
    ]
)


def clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@given(st.dictionaries(st.integers(0, 6), SPANS, min_size=1), st.dates(date(2020, 1, 1), AS_OF))
def test_plain_week_equals_minutes_counted_one_by_one(week, as_of):
    expected = np.zeros(7 * 24 * 60, dtype=bool)
    for day, spans in week.items():
        for opens, closes in spans:
            for minute in range(opens, closes):
                expected[day * 24 * 60 + minute] = True
    expression = normalise_hours(
        "; ".join(
            f"{DAYS[day]} " + ",".join(f"{clock(a)}-{clock(b)}" for a, b in spans)
            for day, spans in week.items()
        )
    )
    assert np.array_equal(open_in_plain_week(expression, as_of=as_of), expected)
    assert weekly_hours(expression, as_of=as_of) == pytest.approx(expected.sum() / 60)


@pytest.mark.parametrize("as_of", [date(2024, 2, 29), date(2025, 1, 1), date(2025, 10, 26)])
def test_weekly_hours_leave_out_the_national_holidays(as_of):
    italian = holidays.country_holidays("IT", years=range(2024, 2028))
    days = [as_of + timedelta(days=n) for n in range(52 * 7)]
    n_open = sum(day.weekday() < 5 and day not in italian for day in days)
    expected = 4 * n_open / 52
    assert weekly_hours("Mo-Fr 09:00-13:00; PH closed", as_of=as_of) == pytest.approx(expected)
    assert expected < 20


def test_weekly_hours_of_seasons_months_and_nights():
    july_and_august = 31 + 31
    assert weekly_hours("Jul-Aug 09:00-13:00", as_of=AS_OF) == pytest.approx(
        4 * july_and_august / 52
    )
    assert weekly_hours("We[1] 16:00-19:00", as_of=AS_OF) == pytest.approx(3 * 12 / 52)
    assert weekly_hours("Mo-Fr 22:00-06:00", as_of=AS_OF) == pytest.approx(40)
    assert weekly_hours("24/7", as_of=AS_OF) == 168


def test_appointments_are_hours_but_neither_open_nor_shut():
    by_appointment = 'Mo-Fr 09:00-13:00 unknown "su appuntamento"'
    assert weekly_hours(by_appointment, as_of=AS_OF) == 20
    assert not open_in_plain_week(by_appointment, as_of=AS_OF).any()
    assert open_in_plain_week(by_appointment, as_of=AS_OF, by_appointment=True).sum() == 20 * 60
    assert is_open_at(by_appointment, datetime(2025, 6, 4, 10)) is None
    assert is_open_at(by_appointment, datetime(2025, 6, 4, 20)) is False
    assert weekly_hours('24/7 unknown "on appointment"', as_of=AS_OF) == 0


def test_open_at_an_instant_of_any_zone():
    hours = "We[1] 16:00-19:00"
    assert is_open_at(hours, datetime(2025, 6, 4, 16, 0)) is True
    assert is_open_at(hours, datetime(2025, 6, 4, 19, 0)) is False
    assert is_open_at(hours, datetime(2025, 6, 4, 14, 0, tzinfo=UTC)) is True
    assert is_open_at(hours, datetime(2025, 6, 4, 13, 59, tzinfo=UTC)) is False
    assert is_open_at(hours, datetime(2025, 6, 11, 17, 0)) is False
    assert is_open_at(None, datetime(2025, 6, 4, 16, 0)) is None
    assert is_open_at("illeggibile", datetime(2025, 6, 4, 16, 0)) is None


@pytest.mark.parametrize("day", [date(2025, 4, 25), date(2026, 4, 6), date(2026, 10, 5)])
def test_liberation_day_easter_monday_and_an_ordinary_monday(day):
    at_ten = datetime(day.year, day.month, day.day, 10)
    is_holiday = day in holidays.country_holidays("IT", years=day.year)
    assert is_open_at("Mo-Fr 09:00-13:00; PH off", at_ten) is not is_holiday
    assert is_open_at("Mo-Fr 09:00-13:00", at_ten) is True


def test_saint_francis_is_a_holiday_from_2026():
    assert is_open_at("09:00-13:00; PH off", datetime(2025, 10, 4, 10)) is True
    assert is_open_at("09:00-13:00; PH off", datetime(2026, 10, 4, 10)) is False


def test_next_change_is_in_local_time_across_the_two_clock_changes():
    hours = "Mo-Fr 09:00-13:00"
    spring = next_change(hours, datetime(2025, 3, 29, 12))
    assert spring == datetime(2025, 3, 31, 9, tzinfo=ROME)
    assert spring.isoformat() == "2025-03-31T09:00:00+02:00"
    autumn = next_change(hours, datetime(2025, 10, 25, 12, tzinfo=UTC))
    assert autumn.isoformat() == "2025-10-27T09:00:00+01:00"
    second_half_past_two = datetime(2025, 10, 26, 1, 10, tzinfo=UTC)
    change = next_change("Su 02:00-02:30", second_half_past_two)
    assert change.timestamp() > second_half_past_two.timestamp()
    assert next_change("24/7", datetime(2025, 6, 4)) is None


@given(st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(ROME)))
def test_state_holds_until_the_next_change_and_then_turns(instant):
    hours = "Mo,We 09:00-12:30,15:00-18:00; Sa 10:00-12:00; PH closed"
    change = next_change(hours, instant)
    assert change.timestamp() > instant.timestamp()
    just_before = datetime.fromtimestamp(change.timestamp() - 1, tz=ROME)
    assert is_open_at(hours, just_before) is is_open_at(hours, instant)
    assert is_open_at(hours, change) is not is_open_at(hours, instant)


READABLE = [
    ("Mo-Fr 09:00-13:00", "lunedì-venerdì 9-13", "Monday-Friday 9-13"),
    (
        "Mo,Tu,Fr 09:00-12:30,15:00-18:00",
        "lunedì, martedì e venerdì 9-12:30 e 15-18",
        "Monday, Tuesday and Friday 9-12:30 and 15-18",
    ),
    ("We[1] 16:00-19:00", "primo mercoledì del mese 16-19", "first Wednesday of the month 16-19"),
    (
        "Jun-Sep Mo-Fr 09:00-13:00; Oct-May Mo 09:00-12:00",
        "da giugno a settembre: lunedì-venerdì 9-13; da ottobre a maggio: lunedì 9-12",
        "June to September: Monday-Friday 9-13; October to May: Monday 9-12",
    ),
    (
        "Jun 15-Sep 15 Mo 09:00-12:00",
        "dal 15 giugno al 15 settembre: lunedì 9-12",
        "15 June to 15 September: Monday 9-12",
    ),
    (
        "lunedì-venerdì 9-13; chiuso per il patrono",
        "lunedì-venerdì 9-13; chiuso per il patrono",
        "Monday-Friday 9-13; closed on the patron saint's day",
    ),
    (
        'Mo-Fr 09:00-13:00 "on appointment"',
        "lunedì-venerdì 9-13, su appuntamento",
        "Monday-Friday 9-13, on appointment",
    ),
    (
        "Mo-Su 09:00-12:00; PH off",
        "tutti i giorni 9-12; chiuso: giorni festivi",
        "every day 9-12; closed: public holidays",
    ),
    (
        "week01-53/2 Mo 09:00-12:00",
        "settimane 1-53, una ogni 2: lunedì 9-12",
        "weeks 1-53, one in 2: Monday 9-12",
    ),
    (
        'Mo 09:00-10:00 open "a; b"; Tu 09:00-10:00',
        "lunedì 9-10; martedì 9-10; a; b",
        "Monday 9-10; Tuesday 9-10; a; b",
    ),
    ("24/7", "sempre aperto", "always open"),
    ("off", "chiuso", "closed"),
    ("Mo-Fr 10:00-12:00/00:30", "Mo-Fr 10:00-12:00/30", "Mo-Fr 10:00-12:00/30"),
]


@pytest.mark.parametrize(("expression", "italian", "english"), READABLE)
def test_readers(expression, italian, english):
    assert readable_it(expression) == italian
    assert readable_en(expression) == english


@given(st.dictionaries(st.integers(0, 6), st.sampled_from([(540, 780), (900, 1080)]), min_size=1))
def test_what_the_italian_reader_says_is_read_back(week):
    expression = normalise_hours(
        "; ".join(f"{DAYS[day]} {clock(a)}-{clock(b)}" for day, (a, b) in week.items())
    )
    again = normalise_hours(readable_it(expression))
    assert np.array_equal(
        open_in_plain_week(again, as_of=AS_OF), open_in_plain_week(expression, as_of=AS_OF)
    )


def test_description_holds_plain_values_only():
    described = describe_hours(
        "lun-ven 9-13", at=[datetime(2025, 6, 4, 10), datetime(2025, 6, 7, 10)], as_of=AS_OF
    )
    assert described == {
        "parsed": "Mo-Fr 09:00-13:00",
        "weekly_hours": 20.0,
        "open": [True, False],
        "next_change": ["2025-06-04T13:00:00+02:00", "2025-06-09T09:00:00+02:00"],
        "readable_it": "lunedì-venerdì 9-13",
        "readable_en": "Monday-Friday 9-13",
    }
    assert describe_hours("boh", at=[datetime(2025, 6, 4)], as_of=AS_OF) == {
        "parsed": None,
        "weekly_hours": None,
        "open": [None],
        "next_change": [None],
        "readable_it": None,
        "readable_en": None,
    }


def test_errors_are_sentences():
    with pytest.raises(DataError, match="cannot be read"):
        weekly_hours("boh", as_of=AS_OF)
    with pytest.raises(ConfigError, match="from 1990 to 2070"):
        weekly_hours("Mo-Fr 09:00-13:00; PH off", as_of=date(2099, 1, 1))
