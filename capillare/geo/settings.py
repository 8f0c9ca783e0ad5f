"""Policy of the programme (a TOML file) and tunables of the program, both frozen and validated."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from capillare.geo.errors import ConfigError
from capillare.geo.fields import (
    Checked,
    above,
    among,
    ascending,
    between,
    build,
    iso_day,
    like,
    nearest,
    not_empty,
)
from capillare.geo.funding_rules import CallRules, CandidateRules
from capillare.geo.publication_rules import PublicationRules
from capillare.geo.schema.territory import INNER_CLASSES
from capillare.geo.season_rules import PresenceRules, SeasonRules
from capillare.geo.siting_rules import SitingRules

POLICY_FILE = Path(__file__).parent.parent / "data" / "policy.toml"
EFFORTS = ("quick", "normal", "best")
Effort = Literal["quick", "normal", "best"]

# Every indicator the gap index knows; a policy weighs some or all of them.
INDICATORS = (
    "travel_min",
    "adults_unreachable_share",
    "hours_per_1000_adults",
    "weekly_coverage_share",
    "over65_share",
    "minutes_to_pole_min",
    "target_distance_share",
)
LOWER_IS_WORSE = frozenset({"hours_per_1000_adults", "weekly_coverage_share"})

HOURS_A_WEEK = 168
MINUTES_A_DAY = 24 * 60

Name = Annotated[str, not_empty]
Day = Annotated[str, iso_day]
Count = Annotated[int, between(0)]
Share = Annotated[float, between(0, 1)]
Euros = Annotated[float, between(0)]
Minutes = Annotated[float, above(0, at_most=MINUTES_A_DAY)]


@dataclass(frozen=True)
class Bands(Checked):
    """Population bands and the adults a point commits to in each."""

    WHERE: ClassVar[str] = "policy bands"

    source: str
    to_residents: Annotated[tuple[Count, ...], not_empty, ascending]
    target_citizens: tuple[Count, ...]
    ambiguous_residents: tuple[Count, ...] = ()

    def __post_init__(self) -> None:
        """Refuse bands that are not ascending or do not match their targets."""
        super().__post_init__()
        if len(self.target_citizens) != len(self.to_residents) + 1:
            raise ConfigError(
                f"policy bands: {len(self.to_residents)} upper ends need "
                f"{len(self.to_residents) + 1} targets, not {len(self.target_citizens)}. "
                "Give one target a band."
            )
        strangers = sorted(set(self.ambiguous_residents) - set(self.to_residents))
        if strangers:
            raise ConfigError(
                f"policy bands.ambiguous_residents: {strangers[0]} is not an upper end. "
                "Take them from to_residents."
            )


@dataclass(frozen=True)
class Campaign(Checked):
    """One funding campaign: what the region committed to, by when."""

    WHERE: ClassVar[str] = "policy campaigns"

    campaign: Name
    title: str
    starts_on: Day
    ends_on: Day
    n_points: Count
    target_citizens: Annotated[int, between(1)]
    source: str
    target_services: Count | None = None
    budget_eur: Euros | None = None
    renewal_line_share: Share | None = None

    def __post_init__(self) -> None:
        """Refuse a campaign that ends before it starts."""
        super().__post_init__()
        if self.ends_on < self.starts_on:
            raise ConfigError(
                f"policy campaign {self.campaign}: ends on {self.ends_on}, before it starts on "
                f"{self.starts_on}. Correct the dates."
            )


@dataclass(frozen=True)
class PointRules(Checked):
    """What one funded point owes and costs."""

    WHERE: ClassVar[str] = "policy point"

    weekly_hours: Annotated[float, above(0, at_most=HOURS_A_WEEK)]
    contribution_eur: Euros
    equipment_eur: Euros
    source: str

    @property
    def cost_eur(self) -> float:
        """Full cost of one new point."""
        return self.contribution_eur + self.equipment_eur


@dataclass(frozen=True)
class Reach(Checked):
    """What counts as within reach, and the hours in which people usually come."""

    WHERE: ClassVar[str] = "policy reach"

    within_min: Minutes
    usual_hours: Name
    source: str


@dataclass(frozen=True)
class Catchment(Checked):
    """Zones and weights of the enhanced two-step floating catchment area."""

    WHERE: ClassVar[str] = "policy catchment"

    zone_min: Annotated[tuple[Minutes, ...], not_empty, ascending]
    zone_weight: tuple[Share, ...]
    source: str

    def __post_init__(self) -> None:
        """Refuse zones that do not ascend or lack a weight."""
        super().__post_init__()
        if len(self.zone_min) != len(self.zone_weight):
            raise ConfigError(
                f"policy catchment: {len(self.zone_min)} zones, {len(self.zone_weight)} weights. "
                "Give one weight a zone."
            )


@dataclass(frozen=True)
class InnerAreas(Checked):
    """Classes that are ranked, and the minutes that part C, D, E and F."""

    WHERE: ClassVar[str] = "policy inner_areas"

    ranked_classes: Annotated[tuple[str, ...], not_empty, among(INNER_CLASSES)]
    cuts_min: Annotated[tuple[Minutes, Minutes, Minutes], ascending]
    source: str


@dataclass(frozen=True)
class GapRules(Checked):
    """How the gap index is built and what is called under-served."""

    WHERE: ClassVar[str] = "policy gaps"

    under_served_min: Minutes
    unreachable_share: Share
    known_share: Share
    n_draws: Annotated[int, between(1, 100_000)]
    seed: Count
    source: str
    weights: Annotated[dict[str, Annotated[float, between(0)]], among(INDICATORS)]

    def __post_init__(self) -> None:
        """Refuse an index made of nothing."""
        super().__post_init__()
        if not any(self.weights.values()):
            raise ConfigError("policy gaps.weights: none is above 0. Weigh one indicator at least.")


@dataclass(frozen=True)
class Policy(Checked):
    """The programme's rules, each with its source."""

    WHERE: ClassVar[str] = "policy"

    title: str
    region: Annotated[str, like(r"\d{2}|all", "09, or all")]
    source: str
    source_date: Annotated[str, like(r"\d{4}(-\d{2}(-\d{2})?)?", "2026, 2026-01 or 2026-01-31")]
    bands: Bands
    campaigns: Annotated[tuple[Campaign, ...], not_empty]
    point: PointRules
    reach: Reach
    catchment: Catchment
    inner_areas: InnerAreas
    gaps: GapRules
    siting: SitingRules
    calls: CallRules = field(default_factory=CallRules)
    candidates: CandidateRules = field(default_factory=CandidateRules)
    presence: PresenceRules = field(default_factory=PresenceRules)
    seasons: SeasonRules = field(default_factory=SeasonRules)
    publication: PublicationRules = field(default_factory=PublicationRules)
    helpline: str = ""
    caveats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two campaigns of one name."""
        super().__post_init__()
        names = [campaign.campaign for campaign in self.campaigns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ConfigError(f"policy campaigns: {twice[0]!r} is declared twice. Rename one.")

    def campaign(self, name: str) -> Campaign:
        """Return a campaign by name.

        Raises
        ------
        ConfigError
            If the policy declares no such campaign; the nearest name is given.
        """
        by_name = {campaign.campaign: campaign for campaign in self.campaigns}
        if name not in by_name:
            raise ConfigError(f"policy: no campaign {name!r}.{nearest(name, by_name)}")
        return by_name[name]

    @property
    def first_campaign(self) -> Campaign:
        """The campaign that built the network: the one the region's totals speak of."""
        return self.campaigns[0]


