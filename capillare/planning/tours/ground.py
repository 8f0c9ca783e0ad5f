"""The ground of a tour plan as arrays: who is without a desk, where to stop, how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import InfeasibleError
from capillare.geo.points.placing import folded_place
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.geo.travel import landmass_at, spots_of
from capillare.planning.tours.crews import A_DAY_MIN, Crew, crews_of
from capillare.planning.tours.timetable import fits_alone

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.travel import Spots, TravelTimes
    from capillare.planning.tours.dates import Horizon
    from capillare.planning.tours.vans import Van

    Minutes = NDArray[np.float64]

NO_WAY = 100_000
"""Whole minutes that stand for no way at all in arrays of driving."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What tours are planned on.

    Attributes
    ----------
    horizon
        The four weeks.
    stops
        Places without a desk within reach, in the territory's order: where people are without one,
        and where vans may stop. Columns of table ``places``, and ``municipality``.
    people
        Their rows in table ``places``, shape (n_stops,).
    adults
        Their adults, shape (n_stops,).
    reach
        Which stop each of them reaches, boolean, shape (n_stops, n_stops).
    market_days
        Whether a stop has its weekly market on a weekday, shape (n_stops, 7).
    holidays
        Patron's days by municipality code, within the horizon.
    crews
        Vans on ordinary and on ferry days.
    working
        For each crew, the weeks in which each of its weekdays is worked.
    between
        Whole minutes of driving from stop to stop, rounded up, shape (n_stops, n_stops).
    out, back
        The same from and to the base of each crew, shape (n_crews, n_stops); `NO_WAY` where a stop
        there and back does not fit a shift.
    drive_between, drive_out, drive_back
        The minutes before rounding.
    bases
        Of each van: ``van``, ``lat``, ``lon``, ``istat_code``, ``municipality``, ``landmass``.
    """

    horizon: Horizon
    stops: pd.DataFrame
    people: NDArray[np.int64]
    adults: NDArray[np.int64]
    reach: NDArray[np.bool_]
    market_days: NDArray[np.bool_]
    holidays: dict[str, frozenset[date]]
    crews: tuple[Crew, ...]
    working: tuple[dict[int, tuple[int, ...]], ...]
    between: NDArray[np.int64]
    out: NDArray[np.int64]
    back: NDArray[np.int64]
    drive_between: Minutes
    drive_out: Minutes
    drive_back: Minutes
    bases: pd.DataFrame

    @property
    def catchment(self) -> NDArray[np.int64]:
        """Adults without a desk within reach of each stop."""
        return np.asarray(self.adults @ self.reach)

    def n_cells(self, crew: int) -> int:
        """Count the days that a crew works in the four weeks."""
        return sum(len(weeks) for weeks in self.working[crew].values())

    def is_open(self, stop: int, week: int, weekday: int) -> bool:
        """Whether a stop is not shut by its patron's day."""
        code = str(self.stops["istat_code"].iloc[stop])
        return self.horizon.day(week, weekday) not in self.holidays.get(code, frozenset())


def lay_ground(
    territory: Territory,
    is_unserved: NDArray[np.bool_],
    travel: TravelTimes,
    vans: tuple[Van, ...],
    bases: pd.DataFrame,
    *,
    markets: pd.DataFrame,
    horizon: Horizon,
    within_min: float,
) -> Ground:
    """Find the candidate stops of vans and the minutes between them.

    Whether a stop there and back fits the shift of a crew is looked at here.

    Raises
    ------
    InfeasibleError
        If everybody has a desk, or no stop can be visited: which limit is in the way.
    """
    places = territory.places
    people = _places_without(is_unserved, places)
    crews = crews_of(vans)
    spots = spots_of(places.iloc[people], id_column="place_id")
    out, back = _base_legs(crews, bases, spots, travel)
    can = _can_visit(crews, out, back)
    if not can.any():
        raise InfeasibleError(_why_nowhere(crews, out, back))
    stops = _with_municipality(places.iloc[people].reset_index(drop=True), territory)
    drive_between = _dense(travel, spots, spots, A_DAY_MIN)
    np.fill_diagonal(drive_between, 0.0)
    out, back = np.where(can, out, np.inf), np.where(can, back, np.inf)
    reach = _dense(travel, spots, spots, within_min) <= within_min
    np.fill_diagonal(reach, val=True)
    working = tuple(
        {day: horizon.working_weeks(day, crew.van.off) for day in crew.weekdays} for crew in crews
    )
    return Ground(
        horizon=horizon,
        stops=stops,
        people=people,
        adults=places["adults"].to_numpy(dtype=np.int64)[people],
        reach=reach,
        market_days=find_market_days(stops, markets),
        holidays=dict(horizon.patrons_days(stops["istat_code"])),
        crews=crews,
        working=working,
        between=_whole(drive_between),
        out=_whole(out),
        back=_whole(back),
        drive_between=drive_between,
        drive_out=out,
        drive_back=back,
        bases=bases,
    )


def _places_without(is_unserved: NDArray[np.bool_], places: pd.DataFrame) -> NDArray[np.intp]:
    people = np.flatnonzero(is_unserved & (places["adults"].to_numpy() > 0))
    if people.size == 0:
        raise InfeasibleError(
            "tours: every place has a desk within reach, no stop is left to serve. "
            "Vans are not needed at these minutes."
        )
    return people


