"""How fast access is: the floating catchment against `access`, nearest desk, weekly coverage.

Run with ``python -m benchmarks access_speed [--large]``. Demand is Italy's municipalities at their
chief towns, supply random settlements; minutes are the straight line's. Every ratio is printed,
whatever it is. `access` is timed on the same pairs, and on the full matrix for a part of the
demand, extrapolated by the number of pairs; with ``--large`` on the whole of it.
"""

from __future__ import annotations

import resource
import sys
import warnings
from datetime import date
from time import perf_counter

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from capillare.geo.access import floating_catchment, weekly_coverage
from capillare.geo.population import read_territory
from capillare.geo.settings import Policy, read_policy
from capillare.geo.travel import EstimatedTravel, Spots, TravelPairs, read_estimate, spots_of
from capillare.planning.network import describe_network, serving_desks
from capillare.planning.scenario import Scenario

N_DESKS = 3_000
N_PLACES = 1_000_000
FULL_PART = 400
AS_OF = date(2025, 6, 30)
BY_AIR = EstimatedTravel(minutes_at_1_km=4.382, exponent=0.661)


def draw_country(seed: int = 0) -> tuple[Spots, np.ndarray, Spots, np.ndarray]:
    """Return Italy's municipalities, their adults, desks at random settlements, their hours."""
    draws = np.random.default_rng(seed)
    territory = read_territory("all")
    places = territory.places
    towns = places[places["is_chief_town"]].drop_duplicates("istat_code")
    people = towns["istat_code"].map(territory.municipalities.set_index("istat_code")["adults"])
    at = places.iloc[np.sort(draws.choice(len(places), N_DESKS, replace=False))]
    supply = draws.integers(4, 40, N_DESKS).astype(np.float64)
    demand = spots_of(towns, id_column="place_id")
    return demand, people.to_numpy(np.float64), spots_of(at, id_column="place_id"), supply


def time_oracle(
    pairs: TravelPairs, people: np.ndarray, supply: np.ndarray, policy: Policy
) -> tuple[float, np.ndarray]:
    """Seconds of `access` from its object to the answer, and hours per 1,000 people."""
    from access import Access, weights  # noqa: PLC0415 (only the comparison needs it)

    demand = pd.DataFrame({"people": people}, index=pd.RangeIndex(people.size, name="id"))
    desks = pd.DataFrame({"hours": supply}, index=pd.RangeIndex(supply.size, name="id"))
    legs = pd.DataFrame(
        {"origin": pairs.origin, "dest": pairs.destination, "cost": pairs.travel_min}
    )
    steps = dict(zip(policy.catchment.zone_min, policy.catchment.zone_weight, strict=True))
    began = perf_counter()
    oracle = Access(
        demand_df=demand, demand_index=True, demand_value="people", supply_df=desks,
        supply_index=True, supply_value="hours", cost_df=legs, cost_origin="origin",
        cost_dest="dest", cost_name="cost", neighbor_cost_df=legs.head(1),
        neighbor_cost_origin="origin", neighbor_cost_dest="dest", neighbor_cost_name="cost",
    )  # fmt: skip
    theirs = oracle.enhanced_two_stage_fca("e2sfca", cost="cost", weight_fn=weights.step_fn(steps))
    seconds = perf_counter() - began
    found = theirs.iloc[:, 0].reindex(range(people.size)).fillna(0.0)
    return seconds, 1000 * found.to_numpy()


def time_ours(
    pairs: TravelPairs, people: np.ndarray, supply: np.ndarray, policy: Policy
) -> tuple[float, np.ndarray]:
    """Best seconds of five, and hours per 1,000 people."""
    seconds = []
    for _ in range(5):
        began = perf_counter()
        found = floating_catchment(pairs, supply, people, policy.catchment)
        seconds.append(perf_counter() - began)
    return min(seconds), found


