"""Mobile tours as one answer: the plan of every van, who gains, what it costs, what is unsure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.patched_travel import pair_bases
from capillare.geo.schema import TOUR_COVERAGE, WEEKLY_MARKETS
from capillare.geo.sources.reference import read_table
from capillare.geo.travel import MINUTE_DECIMALS, spots_of
from capillare.planning.tours.calendar_value import Placed, Worth, weigh
from capillare.planning.tours.crews import base_id, default_vans, placed_vans
from capillare.planning.tours.dates import N_WEEKS, Horizon
from capillare.planning.tours.figures import fleet_figures, hours_felt, people_by_hours
from capillare.planning.tours.ground import Ground, lay_ground
from capillare.planning.tours.obvious import obvious_plan
from capillare.planning.tours.patterns import bound_people
from capillare.planning.tours.search import search_tours
from capillare.planning.tours.timetable_rows import tour_rows
from capillare.planning.tours.words import tour_caveats

if TYPE_CHECKING:
    from collections.abc import Callable

    from capillare.geo.access import Access
    from capillare.geo.places import Territory
    from capillare.geo.settings import Effort, Policy
    from capillare.geo.travel import TravelTimes
    from capillare.planning.tours.vans import Van


@dataclass(frozen=True, eq=False)
class Tours:
    """Proposed tours of the vans over four weeks.

    Attributes
    ----------
    vans
        With their bases filled in.
    stops
        Table ``tour_stops``.
    coverage
        Table ``tour_coverage``.
    van_figures
        One row a van: days, stops, hours, people, cost, what its point's target asks of it.
    pairs
        Place-to-stop pairs and legs that a figure used: table ``travel_used``.
    worth, obvious
        What the plan is worth, and what the obvious one would be.
    obvious_stops
        Table ``tour_stops`` of the obvious plan.
    bound_people
        No plan of these vans brings more people within reach.
    people_unserved
        Adults without a desk within reach.
    people_by_hours
        Of those newly within reach, how many have at least so many hours in the four weeks.
    cost_eur
        Of all vans.
    params
        What ``tour_params.json`` holds.
    caveats
        What to know before using it, in Italian.
    """

    vans: tuple[Van, ...]
    stops: pd.DataFrame
    coverage: pd.DataFrame
    van_figures: pd.DataFrame
    pairs: pd.DataFrame
    worth: Worth
    obvious: Worth
    obvious_stops: pd.DataFrame
    bound_people: int
    people_unserved: int
    people_by_hours: dict[str, int]
    cost_eur: float
    params: dict[str, Any]
    caveats: tuple[str, ...]

    @property
    def status(self) -> str:
        """``optimal`` if no plan can bring more people within reach, else ``feasible``."""
        return "optimal" if self.worth.people >= self.bound_people else "feasible"

    @property
    def cost_per_person_eur(self) -> float | None:
        """Cost of one more adult within reach; None where nobody gains."""
        return self.cost_eur / self.worth.people if self.worth.people else None


def propose_tours(
    territory: Territory,
    desks: pd.DataFrame,
    serving: pd.DataFrame,
    access: Access,
    travel: TravelTimes,
    *,
    targets: pd.DataFrame,
    policy: Policy,
    vans: int | tuple[Van, ...],
    horizon: Horizon,
    effort: Effort,
    report: Callable[[str], None],
) -> Tours:
    """Propose tours that bring most people newly within reach, for most hours, driving least.

    People first, then their hours, then driving, in this order (`Worth`).

    Parameters
    ----------
    desks, serving
        Every desk of the registry; those that coverage counts.
    access
        Whom the desks reach already.
    vans
        How many vans to base by default, or the vans.
    report
        Called with each step's name, in Italian.

    Raises
    ------
    ConfigError
        If a van cannot be placed.
    InfeasibleError
        If nobody is without a desk, or no stop can be visited.
    """
    is_unserved = ~access.places["is_within"].to_numpy(dtype=bool)
    if isinstance(vans, int):
        vans = default_vans(vans, serving, territory.places, is_unserved, travel)
    report("strade fra le località senza sportello")
    ground = lay_ground(
        territory,
        is_unserved,
        travel,
        *placed_vans(vans, desks, territory),
        markets=read_table(WEEKLY_MARKETS),
        horizon=horizon,
        within_min=policy.reach.within_min,
    )
    return _summed_up(
        ground,
        *search_tours(ground, effort, report),
        territory=territory,
        access=access,
        travel=travel,
        targets=targets,
        policy=policy,
    )


def _summed_up(
    ground: Ground,
    plan: list[Placed],
    worth: Worth,
    *,
    territory: Territory,
    access: Access,
    travel: TravelTimes,
    targets: pd.DataFrame,
    policy: Policy,
) -> Tours:
    """Count what a plan brings and hold it against the obvious plan and the bound."""
    markets = read_table(WEEKLY_MARKETS)
    crews = range(len(ground.crews))
    obvious = obvious_plan(ground, crews)
    bound, _ = bound_people(ground, crews)
    stops = tour_rows(ground, plan)
    figures = fleet_figures(ground, stops, targets, policy)
    return Tours(
        vans=tuple(dict.fromkeys(crew.van for crew in ground.crews)),
        stops=stops,
        coverage=_coverage(territory, access, ground, stops),
        van_figures=figures,
        pairs=_pairs_used(ground, stops, travel),
        worth=worth,
        obvious=weigh(ground, obvious),
        obvious_stops=tour_rows(ground, obvious),
        bound_people=bound,
        people_unserved=int(ground.adults.sum()),
        people_by_hours=people_by_hours(ground, stops),
        cost_eur=float(figures["cost_eur"].sum()),
        params=_params(ground, policy, plan),
        caveats=tour_caveats(
            ground, stops, worth, bound_people=bound, policy=policy, markets=markets
        ),
    )


def _coverage(
    territory: Territory, access: Access, ground: Ground, stops: pd.DataFrame
) -> pd.DataFrame:
    felt = hours_felt(ground, stops)
    places = territory.places
    within = access.places["is_within"].to_numpy(dtype=bool)
    gained, van_hours = np.zeros(len(places), dtype=bool), np.zeros(len(places))
    gained[ground.people] = felt > 0
    van_hours[ground.people] = felt
    adults = places["adults"].to_numpy()
    counted = pd.DataFrame(
        {
            "istat_code": places["istat_code"],
            "adults_within": np.where(within, adults, 0),
            "adults_gained": np.where(gained, adults, 0),
            "adult_hours": van_hours * adults,
        }
    )
    summed = counted.groupby("istat_code", as_index=False).sum()
    towns = pd.DataFrame(territory.municipalities)[
        ["istat_code", "municipality", "province", "adults"]
    ]
    table = towns.merge(summed, on="istat_code", how="left", validate="one_to_one")
    table = table.fillna({"adults_within": 0, "adults_gained": 0, "adult_hours": 0.0})
    people = table["adults"].astype("float64")
    some = table["adults_gained"].astype("float64")
    table = table.assign(
        adults_within_vans=table["adults_within"] + table["adults_gained"],
        van_hours=(table["adult_hours"] / people.where(people > 0)).round(4),
        van_hours_gained=(table["adult_hours"] / some.where(some > 0)).round(4),
    )
    return TOUR_COVERAGE.check(table.sort_values("istat_code", ignore_index=True))[
        TOUR_COVERAGE.names
    ]


def _pairs_used(ground: Ground, stops: pd.DataFrame, travel: TravelTimes) -> pd.DataFrame:
    """List the legs driven, and who reaches a stop."""
    spots = spots_of(ground.stops, id_column="place_id")
    visited = sorted(set(stops.loc[stops["stop"] >= 0, "stop"].tolist()))
    who, which = np.nonzero(ground.reach[:, visited])
    legs = {(int(origin), visited[at]) for origin, at in zip(who, which, strict=True)}
    base_rows: dict[tuple[str, str], tuple[float, str]] = {}
    plain = pair_bases(travel, spots.at(np.zeros(1, np.int64)), spots.at(np.zeros(1, np.int64)))
    for _, day in stops.groupby(["van", "date"], sort=True):
        made = day.loc[day["stop"] >= 0, "stop"].tolist()
        number = day["crew"].tolist()[0]
        crew = ground.crews[number]
        legs |= set(pairwise(made))
        home = base_id(crew.van, is_ferry=crew.is_ferry)
        out, back = ground.drive_out[number, made[0]], ground.drive_back[number, made[-1]]
        base_rows[home, str(spots.ids[made[0]])] = float(out), str(plain[0])
        base_rows[str(spots.ids[made[-1]]), home] = float(back), str(plain[0])
    ordered = sorted(legs)
    first = np.array([leg[0] for leg in ordered], dtype=np.int64)
    last = np.array([leg[1] for leg in ordered], dtype=np.int64)
    frame = pd.DataFrame(
        {
            "from_id": spots.ids[first],
            "to_id": spots.ids[last],
            "travel_min": ground.drive_between[first, last],
            "basis": pair_bases(travel, spots.at(first), spots.at(last)),
        }
    )
    based = pd.DataFrame(
        [(*ends, minutes, basis) for ends, (minutes, basis) in sorted(base_rows.items())],
        columns=["from_id", "to_id", "travel_min", "basis"],
    )
    both = pd.concat([frame, based], ignore_index=True)
    return both.assign(travel_min=both["travel_min"].round(MINUTE_DECIMALS))


def _params(ground: Ground, policy: Policy, plan: list[Placed]) -> dict[str, Any]:
    """Return what a checker needs to hold the tables against."""
    horizon = ground.horizon
    visited = sorted({stop for placed in plan for stop in placed.tour.stops})
    codes = set(ground.stops["istat_code"].iloc[visited])
    return {
        "first_day": horizon.monday.isoformat(),
        "last_day": horizon.last.isoformat(),
        "n_weeks": N_WEEKS,
        "time_zone": "Europe/Rome",
        "within_min": policy.reach.within_min,
        "patterns": {
            "weekly": "every week",
            "biweekly": "weeks 1 and 3, or 2 and 4",
            "monthly": "one of the four weeks",
        },
        "reading": (
            "Times are of the wall clock. People are received from arrive + setup_min to depart. "
            "depart - arrive is at most max_stay_min; less setup_min it is at least min_stay_min. "
            "Nothing happens in the break: between the last stop before it and the first after it "
            "lie the drive and the whole break. A place keeps its weekday and times. Minutes of "
            "driving are rounded up to whole minutes in the timetable. On a holiday a van stays at "
            "home; on a municipality's patron's day its stops are left out. Ids of bases in "
            "travel_used are base:<van>, and base:<van>:ferry on ferry days."
        ),
        "vans": [asdict(van) for van in sorted({c.van for c in ground.crews}, key=lambda v: v.van)],
        "bases": ground.bases.drop(columns="landmass").to_dict("records"),
        "national_holidays": [day.isoformat() for day in horizon.national_holidays()],
        "local_holidays": {
            code: sorted(day.isoformat() for day in days)
            for code, days in sorted(ground.holidays.items())
            if code in codes
        },
    }


__all__ = ["Tours", "propose_tours"]
