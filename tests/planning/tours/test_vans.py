from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from capillare.geo.errors import ConfigError, DataError, InfeasibleError
from capillare.geo.places import Territory
from capillare.geo.settings import Policy
from capillare.geo.travel import EstimatedTravel, read_estimate
from capillare.planning.scenario import Scenario, read_scenario, write_toml
from capillare.planning.tours.crews import default_vans, placed_vans
from capillare.planning.tours.dates import Horizon
from capillare.planning.tours.ground import NO_WAY, find_market_days, lay_ground
from capillare.planning.tours.vans import Van, read_vans, vans_frame
from tests.planning.tours.small import no_markets, van
from tests.publish.conftest import make_desks

TRAVEL = EstimatedTravel(minutes_at_1_km=4.0, exponent=0.8)
QUIET = Horizon(date(2026, 2, 2))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"min_stay_min": 200.0}, "pass the longest stay of 180"),
        ({"min_stay_min": 600.0, "max_stay_min": 700.0}, "longer than the shift of 540"),
        ({"days_off": "2026-02-31"}, r"'2026-02-31' is not a day of the calendar"),
        ({"weekdays": "Mo-Xx"}, r"weekdays 'Mo-Xx': cannot be read"),
        ({"weekdays": ""}, "has no weekday"),
        ({"shift_start": "18:00"}, "shift_end 17:00 is not after shift_start 18:00"),
        ({"shift_end": "25:00"}, "shift_end '25:00' is no time of day"),
        ({"break_end": "12:00"}, "break_end 12:00 is not after break_start 13:00"),
        ({"lat": None}, "lat and lon go together"),
        ({"lat": None, "lon": None}, "neither a base"),
        ({"weekly_hours": 4.0}, "under the shortest stay of 60"),
        (
            {"ferry_days": "We"},
            "ferry_days without port_lat, port_lon, landing_lat, landing_lon, ferry_min",
        ),
        ({"setup_min": float("nan")}, "setup_min nan is no usable number"),
        ({"setup_min": -5.0}, "setup_min -5.0 is no usable number"),
        ({"weekdays": 5}, "weekdays 5 is no text"),
        ({"note": "a\x00b"}, "cannot be printed"),
    ],
)
def test_a_van_that_cannot_work_is_refused(changes, sentence):
    with pytest.raises(ConfigError, match=rf"van 'v1'.*{sentence}"):
        van(**changes)


def test_all_faults_of_a_van_are_said_at_once():
    with pytest.raises(
        ConfigError, match=r"open_to 08:00 is not after.*days_off.*pass the longest"
    ):
        van(open_to="08:00", days_off="1 maggio", max_stay_min=60.0)


@pytest.mark.parametrize(
    ("text", "fault", "sentence"),
    [
        ("van,lat,lon\nuno,43.5,11\nuno,43.6,11\n", DataError, "van repeated, 1 row .line 3"),
        (
            "van,lat,lon,days_off\nuno,43.5,11,2026-02-31\ndue,43.5,11,x\n",
            ConfigError,
            "2026-02-31.*'x'",
        ),
        ("van,lat,lon\nuno,abc,11\n", DataError, "lat is not a number"),
        ("nome,lat\nuno,43\n", DataError, "no column van"),
        (
            "van,lat,lon,setup_min\nuno,43.5,11,-3\n",
            DataError,
            "setup_min is not a number of at least 0, 1 row .line 2",
        ),
    ],
)
def test_a_bad_file_of_vans_is_refused_by_line_or_van(tmp_path: Path, text, fault, sentence):
    path = tmp_path / "vans.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(fault, match=sentence):
        read_vans(path)


def test_a_file_of_vans_is_read_with_decimal_commas_and_italian_days(tmp_path: Path):
    path = tmp_path / "furgoni.csv"
    path.write_text(
        "van;lat;lon;weekdays;weekly_hours\nuno;43,5;11,1;lun-mer;12,5\n", encoding="utf-8"
    )
    (found,) = read_vans(path)
    assert (found.lat, found.working_days, found.weekly_hours) == (43.5, (0, 1, 2), 12.5)
    assert vans_frame((found,))["van"].tolist() == ["uno"]


def test_a_scenario_with_vans_survives_its_file(tmp_path: Path):
    vans = (
        van("uno", note='detto "il rosso"'),
        van(
            "due",
            ferry_days="We",
            port_lat=42.9,
            port_lon=10.5,
            landing_lat=42.8,
            landing_lon=10.3,
            ferry_min=75.0,
        ),
    )
    for asked in (3, vans):
        scenario = Scenario(as_of=date(2026, 1, 1), vans=asked, title="prova")
        path = tmp_path / "s.toml"
        path.write_text(write_toml(scenario), encoding="utf-8")
        assert Scenario(**read_scenario(path)) == scenario


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("vans = -1\n", "vans -1 is not within 0 and"),
        (
            '[[vans]]\nvan = "a"\nlat = 43.5\nlon = 11.0\n[[vans]]\nvan = "a"\nlat = 43.5\nlon = 11.0\n',
            "two vans are called 'a'",
        ),
        ('[[vans]]\nvan = "a"\nlatt = 43.5\n', "no column latt"),
        ("[[vans]]\nlat = 43.5\n", "van has no name"),
    ],
)
def test_bad_vans_of_a_scenario_are_refused(tmp_path: Path, text, sentence):
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=sentence):
        Scenario(as_of=date(2026, 1, 1), **read_scenario(path))


