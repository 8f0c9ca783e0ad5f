"""The figures that sum a network up in one screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from capillare.planning.network import serving_desks

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.gaps import Gaps
    from capillare.planning.network import Network


@dataclass(frozen=True, kw_only=True)
class Headline:
    """A network in a few figures.

    Attributes
    ----------
    n_points, n_points_declared
        Points held by the registry, and declared by the campaign that built the network.
    n_desks, n_desks_to_confirm
        Desks in service of the networks asked for, each row for the desks it stands for; of these,
        those that nobody has verified since their campaign ended.
    weekly_hours
        Hours a week in which these desks are open, summed; stated or estimated.
    adults, adults_15min, adults_within, adults_30min, adults_unreachable
        Residents aged 18 and over; of these, those with a desk within 15 minutes, within reach
        (the policy's minutes), within 30 minutes, and with none by road.
    target_citizens
        Sum of the known targets of all points held.
    n_under_served, n_ranked
        Inner municipalities that the policy calls under-served, among those ranked.
    """

    n_points: int
    n_points_declared: int
    n_desks: int
    n_desks_to_confirm: int
    weekly_hours: float
    adults: int
    adults_15min: int
    adults_within: int
    adults_30min: int
    adults_unreachable: int
    target_citizens: int
    n_under_served: int
    n_ranked: int

    def adults_share(self, n_adults: int) -> float:
        """Return `n_adults` as a share of the adults; 0 where nobody lives."""
        return n_adults / self.adults if self.adults else 0.0


def sum_up(network: Network, gaps: Gaps) -> Headline:
    """Sum up a network and the ranking of its gaps."""
    desks = serving_desks(network.desks, network.scenario)
    n_desks = desks["n_desks"].fillna(1).astype("int64")
    places = network.access.places
    return Headline(
        n_points=network.roll_up.n_points,
        n_points_declared=network.roll_up.campaigns[0].n_points,
        n_desks=int(n_desks.sum()),
        n_desks_to_confirm=int(n_desks[desks["is_to_be_confirmed"].astype("bool")].sum()),
        weekly_hours=float((desks["weekly_hours"] * n_desks).sum()),
        adults=int(places["adults"].sum()),
        adults_15min=_adults(places, "is_within_15"),
        adults_within=_adults(places, "is_within"),
        adults_30min=_adults(places, "is_within_30"),
        adults_unreachable=int(network.coverage["adults_unreachable"].sum()),
        target_citizens=network.roll_up.target_held_people,
        n_under_served=int(gaps.table["under_served"].sum()),
        n_ranked=len(gaps.table),
    )


def _adults(places: pd.DataFrame, mask: str) -> int:
    return int(places.loc[places[mask].astype("bool"), "adults"].sum())
