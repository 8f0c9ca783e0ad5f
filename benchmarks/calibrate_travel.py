"""Fit the embedded travel estimate to the official minutes and print its errors.

Run it as ``python -m benchmarks.calibrate_travel FILE``, with the published "Mappa Aree Interne
2020" spreadsheet. It prints what ``capillare/data/travel.toml`` carries; nothing else of the
official file is kept.

The fit minimises the mean absolute error. While the paths stay, a leg's minutes are linear in what
its path meets, before the ends are added; so paths and coefficients are found in turn, from several
starts, and the best round is kept. Coefficients are held at zero or above.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.sparse import csgraph

from capillare.geo.places import find_settlements
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.official import read_inner_areas_file
from capillare.geo.travel import (
    Coefficients,
    EstimatedTravel,
    SettlementGraph,
    SettlementTravel,
    Spots,
    TravelTimes,
    read_graph,
    spots_of,
)
from capillare.geo.travel.joining import distinct, find_links

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRAIGHT_LINE = EstimatedTravel(minutes_at_1_km=4.382, exponent=0.661)
FIRST_GUESS = Coefficients(
    per_km_min=0.6,
    per_root_km_min=0.8,
    per_hm_min=1.5,
    density_per_km_min=0.25,
    outside_per_km_min=1.0,
    motorway_per_km_min=0.531,
    expressway_per_km_min=0.627,
    ramp_min=3.5,
    end_min=5.5,
    end_scale_min=2.0,
)
# Legal limits, 130 and 110 km/h, over straight lines that the road exceeds by 15 %: left free, the
# fit trades them against the ramps, and ways longer than the list's come out too fast. The way
# around a bay and the scale of the ends hardly move the error.
SET = ("outside_per_km_min", "motorway_per_km_min", "expressway_per_km_min", "end_scale_min")
ON_THE_WAY = SET[:3]
END = "end_min"
MET = [name for name in asdict(FIRST_GUESS) if name not in {*SET, END}]
N_STARTS = 3
N_ROUNDS = 12
DAMPED_FROM_ROUND = 4
LONGEST_MIN = 400.0
COEFFICIENT_DECIMALS = 3
SEED = 20


class OfficialLegs(NamedTuple):
    """Chief towns, the poles that the list names for them, and the official minutes."""

    start: Spots
    pole: Spots
    official_min: NDArray[np.float64]
    region_code: NDArray[np.str_]


class Paths(NamedTuple):
    """What the fastest path of each leg meets in all, and the minutes that are set, not fitted."""

    met: NDArray[np.float64]
    set_min: NDArray[np.float64]


def read_legs(path: Path) -> OfficialLegs:
    """Read the legs from chief town to named pole that stay on one land; poles left out."""
    places = find_settlements()
    chiefs = places[places["is_chief_town"]].set_index("istat_code", drop=False)
    listed = read_inner_areas_file(path)
    listed = listed[~listed["inner_class"].isin(["A", "B"])]
    known = listed["istat_code"].isin(chiefs.index) & listed["pole_istat_code"].isin(chiefs.index)
    listed = listed[known & listed["minutes_to_pole_min"].notna()]
    start = spots_of(chiefs.loc[listed["istat_code"]], id_column="istat_code")
    pole = spots_of(chiefs.loc[listed["pole_istat_code"]], id_column="istat_code")
    same = np.flatnonzero(start.landmass == pole.landmass)
    region_of = read_boundaries().set_index("istat_code")["region_code"]
    return OfficialLegs(
        start=start.at(same),
        pole=pole.at(same),
        official_min=listed["minutes_to_pole_min"].to_numpy()[same],
        region_code=region_of.loc[start.ids[same]].to_numpy(dtype=str),
    )


def leg_minutes(travel: TravelTimes, legs: OfficialLegs) -> NDArray[np.float64]:
    """Ask an estimate for the minutes of the legs, as anybody would."""
    first, group = distinct(legs.pole)
    pairs = travel.pairs(legs.start, legs.pole.at(first), max_min=LONGEST_MIN)
    table = sparse.csr_array(
        (pairs.travel_min, (pairs.origin, pairs.destination)), shape=pairs.shape
    )
    return np.asarray(table.toarray()[np.arange(len(legs.start)), group])


def errors(travel: TravelTimes, legs: OfficialLegs, region: str = "all") -> dict[str, float]:
    """Measure the errors of an estimate over the legs of a region, or over all."""
    chosen = chosen_legs(legs, region)
    official = legs.official_min[chosen]
    off = leg_minutes(travel, legs)[chosen] - official
    return {
        "mean_absolute_error_min": round(float(np.abs(off).mean()), 2),
        "bias_min": round(float(off.mean()), 2),
        "within_25_percent_share": round(float((np.abs(off) <= official / 4).mean()), 3),
    }


def chosen_legs(legs: OfficialLegs, region: str) -> NDArray[np.bool_]:
    """Say which legs start in a region; all of them for ``all``."""
    return np.full(legs.official_min.size, region == "all") | (legs.region_code == region)


def fit(legs: OfficialLegs, chosen: NDArray[np.bool_], graph: SettlementGraph) -> Coefficients:
    """Fit the coefficients to the chosen legs by least absolute error, from several starts."""
    random = np.random.default_rng(SEED)
    search = PathSearch(graph, legs)
    best, best_error = FIRST_GUESS, np.inf
    for start in range(N_STARTS):
        costs = FIRST_GUESS if start == 0 else _perturbed(FIRST_GUESS, random)
        for round_number in range(N_ROUNDS):
            paths = search.paths(costs)
            error = mean_error(costs, paths, legs.official_min, chosen)
            if error < best_error:
                best, best_error = costs, error
            found = _fit_along(costs, paths, legs.official_min, chosen)
            share = 1.0 if round_number < DAMPED_FROM_ROUND else 0.5
            costs = _between(costs, found, share)
    return _rounded(best)


def mean_error(
    costs: Coefficients,
    paths: Paths,
    official_min: NDArray[np.float64],
    chosen: NDArray[np.bool_],
) -> float:
    """Mean absolute error along given paths, minutes."""
    minutes = costs.with_ends(paths.met @ _vector(costs, MET) + paths.set_min)
    return float(np.abs(minutes - official_min)[chosen].mean())


def _fit_along(
    costs: Coefficients,
    paths: Paths,
    official_min: NDArray[np.float64],
    chosen: NDArray[np.bool_],
) -> Coefficients:
    names = [*MET, END]
    met, set_min, official_min = paths.met[chosen], paths.set_min[chosen], official_min[chosen]

    def loss(logs: NDArray[np.float64]) -> float:
        values = np.exp(logs)
        path_min = met @ values[: len(MET)] + set_min
        minutes = path_min - values[-1] * np.expm1(-path_min / costs.end_scale_min)
        return float(np.abs(minutes - official_min).mean())

    start = np.log(np.maximum(_vector(costs, names), 1e-4))
    found = minimize(
        loss, start, method="Nelder-Mead", options={"adaptive": True, "maxfev": 4000, "fatol": 1e-6}
    )
    return replace(costs, **dict(zip(names, np.exp(found.x).tolist(), strict=True)))


class PathSearch:
    """Finds the fastest path of every leg, and sums up what it meets."""

    def __init__(self, graph: SettlementGraph, legs: OfficialLegs) -> None:
        nothing = Coefficients(**dict.fromkeys(asdict(FIRST_GUESS), 0.0))
        self.graph = graph
        met = [graph.edges(replace(nothing, **{name: 1.0})) for name in MET]
        self.start, self.end, one = met[0]
        self.exists = np.isfinite(one)
        self.met = np.column_stack([np.where(self.exists, column, 0.0) for _, _, column in met])
        settled = {name: getattr(FIRST_GUESS, name) for name in ON_THE_WAY}
        found_set = graph.edges(replace(nothing, **settled))[2]
        self.set_min = np.where(self.exists, found_set, 0.0)
        self.leg_start = find_links(graph, FIRST_GUESS, legs.start).node[:, 0]
        pole = find_links(graph, FIRST_GUESS, legs.pole).node[:, 0]
        self.poles, self.leg_pole = np.unique(pole, return_inverse=True)

    def paths(self, costs: Coefficients) -> Paths:
        """Find the fastest paths at these costs."""
        _, before = csgraph.dijkstra(
            self.graph.minutes(costs), indices=self.poles, return_predecessors=True
        )
        key, number = self._fastest(costs)
        met = np.zeros((self.leg_start.size, len(MET)))
        set_min = np.zeros(self.leg_start.size)
        leg, node = np.arange(self.leg_start.size), self.leg_start
        while leg.size:
            following = before[self.leg_pole[leg], node]
            leg, node, following = (
                leg[following >= 0],
                node[following >= 0],
                following[following >= 0],
            )
            edge = number[np.searchsorted(key, self._key(node, following))]
            met[leg] += self.met[edge]
            set_min[leg] += self.set_min[edge]
            node = following
        return Paths(met, set_min)

    def _fastest(self, costs: Coefficients) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the key of each pair of joined nodes, sorted, and its fastest edge."""
        minutes = self.graph.edges(costs)[2]
        key = self._key(self.start, self.end)
        order = np.lexsort((minutes, key))
        order = order[self.exists[order]]
        keys, first = np.unique(key[order], return_index=True)
        return keys, order[first]

    def _key(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
        low, high = np.minimum(start, end), np.maximum(start, end)
        return low.astype(np.int64) * self.graph.n_nodes + high


def _vector(costs: Coefficients, names: list[str]) -> NDArray[np.float64]:
    return np.array([getattr(costs, name) for name in names])


def _perturbed(costs: Coefficients, random: np.random.Generator) -> Coefficients:
    factor = np.exp(random.normal(0.0, 0.25, len(MET) + 1))
    names = [*MET, END]
    values = _vector(costs, names) * factor
    return replace(costs, **dict(zip(names, values.tolist(), strict=True)))


def _between(old: Coefficients, new: Coefficients, share: float) -> Coefficients:
    values = {
        name: (1 - share) * getattr(old, name) + share * getattr(new, name) for name in asdict(old)
    }
    return Coefficients(**values)


def _rounded(costs: Coefficients) -> Coefficients:
    return Coefficients(
        **{name: round(number, COEFFICIENT_DECIMALS) for name, number in asdict(costs).items()}
    )


def main() -> None:
    """Fit, measure and print in the layout of travel.toml, with each region left out in turn."""
    legs = read_legs(Path(sys.argv[1]))
    graph = read_graph()
    regions = np.unique(legs.region_code).tolist()
    costs = fit(legs, chosen_legs(legs, "all"), graph)
    print(f"n_pairs = {legs.official_min.size}\n\n[coefficients]")
    _print_figures(asdict(costs))
    travel = SettlementTravel(graph, costs)
    for region in ["all", *regions]:
        print(f"\n[errors.{region}]")
        _print_figures(errors(travel, legs, region))
    for region in regions:
        others = fit(legs, ~chosen_legs(legs, region), graph)
        print(f"\n[left_out.{region}]")
        _print_figures(errors(SettlementTravel(graph, others), legs, region))
    for region in ["all", *regions]:
        print(f"\n# straight line, {region}: {errors(STRAIGHT_LINE, legs, region)}")


def _print_figures(figures: dict[str, float]) -> None:
    for name, figure in figures.items():
        print(f"{name} = {figure}")


if __name__ == "__main__":
    main()
