"""The scenario in the page's address."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.planning.scenario import Scenario
from capillare.planning.siting.wishes import AtLeast, SitingWishes
from capillare.planning.tours.vans import Van
from capillare.views.address import (
    MOST_SITES,
    SETTINGS,
    fits_address,
    query_of,
    scenario_from,
)
from capillare.views.deployment import EARLIEST, LATEST

WISHES = {field.name for field in fields(SitingWishes)}
DEFAULT = Scenario(as_of=date(2026, 3, 2))
SCENARIOS = st.builds(
    Scenario,
    as_of=st.dates(EARLIEST, LATEST),
    networks=st.sampled_from(["pdf", "all"]),
    new_sites=st.integers(0, MOST_SITES),
    budget_eur=st.none() | st.integers(0, 10_000_000).map(float),
    within_min=st.none() | st.floats(0.5, 240),
    seasons=st.booleans(),
    effort=st.sampled_from(["quick", "normal", "best"]),
    lang=st.sampled_from(["it", "en"]),
    vans=st.integers(0, 12),
    title=st.text(max_size=80).filter(str.isprintable),
)


def test_an_address_that_says_nothing_is_the_default():
    assert scenario_from({}, DEFAULT) == (DEFAULT, [])
    assert query_of(DEFAULT, DEFAULT) == {}


@given(SCENARIOS)
def test_an_address_leads_back_to_its_scenario(scenario):
    query = query_of(scenario, DEFAULT)
    assert scenario_from(query, DEFAULT) == (scenario, [])
    assert fits_address(scenario, DEFAULT)


@pytest.mark.parametrize(
    "more",
    [
        {"vans": (Van(van="Blu", lat=43.7, lon=11.2),)},
        {"new_sites": 200},
        {"budget_eur": 1e9},
        {"vans": 30},
    ],
)
def test_what_no_address_holds_is_known(more):
    assert not fits_address(replace(DEFAULT, **more), DEFAULT)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data", "ieri"),
        ("data", "2026-13-01"),
        ("data", "0001-01-01"),
        ("data", ""),
        ("reti", "nessuna"),
        ("sedi", "-1"),
        ("sedi", "61"),
        ("sedi", "venti"),
        ("sedi", "9" * 5000),
        ("budget", "nan"),
        ("budget", "-5"),
        ("budget", "inf"),
        ("budget", "1e300"),
        ("reti", "<script>alert(1)</script>"),
        ("richieste", "[" * 1_999),
        ("richieste", '{"max_min": NaN}'),
        ("richieste", "3"),
        ("entro", "nan"),
        ("furgoni", "\x00"),
        ("stagioni", "forse"),
        ("ricerca", "infinita"),
        ("lingua", "fr"),
        ("titolo", "a\nb"),
        ("titolo", "x" * 81),
    ],
)
def test_nonsense_is_named_and_ignored(name, text):
    scenario, ignored = scenario_from(
        {name: text, "sedi": text if name == "sedi" else "7"}, DEFAULT
    )
    assert scenario.as_of == DEFAULT.as_of
    assert scenario.networks == "pdf"
    assert scenario.budget_eur is None
    assert scenario.new_sites == (20 if name == "sedi" else 7)
    assert len(ignored) == 1
    assert f"«{name}=" in ignored[0]
    assert len(ignored[0]) < 200


def test_names_of_others_are_passed_over():
    assert scenario_from({"utm_source": "x", "region": "99"}, DEFAULT) == (DEFAULT, [])


def test_wishes_travel_in_the_address_and_nonsense_is_told():
    plain = Scenario(as_of=date(2026, 3, 2))
    wished = replace(
        plain,
        sites=SitingWishes(
            objective=("worst",), exclude=("049009",), at_least=(AtLeast("Arezzo", 2),)
        ),
    )
    query = query_of(wished, plain)
    assert set(query) == {"richieste"}
    assert scenario_from(query, plain) == (wished, [])
    for text in ("{", "[]", '{"objective": "nothing"}', "x" * 3000):
        scenario, ignored = scenario_from({"richieste": text}, plain)
        assert scenario == plain
        assert len(ignored) == 1


TYPED = st.one_of(
    st.text(max_size=60),
    st.text(alphabet='[]{}":,0123456789.eE-+ naNifst', max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(sorted(WISHES)) | st.text(max_size=5), inner)
        ),
        max_leaves=8,
    ).map(json.dumps),
    st.floats().map(repr),
    st.dates().map(str),
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from([*SETTINGS, "altro", "data "]), TYPED))
def test_whatever_an_address_says_it_gives_a_scenario_and_sentences(query):
    scenario, ignored = scenario_from(query, DEFAULT)
    assert isinstance(scenario, Scenario)
    assert EARLIEST <= scenario.as_of <= LATEST
    assert len(ignored) <= len(query)
    assert all(len(sentence) < 300 for sentence in ignored)
    # What was understood can be shared again, and says the same.
    again, nothing = scenario_from(query_of(scenario, DEFAULT), DEFAULT)
    assert not nothing
    assert again.as_of == scenario.as_of
    assert again.sites == scenario.sites
