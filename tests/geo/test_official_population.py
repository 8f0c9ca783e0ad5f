from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.errors import DataError, SourceError
from capillare.geo.places import Territory
from capillare.geo.population import read_territory
from capillare.geo.residents import join_official
from capillare.geo.sources import official_population
from capillare.geo.sources.embedded import read_residents
from capillare.geo.sources.official_population import (
    OfficialPopulation,
    find_population_files,
    population_records,
    read_population_file,
    read_population_files,
)
from tests.geo.posas import HEADER, LONG_HEADER, REMARK, posas_text, write_posas

FLORENCE, ZERI = "048017", "045017"
PEOPLE = {
    FLORENCE: {0: (3, 4), 17: (1, 2), 18: (10, 20), 64: (5, 6), 65: (7, 8), 100: (0, 1)},
    ZERI: {30: (2, 2), 80: (1, 3)},
}


def _published(folder: Path, name: str = "POSAS_2026_it_Comuni.csv", **kwargs: object) -> Path:
    return write_posas(folder / name, posas_text(PEOPLE, **kwargs))


@pytest.mark.parametrize("name", ["POSAS_2026_it_Comuni.csv", "POSAS_2026_it_Comuni.zip"])
@pytest.mark.parametrize("header", [HEADER, LONG_HEADER])
def test_published_layout_is_read_to_the_unit(tmp_path: Path, name: str, header: str):
    population = read_population_file(_published(tmp_path, name, header=header))
    assert (population.date, population.is_estimate) == ("2026-01-01", True)
    rows = population.residents.set_index("istat_code")
    assert rows.loc[FLORENCE].tolist() == [67, 57, 16]
    assert rows.loc[ZERI].tolist() == [8, 8, 4]
    assert rows.index.tolist() == [ZERI, FLORENCE]


def test_commas_windows_text_and_lost_zeros_are_read_too(tmp_path: Path):
    plain = _published(tmp_path)
    text = posas_text(PEOPLE).replace(";", ",").replace('"045017"', '"45017"')
    other = tmp_path / "POSAS_2025_it_Comuni.csv"
    other.write_bytes(text.encode("cp1252"))
    pd.testing.assert_frame_equal(
        read_population_file(other).residents, read_population_file(plain).residents
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.replace('"Età"', '"Anni"'), "no column 'età'"),
        (lambda t: t.replace('"Codice comune"', '"Codice"'), "no column 'codice comune'"),
        (lambda t: t.replace('"Totale maschi"', '"Uomini"'), "no column 'totale maschi'"),
        (lambda t: t[: t.rindex('"045017"')], "ages do not add up.*045017"),
        (lambda t: t[: t.index(";100;")], "048017 age "),
        (lambda t: t[: t.index(";999;")].rpartition("\n")[0], "ages do not add up.*048017"),
        (lambda t: t.replace(";18;10;20;30", ";18;11;20;31"), "ages do not add up.*048017"),
        (lambda t: t.replace(";18;10;20;30", ";18;10;20;31"), r"048017 age 18"),
        (lambda t: t.replace(";18;10;20;30", ";18;-10;20;10"), r"048017 age 18"),
        (lambda t: t.replace(";18;10;20;30", ";18;1.5;28.5;30"), r"048017 age 18"),
        (lambda t: t.replace(";18;10;20;30", ";18;;;"), r"048017 age 18"),
        (lambda t: t.replace(";18;10;20;30", ";118;10;20;30"), r"048017 age 118"),
        (lambda t: t.replace(";18;10;20;30", ";17;10;20;30"), r"an age twice.*048017"),
        (lambda t: t.replace('"048017"', '"Firenze"'), "Firenze age 0"),
        (lambda t: t.replace("1° gennaio 2026", "inizio anno"), "reference date"),
        (lambda t: "\r\n".join(t.split("\r\n")[:2]), "no row"),
        (lambda t: t.replace(REMARK, '"045017";"Ze'), "cannot be read"),
        (lambda _: "", "no column 'codice comune'"),
    ],
)
def test_a_changed_or_cut_file_is_refused(tmp_path: Path, change, sentence: str):
    path = write_posas(tmp_path / "POSAS_2026_it_Comuni.csv", change(posas_text(PEOPLE)))
    with pytest.raises(SourceError, match=sentence) as fault:
        read_population_file(path)
    assert str(fault.value).startswith("POSAS_2026_it_Comuni.csv: ")


