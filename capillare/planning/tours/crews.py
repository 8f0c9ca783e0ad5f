"""Vans at work: where each is based, what its working days allow, and default vans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from capillare.geo.errors import ConfigError, InfeasibleError
from capillare.geo.travel import landmass_at, spots_of
from capillare.planning.tours.vans import A_DAY_MIN, Van, clock_minutes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.travel import TravelTimes

BASE_REACH_MIN = 45.0
"""Default bases are compared by the people without a desk who live within these minutes."""


@dataclass(frozen=True)
class Terms:
    """What a working day allows, in minutes after midnight and minutes.

    Attributes
    ----------
    shift_start, shift_end
        Earliest departure from the base, latest return.
    break_start, break_end
        No stop and no driving between them; equal to `shift_end` where there is no break.
    open_from, open_to
        Within which a van may stand at a stop.
    min_open, max_stay, setup
        Least minutes open to people, most minutes on the spot, minutes of set-up.
    day_open
        Most minutes open to people in one day.
    """

    shift_start: int
    shift_end: int
    break_start: int
    break_end: int
    open_from: int
    open_to: int
    min_open: int
    max_stay: int
    setup: int
    day_open: int

    @property
    def rest(self) -> int:
        """Minutes of the break."""
        return self.break_end - self.break_start


@dataclass(frozen=True)
class Crew:
    """A van on its ordinary days, or on its ferry days.

    Attributes
    ----------
    van
        The van, with its base filled in.
    row
        Number of the van.
    weekdays
        Weekdays on which it works so, 0 is Monday.
    is_ferry
        Whether the day starts and ends with the crossing.
    """

    van: Van
    row: int
    weekdays: tuple[int, ...]
    is_ferry: bool

    @property
    def base_id(self) -> str:
        """Id of the base in table ``travel_used``."""
        return base_id(self.van, is_ferry=self.is_ferry)

    @property
    def terms(self) -> Terms:
        """What a day allows."""
        van = self.van
        shift_end = clock_minutes(van.shift_end)
        has_break = (
            bool(van.break_start)
            and clock_minutes(van.break_start) < shift_end
            and clock_minutes(van.break_end) > clock_minutes(van.shift_start)
        )
        return Terms(
            shift_start=clock_minutes(van.shift_start),
            shift_end=shift_end,
            break_start=clock_minutes(van.break_start) if has_break else shift_end,
            break_end=clock_minutes(van.break_end) if has_break else shift_end,
            open_from=clock_minutes(van.open_from),
            open_to=clock_minutes(van.open_to),
            min_open=int(np.ceil(van.min_stay_min)),
            max_stay=int(van.max_stay_min),
            setup=int(np.ceil(van.setup_min)),
            day_open=int(60 * van.weekly_hours / len(van.working_days)),
        )


def base_id(van: Van, *, is_ferry: bool = False) -> str:
    """Return the id of a van's base, or of its base across the ferry, in ``travel_used``."""
    return f"base:{van.van}" + (":ferry" if is_ferry else "")


def crews_of(vans: tuple[Van, ...]) -> tuple[Crew, ...]:
    """Part each van's weekdays into ordinary ones and those of its ferry."""
    crews = []
    for row, van in enumerate(vans):
        plain = tuple(day for day in van.working_days if day not in van.ferry_numbers)
        for days, is_ferry in ((plain, False), (van.ferry_numbers, True)):
            if days:
                crews.append(Crew(van, row, days, is_ferry))
    return tuple(crews)


def default_vans(
    n_vans: int,
    desks: pd.DataFrame,
    places: pd.DataFrame,
    is_unserved: NDArray[np.bool_],
    travel: TravelTimes,
) -> tuple[Van, ...]:
    """Put the bases of vans at the main seats near most people without a desk, one by one.

    Each van is based at the main seat with most unserved adults within `BASE_REACH_MIN`, those
    near an earlier van counted once only; ties by ``desk_id``. The first k of n + 1 vans are the
    k of k, so that one more van only adds.

    Parameters
    ----------
    desks
        Desks in service, with ``landmass``.
    places
        Table ``places``.
    is_unserved
        Whether each place has no desk within reach.

    Raises
    ------
    InfeasibleError
        If there is no main seat, or no unserved adult near any.
    """
    seats, near, adults = _people_near(n_vans, desks, places[is_unserved], travel)
    left, vans, taken = adults.copy(), [], np.zeros(len(seats), dtype=bool)
    for number in range(1, n_vans + 1):
        if taken.all() or not (left @ near > 0).any():
            left, taken = adults.copy(), np.zeros(len(seats), dtype=bool)
        best = int(np.argmax(np.where(taken, -1.0, left @ near)))
        taken[best] = True
        left[near[:, best]] = 0.0
        seat = seats.iloc[best]
        vans.append(
            Van(
                van=f"furgone-{number}",
                point_id=str(seat["point_id"]),
                lat=float(seat["lat"]),
                lon=float(seat["lon"]),
            )
        )
    return tuple(vans)


