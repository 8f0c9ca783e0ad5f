"""Classes of a choropleth."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capillare.views.leaflet_map.classes import (
    MISSING_CLASS,
    SCHEMES,
    classes_at,
    quantile_classes,
)

FIGURES = arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1e6))


def test_a_figure_on_a_break_belongs_below_as_a_boundary_is_within_reach():
    classes = classes_at([5, 10, 15, 20, 30], scheme="YlGnBu", unit="minutes")
    assert classes.of(np.array([0, 5, 5.01, 20, 20.01, 30, 31])).tolist() == [0, 0, 1, 3, 4, 4, 5]


def test_a_missing_figure_has_no_class():
    classes = classes_at([1, 2], scheme="PuBu", unit="number")
    assert classes.of(np.array([np.nan])).tolist() == [MISSING_CLASS]


def test_labels_are_italian_and_meet():
    minutes = classes_at([5, 12.5], scheme="YlGnBu", unit="minutes")
    assert minutes.labels == ("fino a 5 minuti", "da 5 a 12,5 minuti", "oltre 12,5 minuti")
    share = classes_at([0.25, 0.505], scheme="YlGnBu", unit="share")
    assert share.labels == ("fino a 25 %", "da 25 % a 50,5 %", "oltre 50,5 %")


def test_quantiles_fill_classes_about_evenly():
    classes = quantile_classes(np.arange(1000.0), 5, scheme="YlOrBr", unit="number")
    assert classes.breaks == (200.0, 400.0, 600.0, 800.0)
    assert np.bincount(classes.of(np.arange(1000.0))).tolist() == [201, 200, 200, 200, 199]


@pytest.mark.parametrize("figures", [[np.nan, np.nan], [], [3.0, 3.0, 3.0]])
def test_nothing_to_part_still_gives_three_classes(figures):
    classes = quantile_classes(np.array(figures), 5, scheme="PuBu", unit="number")
    assert len(classes.colours) == len(classes.labels) == 3
    assert list(classes.breaks) == sorted(set(classes.breaks))


@given(FIGURES, st.integers(3, 6))
def test_classes_follow_the_order_of_figures(figures, n_classes):
    classes = quantile_classes(figures, n_classes, scheme="YlGnBu", unit="number")
    assert list(classes.breaks) == sorted(set(classes.breaks))
    assert len(classes.colours) == len(classes.breaks) + 1 == len(classes.labels)
    found = classes.of(figures)
    assert found.min() >= 0
    assert found.max() < len(classes.colours)
    assert (np.diff(found[np.argsort(figures, kind="stable")]) >= 0).all()


def test_schemes_darken_from_class_to_class():
    def lightness(colour):
        red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for by_number in SCHEMES.values():
        for number, colours in by_number.items():
            steps = [lightness(colour) for colour in colours]
            assert len(colours) == number
            # Readable without colour: each class is clearly darker than the one before.
            assert all(before - after > 8 for before, after in pairwise(steps))
