from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from capillare.geo.errors import SourceError
from capillare.geo.inner_areas import classify_municipalities
from capillare.geo.places import Territory
from capillare.geo.population import read_territory
from capillare.geo.schema import INNER_AREAS
from capillare.geo.settings import Policy
from capillare.geo.sources.official import find_inner_areas_file, read_inner_areas_file
from capillare.geo.sources.reference import read_table
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


@needs_official
def test_every_known_row_is_the_official_one():
    """Our table was gathered from a page that shows the list: classes and minutes are the same."""
    listed = read_inner_areas_file(INNER_AREAS_FILE).set_index("istat_code")
    known = read_table(INNER_AREAS).set_index("istat_code")
    known = known[known["inner_class"] != "E-F"]
    assert len(known) == 115
    rows = listed.loc[known.index]
    assert (rows["inner_class"] == known["inner_class"]).all()
    stated = known["minutes_to_pole_min"].notna()
    assert stated.sum() == 115
    assert (rows["minutes_to_pole_min"] == known["minutes_to_pole_min"])[stated].all()


@needs_official
def test_every_row_of_the_sheet_is_read_as_it_stands():
    """Row by row against the workbook opened by another reader."""
    book = openpyxl.load_workbook(INNER_AREAS_FILE, read_only=True)
    cells = book["DATI"].iter_rows(values_only=True)
    rows = [row for row in cells if re.fullmatch(r"\d{6}", str(row[0]))]
    book.close()
    listed = read_inner_areas_file(INNER_AREAS_FILE).set_index("istat_code")
    assert len(rows) == len(listed) == 979
    for code, *_, letter, _, minutes, pole, _, _, _, _, _ in rows:
        row = listed.loc[code]
        assert row["inner_class"] == letter
        assert row["minutes_to_pole_min"] == pytest.approx(float(minutes), abs=1e-12)
        named = pole if pole is None else f"{int(pole):06d}"
        assert row["pole_istat_code"] == named or (pd.isna(row["pole_istat_code"]) and not named)


def write_inner_areas(path: Path, rows: list[list[object]], header: list[str], sheet: str) -> Path:
    """Write a list in its published layout: title, blank row, header, rows, a note below."""
    lines = [["Mappa Aree Interne 2020"], [None], header, *rows, ["Nota: elaborazioni 2020"]]
    book = openpyxl.Workbook()
    book.active.title = sheet
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


DPCOE_HEADER = [
    "PROCOM_T",
    "COMUNE_30sett20",
    "MAPPA AI 2020\n\nCOD_AI_2020",
    "MAPPA AI 2020 \n\nDES_AI_2020",
    "MAPPA AI 2020\n\nMEDIA tempi di percorrenza (arrotondata alla prima cifra decimale)",
    "MAPPA AI 2020\n\nCodice PROCOM_N\ndel COMUNE di destinazione prevalente",
]
ISTAT_HEADER = [
    "PROCOM_T",
    "PROCOM_N",
    "CODICE AREE INTERNE 2014_2020",
    "CODICE AREE INTERNE 2021_2027",
    "DESCRIZIONE AREE INTERNE 2021_2027",
]


def test_both_published_layouts_are_read(tmp_path: Path):
    with_minutes = write_inner_areas(
        tmp_path / "mappa-ai-2020-elenco-classificazione-comuni.xlsx",
        [["045017", "Zeri", "E", "E - Periferico", "53.1", "45010"]],
        DPCOE_HEADER,
        "DATI",
    )
    row = read_inner_areas_file(with_minutes).iloc[0]
    assert row[["istat_code", "inner_class", "minutes_to_pole_min", "pole_istat_code"]].tolist() == [
        "045017", "E", 53.1, "045010",
    ]  # fmt: skip
    classes = write_inner_areas(
        tmp_path / "20220715_Elenco_Comuni_Classi_di_Aree_Interne.xlsx",
        [["045017", "45017", "D", "E", "E - Periferico"], ["48017", "48017", "A", "A", "A - Polo"]],
        ISTAT_HEADER,
        "Foglio1",
    )
    listed = read_inner_areas_file(classes).set_index("istat_code")
    assert listed["inner_class"].to_dict() == {"045017": "E", "048017": "A"}
    assert listed["minutes_to_pole_min"].isna().all()
    assert find_inner_areas_file(tmp_path) == with_minutes
    with_minutes.unlink()
    assert find_inner_areas_file(tmp_path) == classes


def test_a_list_without_minutes_keeps_those_we_know(
    tmp_path: Path, tuscany: Territory, policy: Policy
):
    path = write_inner_areas(
        tmp_path / "Elenco_Comuni_Classi_di_Aree_Interne.xlsx",
        [["046008", "46008", "F", "D", "D - Intermedio"]],
        ISTAT_HEADER,
        "Foglio1",
    )
    careggine = _classes(tuscany, policy, path).loc["046008"]
    assert (careggine["inner_class"], careggine["inner_basis"]) == ("D", "official")
    assert (careggine["minutes_to_pole_min"], careggine["pole_basis"]) == (70.0, "known")


@pytest.mark.parametrize(
    ("row", "header", "sentence"),
    [
        (["045017", "Zeri", "G", "", "53.1", ""], DPCOE_HEADER, r"not A to F, 1 row \[045017\]"),
        (["045017", "Zeri", "E", "", "ca. 53", ""], DPCOE_HEADER, r"minutes.*\[045017\]"),
        (["045017", "Zeri", "E", "", "5", ""], [*DPCOE_HEADER[:4], "Tempi", "x"], "no column like"),
        (["045017", "Zeri", "E", "", "5", ""], [*DPCOE_HEADER[:2], *"abcd"], "no column like"),
    ],
)
def test_a_changed_layout_is_refused(tmp_path: Path, row, header, sentence: str):
    path = write_inner_areas(tmp_path / "mappa-ai-2020.xlsx", [row], header, "DATI")
    with pytest.raises(SourceError, match=sentence):
        read_inner_areas_file(path)


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
