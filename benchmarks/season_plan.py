"""The seasonal plan of Tuscany with 170 points: seconds, gap, and how much the season is worth.

The registry holds fewer points: it is filled up with one point in each of the next largest
municipalities that have none. The peer is the same model undecomposed, given to HiGHS whole.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.planning.network import Network, describe_network, serving_desks
from capillare.planning.plan import find_network_candidates, plan_network_seasons
from capillare.planning.scenario import Scenario
from capillare.planning.seasons.model import find_demand, season_model
from capillare.planning.seasons.seats import SeasonSeats, find_seats, main_seats
from capillare.planning.seasons.solving import SeasonAnswer, solve_seasons
from capillare.planning.solver import solve_model

if TYPE_CHECKING:
    from capillare.geo.presence import Presence

N_POINTS = 170
AS_OF = date(2025, 6, 30)
LIMIT_S, LIMIT_GAP = 60.0, 0.01
PEER_LIMIT_S = 60.0


def fill_up(network: Network, n_points: int = N_POINTS) -> Network:
    """Add a point of the usual hours in the next largest municipalities that have none."""
    serving = serving_desks(network.desks, network.scenario)
    held = len(main_seats(network.registry, serving)[0])
    towns = network.territory.municipalities
    without = towns[~towns["istat_code"].isin(serving["istat_code"])]
    added = without.sort_values(["adults", "istat_code"], ascending=[False, True])
    added = added.head(max(n_points - held, 0)).reset_index(drop=True)
    places = network.territory.places
    chiefs = places[places["is_chief_town"]].set_index("istat_code").loc[added["istat_code"]]
    point_id = "filled-" + added["istat_code"]
    points = pd.DataFrame(
        {"point_id": point_id, "point": added["municipality"], "status": "active"}
    )
    desks = pd.DataFrame(
        {
            "desk_id": point_id + "-main",
            "point_id": point_id,
            "network": "pdf",
            "kind": "main",
            "name": added["municipality"],
            "istat_code": added["istat_code"],
            "lat": chiefs["lat"].to_numpy(),
            "lon": chiefs["lon"].to_numpy(),
            "landmass": chiefs["landmass"].to_numpy(),
            "n_desks": 1,
            "weekly_hours": network.policy.point.weekly_hours,
            "is_in_service": True,
            "is_to_be_confirmed": False,
            "is_touring": False,
        }
    )
    all_points = pd.concat([network.registry.points, points], ignore_index=True)
    return replace(
        network,
        registry=replace(network.registry, points=all_points),
        desks=pd.concat([network.desks, desks], ignore_index=True),
    )


def seats_of(network: Network, presence: Presence) -> SeasonSeats:
    """Pose the seasonal question of a network."""
    return find_seats(
        network.territory,
        network.registry,
        serving_desks(network.desks, network.scenario),
        find_network_candidates(network),
        presence=presence,
        travel=network.travel,
        policy=network.policy,
    )


def show_answer(effort: str, answer: SeasonAnswer) -> None:
    """Print one answer against the limits."""
    today, fixed = answer.served_today, answer.served_year_round
    gained = answer.served.people_within - fixed.people_within
    print(
        f"{effort:>7}: {answer.seconds:6.2f} s ({answer.seconds / LIMIT_S:4.0%} of {LIMIT_S:g} s), "
        f"{answer.status}, gap {100 * answer.gap:.5f} % (limit {100 * LIMIT_GAP:g} %), "
        f"{answer.n_blocks} blocks, "
        f"{int((answer.plan.seats > 0).any(axis=1).sum())} seats; worth over today "
        f"{answer.objective - today.worth:.0f} person-months (year-round "
        f"{fixed.worth - today.worth:.0f}); more people in January {gained[0]:.0f}, in August "
        f"{gained[7]:.0f}"
    )


def show_peer(found: SeasonSeats, network: Network, answer: SeasonAnswer) -> None:
    """Solve the same model undecomposed and print both times and objectives."""
    question, rules = found.question, network.policy.seasons
    demand = find_demand(question)
    seats = np.arange(question.seat_point.size)
    began = perf_counter()
    model, _ = season_model(question, demand, seats, rules)
    whole = solve_model(model, time_limit_s=PEER_LIMIT_S)
    seconds = perf_counter() - began
    gained = answer.objective - answer.served_today.worth
    print(
        f"   peer: undecomposed {seconds:6.2f} s, {whole.status}, worth {whole.objective:.0f} "
        f"against {gained:.0f}; ratio of times {seconds / answer.seconds:.1f}"
    )


def main() -> None:
    """Print each effort, then the peer; then the same with seats that may open in any month."""
    network = fill_up(describe_network(Scenario(as_of=AS_OF)))
    began = perf_counter()
    season = plan_network_seasons(network, find_network_candidates(network))
    seconds = perf_counter() - began
    print(f"Seasonal plan of {len(season.points)} points, tables and all: {seconds:.2f} s")
    for share in (network.policy.seasons.season_share, 0.0):
        rules = replace(network.policy.seasons, season_share=share)
        asked = replace(network, policy=replace(network.policy, seasons=rules))
        found = seats_of(asked, season.presence)
        print(f"Seats open where visitors are {share:.0%} of adults: {len(found.seats)} candidates")
        for effort in ("quick", "normal", "best"):
            answer = solve_seasons(found.question, rules, effort=effort)
            show_answer(effort, answer)
        show_peer(found, asked, answer)


if __name__ == "__main__":
    main()