def base_of(territory: Territory, row: int) -> dict[str, float]:
    place = territory.places.iloc[row]
    return {"lat": float(place["lat"]), "lon": float(place["lon"])}


def ground_of(territory: Territory, policy: Policy, vans, is_unserved=None):
    desks = make_desks(territory, ["Uno", "Due", "Tre"])
    vans, bases = placed_vans(tuple(vans), desks, territory)
    unserved = np.ones(len(territory.places), dtype=bool) if is_unserved is None else is_unserved
    return lay_ground(
        territory,
        unserved,
        TRAVEL,
        vans,
        bases=bases,
        markets=no_markets(),
        horizon=QUIET,
        within_min=policy.reach.within_min,
    )


def test_bases_outside_the_region_and_unknown_points_are_named_together(
    tiny: Territory, policy: Policy
):
    with pytest.raises(
        ConfigError, match=r"no point 'nessuno'.*base 45.0, 9.0 is outside the region"
    ):
        ground_of(tiny, policy, [Van(van="a", point_id="nessuno"), van("b", lat=45.0, lon=9.0)])


def test_a_van_of_a_point_stands_at_its_main_seat(tiny: Territory, policy: Policy):
    ground = ground_of(tiny, policy, [Van(van="a", point_id="point-1")])
    assert ground.bases[["lat", "lon"]].iloc[0].tolist() == pytest.approx(
        list(base_of(tiny, 0).values())
    )


def test_where_no_stop_can_be_reached_it_says_why(tiny: Territory, policy: Policy):
    is_island = (tiny.places["landmass"] == 1).to_numpy()
    with pytest.raises(InfeasibleError, match=r"can be reached by road.*ferry day"):
        ground_of(tiny, policy, [van(**base_of(tiny, 0))], is_island)
    far = tiny.places["place_id"].eq("g11").to_numpy()
    with pytest.raises(InfeasibleError, match="does not fit a shift of 100"):
        ground_of(
            tiny, policy, [van(**base_of(tiny, 0), shift_start="09:00", shift_end="10:40")], far
        )
    with pytest.raises(InfeasibleError, match="every place has a desk"):
        ground_of(tiny, policy, [van(**base_of(tiny, 0))], np.zeros(len(tiny.places), dtype=bool))


def test_an_island_is_served_on_ferry_days_alone(tuscany: Territory, policy: Policy):
    """Elba from Piombino: ten minutes to the port, an hour at sea."""
    ferry = van(
        "f",
        lat=42.925,
        lon=10.526,
        ferry_days="We",
        port_lat=42.934,
        port_lon=10.545,
        landing_lat=42.8125,
        landing_lon=10.327,
        ferry_min=60.0,
    )
    towns = ["049012", "049013", "049014"]  # Piombino, Porto Azzurro, Portoferraio
    unserved = tuscany.places["istat_code"].isin(towns).to_numpy()
    travel, _ = read_estimate("09")
    vans, bases = placed_vans((ferry,), make_desks(tuscany, ["Uno"]), tuscany)
    ground = lay_ground(
        tuscany,
        unserved,
        travel,
        vans,
        bases=bases,
        markets=no_markets(),
        horizon=QUIET,
        within_min=policy.reach.within_min,
    )
    plain, boat = ground.crews
    assert (plain.weekdays, boat.weekdays) == ((0, 1, 3, 4), (2,))
    is_elba = ground.stops["istat_code"].isin(towns[1:]).to_numpy()
    assert (ground.out[0][is_elba] == NO_WAY).all()
    assert (ground.out[0][~is_elba] < 60).all()
    assert ((ground.out[1][is_elba] >= 60) & (ground.out[1][is_elba] < 120)).all()
    assert (ground.out[1][~is_elba] == NO_WAY).all()


def test_default_vans_are_nested_and_near_people(tiny: Territory):
    desks = make_desks(tiny, ["Uno", "Due", "Tre"]).assign(point_id=["p1", "p2", "p3"], kind="main")
    unserved = ~tiny.places["place_id"].isin(["g1", "g2", "g3"]).to_numpy()
    few = default_vans(2, desks, tiny.places, unserved, TRAVEL)
    many = default_vans(5, desks, tiny.places, unserved, TRAVEL)
    assert many[:2] == few
    assert {v.point_id for v in many[:3]} == {"p1", "p2", "p3"}
    with pytest.raises(InfeasibleError, match="--vans 1: of 0 seats"):
        default_vans(1, desks.iloc[:0], tiny.places, unserved, TRAVEL)


def test_markets_stand_in_the_hamlet_they_name_else_in_the_chief_town(tuscany: Territory):
    from capillare.geo.schema import WEEKLY_MARKETS
    from capillare.geo.sources.reference import read_table

    markets = read_table(WEEKLY_MARKETS)
    assert len(markets) == 101
    days = find_market_days(tuscany.places, markets)

    def of(code, place):
        is_it = (tuscany.places["istat_code"] == code) & (tuscany.places["place"] == place)
        row = np.flatnonzero(is_it)[0]
        return np.flatnonzero(days[row]).tolist()

    assert of("046003", "Barga") == [5]
    assert of("046003", "Fornaci di Barga") == [4]
    assert of("053004", "Castel del Piano") == []  # the first Wednesday of the month only
