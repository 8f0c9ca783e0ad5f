"""`capillare coverage` at moments, as its user types it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from capillare.geo.schema.opening import OPEN_WITHIN
from tests.cli.conftest import Capillare

AS_OF = ("--as-of", "2025-06-30")


def test_who_finds_a_desk_open_is_written_beside_coverage(capillare: Capillare):
    moments = ("--at", "2025-07-02T10:30", "--at", "dom 3")
    outcome = capillare("coverage", *AS_OF, *moments, "--out", "o")
    assert outcome.code == 0, outcome.err
    coverage = pd.read_csv("o/coverage.csv")
    found = pd.read_csv("o/open_within.csv")
    assert list(found) == OPEN_WITHIN.names
    assert found["moment"].unique().tolist() == ["2025-07-02T10:30", "Su 03:00"]
    assert len(found) == 2 * len(coverage)
    morning, night = (rows for _, rows in found.groupby("moment", sort=False))
    assert 0 < morning["adults_open_low"].sum() < morning["adults_open_high"].sum()
    assert (morning["adults_open_high"].to_numpy() <= coverage["adults_within"].to_numpy()).all()
    assert night["adults_open_low"].sum() == 0
    assert "2025-07-02T10:30: da " in outcome.out
    assert "Su 03:00: da 0 a " in outcome.out


def test_without_moments_there_is_no_table_of_them(capillare: Capillare):
    assert capillare("coverage", *AS_OF, "--out", "o", "--quiet").code == 0
    assert [path.name for path in Path("o").iterdir()] == ["coverage.csv"]


@pytest.mark.parametrize(
    "moment", ["domani", "2025-07-02", "Mo 25:00", "xx 10", "2025-13-01T10:00"]
)
def test_no_moment_at_all_is_one_sentence(capillare: Capillare, moment: str):
    outcome = capillare("coverage", "--at", moment)
    assert outcome.code == 2
    assert "neither an instant nor a weekday and time" in outcome.err
    assert not list(Path().iterdir())
