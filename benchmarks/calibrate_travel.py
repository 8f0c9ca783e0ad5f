"""Fit the embedded travel estimate to the official minutes and print its errors.

Run it as ``python -m benchmarks.calibrate_travel FILE``, with the published "Mappa Aree Interne
2020" spreadsheet. It prints the coefficients and errors that ``capillare/data/travel.toml``
carries; nothing else of the official file is kept.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize

from capillare.geo.places import metric_xy
from capillare.geo.population import read_territory
from capillare.geo.sources.official import read_inner_areas_file
from capillare.geo.travel import M_PER_KM, EstimatedTravel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class OfficialLegs(NamedTuple):
    """Straight-line metres and official minutes from chief towns to their poles."""

    distance_m: NDArray[np.float64]
    official_min: NDArray[np.float64]
    region_code: NDArray[np.str_]


def read_legs(path: Path) -> OfficialLegs:
    """Read the legs from chief town to named pole that stay on one land; poles left out."""
    italy = read_territory("all")
    municipalities = italy.municipalities.set_index("istat_code")
    land = italy.places[italy.places["is_chief_town"]].set_index("istat_code")["landmass"]
    listed = read_inner_areas_file(path)
    listed = listed[~listed["inner_class"].isin(["A", "B"])]
    known = listed["istat_code"].isin(land.index) & listed["pole_istat_code"].isin(land.index)
    listed = listed[known & listed["minutes_to_pole_min"].notna()]
    start, end = listed["istat_code"], listed["pole_istat_code"]
    same = land.loc[start].to_numpy() == land.loc[end].to_numpy()
    start, end, listed = start[same], end[same], listed[same]
    ends = [
        metric_xy(municipalities.loc[c, "lat"].to_numpy(), municipalities.loc[c, "lon"].to_numpy())
        for c in (start, end)
    ]
    return OfficialLegs(
        distance_m=np.hypot(*(ends[0] - ends[1]).T),
        official_min=listed["minutes_to_pole_min"].to_numpy(),
        region_code=municipalities.loc[start, "region_code"].to_numpy(dtype=str),
    )


def fit(legs: OfficialLegs) -> EstimatedTravel:
    """Fit the two coefficients by least absolute error."""
    km = legs.distance_m / M_PER_KM

    def mean_error(coefficients: NDArray[np.float64]) -> float:
        return float(np.abs(coefficients[0] * km ** coefficients[1] - legs.official_min).mean())

    best = minimize(
        mean_error, (4.0, 0.7), method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-6}
    )
    return EstimatedTravel(round(float(best.x[0]), 3), round(float(best.x[1]), 3))


def errors(travel: EstimatedTravel, legs: OfficialLegs, region: str = "all") -> dict[str, float]:
    """Measure the errors of an estimate over the legs of a region, or over all."""
    chosen = np.full(legs.official_min.size, fill_value=True)
    if region != "all":
        chosen = legs.region_code == region
    official = legs.official_min[chosen]
    off = travel.minutes(legs.distance_m[chosen]) - official
    return {
        "mean_absolute_error_min": round(float(np.abs(off).mean()), 2),
        "bias_min": round(float(off.mean()), 2),
        "within_25_percent_share": round(float((np.abs(off) <= official / 4).mean()), 3),
    }


def main() -> None:
    """Fit, measure and print in the layout of travel.toml."""
    legs = read_legs(Path(sys.argv[1]))
    travel = fit(legs)
    print(f"n_pairs = {legs.official_min.size}")
    print(f"minutes_at_1_km = {travel.minutes_at_1_km}\nexponent = {travel.exponent}")
    for region in ["all", *np.unique(legs.region_code)]:
        print(f"\n[errors.{region}]")
        for name, figure in errors(travel, legs, region).items():
            print(f"{name} = {figure}")


if __name__ == "__main__":
    main()
