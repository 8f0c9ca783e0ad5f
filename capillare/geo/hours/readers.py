"""Opening hours for people: the canonical expression said in Italian or in English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from capillare.geo.hours.grammar import MONTHS
from capillare.geo.hours.italian_rules import APPOINTMENT_IT, PATRON_IT
from capillare.geo.numerals import MONTHS_IT, WEEKDAYS_IT
from capillare.geo.schema.stops import WEEKDAY_NAMES

_DAY = rf"(?:{'|'.join(WEEKDAY_NAMES)}|PH|SH)(?:\[[-\d,]+\])?"
_MONTH = "|".join(MONTHS)
_DATE = rf"(?:\d{{4}}(?:[ ](?:{_MONTH})(?:[ ]\d{{1,2}}\b)?)?|(?:{_MONTH})(?:[ ]\d{{1,2}}\b(?!:))?)"
_TIME = r"(?:\d{2}:\d{2}-\d{2}:\d{2}|\d{2}:\d{2}\+)"
_RULE = re.compile(
    rf"""(?P<dates>{_DATE}(?:[-,]{_DATE})*)?\s*
    (?P<weeks>week\d[\d,/-]*)?\s*
    (?P<always>24/7)?\s*
    (?P<days>{_DAY}(?:[-,]{_DAY})*)?\s*
    (?P<times>{_TIME}(?:,{_TIME})*)?\s*
    (?P<state>open|closed|unknown)?\s*
    (?P<comment>"[^"]*")?""",
    re.VERBOSE,
)
_SEPARATOR = re.compile(r'("[^"]*")|(; |, | \|\| )')


@dataclass(frozen=True)
class _Language:
    """Words of one language."""

    days: tuple[str, ...]
    months: tuple[str, ...]
    ordinals: dict[str, str]
    holidays: str
    school_holidays: str
    every_day: str
    of_month: str
    and_: str
    from_to: str
    dates_from_to: str
    weeks: str
    step: str
    day_month: str
    from_: str
    closed: str
    closed_on: str
    unknown: str
    always: str
    all_day: str
    also: str
    otherwise: str
    comments: dict[str, str]


_IT = _Language(
    days=WEEKDAYS_IT,
    months=MONTHS_IT,
    ordinals={
        "1": "primo",
        "2": "secondo",
        "3": "terzo",
        "4": "quarto",
        "5": "quinto",
        "-1": "ultimo",
        "-2": "penultimo",
        "-3": "terzultimo",
        "-4": "quartultimo",
        "-5": "quintultimo",
    },
    holidays="giorni festivi",
    school_holidays="vacanze scolastiche",
    every_day="tutti i giorni",
    of_month="{nth} {day} del mese",
    and_="e",
    from_to="da {first} a {last}",
    dates_from_to="dal {first} al {last}",
    weeks="settimane {numbers}",
    step=", una ogni {n}",
    day_month="{day} {month}",
    from_="dalle {time}",
    closed="chiuso",
    closed_on="chiuso: {when}",
    unknown="da confermare",
    always="sempre aperto",
    all_day="tutto il giorno",
    also="anche",
    otherwise="altrimenti",
    comments={"on appointment": APPOINTMENT_IT, "by appointment": APPOINTMENT_IT},
)
_EN = _Language(
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    ordinals={
        "1": "first",
        "2": "second",
        "3": "third",
        "4": "fourth",
        "5": "fifth",
        "-1": "last",
        "-2": "last but one",
        "-3": "last but two",
        "-4": "last but three",
        "-5": "last but four",
    },
    holidays="public holidays",
    school_holidays="school holidays",
    every_day="every day",
    of_month="{nth} {day} of the month",
    and_="and",
    from_to="{first} to {last}",
    dates_from_to="{first} to {last}",
    weeks="weeks {numbers}",
    step=", one in {n}",
    day_month="{day} {month}",
    from_="from {time}",
    closed="closed",
    closed_on="closed: {when}",
    unknown="to be confirmed",
    always="always open",
    all_day="all day",
    also="also",
    otherwise="otherwise",
    comments={
        APPOINTMENT_IT: "by appointment",
        PATRON_IT: "closed on the patron saint's day",
        f"{APPOINTMENT_IT}, {PATRON_IT}": "by appointment, closed on the patron saint's day",
    },
)


