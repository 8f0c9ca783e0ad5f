"""Territories that tests share: the real Tuscany, and twelve municipalities checked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import settings as hypothesis_settings

from capillare.geo.places import FILE_CRS, METRIC_CRS, Territory
from capillare.geo.population import read_territory
from capillare.geo.schema import MUNICIPALITIES, PLACES
from capillare.geo.settings import Policy, read_policy
from capillare.planning.plan import Plan, draw_plan
from capillare.planning.scenario import Scenario

# A busy machine is no fault of the code: timings never decide a test. The same cases every time:
# a check that passed yesterday fails today only if the code changed. To look for new ones:
# pytest --hypothesis-profile=explore
hypothesis_settings.register_profile("capillare", deadline=None, derandomize=True)
hypothesis_settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis_settings.load_profile("capillare")

BROWSERS = "tests/browser/"
STEP_M = 10_000.0
CORNER_M = (650_000.0, 4_800_000.0)
COLUMNS = 4
TINY_ADULTS = (900, 400, 50, 1000, 100, 300, 200, 20, 700, 80, 60, 10)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Give a file to one process, and all that open a browser to the first.

    Browsers and planners wait more than they work: another process computes meanwhile, and they
    are not in each other's way. Chromium starts once, and what they look at is built once.
    """
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class OneBrowserAtATime(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSERS if nodeid.startswith(BROWSERS) else super()._split_scope(nodeid)

    return OneBrowserAtATime(config, log)


@pytest.fixture(scope="session", autouse=True)
def _no_roads_of_anybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the person who runs the tests has built must not change their minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAPILLARE_ROADS_DIR", str(tmp_path_factory.mktemp("roads")))
        yield


@pytest.fixture(scope="session")
def tuscany() -> Territory:
    return read_territory("09")


@pytest.fixture(scope="session")
def policy() -> Policy:
    return read_policy()


@pytest.fixture(scope="session")
def tiny() -> Territory:
    """Twelve squares of 10 km, four a row from the south-west, one place in the middle of each.

    Codes 090001 to 090012; adults as in TINY_ADULTS, residents 20 more, a quarter over 65. The
    last municipality is an island: landmass 1.
    """
    n = len(TINY_ADULTS)
    west = CORNER_M[0] + STEP_M * (np.arange(n) % COLUMNS)
    south = CORNER_M[1] + STEP_M * (np.arange(n) // COLUMNS)
    squares = gpd.GeoSeries(shapely.box(west, south, west + STEP_M, south + STEP_M), crs=METRIC_CRS)
    middles = squares.centroid.to_crs(FILE_CRS)
    adults = np.array(TINY_ADULTS)
    codes = [f"090{number:03d}" for number in range(1, n + 1)]
    names = [f"Comune {number}" for number in range(1, n + 1)]
    people = {"residents": adults + 20, "adults": adults, "over65": adults // 4}
    municipalities = gpd.GeoDataFrame(
        {
            "istat_code": codes,
            "municipality": names,
            "province": "Provincia",
            "province_short": "PV",
            "region_code": "09",
            "region": "Regione",
            **people,
            "chief_town": names,
            "chief_town_basis": "name",
            "lat": middles.y,
            "lon": middles.x,
        },
        geometry=squares.to_crs(FILE_CRS),
    )
    places = pd.DataFrame(
        {
            "place_id": [f"g{number}" for number in range(1, n + 1)],
            "istat_code": codes,
            "place": names,
            "lat": middles.y,
            "lon": middles.x,
            "is_chief_town": True,
            **people,
            "landmass": [0] * (n - 1) + [1],
            "other_names": "",
        }
    )
    return Territory("09", MUNICIPALITIES.check(municipalities), PLACES.check(places))


@pytest.fixture(scope="session")
def tuscan_plan() -> Plan:
    """The real plan of Tuscany on a day of the first campaign."""
    return draw_plan(Scenario(as_of=date(2025, 6, 30)))
