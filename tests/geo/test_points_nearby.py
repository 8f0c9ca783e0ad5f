"""Desks that may be one: pairs near each other equal those found one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from capillare.geo.places import metric_xy
from capillare.geo.points.nearby import NEAR_M, alike_desks


def desks_at(lat, lon, **columns):
    frame = pd.DataFrame(
        {
            "name": "Biblioteca",
            "istat_code": "048017",
            "address": "",
            "lat": lat,
            "lon": lon,
            "position_basis": "given",
            **columns,
        }
    )
    texts = ["name", "istat_code", "address", "position_basis"]
    return frame.astype(dict.fromkeys(texts, "str"))


def test_each_desk_is_paired_with_its_first_neighbour():
    rng = np.random.default_rng(0)
    lat, lon = 43.77 + rng.random(120) * 0.01, 11.25 + rng.random(120) * 0.01
    pairs = alike_desks(desks_at(lat, lon))
    at = metric_xy(lat, lon).round()
    expected = {}
    for second in range(120):
        for first in range(second):
            if np.hypot(*(at[first] - at[second])) < NEAR_M:
                expected.setdefault(second, first)
    assert dict(zip(pairs["second"], pairs["first"], strict=True)) == expected
    assert expected


def test_desks_at_one_spot_and_far_ones():
    pairs = alike_desks(desks_at([43.77, 43.77, 43.8, 43.77], [11.25, 11.25, 11.25, 11.25]))
    assert pairs.to_numpy().tolist() == [[0, 1], [0, 3]]


def test_another_municipality_another_number_or_another_name_is_another_desk():
    same_spot = [43.77] * 4, [11.25] * 4
    codes = ["048017", "048001", "048017", "048017"]
    names = ["Sportello 1", "Sportello 1", "Sportello 2", "Municipio"]
    assert alike_desks(desks_at(*same_spot, istat_code=codes, name=names)).empty


def test_positions_that_are_not_given_count_only_by_address():
    at = [43.77] * 3, [11.25] * 3
    address = ["Via Roma, 1", "VIA ROMA 1", ""]
    pairs = alike_desks(desks_at(*at, address=address, position_basis="chief_town"))
    assert pairs.to_numpy().tolist() == [[0, 1]]
    assert alike_desks(desks_at([], [])).empty


def test_a_hundred_thousand_desks_at_one_spot_are_still_looked_through():
    n = 100_000
    assert len(alike_desks(desks_at([43.77] * n, [11.25] * n))) == n - 1