def find_market_days(stops: pd.DataFrame, markets: pd.DataFrame) -> NDArray[np.bool_]:
    """Find the weekdays of each stop's weekly market, shape (n_stops, 7).

    A market without a locality, or in a square or street that is no settlement, is in the chief
    town. Markets that are not held every week do not count.
    """
    days = np.zeros((len(stops), 7), dtype=bool)
    weekly = markets[markets["is_weekly"]]
    names = [folded_place(name) for name in stops["place"]]
    columns = ("istat_code", "locality", "weekday")
    for code, locality, weekday in weekly[list(columns)].itertuples(index=False, name=None):
        here = (stops["istat_code"] == code).to_numpy()
        wanted = folded_place(locality) if isinstance(locality, str) else ""
        named = here & np.array([name == wanted for name in names], dtype=bool)
        chosen = named if named.any() else here & stops["is_chief_town"].to_numpy(dtype=bool)
        days[chosen, WEEKDAY_NAMES.index(weekday)] = True
    return days


def _with_municipality(stops: pd.DataFrame, territory: Territory) -> pd.DataFrame:
    names = territory.municipalities.set_index("istat_code")["municipality"]
    return stops.assign(municipality=stops["istat_code"].map(names))


def _dense(travel: TravelTimes, origins: Spots, ends: Spots, max_min: float) -> Minutes:
    pairs = travel.pairs(origins, ends, max_min=max_min)
    minutes = np.full((len(origins), len(ends)), np.inf)
    minutes[pairs.origin, pairs.destination] = pairs.travel_min
    return minutes


def _whole(minutes: Minutes) -> NDArray[np.int64]:
    # A timetable in whole minutes is never shorter than the road.
    whole = np.ceil(np.where(np.isfinite(minutes), minutes, NO_WAY) - 1e-9)
    return np.minimum(whole, NO_WAY).astype(np.int64)


def _base_legs(
    crews: tuple[Crew, ...], bases: pd.DataFrame, spots: Spots, travel: TravelTimes
) -> tuple[Minutes, Minutes]:
    """Return minutes from each crew's base to each spot and back, the ferry's included."""
    out, back = [], []
    for crew in crews:
        base = bases.iloc[[crew.row]].assign(end_id=f"base:{crew.van.van}")
        van, most = crew.van, float(crew.terms.shift_end - crew.terms.shift_start)
        if not crew.is_ferry:
            home = spots_of(base, id_column="end_id")
            out.append(_dense(travel, home, spots, most)[0])
            back.append(_dense(travel, spots, home, most)[:, 0])
            continue
        ports = pd.DataFrame(
            {
                "end_id": [f"port:{van.van}", f"landing:{van.van}"],
                "lat": [van.port_lat, van.landing_lat],
                "lon": [van.port_lon, van.landing_lon],
            }
        ).astype({"lat": "float64", "lon": "float64"})
        ports["landmass"] = landmass_at(ports, id_column="end_id", table=f"ferry of {van.van}")
        home = spots_of(base, id_column="end_id")
        port, landing = (spots_of(ports.iloc[[row]], id_column="end_id") for row in (0, 1))
        crossing = float(van.ferry_min or 0.0)
        to_port = _dense(travel, home, port, most)[0, 0] + crossing
        from_port = _dense(travel, port, home, most)[0, 0] + crossing
        out.append(to_port + _dense(travel, landing, spots, most)[0])
        back.append(_dense(travel, spots, landing, most)[:, 0] + from_port)
    return np.array(out), np.array(back)


def _can_visit(crews: tuple[Crew, ...], out: Minutes, back: Minutes) -> NDArray[np.bool_]:
    return np.array(
        [
            [
                bool(np.isfinite(there) and np.isfinite(home))
                and fits_alone(crew.terms, int(np.ceil(there)), int(np.ceil(home)))
                for there, home in zip(out[row], back[row], strict=True)
            ]
            for row, crew in enumerate(crews)
        ],
        dtype=bool,
    ).reshape(out.shape)


def _why_nowhere(crews: tuple[Crew, ...], out: Minutes, back: Minutes) -> str:
    there_and_back = np.where(np.isfinite(out + back), out + back, np.inf)
    nearest = there_and_back.min(initial=np.inf)
    terms = crews[int(np.argmin(there_and_back.min(axis=1, initial=np.inf)))].terms
    stay = terms.setup + terms.min_open
    if not np.isfinite(nearest):
        reason = "no place without a desk can be reached by road from any base"
    else:
        reason = (
            f"the nearest place without a desk is {nearest:.0f} minutes there and back, and with a "
            f"stay of {stay} minutes it does not fit a shift of "
            f"{terms.shift_end - terms.shift_start} with stops from {terms.open_from // 60}:"
            f"{terms.open_from % 60:02d} to {terms.open_to // 60}:{terms.open_to % 60:02d}"
        )
    return f"tours: {reason}. Move a base, lengthen the shift, or give a ferry day."


__all__ = ["NO_WAY", "Ground", "find_market_days", "lay_ground"]
