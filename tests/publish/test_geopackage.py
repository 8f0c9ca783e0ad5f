"""Geographic outputs: every row where it stands, readable by others."""

import json

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from capillare.geo.schema import GAPS, SITES
from capillare.publish.geopackage import sites_as_geojson, write_geopackage, write_sites_geojson
from capillare.publish.provenance import provenance_of
from tests.publish.conftest import NASTY, with_tables


@pytest.fixture(scope="module")
def written(nasty_plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("geopackage") / "plan.gpkg"
    write_geopackage(nasty_plan, path)
    return path


def test_layers_are_named_and_in_wgs84(written):
    layers = dict(pyogrio.list_layers(written).tolist())
    assert layers == {
        "comuni": "MultiPolygon",
        "sportelli": "Point",
        "sedi_proposte": "Point",
        "localita": "Point",
        "leggimi": None,
    }
    for layer in layers.keys() - {"leggimi"}:
        assert gpd.read_file(written, layer=layer).crs == "EPSG:4326"


def test_each_row_stands_where_it_is(written, tiny):
    towns = gpd.read_file(written, layer="comuni").set_index("istat_code")
    places = gpd.read_file(written, layer="localita")
    assert len(towns) == len(tiny.municipalities)
    assert len(places) == len(tiny.places)
    for place in places.itertuples():
        assert towns.geometry[place.istat_code].contains(place.geometry)
    desks = gpd.read_file(written, layer="sportelli")
    assert desks["name"].tolist() == [NASTY, "URP", "Bottega"]
    assert desks["is_in_service"].tolist() == [True, True, False]


def test_municipalities_carry_coverage_and_gaps_and_missing_stays_missing(written, nasty_plan):
    towns = gpd.read_file(written, layer="comuni").set_index("istat_code")
    coverage = nasty_plan.network.coverage.set_index("istat_code")
    pd.testing.assert_series_equal(
        towns["travel_min"], coverage["travel_min"], check_names=False, check_index=True
    )
    ranked = nasty_plan.gaps.table.set_index("istat_code")["rank"]
    assert towns["gap_rank"].dropna().astype(int).to_dict() == ranked.to_dict()
    assert towns["gap_rank"].isna().sum() == len(towns) - len(ranked)
    assert pd.isna(towns.loc["090012", "travel_min"])


def test_the_same_plan_gives_the_same_bytes(written, nasty_plan, tmp_path):
    write_geopackage(nasty_plan, tmp_path / "again.gpkg")
    assert (tmp_path / "again.gpkg").read_bytes() == written.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.gpkg"]


def test_a_plan_without_gaps_nor_sites_is_written(small_plan, tmp_path):
    empty = with_tables(small_plan, gaps=GAPS.empty(), sites=SITES.empty())
    write_geopackage(empty, tmp_path / "plan.gpkg")
    assert len(gpd.read_file(tmp_path / "plan.gpkg", layer="sedi_proposte")) == 0
    assert gpd.read_file(tmp_path / "plan.gpkg", layer="comuni")["gap_rank"].isna().all()


def test_sites_are_geojson_by_the_letter(nasty_plan, tmp_path):
    write_sites_geojson(nasty_plan, tmp_path / "sites.geojson")
    collection = json.loads((tmp_path / "sites.geojson").read_text(encoding="utf-8"))
    assert "crs" not in collection
    assert collection["provenance"] == provenance_of(nasty_plan.network).cells
    assert "nuove sedi" in collection["provenance"]["scenario"]
    sites = nasty_plan.proposal.sites
    for feature, site in zip(collection["features"], sites.itertuples(), strict=True):
        assert feature["geometry"]["coordinates"] == [round(site.lon, 6), round(site.lat, 6)]
        assert list(feature["properties"]) == SITES.names
    first, second = (feature["properties"] for feature in collection["features"])
    assert (first["venue"], second["target_citizens"]) == (None, None)
    assert (first["locality"], first["adults_gained"]) == (NASTY, 700)
    back = gpd.read_file(tmp_path / "sites.geojson")
    assert back.crs == "EPSG:4326"
    assert back["candidate_id"].tolist() == sites["candidate_id"].tolist()


def test_the_same_sites_give_the_same_geojson(small_plan):
    sites = small_plan.proposal.sites
    again = sites_as_geojson(sites.set_index(sites.index + 3), {"dati": "uno"})
    assert sites_as_geojson(sites, {"dati": "uno"}) == again