def full_matrix(demand: Spots, desks: Spots, n_places: int) -> TravelPairs:
    """Return minutes by air of every pair of the first places, with no cut-off."""
    away = demand.xy_m[:n_places, None, :] - desks.xy_m[None, :, :]
    minutes = BY_AIR.minutes(np.hypot(away[..., 0], away[..., 1]))
    apart = demand.landmass[:n_places, None] != desks.landmass[None, :]
    minutes[apart] = 9_999.0
    origin, destination = np.indices(minutes.shape).reshape(2, -1)
    return TravelPairs(origin, destination, minutes.ravel(), minutes.shape)


def compare_catchments() -> None:
    """Print seconds, ratio and largest difference on the same pairs and on the full matrix."""
    policy, (travel, _) = read_policy(), read_estimate("all")
    demand, people, desks, supply = draw_country()
    pairs = travel.pairs(demand, desks, max_min=policy.catchment.zone_min[-1])
    ours, found = time_ours(pairs, people, supply, policy)
    theirs, oracle = time_oracle(pairs, people, supply, policy)
    size = f"{len(demand):,} municipalities x {N_DESKS:,} desks"
    print(f"E2SFCA, {size}, {pairs.travel_min.size:,} pairs within the last zone")
    print(f"  ours {ours * 1000:.1f} ms, access on the same pairs {theirs:.3f} s")
    print(f"  ratio {theirs / ours:.0f}, largest difference {np.abs(found - oracle).max():.1e}")
    n_part = len(demand) if "--large" in sys.argv else FULL_PART
    part = full_matrix(demand, desks, n_part)
    partly, oracle = time_oracle(part, people[:n_part], supply, policy)
    _, found = time_ours(part, people[:n_part], supply, policy)
    whole = partly * len(demand) / n_part
    said = "measured" if n_part == len(demand) else f"extrapolated from {n_part} rows, {partly:.1f}"
    print(f"  access on its full matrix {whole:.1f} s ({said} s), ratio {whole / ours:.0f}")
    print(f"  largest difference there {np.abs(found - oracle).max():.1e}")


def time_nearest() -> None:
    """Print seconds to the nearest desk by air as places grow; a bare KD-tree beside it."""
    _, _, desks, _ = draw_country()
    draws = np.random.default_rng(1)
    mainland = Spots(desks.ids, desks.xy_m, np.zeros(len(desks), dtype=np.int64))
    for n_places in (10_000, 100_000, N_PLACES):
        near = desks.xy_m[draws.integers(0, len(desks), n_places)]
        xy_m = near + draws.normal(0, 8_000, near.shape)
        spots = Spots(np.full(n_places, ""), xy_m, np.zeros(n_places, dtype=np.int64))
        began = perf_counter()
        found = BY_AIR.nearest(spots, mainland).destination
        ours = perf_counter() - began
        began = perf_counter()
        bare = cKDTree(desks.xy_m).query(xy_m)[1]
        theirs = perf_counter() - began
        print(
            f"nearest of {N_DESKS:,} desks, {n_places:>9,} places: {ours:.2f} s, ties to the lower "
            f"row; bare KD-tree on one core {theirs:.2f} s, {np.mean(found == bare):.4%} alike"
        )


def time_week() -> None:
    """Print seconds of weekly coverage of Tuscany, with the hours read for the first time."""
    network = describe_network(Scenario(as_of=AS_OF))
    desks = serving_desks(network.desks, network.scenario)
    places = spots_of(network.territory.places, id_column="place_id")
    reach = network.policy.reach
    pairs = network.travel.pairs(
        places, spots_of(desks, id_column="desk_id"), max_min=reach.within_min
    )
    for label, day in (("first", date(2025, 9, 1)), ("again", date(2025, 9, 1))):
        began = perf_counter()
        weekly_coverage(pairs.within(reach.within_min), desks, reach.usual_hours, as_of=day)
        print(
            f"weekly coverage of Tuscany, {len(places)} places x {len(desks)} desks, {label}: "
            f"{perf_counter() - began:.3f} s"
        )


def main() -> None:
    """Run the three measurements."""
    warnings.simplefilter("ignore")
    compare_catchments()
    time_nearest()
    time_week()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the whole run {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
