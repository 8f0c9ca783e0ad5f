from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from capillare.geo.errors import SourceError
from capillare.geo.inner_areas import classify_municipalities
from capillare.geo.places import Territory
from capillare.geo.population import read_territory
from capillare.geo.settings import Policy
from capillare.geo.sources.official import find_inner_areas_file, read_inner_areas_file
from capillare.geo.travel import read_estimate
from tests.geo.test_travel import INNER_AREAS_FILE, OFFICIAL, needs_official


def _classes(territory: Territory, policy: Policy, official: Path | None = None) -> pd.DataFrame:
    travel, _ = read_estimate("09")
    return classify_municipalities(
        territory, travel, policy.inner_areas, poles_region="09", official_file=official
    ).set_index("istat_code")


def test_known_beats_estimated(tuscany: Territory, policy: Policy):
    classes = _classes(tuscany, policy)
    assert classes["inner_basis"].value_counts().to_dict() == {"known": 141, "estimated": 132}
    careggine = classes.loc["046008"]
    assert (careggine["inner_class"], careggine["inner_basis"]) == ("F", "known")
    assert careggine["minutes_to_pole_min"] == 70.0
    florence = classes.loc["048017"]
    assert (florence["inner_class"], florence["minutes_to_pole_min"]) == ("A", 0.0)


def test_island_without_a_pole_keeps_its_published_class(tuscany: Territory, policy: Policy):
    giglio = _classes(tuscany, policy).loc["053012"]
    assert giglio["inner_class"] == "E-F"
    assert pd.isna(giglio["minutes_to_pole_min"])


def test_a_region_without_poles_has_no_class(policy: Policy):
    classes = _classes(read_territory("11"), policy)
    assert classes[["inner_class", "inner_basis", "minutes_to_pole_min"]].isna().all(axis=None)


@needs_official
def test_the_official_file_wins_row_by_row(tuscany: Territory, policy: Policy):
    classes = _classes(tuscany, policy, INNER_AREAS_FILE)
    counts = classes["inner_class"].value_counts().to_dict()
    assert counts == {"C": 92, "E": 80, "D": 67, "F": 17, "A": 13, "B": 4}
    assert set(classes["inner_basis"]) == {"official"}


@needs_official
def test_the_official_file_gives_classes_to_other_regions(policy: Policy):
    classes = _classes(read_territory("08"), policy, INNER_AREAS_FILE)
    assert (classes["inner_basis"] == "official").mean() > 0.99
    assert classes["inner_class"].notna().all()


@needs_official
def test_published_layout_is_read_exactly():
    listed = read_inner_areas_file(INNER_AREAS_FILE).set_index("istat_code")
    assert len(listed) == 979
    bettola = listed.loc["033004"]
    assert (bettola["inner_class"], bettola["minutes_to_pole_min"]) == ("D", 40.7)
    assert find_inner_areas_file(OFFICIAL) == INNER_AREAS_FILE


def test_no_official_folder_is_no_fault(tmp_path: Path):
    assert find_inner_areas_file(None) is None
    assert find_inner_areas_file(tmp_path) is None
    with pytest.raises(SourceError, match="not a folder"):
        find_inner_areas_file(tmp_path / "absent")


def test_another_spreadsheet_is_refused(tmp_path: Path):
    path = tmp_path / "mappa-aree-interne-2020.xlsx"
    pd.DataFrame({"a": [1]}).to_excel(path, sheet_name="DATI", index=False)
    with pytest.raises(SourceError, match="no header with PROCOM_T"):
        read_inner_areas_file(path)
    path.write_bytes(b"not a workbook")
    with pytest.raises(SourceError, match="no readable sheet"):
        read_inner_areas_file(path)
