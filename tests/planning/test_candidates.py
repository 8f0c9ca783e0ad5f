from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from capillare.geo.points import read_registry
from capillare.geo.schema import CANDIDATES, FOUND_CANDIDATES, VENUES
from capillare.geo.sources.reference import read_table
from capillare.planning.candidates import find_candidates, venues_without_place


def venues_of(*rows):
    """Rows of (venue_id, istat_code, locality, status)."""
    frame = pd.DataFrame(rows, columns=["venue_id", "istat_code", "locality", "status"])
    frame["venue"] = "Luogo " + frame["venue_id"].astype("str")
    frame["venue_type"] = "library"
    return VENUES.typed(frame)


@pytest.fixture
def valley(tiny):
    """The tiny territory, with a second settlement in its first municipality."""
    hamlet = tiny.places.iloc[[0]].assign(
        place_id="g100", place="Sant'Àgata", is_chief_town=False, other_names="Agata Alta|Comune 1"
    )
    return replace(tiny, places=pd.concat([tiny.places, hamlet], ignore_index=True))


def venue_at(candidates, place_id):
    return candidates.set_index("candidate_id")["venue"].get(f"c-{place_id}")


def test_every_settlement_is_one_candidate(tiny, policy):
    candidates = find_candidates(tiny, VENUES.empty(), policy)
    assert candidates.columns.tolist() == FOUND_CANDIDATES.names
    assert candidates["candidate_id"].tolist() == ["c-" + i for i in tiny.places["place_id"]]
    assert candidates["locality"].tolist() == tiny.places["place"].tolist()
    assert candidates["lat"].tolist() == tiny.places["lat"].tolist()
    assert candidates["landmass"].tolist() == tiny.places["landmass"].tolist()
    assert (candidates["cost_eur"] == 39_000).all()
    assert candidates["venue"].isna().all()


@pytest.mark.parametrize(
    ("locality", "place_id"),
    [
        (None, "g1"),
        ("Comune 1", "g1"),
        ("sant'agata", "g100"),
        ("AGATA ALTA", "g100"),
    ],
    ids=["chief town", "own name", "accents and case", "other name"],
)
def test_a_venue_stands_where_its_locality_says(valley, policy, locality, place_id):
    candidates = find_candidates(valley, venues_of(("a", "090001", locality, "active")), policy)
    assert venue_at(candidates, place_id) == "Luogo a"
    assert candidates["venue"].notna().sum() == 1


@pytest.mark.parametrize(
    "row",
    [
        ("a", "090002", "Sant'Agata", "active"),
        ("a", "090001", "Nowhere", "active"),
        ("a", "090001", None, "closed"),
        ("a", "058091", None, "active"),
    ],
    ids=["another municipality", "no such settlement", "closed", "another region"],
)
def test_a_venue_that_is_not_there_is_not_named(valley, policy, row):
    candidates = find_candidates(valley, venues_of(row), policy)
    assert candidates["venue"].isna().all()
    assert len(candidates) == len(valley.places)


def test_the_surest_venue_is_named(tiny, policy):
    venues = venues_of(
        ("a", "090001", None, "unknown"),
        ("c", "090001", None, "active"),
        ("b", "090001", None, "active"),
        ("d", "090001", None, "closed"),
    )
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        assert venue_at(find_candidates(tiny, venues.iloc[order], policy), "g1") == "Luogo b"


def test_a_name_of_two_settlements_points_to_neither(valley, policy):
    twin = valley.places.iloc[[-1]].assign(place_id="g101")
    places = pd.concat([valley.places, twin], ignore_index=True)
    doubled = replace(valley, places=places)
    venues = venues_of(("a", "090001", "Sant'Agata", "active"))
    assert find_candidates(doubled, venues, policy)["venue"].isna().all()


def test_tuscany_with_its_venues(tuscany, policy):
    venues = read_table(VENUES)
    candidates = find_candidates(tuscany, venues, policy)
    assert len(candidates) == len(tuscany.places)
    named = candidates.dropna(subset="venue")
    at = named.set_index(["istat_code", "locality"])["venue"]
    # A hamlet of Castelfranco Piandiscò, and two chief towns, one with a venue in its locality's name.
    assert at["051040", "Faella"] == "Ecco Fatto Faella"
    assert at["052021", "Pienza"] == "Ecco Fatto Pienza"
    assert at["045015", "Barbarasco"] == "Bottega della Salute Barbarasco"
    closed = set(venues.loc[venues["status"].eq("closed"), "venue"])
    assert closed
    assert not set(named["venue"]) & closed
    merged = named.merge(venues[["venue", "istat_code"]], on="venue", validate="1:1")
    assert (merged["istat_code_x"] == merged["istat_code_y"]).all()


