"""Files of a page's rows, and the calendar of seasonal seats, on the small territory."""

import json
from datetime import date, datetime

import icalendar
import pandas as pd
import pytest

from capillare.geo.schema import COVERAGE, DESK_LOAD, DESKS, GAPS_SENSITIVITY, TARGETS
from capillare.geo.schema.seasons import SEASON_PLAN
from capillare.publish.provenance import provenance_of
from capillare.publish.row_files import has_places, rows_geojson, rows_geopackage
from capillare.publish.season_calendar import season_calendar
from capillare.publish.sheets import sheet_of
from tests.publish.conftest import make_plan

AS_OF = date(2026, 11, 23)


@pytest.fixture(scope="module")
def network(tiny, policy):
    return make_plan(tiny, policy).network


def test_municipalities_are_areas_and_desks_points(network):
    told = provenance_of(network)
    towns = json.loads(rows_geojson(sheet_of(COVERAGE, network.coverage), told, network))
    assert len(towns["features"]) == len(network.coverage)
    kinds = {feature["geometry"]["type"] for feature in towns["features"]}
    assert kinds <= {"Polygon", "MultiPolygon"}
    assert towns["provenance"]["situazione_al"] == network.scenario.as_of.isoformat()
    desks = json.loads(rows_geojson(sheet_of(DESKS, network.desks), told, network))
    at = network.desks.set_index("desk_id").loc[desks["features"][0]["properties"]["desk_id"]]
    assert desks["features"][0]["geometry"]["coordinates"] == pytest.approx([at["lon"], at["lat"]])


def test_what_has_no_place_is_no_layer(network):
    assert [has_places(t) for t in (COVERAGE, GAPS_SENSITIVITY, DESK_LOAD, DESKS, TARGETS)] == [
        True, True, True, True, False,
    ]  # fmt: skip
    sheets = [sheet_of(COVERAGE, network.coverage), sheet_of(TARGETS, network.targets)]
    told = provenance_of(network)
    first, second = (rows_geopackage(sheets, told, network) for _ in range(2))
    assert first == second


def test_a_seasonal_seat_opens_on_its_days_and_not_on_holidays():
    rows = {
        "point_id": "p1", "desk_id": None, "candidate_id": "g2", "lat": 43.0, "lon": 11.0,
        "month": range(1, 13), "is_open": [m in {12, 1} for m in range(1, 13)],
        "weekly_hours": 1.0,
        "opening_hours": ["Fr 09:00-12:00; PH off" if m in {12, 1} else None for m in range(1, 13)],
        "staff_team": "p1", "present_people": 1, "note": None, "istat_code": "090002",
        "municipality": "Comune 2", "locality": "Marina",
    }  # fmt: skip
    plan = SEASON_PLAN.check(pd.DataFrame(rows))
    content = season_calendar(plan, {"p1": "Punto Uno"}, as_of=AS_OF, words="Scenario: prova.")
    assert content == season_calendar(
        plan, {"p1": "Punto Uno"}, as_of=AS_OF, words="Scenario: prova."
    )
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == "Punto Uno: Marina (sede stagionale)"
    assert event["dtstart"].dt.replace(tzinfo=None) == datetime(2026, 12, 4, 9)
    # Nine Fridays of December and January; 25 December and 1 January are holidays.
    assert event["rrule"]["count"] == [9]
    skipped = event["exdate"]
    days = {
        day.dt.date()
        for part in (skipped if isinstance(skipped, list) else [skipped])
        for day in part.dts
    }
    assert days == {date(2026, 12, 25), date(2027, 1, 1)}
