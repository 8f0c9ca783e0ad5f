"""Pages as each role finds them: AppTest with somebody signed in, or nobody."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from capillare.geo.errors import CapillareError
from capillare.geo.points.editing import apply_changes
from capillare.geo.points.journal import read_journal
from capillare.geo.points.row_changes import RowChange, read_rows
from capillare.geo.population import read_territory
from capillare.planning.scenario import Scenario
from capillare.views.access import gate, writing
from capillare.views.access.claims import Access
from capillare.views.access.holdings import province_of
from capillare.views.access.roles import ENDED, NOT_OWN, REFUSED, AccessError
from capillare.views.access.sign_in import Provider, SignIn
from capillare.views.faults import UNTRANSLATED, told
from tests.views.test_pages import PATIENCE_S

SIGN_IN = SignIn(
    Path("accesso.toml"),
    Provider("https://a.example/x", "c", "https://p.example/oauth2callback"),
    Access(
        roles={"p": "planner", "c": "coordinator", "l": "reader"},
        entity_claim="ente",
        province_claim="provincia",
    ),
    "s",
    "c" * 32,
)
SCRIPT = """
from datetime import date
from pathlib import Path
from capillare.planning.network import Inputs
from capillare.views.deployment import Deployment
from capillare.views.session import current, open_session
from tests.views.access.test_pages_by_role import SIGN_IN

deployment = Deployment(
    as_of=date(2026, 3, 2),
    inputs=Inputs(registry=Path({folder!r})),
    scenarios=Path({scenarios!r}),
    sign_in=SIGN_IN,
)
"""
DOOR = """
from capillare.views import frame
frame.show_planner(deployment)
"""
PAGE = """
import capillare.views.{page} as shown
open_session(deployment)
shown.show()
"""
TAKE = """
import streamlit as st
from capillare.views.access.gate import exported_rows
from capillare.views.cached import network_of

open_session(deployment)
rows = exported_rows(network_of(current().scenario, deployment.inputs).targets)
st.json(rows["point_id"].tolist())
"""
MINE, OTHERS = "052", "050"


def user(role, lasts_s=24 * 3600, **claims):
    person = {"is_logged_in": True, "name": "Anna Rossi", "roles": [role], "iat": time.time()}
    return person | {"exp": time.time() + lasts_s} | claims


PLANNER, READER = user("p"), user("l")
SIENA = user("c", provincia="SI")


@pytest.fixture
def desks(folder):
    """One desk of the province of Siena and one of Pisa's, by id, with their rows."""
    rows = sorted(read_rows(folder)["desks"].items())
    return {
        code: next((key[0], row) for key, row in rows if province_of(row["istat_code"]) == code)
        for code in (MINE, OTHERS)
    }


@pytest.fixture
def open_as(folder, tmp_path):
    def make(who, what=DOOR):
        script = SCRIPT.format(folder=str(folder), scenarios=str(tmp_path / "s")) + what
        app = AppTest.from_string(script, default_timeout=PATIENCE_S)
        app.user = who
        return app.run()

    return make


def titles(app):
    return [title.value for title in app.title]


@pytest.mark.parametrize(
    ("who", "title"),
    [
        ({}, "Accesso al pianificatore"),
        (user("altro"), "Non hai un ruolo in questo pianificatore"),
        (user("c"), "Non sappiamo quale territorio coordini"),
        (user("p", lasts_s=-1), "La sessione è scaduta"),
    ],
)
def test_outside_there_is_one_page(open_as, who, title):
    app = open_as(who)
    assert titles(app) == [title]
    assert len(app.button) == 1
    assert not app.exception
    assert not app.sidebar.children
    assert not app.dataframe


@pytest.fixture
def at_work(monkeypatch):
    """Somebody at work, without a page: what the gate asks Streamlit for is given here."""

    class Session:
        sign_in = SIGN_IN

    def make(who):
        monkeypatch.setattr(gate, "current", Session)
        monkeypatch.setattr(gate.st, "user", type("User", (), {"to_dict": lambda _self: who})())

    return make


def phone(desk, number="0577 1"):
    desk_id, row = desk
    return [RowChange("desks", (desk_id,), row, row | {"phone": number})]


@pytest.fixture
def written_changes(monkeypatch):
    """What the gate let through to the writer, which then does nothing."""
    named: list[dict[str, object]] = []
    monkeypatch.setattr(writing, "apply_changes", lambda *_args, **given: named.append(given))
    return named


