"""Tours of the real Tuscany, written, and held against themselves by code of their own."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest

from capillare.planning.plan import Plan, plan_network_tours
from capillare.planning.tours.proposal import Tours
from capillare.planning.tours.vans import Van
from capillare.publish.calendars import tours_calendar
from capillare.publish.provenance import Provenance, provenance_of
from capillare.publish.tour_figures import tour_figures, tour_lines
from capillare.publish.tour_files import write_tours
from capillare.publish.tour_layers import stop_places, tour_layers
from capillare.publish.tour_sheets import sheets_as_html, tour_sheets
from tests.planning.tours.checker import broken_rules, minutes
from tests.publish.site_network import parsed

ROME = ZoneInfo("Europe/Rome")
AS_OF = date(2025, 10, 12)
"""The four weeks after it hold the end of summer time, 26 October, and All Saints' Day."""


def about(plan: Plan) -> Provenance:
    scenario = replace(plan.network.scenario, as_of=AS_OF, vans=2, title="Due <furgoni>")
    return provenance_of(replace(plan.network, scenario=scenario))


def planned(plan: Plan, vans, as_of=AS_OF) -> Tours:
    scenario = replace(plan.network.scenario, vans=vans, effort="quick", as_of=as_of)
    return plan_network_tours(replace(plan.network, scenario=scenario))


@pytest.fixture(scope="module")
def tours(tuscan_plan: Plan) -> Tours:
    return planned(tuscan_plan, 2)


@pytest.fixture(scope="module")
def one_van(tuscan_plan: Plan) -> Tours:
    return planned(tuscan_plan, 1)


