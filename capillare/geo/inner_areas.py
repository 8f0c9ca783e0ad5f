"""The class of each municipality in the 2020 map of inner areas, and the minutes to its pole.

Official beats known beats estimated, row by row. An estimate is made only where the poles are
known: in the region whose poles our table lists, or in the regions of an official file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.places import find_settlements
from capillare.geo.schema import INNER_AREAS, POLES
from capillare.geo.sources.official import read_inner_areas_file
from capillare.geo.sources.reference import read_table
from capillare.geo.travel import Spots, TravelTimes, spots_of

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.places import Territory
    from capillare.geo.settings import InnerAreas

POLE_CLASSES = ("A", "B")


def classify_municipalities(
    territory: Territory,
    travel: TravelTimes,
    rules: InnerAreas,
    *,
    poles_region: str,
    official_file: Path | None = None,
) -> pd.DataFrame:
    """Give each municipality its class, the minutes to its pole, and where both come from.

    Parameters
    ----------
    territory
        Region whose municipalities are classed.
    travel
        Estimates the minutes from chief town to the nearest pole where none are published.
    rules
        Cuts in minutes: up to the first is C, up to the second D, up to the third E, then F.
    poles_region
        Region whose poles our own table lists whole.
    official_file
        The published list, which wins.

    Returns
    -------
    One row per ``istat_code`` of the territory, sorted: ``inner_class``, ``inner_basis``
    (official, known, estimated; missing where not known), ``minutes_to_pole_min``,
    ``pole_basis`` and ``snai_area``.
    """
    listed_poles = read_table(POLES)
    poles = listed_poles["istat_code"]
    known = pd.concat([read_table(INNER_AREAS), listed_poles.dropna(subset=["inner_class"])])
    known = _with_basis(known.drop_duplicates("istat_code").set_index("istat_code"), "known")
    regions = {poles_region}
    if official_file is not None:
        listed = read_inner_areas_file(official_file).set_index("istat_code")
        official = _with_basis(listed, "official")
        # The list says no project area, and in one of its layouts no minutes.
        filling = ["snai_area", "minutes_to_pole_min", "pole_basis"]
        official = official.combine_first(known.reindex(official.index)[filling])
        known = pd.concat([official, known[~known.index.isin(official.index)]])
        is_pole = official["inner_class"].isin(POLE_CLASSES)
        poles = pd.concat([poles, pd.Series(official.index[is_pole])]).drop_duplicates()
        regions |= _regions_of(territory, official.index)
    codes = territory.municipalities["istat_code"]
    classes = known.reindex(codes)[
        ["inner_class", "inner_basis", "minutes_to_pole_min", "pole_basis", "snai_area"]
    ]
    has_poles = territory.municipalities["region_code"].isin(regions).to_numpy()
    estimate = _minutes_to_pole(territory, travel, poles)
    return _with_estimates(classes, np.where(has_poles, estimate, np.nan), rules).reset_index()


def _with_basis(rows: pd.DataFrame, basis: str) -> pd.DataFrame:
    pole_basis = pd.Series(basis, index=rows.index).where(rows["minutes_to_pole_min"].notna())
    return rows.assign(inner_basis=basis, pole_basis=pole_basis)


def _regions_of(territory: Territory, codes: pd.Index) -> set[str]:
    listed = territory.municipalities["istat_code"].isin(codes)
    return set(territory.municipalities.loc[listed, "region_code"])


def _minutes_to_pole(
    territory: Territory, travel: TravelTimes, poles: pd.Series
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    chiefs = find_settlements()
    chiefs = chiefs[chiefs["is_chief_town"]].set_index("istat_code", drop=False)
    there = sorted(chiefs.index.intersection(pd.Index(poles)))
    ends: Spots = spots_of(chiefs.loc[there], id_column="istat_code")
    starts = spots_of(chiefs.loc[territory.municipalities["istat_code"]], id_column="istat_code")
    return travel.nearest(starts, ends).travel_min


def _with_estimates(
    classes: pd.DataFrame, estimate: np.ndarray[tuple[int], np.dtype[np.float64]], rules: InnerAreas
) -> pd.DataFrame:
    classes = classes.copy()
    letters = np.array(["C", "D", "E", "F"])
    estimated_class = letters[np.searchsorted(rules.cuts_min, np.nan_to_num(estimate))]
    fills_minutes = classes["minutes_to_pole_min"].isna().to_numpy() & ~np.isnan(estimate)
    fills_class = classes["inner_class"].isna().to_numpy() & ~np.isnan(estimate)
    classes.loc[fills_minutes, "minutes_to_pole_min"] = estimate[fills_minutes]
    classes.loc[fills_minutes, "pole_basis"] = "estimated"
    classes.loc[fills_class, "inner_class"] = estimated_class[fills_class]
    classes.loc[fills_class, "inner_basis"] = "estimated"
    return classes
