"""Every control of the page of new sites, moved, against the plan that the rooms draw."""

import pytest

from capillare.geo.numerals import euros, number, percent
from capillare.planning.network import Inputs
from capillare.planning.scenario import Scenario
from capillare.planning.siting.wishes import SitingWishes
from capillare.views.cached import plan_of
from tests.views.test_pages import AS_OF, metrics, open_page


@pytest.fixture(scope="module")
def plan():
    return plan_of(Scenario(as_of=AS_OF, new_sites=2), Inputs(registry=None))


def words(app):
    return " ".join(text.value for text in app.markdown)


def test_a_chosen_site_says_why_its_cost_its_target_and_its_stand_in(plan):
    app = open_page("sites", query={"sedi": "2"})
    site = plan.proposal.sites.iloc[0]
    next(box for box in app.selectbox if box.label == "Sede in evidenza").set_value(
        site["candidate_id"]
    ).run()
    assert not app.exception
    said = words(app)
    assert f"Costo {euros(site['cost_eur'])}" in said
    share = percent(site["target_of_catchment_share"], 1)
    assert f"Obiettivo: {number(site['target_citizens'])} persone, il {share}" in said
    assert ("il bacino lo regge" in said) == bool(site["is_target_honoured"])
    explained = plan.proposal.explanations.iloc[0]
    assert f"Senza, {number(explained['adults_lost'])} maggiorenni" in said
    assert f"Alternativa: {explained['next_locality']}" in said


def test_an_amount_of_money_is_changed():
    app = open_page("sites", query={"budget": "39000"})
    assert metrics(app)["Sedi proposte"] == "1"
    app.number_input(key="sites_budget").set_value(100).run()
    assert metrics(app)["Sedi proposte"] == "0"
    assert app.query_params["budget"] == "100"
    assert any("alzalo" in info.value for info in app.info)


def test_all_wishes_are_taken_away_at_once():
    app = open_page("sites", query={"sedi": "0", "richieste": '{"exclude": ["049009"]}'})
    assert "un luogo escluso" in words(app)
    app.button(key="sites_no_wishes").click().run()
    assert not app.exception
    assert app.session_state["capillare"].scenario.sites == SitingWishes()
    assert "un luogo escluso" not in words(app)


def test_wishes_that_clash_are_told_by_name_and_by_how_much():
    app = open_page("sites", query={"sedi": "1", "richieste": '{"require": ["048017", "050026"]}'})
    assert "almeno 2 nuove sedi invece di 1" in app.error[0].value
    assert "Firenze" in app.error[0].value or "Pisa" in app.error[0].value
