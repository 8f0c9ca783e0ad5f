"""What each role may do: one table, decided without Streamlit, files or clocks.

A right reaches either what is one's *own* (rows of the bodies or provinces that one coordinates)
or the whole *region*. What the table does not grant is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from capillare.geo.errors import CapillareError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Role = Literal["planner", "coordinator", "reader"]
Extent = Literal["own", "region"]
Action = Literal[
    "see",
    "see_calls",
    "see_history",
    "export",
    "change_service",
    "change_structure",
    "keep_scenarios",
]
"""``see``: pages that show the region's public picture. ``see_calls``: applications and renewals,
which are the region's own affair until it decides. ``see_history``: who changed which rows.
``export``: files. ``change_service``: rows that say how people are served (`SERVICE_TABLES`).
``change_structure``: every other row of the registry, which decides money or borders.
``keep_scenarios``: save, duplicate and delete what all planners share."""

SERVICE_TABLES = frozenset({"desks", "stops", "progress"})
"""Tables of the registry that a coordinator works on."""

_OWN: frozenset[Extent] = frozenset({"own"})
_ANY: frozenset[Extent] = frozenset({"own", "region"})
RIGHTS: Mapping[Role, Mapping[Action, frozenset[Extent]]] = {
    "planner": {
        "see": _ANY,
        "see_calls": _ANY,
        "see_history": _ANY,
        "export": _ANY,
        "change_service": _ANY,
        "change_structure": _ANY,
        "keep_scenarios": _ANY,
    },
    "coordinator": {
        "see": _ANY,
        "see_history": _OWN,
        "export": _OWN,
        "change_service": _OWN,
    },
    "reader": {"see": _ANY, "see_calls": _ANY, "see_history": _ANY, "export": _ANY},
}
ROLES_IT: Mapping[Role, str] = {
    "planner": "pianificatore",
    "coordinator": "coordinatore",
    "reader": "lettore",
}


REFUSED = "access: your role does not allow this. Nothing was done."
NOT_OWN = "access: some of these rows are not yours to change. Nothing was done."
ENDED = "access: your session has ended. Sign in again. Nothing was done."


class AccessError(CapillareError, PermissionError):
    """Somebody asked for what their role does not grant, or is not signed in any more."""


@dataclass(frozen=True)
class Scope:
    """Whose rows a coordinator answers for.

    Attributes
    ----------
    entities
        Ids of bodies, as the registry has them.
    provinces
        Provinces as two letters or as the first three digits of their municipalities' codes.
    """

    entities: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether it holds anything."""
        return bool(self.entities or self.provinces)


@dataclass(frozen=True)
class Person:
    """Somebody at work in the planner.

    Attributes
    ----------
    name
        What the registry's history calls them; empty on one's own machine, where it is typed.
    roles
        What they are; rights add up.
    scope
        Whose rows a coordinator answers for.
    until
        When they must sign in again; None on one's own machine.
    """

    name: str
    roles: frozenset[Role]
    scope: Scope = field(default_factory=Scope)
    until: datetime | None = None


OWN_MACHINE = Person("", frozenset({"planner"}))
"""Whoever sits at a planner that asks nobody to sign in."""


def may(person: Person, action: Action, extent: Extent = "region") -> bool:
    """Tell whether a person may do something, to what is their own or to anything at all."""
    return any(extent in RIGHTS[role].get(action, frozenset()) for role in person.roles)


def change_of(table: str) -> Action:
    """Return what it is to change a row of one of the registry's tables."""
    return "change_service" if table in SERVICE_TABLES else "change_structure"
