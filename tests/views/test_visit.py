"""The guided visit: offered once, followed step by step, left and taken up again."""

import pytest
from streamlit.testing.v1 import AppTest

from capillare.views.visit import STEPS

SCRIPT = """
import streamlit as st
from capillare.views.page_links import remember_pages
from capillare.views.visit import open_visit, show_resuming, show_visit, visit_in_address

pages = [
    st.Page(lambda: None, title=title, url_path=f"p{number}", default=number == 0)
    for number, title in enumerate(("Panoramica", "Aree sotto-servite", "Nuove sedi", "Scenari"))
]
remember_pages(pages)
page = st.navigation(pages)
open_visit()
with st.sidebar:
    show_resuming()
show_visit(page.title)
st.title(page.title)
st.text(str(visit_in_address()))
"""


def opened(**query):
    app = AppTest.from_string(SCRIPT, default_timeout=120)
    for name, text in query.items():
        app.query_params[name] = text
    app.run()
    assert not app.exception
    return app


def click(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def labels(app):
    return [button.label for button in app.button]


def address(app):
    return app.text[0].value


def test_who_comes_without_a_link_is_offered_the_visit_and_nothing_is_covered():
    app = opened()
    assert labels(app) == ["Comincia la visita", "Non ora"]
    assert app.title[0].value == "Panoramica"
    assert address(app) == "{}"


def test_a_link_to_something_is_not_disturbed():
    app = opened(sedi="20")
    assert labels(app) == ["Visita guidata"]


def test_not_now_is_remembered_in_the_address_and_can_be_changed():
    app = click(opened(), "Non ora")
    assert labels(app) == ["Visita guidata"]
    assert address(app) == "{'visita': 'no'}"
    assert "Prima volta" not in " ".join(text.value for text in opened(visita="no").markdown)
    click(app, "Visita guidata")
    assert f"passo 1 di {len(STEPS)}" in app.markdown[0].value


def test_every_step_can_be_walked_there_and_back():
    app = click(opened(), "Comincia la visita")
    for number, step in enumerate(STEPS, start=1):
        assert app.title[0].value == step.page
        assert f"passo {number} di {len(STEPS)}: {step.page}" in app.markdown[0].value
        assert address(app) == f"{{'visita': '{number}'}}"
        if number < len(STEPS):
            click(app, "Avanti")
    assert "Avanti" not in labels(app)
    click(app, "Indietro")
    assert app.title[0].value == STEPS[-2].page
    click(app, "Chiudi la visita")
    click(app, "Visita guidata")
    assert f"passo {len(STEPS) - 1} di" in app.markdown[0].value
    click(click(app, "Avanti"), "Fine della visita")
    assert labels(app) == ["Visita guidata"]


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_an_address_goes_on_where_it_was_left(number):
    app = opened(visita=str(number))
    assert f"passo {number} di" in app.markdown[0].value
    if STEPS[number - 1].page != "Panoramica":
        click(app, f"Vai a {STEPS[number - 1].page}")
        assert app.title[0].value == STEPS[number - 1].page


@pytest.mark.parametrize("nonsense", ["0", "9", "-1", "due", "²"])
def test_nonsense_in_the_address_closes_the_visit(nonsense):
    assert labels(opened(visita=nonsense)) == ["Visita guidata"]
