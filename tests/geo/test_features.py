from __future__ import annotations

import json
from pathlib import Path

import pytest

from capillare.geo.errors import SourceError
from capillare.geo.sources import features
from capillare.geo.sources.features import X_COLUMN, Y_COLUMN, read_features


def point(x: float, y: float, **properties: object) -> dict[str, object]:
    geometry = {"type": "Point", "coordinates": [x, y]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_features(path: Path, *rows: object, **members: object) -> Path:
    collection = {"type": "FeatureCollection", "features": list(rows), **members}
    path.write_text(json.dumps(collection), encoding="utf-8")
    return path


def test_properties_become_text_and_positions_stand_behind(tmp_path: Path):
    raw, crs = read_features(
        write_features(
            tmp_path / "desks.geojson",
            point(11.25, 43.77, nome="Biblioteca", n=2.0, aperto=True, servizi=["SPID", "CIE"]),
            {"type": "Feature", "id": "d.2", "properties": {"nome": None}, "geometry": None},
        )
    )
    assert crs == ""
    assert raw.frame.columns.tolist() == [
        "nome",
        "n",
        "aperto",
        "servizi",
        "id",
        X_COLUMN,
        Y_COLUMN,
    ]
    assert raw.frame.iloc[0].tolist() == [
        "Biblioteca",
        "2",
        "true",
        "SPID; CIE",
        "",
        "11.25",
        "43.77",
    ]
    assert raw.frame.iloc[1].tolist() == ["", "", "", "", "d.2", "", ""]
    assert raw.lines.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG::3003", "EPSG:3003"),
        ("EPSG:32632", "EPSG:32632"),
    ],
)
def test_the_crs_that_a_server_names_is_read(tmp_path: Path, name: str, crs: str):
    member = {"type": "name", "properties": {"name": name}}
    path = write_features(tmp_path / "wfs.json", point(1, 2, a=1), crs=member, numberMatched=1)
    assert read_features(path)[1] == crs


def test_what_is_no_point_is_a_fault_of_its_own(tmp_path: Path):
    line = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
    several = {"type": "MultiPoint", "coordinates": [[11.0, 43.0]]}
    raw, _ = read_features(
        write_features(
            tmp_path / "a.geojson",
            {"type": "Feature", "properties": {"n": 1}, "geometry": line},
            {"type": "Feature", "properties": {"n": 2}, "geometry": several},
            point("11", 43, n=3),
            point(10**400, 43, n=4),
            "nonsense",
            {"type": "Feature", "properties": {"n": 6}, "geometry": {"type": "Point"}},
        )
    )
    assert raw.frame["n"].tolist() == ["2"]
    assert [fault.line for fault in raw.faults] == [1, 3, 4, 5, 6]
    assert raw.faults[0].found == "LineString"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"type": "FeatureCollection", "features": [{"ty', "no JSON, or cut"),
        ('{"type": "FeatureCollection", "features": []}', "holds no feature"),
        ('{"type": "FeatureCollection", "features": {"a": 1}}', "holds no feature"),
        ('{"type": "Topology"}', "no GeoJSON feature collection"),
        ("[1, 2]", "no GeoJSON feature collection"),
        ("<ows:ExceptionReport/>", "a WFS error instead of features"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "NaN is no JSON number"),
        ("[" * 200_000, "no JSON, or cut"),
        ("\udcff", "not UTF-8"),
    ],
)
def test_other_files_are_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str):
    path = tmp_path / "desks.geojson"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SourceError, match=sentence):
        read_features(path)


def test_a_page_of_a_longer_answer_is_refused(tmp_path: Path):
    path = write_features(tmp_path / "wfs.json", point(1, 2, a=1), numberMatched=120)
    with pytest.raises(SourceError, match="1 features of 120"):
        read_features(path)
    path = write_features(tmp_path / "wfs.json", point(1, 2), crs={"type": "link"})
    with pytest.raises(SourceError, match="CRS cannot be read"):
        read_features(path)


def test_limits_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_features(tmp_path / "a.geojson", point(1, 2, a=1), point(1, 2, b=1))
    for name, limit, sentence in (
        ("MAX_FILE_BYTES", 50, "at most 20 MB"),
        ("MAX_ROWS", 1, "over 1 features"),
        ("MAX_COLUMNS", 3, "over 3 properties"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(features, name, limit)
            with pytest.raises(SourceError, match=sentence):
                read_features(path)
    with pytest.raises(SourceError, match="cannot be read"):
        read_features(tmp_path / "absent.geojson")