@lru_cache(maxsize=8192)
def said(expression: str, language: str) -> str:
    """Say a canonical expression in ``it`` or ``en``; a rule with rarer syntax is left as it is.

    >>> said("Mo-Fr 09:00-12:30,15:00-18:00; PH closed", "it")
    'lunedì-venerdì 9-12:30 e 15-18; chiuso: giorni festivi'
    """
    words = {"it": _IT, "en": _EN}[language]
    said_rules: list[str] = []
    remarks: list[str] = []
    for separator, rule in _rules(expression):
        text, remark = _rule_said(rule, words)
        link = {", ": f"{words.also} ", " || ": f"{words.otherwise} "}.get(separator, "")
        said_rules.append(link + text)
        if remark:
            remarks.append(remark)
    return "; ".join(dict.fromkeys(said_rules + remarks))


def _rules(expression: str) -> list[tuple[str, str]]:
    """Return each rule with the separator before it; separators inside comments do not count."""
    rules: list[tuple[str, str]] = []
    separator, start = "; ", 0
    for match in _SEPARATOR.finditer(expression):
        if match.group(2) is not None:
            rules.append((separator, expression[start : match.start()]))
            separator, start = match.group(2), match.end()
    return [*rules, (separator, expression[start:])]


def _rule_said(rule: str, words: _Language) -> tuple[str, str]:
    """Return what a rule says, and a remark that goes to the end."""
    match = _RULE.fullmatch(rule.strip())
    if match is None:
        return rule.strip(), ""
    dates, weeks, always, days, times, state, comment = match.groups()
    when = [_days_said(days, words)] if days else []
    when += [_times_said(times, words)] if times else []
    if days and not times and state != "closed":
        when.append(words.all_day)
    if always and state not in ("closed", "unknown"):
        when.append(words.always)
    text = " ".join(when)
    season = " ".join(
        ([_dates_said(dates, words)] if dates else [])
        + ([_weeks_said(weeks, words)] if weeks else [])
    )
    if season:
        text = f"{season}: {text}" if text else season
    remark = words.comments.get(comment[1:-1], comment[1:-1]) if comment else ""
    if state == "closed":
        text = words.closed_on.format(when=text) if text else words.closed
    elif state == "unknown":
        text = ", ".join(filter(None, (text, remark or words.unknown)))
        remark = ""
    return text, remark


def _listed(parts: list[str], words: _Language) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {words.and_} {parts[-1]}"


def _days_said(days: str, words: _Language) -> str:
    if days == "Mo-Su":
        return words.every_day
    return _listed(
        [
            "-".join(_day_said(day, words) for day in re.split(r"-(?![^\[]*\])", part))
            for part in re.split(r",(?![^\[]*\])", days)
        ],
        words,
    )


def _day_said(day: str, words: _Language) -> str:
    name, _, ordinals = day.rstrip("]").partition("[")
    if name in ("PH", "SH"):
        return words.holidays if name == "PH" else words.school_holidays
    weekday = words.days[WEEKDAY_NAMES.index(name)]
    if not ordinals:
        return weekday
    nth = [words.ordinals.get(ordinal, ordinal) for ordinal in ordinals.split(",")]
    return words.of_month.format(nth=_listed(nth, words), day=weekday)


def _times_said(times: str, words: _Language) -> str:
    return _listed(
        [
            words.from_.format(time=_clock(span[:-1]))
            if span.endswith("+")
            else "-".join(_clock(time) for time in span.split("-"))
            for span in times.split(",")
        ],
        words,
    )


def _clock(time: str) -> str:
    hour, minute = time.split(":")
    return str(int(hour)) if minute == "00" else f"{int(hour)}:{minute}"


def _dates_said(dates: str, words: _Language) -> str:
    said_parts: list[str] = []
    for part in dates.split(","):
        ends = [_date_said(date, words) for date in part.split("-")]
        if len(ends) == 1:
            said_parts.append(ends[0])
            continue
        pattern = words.dates_from_to if part[-1].isdigit() else words.from_to
        said_parts.append(pattern.format(first=ends[0], last=ends[1]))
    return _listed(said_parts, words)


def _weeks_said(weeks: str, words: _Language) -> str:
    numbers, _, step = weeks.removeprefix("week").partition("/")
    plain = re.sub(r"\b0", "", numbers)
    return words.weeks.format(numbers=plain) + (words.step.format(n=step) if step else "")


def _date_said(date: str, words: _Language) -> str:
    year = ""
    if date[:4].isdigit():
        year, date = date[:4], date[4:].strip()
    month, _, day = date.partition(" ")
    name = words.months[MONTHS.index(month)] if month else ""
    dated = words.day_month.format(day=day, month=name) if day else name
    return " ".join(filter(None, (dated, year)))