@pytest.fixture(scope="module")
def folder(tours: Tours, tuscan_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tours")
    write_tours(tours, out, about(tuscan_plan))
    return out


def unserved_people(plan: Plan) -> dict[str, int]:
    places = plan.network.access.places
    lost = places[~places["is_within"].astype(bool) & (places["adults"] > 0)]
    return dict(zip(lost["place_id"], lost["adults"], strict=True))


def test_an_independent_checker_finds_no_broken_rule(folder: Path, tuscan_plan: Plan):
    assert broken_rules(folder, unserved_people(tuscan_plan)) == []


def test_ferries_own_days_and_odd_hours_keep_the_rules_too(tuscan_plan: Plan, tmp_path: Path):
    elba = Van(
        van="elba",
        lat=42.925,
        lon=10.526,
        ferry_days="Tu",
        weekdays="Mo",
        port_lat=42.934,
        port_lon=10.545,
        landing_lat=42.8125,
        landing_lon=10.327,
        ferry_min=60.0,
        weekly_hours=8.0,
        days_off="2025-10-20",
    )
    night = Van(
        van="sera",
        lat=43.77,
        lon=11.25,
        shift_start="14:30",
        shift_end="20:00",
        open_from="15:00",
        open_to="19:00",
        break_start="",
        break_end="",
        weekdays="Mo,Sa",
        weekly_hours=6.0,
    )
    found = planned(tuscan_plan, (elba, night))
    write_tours(found, tmp_path, about(tuscan_plan))
    assert broken_rules(tmp_path, unserved_people(tuscan_plan)) == []
    on_elba = found.stops["municipality"].isin(
        [
            "Portoferraio",
            "Capoliveri",
            "Porto Azzurro",
            "Campo nell'Elba",
            "Marciana",
            "Marciana Marina",
            "Rio",
        ]
    )
    assert set(found.stops.loc[on_elba, "weekday"]) == {"Tu"}
    assert "2025-11-01" not in set(found.stops["date"])  # All Saints, a Saturday


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("arrive", "06:00", "opening windows"),
        ("depart", "23:00", "opening windows"),
        ("weekday", "Su", "wrong week or weekday"),
        ("adults_served", "1", "served, counted"),
        ("drive_min", "1.0", "takes"),
        ("pattern", "weekly", "weekly in weeks"),
    ],
)
def test_the_checker_finds_what_is_broken(
    *, folder: Path, tmp_path: Path, tuscan_plan: Plan, column, cell, rule
):
    for name in ("tour_stops.csv", "travel_used.csv", "tour_params.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with (folder / "tour_stops.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(r for r in rows if r["place_id"] and r["pattern"] == "monthly")
    row[column] = cell
    with (tmp_path / "tour_stops.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    assert any(rule in fault for fault in broken_rules(tmp_path, unserved_people(tuscan_plan)))


def occurrences(event: icalendar.Event) -> list[date]:
    """Days of an event by RFC 5545: its rule's, less its exceptions."""
    rule, start = event["rrule"], event.decoded("dtstart")
    assert rule["FREQ"] == ["WEEKLY"]
    days = [start + timedelta(weeks=rule["INTERVAL"][0] * n) for n in range(rule["COUNT"][0])]
    without = event.get("exdate", [])
    lists = without if isinstance(without, list) else [without]
    left_out = {moment.dt for one in lists for moment in one.dts}
    return [moment.date() for moment in days if moment not in left_out]


def test_the_calendar_says_what_the_table_says(tours: Tours):
    calendar = icalendar.Calendar.from_ical(tours_calendar(tours, as_of=AS_OF))
    told = set()
    for event in calendar.walk("VEVENT"):
        start, end = event.decoded("dtstart"), event.decoded("dtend")
        assert str(start.tzinfo) == "Europe/Rome"
        place = str(event["location"]).split(",")[0]
        told |= {
            (place, day.isoformat(), f"{start:%H:%M}", f"{end:%H:%M}") for day in occurrences(event)
        }
    made = tours.stops[tours.stops["place_id"].notna()]
    opens = [f"{(minutes(a) + 15) // 60:02d}:{(minutes(a) + 15) % 60:02d}" for a in made["arrive"]]
    table = set(zip(made["locality"], made["date"], opens, made["depart"], strict=True))
    assert told == table
    uids = [str(event["uid"]) for event in calendar.walk("VEVENT")]
    assert len(set(uids)) == len(uids) == len(stop_places(tours.stops))


def test_the_calendars_zone_gives_the_right_instants_on_both_sides_of_summer_time(tours: Tours):
    """The zone written in the file, read by itself, agrees with the system's Europe/Rome."""
    (zone,) = icalendar.Calendar.from_ical(tours_calendar(tours, as_of=AS_OF)).walk("VTIMEZONE")
    written = zone.to_tz(lookup_tzid=False)
    for day in ("2025-10-24", "2025-10-27", "2026-03-27", "2026-03-30", "2026-07-01"):
        noon = datetime.fromisoformat(f"{day}T10:00")
        assert noon.replace(tzinfo=written).utcoffset() == noon.replace(tzinfo=ROME).utcoffset()
    days = set(tours.stops["date"])
    assert any(day < "2025-10-26" for day in days)
    assert any(day > "2025-10-26" for day in days)


def test_a_holiday_is_an_exception_of_the_calendar(tuscan_plan: Plan):
    """Easter Monday 2026 falls on 6 April: weekly Monday stops leave it out."""
    found = planned(
        tuscan_plan,
        (Van(van="lunedì", lat=43.77, lon=11.25, weekdays="Mo", weekly_hours=5.0),),
        as_of=date(2026, 3, 30),
    )
    assert "2026-04-06" not in set(found.stops["date"])
    calendar = icalendar.Calendar.from_ical(tours_calendar(found, as_of=AS_OF))
    days = {day for event in calendar.walk("VEVENT") for day in occurrences(event)}
    assert days == {date.fromisoformat(day) for day in found.stops["date"]}


def test_the_same_question_gives_the_same_bytes(one_van: Tours, tuscan_plan: Plan, tmp_path: Path):
    once, again = tmp_path / "once", tmp_path / "again"
    for out, found in ((once, one_van), (again, planned(tuscan_plan, 1))):
        out.mkdir()
        written = write_tours(found, out, about(tuscan_plan))
    assert {
        name for name in written if (once / name).read_bytes() != (again / name).read_bytes()
    } == set()


def test_one_more_van_never_serves_fewer(tours: Tours, one_van: Tours):
    assert one_van.worth <= tours.worth
    assert tours.worth.people <= tours.bound_people
    assert tours.obvious <= tours.worth


def test_figures_agree_with_the_rows(tours: Tours):
    figures = tour_figures(tours)
    made = tours.stops[tours.stops["place_id"].notna()]
    assert (
        figures["adults_served"]
        == int(made["adults_served"].sum())
        == int(tours.coverage["adults_gained"].sum())
    )
    assert figures["visits"] == sum(van["n_visits"] for van in figures["by_van"]) == len(made)
    assert sum(figures["patterns"].values()) == figures["places"]
    assert figures["adults_by_hours"]["0"] == figures["adults_served"]
    assert figures["cost_eur"] == 2 * 39000
    assert figures["cost_per_person_eur"] == pytest.approx(
        78000 / figures["adults_served"], abs=0.01
    )
    json.dumps(figures, allow_nan=False)
    assert any("piano ovvio" in line for line in tour_lines(tours))


def test_the_targets_share_of_a_van_is_in_proportion_to_its_hours(tours: Tours, tuscan_plan: Plan):
    targets = tuscan_plan.network.targets.set_index("point_id")
    campaign = tuscan_plan.network.policy.campaigns[0]
    weeks = (date.fromisoformat(campaign.ends_on) - date.fromisoformat(campaign.starts_on)).days / 7
    for row in tours.van_figures.to_dict("records"):
        point = targets.loc[row["point_id"]]
        asked = point["target_citizens"] * row["open_hours"] / (point["weekly_hours"] * weeks)
        assert row["citizens_asked"] == pytest.approx(asked, abs=0.2)


def test_every_file_says_its_scenario_and_its_data(folder: Path, tours: Tours):
    asked = "«Due <furgoni>»: 12 ottobre 2025"
    assert len(tour_sheets(tours)) > 1
    for name in ("tours.geojson", "tour_params.json"):
        said = json.loads((folder / name).read_text("utf-8"))["provenance"]
        assert said["situazione_al"] == "2025-10-12"
        assert said["scenario"].startswith(asked)
        assert "Registro" in said["dati"]
    calendar = icalendar.Calendar.from_ical((folder / "tours.ics").read_bytes())
    assert asked in calendar["x-wr-caldesc"]
    page = (folder / "tour_sheets.html").read_text("utf-8")
    # On the cover and on each sheet: sheets are handed out one by one.
    assert page.count("Scenario: «Due &lt;furgoni&gt;»") == 1 + len(tour_sheets(tours))
    assert "Dati: " in page


def test_sheets_hold_every_day_once_and_ask_nobody(tours: Tours, tuscan_plan: Plan):
    sheets = tour_sheets(tours)
    assert sum(len(sheet.dates) for sheet in sheets) == len(
        tours.stops[["van", "date"]].drop_duplicates()
    )
    nasty = replace(tours, stops=tours.stops.assign(locality="<script>alert(1)</script>"))
    page = sheets_as_html(nasty, about(tuscan_plan))
    root = parsed(page)
    assert root.find("script") == []
    assert "http" not in page.replace("http-equiv", "")
    assert len(root.find("svg")) == len(tour_sheets(nasty))


def test_layers_and_geojson_hold_stops_and_legs(tours: Tours, folder: Path):
    found = json.loads((folder / "tours.geojson").read_text(encoding="utf-8"))
    kinds = [feature["geometry"]["type"] for feature in found["features"]]
    layers = tour_layers(tours)
    assert kinds.count("Point") == len(layers["soste_furgoni"]) == len(stop_places(tours.stops))
    assert kinds.count("LineString") == len(layers["giri_furgoni"])
    lon, lat = found["features"][0]["geometry"]["coordinates"]
    assert 9 < lon < 13
    assert 42 < lat < 45
