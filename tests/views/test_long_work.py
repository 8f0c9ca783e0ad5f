"""Long work beside the page: waited for, told, stopped; what was there before stays."""

import re
import time
from threading import Event, current_thread

import pytest
from streamlit.testing.v1 import AppTest

from capillare.geo.errors import ConfigError
from capillare.geo.stopping import heed_stop, tell_stage
from capillare.views import long_work

SCRIPT = """
import streamlit as st
from tests.views.test_long_work import work_on
from capillare.views.long_work import awaited

wish = st.text_input("Che cosa", value="a")
found = awaited("kind", wish, lambda: work_on(wish), title="Lavoro", page="page")
st.markdown(f"Trovato: {found}")
"""
GATE = Event()
AT_WORK = set()
"""Threads whose slow work has begun."""


def work_on(wish):
    """Work that ends at once, when the gate opens, or when it is stopped."""
    if wish == "wrong":
        raise ConfigError("scenario: title is not one line of at most 80 characters. Correct it.")
    tell_stage("primo passo")
    while wish.startswith("slow") and not GATE.is_set():
        AT_WORK.add(current_thread())
        time.sleep(0.01)
        heed_stop()
    return wish.upper()


@pytest.fixture(autouse=True)
def _waits_for_what_ends(monkeypatch):
    """A page waits for work that ends, and for slow work to begin: no clock decides."""

    def wait(job, _seconds):
        while not job.is_over and job.thread not in AT_WORK:
            time.sleep(0.005)

    GATE.clear()
    monkeypatch.setattr(long_work.Job, "wait", wait)
    yield
    GATE.set()
    AT_WORK.clear()


def opened(wish="a"):
    app = AppTest.from_string(SCRIPT, default_timeout=120).run()
    if wish != "a":
        app.text_input[0].set_value(wish).run()
    assert not app.exception
    return app


def said(app):
    return " ".join(text.value for text in app.markdown)


def button(app, label):
    return next(one for one in app.button if one.label == label)


def test_what_is_ready_soon_is_shown_at_once():
    app = opened()
    assert "Trovato: A" in said(app)
    assert not app.button


def test_while_it_runs_the_stage_is_told_and_then_the_result_is_there():
    app = opened("slow")
    assert "**Lavoro**" in said(app)
    assert re.search(r"Primo passo\. Tempo passato: \d+ s\.", said(app))
    assert "Trovato: None" in said(app)
    job = app.session_state["long_work_kind"]
    GATE.set()
    job.thread.join(60)
    app.run()
    assert "Trovato: SLOW" in said(app)
    assert not app.button


def test_a_stop_keeps_what_was_there_and_says_so():
    app = opened("slow")
    button(app, "Ferma").click().run()
    assert "Hai fermato il calcolo" in app.warning[0].value
    assert "resta quello di prima" in app.warning[0].value
    assert "Trovato: A" in said(app)
    GATE.set()
    button(app, "Calcola di nuovo").click().run()
    assert not app.warning
    assert "Trovato: SLOW" in said(app)


def test_a_stop_with_nothing_before_promises_nothing():
    app = AppTest.from_string(
        SCRIPT.replace('value="a"', 'value="slow"'), default_timeout=120
    ).run()
    button(app, "Ferma").click().run()
    assert "di prima" not in app.warning[0].value
    assert "Trovato: None" in said(app)


def test_asking_for_something_else_stops_what_runs():
    app = opened("slow")
    first = app.session_state["long_work_kind"]
    app.text_input[0].set_value("b").run()
    assert "Trovato: B" in said(app)
    first.thread.join(60)
    assert first.is_over
    assert not first.found


def test_a_fault_reaches_the_page_and_is_tried_again():
    app = AppTest.from_string(SCRIPT, default_timeout=120).run()
    app.text_input[0].set_value("wrong").run()
    assert "80 characters" in app.exception[0].message
    assert "long_work_kind" not in app.session_state
    app.text_input[0].set_value("b").run()
    assert "Trovato: B" in said(app)


def test_the_last_time_is_told_only_where_it_says_something(monkeypatch):
    job = long_work.Job("kind", "a", began=time.monotonic() - 12)
    job.signal.stage = "estrazione 3 di 20"
    monkeypatch.setitem(long_work._LAST_S, "kind", 0.4)
    assert long_work.told(job) == "Estrazione 3 di 20. Tempo passato: 12 s."
    monkeypatch.setitem(long_work._LAST_S, "kind", 31.2)
    assert long_work.told(job).endswith("L'ultima volta, su questo server: 31 s.")
