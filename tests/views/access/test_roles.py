"""What each role may do: the whole table, written out."""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import get_args

import pytest

from capillare.geo.schema import REGISTRY_TABLES
from capillare.views.access.roles import (
    OWN_MACHINE,
    RIGHTS,
    ROLES_IT,
    SERVICE_TABLES,
    Action,
    Extent,
    Person,
    Role,
    change_of,
    may,
)

# One line a role: actions, and whether it may to its own and to anything.
TABLE = {
    ("planner", "see"): (True, True),
    ("planner", "see_calls"): (True, True),
    ("planner", "see_history"): (True, True),
    ("planner", "export"): (True, True),
    ("planner", "change_service"): (True, True),
    ("planner", "change_structure"): (True, True),
    ("planner", "keep_scenarios"): (True, True),
    ("coordinator", "see"): (True, True),
    ("coordinator", "see_calls"): (False, False),
    ("coordinator", "see_history"): (True, False),
    ("coordinator", "export"): (True, False),
    ("coordinator", "change_service"): (True, False),
    ("coordinator", "change_structure"): (False, False),
    ("coordinator", "keep_scenarios"): (False, False),
    ("reader", "see"): (True, True),
    ("reader", "see_calls"): (True, True),
    ("reader", "see_history"): (True, True),
    ("reader", "export"): (True, True),
    ("reader", "change_service"): (False, False),
    ("reader", "change_structure"): (False, False),
    ("reader", "keep_scenarios"): (False, False),
}
ROLES, ACTIONS, EXTENTS = get_args(Role), get_args(Action), get_args(Extent)
SETS = list(chain.from_iterable(combinations(ROLES, n) for n in range(len(ROLES) + 1)))


def test_the_table_names_every_role_and_action():
    assert set(TABLE) == set(product(ROLES, ACTIONS))
    assert set(RIGHTS) == set(ROLES) == set(ROLES_IT)
    assert EXTENTS == ("own", "region")


@pytest.mark.parametrize("roles", SETS)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("extent", EXTENTS)
def test_a_person_may_what_one_of_their_roles_may(roles, action, extent):
    granted = any(TABLE[role, action][EXTENTS.index(extent)] for role in roles)
    assert may(Person("Anna", frozenset(roles)), action, extent) is granted


def test_who_may_to_anything_may_to_their_own():
    for (role, action), (own, region) in TABLE.items():
        assert own or not region, (role, action)


def test_whoever_sits_at_their_own_machine_may_everything():
    assert all(may(OWN_MACHINE, action, extent) for action in ACTIONS for extent in EXTENTS)
    assert OWN_MACHINE.name == ""


def test_only_what_serves_people_is_a_coordinators_to_change():
    names = {table.name for table in REGISTRY_TABLES}
    assert names >= SERVICE_TABLES
    assert {name for name in names if change_of(name) == "change_service"} == SERVICE_TABLES
    assert change_of("points") == change_of("entity_members") == "change_structure"
    assert change_of("a table of tomorrow") == "change_structure"
