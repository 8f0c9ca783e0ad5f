"""Which seats a point may open: near its main seat, in its territory, in season, by road."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from capillare.geo.points import Registry
from capillare.geo.presence import measure_presence
from capillare.geo.schema import POINTS, REGISTRY_TABLES, VENUES
from capillare.geo.season_rules import SeasonRules
from capillare.geo.travel import EstimatedTravel, spots_of
from capillare.planning.candidates import find_candidates
from capillare.planning.seasons.seats import find_seats, hour_worth, own_places
from tests.geo.test_presence import tourism_of

MINUTES = EstimatedTravel(minutes_at_1_km=1.5, exponent=1.0)  # neighbours, 10 km apart: 15 minutes
EVERYWHERE = replace(SeasonRules(), beyond_territory=True, season_share=0.0)


def desks_at(tiny, rows):
    """Desks in service: (desk, point, kind, place, hours)."""
    places = tiny.places.set_index("place_id")
    frame = pd.DataFrame(rows, columns=["desk_id", "point_id", "kind", "place_id", "weekly_hours"])
    at = places.loc[frame["place_id"]]
    return frame.assign(
        network="pdf",
        n_desks=1,
        opening_hours=None,
        name=frame["desk_id"],
        locality=at["place"].to_numpy(),
        **{name: at[name].to_numpy() for name in ("istat_code", "lat", "lon", "landmass")},
    )


def registry_of(points):
    tables = {table.name: table.empty() for table in REGISTRY_TABLES}
    rows = pd.DataFrame(
        {
            "point_id": points,
            "point": points,
            "entity_id": "e",
            "entity_basis": "stated",
            "status": "active",
        }
    )
    return Registry(**tables | {"points": POINTS.check(rows)})


def seats_of(tiny, policy, rows, rules, *, tourism=None):
    presence = measure_presence(tiny, tourism or tourism_of({}, {}), policy.presence)
    points = list(dict.fromkeys(row[1] for row in rows))
    return find_seats(
        tiny,
        registry_of(points),
        desks_at(tiny, rows),
        find_candidates(tiny, VENUES.empty(), policy),
        presence=presence,
        travel=MINUTES,
        policy=replace(policy, seasons=rules),
    )


def test_seats_stand_within_minutes_of_the_main_one_and_never_across_water(tiny, policy):
    found = seats_of(tiny, policy, [("d", "p", "main", "g11", 24.0)], EVERYWHERE)
    assert (found.legs_min <= 30).all()
    assert "c-g12" not in set(found.seats["candidate_id"])  # 15 minutes away, but an island
    assert {"c-g10", "c-g7"} <= set(found.seats["candidate_id"])
    nearer = seats_of(
        tiny, policy, [("d", "p", "main", "g11", 24.0)], replace(EVERYWHERE, from_main_min=16.0)
    )
    assert set(nearer.seats["candidate_id"]) == {"c-g10", "c-g7"}


def test_the_territory_of_the_application_holds(tiny, policy):
    rules = replace(EVERYWHERE, beyond_territory=False)
    rows = [("d", "p", "main", "g6", 24.0)]
    assert not len(seats_of(tiny, policy, rows, rules).seats)  # its own municipality, one place
    assert len(seats_of(tiny, policy, rows, EVERYWHERE).seats)


@pytest.mark.parametrize("hours", [12.0, 14.0, 45.0])
def test_points_without_hours_to_spare_or_with_shifts_move_nothing(tiny, policy, hours):
    found = seats_of(tiny, policy, [("d", "p", "main", "g6", hours)], EVERYWHERE)
    assert not len(found.seats)
    assert found.question.hours.tolist() == [hours]


def test_a_seat_opens_in_its_municipalitys_season_only(tiny, policy):
    nights = [0, 0, 0, 0, 0, 30_000, 31_000, 31_000, 0, 0, 0, 0]
    tourism = tourism_of({"090007": sum(nights)}, {"090007": nights})
    rules = replace(EVERYWHERE, season_share=0.1)
    found = seats_of(tiny, policy, [("d", "p", "main", "g6", 24.0)], rules, tourism=tourism)
    row = found.seats["candidate_id"].tolist().index("c-g7")
    assert np.flatnonzero(found.question.may_open[row]).tolist() == [5, 6, 7]
    others = np.delete(found.question.may_open, row, axis=0)
    assert not others.any()  # tourists not known: no season


def test_a_main_seat_comes_before_a_branch_and_other_desks_stay(tiny, policy):
    rows = [
        ("a", "p", "branch", "g1", 24.0),
        ("b", "p", "main", "g6", 18.5),
        ("c", "q", "branch", "g3", 24.0),
        ("d", "q", "mobile", "g4", 24.0),
    ]
    found = seats_of(tiny, policy, rows, EVERYWHERE)
    assert found.mains["desk_id"].tolist() == ["b", "c"]
    assert found.mains["n_others"].tolist() == [1, 1]
    assert found.question.hours.tolist() == [18.5, 24.0]
    assert found.question.has_fixed[tiny.places["place_id"].isin(["g1", "g2", "g4", "g5"])].all()


def test_desks_none_of_which_can_move_leave_no_seat_and_stay(tiny, policy):
    rows = [("a", "p", "mobile", "g1", 24.0), ("b", "p", "mobile", "g2", 24.0)]
    found = seats_of(tiny, policy, rows, EVERYWHERE)
    assert found.mains.empty
    assert found.seats.empty
    assert found.question.hours.size == 0
    assert found.question.has_fixed[tiny.places["place_id"].isin(["g1", "g2"])].all()


def test_a_place_belongs_to_its_nearest_desk_shared_by_those_on_one_spot(tiny):
    mains = desks_at(
        tiny, [("a", "p", "main", "g1", 24.0), ("b", "q", "main", "g1", 24.0)]
    ).reset_index(drop=True)
    others = desks_at(tiny, [("c", "r", "branch", "g11", 24.0)])
    origins = spots_of(tiny.places, id_column="place_id")
    own = own_places(origins, mains, others, MINUTES).toarray()
    rows = dict(zip(tiny.places["place_id"], own.tolist(), strict=True))
    assert rows["g1"] == rows["g2"] == [0.5, 0.5]
    assert rows["g11"] == [0.0, 0.0]  # nearest to a desk that stays as it is
    assert rows["g12"] == [0.0, 0.0]  # the island reaches nobody


def test_an_hour_is_worth_less_further_away(tiny):
    places = spots_of(tiny.places, id_column="place_id")
    pairs = MINUTES.pairs(places, places.at(np.array([0])), max_min=20)
    worth = hour_worth(pairs, 20, SeasonRules()).toarray().ravel()
    assert worth[0] == 1.0
    assert worth[1] == pytest.approx(1 - 0.5 * 15 / 20)
    assert worth[2] == 0.0  # 30 minutes
