"""The points that serve on a day: their desks, and everybody's minutes to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import InfeasibleError
from capillare.geo.travel import spots_of
from capillare.planning.network import serving_desks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.network import Network


@dataclass(frozen=True, eq=False)
class Serving:
    """Points with a desk in service.

    Attributes
    ----------
    desks
        Desks in service, of points or not, sorted by id.
    points
        Ids, sorted, shape (n_points,).
    minutes
        Of each place to the nearest desk of each point; infinite beyond the policy's ``far_min``
        of new sites, shape (n_places, n_points).
    elsewhere_min
        Of each place to the nearest desk that belongs to no point, shape (n_places,).
    weekly_hours
        Of each point's desks; NaN where none is known, shape (n_points,).
    """

    desks: pd.DataFrame
    points: pd.Series
    minutes: NDArray[np.float64]
    elsewhere_min: NDArray[np.float64]
    weekly_hours: NDArray[np.float64]

    def rows(self, ids: pd.Series) -> NDArray[np.intp]:
        """Return the positions of some points, ascending."""
        return np.flatnonzero(self.points.isin(ids))


def find_serving(network: Network) -> Serving:
    """Find the points that serve, and how far everybody is from each.

    Raises
    ------
    InfeasibleError
        If no point has a desk in service.
    """
    desks = serving_desks(network.desks, network.scenario)
    desks = desks.sort_values("desk_id", ignore_index=True)
    held = set(network.registry.points["point_id"])
    points = pd.Series(sorted(set(desks["point_id"].dropna()) & held), dtype="str")
    if points.empty:
        raise InfeasibleError(
            f"--keep: no point of the registry has a desk in service on {network.scenario.as_of}. "
            "Give a registry with tables points and desks, or another --as-of."
        )
    supply = desks["weekly_hours"] * desks["n_desks"].fillna(1).astype("float64")
    hours = supply.groupby(desks["point_id"]).sum(min_count=1).reindex(points)
    minutes = _minutes(network, desks, points)
    return Serving(
        desks=desks,
        points=points,
        minutes=minutes[:, :-1],
        elsewhere_min=minutes[:, -1],
        weekly_hours=hours.to_numpy("float64"),
    )


def _minutes(network: Network, desks: pd.DataFrame, points: pd.Series) -> NDArray[np.float64]:
    """Return minutes to each point, and in the last column to desks of no point."""
    origins = spots_of(network.territory.places, id_column="place_id")
    ends = spots_of(desks, id_column="desk_id")
    far_min = max(network.policy.siting.far_min, network.policy.reach.within_min)
    legs = network.travel.pairs(origins, ends, max_min=far_min)
    # A desk of no point is -1: the last column.
    owner = pd.Index(points).get_indexer(pd.Index(desks["point_id"].fillna("")))
    minutes = np.full((len(origins), len(points) + 1), np.inf)
    np.minimum.at(minutes, (legs.origin, owner[legs.destination]), legs.travel_min)
    return minutes


__all__ = ["Serving", "find_serving"]
