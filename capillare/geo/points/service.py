"""Which desks are in service on a date, and how many hours a week each is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.hours import weekly_hours

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from capillare.geo.points.registry import Registry
    from capillare.geo.settings import Policy


def desks_as_of(registry: Registry, *, as_of: date, policy: Policy) -> pd.DataFrame:
    """Return every desk with its state on a date.

    Returns
    -------
    Table ``desks`` in the registry's order, with:

    ``is_in_service``
        Active, its point (if the registry holds one) active, and the date within its validity.
    ``is_to_be_confirmed``
        Its campaign has ended and nobody has verified it since. A desk of the points' own network
        whose campaign is not known belongs to the policy's first.
    ``weekly_hours``
        Of one desk: stated by its opening hours; else, in service, an equal share of what remains
        of the point's hours due after its desks in service with stated hours; else missing.
    ``hours_basis``
        ``estimated`` where the hours are such a share.
    """
    desks = registry.desks
    points = registry.points.set_index("point_id")
    of_point = desks["point_id"].map(points["status"])
    is_in_service = (
        (desks["status"] == "active")
        & (of_point.isna() | (of_point == "active"))
        & _is_valid(desks, as_of)
    )
    stated = _stated_hours(desks["opening_hours"], as_of)
    share = _share_of_hours_due(desks, stated, is_in_service, points["weekly_hours_due"])
    basis = desks["hours_basis"].mask(stated.isna() & share.notna(), "estimated")
    return desks.assign(
        is_in_service=is_in_service.astype("bool"),
        is_to_be_confirmed=_is_to_be_confirmed(registry, as_of, policy),
        weekly_hours=stated.fillna(share),
        hours_basis=basis.mask(stated.isna() & (basis == "stated"), "unknown"),
    )


def _is_valid(desks: pd.DataFrame, as_of: date) -> pd.Series:
    """Whether a date is within validity, both ends included; an end that is missing is open."""
    day = as_of.isoformat()
    has_begun = desks["valid_from"].isna() | (desks["valid_from"] <= day)
    return has_begun & (desks["valid_to"].isna() | (desks["valid_to"] >= day))


def _stated_hours(expressions: pd.Series, as_of: date) -> pd.Series:
    """Hours a week of each expression; missing where only "by appointment" or the like is said."""
    hours = {
        expression: weekly_hours(expression, as_of=as_of)
        for expression in expressions.dropna().unique()
    }
    known = {
        expression: hour
        for expression, hour in hours.items()
        if hour > 0 or "unknown" not in expression
    }
    return expressions.map(known).astype("float64")


def _share_of_hours_due(
    desks: pd.DataFrame, stated: pd.Series, is_in_service: pd.Series, due: pd.Series
) -> pd.Series:
    """Equal share of what remains of a point's hours due, for each desk without known hours."""
    n_desks = desks["n_desks"].fillna(1).astype("float64")
    serving = n_desks.where(is_in_service, 0.0)
    known = (stated.fillna(0.0) * serving).groupby(desks["point_id"]).sum()
    n_unknown = serving.where(stated.isna(), 0.0).groupby(desks["point_id"]).sum()
    remaining = (due.reindex(known.index).astype("float64") - known).clip(lower=0.0)
    share = remaining / n_unknown.where(n_unknown > 0)
    of_desk = desks["point_id"].map(share).astype("float64")
    return of_desk.where(is_in_service & stated.isna())


def _is_to_be_confirmed(registry: Registry, as_of: date, policy: Policy) -> NDArray[np.bool_]:
    desks = registry.desks
    campaign = desks["point_id"].map(registry.points.set_index("point_id")["campaign"])
    is_own_network = desks["network"] == "pdf"
    campaign = campaign.mask(campaign.isna() & is_own_network, policy.first_campaign.campaign)
    ends = campaign.map({own.campaign: own.ends_on for own in policy.campaigns}).astype("str")
    has_ended = ends.notna() & (ends < as_of.isoformat())
    verified = desks["verified_on"].where(desks["verified_on"] <= as_of.isoformat())
    is_verified_since = verified.notna() & (verified > ends)
    return np.asarray(has_ended & ~is_verified_since, dtype=bool)
