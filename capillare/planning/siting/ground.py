"""What new sites are chosen on: a network on a day, and the candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.places import Territory
    from capillare.geo.points import Registry
    from capillare.geo.settings import Policy
    from capillare.geo.travel import TravelTimes
    from capillare.planning.siting.wishes import SitingWishes


@dataclass(frozen=True)
class Ground:
    """What new sites are chosen on.

    Attributes
    ----------
    territory
        Municipalities and the places that hold their people.
    registry
        Points, bodies and applications.
    desks
        Desks in service of the networks that count, sorted by ``desk_id`` and numbered from 0,
        with ``weekly_hours`` and ``landmass``.
    candidates
        Table ``candidates``.
    inner_class
        Class of inner areas by ``istat_code``; missing where not known.
    today_min
        Minutes from each place to the nearest desk in service, with no cut-off; missing for none.
    travel
        Knows the minutes.
    travel_error_min
        Mean absolute error of the minutes.
    policy
        Reach, bands, costs, and the rules of new sites.
    """

    territory: Territory
    registry: Registry
    desks: pd.DataFrame
    candidates: pd.DataFrame
    inner_class: pd.Series[str]
    today_min: pd.Series[float]
    travel: TravelTimes
    travel_error_min: float
    policy: Policy

    def tolerance_of(self, wishes: SitingWishes) -> float:
        """Return the share of an objective that later ones may give up: asked, or the policy's."""
        asked = wishes.tolerance_share
        return self.policy.siting.tolerance_share if asked is None else asked


__all__ = ["Ground"]
