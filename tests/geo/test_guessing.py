"""What the columns of a list are, guessed from headers and cells made by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from capillare.geo.errors import ConfigError
from capillare.geo.points.guessing import Known, guess_choices, guess_fields
from capillare.geo.points.list_positions import guess_crs
from capillare.geo.points.mapping import lacking_fields, read_mapping
from capillare.geo.points.mapping_making import mapping_as_toml, mapping_of
from capillare.geo.sources.files import RawTable

EXAMPLE = Path(__file__).parents[2] / "examples" / "elenco-regionale.toml"
KNOWN = Known({"buti": "050002", "zeri": "045017", "rio": "049021"}, {"p1", "p2"})
TUSCANY = (9.68, 42.23, 12.38, 44.48)
LISTED = {
    "CODICE": ["12", "13"],
    "DENOMINAZIONE": ["Misericordia", "Biblioteca"],
    "COMUNE": ["BUTI", "Zeri"],
    "LOCALITA": ["Cascine", ""],
    "TELEFONO": ["0587 12345", "0187 447127"],
    "ORARIO": ["lun-ven 9-13", "mar 15-17"],
    "TIPO_SEDE": ["Sede principale", "Sede itinerante"],
    "INDIRIZZO": ["Via Roma", "Piazza Mazzini"],
    "CIVICO": ["1", "12/b"],
}


def raw(columns: dict[str, list[str]]) -> RawTable:
    frame = pd.DataFrame({name: pd.array(cells, dtype="str") for name, cells in columns.items()})
    return RawTable("elenco.csv", None, frame, np.arange(2, len(frame) + 2))


def guessed(**columns: list[str]) -> dict[str, str]:
    return guess_fields(raw(columns), KNOWN)


def test_the_example_of_a_regional_list_is_guessed_right():
    wanted = read_mapping(EXAMPLE)
    fields = guess_fields(raw(LISTED), KNOWN)
    mapping = mapping_of(
        fields,
        source=wanted.source,
        source_date=wanted.source_date,
        constants=wanted.constants,
        updates=wanted.updates,
        translations=wanted.translations,
        id_prefix=wanted.id_prefix,
    )
    assert mapping == wanted
    assert lacking_fields([*fields.values()]) == ["network", "status"]
    # The registry reads «sede principale» by itself.
    assert guess_choices("kind", raw(LISTED).frame["TIPO_SEDE"]) == {"Sede itinerante": "mobile"}


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [
        ("Nome dello sportello", ["Alfa"], "name"),
        ("denominazi", ["Alfa"], "name"),  # a shapefile keeps ten letters
        ("Telefno", ["0587 12345"], "phone"),
        ("Opening hours", ["Mo-Fr 09:00-13:00"], "opening_hours"),
        ("Quando", ["lun-ven 9-13", "mar 9-12"], "opening_hours"),
        ("Dove", ["Buti", "Zeri"], "municipality"),
        ("contatti", ["a@comune.it", "b@comune.it"], "email"),
        ("COD_ISTAT", ["50002"], "istat_code"),
        ("Prenotazione", ["https://x.it/p"], "booking_url"),
        ("Prenotazione", ["sì", "no"], "by_appointment"),
        ("Codice punto", ["p1"], "point_id"),
        ("Codice punto", ["x9"], "desk_id"),  # of no point that the registry has
        ("Attivo dal", ["31/12/2025"], "valid_from"),
        ("Indirizzo e-mail", ["a@b.it"], "email"),
    ],
)
def test_headers_and_cells_say_what_a_column_is(header, cells, field):
    assert guessed(**{header: cells}) == {header: field}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("CAP", ["56032"]),
        ("Provincia", ["PI"]),
        ("y", ["alto"]),
        ("Gradimento", ["4,5"]),
    ],
)
def test_what_is_none_of_ours_is_left_out(header, cells):
    assert guessed(**{header: cells}) == {}


def test_each_field_is_taken_once_and_positions_of_a_file_win():
    assert guessed(Nome=["A"], Denominazione=["B"]) == {"Nome": "name"}
    with_spots = {"lat": ["43,7"], "lon": ["10,6"], "geometry.x": ["10.6"], "geometry.y": ["43.7"]}
    assert guessed(**with_spots) == {}
    assert guessed(lat=["43,7"], lon=["10,6"]) == {"lat": "lat", "lon": "lon"}
    # A number alone is no address.
    assert guessed(Civico=["1"]) == {}


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32632", "EPSG:3003", "EPSG:3857"])
def test_coordinates_are_of_the_crs_that_puts_them_in_the_territory(crs):
    move = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = move.transform([10.6, 11.2, 11.9], [43.7, 43.8, 42.9])
    east, north = (pd.Series([*map(repr, spots), ""], dtype="str") for spots in (x, y))
    assert guess_crs(east, north, TUSCANY) == crs
    assert guess_crs(east, north, (100.0, 0.0, 101.0, 1.0)) == ""


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_a_mapping_written_and_read_again_is_the_same(tmp_path_factory, first, second, word, cell):
    columns = {f"{first} a": "name", f"{second} b": "municipality", "k": "kind"}
    columns |= {f"{first} c": "address", f"{second} d": "address"}
    mapping = mapping_of(
        columns,
        source=f"x{cell}",
        source_date="2026-05",
        constants={"network": "pdf", "status": "active", "note": cell},
        updates=["status"],
        translations={"kind": {word: "main"}, "status": {}},
        crs="EPSG:3003",
        id_prefix="rt-",
    )
    path = tmp_path_factory.mktemp("map") / "m.toml"
    path.write_text(mapping_as_toml(mapping), encoding="utf-8", newline="")
    assert read_mapping(path) == mapping
    assert "status" not in tomllib.loads(path.read_text(encoding="utf-8"))["translations"]


def test_a_mapping_without_what_is_needed_is_refused():
    with pytest.raises(ConfigError, match=r"no kind, network, status, istat_code \(or munic"):
        mapping_of({"a": "name"}, source="s", source_date="2026", constants={})
