"""Outlines are smaller, and still fit together."""

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from capillare.geo.places import METRIC_CRS
from capillare.publish.outlines import land_around, municipality_outlines

TOLERANCE_M = 200.0


@pytest.fixture(scope="module")
def outlines(tuscany):
    geometries = municipality_outlines(tuscany.municipalities, simplify_m=TOLERANCE_M)
    return np.array([shape(geometry) for geometry in geometries])


def test_each_municipality_keeps_its_place_and_is_valid(outlines, tuscany):
    towns = tuscany.municipalities
    assert shapely.is_valid(outlines).all()
    chief_towns = shapely.points(towns["lon"], towns["lat"])
    # The simplified border may pass a chief town that stands on it, never by more than that.
    degrees = 2 * TOLERANCE_M / 80_000
    assert (shapely.distance(outlines, chief_towns) < degrees).all()
    area = shapely.area(outlines) / shapely.area(towns.geometry.to_numpy())
    assert area.min() > 0.9
    assert area.max() < 1.1


def test_neighbours_do_not_come_apart(outlines, tuscany):
    whole = shapely.union_all(outlines)
    overlap = shapely.area(outlines).sum() - whole.area
    assert overlap < 1e-5 * whole.area
    before = shapely.union_all(tuscany.municipalities.to_crs(METRIC_CRS).geometry.to_numpy())
    n_before = len(shapely.get_parts(before))
    assert len(shapely.get_parts(whole)) <= n_before


def test_outlines_are_far_smaller(outlines, tuscany):
    n_before = shapely.get_num_coordinates(tuscany.municipalities.geometry.to_numpy()).sum()
    assert shapely.get_num_coordinates(outlines).sum() < n_before / 2


def test_the_land_around_meets_the_region_and_holds_what_is_near(tuscany):
    land = shape(land_around(tuscany))
    assert land.is_valid
    assert land.contains(shapely.Point(11.34, 44.49))  # Bologna
    assert land.contains(shapely.Point(12.39, 43.11))  # Perugia
    assert not land.intersects(shapely.Point(9.4, 42.9))  # the sea off Cape Corse
    assert not land.contains(shapely.Point(11.25, 43.77))  # Florence
    assert len(str(land_around(tuscany))) < 40_000
