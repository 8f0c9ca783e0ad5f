from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from capillare.geo.schema import FOUND_CANDIDATES, VENUES
from capillare.geo.sources.reference import read_table
from capillare.planning.candidates import find_candidates


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
