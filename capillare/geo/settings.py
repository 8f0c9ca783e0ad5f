"""Policy of the programme (a TOML file) and tunables of the program, both frozen and validated."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from capillare.geo.errors import ConfigError

POLICY_FILE = Path(__file__).parent.parent / "data" / "policy.toml"
EFFORTS = ("quick", "normal", "best")
Effort = Literal["quick", "normal", "best"]


@dataclass(frozen=True)
class Bands:
    """Population bands and the adults a point commits to in each."""

    source: str
    to_residents: tuple[int, ...]
    target_citizens: tuple[int, ...]
    ambiguous_residents: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse bands that are not ascending or do not match their targets."""
        if list(self.to_residents) != sorted(set(self.to_residents)):
            raise ConfigError("policy bands.to_residents: must ascend. Sort the upper ends.")
        if len(self.target_citizens) != len(self.to_residents) + 1:
            raise ConfigError(
                f"policy bands: {len(self.to_residents)} upper ends need "
                f"{len(self.to_residents) + 1} targets, not {len(self.target_citizens)}."
            )


@dataclass(frozen=True)
class Campaign:
    """One funding campaign: what the region committed to, by when."""

    campaign: str
    title: str
    starts_on: str
    ends_on: str
    n_points: int
    target_citizens: int
    source: str
    target_services: int | None = None
    budget_eur: float | None = None
    renewal_line_share: float | None = None

    def __post_init__(self) -> None:
        """Refuse a campaign that ends before it starts."""
        if self.ends_on < self.starts_on:
            raise ConfigError(f"policy campaign {self.campaign}: ends before it starts.")


@dataclass(frozen=True)
class PointRules:
    """What one funded point owes and costs."""

    weekly_hours: float
    contribution_eur: float
    equipment_eur: float
    source: str

    @property
    def cost_eur(self) -> float:
        """Full cost of one new point."""
        return self.contribution_eur + self.equipment_eur


@dataclass(frozen=True)
class Reach:
    """What counts as within reach, and the hours in which people usually come."""

    within_min: float
    usual_hours: str
    source: str

    def __post_init__(self) -> None:
        """Refuse a reach that nobody can have."""
        if not 0 < self.within_min <= 24 * 60:
            raise ConfigError(f"policy reach.within_min: {self.within_min} is not in (0, 1440].")


@dataclass(frozen=True)
class Catchment:
    """Zones and weights of the enhanced two-step floating catchment area."""

    zone_min: tuple[float, ...]
    zone_weight: tuple[float, ...]
    source: str

    def __post_init__(self) -> None:
        """Refuse zones that do not ascend or lack a weight."""
        if list(self.zone_min) != sorted(set(self.zone_min)):
            raise ConfigError("policy catchment.zone_min: must ascend.")
        if len(self.zone_min) != len(self.zone_weight):
            raise ConfigError("policy catchment: one weight per zone, please.")


@dataclass(frozen=True)
class InnerAreas:
    """Classes that are ranked, and the minutes that part C, D, E and F."""

    ranked_classes: tuple[str, ...]
    cuts_min: tuple[float, float, float]
    source: str


@dataclass(frozen=True)
class GapRules:
    """How the gap index is built and what is called under-served."""

    under_served_min: float
    unreachable_share: float
    known_share: float
    n_draws: int
    seed: int
    source: str
    weights: dict[str, float]


@dataclass(frozen=True)
class Policy:
    """The programme's rules, each with its source."""

    title: str
    region: str
    source: str
    source_date: str
    bands: Bands
    campaigns: tuple[Campaign, ...]
    point: PointRules
    reach: Reach
    catchment: Catchment
    inner_areas: InnerAreas
    gaps: GapRules
    helpline: str = ""

    def campaign(self, name: str) -> Campaign:
        """Return a campaign by name.

        Raises
        ------
        ConfigError
            If the policy declares no such campaign; the nearest name is given.
        """
        by_name = {campaign.campaign: campaign for campaign in self.campaigns}
        if name not in by_name:
            raise ConfigError(f"policy: no campaign {name!r}.{_nearest(name, by_name)}")
        return by_name[name]

    @property
    def first_campaign(self) -> Campaign:
        """The campaign that built the network: the one the region's totals speak of."""
        return self.campaigns[0]


@dataclass(frozen=True)
class Settings:
    """Tunables of the program, not of the programme.

    Attributes
    ----------
    effort
        How hard searches try: ``quick``, ``normal`` or ``best``.
    exact_places
        Up to this many places the covering model is solved exactly.
    simplify_m
        Tolerance of boundaries drawn on screens, metres.
    """

    effort: Effort = "normal"
    exact_places: int = 1000
    simplify_m: float = 200.0

    def __post_init__(self) -> None:
        """Refuse an unknown effort."""
        if self.effort not in EFFORTS:
            raise ConfigError(
                f"effort {self.effort!r} is unknown.{_nearest(self.effort, EFFORTS)} "
                f"Choose one of {', '.join(EFFORTS)}."
            )


def read_policy(path: Path | None = None) -> Policy:
    """Read and validate a policy file; the packaged one by default.

    Raises
    ------
    ConfigError
        If the file is absent, is not TOML, lacks a rule, or names one that does not exist.
    """
    path = path or POLICY_FILE
    try:
        with path.open("rb") as file:
            rules = tomllib.load(file)
    except OSError as fault:
        raise ConfigError(f"policy {path.name}: cannot be read ({fault.strerror}).") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigError(f"policy {path.name}: not a TOML file ({fault}).") from fault
    parts: dict[str, Any] = {
        "bands": Bands,
        "point": PointRules,
        "reach": Reach,
        "catchment": Catchment,
        "inner_areas": InnerAreas,
        "gaps": GapRules,
    }
    built = dict(rules)
    for name, kind in parts.items():
        if isinstance(rules.get(name), dict):
            built[name] = _built(kind, rules[name], where=f"policy {path.name} [{name}]")
    if isinstance(rules.get("campaigns"), list):
        built["campaigns"] = tuple(
            _built(Campaign, entry, where=f"policy {path.name} [[campaigns]] {position}")
            for position, entry in enumerate(rules["campaigns"], start=1)
        )
    policy: Policy = _built(Policy, built, where=f"policy {path.name}")
    if not policy.campaigns:
        raise ConfigError(f"policy {path.name}: no campaign. Declare one [[campaigns]].")
    return policy


def _built(kind: Any, entries: dict[str, Any], *, where: str) -> Any:  # noqa: ANN401 (any of ours)
    declared = {f.name: f for f in fields(kind)}
    unknown = [name for name in entries if name not in declared]
    if unknown:
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}.{_nearest(unknown[0], declared)}")
    lacking = [
        f.name
        for f in declared.values()
        if f.default is MISSING and f.default_factory is MISSING and f.name not in entries
    ]
    if lacking:
        raise ConfigError(f"{where}: missing {', '.join(lacking)}. Add it.")
    values = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entries.items()
    }
    try:
        return kind(**values)
    except TypeError as fault:
        raise ConfigError(f"{where}: a value has the wrong type ({fault}).") from fault


def _nearest(name: str, known: Any) -> str:  # noqa: ANN401 (any iterable of names)
    close = difflib.get_close_matches(str(name), [str(entry) for entry in known], n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


__all__ = [
    "EFFORTS",
    "POLICY_FILE",
    "Bands",
    "Campaign",
    "Catchment",
    "Effort",
    "GapRules",
    "InnerAreas",
    "PointRules",
    "Policy",
    "Reach",
    "Settings",
    "read_policy",
]
