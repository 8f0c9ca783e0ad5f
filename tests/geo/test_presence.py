"""Who is present by month: nights of tourists over days, weight, places; unknown stays unknown."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from capillare.geo.errors import ConfigError, DataError, SourceError
from capillare.geo.presence import find_tourists, measure_presence, weight_sensitivity
from capillare.geo.presence.coast import sea_distance_km
from capillare.geo.presence.profiles import Character, estimate_profiles, profile_error
from capillare.geo.presence.spreading import spread_evenly
from capillare.geo.presence.tourists import tourist_weights
from capillare.geo.schema.seasons import TOURISM_TABLES
from capillare.geo.season_rules import PresenceRules
from capillare.geo.sources.reference import reference_file
from capillare.geo.sources.tourism import Tourism, read_tourism

OFFICIAL = Path(__file__).parents[2].parent / "shared" / "data" / "official"
DAYS_2024 = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def tourism_of(nights, months):
    """Make tourism by hand: ``{code: year's nights}`` and ``{code: twelve nights}``."""
    by_year = pd.DataFrame(
        [(code, 2024, None, figure) for code, figure in nights.items()],
        columns=["istat_code", "year", "arrivals", "nights"],
    ).astype({"arrivals": "Float64"})
    by_month = pd.DataFrame(
        [
            (code, 2024, month, figure, "known")
            for code, figures in months.items()
            for month, figure in enumerate(figures, start=1)
        ],
        columns=["istat_code", "year", "month", "nights", "tourism_basis"],
    )
    return Tourism(by_year, by_month, ())


@pytest.fixture(scope="module")
def tourism():
    return read_tourism()


@pytest.fixture(scope="module")
def presence(tuscany, tourism):
    return measure_presence(tuscany, tourism, PresenceRules())


# -- packaged tables


@pytest.mark.parametrize("table", TOURISM_TABLES, ids=lambda table: table.name)
def test_packaged_files_are_canonical(table):
    raw = reference_file(table).read_bytes()
    assert b"\r" not in raw
    rows = list(csv.reader(raw.decode("utf-8").splitlines()))
    assert rows[0] == table.names
    places = [table.names.index(name) for name in table.key]
    keys = [tuple(row[p].zfill(6) for p in places) for row in rows[1:]]
    assert keys == sorted(set(keys))
    assert all(row[table.names.index("source")] for row in rows[1:])


def test_months_sum_to_the_year_and_codes_are_tuscan(tourism, tuscany):
    summed = tourism.months.groupby("istat_code")["nights"].sum()
    year = tourism.nights.set_index("istat_code")["nights"]
    assert (len(year), len(summed)) == (267, 231)
    assert (summed == year.reindex(summed.index)).all()
    assert set(year.index) <= set(tuscany.municipalities["istat_code"])
    assert year["053006"] == pytest.approx(1.45e6, rel=0.05)  # Castiglione della Pescaia


def test_months_are_the_published_ones(tourism):
    file = OFFICIAL / "tourism_monthly_municipality.csv"
    if not file.is_file():
        pytest.skip("official files are not at hand")
    published = pd.read_csv(file, dtype={"istat_code": str})
    published = published[published["year"] == 2024]
    both = tourism.months.merge(published, on=["istat_code", "month"], validate="one_to_one")
    assert len(both) == len(published) == 231 * 12
    assert (both["nights_x"] == both["nights_y"]).all()


# -- closed form


def test_visitors_are_nights_over_days_times_adult_share_times_weight(tiny):
    nights = {"090001": 31 * 1000 * 12}
    months = {"090001": [31 * 1000] * 12}
    found = measure_presence(tiny, tourism_of(nights, months), PresenceRules(visitor_weight=0.25))
    rows = found.places[found.places["place_id"] == "g1"]
    per_day = 31 * 1000 / DAYS_2024
    wanted = np.floor(per_day * (900 / 920) * 0.25 + 0.5)
    assert rows["visitors"].tolist() == wanted.tolist()
    assert rows["present_people"].tolist() == (900 + wanted).tolist()
    assert rows["tourists_per_day"].to_numpy() == pytest.approx(per_day, abs=1e-4)
    assert set(rows["tourism_basis"]) == {"known"}


def test_unknown_is_unknown_never_zero(tiny):
    found = measure_presence(
        tiny, tourism_of({"090001": 12}, {"090001": [1] * 12}), PresenceRules()
    )
    others = found.places[found.places["place_id"] != "g1"]
    assert others["visitors"].isna().all()
    assert others["tourists_per_day"].isna().all()
    assert (others["present_people"] == others["adults"]).all()
    assert set(others["tourism_basis"]) == {"unknown"}
    assert len(found.codes("unknown")) == 11
    assert np.isnan(found.profile_error)


def test_a_year_without_months_takes_its_neighbours_profile(tiny):
    summer = [0, 0, 0, 0, 0, 100, 400, 400, 100, 0, 0, 0]
    months = {"090002": summer, "090003": summer}
    nights = {"090001": 5000, "090002": 1000, "090003": 1000}
    found = measure_presence(tiny, tourism_of(nights, months), PresenceRules())
    rows = found.places[found.places["place_id"] == "g1"]
    assert set(rows["tourism_basis"]) == {"estimated"}
    counted = rows["tourists_per_day"].to_numpy() * DAYS_2024
    assert counted == pytest.approx(np.array(summer) * 5, abs=0.01)


def test_a_year_of_no_nights_is_known_to_have_none(tiny):
    found = measure_presence(tiny, tourism_of({"090001": 0}, {"090001": [0] * 12}), PresenceRules())
    rows = found.places[found.places["place_id"] == "g1"]
    assert rows["visitors"].tolist() == [0] * 12


# -- properties


@given(
    total=st.integers(0, 60),
    weight=st.lists(st.floats(0.1, 50), min_size=1, max_size=5),
)
def test_people_spread_are_conserved_and_follow_sainte_lague(total, weight):
    weight = np.round(np.array(weight), 3)
    group = np.zeros(weight.size, dtype=np.int64)
    spread = spread_evenly(np.array([total]), weight, group)
    assert spread.sum() == total
    one_by_one = np.zeros(weight.size, dtype=np.int64)
    for _ in range(total):
        one_by_one[np.argmax(np.round(weight / (2 * one_by_one + 1), 9))] += 1
    # Ties may fall otherwise: the worst-off place is as well off.
    assert np.min((2 * spread + 1) / weight) >= np.min((2 * one_by_one + 1) / weight) - 1e-6
    more = spread_evenly(np.array([total + 1]), weight, group)
    assert (more >= spread).all()


@budget(max_examples=8)
@given(low=st.floats(0, 0.99), high=st.floats(0, 0.99), nights=st.integers(0, 10**6))
def test_more_weight_never_means_fewer_people(tiny_of_two, low, high, nights):
    low, high = sorted((low, high))
    tourism = tourism_of({"090001": 12 * nights}, {"090001": [nights] * 12})
    few, many = (
        measure_presence(tiny_of_two, tourism, PresenceRules(visitor_weight=weight))
        for weight in (low, high)
    )
    assert (many.present_people >= few.present_people).all()


@pytest.fixture(scope="module")
def tiny_of_two(tiny):
    """One municipality with three places of different sizes."""
    from dataclasses import replace

    towns = tiny.municipalities.iloc[:1].copy()
    places = tiny.places.iloc[:3].copy()
    places["istat_code"] = "090001"
    places["adults"] = [600, 250, 50]
    return replace(tiny, municipalities=towns, places=places)


def test_places_sum_to_their_municipality(presence, tuscany):
    places = presence.places.merge(
        presence.municipalities, on=["istat_code", "month"], suffixes=("", "_town")
    )
    summed = places.groupby(["istat_code", "month"]).agg(
        people=("present_people", "sum"), town=("present_people_town", "first")
    )
    assert (summed["people"] == summed["town"]).all()
    january = presence.municipalities[presence.municipalities["month"] == 1]
    assert january["adults"].sum() == tuscany.municipalities["adults"].sum()
    assert (presence.places["present_people"] >= presence.places["adults"]).all()


def test_row_order_of_tourism_does_not_matter(tuscany, tourism, presence):
    shuffled = Tourism(
        tourism.nights.sample(frac=1, random_state=3),
        tourism.months.sample(frac=1, random_state=4),
        (),
    )
    again = measure_presence(tuscany, shuffled, PresenceRules())
    pd.testing.assert_frame_equal(again.places, presence.places)


# -- real Tuscany


def test_every_municipality_says_where_its_months_come_from(presence):
    bases = ("known", "estimated", "unknown", "given")
    assert [len(presence.codes(basis)) for basis in bases] == [231, 36, 6, 0]


def test_the_coast_swells_in_august_and_the_mountain_in_winter(presence):
    visitors = presence.municipalities.pivot_table(
        index="istat_code", columns="month", values="visitors"
    )
    assert visitors.loc["053006"].argmax() + 1 == 8
    assert visitors.loc["053006", 8] > 0.3 * 6360  # weighed tourists a day on 6,360 adults
    assert visitors.loc["047023", 2] > 3 * visitors.loc["047023", 5]  # Abetone: snow


def test_coastal_hamlets_take_more_than_their_share(presence, tuscany):
    august = presence.places[presence.places["month"] == 8].set_index("place_id")
    names = tuscany.places.set_index("place_id")
    grosseto = names.index[names["istat_code"] == "053011"]
    shore = names.index[names["place"] == "Marina di Grosseto"][0]
    of_tourists = august.loc[shore, "visitors"] / august.loc[grosseto, "visitors"].sum()
    of_adults = august.loc[shore, "adults"] / august.loc[grosseto, "adults"].sum()
    assert of_tourists > 8 * of_adults


def test_size_alone_spreads_where_no_coast_is_asked_for(tuscany):
    rules = PresenceRules(size_exponent=1, coast_factor=0)
    weight = tourist_weights(tuscany.places, rules)
    assert weight == pytest.approx(np.maximum(tuscany.places["adults"], 1))


def test_the_profile_error_is_what_leaving_out_gives(presence):
    assert 0.07 < presence.profile_error < 0.10


def test_estimating_beats_the_regional_profile(tuscany, tourism):
    months = tourism.months.pivot_table(index="istat_code", columns="month", values="nights")
    shares = months.div(months.sum(axis=1), axis=0).to_numpy()
    regional = months.sum().to_numpy() / months.to_numpy().sum()
    plain = 0.5 * np.abs(shares - regional).sum(axis=1).mean()
    assert measure_presence(tuscany, tourism, PresenceRules()).profile_error < 0.75 * plain


def test_sensitivity_lists_the_weights_ascending(tuscany, tourism):
    shown = weight_sensitivity(find_tourists(tuscany, tourism, PresenceRules()), PresenceRules())
    assert shown["visitor_weight"].tolist() == [0.1, 0.2, 0.4]
    assert shown["visitors"].is_monotonic_increasing
    assert shown["visitors"].iloc[2] == pytest.approx(4 * shown["visitors"].iloc[0], rel=0.01)


def test_the_sea_is_near_castiglione_and_far_from_florence():
    km = sea_distance_km(np.array([42.7631, 43.7793, 43.9]), np.array([10.8794, 11.2463, 10.2]))
    assert km[0] < 1.5
    assert km[1] == pytest.approx(78, abs=6)  # from the Cascine to Marina di Pisa


def test_a_border_in_the_mountains_is_no_shore():
    assert np.isinf(sea_distance_km(np.array([46.4983]), np.array([11.3548]))).all()  # Bolzano
    assert sea_distance_km(np.empty(0), np.empty(0)).size == 0


# -- profiles


def character(n, **changed):
    fields = {
        "xy_km": np.zeros((n, 2)),
        "sea_km": np.full(n, 5.0),
        "altitude_m": np.full(n, 100.0),
        "stay_nights": np.full(n, 3.0),
        "nights": np.full(n, 1000.0),
    }
    return Character(**(fields | changed))


def test_the_more_alike_weighs_more():
    known = character(2, altitude_m=np.array([100.0, 1300.0]))
    shares = np.eye(12)[[0, 7]]
    estimated = estimate_profiles(character(1), known, shares)[0]
    assert estimated.sum() == pytest.approx(1)
    assert estimated[0] == pytest.approx((1 / 0.2) / (1 / 0.2 + 1 / 2.2))  # 1200 m are 2


def test_alike_municipalities_leave_no_error():
    shares = np.tile(np.full(12, 1 / 12), (5, 1))
    assert profile_error(character(5), shares) == pytest.approx(0)


def test_a_stay_that_is_not_known_tells_nothing():
    known = character(2, stay_nights=np.array([3.0, np.nan]))
    estimated = estimate_profiles(character(1), known, np.eye(12)[[0, 7]])[0]
    assert estimated[0] == estimated[7] == pytest.approx(0.5)


def test_nobody_known_is_nothing_estimated():
    assert np.isnan(estimate_profiles(character(1), character(0), np.empty((0, 12)))).all()


# -- a user's own tables

HEADER = "istat_code,year,month,nights\n"
WHOLE = "".join(f"048017,2025,{month},{month * 10}\n" for month in range(1, 13))


def test_a_users_months_win_over_the_packaged_ones(tmp_path, tuscany):
    (tmp_path / "tourism_months.csv").write_text(HEADER + WHOLE)
    given_ = read_tourism(tmp_path)
    assert given_.nights.set_index("istat_code").loc["048017", ["year", "nights"]].tolist() == [
        2025,
        780,
    ]
    found = measure_presence(tuscany, given_, PresenceRules())
    assert found.codes("given") == ["048017"]
    assert len(given_.records) == 3


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("tourism_months.csv", HEADER + WHOLE[:-20], "some months of the year are not there"),
        ("tourism_months.csv", HEADER + WHOLE.replace(",120", ",-120"), "below 0"),
        ("tourism_months.csv", HEADER + WHOLE.replace("2025,12,", "2025,13,"), "above 12"),
        ("tourism_months.csv", HEADER + WHOLE + "048017,2025,12,1\n", "repeated"),
        ("tourism_months.csv", "istat_code,month\n", "no column"),
        ("tourism_nights.csv", "istat_code,year,nights\n048017,2025,many\n", "not a whole number"),
        ("tourism_nights.csv", "istat_code,year,nights\n048017,2025,10.5\n", "not a whole number"),
        ("tourism_nights.csv", "istat_code,year,nights\n48017,2025,10\n", "not like"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path, name, content, sentence):
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=sentence):
        read_tourism(tmp_path)


def test_a_year_must_be_the_sum_of_its_months(tmp_path):
    (tmp_path / "tourism_months.csv").write_text(HEADER + WHOLE)
    (tmp_path / "tourism_nights.csv").write_text("istat_code,year,nights\n048017,2025,781\n")
    with pytest.raises(DataError, match="not the sum of its months"):
        read_tourism(tmp_path)


def test_a_folder_that_is_none_is_said(tmp_path):
    with pytest.raises(SourceError, match="is not a folder"):
        read_tourism(tmp_path / "absent")


@pytest.mark.parametrize("weight", [-0.1, 1.0, 2.0])
def test_a_tourist_weighs_less_than_a_resident(weight):
    with pytest.raises(ConfigError, match="visitor_weight"):
        PresenceRules(visitor_weight=weight)