def own_of(*rows):
    """Rows of (candidate_id, istat_code, lat, lon, is_excluded, note), placed."""
    columns = ["candidate_id", "istat_code", "lat", "lon", "is_excluded", "note"]
    frame = pd.DataFrame(rows, columns=columns).assign(landmass=0)
    return CANDIDATES.typed(frame.assign(position_basis="given"))


def test_every_candidate_says_why(tiny, policy):
    candidates = find_candidates(tiny, venues_of(("a", "090002", None, "planned")), policy)
    why = candidates.set_index("candidate_id")["why"]
    assert why["c-g1"] == "capoluogo del comune, 920 residenti"
    assert why["c-g2"] == "capoluogo del comune, 420 residenti; luogo noto: Luogo a (previsto)"
    english = find_candidates(tiny, VENUES.empty(), policy, lang="en").set_index("candidate_id")
    assert english["why"]["c-g1"] == "chief town of its municipality, 920 residents"


def test_a_venue_with_coordinates_stands_where_they_say(tiny, policy):
    first, second = tiny.places.iloc[0], tiny.places.iloc[1]
    near = venues_of(("a", "090001", "Nowhere", "active"))
    near = near.assign(lat=first["lat"] + 0.003, lon=first["lon"])
    candidates = find_candidates(tiny, near, policy)
    assert venue_at(candidates, "g1") == "Luogo a"
    assert len(candidates) == len(tiny.places)
    # Two venues at one spot, 2 km from a settlement: one candidate, the surer of the two.
    far = venues_of(("b", "090002", None, "unknown"), ("a", "090002", None, "active"))
    far = far.assign(lat=second["lat"] + 0.018, lon=[second["lon"], second["lon"] + 0.001])
    lone = find_candidates(tiny, far, policy).iloc[len(tiny.places) :]
    assert lone["candidate_id"].tolist() == ["v-a"]
    assert lone["why"].tolist() == ["luogo noto: Luogo a (attivo)"]
    assert lone["landmass"].tolist() == [0]


def test_small_settlements_are_left_out_only_where_the_policy_says_so(valley, policy):
    rules = replace(policy, candidates=replace(policy.candidates, least_residents=1000))
    # g100 has the residents of the first place, 920; chief towns stay whatever they hold.
    kept = find_candidates(valley, VENUES.empty(), rules)["candidate_id"].tolist()
    assert "c-g100" not in kept
    assert len(kept) == 12
    known = find_candidates(valley, venues_of(("a", "090001", "Sant'Agata", "active")), rules)
    assert "c-g100" in known["candidate_id"].tolist()


def test_own_candidates_are_added_once_and_excluded_ones_go(tiny, policy):
    first, third = tiny.places.iloc[0], tiny.places.iloc[2]
    own = own_of(
        ("circolo", "090001", first["lat"] + 0.001, first["lon"], None, "locale offerto"),
        ("mulino", "090003", third["lat"] + 0.02, third["lon"], None, None),
        ("c-g4", "090004", np.nan, np.nan, True, None),
        ("via", "090005", tiny.places["lat"][4], tiny.places["lon"][4], True, None),
    )
    own.loc[2, ["lat", "lon"]] = tiny.places.loc[3, ["lat", "lon"]].to_numpy(dtype=float)
    candidates = find_candidates(tiny, VENUES.empty(), policy, own)
    ids = candidates["candidate_id"].tolist()
    assert {"circolo", "mulino"} < set(ids)
    # The own one stands for the settlement it is near to; named and stood-on ones are gone.
    assert not {"c-g1", "c-g4", "c-g5", "via"} & set(ids)
    assert {"c-g2", "c-g3"} < set(ids)
    why = candidates.set_index("candidate_id")["why"]
    assert why["circolo"] == "proposta da chi pianifica; locale offerto"
    assert (candidates["cost_eur"] == 39_000).all()


def test_venues_that_stand_nowhere_are_told(tiny):
    venues = venues_of(("b", "090001", "Nowhere", "active"), ("a", "090001", None, "active"))
    assert venues_without_place(tiny, venues)["venue_id"].tolist() == ["b"]


def test_a_file_of_candidates_is_recognised_by_its_header(tuscany, tmp_path):
    file = tmp_path / "luoghi.csv"
    file.write_text(
        "candidate_id;istat_code;locality;venue;lat;lon;is_excluded\n"
        "pieve;045017;;Canonica;44,3560;9,7650;no\n"
        "mare;045017;;;43,5;9,0;\n"
        "c-g3164039;045017;;;;;sì\n",
        encoding="utf-8",
    )
    registry = read_registry(file, tuscany)
    assert registry.candidates["candidate_id"].tolist() == ["pieve", "c-g3164039"]
    assert registry.candidates["position_basis"].tolist() == ["given", "chief_town"]
    refused = registry.faults.query("is_refused")
    assert refused["problem"].str.contains("fuori da Zeri").tolist() == [True]
