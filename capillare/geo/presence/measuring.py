"""People present by month: resident adults, and tourists for what the policy lets them count.

In a month, a municipality's visitors are ``nights / days x adult share x weight``: nights of its
registered establishments, the adult share of its own residents (that of tourists is not known) and
the policy's weight. They are spread over its settlements by ``adults ^ size_exponent x coast``, an
assumption: no table says where in a municipality tourists sleep.
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
from capillare.geo.presence.spreading import spread_evenly
from capillare.geo.schema.seasons import PRESENCE
from capillare.geo.season_rules import MONTHS
from capillare.geo.sources.relief import read_relief

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.season_rules import PresenceRules
    from capillare.geo.sources.records import SourceRecord
    from capillare.geo.sources.tourism import Tourism


@dataclass(frozen=True)
class Presence:
    """Who is present, month by month.

    Attributes
    ----------
    places
        Table ``presence``, in the order of the territory's places, then by month.
    municipalities
        The same summed, one row per ``istat_code`` and ``month``.
    profile_error
        Share of a municipality's nights that the estimate of months misplaces, on average, where
        months are known; NaN where they are for fewer than two.
    records
        What was read.
    """

    places: pd.DataFrame
    municipalities: pd.DataFrame
    profile_error: float
    records: tuple[SourceRecord, ...]

    @property
    def present_people(self) -> NDArray[np.int64]:
        """People present, shape (n_places, 12)."""
        return self.places["present_people"].to_numpy(dtype=np.int64).reshape(-1, MONTHS)

    def of_month(self, month: int) -> pd.DataFrame:
        """Return the municipalities in a month, with ``visitors_share`` of the resident adults."""
        rows = self.municipalities[self.municipalities["month"] == month].reset_index(drop=True)
        adults = rows["adults"].where(rows["adults"] > 0)
        return rows.assign(visitors_share=rows["visitors"].astype("float64") / adults)

    def codes(self, basis: str) -> list[str]:
        """Municipalities whose tourism has a basis, sorted."""
        january = self.municipalities[self.municipalities["month"] == 1]
        return sorted(january.loc[january["tourism_basis"] == basis, "istat_code"])


def measure_presence(territory: Territory, tourism: Tourism, rules: PresenceRules) -> Presence:
    """Measure who is present in each place and month.

    A municipality of which only the year's nights are known takes the months of similar ones
    (`estimate_profiles`); one without any counts its residents only, and says that its tourists
    are unknown.
    """
    monthly = _monthly_tourists(territory, tourism)
    municipalities = territory.municipalities
    share = _ratio(municipalities["adults"], municipalities["residents"])
    counted = np.floor(monthly.per_day * share[:, None] * rules.visitor_weight + 0.5)
    places = _over_places(territory, monthly, np.nan_to_num(counted).astype(np.int64), rules)
    summed = places.groupby(["istat_code", "month"], sort=True, as_index=False).agg(
        adults=("adults", "sum"),
        tourists_per_day=("tourists_per_day", lambda cells: cells.sum(min_count=1)),
        visitors=("visitors", lambda cells: cells.sum(min_count=1)),
        present_people=("present_people", "sum"),
        tourism_basis=("tourism_basis", "first"),
    )
    return Presence(PRESENCE.check(places), summed, monthly.profile_error, tourism.records)


def weight_sensitivity(
    territory: Territory, tourism: Tourism, rules: PresenceRules
) -> pd.DataFrame:
    """Say how the people present hang on the policy's weight.

    Returns
    -------
    One row per weight of the policy, ascending: ``visitor_weight``, ``month`` of most people,
    ``present_people`` in it, ``visitors`` in it, ``visitors_share`` of the people present.
    """
    monthly = _monthly_tourists(territory, tourism)
    municipalities = territory.municipalities
    share = _ratio(municipalities["adults"], municipalities["residents"])
    adults = int(municipalities["adults"].sum())
    rows = []
    for weight in sorted({*rules.weights_shown, rules.visitor_weight}):
        counted = np.floor(np.nan_to_num(monthly.per_day * share[:, None] * weight) + 0.5)
        visitors = counted.sum(axis=0)
        most = int(visitors.argmax())
        rows.append(
            {
                "visitor_weight": weight,
                "month": most + 1,
                "present_people": adults + int(visitors[most]),
                "visitors": int(visitors[most]),
                "visitors_share": float(visitors[most] / max(adults + visitors[most], 1)),
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True, eq=False)
class _Monthly:
    """Tourists of any age on a mean day, shape (n_municipalities, 12), NaN where not known."""

    per_day: NDArray[np.float64]
    basis: NDArray[np.str_]
    profile_error: float


def _monthly_tourists(territory: Territory, tourism: Tourism) -> _Monthly:
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
    years = year["year"].reindex(codes).fillna(2001).to_numpy(dtype=np.int64)
    days = np.array([[monthrange(y, month)[1] for month in range(1, MONTHS + 1)] for y in years])
    return _Monthly(
        nights / days.reshape(-1, MONTHS),
        basis.astype(str),
        profile_error(character.at(known), shares) if known.size > 1 else float("nan"),
    )


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


def _over_places(
    territory: Territory,
    monthly: _Monthly,
    visitors: NDArray[np.int64],
    rules: PresenceRules,
) -> pd.DataFrame:
    places = territory.places
    row_of = pd.Series(range(len(territory.municipalities)), territory.municipalities["istat_code"])
    town = row_of.loc[places["istat_code"]].to_numpy(dtype=np.int64)
    weight = tourist_weights(places, rules)
    share = weight / np.bincount(town, weight, minlength=len(row_of))[town]
    month = np.arange(MONTHS)
    group = (town[:, None] * MONTHS + month).ravel()
    spread = spread_evenly(visitors.ravel(), np.repeat(weight, MONTHS), group)
    basis = np.repeat(monthly.basis[town], MONTHS)
    per_day = (monthly.per_day[town] * share[:, None]).ravel()
    adults = np.repeat(places["adults"].to_numpy(dtype=np.int64), MONTHS)
    return pd.DataFrame(
        {
            "place_id": np.repeat(places["place_id"].to_numpy(dtype=str), MONTHS),
            "istat_code": np.repeat(places["istat_code"].to_numpy(dtype=str), MONTHS),
            "month": np.tile(month + 1, len(places)),
            "adults": adults,
            "tourists_per_day": per_day.round(4),
            "visitors": pd.Series(spread, dtype="Int64").mask(basis == "unknown"),
            "present_people": adults + spread,
            "tourism_basis": basis,
        }
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


def _ratio(part: pd.Series, whole: pd.Series) -> NDArray[np.float64]:
    below = whole.to_numpy(dtype=np.float64)
    above = part.to_numpy(dtype=np.float64)
    return np.asarray(np.divide(above, below, out=np.zeros_like(above), where=below > 0))


__all__ = ["Presence", "measure_presence", "tourist_weights", "weight_sensitivity"]
