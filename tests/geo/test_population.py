from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import ConfigError
from capillare.geo.places import Territory, find_landmasses, find_settlements, normalised_name
from capillare.geo.population import read_territory, spread_people
from capillare.geo.sources.embedded import read_boundaries, read_residents, read_settlements


def test_tuscany_counts_everyone_once(tuscany: Territory):
    people = tuscany.municipalities[["residents", "adults", "over65"]].sum()
    assert len(tuscany.municipalities) == 273
    assert people.tolist() == [3_651_152, 3_124_321, 958_136]
    by_place = tuscany.places.groupby("istat_code")[["residents", "adults", "over65"]].sum()
    by_municipality = tuscany.municipalities.set_index("istat_code")[by_place.columns]
    pd.testing.assert_frame_equal(by_place, by_municipality, check_names=False)


def test_italy_counts_everyone_with_a_boundary_once():
    italy = read_territory("all")
    boundaries, residents = read_boundaries(), read_residents()
    counted = residents[residents["istat_code"].isin(boundaries["istat_code"])]
    assert len(boundaries) == 7899
    assert len(italy.municipalities) == 7896
    assert italy.places["residents"].sum() == counted["residents"].sum()
    assert italy.places["over65"].sum() == counted["over65"].sum()


def test_what_has_no_people_or_no_boundary_is_named():
    caveats = " ".join(read_territory("all").caveats)
    for name in ("Misiliscemi", "Montecopiolo", "Sassofeltrio"):
        assert name in caveats
    for code in ("005079", "005110", "012009", "012018", "012095"):
        assert code in caveats
    assert "10 comuni dal confine non valido, riparato" in caveats


@pytest.mark.parametrize(("region", "municipalities"), [("11", 225), ("16", 257), ("02", 74)])
def test_other_regions_need_no_code_change(region: str, municipalities: int):
    assert len(read_territory(region).municipalities) == municipalities


def test_unknown_region_lists_the_known_ones():
    with pytest.raises(ConfigError, match=r"region '99'.*09 Toscana"):
        read_territory("99")


def test_repaired_boundaries_are_valid_polygons():
    boundaries = read_boundaries()
    assert boundaries["is_repaired"].sum() == 10
    assert boundaries.geometry.is_valid.all()
    assert set(boundaries.geometry.geom_type) == {"MultiPolygon"}


def test_every_settlement_of_the_package_is_read():
    settlements = read_settlements()
    assert len(settlements) == 11_854
    assert settlements["geonameid"].is_unique
    assert settlements["listed_people"].min() >= 0


def test_each_place_lies_inside_its_municipality(tuscany: Territory):
    shapes = tuscany.municipalities.set_index("istat_code").geometry
    owner = shapes.loc[tuscany.places["istat_code"]].to_numpy()
    spots = shapely.points(tuscany.places["lon"], tuscany.places["lat"])
    assert shapely.intersects(owner, spots).all()


def test_each_municipality_has_one_chief_town(tuscany: Territory):
    chiefs = tuscany.places[tuscany.places["is_chief_town"]]
    assert chiefs["istat_code"].tolist() == tuscany.municipalities["istat_code"].tolist()
    named = tuscany.municipalities.set_index("municipality")
    assert named.loc["Zeri", "chief_town_basis"] == "name"
    assert named.loc["Stazzema", "chief_town_basis"] == "largest_settlement"
    assert named.loc["Capraia Isola", "chief_town_basis"] == "representative_point"
    assert "Capraia Isola" in tuscany.caveats[0]


def test_chief_towns_bear_their_italian_names(tuscany: Territory):
    chiefs = tuscany.places[tuscany.places["is_chief_town"]].set_index("istat_code")
    assert chiefs.loc["048017", "place"] == "Firenze"
    assert "Florence" in chiefs.loc["048017", "other_names"].split("|")
    assert chiefs.loc["049009", "place"] == "Livorno"


def test_islands_are_lands_of_their_own(tuscany: Territory):
    land = tuscany.places.set_index("istat_code")["landmass"]
    elba = {"049003", "049004", "049010", "049011", "049013", "049014", "049021"}
    assert len(set(land.loc[sorted(elba)])) == 1
    apart = [land.loc[[code]].iloc[0] for code in ("048017", "049014", "049005", "053012")]
    assert len(set(apart)) == 4
    others = tuscany.places[~tuscany.places["istat_code"].isin({*elba, "049005", "053012"})]
    assert (others["landmass"] == 0).all()


def test_landmass_zero_is_the_largest():
    lands = find_landmasses()
    area = lands.assign(area=shapely.area(lands.geometry.to_numpy())).groupby("landmass")["area"]
    assert area.sum().is_monotonic_decreasing


def test_settlements_do_not_depend_on_the_region(tuscany: Territory):
    everywhere = find_settlements().set_index("place_id")
    mine = tuscany.places.set_index("place_id")
    assert everywhere.loc[mine.index, "landmass"].tolist() == mine["landmass"].tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Forte dei Marmi", "FORTE  DEI MARMI"),
        ("Scarperìa e S. Piero", "scarperia e san piero"),
        ("Montecatini-Terme", "Montecatini Terme"),
        ("Rio nell'Elba", "Rio nell’Elba"),
    ],
)
def test_names_are_compared_without_case_accents_or_punctuation(one: str, other: str):
    assert normalised_name(one) == normalised_name(other)


@given(
    weights=st.lists(st.integers(0, 50_000), min_size=1, max_size=12),
    minors=st.integers(0, 10_000),
    younger=st.integers(0, 10_000),
    over65=st.integers(0, 10_000),
)
def test_spreading_conserves_people_and_ages(
    weights: list[int], minors: int, younger: int, over65: int
):
    places = pd.DataFrame(
        {
            "istat_code": "000001",
            "place_id": [f"g{number}" for number in range(len(weights))],
            "listed_people": weights,
        }
    )
    totals = pd.DataFrame(
        {
            "istat_code": ["000001"],
            "residents": [minors + younger + over65],
            "adults": [younger + over65],
            "over65": [over65],
        }
    )
    spread = spread_people(places, totals)
    sums = spread[["residents", "adults", "over65"]].sum()
    assert sums.tolist() == totals.iloc[0, 1:].tolist()
    assert (spread["over65"] <= spread["adults"]).all()
    assert (spread["adults"] <= spread["residents"]).all()
    assert (spread["over65"] >= 0).all()


def test_spreading_is_proportional_with_largest_remainders():
    places = pd.DataFrame(
        {"istat_code": "000001", "place_id": ["a", "b", "c"], "listed_people": [1, 1, 1]}
    )
    totals = pd.DataFrame(
        {"istat_code": ["000001"], "residents": [8], "adults": [8], "over65": [0]}
    )
    assert spread_people(places, totals)["adults"].tolist() == [3, 3, 2]


def test_the_tiny_territory_is_a_territory(tiny: Territory):
    assert isinstance(tiny.municipalities, gpd.GeoDataFrame)
    assert len(tiny.places) == 12
