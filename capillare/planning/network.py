"""The network on a day: territory, registry, targets and who reaches which desk."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from capillare.geo.access import Access, measure_access
from capillare.geo.inner_areas import classify_municipalities
from capillare.geo.points import Registry, desks_as_of, read_registry
from capillare.geo.population import read_territory
from capillare.geo.schema import COVERAGE
from capillare.geo.settings import POLICY_FILE, Policy, read_policy
from capillare.geo.sources.embedded import embedded_records
from capillare.geo.sources.official import find_inner_areas_file, inner_areas_record
from capillare.geo.sources.official_population import find_population_files, population_records
from capillare.geo.sources.records import SourceRecord, checksum
from capillare.geo.sources.reference import registry_records
from capillare.geo.travel import TravelError, TravelTimes, read_estimate, travel_records
from capillare.geo.travel_choice import TravelWishes, choose_travel
from capillare.planning.progress import RollUp, add_progress, roll_up
from capillare.planning.targets import assign_targets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from capillare.geo.places import Territory
    from capillare.planning.scenario import Scenario


@dataclass(frozen=True)
class Inputs:
    """Where a plan reads what the user brings; None is what the package carries.

    Attributes
    ----------
    registry
        Folder of CSV files, one CSV or one XLSX.
    policy
        TOML file.
    official
        Folder of official files (``CAPILLARE_DATA_DIR``).
    travel
        Matrix, routing server or built roads to know minutes by.
    """

    registry: Path | None = None
    policy: Path | None = None
    official: Path | None = None
    travel: TravelWishes = field(default_factory=TravelWishes)


@dataclass(frozen=True)
class Network:
    """The network on a day: what a plan stands on before anything is proposed.

    Attributes
    ----------
    desks
        Every desk, with ``is_in_service``, ``is_to_be_confirmed``, ``weekly_hours``.
    targets
        Table ``targets``.
    access
        Who reaches the desks in service.
    coverage
        Table ``coverage``.
    travel_error
        How wrong the minutes are.
    travel_notes
        What a reader must know of minutes that are not the embedded estimate, in Italian.
    official
        Folder of official files, for what is read later.
    """

    scenario: Scenario
    policy: Policy
    territory: Territory
    registry: Registry
    desks: pd.DataFrame
    targets: pd.DataFrame
    roll_up: RollUp
    access: Access
    coverage: pd.DataFrame
    travel: TravelTimes
    travel_error: TravelError
    sources: tuple[SourceRecord, ...]
    travel_notes: tuple[str, ...] = ()
    official: Path | None = None


def silent(_step: str) -> None:
    """Report nothing."""


def describe_network(
    scenario: Scenario, inputs: Inputs | None = None, *, report: Callable[[str], None] = silent
) -> Network:
    """Read everything and describe the network as it is.

    Raises
    ------
    ConfigError, SourceError, DataError
        If a setting, a source or the whole registry cannot be used.
    """
    inputs = inputs or Inputs()
    policy = _rules(scenario, inputs)
    report("confini, residenti e località")
    territory = read_territory(scenario.region, inputs.official)
    report("registro dei punti")
    registry = read_registry(inputs.registry, territory)
    desks = desks_as_of(registry, as_of=scenario.as_of, policy=policy)
    report("obiettivi")
    assigned = assign_targets(registry, territory.municipalities, policy)
    targets = add_progress(assigned, registry.progress, policy, as_of=scenario.as_of)
    report("tempi e copertura")
    chosen = choose_travel(
        inputs.travel, read_estimate(scenario.region), territory.places, desks["desk_id"]
    )
    travel = chosen.travel
    access = measure_access(
        territory, serving_desks(desks, scenario), travel, policy, as_of=scenario.as_of
    )
    official = find_inner_areas_file(inputs.official)
    classes = classify_municipalities(
        territory, travel, policy.inner_areas, poles_region=policy.region, official_file=official
    )
    coverage = access.coverage.merge(classes, on="istat_code", how="left", validate="one_to_one")
    return Network(
        scenario=scenario,
        policy=policy,
        territory=territory,
        registry=registry,
        desks=desks,
        targets=targets,
        roll_up=roll_up(targets, policy, as_of=scenario.as_of),
        access=access,
        coverage=COVERAGE.check(coverage),
        travel=travel,
        travel_error=chosen.error,
        sources=(*used_sources(inputs, official), *chosen.sources),
        travel_notes=chosen.after_notes(),
        official=inputs.official,
    )


def _rules(scenario: Scenario, inputs: Inputs) -> Policy:
    """Read the policy; the scenario's minutes within reach stand in for its own."""
    policy = read_policy(inputs.policy)
    if scenario.within_min is None:
        return policy
    reach = replace(policy.reach, within_min=scenario.within_min, source="scelta dello scenario")
    return replace(policy, reach=reach)


def serving_desks(desks: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the desks that coverage counts: in service, of the networks asked for.

    A van that tours is not counted: it is at a stop for some hours, and at its base for nobody.
    """
    seen = seen_desks(desks, scenario.networks)
    counted = seen["is_in_service"]
    if "is_touring" in seen:
        counted = counted & ~seen["is_touring"]
    return seen[counted]


def seen_desks(desks: pd.DataFrame, networks: str) -> pd.DataFrame:
    """Return the desks of the networks asked for (``pdf`` or ``all``), in service or not."""
    return desks[desks["network"] == "pdf"] if networks == "pdf" else desks


def targets_by_municipality(network: Network) -> pd.DataFrame:
    """Return the share of target reached by the points whose territory holds a municipality."""
    known = network.targets.dropna(subset=["citizens_reached", "target_citizens"])
    points = network.registry.points[["point_id", "application_id"]]
    held = known.merge(points, on="point_id", validate="one_to_one").merge(
        network.registry.application_municipalities[["application_id", "istat_code"]],
        on="application_id",
    )
    summed = held.groupby("istat_code", as_index=False)[
        ["citizens_reached", "target_citizens"]
    ].sum()
    share = summed["citizens_reached"] / summed["target_citizens"]
    return summed.assign(target_share=share)[["istat_code", "target_share"]]


def used_sources(inputs: Inputs, official: Path | None) -> tuple[SourceRecord, ...]:
    """Say what a network was read from, with dates, licences and checksums."""
    policy = inputs.policy or POLICY_FILE
    records = [*embedded_records(), *travel_records()]
    records += population_records(find_population_files(inputs.official))
    records += registry_records(inputs.registry)
    if official is not None:
        records.append(inner_areas_record(official))
    rules = read_policy(inputs.policy)
    records.append(
        SourceRecord(
            name=f"Regole del programma: {rules.title}",
            date=rules.source_date,
            licence="regole pubbliche, citare la fonte",
            sha256=checksum(policy),
        )
    )
    return tuple(records)
