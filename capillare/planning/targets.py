"""Targets: the adults each funded point commits to reach, by the residents of its territory.

A point carries the full target of the band its application's territory falls in; its seats never
multiply it. Source of the bands: the policy file. A target assigned by an act wins over the band.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
import pandas as pd

from capillare.geo.errors import DataError, named_rows
from capillare.geo.schema import TARGETS
from capillare.geo.schema.programme import TERRITORY_BASES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from capillare.geo.points import Registry
    from capillare.geo.settings import Bands, Campaign, Policy

FUNDED_STATUSES = ("planned", "active", "suspended")

# The territory of these bodies is several municipalities by law, so that their seat's municipality
# cannot stand for it: without a declared territory they have no target.
WIDER_THAN_SEAT_KINDS = ("union", "province")


@overload
def band_of(residents: int, bands: Bands) -> int: ...
@overload
def band_of(residents: pd.Series, bands: Bands) -> pd.Series: ...
def band_of(residents: int | pd.Series, bands: Bands) -> int | pd.Series:
    """Find the population band, 1 for the smallest; a band's upper end belongs to it.

    Missing residents have a missing band.

    Raises
    ------
    DataError
        If residents are below zero.

    >>> from capillare.geo.settings import read_policy
    >>> [band_of(residents, read_policy().bands) for residents in (0, 1000, 1001, 100_001)]
    [1, 1, 2, 10]
    """
    if not isinstance(residents, pd.Series):
        return int(band_of(pd.Series([residents]), bands).iloc[0])
    known = residents.dropna()
    negative = known[known < 0]
    if len(negative):
        raise DataError(
            f"residents: below zero, {named_rows(negative.index)}. Correct the population."
        )
    band = np.searchsorted(bands.to_residents, known.to_numpy("int64"), side="left") + 1
    return pd.Series(band, index=known.index, dtype="Int64", name="band").reindex(residents.index)


@overload
def is_on_band_edge(residents: int, bands: Bands) -> bool: ...
@overload
def is_on_band_edge(residents: pd.Series, bands: Bands) -> pd.Series: ...
def is_on_band_edge(residents: int | pd.Series, bands: Bands) -> bool | pd.Series:
    """Whether residents fall exactly where the printed table of bands is ambiguous."""
    if not isinstance(residents, pd.Series):
        return residents in bands.ambiguous_residents
    return residents.isin(bands.ambiguous_residents).fillna(value=False).astype("bool")


def territory_residents(
    application_municipalities: pd.DataFrame, municipalities: pd.DataFrame
) -> pd.Series:
    """Residents of each application's territory, by ``application_id``.

    Raises
    ------
    DataError
        If a municipality of a territory is not in `municipalities`: merged codes must have gone
        through the lineage table before.
    """
    members = application_municipalities.merge(
        municipalities[["istat_code", "residents"]],
        on="istat_code",
        how="left",
        validate="many_to_one",
    )
    absent = members.loc[members["residents"].isna(), "istat_code"]
    if len(absent):
        raise DataError(
            "application_municipalities.istat_code: not a municipality of the reference date, "
            f"{named_rows(sorted(set(absent)))}. Give the code in force, or add the ended one to "
            "the lineage table."
        )
    residents = members.groupby("application_id", sort=True)["residents"].sum()
    return residents.astype("int64").rename("entity_residents")


def assign_targets(
    registry: Registry, municipalities: pd.DataFrame, policy: Policy
) -> pd.DataFrame:
    """Assign its target to every point of the registry.

    Returns TARGETS up to ``status``, then ``territory_basis``, sorted by ``point_id``. Where no
    municipality is declared the territory is the main seat's municipality (``main_seat``), save
    for a union or a province. An unknown territory leaves residents, band and computed target
    missing, never zero.

    Raises
    ------
    DataError
        If a point names an entity, an application or a campaign that is not declared, or if a
        territory names a municipality that does not exist.
    """
    points = _points_with_bodies(registry)
    _check_campaigns(points, policy)
    residents, territory_basis = _territories(points, registry, municipalities)
    band = band_of(residents, policy.bands)
    computed = band.map(dict(enumerate(policy.bands.target_citizens, start=1))).astype("Int64")
    assigned = points["assigned_target"].astype("Int64")
    target = assigned.fillna(computed)
    targets = points.assign(
        entity_residents=residents,
        band=band,
        target_citizens=target,
        target_basis=np.where(assigned.notna(), "official", "computed"),
        target_services=_derived_services(target, points["campaign"], policy),
        weekly_hours=points["weekly_hours_due"],
        funding_eur=_funding_eur(points, policy),
        on_band_edge=is_on_band_edge(residents, policy.bands),
        territory_basis=territory_basis,
    )
    targets["target_basis"] = targets["target_basis"].where(target.notna())
    held = [*TARGETS.names[: TARGETS.names.index("status") + 1], "territory_basis"]
    return TARGETS.check(targets[held].sort_values("point_id", ignore_index=True))[held]


def _points_with_bodies(registry: Registry) -> pd.DataFrame:
    points = registry.points
    _check_declared(points, "entity_id", registry.entities["entity_id"])
    _check_declared(points, "application_id", registry.applications["application_id"])
    bodies = registry.entities[["entity_id", "entity", "entity_kind", "seat_istat_code"]]
    applications = registry.applications[["application_id", "campaign", "cost_eur"]]
    named = points.merge(bodies, on="entity_id", how="left", validate="many_to_one").merge(
        applications.rename(columns={"campaign": "application_campaign"}),
        on="application_id",
        how="left",
        validate="many_to_one",
    )
    named["campaign"] = named["campaign"].fillna(named["application_campaign"])
    return named


def _check_declared(points: pd.DataFrame, column: str, declared: Iterable[str]) -> None:
    strangers = points[points[column].notna() & ~points[column].isin(list(declared))]
    if len(strangers):
        raise DataError(
            f"points.{column}: not in its table, {named_rows(strangers['point_id'])}. "
            "Add the missing row there, or correct these."
        )


def _check_campaigns(points: pd.DataFrame, policy: Policy) -> None:
    names = [campaign.campaign for campaign in policy.campaigns]
    strangers = points[points["campaign"].notna() & ~points["campaign"].isin(names)]
    if len(strangers):
        raise DataError(
            f"points.campaign: not in the policy ({', '.join(names)}), "
            f"{named_rows(strangers['point_id'])}. Correct them, or declare the campaign."
        )


def _territories(
    points: pd.DataFrame, registry: Registry, municipalities: pd.DataFrame
) -> tuple[pd.Series, pd.Series]:
    declared = registry.application_municipalities
    of_application = territory_residents(declared, municipalities)
    # TERRITORY_BASES run from the strongest to the weakest, and the weakest names the whole.
    weakest = (
        declared["territory_basis"]
        .map(TERRITORY_BASES.index)
        .groupby(declared["application_id"])
        .max()
        .map(dict(enumerate(TERRITORY_BASES)))
    )
    residents = points["application_id"].map(of_application).astype("Int64")
    basis = points["application_id"].map(weakest).astype("str")
    seat = points["seat_istat_code"].where(
        ~points["entity_kind"].isin(WIDER_THAN_SEAT_KINDS) & residents.isna()
    )
    of_seat = seat.map(municipalities.set_index("istat_code")["residents"]).astype("Int64")
    return residents.fillna(of_seat), basis.mask(of_seat.notna(), "main_seat")


def _derived_services(target: pd.Series, campaign: pd.Series, policy: Policy) -> pd.Series:
    first = policy.first_campaign
    services = pd.Series(pd.NA, index=target.index, dtype="Int64")
    for own in policy.campaigns:
        ratio = own if own.target_services is not None else first
        rows = campaign == own.campaign
        services[rows] = _rounded_share(target[rows], ratio)
    return services


def _rounded_share(target: pd.Series, ratio: Campaign) -> pd.Series:
    if ratio.target_services is None:
        return pd.Series(pd.NA, index=target.index, dtype="Int64")
    # Integers throughout, halves up: rounding a float product goes to the even neighbour.
    return (2 * target * ratio.target_services + ratio.target_citizens) // (
        2 * ratio.target_citizens
    )


def _funding_eur(points: pd.DataFrame, policy: Policy) -> pd.Series:
    siblings = points.groupby("application_id")["point_id"].transform("size")
    contribution = (points["cost_eur"] / siblings).fillna(policy.point.contribution_eur)
    return contribution.where(points["status"].isin(FUNDED_STATUSES))
