"""Claims of a token become a person, or a reason why not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import ConfigError
from capillare.views.access.claims import MOST_NAME_CHARACTERS, Access, Refusal, person_of
from capillare.views.access.roles import Person, Scope

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = NOW.timestamp() + 600
ACCESS = Access(
    roles={"cap-pian": "planner", "cap-coord": "coordinator", "cap-leg": "reader"},
    role_claim="realm_access.roles",
    entity_claim="ente",
    province_claim="provincia",
)
ANNA = {
    "is_logged_in": True,
    "sub": "7",
    "name": "Anna Rossi",
    "email": "anna@regione.example",
    "exp": LATER,
    "iat": NOW.timestamp(),
    "realm_access": {"roles": ["altro", "cap-pian"]},
}


def person(access=ACCESS, **claims):
    return person_of(ANNA | claims, access, NOW)


def roles(*names):
    return {"realm_access": {"roles": list(names)}}


def test_a_planner_is_known_by_name_and_mail():
    found = person()
    assert found == Person(
        "Anna Rossi (anna@regione.example)",
        frozenset({"planner"}),
        Scope(),
        datetime.fromtimestamp(LATER, UTC),
    )


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"is_logged_in": False}, "not_signed_in"),
        ({"is_logged_in": "true"}, "not_signed_in"),
        ({"is_logged_in": 1}, "not_signed_in"),
        ({"exp": NOW.timestamp()}, "expired"),
        ({"exp": NOW.timestamp() - 1}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": "9999999999"}, "expired"),
        ({"exp": True}, "expired"),
        ({"exp": float("inf")}, "expired"),
        ({"exp": float("nan")}, "expired"),
        ({"exp": 10**30}, "expired"),
        (roles(), "no_role"),
        (roles("planner"), "no_role"),
        (roles("CAP-PIAN"), "no_role"),
        ({"realm_access": {"roles": {"cap-pian": True}}}, "no_role"),
        ({"realm_access": "cap-pian"}, "no_role"),
        ({"realm_access": {"roles": [1, None]}}, "no_role"),
        (roles("cap-coord"), "no_scope"),
        (roles("cap-coord") | {"provincia": "Siena"}, "no_scope"),
        (roles("cap-coord") | {"provincia": ""}, "no_scope"),
        ({"name": "\n", "email": "", "sub": ""}, "no_role"),
    ],
)
def test_what_is_unclear_is_refused(claims, reason):
    found = person(**claims)
    assert isinstance(found, Refusal)
    assert found.reason == reason


def test_nobody_is_not_signed_in():
    assert person_of({}, ACCESS, NOW) == Refusal("not_signed_in")


@pytest.mark.parametrize(
    ("claims", "scope"),
    [
        ({"provincia": "si"}, Scope(provinces=frozenset({"SI"}))),
        ({"provincia": ["SI", "052", "boh"]}, Scope(provinces=frozenset({"SI", "052"}))),
        ({"ente": "unione-valdera"}, Scope(entities=frozenset({"unione-valdera"}))),
        ({"ente": ["a", " b "]}, Scope(entities=frozenset({"a", "b"}))),
    ],
)
def test_a_coordinator_has_a_scope(claims, scope):
    found = person(**roles("cap-coord"), **claims)
    assert found.scope == scope
    assert found.roles == {"coordinator"}


def test_a_reader_who_coordinates_nothing_known_still_reads():
    assert person(**roles("cap-coord", "cap-leg")).roles == {"reader"}


def test_where_ours_are_listed_only_those_count():
    access = Access(
        roles={"c": "coordinator"},
        role_claim="gruppi",
        entity_claim="https://regione.example/ente",
        entities={"c_g999": "unione-valdera"},
    )
    claim = "https://regione.example/ente"
    found = person(access, gruppi="c", **{claim: ["c_g999", "unione-amiata"]})
    assert found.scope == Scope(entities=frozenset({"unione-valdera"}))
    assert person(access, gruppi="c", **{claim: "unione-valdera"}) == Refusal(
        "no_scope", "Anna Rossi (anna@regione.example)"
    )


def test_an_operator_may_say_how_long_a_session_lasts():
    access = Access(roles={"x": "reader"}, role_claim="r", session_hours=8)
    assert person(access, r="x", exp=1).until == datetime(2026, 3, 2, 18, tzinfo=UTC)
    issued = NOW.timestamp() - 8 * 3600
    assert person(access, r="x", iat=issued).reason == "expired"
    assert person(access, r="x", iat=None).reason == "expired"


def test_a_name_is_one_line_and_short():
    found = person(name="Anna\r\n  Rossi\u202e", email="")
    assert found.name == "Anna Rossi"
    assert len(person(name="x" * 500, email="").name) == MOST_NAME_CHARACTERS
    assert person(name=None, email="a@b.example").name == "a@b.example"
    assert person(name=["x"], email=None).name == "7"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"roles": {}}, "nobody would have one"),
        ({"roles": {"a": "admin"}}, "'admin' is not one of planner, coordinator, reader"),
        ({"roles": {"a": "coordinator"}}, "a coordinator of nothing"),
        ({"roles": {"a": "reader"}, "session_hours": 0}, "session_hours"),
        ({"roles": {"a": "reader"}, "session_hours": 13}, "session_hours"),
        ({"roles": {"a": "reader"}, "provinces": {"x": "Siena"}}, "'Siena' is not like SI or 052"),
    ],
)
def test_what_an_operator_gets_wrong_is_said(settings, said):
    with pytest.raises(ConfigError, match=said):
        Access(**settings)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["is_logged_in", "exp", "realm_access", "name", "email", "ente", "sub"]),
        JSON,
    )
)
def test_no_claims_are_too_strange_to_be_refused(claims):
    # Nothing of these can spell the configured roles, whatever its shape.
    assert isinstance(person_of(claims, ACCESS, NOW), Refusal)
