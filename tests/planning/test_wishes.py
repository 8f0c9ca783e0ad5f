from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given

from capillare.commands.wishes import WISHES, wishes_given
from capillare.geo.errors import ConfigError
from capillare.planning.scenario import Scenario, parse_scenario, write_toml
from capillare.planning.siting.wishes import (
    OBJECTIVES,
    AtLeast,
    SitingWishes,
    read_sites,
    sites_as_toml,
)
from tests.planning.wished import WISHED


@given(WISHED)
def test_wishes_survive_their_file(wishes):
    text = sites_as_toml(wishes)
    assert read_sites(tomllib.loads(text).get("sites", {}), where="x") == wishes
    scenario = Scenario(as_of=date(2025, 6, 30), sites=wishes, title="Prova")
    assert Scenario(**parse_scenario(write_toml(scenario).encode(), "s.toml")) == scenario


def test_what_is_not_said_is_the_default():
    assert sites_as_toml(SitingWishes()) == ""
    assert read_sites({}, where="x") == SitingWishes()
    assert SitingWishes().is_plain_covering


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"objective": "coverag"}, "did you mean 'coverage'"),
        ({"objective": []}, "is empty"),
        ({"objective": ["minutes", "minutes"]}, "given twice"),
        ({"objective": "fewest"}, "nothing is asked for"),
        ({"inner_shar": 1}, "inner_share"),
        ({"people": "children"}, "adults, over65, mix"),
        ({"cover_share": 1.5, "max_min": -3}, r"cover_share: 1.5 .*max_min: -3"),
        ({"require": ["a"], "exclude": ["a"], "close_desks": 1}, r"a in both.*no desk is closable"),
        ({"movable": ["a"], "closable": ["a"]}, "movable and closable: a in both"),
        ({"movable": "all", "closable": "a"}, "none is left to close"),
        ({"over65_weight": 3}, "only mix weighs them"),
        ({"objective": "coverage", "tolerance_share": 0.1}, "one objective only"),
        ({"exclude": [" a"]}, "is not a name"),
        ({"branches": 1}, "not a bool"),
        ({"at_least": [{"area": "Arezzo"}]}, "missing n_sites"),
        ({"at_least": [{"area": "Arezzo", "n_sites": 0}]}, "1 or more|within 1"),
        (
            {"at_least": [{"area": "A", "n_sites": 1}, {"area": "a", "n_sites": 2}]},
            "'a' is given twice",
        ),
        (7, "not a table"),
    ],
)
def test_faults_are_said_all_at_once(entries, sentence):
    with pytest.raises(ConfigError, match=sentence):
        read_sites(entries, where="scenario mine.toml [sites]")


def test_a_scenario_file_names_its_table():
    with pytest.raises(ConfigError, match=r"scenario s.toml \[sites\]: unknown key 'objectiv'"):
        parse_scenario(b"as_of = 2025-06-30\n[sites]\nobjectiv = 3\n", "s.toml")
    with pytest.raises(ConfigError, match="sites = 3 is not a table"):
        parse_scenario(b"sites = 3\n", "s.toml")


def test_options_win_over_the_file_and_speak_the_analysts_language():
    base = SitingWishes(objective=("worst",), branches=True, exclude=("a",))
    given_ = {"objective": "mclp,p-median", "exclude": ["b, c", "d"], "at_least": ["Arezzo=2"]}
    wishes = wishes_given(base, given_)
    assert wishes.objective == ("coverage", "minutes")
    assert wishes.exclude == ("b", "c", "d")
    assert wishes.at_least == (AtLeast("Arezzo", 2),)
    assert wishes.branches
    assert wishes_given(None, {}) == SitingWishes()
    with pytest.raises(ConfigError, match="not like Arezzo=2"):
        wishes_given(None, {"at_least": ["Arezzo"]})


def test_every_wish_has_an_option():
    from dataclasses import fields

    assert {f.name for f in fields(SitingWishes)} == set(WISHES)
    assert set(OBJECTIVES) == {"coverage", "minutes", "worst", "fewest", "cost"}
