"""The gate before every action: who is here, and may they. Nothing is decided in it.

A page asks what to show, and `writing` asks again before it writes, since a browser can send what
no page offers. What a gate answers is never cached: caches hold the region's public picture only,
and a coordinator's own rows are cut from it afterwards.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from capillare.views.access.claims import Refusal, person_of
from capillare.views.access.holdings import TABLES_READ, Holdings, holdings_of
from capillare.views.access.roles import (
    ENDED,
    NOT_OWN,
    OWN_MACHINE,
    REFUSED,
    AccessError,
    change_of,
    may,
)
from capillare.views.cached import network_of
from capillare.views.session import current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from capillare.geo.places import Territory
    from capillare.geo.points.journal import Entry
    from capillare.geo.points.row_changes import RowChange, Rows
    from capillare.views.access.roles import Action, Extent, Person
    from capillare.views.access.sign_in import SignIn


def whoever(sign_in: SignIn | None) -> Person | Refusal:
    """Return who is at the door, by their verified token; anybody, where none is asked."""
    if sign_in is None:
        return OWN_MACHINE
    return person_of(st.user.to_dict(), sign_in.access, datetime.now(UTC))


def person() -> Person:
    """Return who is at work in this session.

    Raises
    ------
    AccessError
        If nobody may be: not signed in, expired, or without a role.
    """
    found = whoever(current().sign_in)
    if isinstance(found, Refusal):
        raise AccessError(ENDED if found.reason == "expired" else REFUSED)
    return found


def is_signed_in() -> bool:
    """Tell whether people are known by their token, not by what they type."""
    return current().sign_in is not None


def allowed(action: Action, extent: Extent = "region") -> bool:
    """Tell whether the person in this session may do something."""
    return may(person(), action, extent)


def require(action: Action, extent: Extent = "region") -> Person:
    """Return the person in this session if they may do something.

    Raises
    ------
    AccessError
        If they may not.
    """
    who = person()
    if not may(who, action, extent):
        raise AccessError(REFUSED)
    return who


def allowed_changes(changes: Sequence[RowChange], rows: Rows, italy: Territory) -> bool:
    """Tell whether the person may make changes of a registry, or take them back.

    Parameters
    ----------
    changes
        Rows as they were and as they shall be.
    rows
        The registry as it stands.
    italy
        Where its desks may lie.
    """
    return _allowed(person(), changes, rows, italy)


def require_changes(changes: Sequence[RowChange], rows: Rows, italy: Territory) -> Person:
    """Return the person in this session if they may make changes of a registry.

    Raises
    ------
    AccessError
        If one row is not theirs to change.
    """
    who = person()
    if not _allowed(who, changes, rows, italy):
        raise AccessError(NOT_OWN if may(who, "change_service", "own") else REFUSED)
    return who


def seen_history(entries: Sequence[Entry], rows: Rows, italy: Territory) -> list[Entry]:
    """Return the changes of the registry that the person may see: all, or those of their own."""
    who = person()
    if may(who, "see_history", "region"):
        return list(entries)
    if not may(who, "see_history", "own"):
        return []
    held = _held(who, rows, italy)
    return [entry for entry in entries if held.holds(entry.rows)]


def exported_rows(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return the rows of a table that the person may take away; None where they may none.

    That is all of them, or those of a coordinator's own; a table that does not say whose a row is
    goes whole or not at all.
    """
    who = person()
    if may(who, "export", "region"):
        return frame
    if not may(who, "export", "own"):
        return None
    return _holdings(who).rows(frame)


def permit(action: Action, extent: Extent = "region") -> Callable[[], None]:
    """Return a check that holds later and elsewhere, where nobody's session is at hand.

    It remembers the person of now, and raises AccessError once their session has ended.
    """
    who = require(action, extent)

    def check() -> None:
        if who.until is not None and who.until <= datetime.now(UTC):
            raise AccessError(ENDED)

    return check


def _allowed(who: Person, changes: Sequence[RowChange], rows: Rows, italy: Territory) -> bool:
    if not may(who, "change_service", "own"):
        return False
    if all(may(who, change_of(change.table), "region") for change in changes):
        return True
    if not all(may(who, change_of(change.table), "own") for change in changes):
        return False
    return _held(who, rows, italy).holds(changes)


def _held(who: Person, rows: Rows, italy: Territory) -> Holdings:
    tables = {table: list(kept.values()) for table, kept in rows.items()}
    return holdings_of(who.scope, tables, italy.municipalities)


def _holdings(who: Person) -> Holdings:
    session = current()
    network = network_of(session.scenario, session.inputs)
    tables: Mapping[str, Iterable[Mapping[str, object]]] = {
        name: getattr(network.registry, name).to_dict("records") for name in TABLES_READ
    }
    return holdings_of(who.scope, tables, network.territory.municipalities)
