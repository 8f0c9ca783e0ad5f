"""Proposals approved into the registry: the same days and hours, nothing lost, nothing twice."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pandas as pd
import pytest

from capillare.geo.errors import ConfigError, DataError, SourceError
from capillare.geo.hours import is_open_at
from capillare.geo.points import read_registry
from capillare.geo.points.approval import (
    Wishes,
    WrittenPlan,
    announced_days,
    approvable_names,
    approve,
    plan_in_memory,
    read_written_plan,
    refuse_another_registry,
    with_their_desks,
)
from capillare.geo.points.editing import apply_changes, file_checksums, undo_last
from capillare.geo.points.journal import read_journal
from capillare.geo.points.stops import next_dates, read_stops, visits
from capillare.geo.points.whole import whole_tables
from capillare.geo.schema import DESKS, POINTS, STOPS
from capillare.geo.schema.csv_text import table_as_csv
from capillare.geo.schema.seasons import SEASON_PLAN
from capillare.geo.schema.siting import SITES
from capillare.geo.schema.tours import TOUR_STOPS
from capillare.geo.sources.records import checksum

AS_OF = date(2026, 11, 22)
TODAY = date(2026, 11, 25)
MONDAY = date(2026, 11, 30)
BASE = {"place_id": None, "istat_code": "090001", "locality": "Municipio", "pattern": None}
POINT = {"point_id": "p1", "point": "Punto Uno", "entity_id": "e", "entity_basis": "stated",
         "status": "active", "weekly_hours_due": 24.0}  # fmt: skip
MAIN = {"desk_id": "p1-sede", "point_id": "p1", "network": "pdf", "kind": "main",
        "name": "Municipio", "istat_code": "090001", "status": "active", "phone": "0564 1",
        "opening_hours": "Mo-Fr 09:00-13:00", "hours_basis": "stated"}  # fmt: skip


def tour(tiny, *stops, van="Furgone 1"):
    """Rows of tour_stops: each stop is (istat_code, pattern, first day, days between, times)."""
    towns = tiny.municipalities.set_index("istat_code")
    rows = []
    for code, pattern, first, step, times in stops:
        for day in (first + timedelta(days=step * n) for n in range(times)):
            week = (day - MONDAY).days // 7 + 1
            common = {"van": van, "point_id": "p1", "date": day.isoformat(), "week": week,
                      "weekday": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[day.weekday()],
                      "municipality": "x", "setup_min": 0.0, "drive_min": 0.0,
                      "adults_served": 0}  # fmt: skip
            spots = [
                {**BASE, "stop_order": 0, "arrive": "08:30", "depart": "08:30"},
                {"place_id": f"m{code}", "istat_code": code, "locality": towns.loc[code]["municipality"],
                 "pattern": pattern, "stop_order": 1, "arrive": "09:00", "depart": "12:00",
                 "setup_min": 15.0},
                {**BASE, "stop_order": 2, "arrive": "13:00", "depart": "13:00"},
            ]  # fmt: skip
            for spot in spots:
                at = towns.loc[spot["istat_code"]]
                rows.append({**common, "lat": at["lat"], "lon": at["lon"], **spot})
    return TOUR_STOPS.check(pd.DataFrame(rows))


def plan_of(**tables):
    return WrittenPlan(AS_OF, frozenset(), tables)


def tables_of(desks=(MAIN,), stops=()):
    from capillare.geo.schema import REGISTRY_TABLES

    tables = {table.name: table.empty() for table in REGISTRY_TABLES}
    tables["points"] = POINTS.check(pd.DataFrame([POINT]))
    tables["desks"] = DESKS.check(pd.DataFrame(list(desks)))
    tables["stops"] = STOPS.check(pd.DataFrame(list(stops), columns=STOPS.names))
    return tables


def with_changes(tables, changes):
    from capillare.geo.points.row_changes import changed_rows, frame_of, rows_of

    rows = {t.name: rows_of(tables[t.name], t) for t in (DESKS, STOPS)}
    new = changed_rows(rows, changes)
    return tables | {t.name: frame_of(new[t.name], t) for t in (DESKS, STOPS)}


def approved(plan, tables=None, *, parts=("tour_stops",), only=(), until=None):
    tables = tables or tables_of()
    changes = approve(plan, tables, Wishes(parts, only, until), approved_on=TODAY)
    return with_changes(tables, changes), changes


WEEKLY = ("090002", "weekly", MONDAY, 7, 4)
BIWEEKLY = ("090003", "biweekly", MONDAY + timedelta(days=1), 14, 2)
MONTHLY = ("090004", "monthly", MONDAY + timedelta(days=10), 28, 1)


def test_a_van_becomes_a_mobile_desk_with_the_days_of_its_tour(tiny):
    proposal = tour(tiny, WEEKLY, BIWEEKLY, MONTHLY)
    tables, _ = approved(plan_of(tour_stops=proposal))
    van = tables["desks"].set_index("desk_id").loc["mobile-furgone-1"]
    assert (van["kind"], van["status"], van["point_id"], van["phone"]) == (
        "mobile", "active", "p1", "0564 1",
    )  # fmt: skip
    listed = visits(read_stops(tables["stops"]), MONDAY, MONDAY + timedelta(days=400))
    wanted = proposal[proposal["pattern"].notna()].sort_values("date")
    assert [day.isoformat() for day in listed["date"]] == wanted["date"].tolist()
    assert {f"{at:%H:%M}" for at in listed["opens"]} == {"09:15"}  # set up first
    assert {f"{at:%H:%M}" for at in listed["closes"]} == {"12:00"}
    assert tables["stops"]["every_n_weeks"].tolist() == [1, 2, 4]


def test_a_holiday_that_the_tour_skips_is_skipped_and_a_day_off_is_an_exception(tiny):
    proposal = tour(tiny, ("090002", "weekly", date(2026, 12, 1), 7, 4))  # 8 December is a Tuesday
    proposal = proposal[~proposal["date"].isin(["2026-12-08", "2026-12-15"])]
    tables, _ = approved(plan_of(tour_stops=proposal), until=date(2027, 1, 31))
    (rule,) = read_stops(tables["stops"])
    assert rule.exceptions == {date(2026, 12, 15)}
    assert next_dates(rule, as_of=AS_OF, n=5) == tuple(
        map(date.fromisoformat, ["2026-12-01", "2026-12-22", "2026-12-29", "2027-01-05", "2027-01-12"])
    )  # fmt: skip


def test_days_without_a_rhythm_become_stops_of_one_day(tiny):
    uneven = [("090002", "monthly", MONDAY + timedelta(days=d), 28, 1) for d in (0, 7)]
    tables, _ = approved(plan_of(tour_stops=tour(tiny, *uneven)))
    assert tables["stops"]["weekday"].isna().all()
    assert tables["stops"]["starts_on"].tolist() == ["2026-11-30", "2026-12-07"]


def test_approving_again_changes_nothing(tiny):
    plan = plan_of(tour_stops=tour(tiny, WEEKLY, BIWEEKLY))
    tables, changes = approved(plan)
    assert len(changes) == 3
    assert approve(plan, tables, Wishes(("tour_stops",)), approved_on=date(2027, 1, 1)) == []


def test_a_new_timetable_ends_the_old_one_and_leaves_other_vans_and_later_days_alone(tiny):
    old = {"stop_id": "old", "desk_id": "mobile-furgone-1", "istat_code": "090005",
           "starts_on": "2026-10-01", "weekday": "Th", "from_time": "09:00",
           "to_time": "10:00"}  # fmt: skip
    stops = [
        old,
        {**old, "stop_id": "begun-later", "starts_on": "2026-12-03"},
        {**old, "stop_id": "after", "starts_on": "2027-03-01"},
        {**old, "stop_id": "past", "weekday": None, "starts_on": "2026-11-01"},
        {**old, "stop_id": "other", "desk_id": "altro"},
    ]
    before = tables_of(stops=stops)
    tables, changes = approved(plan_of(tour_stops=tour(tiny, WEEKLY)), before)
    kept = tables["stops"].set_index("stop_id")
    assert kept.loc["old", "ends_on"] == "2026-11-29"
    assert "begun-later" not in kept.index
    for untouched in ("after", "past", "other"):
        assert pd.isna(kept.loc[untouched, "ends_on"])
    assert {change.key[0] for change in changes if change.after is None} == {"begun-later"}


def season(months, *, desk_id=None, candidate_id=None, tiny):
    at = tiny.municipalities.set_index("istat_code").loc["090002" if candidate_id else "090001"]
    return SEASON_PLAN.check(
        pd.DataFrame(
            {
                "point_id": "p1", "desk_id": desk_id, "candidate_id": candidate_id,
                "lat": at["lat"], "lon": at["lon"], "month": range(1, 13),
                "is_open": [months.get(m) is not None for m in range(1, 13)],
                "weekly_hours": 1.0, "opening_hours": [months.get(m) for m in range(1, 13)],
                "staff_team": "p1", "present_people": 1, "note": None,
                "istat_code": "090002" if candidate_id else "090001",
                "municipality": "Comune 2", "locality": "Marina" if candidate_id else None,
            }
        )
    )  # fmt: skip


WINTER, SUMMER, BEACH = "Mo-Fr 09:00-13:00", "Mo,Tu 09:00-13:00; PH off", "We-Fr 16:00-20:00"


def test_seasonal_seats_are_open_in_their_months_alone(tiny):
    months = {m: SUMMER if 6 <= m <= 9 else WINTER for m in range(1, 13)}
    plan = pd.concat(
        [
            season(months, desk_id="p1-sede", tiny=tiny),
            season(dict.fromkeys(range(6, 10), BEACH), candidate_id="g1", tiny=tiny),
            season({}, candidate_id="g2", tiny=tiny),
        ],
        ignore_index=True,
    )
    tables, changes = approved(plan_of(season_plan=plan), parts=("season_plan",))
    desks = tables["desks"].set_index("desk_id")
    assert [change.key for change in changes] == [("p1-g1",), ("p1-sede",)]
    main, beach = desks.loc["p1-sede", "opening_hours"], desks.loc["p1-g1", "opening_hours"]
    for month in range(1, 13):
        for day in range(1, 29):
            at = pd.Timestamp(2027, month, day)
            is_summer, is_workday = 6 <= month <= 9, at.day_of_week < 5
            is_holiday = (month, day) in {(6, 2), (8, 15)}
            open_days = {0, 1} if is_summer else set(range(5))
            morning = at.replace(hour=10).to_pydatetime()
            if not is_holiday:
                assert is_open_at(main, morning) is (at.day_of_week in open_days), at
            evening = at.replace(hour=17).to_pydatetime()
            assert is_open_at(beach, evening) is (is_summer and at.day_of_week >= 2 and is_workday)
    new = desks.loc["p1-g1"]
    assert (new["kind"], new["valid_from"], new["valid_to"], new["locality"]) == (
        "seasonal", "2026-11-22", "2027-11-21", "Marina",
    )  # fmt: skip
    again = approve(plan_of(season_plan=plan), tables, Wishes(("season_plan",)), approved_on=TODAY)
    assert again == []


def test_a_point_without_a_seasonal_seat_keeps_its_hours(tiny):
    suggested = season(dict.fromkeys(range(1, 13), WINTER), desk_id="p1-sede", tiny=tiny)
    _, changes = approved(plan_of(season_plan=suggested), parts=("season_plan",))
    assert changes == []


def test_a_seasonal_plan_of_a_desk_that_is_not_there_is_refused(tiny):
    plan = season({1: WINTER}, desk_id="altro", tiny=tiny)
    with pytest.raises(DataError, match="desk altro not in the registry"):
        approved(plan_of(season_plan=plan), parts=("season_plan",))
    shut = season({}, desk_id="p1-sede", tiny=tiny)
    with pytest.raises(DataError, match="shut in every month"):
        approved(plan_of(season_plan=shut), parts=("season_plan",))


def site_rows(tiny):
    at = tiny.municipalities.set_index("istat_code").loc["090003"]
    row = dict.fromkeys(SITES.names, 0) | {
        "rank": 1, "candidate_id": "g7", "option": "point", "istat_code": "090003",
        "municipality": "Comune 3", "locality": "Colle", "venue": None, "lat": at["lat"],
        "lon": at["lon"], "reasons": "x", "target_citizens": None,
    }  # fmt: skip
    return SITES.check(pd.DataFrame([row]))


def test_sites_become_planned_desks_only_when_asked(tiny):
    plan = plan_of(sites=site_rows(tiny))
    tables, _ = approved(plan, parts=("sites",))
    desk = tables["desks"].set_index("desk_id").loc["sede-g7"]
    assert (desk["status"], desk["name"]) == ("planned", "Nuovo sportello di Colle")
    assert approve(plan, tables, Wishes(("sites",)), approved_on=TODAY) == []


def test_only_what_is_named_is_approved_and_a_stranger_is_named(tiny):
    both = pd.concat(
        [tour(tiny, WEEKLY, van="Rosso"), tour(tiny, BIWEEKLY, van="Blu")], ignore_index=True
    )
    tables, _ = approved(plan_of(tour_stops=both), only=("Blu",))
    assert set(tables["stops"]["desk_id"]) == {"mobile-blu"}
    assert "mobile-rosso" not in set(tables["desks"]["desk_id"])
    with pytest.raises(ConfigError, match=r"--only 'Ross'.*Did you mean 'Rosso'"):
        approved(plan_of(tour_stops=both), only=("Ross",))
    with pytest.raises(ConfigError, match=r"no season_plan\.csv"):
        approved(plan_of(tour_stops=both), parts=("season_plan",))


@pytest.fixture
def registry_folder(tmp_path):
    folder = tmp_path / "registro"
    folder.mkdir()
    for table, rows in ((POINTS, [POINT]), (DESKS, [MAIN])):
        text = table_as_csv(table.check(pd.DataFrame(rows)), table)
        (folder / f"{table.name}.csv").write_text(text, newline="")
    return folder


def write_plan_folder(folder, registry_folder, **tables):
    folder.mkdir()
    declared = {"tour_stops": TOUR_STOPS, "season_plan": SEASON_PLAN, "sites": SITES}
    for name, frame in tables.items():
        (folder / f"{name}.csv").write_text(table_as_csv(frame, declared[name]), newline="")
    summary = {
        "as_of": AS_OF.isoformat(),
        "inputs": [
            {"name": f"Registro dell'utente: {file.name}", "sha256": checksum(file)}
            for file in sorted(registry_folder.glob("*.csv"))
        ],
        "outputs": {file.name: checksum(file) for file in folder.glob("*.csv")},
    }
    (folder / "summary.json").write_text(json.dumps(summary))
    return folder


def test_the_written_tour_reaches_the_registry_and_can_be_undone(tmp_path, tiny, registry_folder):
    written = write_plan_folder(tmp_path / "p", registry_folder, tour_stops=tour(tiny, WEEKLY))
    plan = read_written_plan(written)
    refuse_another_registry(plan, file_checksums(registry_folder), [])
    before = {file.name: file.read_bytes() for file in registry_folder.glob("*.csv")}
    tables = whole_tables(read_registry(registry_folder, tiny))
    changes = approve(plan, tables, Wishes(("tour_stops",)), approved_on=TODAY)
    apply_changes(registry_folder, changes, who="A", what="approva", territory=tiny)
    registry = read_registry(registry_folder, tiny)
    assert not registry.faults["is_refused"].any()
    assert len(visits(read_stops(registry.stops), MONDAY, MONDAY + timedelta(days=60))) == 4
    # The plan is still of this registry, whose journal remembers what it was.
    origins = [entry.origin for entry in read_journal(registry_folder)]
    refuse_another_registry(plan, file_checksums(registry_folder), origins)
    undo_last(registry_folder, who="A", territory=tiny)
    assert {file.name: file.read_bytes() for file in registry_folder.glob("*.csv")} == before


def test_a_plan_of_another_registry_is_refused(tmp_path, tiny, registry_folder):
    written = write_plan_folder(tmp_path / "p", registry_folder, tour_stops=tour(tiny, WEEKLY))
    file = registry_folder / "desks.csv"
    file.write_bytes(file.read_bytes().replace(b"Municipio", b"Comune"))
    with pytest.raises(DataError, match="another registry"):
        refuse_another_registry(read_written_plan(written), file_checksums(registry_folder), [])


def test_a_plan_whose_files_were_changed_is_refused(tmp_path, tiny, registry_folder):
    frames = {"tour_stops": tour(tiny, WEEKLY), "sites": site_rows(tiny)}
    spoilers = {
        "p1": lambda folder: (folder / "tour_stops.csv").write_text("van\n"),
        "p2": lambda folder: (folder / "sites.csv").unlink(),
        "p3": lambda folder: (folder / "season_plan.csv").write_text("point_id\n"),
        "p4": lambda folder: (folder / "summary.json").unlink(),
        "p5": lambda folder: (folder / "summary.json").write_text("{}"),
        "p6": lambda folder: (folder / "summary.json").write_bytes(b"\xff\xfe{"),
        "p7": lambda folder: (folder / "summary.json").write_text("[" * 100_000),
        "p8": lambda folder: (folder / "summary.json").write_text(
            '{"as_of": 3, "inputs": [7], "outputs": []}'
        ),
        "p9": lambda folder: (folder / "summary.json").write_text(
            '{"as_of": "2030-02-31", "inputs": [], "outputs": {}}'
        ),
    }
    said = {
        "p1": r"tour_stops\.csv not as the plan wrote it",
        "p2": r"sites\.csv not as",
        "p3": r"season_plan\.csv not as",
        "p4": "no summary",
        "p5": "does not say which files",
        "p6": "no summary",
        "p7": "no summary",
        "p8": "does not say which files",
        "p9": "does not say which files",
    }
    for name, spoil in spoilers.items():
        folder = write_plan_folder(tmp_path / name, registry_folder, **frames)
        read_written_plan(folder)
        spoil(folder)
        with pytest.raises(SourceError, match=said[name]):
            read_written_plan(folder)


def test_a_table_that_breaks_its_declaration_is_refused_whoever_sealed_it(
    tmp_path, tiny, registry_folder
):
    folder = write_plan_folder(tmp_path / "p", registry_folder, sites=site_rows(tiny))
    file = folder / "sites.csv"
    file.write_text(file.read_text().replace("\n1,", "\nprimo,", 1))
    summary = json.loads((folder / "summary.json").read_text())
    summary["outputs"]["sites.csv"] = checksum(file)
    (folder / "summary.json").write_text(json.dumps(summary))
    with pytest.raises(DataError, match=r"sites\.csv: not as a plan writes it"):
        read_written_plan(folder)


def test_a_plan_in_memory_is_approved_as_if_it_were_written(tmp_path, tiny, registry_folder):
    stops = tour(tiny, WEEKLY)
    stops["lat"] += 1e-9  # more than a file holds
    written = write_plan_folder(tmp_path / "p", registry_folder, tour_stops=stops)
    kept = plan_in_memory(
        {"tour_stops": stops}, as_of=AS_OF, registry_checksums=file_checksums(registry_folder)
    )
    again = read_written_plan(written)
    assert (kept.as_of, kept.registry_checksums) == (again.as_of, again.registry_checksums)
    pd.testing.assert_frame_equal(kept.tables["tour_stops"], again.tables["tour_stops"])
    assert approvable_names(kept, "tour_stops") == ["Furgone 1"]


def test_the_days_announced_are_those_that_citizens_will_find(tiny):
    _, changes = approved(plan_of(tour_stops=tour(tiny, WEEKLY, MONTHLY)))
    days = {change.key[0]: announced_days(change, since=AS_OF) for change in changes}
    van, monthly, weekly = (days[key] for key in sorted(days, key=lambda key: len(days[key])))
    assert van == ()  # it has no hours of its own: its stops do
    assert weekly == tuple(MONDAY + timedelta(days=7 * week) for week in range(3))
    assert monthly == (MONDAY + timedelta(days=10),)
    assert announced_days(changes[-1].reversed(), since=AS_OF) == ()


def test_a_seasonal_seat_announces_its_open_days_until_its_last(tiny):
    plan = plan_of(season_plan=season({7: "Mo,We 09:00-13:00"}, candidate_id="c1", tiny=tiny))
    _, changes = approved(plan, parts=("season_plan",), until=date(2027, 7, 6))
    (new,) = [change for change in changes if change.kind == "new"]
    assert announced_days(new, since=AS_OF) == (date(2027, 7, 5),)
    assert announced_days(new, since=date(2027, 7, 7)) == ()


def test_a_stop_takes_its_new_desk_along_and_nothing_else(tiny):
    _, changes = approved(plan_of(tour_stops=tour(tiny, WEEKLY, BIWEEKLY)))
    stop = next(change for change in changes if change.table == "stops")
    assert with_their_desks([stop], changes) == [changes[0], stop]
    assert with_their_desks([changes[0]], changes) == [changes[0]]
