"""A published list held against the registry, in the hand-made territory of twelve squares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pyproj import Transformer

from capillare.geo.errors import ConfigError, DataError, SourceError
from capillare.geo.places import Territory
from capillare.geo.points import Registry, importing, read_registry
from capillare.geo.points.changes import compare_desks
from capillare.geo.points.importing import ListedDesks, accepted_tables, read_listed_desks
from capillare.geo.points.mapping import read_mapping
from capillare.geo.points.matching import match_desks
from capillare.geo.schema import CHANGES
from capillare.publish.registry_folder import write_registry
from tests.geo.test_features import point, write_features

MAPPING = """
source = "https://regione.example/elenco"
source_date = 2026-05-31
crs = "EPSG:32632"
id_prefix = "rt-"
[columns]
Codice = "desk_id"
Nome = "name"
Comune = "municipality"
Telefono = "phone"
Orario = "opening_hours"
Est = "lon"
Nord = "lat"
[joined]
address = ["Via", "Civico"]
[constants]
network = "pdf"
kind = "main"
status = "active"
n_desks = 1
[translations.municipality]
"C. Due" = "Comune 2"
"""
HEADER = "Codice;Nome;Comune;Telefono;Orario;Est;Nord;Via;Civico"
EAST, NORTH = 655_000, 4_805_000  # the middle of Comune 1; each next one lies 10 km east
PRESENT = """desk_id,network,kind,name,istat_code,address,lat,lon,opening_hours,status,phone
alfa,pdf,main,Biblioteca comunale,090001,Via Roma 1,,,Mo-Fr 09:00-13:00,active,055 1
beta,pdf,main,Punto Digitale Facile URP,090002,,{lat},{lon},,active,055 2
gamma,pdf,branch,Circolo,090003,,,,,active,
delta,pdf,main,Chiuso da tempo,090004,,,,,closed,
omega,other,main,Bottega,090004,,,,,active,
"""


def lat_lon(east: float, north: float) -> tuple[float, float]:
    lon, lat = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True).transform(
        east, north
    )
    return lat, lon


@pytest.fixture
def registry(tmp_path: Path, tiny: Territory) -> Registry:
    folder = tmp_path / "registro"
    folder.mkdir()
    lat, lon = lat_lon(EAST + 10_000, NORTH)
    (folder / "desks.csv").write_text(PRESENT.format(lat=lat, lon=lon), encoding="utf-8")
    return read_registry(folder, tiny)


def _listed(
    tmp_path: Path, registry: Registry, tiny: Territory, *rows: str, mapping: str = MAPPING
) -> ListedDesks:
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    (tmp_path / "elenco.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return read_listed_desks(
        tmp_path / "elenco.csv", read_mapping(tmp_path / "m.toml"), registry, tiny
    )


def _said(changes: pd.DataFrame) -> list[tuple[str, ...]]:
    shown = changes[["change", "desk_id", "column", "before", "after"]].fillna("")
    return list(shown.itertuples(index=False, name=None))


SAME = "1;Biblioteca;COMUNE 1;055 1;lun-ven 9-13;;;via Roma;1"


def test_new_changed_and_gone(tmp_path: Path, registry: Registry, tiny: Territory):
    listed = _listed(
        tmp_path,
        registry,
        tiny,
        SAME,
        f"2;Sportello URP;C. Due;055 9;lun 9-12;{EAST + 10_050};{NORTH};;",
        "3;Centro anziani;Comune 4;;;;;;",
    )
    assert _said(listed.changes) == [
        ("new", "rt-3", "desk_id", "", "rt-3"),
        ("changed", "alfa", "name", "Biblioteca comunale", "Biblioteca"),
        ("changed", "beta", "name", "Punto Digitale Facile URP", "Sportello URP"),
        ("changed", "beta", "opening_hours", "", "Mo 09:00-12:00"),
        ("changed", "beta", "phone", "055 2", "055 9"),
        ("changed", "beta", "lat", *_degrees("lat", 0, 50)),
        ("changed", "beta", "lon", *_degrees("lon", 0, 50)),
        ("gone", "gamma", "desk_id", "gamma", ""),
    ]
    matched = listed.changes.drop_duplicates("desk_id").set_index("desk_id")["matched_by"]
    assert (matched["alfa"], matched["beta"]) == ("address", "near")
    assert listed.n_same == 0
    assert listed.n_refused == 0


def _degrees(name: str, *metres: float) -> tuple[str, ...]:
    number = ("lat", "lon").index(name)
    return tuple(repr(round(lat_lon(EAST + 10_000 + m, NORTH)[number], 6)) for m in metres)


def test_equal_desks_and_empty_cells_are_no_change(tmp_path, registry: Registry, tiny: Territory):
    listed = _listed(
        tmp_path,
        registry,
        tiny,
        "1;Biblioteca comunale;Comune 1;;;;;Via Roma;1",
        f"2;Punto Digitale Facile URP;Comune 2;;;{EAST + 10_004};{NORTH};;",
        "3;Circolo;Comune 3;;;;;;",
    )
    assert listed.changes.empty
    assert listed.n_same == 3


def test_equal_ids_are_one_desk_whatever_else_differs(tmp_path, registry, tiny: Territory):
    mapping = MAPPING.replace('id_prefix = "rt-"', "")
    listed = _listed(tmp_path, registry, tiny, "gamma;Altro nome;Comune 5;;;;;;", mapping=mapping)
    changed = listed.changes[listed.changes["change"] == "changed"]
    assert set(changed["desk_id"]) == {"gamma"}
    assert set(changed["matched_by"]) == {"id"}
    assert set(changed["column"]) == {"name", "istat_code"}


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        ("9;Biblioteca;Comune 1;;;;;VIA ROMA;1", True),  # same address, like name
        ("9;Farmacia;Comune 1;;;;;Via Roma;1", False),  # same address, another name
        ("9;Biblioteca comunale;Comune 1;;;;;Via Po;3", True),  # the same name, no coordinates
        ("9;Biblioteca comunale 2;Comune 1;;;;;Via Roma;1", False),  # another number
        ("9;Biblioteca comunale;Comune 2;;;;;Via Roma;1", False),  # another municipality
    ],
)
def test_which_desks_are_one(tmp_path, registry, tiny: Territory, row: str, is_one: bool):
    changes = _listed(tmp_path, registry, tiny, row).changes
    assert ("rt-9" not in set(changes["desk_id"])) == is_one


@pytest.mark.parametrize(("metres", "is_one"), [(0, True), (149, True), (151, False)])
def test_near_is_150_metres(tmp_path, registry, tiny: Territory, metres: int, is_one: bool):
    row = f"9;URP;Comune 2;;;{EAST + 10_000 + metres};{NORTH};;"
    changes = _listed(tmp_path, registry, tiny, row).changes
    assert ("rt-9" not in set(changes["desk_id"])) == is_one


def test_two_listed_desks_are_never_the_same_one(tmp_path, registry, tiny: Territory):
    listed = _listed(tmp_path, registry, tiny, SAME, SAME.replace("1;B", "7;B", 1))
    assert (listed.changes["change"] == "new").sum() == 1
    assert (listed.changes["change"] == "changed").sum() == 1


def test_the_order_of_rows_is_irrelevant(tmp_path: Path, registry: Registry, tiny: Territory):
    rows = [SAME, f"2;URP;C. Due;;;{EAST + 10_000};{NORTH};;", "3;Circolo;Comune 3;9;;;;;"]
    one = _listed(tmp_path, registry, tiny, *rows).changes
    other = _listed(tmp_path, registry, tiny, *rows[::-1]).changes
    pd.testing.assert_frame_equal(one, other)


def test_refused_rows_are_named_and_their_desks_are_not_gone(tmp_path, registry, tiny: Territory):
    mapping = MAPPING.replace('id_prefix = "rt-"', "")
    listed = _listed(
        tmp_path,
        registry,
        tiny,
        "alfa;Biblioteca;Comune 1;;;12;14;;",
        "x;Y;Atlantide;;;;;;",
        f"z;Z;Comune 3;;;{EAST};{NORTH};;",
        "k;;Comune 3;;;;;;",
        mapping=mapping,
    )
    refused = listed.faults[listed.faults["is_refused"]]
    assert refused["line"].tolist() == [2, 3, 4, 5]
    assert refused["column"].tolist() == ["lat, lon", "istat_code", "lat, lon", "name"]
    assert refused["value"].tolist()[1] == "Atlantide"
    assert "cade in Comune 1" in refused["problem"].tolist()[2]
    gone = listed.changes.loc[listed.changes["change"] == "gone", "desk_id"]
    assert "alfa" not in set(gone)
    with pytest.raises(DataError, match="4 rows of the list are refused"):
        accepted_tables(registry, listed, gone="close")


def test_a_row_elsewhere_and_an_unknown_point_are_refused(tmp_path, registry, tiny: Territory):
    mapping = MAPPING.replace('Comune = "municipality"', 'Comune = "istat_code"').replace(
        'Telefono = "phone"', 'Telefono = "point_id"'
    )
    listed = _listed(
        tmp_path, registry, tiny, "1;A;048017;;;;;;", "2;B;090001;pt-9;;;;;", mapping=mapping
    )
    refused = listed.faults[listed.faults["is_refused"]]
    assert refused["column"].tolist() == ["istat_code", "point_id"]
    assert "fuori dal territorio" in refused["problem"].iloc[0]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER + ";Codice fiscale", SAME + ";x"),
        (HEADER + ";Nome e cognome", SAME + ";x"),
        (HEADER + ";Note", SAME + ";RSSMRA85T10A562S"),
    ],
)
def test_personal_data_are_refused_even_in_columns_that_are_not_mapped(
    tmp_path: Path, registry: Registry, tiny: Territory, header: str, row: str
):
    _listed(tmp_path, registry, tiny, SAME)
    (tmp_path / "elenco.csv").write_text(f"{header}\n{row}", encoding="utf-8")
    with pytest.raises(DataError, match="Nothing was read"):
        read_listed_desks(
            tmp_path / "elenco.csv", read_mapping(tmp_path / "m.toml"), registry, tiny
        )


def test_a_geojson_list_is_read_like_a_csv(tmp_path: Path, registry: Registry, tiny: Territory):
    lat, lon = lat_lon(EAST + 10_000, NORTH)
    path = write_features(tmp_path / "wfs.json", point(lon, lat, NOME="Sportello URP", TEL="055 2"))
    text = """
