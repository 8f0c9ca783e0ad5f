"""What is wanted of new sites, as one object: from a scenario's ``[sites]``, options or the app."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, get_args

from capillare.geo.fields import Checked, above, between, build, not_empty

if TYPE_CHECKING:
    from collections.abc import Mapping

Objective = Literal["coverage", "minutes", "worst", "fewest", "cost"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
OTHER_NAMES = {"mclp": "coverage", "p-median": "minutes", "lscp": "fewest", "p-center": "worst"}
"""Names that analysts know the objectives by."""
People = Literal["adults", "over65", "mix"]
EVERY_DESK = "all"
PLAIN_OVER65_WEIGHT = 2.0


def printable(text: str) -> str:
    """Refuse a name that is empty, cannot be shown on one line, or is surrounded by blanks."""
    is_fine = text.isprintable() and text == text.strip() and text
    return "" if is_fine else f"{text!r} is not a name"


def distinct(entries: tuple[Any, ...]) -> str:
    """Refuse entries that repeat."""
    twice = [entry for position, entry in enumerate(entries) if entry in entries[:position]]
    return f"{twice[0]!r} is given twice" if twice else ""


Name = Annotated[str, printable]
Names = Annotated[tuple[Name, ...], distinct]
Share = Annotated[float, above(0, at_most=1)]
Minutes = Annotated[float, above(0, at_most=1440)]
Count = Annotated[int, between(0, 2000)]


@dataclass(frozen=True)
class AtLeast(Checked):
    """At least so many new sites in a province or a union, by its name or id."""

    WHERE: ClassVar[str] = "sites at_least"

    area: Name
    n_sites: Annotated[int, between(1, 2000)]


@dataclass(frozen=True, kw_only=True)
class SitingWishes(Checked):
    """What is wanted of new sites; how many, or for how much money, is the scenario's.

    Attributes
    ----------
    objective
        What is best, in order: each keeps what those before it reached, within `tolerance_share`.
        ``coverage`` most people within reach, ``minutes`` fewest people x minutes, ``worst`` the
        shortest minutes within which every settlement has a desk, ``fewest`` fewest openings
        (desks that may close count while they stay), ``cost`` least money.
    tolerance_share
        Share of what an objective reached that later ones may give up; the policy's if None.
    people
        Who counts: ``adults``, ``over65``, or ``mix``, in which somebody of 65 or older counts
        `over65_weight` times as much as another adult.
    branches
        Whether a site may be a branch of a point in service, with some of its hours.
    closable, movable
        Ids of PDF desks in service that may close, or move; ``all`` for every one. The others
        stay.
    close_desks
        How many desks must close.
    capacity
        Whether a desk serves no more people than its hours allow.
    honour_targets
        Whether a new point is proposed only where its catchment can honour its target.
    cover_share
        Share of all adults that must be within reach.
    inner_share
        Share of the adults of inner areas that must be within reach.
    max_min
        Minutes within which every settlement must have a desk.
    per_province, per_union
        New sites in every province, in every union of municipalities, at least.
    at_least
        New sites in a province or union named, at least.
    exclude, require
        Candidate ids or ISTAT codes: no site there; a site there, or one in the municipality.
    spacing_min, spacing_km
        Minutes, or kilometres in a straight line, that part a new site from any other desk.
    tradeoffs
        Whether to draw, too, what is traded between people and the worst-off, and how sure the
        choice is.
    """

    WHERE: ClassVar[str] = "sites"

    objective: Annotated[tuple[Objective, ...], not_empty, distinct] = ("coverage", "minutes")
    tolerance_share: Annotated[float, between(0, 1)] | None = None
    people: People = "adults"
    over65_weight: Annotated[float, between(0, 100)] = PLAIN_OVER65_WEIGHT
    branches: bool = False
    closable: Names = ()
    movable: Names = ()
    close_desks: Count = 0
    capacity: bool = False
    honour_targets: bool = False
    cover_share: Share | None = None
    inner_share: Share | None = None
    max_min: Minutes | None = None
    per_province: Count = 0
    per_union: Count = 0
    at_least: tuple[AtLeast, ...] = ()
    exclude: Names = ()
    require: Names = ()
    spacing_min: Minutes | None = None
    spacing_km: Annotated[float, above(0, at_most=1000)] | None = None
    tradeoffs: bool = False

    def contradictions(self) -> list[str]:
        """List wishes that cannot be meant together."""
        faults = []
        both = [name for name in self.require if name in self.exclude]
        if both:
            faults.append(f"require and exclude: {', '.join(both)} in both")
        both = [name for name in self.movable if name in self.closable]
        if both:
            faults.append(f"movable and closable: {', '.join(both)} in both")
        if EVERY_DESK in self.movable and self.closable:
            faults.append(
                "movable and closable: every desk may move, so that none is left to close"
            )
        if self.over65_weight != PLAIN_OVER65_WEIGHT and self.people != "mix":
            faults.append(f"over65_weight: people is {self.people}, only mix weighs them")
        if self.tolerance_share and len(self.objective) == 1:
            faults.append("tolerance_share: one objective only, nothing to give up for another")
        if self.close_desks and not self.closable:
            faults.append(f"close_desks: {self.close_desks}, but no desk is closable")
        areas = distinct(tuple(wish.area.casefold() for wish in self.at_least))
        if areas:
            faults.append(f"at_least: area {areas}")
        first = self.objective[0]
        if first in {"fewest", "cost"} and not self.asks_something:
            faults.append(
                f"objective: {first} comes first and nothing is asked for, so that no site is "
                "best; give cover_share, inner_share, max_min or sites by area"
            )
        return faults

    def for_one(self, objective: Objective) -> SitingWishes:
        """Return these wishes with one objective, all adults alike, and no ceiling on minutes."""
        return replace(
            self,
            objective=(objective,),
            tolerance_share=None,
            people="adults",
            over65_weight=PLAIN_OVER65_WEIGHT,
            max_min=None,
        )

    @property
    def asks_something(self) -> bool:
        """Whether a rule asks for sites, so that opening none may break it."""
        return bool(
            self.cover_share
            or self.inner_share
            or self.max_min
            or self.per_province
            or self.per_union
            or self.at_least
            or self.require
        )

    @property
    def is_plain_covering(self) -> bool:
        """Whether the first objective is covering by number of points, without any rule."""
        is_ruled = (
            self.asks_something
            or self.branches
            or self.movable
            or self.close_desks
            or self.capacity
            or self.honour_targets
            or self.exclude
            or self.spacing_min
            or self.spacing_km
        )
        return self.objective[0] == "coverage" and self.people != "mix" and not is_ruled


def read_sites(entries: Mapping[str, Any], *, where: str) -> SitingWishes:
    """Build wishes from the entries of a table ``[sites]``; one text stands for a list of one.

    Raises
    ------
    ConfigError
        If an entry is unknown (the nearest is named), of the wrong kind, out of range or
        contradicts another.
    """
    if not isinstance(entries, dict):
        return build(SitingWishes, entries, where=where)
    listed = {
        name: [entry] if name in _LISTS and isinstance(entry, str) else entry
        for name, entry in entries.items()
    }
    if isinstance(listed.get("objective"), list):
        listed["objective"] = [
            OTHER_NAMES.get(entry, entry) if isinstance(entry, str) else entry
            for entry in listed["objective"]
        ]
    return build(SitingWishes, listed, where=where)


def overruled(wishes: SitingWishes, given: Mapping[str, Any]) -> SitingWishes:
    """Return wishes with some settings changed; lists may come as texts separated by commas.

    Raises
    ------
    ConfigError
        As `read_sites`.
    """
    if not given:
        return wishes
    kept = {declared.name: getattr(wishes, declared.name) for declared in fields(wishes)}
    changed = {
        name: _listed(setting) if name in _LISTS else setting for name, setting in given.items()
    }
    if "objective" in changed:
        changed["objective"] = tuple(OTHER_NAMES.get(name, name) for name in changed["objective"])
    return SitingWishes(**(kept | changed))


def _listed(setting: Any) -> tuple[str, ...]:  # noqa: ANN401 (a text, or a list of texts)
    texts = [setting] if isinstance(setting, str) else list(setting)
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


_LISTS = frozenset({"objective", "closable", "movable", "exclude", "require"})


def sites_as_toml(wishes: SitingWishes) -> str:
    """Return the settings that are not the default as TOML; empty where all are."""
    lines, tables = [], []
    for declared in fields(wishes):
        setting = getattr(wishes, declared.name)
        if setting == declared.default:
            continue
        if declared.name == "at_least":
            for wish in setting:
                area = json.dumps(wish.area, ensure_ascii=False)
                tables += ["", "[[sites.at_least]]", f"area = {area}", f"n_sites = {wish.n_sites}"]
        else:
            # JSON's texts, lists of texts, numbers and booleans are TOML's too.
            written = list(setting) if isinstance(setting, tuple) else setting
            lines.append(f"{declared.name} = {json.dumps(written, ensure_ascii=False)}")
    if not lines and not tables:
        return ""
    return "\n".join(["[sites]", *lines, *tables]) + "\n"


__all__ = [
    "EVERY_DESK",
    "OBJECTIVES",
    "OTHER_NAMES",
    "AtLeast",
    "Name",
    "Objective",
    "People",
    "Share",
    "SitingWishes",
    "overruled",
    "read_sites",
    "sites_as_toml",
]
