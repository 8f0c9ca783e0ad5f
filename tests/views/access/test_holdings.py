"""What a coordinator's own is: rows of the registry, and of what is computed from it."""

from __future__ import annotations

import pandas as pd
import pytest

from capillare.geo.points.row_changes import RowChange
from capillare.views.access.holdings import holdings_of
from capillare.views.access.roles import Scope

TOWNS = pd.DataFrame(
    {
        "istat_code": ["050001", "050002", "052001", "052002"],
        "province_short": ["PI", "PI", "SI", "SI"],
    }
)
TABLES = {
    "entities": [
        {"entity_id": "valdera", "seat_istat_code": "050001"},
        {"entity_id": "siena", "seat_istat_code": "052001"},
        {"entity_id": "coop", "seat_istat_code": "052002"},
    ],
    "entity_members": [{"entity_id": "valdera", "istat_code": "050002"}],
    "applications": [{"application_id": "a1", "entity_id": "coop"}],
    "application_municipalities": [{"application_id": "a1", "istat_code": "050001"}],
    "points": [
        {"point_id": "pv", "entity_id": "valdera"},
        {"point_id": "ps", "entity_id": "siena"},
        {"point_id": "pc", "entity_id": "coop"},
    ],
    "desks": [
        {"desk_id": "dv", "point_id": "pv", "istat_code": "050001"},
        {"desk_id": "ds", "point_id": "ps", "istat_code": "052001"},
        {"desk_id": "dc1", "point_id": "pc", "istat_code": "052002"},
        {"desk_id": "dc2", "point_id": "pc", "istat_code": "050002"},
        {"desk_id": "alone", "istat_code": "052001"},
    ],
}
SIENA = Scope(provinces=frozenset({"SI"}))
VALDERA = Scope(entities=frozenset({"valdera"}))


def own(scope):
    return holdings_of(scope, TABLES, TOWNS)


def test_a_province_owns_what_stands_in_it():
    held = own(SIENA)
    assert held.istat_codes == {"052001", "052002"}
    assert held.desks == {"ds", "dc1", "alone"}
    # One of the cooperative's desks is elsewhere: its counts are not of this province alone.
    assert held.points == {"ps"}
    assert own(Scope(provinces=frozenset({"052"}))) == held


def test_a_body_owns_what_it_runs():
    held = own(VALDERA)
    assert (held.istat_codes, held.points, held.desks) == ({"050002"}, {"pv"}, {"dv"})


@pytest.mark.parametrize(
    ("body", "codes"), [("coop", {"050001"}), ("siena", {"052001"}), ("nobody", set())]
)
def test_a_body_without_members_has_its_applications_territory_then_its_seat(body, codes):
    assert own(Scope(entities=frozenset({body}))).istat_codes == codes


def test_rows_are_own_by_any_of_their_keys():
    held = own(SIENA)
    gaps = pd.DataFrame({"istat_code": ["050001", "052002"], "x": [1, 2]})
    assert held.rows(gaps)["x"].tolist() == [2]
    targets = pd.DataFrame({"point_id": ["pv", "ps"], "entity_id": ["valdera", "siena"]})
    assert held.rows(targets)["point_id"].tolist() == ["ps"]
    assert held.rows(pd.DataFrame({"figure": ["adults"]})) is None
    assert own(VALDERA).rows(targets)["point_id"].tolist() == ["pv"]


def change(table, key, before, after):
    return RowChange(table, (key,), before, after)


DS = {"desk_id": "ds", "point_id": "ps", "istat_code": "052001"}
DV = {"desk_id": "dv", "point_id": "pv", "istat_code": "050001"}
DC1 = {"desk_id": "dc1", "point_id": "pc", "istat_code": "052002"}
ALONE = {"desk_id": "alone", "istat_code": "052001"}
NEW = {"desk_id": "new", "istat_code": "052002"}


@pytest.mark.parametrize(
    ("scope", "changes", "held"),
    [
        (SIENA, [change("desks", "ds", DS, DS | {"phone": "1"})], True),
        (SIENA, [change("desks", "alone", ALONE, ALONE | {"phone": "1"})], True),
        (SIENA, [change("desks", "dc1", DC1, DC1 | {"phone": "1"})], True),
        (SIENA, [change("desks", "dv", DV, DV | {"phone": "1"})], False),
        # All or none: one row of others spoils the rest.
        (
            SIENA,
            [change("desks", "ds", DS, DS | {"x": "1"}), change("desks", "dv", DV, None)],
            False,
        ),
        # Nobody moves a desk out of, or into, what is theirs.
        (SIENA, [change("desks", "ds", DS, DS | {"istat_code": "050001"})], False),
        (SIENA, [change("desks", "alone", ALONE, ALONE | {"istat_code": "050001"})], False),
        (SIENA, [change("desks", "dv", DV, DV | {"istat_code": "052001"})], False),
        # Nor from a point to one of others, which would share out its hours.
        (SIENA, [change("desks", "alone", ALONE, ALONE | {"point_id": "pv"})], False),
        (SIENA, [change("desks", "alone", ALONE, ALONE | {"point_id": "ps"})], True),
        (SIENA, [change("desks", "dc1", DC1, DC1 | {"point_id": "ps"})], False),
        (SIENA, [change("desks", "dc1", DC1, None)], False),
        (SIENA, [change("desks", "ds", DS, None)], True),
        (SIENA, [change("desks", "new", None, NEW)], True),
        (SIENA, [change("desks", "new", None, NEW | {"point_id": "pv"})], False),
        (SIENA, [change("stops", "s", None, {"desk_id": "ds"})], True),
        (SIENA, [change("stops", "s", None, {"desk_id": "dv"})], False),
        (
            SIENA,
            [change("desks", "new", None, NEW), change("stops", "s", None, {"desk_id": "new"})],
            True,
        ),
        (SIENA, [change("progress", "ps", None, {"point_id": "ps"})], True),
        (SIENA, [change("progress", "pc", None, {"point_id": "pc"})], False),
        (VALDERA, [change("desks", "dv", DV, DV | {"phone": "1"})], True),
        (VALDERA, [change("desks", "dv", DV, DV | {"istat_code": "052001"})], True),
        # A desk of another network in one's municipality has its own masters.
        (VALDERA, [change("desks", "n", None, {"desk_id": "n", "istat_code": "050002"})], False),
        (VALDERA, [change("desks", "dc2", TABLES["desks"][3], None)], False),
        (VALDERA, [change("desks", "dv", DV, {"desk_id": "dv", "istat_code": "050001"})], False),
        # What decides money or borders is nobody's own.
        (VALDERA, [change("points", "pv", TABLES["points"][0], None)], False),
        (VALDERA, [change("entity_members", "v", None, {"entity_id": "valdera"})], False),
        (VALDERA, [change("entities", "valdera", TABLES["entities"][0], None)], False),
    ],
)
def test_a_change_is_own_before_and_after(scope, changes, held):
    assert own(scope).holds(changes) is held


def test_a_point_that_comes_with_its_desk_is_not_own():
    changes = [
        change("points", "p9", None, {"point_id": "p9", "entity_id": "valdera"}),
        change("desks", "new", None, NEW | {"point_id": "p9"}),
    ]
    assert not own(VALDERA).holds(changes)
