"""An independent check of proposed tours from the written files alone: no code of the planner.

It reads ``tour_stops.csv``, ``travel_used.csv`` and ``tour_params.json`` as the contract describes
them, and returns every rule that they break.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
ALLOWED_WEEKS = {
    "weekly": [{1, 2, 3, 4}],
    "biweekly": [{1, 3}, {2, 4}],
    "monthly": [{1}, {2}, {3}, {4}],
}


def minutes(text):
    hours, rest = text.split(":")
    return 60 * int(hours) + int(rest)


def days_of(text):
    listed = set()
    for part in text.split(","):
        ends = [DAYS.index(name.strip()) for name in part.split("-")]
        listed |= set(range(ends[0], ends[-1] + 1))
    return listed


def read(folder):
    with (folder / "tour_stops.csv").open(encoding="utf-8", newline="") as file:
        stops = list(csv.DictReader(file))
    with (folder / "travel_used.csv").open(encoding="utf-8", newline="") as file:
        legs = {(r["from_id"], r["to_id"]): float(r["travel_min"]) for r in csv.DictReader(file)}
    return stops, legs, json.loads((folder / "tour_params.json").read_text(encoding="utf-8"))


def broken_rules(folder: Path, people: dict[str, int] | None = None) -> list[str]:
    """Every rule broken; `people` are the adults without a desk by place."""
    stops, legs, params = read(folder)
    vans = {van["van"]: van for van in params["vans"]}
    by_day = defaultdict(list)
    for row in stops:
        by_day[row["van"], row["date"]].append(row)
    broken = []
    for (name, day), rows in by_day.items():
        broken += [
            f"{name} {day}: {fault}" for fault in _day_faults(vans[name], day, rows, legs, params)
        ]
    broken += _place_faults(stops, vans, params)
    broken += _hours_faults(by_day, vans)
    broken += _people_faults(stops, legs, params, people)
    return broken


def _day_faults(van, day, rows, legs, params):
    when = date.fromisoformat(day)
    first = date.fromisoformat(params["first_day"])
    number = (when - first).days
    ferry = bool(van["ferry_days"]) and when.weekday() in days_of(van["ferry_days"])
    base = f"base:{van['van']}" + (":ferry" if ferry else "")
    working = days_of(van["weekdays"]) if van["weekdays"] else set()
    working |= days_of(van["ferry_days"]) if van["ferry_days"] else set()
    if not 0 <= number < 28 or when.weekday() not in working:
        yield "not a working day of the four weeks"
    if day in params["national_holidays"] or day in van["days_off"].split(";"):
        yield "a holiday or day off"
    if [int(row["stop_order"]) for row in rows] != list(range(len(rows))):
        yield "stops out of order"
    if rows[0]["place_id"] or rows[-1]["place_id"] or len(rows) < 3:
        yield "does not start and end at the base"
    if minutes(rows[0]["depart"]) < minutes(van["shift_start"]):
        yield "leaves before the shift"
    if minutes(rows[-1]["arrive"]) > minutes(van["shift_end"]):
        yield "is home after the shift"
    yield from _row_faults(van, when, number, rows, params)
    for before, row in pairwise(rows):
        yield from _leg_faults(van, base, before, row, legs)


def _row_faults(van, when, number, rows, params):
    day = when.isoformat()
    for row in rows:
        if int(row["week"]) != number // 7 + 1 or DAYS[when.weekday()] != row["weekday"]:
            yield "wrong week or weekday"
        if row["place_id"]:
            yield from _stop_faults(van, day, row, params)


def _stop_faults(van, day, row, params):
    arrive, depart = minutes(row["arrive"]), minutes(row["depart"])
    if depart - arrive > van["max_stay_min"]:
        yield f"stays {depart - arrive} at {row['place_id']}"
    if float(row["setup_min"]) < van["setup_min"]:
        yield "set-up too short"
    if depart - arrive - float(row["setup_min"]) < van["min_stay_min"]:
        yield f"open too shortly at {row['place_id']}"
    if arrive < minutes(van["open_from"]) or depart > minutes(van["open_to"]):
        yield f"{row['place_id']} outside opening windows"
    if day in params["local_holidays"].get(row["istat_code"], []):
        yield f"{row['place_id']} on its patron's day"


def _leg_faults(van, base, before, row, legs):
    ends = before["place_id"] or base, row["place_id"] or base
    if ends not in legs:
        yield f"leg {ends} is not in travel_used"
        return
    drive = float(row["drive_min"])
    if abs(legs[ends] - drive) > 0.011:
        yield f"leg {ends} takes {legs[ends]}, not {drive}"
    leave, arrive = minutes(before["depart"]), minutes(row["arrive"])
    if arrive - leave < drive - 1e-9:
        yield f"leg {ends} has {arrive - leave} minutes for {drive}"
    if not van["break_start"]:
        return
    rest = minutes(van["break_start"]), minutes(van["break_end"])
    for stop in (before, row):
        if (
            stop["place_id"]
            and minutes(stop["arrive"]) < rest[1]
            and minutes(stop["depart"]) > rest[0]
        ):
            yield f"{stop['place_id']} during the break"
    outside = max(0, min(arrive, rest[0]) - leave) + max(0, arrive - max(leave, rest[1]))
    if outside < drive - 1e-9:
        yield f"drives {ends} through the break"


def _place_faults(stops, vans, params):
    visits = defaultdict(list)
    for row in stops:
        if row["place_id"]:
            visits[row["place_id"]].append(row)
    first = date.fromisoformat(params["first_day"])
    for place, rows in visits.items():
        same = {(r["van"], r["weekday"], r["arrive"], r["depart"], r["pattern"]) for r in rows}
        if len(same) > 1:
            yield f"{place}: not the same van, weekday, hour or pattern each time: {sorted(same)}"
            continue
        weekday = DAYS.index(rows[0]["weekday"])
        shut = set(params["national_holidays"]) | set(vans[rows[0]["van"]]["days_off"].split(";"))
        shut |= set(params["local_holidays"].get(rows[0]["istat_code"], []))
        open_weeks = {
            week
            for week in (1, 2, 3, 4)
            if date.fromordinal(first.toordinal() + 7 * (week - 1) + weekday).isoformat()
            not in shut
        }
        made = {int(r["week"]) for r in rows}
        if not any(made == weeks & open_weeks for weeks in ALLOWED_WEEKS[rows[0]["pattern"]]):
            yield f"{place}: {rows[0]['pattern']} in weeks {sorted(made)}"


def _hours_faults(by_day, vans):
    hours = defaultdict(float)
    for (name, _), rows in by_day.items():
        for row in rows:
            if row["place_id"]:
                stay = minutes(row["depart"]) - minutes(row["arrive"]) - float(row["setup_min"])
                hours[name, row["week"]] += stay / 60
    for (name, week), total in hours.items():
        if total > vans[name]["weekly_hours"] + 1e-9:
            yield f"{name}: {total} hours in week {week}"


def _people_faults(stops, legs, params, people):
    left = dict(people or {})
    for row in sorted(stops, key=lambda r: (r["date"], r["arrive"])):
        if not row["place_id"]:
            if int(row["adults_served"]):
                yield "people served at the base"
            continue
        if people is None:
            continue
        near = [
            p
            for p in left
            if p == row["place_id"] or legs.get((p, row["place_id"]), 1e9) <= params["within_min"]
        ]
        served = sum(left.pop(place) for place in near)
        if served != int(row["adults_served"]):
            yield f"{row['van']} {row['date']} {row['place_id']}: {row['adults_served']} served, counted {served}"
