"""People present by month: resident adults, and tourists for what the policy lets them count.

In a month, a municipality's visitors are ``nights / days x adult share x weight``: nights of its
registered establishments, the adult share of its own residents (that of tourists is not known) and
the policy's weight. They are spread over its settlements by ``adults ^ size_exponent x coast``, an
assumption: no table says where in a municipality tourists sleep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.presence.spreading import spread_evenly
from capillare.geo.presence.tourists import Tourists, find_tourists
from capillare.geo.schema.seasons import PRESENCE
from capillare.geo.season_rules import MONTHS

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
    """Measure who is present in each place and month."""
    return count_present(find_tourists(territory, tourism, rules), rules.visitor_weight)


def count_present(tourists: Tourists, visitor_weight: float) -> Presence:
    """Count the people present when an adult tourist weighs so much.

    Where tourists are not known, residents alone are counted and the visitors are missing.
    """
    visitors = _visitors(tourists, visitor_weight)
    towns, places = tourists.territory.municipalities, tourists.territory.places
    share = (
        tourists.place_weight
        / np.bincount(tourists.town, tourists.place_weight, minlength=len(towns))[tourists.town]
    )
    group = (tourists.town[:, None] * MONTHS + np.arange(MONTHS)).ravel()
    spread = spread_evenly(visitors.ravel(), np.repeat(tourists.place_weight, MONTHS), group)
    of_places = _rows(
        places,
        places["place_id"],
        tourists.per_day[tourists.town] * share[:, None],
        spread.reshape(-1, MONTHS),
        tourists.basis[tourists.town],
    )
    of_towns = _rows(towns, None, tourists.per_day, visitors, tourists.basis)
    return Presence(PRESENCE.check(of_places), of_towns, tourists.profile_error, tourists.records)


def weight_sensitivity(tourists: Tourists, rules: PresenceRules) -> pd.DataFrame:
    """Say how the people present hang on the policy's weight.

    Returns
    -------
    One row per weight of the policy, ascending: ``visitor_weight``, ``month`` of most people,
    ``present_people`` in it, ``visitors`` in it, ``visitors_share`` of the people present.
    """
    adults = int(tourists.territory.municipalities["adults"].sum())
    rows = []
    for weight in weights_of(rules):
        visitors = _visitors(tourists, weight).sum(axis=0)
        most = int(visitors.argmax())
        present = adults + int(visitors[most])
        rows.append(
            {
                "visitor_weight": weight,
                "month": most + 1,
                "present_people": present,
                "visitors": int(visitors[most]),
                "visitors_share": float(visitors[most] / max(present, 1)),
            }
        )
    return pd.DataFrame(rows)


def weights_of(rules: PresenceRules) -> list[float]:
    """List the weights to show, ascending, the policy's own among them."""
    return sorted({*rules.weights_shown, rules.visitor_weight})


def _visitors(tourists: Tourists, visitor_weight: float) -> NDArray[np.int64]:
    """Return whole visitors of each municipality and month; 0 where they are not known."""
    towns = tourists.territory.municipalities
    adults, residents = (towns[name].to_numpy(np.float64) for name in ("adults", "residents"))
    share = np.divide(adults, residents, out=np.zeros_like(adults), where=residents > 0)
    counted = np.floor(tourists.per_day * share[:, None] * visitor_weight + 0.5)
    return np.asarray(np.nan_to_num(counted), dtype=np.int64)


def _rows(
    of: pd.DataFrame,
    place_ids: pd.Series | None,
    per_day: NDArray[np.float64],
    visitors: NDArray[np.int64],
    basis: NDArray[np.str_],
) -> pd.DataFrame:
    """Write twelve rows for each place, or for each municipality without `place_ids`."""
    ids = {} if place_ids is None else {"place_id": np.repeat(place_ids.to_numpy(str), MONTHS)}
    adults = np.repeat(of["adults"].to_numpy(dtype=np.int64), MONTHS)
    basis = np.repeat(basis, MONTHS)
    counted = visitors.ravel()
    return pd.DataFrame(
        ids
        | {
            "istat_code": np.repeat(of["istat_code"].to_numpy(dtype=str), MONTHS),
            "month": np.tile(np.arange(1, MONTHS + 1), len(of)),
            "adults": adults,
            "tourists_per_day": per_day.ravel().round(4),
            "visitors": pd.Series(counted, dtype="Int64").mask(basis == "unknown"),
            "present_people": adults + counted,
            "tourism_basis": basis,
        }
    )


__all__ = ["Presence", "count_present", "measure_presence", "weight_sensitivity", "weights_of"]
