"""Seconds and memory of estimated minutes: all Italy's settlements x 3,000 desks.

In the same run, for comparison: the straight line by KD-tree, which knows no ways, and scipy's
Dijkstra from every desk over the same graph, without the cut-off; then how it grows with desks.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csgraph

from capillare.geo.places import find_settlements
from capillare.geo.schema import FAST_ROADS
from capillare.geo.sources.reference import read_table
from capillare.geo.sources.relief import read_relief
from capillare.geo.travel import (
    EstimatedTravel,
    SettlementTravel,
    Spots,
    build_graph,
    read_estimate,
    spots_of,
)
from capillare.geo.travel.joining import find_links

if TYPE_CHECKING:
    from collections.abc import Callable

N_DESKS = 3000
MAX_MIN = 60.0
PAIRS_LIMIT_S = 5.0
MEMORY_LIMIT_MB = 2000.0
SCATTER_M = 400.0
SEED = 7
GROWTH = (300, 1000, 3000, 9000)


def main() -> None:
    """Print seconds, ratios and the peak of memory."""
    read_relief()
    built_s = _seconds(lambda: build_graph(find_settlements(), read_table(FAST_ROADS)))
    travel, _ = read_estimate("all")
    straight = EstimatedTravel(minutes_at_1_km=4.382, exponent=0.661)
    places = spots_of(find_settlements(), id_column="place_id")
    desks = _scattered(places, N_DESKS)
    travel.nearest(places.at(np.arange(10)), desks)
    pairs_s = _seconds(lambda: travel.pairs(places, desks, max_min=MAX_MIN))
    straight_s = _seconds(lambda: straight.pairs(places, desks, max_min=MAX_MIN))
    plain_s = _seconds(lambda: _every_desk_alone(travel, places.at(np.arange(N_DESKS))))
    nearest_s = _seconds(lambda: travel.nearest(places, desks))
    by_air_s = _seconds(lambda: straight.nearest(places, desks))
    print(f"{len(places)} settlements, {len(desks)} desks, within {MAX_MIN:g} min")
    print(f"graph built, relief read            {built_s:7.2f} s")
    print(
        f"pairs                               {pairs_s:7.2f} s ({pairs_s / PAIRS_LIMIT_S:.0%} of 5)"
    )
    print(f"  straight line, KD-tree            {straight_s:7.2f} s (x {straight_s / pairs_s:.2f})")
    print(f"  Dijkstra desk by desk, no limit   {plain_s:7.2f} s (x {plain_s / pairs_s:.1f})")
    print(f"nearest                             {nearest_s:7.2f} s")
    print(f"  straight line, KD-tree            {by_air_s:7.2f} s (x {by_air_s / nearest_s:.2f})")
    for n_desks in GROWTH:
        _print_growth(travel, places, _scattered(places, n_desks))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak_mb = peak / (1024 if sys.platform != "darwin" else 1024**2)
    print(f"peak memory {peak_mb:.0f} MB ({peak_mb / MEMORY_LIMIT_MB:.0%} of 2 GB)")


def _print_growth(travel: SettlementTravel, places: Spots, desks: Spots) -> None:
    near_s = _seconds(lambda: travel.nearest(places, desks))
    pairs_s = _seconds(lambda: travel.pairs(places, desks, max_min=MAX_MIN / 2))
    print(f"  {len(desks):5} desks: nearest {near_s:5.2f} s, within 30 min {pairs_s:5.2f} s")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _scattered(places: Spots, n_desks: int) -> Spots:
    """Scatter desks some hundred metres around settlements."""
    random = np.random.default_rng(SEED)
    rows = random.choice(len(places), n_desks, replace=False)
    moved = places.xy_m[rows] + random.normal(0.0, SCATTER_M, (n_desks, 2))
    return Spots(places.ids[rows], moved, places.landmass[rows])


def _every_desk_alone(travel: SettlementTravel, desks: Spots) -> None:
    """Search from the settlement of each desk by itself, to the ends of its land."""
    edges = travel.graph.minutes(travel.costs)
    for node in find_links(travel.graph, travel.costs, desks).node[:, 0]:
        csgraph.dijkstra(edges, indices=int(node))


if __name__ == "__main__":
    main()
