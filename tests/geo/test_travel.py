from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import DataError
from capillare.geo.places import Territory
from capillare.geo.travel import (
    EstimatedTravel,
    Spots,
    landmass_at,
    spots_of,
)

OFFICIAL = Path(__file__).parents[3] / "shared" / "data" / "official"
INNER_AREAS_FILE = OFFICIAL / "mappa-aree-interne-2020.xlsx"
needs_official = pytest.mark.skipif(
    not INNER_AREAS_FILE.is_file(), reason="the official inner-areas file is not at hand"
)


def _spots(xy_km: list[tuple[float, float]], landmass: list[int] | None = None) -> Spots:
    xy_m = np.array(xy_km, dtype=np.float64).reshape(-1, 2) * 1000
    ids = np.array([str(number) for number in range(len(xy_km))])
    return Spots(ids, xy_m, np.array(landmass or [0] * len(xy_km), dtype=np.int64))


def test_minutes_follow_the_power_law_and_start_at_zero():
    travel = EstimatedTravel(minutes_at_1_km=4.0, exponent=0.5)
    assert travel.minutes(np.array([0.0, 1000.0, 9000.0])).tolist() == [0.0, 4.0, 12.0]


@given(
    coordinates=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 1)),
        min_size=2,
        max_size=14,
    ),
    max_min=st.integers(1, 60),
)
def test_pairs_and_nearest_equal_brute_force(coordinates: list[tuple[int, int, int]], max_min: int):
    half = len(coordinates) // 2
    origins = _spots([c[:2] for c in coordinates[:half]], [c[2] for c in coordinates[:half]])
    ends = _spots([c[:2] for c in coordinates[half:]], [c[2] for c in coordinates[half:]])
    travel = EstimatedTravel(4.382, 0.661)
    pairs = travel.pairs(origins, ends, max_min=max_min)
    nearest = travel.nearest(origins, ends)
    found = dict(
        zip(zip(pairs.origin, pairs.destination, strict=True), pairs.travel_min, strict=True)
    )
    for i in range(len(origins)):
        minutes = np.round(4.382 * (np.hypot(*(ends.xy_m - origins.xy_m[i]).T) / 1000) ** 0.661, 2)
        minutes[ends.landmass != origins.landmass[i]] = np.inf
        expected = {(i, j): m for j, m in enumerate(minutes) if m <= max_min}
        assert {key: m for key, m in found.items() if key[0] == i} == pytest.approx(expected)
        if np.isinf(minutes).all():
            assert nearest.destination[i] == -1
            assert np.isnan(nearest.travel_min[i])
        else:
            assert nearest.travel_min[i] == pytest.approx(minutes.min())
            assert nearest.destination[i] == minutes.argmin()


def test_the_boundary_is_within_reach():
    travel = EstimatedTravel(minutes_at_1_km=2.0, exponent=1.0)
    pairs = travel.pairs(_spots([(0, 0)]), _spots([(10, 0), (10.01, 0)]), max_min=20)
    assert pairs.destination.tolist() == [0]
    assert pairs.within(19.99).nnz == 0
    assert pairs.within(20).nnz == 1


def test_nobody_drives_across_water():
    travel = EstimatedTravel(4.0, 0.7)
    nearest = travel.nearest(_spots([(0, 0)], [1]), _spots([(0, 1)], [0]))
    assert nearest.destination.tolist() == [-1]


def test_no_destination_is_no_fault():
    travel = EstimatedTravel(4.0, 0.7)
    empty = Spots(np.empty(0, dtype=str), np.empty((0, 2)), np.empty(0, dtype=np.int64))
    assert travel.pairs(_spots([(0, 0)]), empty, max_min=20).travel_min.size == 0
    assert travel.nearest(_spots([(0, 0)]), empty).destination.tolist() == [-1]


def test_ties_go_to_the_lower_row():
    travel = EstimatedTravel(4.0, 0.7)
    ends = _spots([(3, 0), (0, 1), (0, 1)])
    assert travel.nearest(_spots([(0, 0)]), ends).destination.tolist() == [1]
    corners = [(0, 2), (2, 0), (0, -2), (-2, 0), (9, 9), (1.2, 1.6), (-1.6, 1.2)]
    for turn in range(len(corners)):
        ends = _spots([*corners[turn:], *corners[:turn]])
        near = np.hypot(*ends.xy_m.T) < 2001
        assert travel.nearest(_spots([(0, 0)]), ends).destination.tolist() == [near.argmax()]


def test_ties_on_a_grid_are_broken_alike():
    """Every origin stands between four corners of a grid: the lower of them wins, in any order."""
    corner = np.array([(x, y) for y in range(12) for x in range(12)], dtype=float)
    order = np.random.default_rng(3).permutation(len(corner))
    ends = _spots([tuple(c) for c in corner[order]])
    middles = _spots([(x + 0.5, y + 0.5) for y in range(11) for x in range(11)])
    found = EstimatedTravel(4.0, 0.7).nearest(middles, ends).destination
    away = np.hypot(*(ends.xy_m[None] - middles.xy_m[:, None]).transpose(2, 0, 1))
    assert found.tolist() == [int(np.argmax(row < row.min() + 1)) for row in away]


def test_landmass_of_given_positions(tuscany: Territory):
    chiefs = tuscany.municipalities.set_index("municipality")
    frame = chiefs.loc[["Firenze", "Portoferraio"], ["lat", "lon"]].reset_index()
    land = landmass_at(pd.DataFrame(frame), id_column="municipality", table="from.csv")
    assert land[0] == 0
    assert land[1] != 0


def test_a_position_in_the_sea_is_refused_by_name():
    frame = pd.DataFrame({"id": ["duomo", "boat"], "lat": [43.773, 42.9], "lon": [11.256, 9.9]})
    with pytest.raises(DataError, match=r"from\.csv: in the sea.*1 row \[boat\]"):
        landmass_at(frame, id_column="id", table="from.csv")


def test_spots_of_projects_to_metres(tiny: Territory):
    spots = spots_of(tiny.places, id_column="place_id")
    step = np.hypot(*(spots.xy_m[1] - spots.xy_m[0]))
    assert step == pytest.approx(10_000, abs=1)
    assert spots.ids[0] == "g1"