@pytest.mark.parametrize(
    "case",
    [
        (PLANNER, None, None),
        (SIENA, None, NOT_OWN),
        (READER, REFUSED, REFUSED),
        (user("altro"), REFUSED, REFUSED),
        (user("p", lasts_s=-1), ENDED, ENDED),
        ({}, REFUSED, REFUSED),
    ],
)
def test_whoever_sends_a_change_is_asked(at_work, folder, desks, written_changes, case):
    who, *refusals = case
    at_work(who)
    italy = read_territory("all")
    for desk, refusal in zip((desks[MINE], desks[OTHERS]), refusals, strict=True):
        written_changes.clear()

        def change(desk=desk):
            writing.change_registry(
                folder, phone(desk), typed_name="Qualcun altro", what="prova", italy=italy
            )

        if refusal is None:
            change()
            assert [one["who"] for one in written_changes] == ["Anna Rossi"]
        else:
            with pytest.raises(AccessError, match=refusal):
                change()
            assert not written_changes


def test_a_coordinator_takes_back_only_their_own(at_work, folder, desks):
    at_work(SIENA)
    italy = read_territory("all")
    theirs = phone(desks[OTHERS])
    apply_changes(folder, theirs, who="Bruno", what="d'altri", territory=italy)
    with pytest.raises(AccessError, match=NOT_OWN):
        writing.undo_registry(folder, typed_name="", italy=italy)
    (entry,) = read_journal(folder)
    mine = replace(entry, number=2, what="mia", rows=tuple(phone(desks[MINE])))
    assert gate.seen_history([entry, mine], read_rows(folder), italy) == [mine]
    at_work(READER)
    with pytest.raises(AccessError, match=REFUSED):
        writing.undo_registry(folder, typed_name="", italy=italy)
    assert gate.seen_history([entry, mine], read_rows(folder), italy) == [entry, mine]
    at_work(PLANNER)
    undone = writing.undo_registry(folder, typed_name="Qualcun altro", italy=italy)
    assert (undone.undoes, undone.who) == (1, "Anna Rossi")


@pytest.mark.parametrize("who", [SIENA, READER, {}])
def test_shared_scenarios_are_the_planners(at_work, tmp_path, who):
    at_work(PLANNER)
    kept = writing.keep_scenario(tmp_path, Scenario(as_of=date(2026, 3, 2), title="Prova"))
    at_work(who)
    with pytest.raises(AccessError):
        writing.keep_scenario(tmp_path, Scenario(as_of=date(2026, 3, 2), title="Altra"))
    with pytest.raises(AccessError):
        writing.drop_scenario(tmp_path, kept.key)
    assert [file.stem for file in tmp_path.iterdir()] == [kept.key]
    at_work(PLANNER)
    writing.drop_scenario(tmp_path, kept.key)
    at_work(who)
    with pytest.raises(AccessError):
        writing.restore_scenario(tmp_path, kept.key)
    assert [file.name for file in tmp_path.iterdir()] == [f"{kept.key}.deleted"]


class Later(datetime):
    """The clock an hour from now."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(hours=1)


def test_a_permit_ends_with_the_session(at_work, monkeypatch):
    at_work(user("l", lasts_s=1800))
    check = gate.permit("export")
    check()
    with monkeypatch.context() as patch:
        patch.setattr(gate, "datetime", Later)
        with pytest.raises(AccessError, match=ENDED):
            check()
    at_work(SIENA)
    with pytest.raises(AccessError, match=REFUSED):
        gate.permit("export")
    gate.permit("export", "own")()


def test_refusals_are_italian():
    for sentence in (REFUSED, NOT_OWN, ENDED):
        fault = AccessError(sentence)
        assert isinstance(fault, CapillareError)
        assert UNTRANSLATED not in told(fault)
        assert "Nulla è stato fatto." in told(fault)


@pytest.mark.parametrize("who", [READER, SIENA])
def test_pages_that_write_offer_nothing_that_is_not_theirs(open_as, desks, who):
    app = open_as(who, PAGE.format(page="registry.page"))
    assert not app.exception
    app.selectbox(key="registry_choice").set_value(desks[OTHERS][0]).run()
    offered = {button.label for button in app.button if not button.disabled}
    assert not offered & {"Salva nel registro"}
    assert ("Il tuo ruolo legge" in app.info[0].value) is (who is READER)
    app = open_as(who, PAGE.format(page="scenarios"))
    assert not app.exception
    app.text_input(key="scenarios_title").set_value("Prova").run()
    assert next(b for b in app.button if b.key == "scenarios_save").disabled


def test_two_coordinators_take_away_each_their_own(open_as):
    rows = {}
    for code in ("SI", "PI"):
        app = open_as(user("c", provincia=code), TAKE)
        assert not app.exception
        rows[code] = set(json.loads(app.json[0].value))
    whole = set(json.loads(open_as(READER, TAKE).json[0].value))
    assert rows["SI"]
    assert rows["PI"]
    assert not rows["SI"] & rows["PI"]
    assert rows["SI"] | rows["PI"] < whole
