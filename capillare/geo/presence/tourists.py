"""Tourists of each municipality and month, and how a municipality's weigh on its places.

Known months are taken as published; of a municipality whose year alone is known, the months are
those of similar ones (`estimate_profiles`); of one without any figure nothing is known.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.places import metric_xy
from capillare.geo.presence.coast import sea_distance_km
from capillare.geo.presence.profiles import Character, estimate_profiles, profile_error
from capillare.geo.season_rules import MONTHS
from capillare.geo.sources.relief import read_relief

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.season_rules import PresenceRules
    from capillare.geo.sources.records import SourceRecord
    from capillare.geo.sources.tourism import Tourism

_NO_YEAR = 2001
"""Any year that is not a leap year: days of months whose nights are not known."""


@dataclass(frozen=True, eq=False)
class Tourists:
    """Tourists of a territory.

    Attributes
    ----------
    territory
        Municipalities and places, in whose order the arrays stand.
    per_day
        Tourists of any age on a mean day, shape (n_municipalities, 12); NaN where not known.
    basis
        Where a municipality's months come from: given, known, estimated or unknown.
    town
        Row of each place's municipality, shape (n_places,).
    place_weight
        How a municipality's tourists weigh on each of its places, shape (n_places,).
    profile_error
        Share of a municipality's nights that the estimate of months misplaces, on average, where
        months are known; NaN where they are for fewer than two.
    records
        What was read.
    """

    territory: Territory
    per_day: NDArray[np.float64]
    basis: NDArray[np.str_]
    town: NDArray[np.int64]
    place_weight: NDArray[np.float64]
    profile_error: float
    records: tuple[SourceRecord, ...]


def find_tourists(territory: Territory, tourism: Tourism, rules: PresenceRules) -> Tourists:
    """Find the tourists of a territory and where in each municipality they weigh."""
    per_day, basis, error = _monthly_tourists(territory, tourism)
    codes = territory.municipalities["istat_code"]
    row_of = pd.Series(range(len(codes)), codes.to_numpy())
    return Tourists(
        territory=territory,
        per_day=per_day,
        basis=basis,
        town=np.asarray(row_of.loc[territory.places["istat_code"]], dtype=np.int64),
        place_weight=tourist_weights(territory.places, rules),
        profile_error=error,
        records=tourism.records,
    )


def tourist_weights(places: pd.DataFrame, rules: PresenceRules) -> NDArray[np.float64]:
    """Return how a municipality's tourists weigh on each of its places, shape (n_places,).

    A settlement whose adults are not known apart counts as one of one adult.
    """
    size = np.maximum(places["adults"].to_numpy(dtype=np.float64), 1.0) ** rules.size_exponent
    sea_km = sea_distance_km(
        places["lat"].to_numpy(dtype=np.float64), places["lon"].to_numpy(dtype=np.float64)
    )
    return np.asarray(size * (1.0 + rules.coast_factor * np.exp(-sea_km / rules.coast_km)))


def _monthly_tourists(
    territory: Territory, tourism: Tourism
) -> tuple[NDArray[np.float64], NDArray[np.str_], float]:
    """Return tourists a day, where they come from, and the error of estimated months."""
    codes = territory.municipalities["istat_code"]
    year = tourism.nights.set_index("istat_code")
    by_month = tourism.months.pivot_table(index="istat_code", columns="month", values="nights")
    by_month = by_month.reindex(columns=range(1, MONTHS + 1))
    nights = by_month.reindex(codes).to_numpy(dtype=np.float64, copy=True)
    months_basis = tourism.months.drop_duplicates("istat_code").set_index("istat_code")
    basis = (
        months_basis["tourism_basis"]
        .reindex(codes)
        .fillna("unknown")
        .to_numpy(dtype=object, copy=True)
    )
    total = year["nights"].reindex(codes).to_numpy(dtype=np.float64)
    character = _character(territory, year)
    summed = nights.sum(axis=1)
    known = np.flatnonzero(summed > 0)
    shares = nights[known] / summed[known, None]
    asked = np.flatnonzero(np.isnan(summed) & ~np.isnan(total))
    estimated = estimate_profiles(character.at(asked), character.at(known), shares)
    nights[asked] = total[asked, None] * estimated
    basis[asked] = np.where(np.isnan(nights[asked, 0]), "unknown", "estimated")
    years = year["year"].reindex(codes).fillna(_NO_YEAR).to_numpy(dtype=np.int64)
    days = np.array([[monthrange(y, month)[1] for month in range(1, MONTHS + 1)] for y in years])
    error = profile_error(character.at(known), shares) if known.size > 1 else float("nan")
    return nights / days.reshape(-1, MONTHS), basis.astype(str), error


def _character(territory: Territory, year: pd.DataFrame) -> Character:
    towns = territory.municipalities
    lat, lon = (towns[name].to_numpy(dtype=np.float64) for name in ("lat", "lon"))
    nights = year["nights"].reindex(towns["istat_code"]).to_numpy(dtype=np.float64)
    arrivals = year["arrivals"].reindex(towns["istat_code"]).to_numpy(dtype=np.float64)
    stay = np.divide(nights, arrivals, out=np.full_like(nights, np.nan), where=arrivals > 0)
    return Character(
        xy_km=metric_xy(lat, lon) / 1000.0,
        sea_km=sea_distance_km(lat, lon),
        altitude_m=read_relief().at(lat, lon),
        stay_nights=np.where(stay > 0, stay, np.nan),
        nights=nights,
    )