def test_a_zip_that_is_none_or_holds_something_else_is_refused(tmp_path: Path, monkeypatch):
    path = tmp_path / "POSAS_2026_it_Comuni.zip"
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(SourceError, match="cannot be read"):
        read_population_file(path)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.csv", "")
        package.writestr("b.csv", "")
    with pytest.raises(SourceError, match="2 CSV files"):
        read_population_file(path)
    _published(tmp_path, path.name)
    monkeypatch.setattr(official_population, "MAX_INFLATED_BYTES", 1000)
    with pytest.raises(SourceError, match="inflates beyond"):
        read_population_file(path)


def test_the_newest_year_wins_and_the_country_wins_over_its_provinces(tmp_path: Path):
    assert find_population_files(None) == ()
    assert find_population_files(tmp_path) == ()
    for name in (
        "POSAS_2024_it_Comuni.csv",
        "POSAS_2026_it_046_Lucca.csv",
        "POSAS_2026_it_045_Massa_Carrara.zip",
        "POSAS_2026_it_Italia.txt",
        "mie-note.csv",
    ):
        (tmp_path / name).touch()
    names = [path.name for path in find_population_files(tmp_path)]
    assert names == ["POSAS_2026_it_045_Massa_Carrara.zip", "POSAS_2026_it_046_Lucca.csv"]
    (tmp_path / "POSAS_2026_it_Comuni.zip").touch()
    (tmp_path / "POSAS_2026_it_Comuni.csv").touch()
    names = [path.name for path in find_population_files(tmp_path)]
    assert names == ["POSAS_2026_it_Comuni.csv"]


def test_files_of_two_dates_or_with_a_municipality_twice_are_refused(tmp_path: Path):
    one = write_posas(tmp_path / "POSAS_2026_it_048_Firenze.csv", posas_text(PEOPLE))
    two = write_posas(tmp_path / "POSAS_2026_it_045_Massa.csv", posas_text(PEOPLE))
    with pytest.raises(SourceError, match="municipality in two files, 2 rows"):
        read_population_files([one, two])
    write_posas(two, posas_text(PEOPLE, year=2025))
    with pytest.raises(SourceError, match="several dates"):
        read_population_files([one, two])


def test_listed_municipalities_win_and_the_others_keep_theirs(tmp_path: Path, tuscany: Territory):
    _published(tmp_path)
    territory = read_territory("09", tmp_path)
    rows = territory.municipalities.set_index("istat_code")
    before = tuscany.municipalities.set_index("istat_code")
    assert rows.loc[FLORENCE, ["residents", "adults", "over65"]].tolist() == [67, 57, 16]
    assert rows.loc[FLORENCE, ["residents_on", "residents_basis"]].tolist() == [
        "2026-01-01",
        "official",
    ]
    others = rows.index.difference([FLORENCE, ZERI])
    pd.testing.assert_frame_equal(
        rows.loc[others].drop(columns="geometry"), before.loc[others].drop(columns="geometry")
    )
    assert set(rows.loc[others, "residents_basis"]) == {"known"}
    by_place = territory.places.groupby("istat_code")[["residents", "adults", "over65"]].sum()
    assert (by_place == rows[by_place.columns]).all(axis=None)
    caveats = " ".join(territory.caveats)
    assert "1° gennaio 2026, stima, dal file POSAS_2026_it_Comuni.csv: 2 comuni su 273" in caveats
    assert "271 comuni assenti dal file, con i residenti al 1° gennaio 2023" in caveats
    record = population_records(find_population_files(tmp_path))[0]
    assert (record.date, len(record.sha256)) == ("2026-01-01", 64)


def test_a_municipality_without_known_residents_gets_them(tmp_path: Path):
    people = {"099030": {40: (200, 220)}}
    write_posas(tmp_path / "POSAS_2026_it_099_Rimini.csv", posas_text(people))
    assert "099030" not in set(read_territory("08").municipalities["istat_code"])
    rows = read_territory("08", tmp_path).municipalities.set_index("istat_code")
    assert rows.loc["099030", "residents"] == 420


def test_an_older_file_and_a_file_of_another_region_change_nothing(
    tmp_path: Path, tuscany: Territory
):
    _published(tmp_path, "POSAS_2019_it_Comuni.csv", year=2019)
    older = read_territory("09", tmp_path)
    pd.testing.assert_frame_equal(older.places, tuscany.places)
    assert "più vecchi di quelli inclusi" in older.caveats[-1]
    assert population_records(find_population_files(tmp_path)) == []
    marche = read_territory("11", _folder_with(tmp_path / "b", posas_text(PEOPLE)))
    assert "nessun comune del territorio" in marche.caveats[-1]