@dataclass(frozen=True)
class Settings(Checked):
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
    exact_places: Count = 1000
    simplify_m: Annotated[float, between(0)] = 200.0


def read_policy(path: Path | None = None) -> Policy:
    """Read and validate a policy file; the packaged one by default.

    Raises
    ------
    ConfigError
        If the file is absent, is not TOML, lacks a rule, names one that does not exist, or gives
        one a value of the wrong kind or out of range.
    """
    path = path or POLICY_FILE
    try:
        with path.open("rb") as file:
            rules = tomllib.load(file)
    except OSError as fault:
        raise ConfigError(f"policy {path.name}: cannot be read ({fault.strerror}).") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise ConfigError(f"policy {path.name}: not a TOML file ({fault}).") from fault
    return build(Policy, rules, where=f"policy {path.name}")


__all__ = [
    "EFFORTS",
    "INDICATORS",
    "LOWER_IS_WORSE",
    "POLICY_FILE",
    "Bands",
    "CallRules",
    "Campaign",
    "CandidateRules",
    "Catchment",
    "Effort",
    "GapRules",
    "InnerAreas",
    "PointRules",
    "Policy",
    "PresenceRules",
    "Reach",
    "SeasonRules",
    "Settings",
    "SitingRules",
    "read_policy",
]
