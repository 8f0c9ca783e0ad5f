from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capillare.geo.errors import ConfigError
from capillare.geo.roads.rules import RULES_FILE, read_rules
from capillare.geo.roads.tags import speeds_of

RULES = read_rules()
SECONDARY, RESIDENTIAL = RULES.class_kph["secondary"], RULES.class_kph["residential"]


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({"highway": "secondary"}, SECONDARY, SECONDARY),
        ({"highway": "secondary", "oneway": "yes"}, SECONDARY, 0),
        ({"highway": "secondary", "oneway": "-1"}, 0, SECONDARY),
        ({"highway": "secondary", "oneway": "reversible"}, 0, 0),
        ({"highway": "motorway"}, 110, 0),
        ({"highway": "motorway", "oneway": "no"}, 110, 110),
        ({"highway": "residential", "junction": "roundabout"}, RESIDENTIAL, 0),
        ({"highway": "residential", "junction": "roundabout", "oneway": "-1"}, 0, RESIDENTIAL),
        ({"highway": "footway"}, 0, 0),
        ({"highway": "track"}, 0, 0),
        ({"building": "yes"}, 0, 0),
        ({"highway": "service", "service": "parking_aisle"}, 0, 0),
        ({"highway": "residential", "access": "private"}, 0, 0),
        ({"highway": "residential", "access": "destination"}, RESIDENTIAL, RESIDENTIAL),
        # The most particular key decides.
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, 25, 25),
        ({"highway": "residential", "access": "yes", "motorcar": "no"}, 0, 0),
        ({"highway": "secondary", "surface": "gravel"}, SECONDARY * 0.6, SECONDARY * 0.6),
    ],
)
def test_who_may_drive_which_way(tags: dict[str, str], forward: float, backward: float):
    assert speeds_of(tags, RULES) == pytest.approx((forward, backward))


def test_a_limit_wins_over_the_class_and_lifts_it_a_little():
    slow = {"highway": "secondary", "maxspeed": "30"}
    assert speeds_of(slow, RULES).forward_kph == pytest.approx(30 * 0.85)
    rural = {"highway": "residential", "maxspeed": "90"}
    assert speeds_of(rural, RULES).forward_kph == pytest.approx(RESIDENTIAL * 1.25)
    both = {"highway": "secondary", "maxspeed": "50", "maxspeed:backward": "30"}
    assert speeds_of(both, RULES) == pytest.approx((42.5, 25.5))
    odd = {"highway": "secondary", "maxspeed": "fast"}
    assert speeds_of(odd, RULES).forward_kph == SECONDARY


def test_ferries_only_if_asked_for_and_for_cars():
    ferry = {"route": "ferry", "motor_vehicle": "yes"}
    assert speeds_of(ferry, RULES) == (0, 0)
    with_ferries = replace(RULES, with_ferries=True)
    assert speeds_of(ferry, with_ferries) == (20, 20)
    assert speeds_of({"route": "ferry"}, with_ferries) == (0, 0)
    assert speeds_of({**ferry, "motorcar": "no"}, with_ferries) == (0, 0)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("maxspeed_share = 0.85", "maxspeed_share = -1", "maxspeed_share"),
        ("motorway = 110.0", 'motorway = "fast"', "class_kph"),
        ("with_ferries = false", "with_feries = false", "did you mean"),
        ("access_kph = 15.0", "access_kph =", "not a TOML file"),
    ],
)
def test_bad_speeds_are_refused(tmp_path: Path, before: str, after: str, sentence: str):
    text = RULES_FILE.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"(?i)mine.toml.*{sentence}|{sentence}"):
        read_rules(path)
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        read_rules(tmp_path / "absent.toml")


def test_the_checksum_follows_the_speeds_and_not_the_layout(tmp_path: Path):
    path = tmp_path / "same.toml"
    path.write_text("# mine\n" + RULES_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    assert read_rules(path).sha256 == RULES.sha256
    assert replace(RULES, access_kph=14.0).sha256 != RULES.sha256
