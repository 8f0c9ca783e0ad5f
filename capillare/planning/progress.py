"""Progress: how far each point is from its target, and what the network adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.numerals import day, euros, number
from capillare.geo.schema import TARGETS
from capillare.planning.targets import FUNDED_STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.geo.settings import Campaign, Policy

_STATUSES_IT = {
    "planned": "previsti",
    "active": "attivi",
    "suspended": "sospesi",
    "closed": "chiusi",
    "unknown": "di stato ignoto",
}

_DOUBTS_IT = {
    "band edge": (
        "con residenti esattamente sul bordo di una fascia, dove la tabella stampata è ambigua "
        "(si usa la fascia inferiore)"
    ),
    "assumed entity": "attribuiti a un ente per ipotesi e non per fonte",
    "main seat": (
        "senza un territorio dichiarato, per i quali vale il comune della sede principale dell'ente"
    ),
    "members": (
        "il cui territorio sono tutti i comuni membri dell'ente, in mancanza di quelli dichiarati "
        "nella domanda"
    ),
    "no territory": "senza un territorio noto, con fascia e obiettivo calcolato lasciati vuoti",
    "no target": "senza un obiettivo noto, fuori dalle somme",
    "no count": "senza un avanzamento noto alla data, fuori dai cittadini raggiunti",
}


def add_progress(
    targets: pd.DataFrame, progress: pd.DataFrame, policy: Policy, *, as_of: date
) -> pd.DataFrame:
    """Add to each point its last count not after `as_of`, and what is still missing.

    Parameters
    ----------
    targets
        Points with their targets, as `assign_targets` returns them.
    progress
        PROGRESS: cumulated counts by date. A count that does not state people is passed over.
    as_of
        Later counts are not seen.

    Returns
    -------
    pd.DataFrame
        TARGETS, sorted by ``point_id``. ``target_share`` is missing where the target or the count
        is; ``pace_needed_per_day`` is the people still missing over the days from `as_of` to the
        campaign's end: 0 once reached, missing from the campaign's last day on.
    """
    counted = targets.merge(
        _last_counts(progress, as_of), on="point_id", how="left", validate="1:1"
    )
    reached = counted["citizens_reached"].astype("Int64")
    target = counted["target_citizens"].astype("Int64")
    counted["target_share"] = (
        (reached / target.where(target > 0)).astype("Float64").to_numpy("float64", na_value=np.nan)
    )
    counted = hold_to_line(counted, _renewal_line_share(policy))
    missing_people = (target - reached).clip(lower=0)
    days_left = _days_left(counted["campaign"], policy, as_of)
    counted["pace_needed_per_day"] = (
        (missing_people / days_left).astype("Float64").to_numpy("float64", na_value=np.nan)
    )
    return TARGETS.check(counted.sort_values("point_id", ignore_index=True))


def _last_counts(progress: pd.DataFrame, as_of: date) -> pd.DataFrame:
    # ISO dates sort as text.
    seen = progress[(progress["as_of"] <= as_of.isoformat()) & progress["citizens"].notna()]
    last = seen.sort_values("as_of").drop_duplicates("point_id", keep="last")
    return last[["point_id", "citizens", "as_of"]].rename(columns={"citizens": "citizens_reached"})


def hold_to_line(targets: pd.DataFrame, line_share: float | None) -> pd.DataFrame:
    """Say who reached the share of its target that opens to a direct renewal, boundary included."""
    line = np.nan if line_share is None else line_share
    over = (targets["target_share"] >= line).astype("boolean")
    is_known = targets["target_share"].notna() & (line_share is not None)
    return targets.assign(renewal_line_share=line, is_over_renewal_line=over.where(is_known))


def _renewal_line_share(policy: Policy) -> float | None:
    # The latest campaign with a line is the renewal that is still to come, or the last there was.
    with_line = [c for c in policy.campaigns if c.renewal_line_share is not None]
    return max(with_line, key=lambda c: c.starts_on).renewal_line_share if with_line else None


def _days_left(campaign: pd.Series, policy: Policy, as_of: date) -> pd.Series:
    ends_on = campaign.map({c.campaign: c.ends_on for c in policy.campaigns})
    days = (pd.to_datetime(ends_on) - pd.Timestamp(as_of)).dt.days
    return days.where(days > 0).astype("Int64")


@dataclass(frozen=True)
class RollUp:
    """What the points held add up to, beside what the region committed to.

    Attributes
    ----------
    as_of
        Date of the sums.
    n_points_by_status
        Points held, by status; statuses nobody has are left out.
    n_points_by_campaign
        Points held, by campaign of the policy.
    campaigns
        The commitments: points declared, adults, services and budget of each campaign.
    target_active_people, target_held_people
        Sum of the known targets of active points, and of all points held.
    contributions_eur, equipment_eur
        Over planned, active and suspended points; equipment at the policy's price.
    citizens_reached_people
        Sum of the last known counts, over `n_points_counted` points.
    caveats
        Italian sentences that must accompany the figures.
    """

    as_of: date
    n_points_by_status: Mapping[str, int]
    n_points_by_campaign: Mapping[str, int]
    campaigns: tuple[Campaign, ...]
    target_active_people: int
    target_held_people: int
    contributions_eur: float
    equipment_eur: float
    citizens_reached_people: int
    n_points_counted: int
    caveats: tuple[str, ...]

    @property
    def n_points(self) -> int:
        """Points held, whatever their status."""
        return sum(self.n_points_by_status.values())

    @property
    def is_lower_bound(self) -> bool:
        """Whether fewer points are held than the first campaign declares."""
        return self.n_points < self.campaigns[0].n_points

    def summary(self) -> str:
        """Say it in a few Italian lines."""
        first = self.campaigns[0]
        statuses = ", ".join(
            f"{number(n_points)} {_STATUSES_IT[status]}"
            for status, n_points in self.n_points_by_status.items()
        )
        statuses_it = f" ({statuses})" if statuses else ""
        held, counted = number(self.n_points), number(self.n_points_counted)
        lines = [
            f"Situazione al {day(self.as_of)}.",
            f"Punti nel registro: {held} su {number(first.n_points)} dichiarati{statuses_it}.",
            f"Cittadini da raggiungere nei punti attivi: {number(self.target_active_people)}.",
            f"Cittadini da raggiungere in tutti i punti: {number(self.target_held_people)}.",
            f"Impegno della regione: {_commitment_it(first)}.",
            f"Contributi: {euros(self.contributions_eur)}.",
            f"Attrezzature: circa {euros(self.equipment_eur)}.",
            f"Cittadini raggiunti: {number(self.citizens_reached_people)}.",
            f"Punti con avanzamento noto: {counted} su {held}.",
        ]
        return "\n".join([*lines, *(f"Attenzione: {caveat}" for caveat in self.caveats)])


def roll_up(targets: pd.DataFrame, policy: Policy, *, as_of: date) -> RollUp:
    """Add up TARGETS; unknown targets and counts are left out of the sums and counted in caveats.

    The sum of computed targets is set beside the region's commitment and never rescaled to it.
    """
    funded = targets["status"].isin(FUNDED_STATUSES)
    statuses = targets["status"].value_counts()
    campaigns = targets["campaign"].value_counts()
    return RollUp(
        as_of=as_of,
        n_points_by_status={s: int(statuses[s]) for s in _STATUSES_IT if s in statuses},
        n_points_by_campaign={
            c.campaign: int(campaigns.get(c.campaign, 0)) for c in policy.campaigns
        },
        campaigns=policy.campaigns,
        target_active_people=int(
            targets.loc[targets["status"] == "active", "target_citizens"].sum()
        ),
        target_held_people=int(targets["target_citizens"].sum()),
        contributions_eur=float(targets.loc[funded, "funding_eur"].sum()),
        equipment_eur=int(funded.sum()) * policy.point.equipment_eur,
        citizens_reached_people=int(targets["citizens_reached"].sum()),
        n_points_counted=int(targets["citizens_reached"].notna().sum()),
        caveats=_caveats(targets, policy),
    )


def _caveats(targets: pd.DataFrame, policy: Policy) -> tuple[str, ...]:
    first = policy.first_campaign
    n_computed = int((targets["target_basis"] == "computed").sum())
    sentences = []
    if len(targets) < first.n_points:
        sentences.append(
            f"il registro contiene {number(len(targets))} dei {number(first.n_points)} "
            "punti dichiarati: ogni cifra sulla rete è un limite inferiore."
        )
    if n_computed:
        sentences.append(_sum_caveat(targets, n_computed, first))
    masks = {
        "band edge": targets["on_band_edge"],
        "assumed entity": targets["entity_basis"] == "assumed",
        "main seat": targets["territory_basis"] == "main_seat",
        "members": targets["territory_basis"] == "members",
        "no territory": targets["entity_residents"].isna(),
        "no target": targets["target_citizens"].isna(),
        "no count": targets["citizens_reached"].isna(),
    }
    for doubt, mask in masks.items():
        n_points = int(mask.fillna(value=False).sum())
        if n_points:
            sentences.append(
                f"punti {_DOUBTS_IT[doubt]}: {number(n_points)} su {number(len(targets))}."
            )
    return tuple(sentences)


def _sum_caveat(targets: pd.DataFrame, n_computed: int, first: Campaign) -> str:
    summed = int(targets["target_citizens"].sum())
    is_too_high = summed > first.target_citizens and len(targets) < first.n_points
    return (
        f"la somma degli obiettivi è {number(summed)} ({number(n_computed)} punti calcolati dalla "
        f"fascia), l'impegno della regione è {number(first.target_citizens)}"
        + (", già superato con meno punti di quelli dichiarati" if is_too_high else "")
        + ": la tabella delle fasce e il totale non vanno d'accordo, e nulla viene riproporzionato."
    )


def _commitment_it(campaign: Campaign) -> str:
    parts = [f"{number(campaign.target_citizens)} cittadini"]
    if campaign.target_services is not None:
        parts.append(f"{number(campaign.target_services)} servizi")
    if campaign.budget_eur is not None:
        parts.append(f"{euros(campaign.budget_eur)}")
    return f"{', '.join(parts)} entro il {day(date.fromisoformat(campaign.ends_on))}"
