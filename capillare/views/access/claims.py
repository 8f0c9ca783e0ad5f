"""From the claims of an identity token to a person with roles, or to why there is none."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from capillare.geo.fields import Checked, above
from capillare.views.access.roles import Person, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_NAME_CHARACTERS = 80
MOST_SESSION_HOURS = 12.0
_PROVINCE = re.compile(r"[A-Z]{2}|[0-9]{3}")

Reason = Literal["not_signed_in", "expired", "no_role", "no_scope"]


@dataclass(frozen=True)
class Access(Checked):
    """How claims become a person; a claim is named whole or as a path, ``realm_access.roles``.

    Attributes
    ----------
    roles
        Role by what the role claim may hold; what is not listed is no role.
    role_claim, name_claim
        Where roles and the person's name stand.
    entity_claim, province_claim
        Where a coordinator's bodies and provinces stand; None for nowhere.
    entities, provinces
        Our id or code by what these claims may hold; empty: they hold ours.
    session_hours
        Hours after the token's issue when one must sign in again; None: when the token expires.
    """

    WHERE = "sign-in [access]"

    roles: dict[str, Literal["planner", "coordinator", "reader"]]
    role_claim: str = "roles"
    name_claim: str = "name"
    entity_claim: str | None = None
    province_claim: str | None = None
    entities: dict[str, str] = field(default_factory=dict)
    provinces: dict[str, str] = field(default_factory=dict)
    session_hours: Annotated[float, above(0, MOST_SESSION_HOURS)] | None = None

    def contradictions(self) -> list[str]:
        """List what is wrong between fields that are fine by themselves."""
        faults = [] if self.roles else ["roles: nobody would have one"]
        claims = self.entity_claim or self.province_claim
        if "coordinator" in self.roles.values() and not claims:
            faults.append(
                "roles: a coordinator of nothing; say entity_claim, province_claim or both"
            )
        faults += [
            f"provinces: {code!r} is not like SI or 052"
            for code in self.provinces.values()
            if not _PROVINCE.fullmatch(code)
        ]
        return faults


@dataclass(frozen=True)
class Refusal:
    """Why somebody is nobody here.

    Attributes
    ----------
    reason
        ``no_scope`` is a coordinator of nothing known.
    name
        As their token says, empty if it does not.
    """

    reason: Reason
    name: str = ""


def person_of(claims: Mapping[str, Any], access: Access, now: datetime) -> Person | Refusal:
    """Return the person whom verified claims describe; whatever is unclear is refused.

    Parameters
    ----------
    claims
        Of an identity token whose signature, issuer, audience and nonce were verified; beside
        them ``is_logged_in``.
    access
        How to read them.
    now
        With its zone.
    """
    if claims.get("is_logged_in") is not True:
        return Refusal("not_signed_in")
    name = _name(claims, access)
    until = _until(claims, access)
    if until is None or until <= now:
        return Refusal("expired", name)
    granted = {access.roles[word] for word in _words(claims, access.role_claim) & set(access.roles)}
    if not granted or not name:
        return Refusal("no_role", name)
    scope = Scope(
        _mapped(claims, access.entity_claim, access.entities),
        frozenset(
            code
            for word in _mapped(claims, access.province_claim, access.provinces)
            if _PROVINCE.fullmatch(code := word.upper())
        ),
    )
    if "coordinator" in granted and not scope:
        granted -= {"coordinator"}
        if not granted:
            return Refusal("no_scope", name)
    return Person(name, frozenset(granted), scope, until)


def _until(claims: Mapping[str, Any], access: Access) -> datetime | None:
    """Return when the session ends; None where the claims do not say."""
    if access.session_hours is None:
        return _instant(claims.get("exp"))
    issued = _instant(claims.get("iat"))
    return None if issued is None else issued + timedelta(hours=access.session_hours)


def _instant(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC) if math.isfinite(seconds) else None
    except (OverflowError, OSError, ValueError):
        return None


def _name(claims: Mapping[str, Any], access: Access) -> str:
    """Return the name on one line, and the e-mail that tells two of one name apart."""
    known = (_line(claims, claim) for claim in (access.name_claim, "email", "sub"))
    name = next((line for line in known if line), "")
    mail = _line(claims, "email")
    return f"{name} ({mail})" if mail and mail != name else name


def _line(claims: Mapping[str, Any], claim: str) -> str:
    held = _held(claims, claim)
    text = held if isinstance(held, str) else ""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())[:MOST_NAME_CHARACTERS]


def _mapped(
    claims: Mapping[str, Any], claim: str | None, ours: Mapping[str, str]
) -> frozenset[str]:
    if claim is None:
        return frozenset()
    words = _words(claims, claim)
    return frozenset(ours[word] for word in words if word in ours) if ours else frozenset(words)


def _words(claims: Mapping[str, Any], claim: str) -> set[str]:
    """Return the texts that a claim holds: one, or those of a list."""
    held = _held(claims, claim)
    listed = [held] if isinstance(held, str) else held if isinstance(held, list | tuple) else []
    return {word.strip() for word in listed if isinstance(word, str) and word.strip()}


def _held(claims: Mapping[str, Any], claim: str) -> object:
    """Return what a claim holds: some providers' names hold dots, others nest claims."""
    if claim in claims:
        return claims[claim]
    held: object = claims
    for part in claim.split("."):
        if not isinstance(held, dict) or part not in held:
            return None
        held = held[part]
    return held
