"""What an operator sets in the environment."""

from datetime import date
from pathlib import Path

import pytest

from capillare.geo.errors import ConfigError
from capillare.geo.server_travel import RoutingServer
from capillare.geo.travel_choice import TravelWishes
from capillare.planning.network import Inputs
from capillare.views.deployment import Deployment, as_environment, read_deployment


def test_nothing_set_is_the_package():
    assert read_deployment({}) == Deployment()
    assert read_deployment({"CAPILLARE_REGISTRY": "", "CAPILLARE_AS_OF": ""}) == Deployment()


def test_a_deployment_survives_the_environment(tmp_path):
    deployment = Deployment(
        region="11",
        as_of=date(2026, 3, 2),
        inputs=Inputs(registry=tmp_path / "r", policy=tmp_path / "p.toml", official=tmp_path),
        site=tmp_path / "sito",
        scenarios=tmp_path / "scenari",
        cors="https://pagine.example.it",
    )
    assert read_deployment(as_environment(deployment)) == deployment


def test_a_way_of_knowing_minutes_survives_the_environment(tmp_path):
    server = RoutingServer(url="http://roads.example/osrm", kind="osrm")
    wishes = TravelWishes(matrix=tmp_path / "m.csv", server=server, roads=tmp_path)
    deployment = Deployment(inputs=Inputs(travel=wishes))
    assert read_deployment(as_environment(deployment)) == deployment
    with pytest.raises(ConfigError, match="one without the other"):
        read_deployment({"CAPILLARE_ROUTING_URL": "http://roads.example"})


def test_relative_paths_are_made_absolute_for_the_child(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = as_environment(Deployment(site=Path("sito")))
    assert settings["CAPILLARE_SITE_DIR"] == str(tmp_path / "sito")


@pytest.mark.parametrize("text", ["ieri", "1999-01-01", "2026-02-30"])
def test_a_wrong_day_is_said(text):
    with pytest.raises(ConfigError, match=f"CAPILLARE_AS_OF={text}.*Write YYYY-MM-DD"):
        read_deployment({"CAPILLARE_AS_OF": text})


def test_scenarios_are_kept_in_the_user_s_own_folder_unless_said():
    assert Deployment().scenario_folder.parts[-2:] == ("capillare", "scenarios")
    assert Deployment(scenarios=Path("qui")).scenario_folder == Path("qui")
