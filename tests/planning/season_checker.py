"""Checks a seasonal plan from its written files alone; nothing of the product is used."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seat_of(row: dict[str, str]) -> str:
    return row["desk_id"] or row["candidate_id"]


def spans(text: str) -> list[tuple[int, int, int]] | None:
    """Day, first and last minute of each opening; None for what this small reader cannot say."""
    found = []
    for part in text.split("; "):
        rule = re.fullmatch(r"([A-Za-z,-]+) ([\d:,-]+)", part)
        if not rule:
            return None
        days: list[int] = []
        for piece in rule[1].split(","):
            if not re.fullmatch(r"(Mo|Tu|We|Th|Fr|Sa|Su)(-(Mo|Tu|We|Th|Fr|Sa|Su))?", piece):
                return None
            first, _, last = piece.partition("-")
            days += range(DAYS.index(first), DAYS.index(last or first) + 1)
        for times in rule[2].split(","):
            opens, closes = (int(t[:2]) * 60 + int(t[3:]) for t in times.split("-"))
            found += [(day, opens, closes) for day in days]
    return found


@dataclass(frozen=True)
class Limits:
    """The rules of the packaged policy, typed again."""

    within_min: float = 20
    least_hours: float = 3
    floor_hours: float = 12
    most_seats: int = 3
    most_changes: int = 2
    from_main_min: float = 30
    season_share: float = 0.03
    seat_year_eur: float = 500
    seat_month_eur: float = 150
    budget_eur: float = 4000


def check(folder: Path, limits: Limits | None = None) -> list[str]:
    """Return what is wrong with the plan in a folder; empty where nothing is."""
    limits = limits or Limits()
    plan = read(folder, "season_plan.csv")
    minutes = {
        (r["from_id"], r["to_id"]): float(r["travel_min"]) for r in read(folder, "travel_used.csv")
    }
    faults = [
        f"a desk or a candidate: {r}" for r in plan if bool(r["desk_id"]) == bool(r["candidate_id"])
    ]
    by_seat = defaultdict(list)
    for row in plan:
        by_seat[row["point_id"], seat_of(row)].append(row)
    by_point = defaultdict(list)
    for (point, seat), rows in by_seat.items():
        by_point[point].append(rows)
        faults += _seat_faults(f"{point} {seat}", rows, limits)
    for point, seats in by_point.items():
        faults += _point_faults(point, seats, minutes, limits)
        faults += _week_faults(point, seats, limits)
    faults += _people_faults(folder, plan, minutes, limits.within_min)
    faults += _season_faults(folder, plan, limits.season_share)
    return faults + _month_faults(folder, plan, minutes, limits.within_min)


def _seat_faults(seat, rows, limits):
    if [r["month"] for r in rows] != [str(m) for m in range(1, 13)]:
        return [f"{seat}: not twelve months"]
    faults = []
    for what in ("weekly_hours", "opening_hours", "is_open"):
        changes = sum(rows[m][what] != rows[m - 1][what] for m in range(12))
        if changes > limits.most_changes:
            faults.append(f"{seat}: {what} changes {changes} times")
    for row in rows:
        is_open, hours = row["is_open"] == "true", float(row["weekly_hours"])
        if is_open != (hours > 0) or is_open != bool(row["opening_hours"]):
            faults.append(f"{seat} {row['month']}: open, hours and times disagree")
        if not is_open and int(row["present_people"]):
            faults.append(f"{seat} {row['month']}: shut and serves people")
        times = spans(row["opening_hours"]) if is_open else []
        if times is not None and abs(sum(b - a for _, a, b in times) / 60 - hours) > 1e-6:
            faults.append(f"{seat} {row['month']}: times are not the weekly hours")
    return faults


def _point_faults(point, seats, minutes, limits):
    mains = [rows for rows in seats if rows[0]["desk_id"]]
    if len(mains) != 1 or len(seats) > limits.most_seats:
        return [f"{point}: {len(mains)} main seats of {len(seats)}"]
    main, faults, spent = mains[0], [], 0.0
    for rows in seats:
        if rows is main:
            continue
        leg = minutes.get((seat_of(rows[0]), seat_of(main[0])))
        if leg is None or leg > limits.from_main_min:
            faults.append(f"{point}: {seat_of(rows[0])} too far from the main seat ({leg})")
        n_open = sum(r["is_open"] == "true" for r in rows)
        spent += limits.seat_year_eur * (n_open > 0) + limits.seat_month_eur * n_open
    if spent > limits.budget_eur:
        faults.append(f"{point}: costs {spent}")
    totals = [sum(float(rows[m]["weekly_hours"]) for rows in seats) for m in range(12)]
    if max(totals) - min(totals) > 0.5:
        faults.append(f"{point}: hours not conserved {totals}")
    if any(float(r["weekly_hours"]) < min(limits.floor_hours, *totals) - 1e-6 for r in main):
        faults.append(f"{point}: main seat below its floor")
    return faults


def _week_faults(point, seats, limits):
    faults = []
    for month in range(12):
        rows = [r[month] for r in seats if r[month]["is_open"] == "true"]
        weeks = [(r["staff_team"], spans(r["opening_hours"])) for r in rows]
        is_split = len(rows) > 1
        if is_split and any(
            times is None or any(b - a < 60 * limits.least_hours for _, a, b in times)
            for _, times in weeks
        ):
            faults.append(f"{point} {month + 1}: an opening is too short or unreadable")
        for team in {team for team, _ in weeks}:
            taken = sorted(span for name, times in weeks if name == team for span in times or [])
            faults += [
                f"{point} {month + 1}: a team in two places"
                for (day, _, closes), (next_day, opens, _) in pairwise(taken)
                if day == next_day and opens < closes
            ]
    return faults


def _presence(folder):
    return {
        (r["place_id"], int(r["month"])): int(r["present_people"])
        for r in read(folder, "presence.csv")
    }


def _people_faults(folder, plan, minutes, within_min):
    """Each person in the nearest open seat within reach, ties by the seat's id."""
    present = _presence(folder)
    places = sorted({place for place, _ in present})
    seats = sorted({seat_of(r) for r in plan})
    near = {
        place: sorted(
            (minutes[place, seat], seat)
            for seat in seats
            if minutes.get((place, seat), within_min + 1) <= within_min
        )
        for place in places
    }
    open_in = defaultdict(set)
    for r in plan:
        if r["is_open"] == "true":
            open_in[int(r["month"])].add(seat_of(r))
    faults = []
    for month in range(1, 13):
        served: dict[str, int] = defaultdict(int)
        for place in places:
            seat = next((s for _, s in near[place] if s in open_in[month]), None)
            if seat is not None:
                served[seat] += present[place, month]
        written: dict[str, int] = defaultdict(int)
        for r in plan:
            if int(r["month"]) == month:
                written[seat_of(r)] += int(r["present_people"])
        faults += [
            f"{seat} {month}: {written[seat]} people written, {served[seat]} counted"
            for seat in seats
            if written[seat] != served[seat]
        ]
    return faults


