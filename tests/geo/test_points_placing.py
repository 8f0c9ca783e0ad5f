"""Where desks stand: always inside their municipality, and how is said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.places import Territory
from capillare.geo.points import read_registry
from capillare.geo.points.placing import folded_place, is_inside, placed
from capillare.geo.population import read_territory


def desks_of(rows):
    defaults = {"locality": None, "lat": np.nan, "lon": np.nan, "position_basis": None}
    frame = pd.DataFrame([{**defaults, **row} for row in rows])
    texts = dict.fromkeys(("istat_code", "locality", "position_basis"), "str")
    return frame.astype({**texts, "lat": "float64", "lon": "float64"})


@pytest.fixture
def two_hamlets(tiny) -> Territory:
    """Comune 1 with two hamlets besides its chief town; the first stands on an island."""
    chief = tiny.places.iloc[[0]]
    first = chief.assign(
        place_id="g101",
        place="San Quirico in Collina",
        lat=chief["lat"] + 0.01,
        is_chief_town=False,
        landmass=7,
        other_names="Borgo Vecchio|Old Town",
    )
    second = chief.assign(
        place_id="g102", place="Vignale Riotorto", lat=chief["lat"] - 0.01, is_chief_town=False
    )
    places = pd.concat([tiny.places, first, second], ignore_index=True)
    return dataclasses.replace(tiny, places=places)


NAMED = {
    "San Quirico in Collina": "San Quirico in Collina",
    "s. quirico in collina": "San Quirico in Collina",
    "Fraz. S.Quirico in Collina": "San Quirico in Collina",
    "San Quìrico in Colina": "San Quirico in Collina",
    "Borgo vecchio": "San Quirico in Collina",
    "San Quirico": "San Quirico in Collina",
    "Riotorto": "Vignale Riotorto",
    "Comune 1": "Comune 1",
}


@pytest.mark.parametrize(("locality", "place"), NAMED.items())
def test_a_locality_is_found_among_its_municipality_s_settlements(two_hamlets, locality, place):
    desk = placed(desks_of([{"istat_code": "090001", "locality": locality}]), two_hamlets).iloc[0]
    expected = two_hamlets.places.set_index("place").loc[place]
    assert desk["position_basis"] == "locality"
    assert (desk["lat"], desk["lon"]) == (expected["lat"], expected["lon"])
    assert desk["landmass"] == expected["landmass"]


@pytest.mark.parametrize("locality", [None, "", "Marina", "centro storico", "San", "Comune 2"])
def test_otherwise_the_chief_town(two_hamlets, locality):
    desk = placed(desks_of([{"istat_code": "090001", "locality": locality}]), two_hamlets).iloc[0]
    chief = two_hamlets.municipalities.iloc[0]
    assert desk["position_basis"] == "chief_town"
    assert (desk["lat"], desk["lon"]) == (chief["lat"], chief["lon"])


def test_a_name_that_two_settlements_bear_places_nothing(tiny):
    twin = tiny.places.iloc[[0]].assign(place_id="g201", place="Corte", is_chief_town=False)
    places = pd.concat([tiny.places, twin, twin.assign(place_id="g202")], ignore_index=True)
    territory = dataclasses.replace(tiny, places=places)
    desk = placed(desks_of([{"istat_code": "090001", "locality": "Corte"}]), territory).iloc[0]
    assert desk["position_basis"] == "chief_town"


def test_coordinates_win_and_take_the_nearest_settlement_s_land(two_hamlets):
    lat, lon = two_hamlets.places[["lat", "lon"]].iloc[0]
    rows = [
        {"istat_code": "090001", "locality": "Riotorto", "lat": lat + 0.009, "lon": lon},
        {"istat_code": "090001", "lat": lat + 0.004, "lon": lon, "position_basis": "locality"},
        {"istat_code": "090012"},
    ]
    desks = placed(desks_of(rows), two_hamlets)
    assert desks["position_basis"].tolist() == ["given", "locality", "chief_town"]
    assert desks["landmass"].tolist() == [7, 0, 1]
    assert desks["lat"].iloc[0] == lat + 0.009


def test_a_territory_without_desks(tiny):
    desks = placed(desks_of([{"istat_code": "090001"}]).iloc[:0], tiny)
    assert desks.columns[-1] == "landmass"
    assert desks.empty


def test_saints_are_one_however_written():
    names = ["S. Andrea", "Sant'Andrea", "s.andrea", "SANT’ANDREA", "Loc. Sant' Andrea"]
    assert {folded_place(name) for name in names} == {"s andrea"}


def test_boundaries_belong_to_their_municipality(tiny):
    boundary = tiny.municipalities.geometry.iloc[0]
    corner = shapely.get_coordinates(boundary)[:1]
    code = np.array(["090001"], dtype=object)
    assert is_inside(code, corner[:, 1], corner[:, 0], tiny).all()
    assert not is_inside(code, corner[:, 1] + 1, corner[:, 0], tiny).any()


def assert_inside(desks, territory):
    inside = is_inside(
        desks["istat_code"].to_numpy(dtype=object),
        desks["lat"].to_numpy(),
        desks["lon"].to_numpy(),
        territory,
    )
    assert inside.all()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_desk_of_tuscany_ever_lies_outside_its_municipality(tuscany, data):
    places = sorted(set(tuscany.places["place"]))
    codes = st.sampled_from(sorted(tuscany.municipalities["istat_code"]))
    localities = st.one_of(st.none(), st.sampled_from(places), st.text(max_size=10))
    rows = data.draw(
        st.lists(
            st.fixed_dictionaries({"istat_code": codes, "locality": localities}),
            min_size=1,
            max_size=8,
        )
    )
    assert_inside(placed(desks_of(rows), tuscany), tuscany)


def test_the_packaged_desks_stand_in_their_municipalities(tuscany):
    desks = read_registry(None, tuscany).desks
    assert_inside(desks, tuscany)
    assert desks["position_basis"].isin(["locality", "chief_town"]).all()
    elba = desks["istat_code"].isin(["049004", "049014"])
    assert elba.any()
    assert (desks.loc[elba, "landmass"] != desks["landmass"].mode()[0]).all()


def test_a_region_without_desks_says_so():
    marche = read_territory("11")
    registry = read_registry(None, marche)
    assert registry.desks.empty
    assert registry.points.empty
    assert registry.entities.empty
    assert registry.caveats[0].endswith(
        "sportelli del registro stanno fuori dal territorio scelto."
    )
    assert registry.faults.empty