source = "x"
source_date = "2026"
columns = { NOME = "name", TEL = "phone" }
constants = { network = "pdf", kind = "main", status = "active", istat_code = "090002" }
"""
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    mapping = read_mapping(tmp_path / "m.toml")
    changes = read_listed_desks(path, mapping, registry, tiny).changes
    kept = changes[changes["change"] == "changed"]
    assert _said(kept) == [
        ("changed", "beta", "name", "Punto Digitale Facile URP", "Sportello URP")
    ]
    assert kept["listed_id"].tolist() == ["090002-sportello-urp"]
    with_crs = {"type": "name", "properties": {"name": "EPSG:32632"}}
    write_features(path, point(EAST + 10_000, NORTH, NOME="URP", TEL="055 2"), crs=with_crs)
    again = read_listed_desks(path, mapping, registry, tiny).changes
    assert again.loc[again["change"] == "changed", "column"].tolist() == ["name"]
    wrong = replace(mapping, crs="EPSG:3003")
    with pytest.raises(ConfigError, match="its CRS is EPSG:32632, the mapping says EPSG:3003"):
        read_listed_desks(path, wrong, registry, tiny)


def test_a_column_that_is_gone_and_a_crs_that_is_not_said(tmp_path, registry, tiny: Territory):
    with pytest.raises(ConfigError, match="coordinates without a CRS"):
        _listed(tmp_path, registry, tiny, SAME, mapping=MAPPING.replace('crs = "EPSG:32632"', ""))
    with pytest.raises(ConfigError, match="is not known"):
        _listed(tmp_path, registry, tiny, SAME, mapping=MAPPING.replace("32632", "999999"))
    with pytest.raises(SourceError, match="column Recapito absent"):
        _listed(tmp_path, registry, tiny, SAME, mapping=MAPPING.replace("Telefono", "Recapito"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('"phone"', '"telephone"'), "'telephone' is not one of"),
        (('Telefono = "phone"', 'Telefono = "name"'), "name given twice"),
        (('Nome = "name"', ""), "no name. Map a column"),
        (('network = "pdf"', ""), "no network"),
        (('Comune = "municipality"', ""), r"no istat_code \(or municipality\)"),
        (("source_date = 2026-05-31", 'source_date = "maggio"'), "source_date"),
        (("source_date = 2026-05-31", ""), "missing source_date"),
        (('id_prefix = "rt-"', 'id_prefix = "a b"'), "id_prefix"),
        (('id_prefix = "rt-"', 'updates = ["phone"]'), "phone: no such constant"),
        (('id_prefix = "rt-"', "idprefix = 1"), "unknown key 'idprefix'"),
        (("[columns]", "[columns"), "not a TOML file"),
        (('["Via", "Civico"]', '"Via"'), "is not a list"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused(tmp_path: Path, change, sentence: str):
    path = tmp_path / "m.toml"
    path.write_text(MAPPING.replace(*change), encoding="utf-8")
    with pytest.raises(ConfigError, match=sentence):
        read_mapping(path)


def test_the_example_is_a_mapping():
    mapping = read_mapping(Path(__file__).parents[2] / "examples" / "elenco-regionale.toml")
    assert mapping.stated >= {"municipality", "address", "status"}
    assert mapping.source_date == "2026-05-31"


def test_a_list_too_long_is_refused(tmp_path, registry, tiny: Territory, monkeypatch):
    monkeypatch.setattr(importing, "MAX_LISTED", 1)
    with pytest.raises(SourceError, match="2 rows, a list holds at most 1"):
        _listed(tmp_path, registry, tiny, SAME, SAME)


def test_a_mapping_that_is_not_there(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_mapping(tmp_path / "absent.toml")


def test_accepting_writes_a_registry_that_no_longer_differs(
    tmp_path: Path, registry: Registry, tiny: Territory
):
    rows = (
        SAME,
        f"2;Sportello URP;C. Due;055 9;lun 9-12;{EAST + 10_050};{NORTH};;",
        "3;Centro anziani;Comune 4;;;;;;",
    )
    listed = _listed(tmp_path, registry, tiny, *rows)
    write_registry(accepted_tables(registry, listed), tmp_path / "nuovo")
    new = read_registry(tmp_path / "nuovo", tiny)
    assert not new.faults["is_refused"].any()
    desks = new.desks.set_index("desk_id")
    assert sorted(desks.index) == ["alfa", "beta", "delta", "gamma", "omega", "rt-3"]
    assert desks.loc["beta", ["name", "phone", "position_basis"]].tolist() == [
        "Sportello URP",
        "055 9",
        "given",
    ]
    assert desks.loc["beta", ["source", "source_date"]].tolist() == [
        "https://regione.example/elenco",
        "2026-05-31",
    ]
    assert pd.isna(desks.loc["gamma", "source"])
    assert desks.loc["alfa", ["position_basis", "opening_hours"]].tolist() == [
        "chief_town",
        "Mo-Fr 09:00-13:00",
    ]
    again = _listed(tmp_path, new, tiny, *rows)
    assert _said(again.changes) == [("gone", "gamma", "desk_id", "gamma", "")]
    assert again.n_same == 3
    assert registry.desks.set_index("desk_id").loc["beta", "phone"] == "055 2"


def test_gone_desks_are_closed_only_when_asked(tmp_path, registry: Registry, tiny: Territory):
    listed = _listed(tmp_path, registry, tiny, SAME)
    kept = accepted_tables(registry, listed)["desks"].set_index("desk_id")
    assert kept["status"].to_dict()["gamma"] == "active"
    closed = accepted_tables(registry, listed, gone="close")["desks"].set_index("desk_id")
    assert closed["status"].to_dict() == {
        "alfa": "active", "beta": "closed", "delta": "closed", "gamma": "closed", "omega": "active",
    }  # fmt: skip
    assert closed.loc["gamma", "note"].startswith("Assente dall'elenco https://regione.example")


def test_constants_change_a_desk_only_if_they_are_updates(tmp_path, registry, tiny: Territory):
    row = "4;Chiuso da tempo;Comune 4;;;;;;"
    assert "delta" not in set(_listed(tmp_path, registry, tiny, row).changes["desk_id"])
    mapping = MAPPING.replace("[columns]", 'updates = ["status"]\n[columns]')
    changes = _listed(tmp_path, registry, tiny, row, mapping=mapping).changes
    of_delta = changes[changes["desk_id"] == "delta"]
    assert _said(of_delta) == [("changed", "delta", "status", "closed", "active")]


def test_a_registry_that_was_not_read_whole_is_not_written_anew(
    tmp_path, registry, tiny: Territory
):
    listed = _listed(tmp_path, registry, tiny, SAME)
    faulty = replace(registry, faults=registry.faults.assign(is_refused=True).head(1))
    if faulty.faults.empty:
        faulty = replace(registry, caveats=("1 sportelli stanno fuori.",))
    with pytest.raises(DataError, match="would be lost"):
        accepted_tables(faulty, listed)
    with pytest.raises(DataError, match="stanno fuori"):
        accepted_tables(replace(registry, caveats=("1 sportelli stanno fuori.",)), listed)


def test_a_folder_that_is_there_is_never_overwritten(tmp_path, registry, tiny: Territory):
    listed = _listed(tmp_path, registry, tiny, SAME)
    tables = accepted_tables(registry, listed)
    before = (tmp_path / "registro" / "desks.csv").read_bytes()
    with pytest.raises(ConfigError, match="no registry is overwritten"):
        write_registry(tables, tmp_path / "registro")
    assert (tmp_path / "registro" / "desks.csv").read_bytes() == before
    (tmp_path / "vuoto").mkdir()
    write_registry(tables, tmp_path / "vuoto")
    assert (tmp_path / "vuoto" / "desks.csv").is_file()


def test_two_registries_are_compared_field_by_field(registry: Registry):
    other = registry.desks.copy()
    other.loc[other["desk_id"] == "alfa", "phone"] = None
    other = other[other["desk_id"] != "gamma"]
    changes = compare_desks(registry.desks, other, is_exact=True)
    assert _said(changes) == [
        ("changed", "alfa", "phone", "055 1", ""),
        ("gone", "gamma", "desk_id", "gamma", ""),
    ]
    assert compare_desks(registry.desks, registry.desks, is_exact=True).empty
    louder = registry.desks.assign(name=registry.desks["name"].str.upper())
    assert len(compare_desks(registry.desks, louder, is_exact=True)) == len(louder)
    assert compare_desks(registry.desks, louder).empty
    none = compare_desks(registry.desks.iloc[:0], registry.desks.iloc[:0])
    assert none.columns.tolist() == CHANGES.names


def test_packaged_desks_are_found_again_without_their_ids(tuscany: Territory):
    """As a published list would bring them: other ids, capitals, the same names and addresses."""
    desks = read_registry(None, tuscany).desks
    other = desks.assign(desk_id="x-" + desks["desk_id"], name=desks["name"].str.upper())
    pairs = match_desks(desks, other)
    assert len(pairs) == len(desks)
    assert (pairs["listed"] == pairs["present"]).all()
    assert compare_desks(desks, other, stated=["name", "address", "phone"]).empty
