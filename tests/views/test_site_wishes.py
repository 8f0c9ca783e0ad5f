"""Every wish can be said in the page's form, and what the form shows is what it sends back."""

import json
from dataclasses import asdict, fields, replace
from datetime import date

import pytest
from hypothesis import given
from streamlit.testing.v1 import AppTest

from capillare.planning.scenario import Scenario
from capillare.planning.siting.wish_words import tell_wishes
from capillare.planning.siting.wishes import AtLeast, SitingWishes
from capillare.views.address import query_of, scenario_from
from tests.planning.wished import WISHED

DEFAULT = Scenario(as_of=date(2026, 3, 2))
FORM = """
from datetime import date
import json
import streamlit as st
from capillare.planning.network import Inputs
from capillare.planning.scenario import Scenario
from capillare.views import site_wishes
from capillare.views.cached import network_of
from capillare.views.deployment import Deployment
from capillare.views.session import current, open_session
from capillare.views.site_wishes import show_wishes

session = open_session(Deployment(as_of=date(2026, 3, 2), region="09", inputs=Inputs()))
show_wishes(network_of(session.scenario, session.inputs), "sites")
"""
EVERYTHING = SitingWishes(
    objective=("worst", "coverage", "minutes", "fewest", "cost"),
    tolerance_share=0.055,
    people="mix",
    over65_weight=3.5,
    branches=True,
    closable=("arcidosso-salaiola",),
    movable=("arcidosso-stribugliano", "arcidosso-nido-di-fate"),
    close_desks=1,
    capacity=True,
    honour_targets=True,
    cover_share=1 / 3,
    inner_share=0.9,
    max_min=45.0,
    per_province=1,
    per_union=2,
    at_least=(AtLeast("Arezzo", 2), AtLeast("Unione Valdera", 1)),
    exclude=("048017", "c-g3171585"),
    require=("051002",),
    spacing_min=5.0,
    spacing_km=2.5,
    tradeoffs=True,
)


def open_form(wishes: SitingWishes) -> AppTest:
    app = AppTest.from_string(FORM, default_timeout=120)
    for name, text in query_of(replace(DEFAULT, sites=wishes), DEFAULT).items():
        app.query_params[name] = text
    app.run()
    assert not app.exception
    return app


def wished(app: AppTest) -> SitingWishes:
    return app.session_state["capillare"].scenario.sites


def field_of(app: AppTest, kind: str, label: str):
    return next(one for one in getattr(app, kind) if one.label.startswith(label))


def apply(app: AppTest) -> None:
    next(button for button in app.button if button.label == "Applica").click().run()
    assert not app.exception


@given(WISHED)
def test_every_wish_survives_the_address(wishes):
    scenario = replace(DEFAULT, sites=wishes, within_min=12.5)
    assert scenario_from(query_of(scenario, DEFAULT), DEFAULT) == (scenario, [])


def test_every_wish_is_told_and_no_more():
    plain = SitingWishes()
    assert tell_wishes(plain) == ()
    told = set(tell_wishes(EVERYTHING))
    assert len(told) == len(tell_wishes(EVERYTHING))
    # Without any one wish something else is told: none goes unsaid.
    for field in fields(SitingWishes):
        if field.name in {"closable", "people"}:
            continue
        without = replace(EVERYTHING, **{field.name: field.default})
        assert set(tell_wishes(without)) != told, field.name


@pytest.mark.parametrize("wishes", [SitingWishes(), EVERYTHING])
def test_a_form_sent_as_it_is_changes_nothing(wishes):
    app = open_form(wishes)
    assert wished(app) == wishes
    apply(app)
    assert not app.error
    assert wished(app) == wishes


def test_every_wish_can_be_said_in_the_form():
    app = open_form(SitingWishes())
    field_of(app, "multiselect", "Che cosa conta").set_value(["worst", "coverage"])
    field_of(app, "selectbox", "Chi conta").set_value("mix")
    field_of(app, "selectbox", "Area 1").set_value("Siena")
    for label, amount in {
        "Quante volte": 4.0,
        "Quanto si può cedere": 10.0,
        "Maggiorenni coperti": 80.0,
        "Maggiorenni delle aree interne": 70.0,
        "Minuti che nessuna": 60.0,
        "Sedi in ogni provincia": 1,
        "Sedi in ogni unione": 1,
        "Sedi nell'area 1": 2,
        "Minuti fra": 5.0,
        "Chilometri": 2.0,
        "Quanti devono chiudere": 1,
    }.items():
        field_of(app, "number_input", label).set_value(amount)
    field_of(app, "multiselect", "Dove deve").set_value(["051002"])
    field_of(app, "multiselect", "Dove non deve").set_value(["c-g3171585"])
    field_of(app, "multiselect", "Sportelli che possono chiudere").set_value(["arcidosso-salaiola"])
    field_of(app, "multiselect", "Sportelli che possono spostarsi").set_value(
        ["arcidosso-stribugliano"]
    )
    for box in app.checkbox:
        box.check()
    apply(app)
    assert not app.error
    plain, said = SitingWishes(), wished(app)
    unsaid = [f.name for f in fields(said) if getattr(said, f.name) == getattr(plain, f.name)]
    assert unsaid == []
    assert said.at_least == (AtLeast("Siena", 2),)
    assert said.cover_share == 0.8
    # The link holds what the form said, as the object's own fields.
    assert set(json.loads(app.query_params["richieste"])) == set(asdict(said))


def test_wishes_that_contradict_each_other_are_told_and_not_taken():
    app = open_form(SitingWishes())
    field_of(app, "multiselect", "Dove deve").set_value(["051002"])
    field_of(app, "multiselect", "Dove non deve").set_value(["051002"])
    apply(app)
    assert "051002" in app.error[0].value
    assert wished(app) == SitingWishes()
