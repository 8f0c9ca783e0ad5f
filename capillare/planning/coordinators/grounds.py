"""Whose list: the municipalities of a province, a union or another body, found by name or code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from capillare.geo.errors import ConfigError
from capillare.geo.fields import nearest
from capillare.geo.places import normalised_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from capillare.planning.network import Network

Kind = Literal["union", "province", "entity", "municipality"]
"""What a part of a name may stand for, the likeliest first."""

_MOST_NAMED = 8


@dataclass(frozen=True)
class Ground:
    """The territory of a coordinator.

    Attributes
    ----------
    name
        As people call it.
    kind
        What it is the territory of.
    key
        Province's name, body's id or municipality's code: tells two of one name apart.
    istat_codes
        Its municipalities, ascending.
    entity_id
        Body, unless it is a province or municipality.
    """

    name: str
    kind: Kind
    key: str
    istat_codes: tuple[str, ...]
    entity_id: str | None = None


def find_grounds(network: Network, wishes: Iterable[str]) -> tuple[Ground, ...]:
    """Find the territories that names or codes stand for.

    A province's name, its two letters or the first three digits of its codes; a body's id or name;
    a municipality's name or code. A part of a name is enough where it means one of them only.

    Raises
    ------
    ConfigError
        If one stands for nothing, with the nearest name, or for several, with their names.
    """
    known = known_grounds(network)
    return tuple(_found(wish, known, network) for wish in wishes)


def known_grounds(network: Network) -> tuple[Ground, ...]:
    """Return every territory that a list can be made for: provinces, bodies, municipalities."""
    towns = network.territory.municipalities
    provinces = [
        Ground(str(name), "province", str(name), tuple(sorted(own["istat_code"])))
        for name, own in towns.groupby("province")
    ]
    registry = network.registry
    members = registry.entity_members.groupby("entity_id")["istat_code"].agg(set).to_dict()
    declared = registry.application_municipalities.merge(
        registry.applications[["application_id", "entity_id"]], on="application_id"
    )
    declared_of = declared.groupby("entity_id")["istat_code"].agg(set).to_dict()
    inside = set(towns["istat_code"])
    bodies = []
    for row in registry.entities.sort_values("entity_id").to_dict("records"):
        body = row["entity_id"]
        seat = {row["seat_istat_code"]} if isinstance(row["seat_istat_code"], str) else set()
        codes = (members.get(body) or declared_of.get(body) or seat) & inside
        if codes:
            kind: Kind = "union" if row["entity_kind"] == "union" else "entity"
            bodies.append(Ground(row["entity"], kind, body, tuple(sorted(codes)), body))
    alone = [
        Ground(row["municipality"], "municipality", row["istat_code"], (row["istat_code"],))
        for row in towns[["istat_code", "municipality"]].to_dict("records")
    ]
    return (*provinces, *bodies, *alone)


def _found(wish: str, known: tuple[Ground, ...], network: Network) -> Ground:
    folded = normalised_name(wish)
    codes = _province_codes(network)
    by_code = [
        g for g in known if wish.strip() == g.key or codes.get(wish.strip().upper()) == g.key
    ]
    if by_code:
        return by_code[0]
    # A province is meant before its capital, and a body before the municipality of its name.
    by_name = [ground for ground in known if normalised_name(ground.name) == folded]
    if by_name:
        return by_name[0]
    words = f" {folded} "
    partly = [g for g in known if folded and words in f" {normalised_name(g.name)} "]
    for kind in get_args(Kind):
        own = [ground for ground in partly if ground.kind == kind]
        if len(own) == 1:
            return own[0]
        if own:
            names = ", ".join(f"{ground.name} ({ground.key})" for ground in own[:_MOST_NAMED])
            raise ConfigError(
                f"--for {wish!r}: several are called so, {names}. Write one of these."
            )
    folded_names = [normalised_name(ground.name) for ground in known]
    raise ConfigError(
        f"--for {wish!r}: no province, union, body or municipality of the territory."
        f"{nearest(folded, folded_names) or ' Write for instance Siena, SI or Unione Valdera.'}"
    )


def _province_codes(network: Network) -> dict[str, str]:
    """Return provinces by their two letters, and by the first three digits of their codes."""
    towns = network.territory.municipalities[["istat_code", "province", "province_short"]]
    by_letters = dict(zip(towns["province_short"], towns["province"], strict=True))
    return by_letters | dict(zip(towns["istat_code"].str[:3], towns["province"], strict=True))


__all__ = ["Ground", "find_grounds", "known_grounds"]