def _people_near(
    n_vans: int, desks: pd.DataFrame, people: pd.DataFrame, travel: TravelTimes
) -> tuple[pd.DataFrame, NDArray[np.bool_], NDArray[np.float64]]:
    """Return the seats of points, which people live near each, and how many adults they are."""
    seats = desks[desks["point_id"].notna() & desks["kind"].isin(["main", "branch"])]
    seats = seats.sort_values(["point_id", "kind", "desk_id"], ascending=[True, False, True])
    seats = seats.drop_duplicates("point_id").reset_index(drop=True)
    people = people.reset_index(drop=True)
    adults = people["adults"].to_numpy(dtype=np.float64)
    near = np.zeros((len(people), len(seats)), dtype=bool)
    if len(people) and len(seats):
        pairs = travel.pairs(
            spots_of(people, id_column="place_id"),
            spots_of(seats, id_column="desk_id"),
            max_min=BASE_REACH_MIN,
        )
        near[pairs.origin, pairs.destination] = True
    if not near.any():
        raise InfeasibleError(
            f"--vans {n_vans}: of {len(seats)} seats of points in service and {len(people)} places "
            f"without a desk within reach, no two are within {BASE_REACH_MIN:g} minutes. Give the "
            "vans in a file, with their bases."
        )
    return seats, near, adults


def placed_vans(
    vans: tuple[Van, ...], desks: pd.DataFrame, territory: Territory
) -> tuple[tuple[Van, ...], pd.DataFrame]:
    """Fill in the bases of vans, and find the municipality and land of each.

    Parameters
    ----------
    vans
        As somebody described them.
    desks
        Every desk of the registry.
    territory
        Where bases must lie.

    Returns
    -------
    The vans with ``lat`` and ``lon``; and, row by row, ``van``, ``lat``, ``lon``, ``istat_code``,
    ``municipality``, ``landmass``.

    Raises
    ------
    ConfigError
        If a point or its main seat is not known, or a base lies outside the territory, with all
        the vans at fault.
    """
    filled, faults = _with_bases(vans, desks)
    frame = pd.DataFrame(
        {
            "van": [van.van for van in filled],
            "lat": [float(van.lat or 0.0) for van in filled],
            "lon": [float(van.lon or 0.0) for van in filled],
        }
    )
    towns = territory.municipalities
    spots = shapely.points(frame["lon"], frame["lat"])
    spot, polygon = towns.sindex.query(spots, predicate="intersects")
    spot, first = np.unique(spot, return_index=True)
    outside = sorted(set(range(len(filled))) - set(spot.tolist()))
    faults += [
        f"van {filled[row].van!r}: base {filled[row].lat}, {filled[row].lon} is outside the region"
        for row in outside
    ]
    if faults:
        raise ConfigError(f"vans: {'; '.join(faults)}. Correct these vans.")
    own = towns.iloc[polygon[first]].reset_index(drop=True)
    frame = frame.assign(
        istat_code=own["istat_code"].to_numpy(),
        municipality=own["municipality"].to_numpy(),
        landmass=landmass_at(frame, id_column="van", table="vans"),
    )
    return tuple(filled), frame


def _with_bases(vans: tuple[Van, ...], desks: pd.DataFrame) -> tuple[list[Van], list[str]]:
    """Put vans without a position at their points' seats; say which points are not known."""
    seats = desks[desks["point_id"].notna()].sort_values(["kind", "desk_id"])
    seats = seats.assign(order=seats["kind"].map({"main": 0, "branch": 1}).fillna(2))
    seats = seats.sort_values(["order", "desk_id"]).drop_duplicates("point_id")
    columns = (seats["point_id"], seats["lat"].astype(float), seats["lon"].astype(float))
    at = {point: (lat, lon) for point, lat, lon in zip(*columns, strict=True)}
    faults: list[str] = []
    filled: list[Van] = []
    for van in vans:
        is_known = van.point_id in at
        if van.point_id and not is_known:
            faults.append(f"van {van.van!r}: no point {van.point_id!r} with a seat in the registry")
        elif van.lat is None:
            lat, lon = at[van.point_id]
            filled.append(replace(van, lat=lat, lon=lon))
        else:
            filled.append(van)
    return filled, faults


__all__ = ["A_DAY_MIN", "Crew", "Terms", "base_id", "crews_of", "default_vans", "placed_vans"]