def _season_faults(folder, plan, season_share):
    adults: dict[str, int] = defaultdict(int)
    visitors: dict[tuple[str, str], int] = defaultdict(int)
    for r in read(folder, "presence.csv"):
        visitors[r["istat_code"], r["month"]] += int(r["visitors"] or 0)
        adults[r["istat_code"]] += int(r["adults"]) if r["month"] == "1" else 0
    return [
        f"{seat_of(r)} {r['month']}: open out of season"
        for r in plan
        if r["candidate_id"]
        and r["is_open"] == "true"
        and visitors[r["istat_code"], r["month"]] < season_share * adults[r["istat_code"]]
    ]


def _month_faults(folder, plan, minutes, within_min):
    """People within reach today, and those whom only a seasonal seat reaches."""
    present = _presence(folder)
    seasonal = {r["candidate_id"] for r in plan if r["candidate_id"]}
    has_desk = {
        place for (place, seat), m in minutes.items() if m <= within_min and seat not in seasonal
    }
    faults = []
    for row in read(folder, "season_months.csv"):
        month = int(row["month"])
        opened = {r["candidate_id"] for r in plan if r["candidate_id"] and int(r["month"]) == month and r["is_open"] == "true"}  # fmt: skip
        people = {place: n for (place, m), n in present.items() if m == month}
        today = sum(n for place, n in people.items() if place in has_desk)
        more = sum(
            n
            for place, n in people.items()
            if place not in has_desk
            and any(minutes.get((place, s), within_min + 1) <= within_min for s in opened)
        )
        wanted = (sum(people.values()), today, today + more)
        written = tuple(int(row[c]) for c in ("present_people", "people_today", "people_within"))
        if wanted != written:
            faults.append(f"month {month}: {written} written, {wanted} counted")
    return faults
