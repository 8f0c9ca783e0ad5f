"""The scenario in the page's address."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.planning.scenario import Scenario
from capillare.planning.siting.wishes import AtLeast, SitingWishes
from capillare.views.address import MOST_SITES, query_of, scenario_from
from capillare.views.deployment import EARLIEST, LATEST

DEFAULT = Scenario(as_of=date(2026, 3, 2))
SCENARIOS = st.builds(
    Scenario,
    as_of=st.dates(EARLIEST, LATEST),
    networks=st.sampled_from(["pdf", "all"]),
    new_sites=st.integers(0, MOST_SITES),
    budget_eur=st.none() | st.integers(0, 10_000_000).map(float),
)


def test_an_address_that_says_nothing_is_the_default():
    assert scenario_from({}, DEFAULT) == (DEFAULT, [])
    assert query_of(DEFAULT, DEFAULT) == {}


@given(SCENARIOS)
def test_an_address_leads_back_to_its_scenario(scenario):
    query = query_of(scenario, DEFAULT)
    assert scenario_from(query, DEFAULT) == (scenario, [])


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