def _folder_with(folder: Path, text: str) -> Path:
    folder.mkdir()
    write_posas(folder / "POSAS_2026_it_Comuni.csv", text)
    return folder


def test_codes_that_ended_go_through_the_lineage(tmp_path: Path):
    """Rio Marina and Rio nell'Elba became Rio: their people are added up, if both are listed."""
    people = {"049015": {20: (1, 2)}, "049016": {70: (3, 4)}}
    territory = read_territory("09", _folder_with(tmp_path / "both", posas_text(people)))
    rio = territory.municipalities.set_index("istat_code").loc["049021"]
    assert rio[["residents", "adults", "over65", "residents_basis"]].tolist() == [
        10, 10, 7, "official",
    ]  # fmt: skip
    assert "nati da una fusione" in " ".join(territory.caveats)
    half = posas_text({"049015": {20: (1, 2)}})
    with pytest.raises(DataError, match=r"one part is not listed.*049016"):
        read_territory("09", _folder_with(tmp_path / "half", half))
    beside = posas_text(people | {"049021": {20: (1, 2)}})
    with pytest.raises(DataError, match=r"beside the one they became.*049021"):
        read_territory("09", _folder_with(tmp_path / "beside", beside))


def test_a_code_of_another_date_without_lineage_is_refused_by_name(tmp_path: Path):
    people = PEOPLE | {"048099": {20: (1, 2)}}
    folder = _folder_with(tmp_path / "a", posas_text(people))
    with pytest.raises(DataError, match=r"nor the lineage explain, 1 row \[048099\]"):
        read_territory("09", folder)
    assert read_territory("11", folder).caveats  # not the Marche's concern
    with pytest.raises(DataError, match="048099"):
        read_territory("all", folder)


def test_a_new_province_is_refused_unless_the_region_is_whole_without_it(tmp_path: Path):
    whole = {code: {20: (1, 2)} for code in read_territory("09").municipalities["istat_code"]}
    whole["299001"] = {20: (1, 2)}
    folder = _folder_with(tmp_path / "whole", posas_text(whole))
    assert (read_territory("09", folder).municipalities["residents"] == 3).all()
    del whole[ZERI]
    with pytest.raises(DataError, match="299001"):
        read_territory("09", _folder_with(tmp_path / "part", posas_text(whole)))


LINEAGE = pd.DataFrame(
    {"old_istat_code": ["045001", "045002"], "new_istat_code": ["045090", "045090"]}
)


def _joined(people: tuple[int, int, int], known: list[tuple[int, int, int]]) -> pd.DataFrame:
    """A municipality 045090 born from 045001 and 045002 after the boundaries' date."""
    columns = ["residents", "adults", "over65"]
    before = pd.DataFrame(known, columns=columns).assign(
        istat_code=["045001", "045002"], residents_on="2023-01-01", residents_basis="known"
    )
    listed = pd.DataFrame([people], columns=columns).assign(istat_code="045090")
    codes = frozenset(["045001", "045002"])
    return join_official(
        before,
        OfficialPopulation(listed, "2026-01-01", is_estimate=False),
        boundary_codes=codes,
        codes=codes,
        lineage=LINEAGE,
        name="POSAS",
    ).people


def test_a_merged_municipality_is_spread_over_those_with_a_boundary():
    joined = _joined((100, 80, 30), [(300, 240, 90), (100, 80, 30)])
    assert joined[["residents", "adults", "over65"]].to_numpy().tolist() == [
        [76, 61, 23],  # 15 minors, 38 younger adults, 23 over 65
        [24, 19, 7],
    ]  # fmt: skip
    assert set(joined["residents_basis"]) == {"estimated"}


ages = st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000)).map(
    lambda n: (n[0] + n[1] + n[2], n[1] + n[2], n[2])
)


@given(people=ages, known=st.lists(ages, min_size=2, max_size=2))
@settings(max_examples=30)
def test_spreading_a_merger_conserves_people(people, known):
    joined = _joined(people, known)
    assert tuple(joined[["residents", "adults", "over65"]].sum()) == people
    assert (joined["over65"] <= joined["adults"]).all()
    assert (joined["adults"] <= joined["residents"]).all()
    assert (joined["over65"] >= 0).all()


def test_without_a_folder_nothing_changes(tuscany: Territory):
    assert set(tuscany.municipalities["residents_basis"]) == {"known"}
    assert set(tuscany.municipalities["residents_on"]) == {"2023-01-01"}
    listed = read_residents().set_index("istat_code")["residents"]
    rows = tuscany.municipalities.set_index("istat_code")["residents"]
    assert (listed.loc[rows.index] == rows).all()
