"""Under-served inner municipalities, ranked by the adjusted Mazziotta-Pareto index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.schema import GAPS
from capillare.geo.settings import INDICATORS, LOWER_IS_WORSE
from capillare.planning.gaps.index import (
    CENTRE,
    INDEX_DECIMALS,
    ampi,
    ranks_of,
    signed,
)
from capillare.planning.gaps.uncertainty import (
    minute_errors,
    rank_intervals,
    rank_sensitivity,
)
from capillare.planning.reasons import gap_reasons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.numerals import Language
    from capillare.geo.settings import GapRules, Policy

DESK_INDICATORS = (
    "travel_min",
    "adults_unreachable_share",
    "hours_per_1000_adults",
    "weekly_coverage_share",
)


@dataclass(frozen=True)
class Gaps:
    """The ranking and what it was made of.

    Attributes
    ----------
    table
        Table ``gaps``, sorted by ``rank``.
    sensitivity
        Table ``gaps_sensitivity``, sorted by ``rank``.
    indicators_used, indicators_left_out
        Names; left out are those known for too few of the ranked municipalities.
    n_unclassed
        Municipalities of the region whose class is not known: they are not ranked.
    """

    table: pd.DataFrame
    sensitivity: pd.DataFrame
    indicators_used: tuple[str, ...]
    indicators_left_out: tuple[str, ...]
    n_unclassed: int


def rank_gaps(
    coverage: pd.DataFrame,
    targets_by_municipality: pd.DataFrame,
    policy: Policy,
    *,
    travel_error_min: float,
    lang: Language = "it",
) -> Gaps:
    """Rank the inner municipalities of a region by how under-served they are.

    Parameters
    ----------
    coverage
        Table ``coverage`` of the whole region: indicators are rescaled over all of it.
    targets_by_municipality
        ``istat_code`` and ``target_share`` of the points whose territory holds the municipality;
        rows only where known.
    policy
        Classes ranked, weights, rule for under-served, draws and seed.
    travel_error_min
        Mean absolute error of estimated minutes, for the rank intervals; see `minute_errors`.
    lang
        Language of the reasons.
    """
    rules = policy.gaps
    coverage = coverage.sort_values("istat_code", ignore_index=True)
    indicators = find_indicators(coverage, targets_by_municipality)
    is_ranked = coverage["inner_class"].isin(policy.inner_areas.ranked_classes).to_numpy()
    known = indicators[is_ranked].notna().mean() if is_ranked.any() else indicators.notna().mean()
    varies = indicators.max() > indicators.min()
    weighted = [name for name in INDICATORS if rules.weights.get(name, 0) > 0]
    used = [n for n in weighted if known[n] >= rules.known_share and varies[n]]
    left_out = tuple(n for n in weighted if known[n] < rules.known_share)
    index = np.full(len(coverage), CENTRE)
    if used:
        weights = np.array([rules.weights[name] for name in used])
        index = ampi(signed(indicators[used]), weights)
    table = coverage[is_ranked].assign(gap_index=index[is_ranked].round(INDEX_DECIMALS))
    errors_min = minute_errors(indicators[used], coverage, travel_error_min)
    low, high = rank_intervals(indicators[used], is_ranked, rules, errors_min)
    table["rank_low"], table["rank_high"] = low, high
    table["under_served"] = is_under_served(table, rules)
    means = indicators.mean()
    table["reasons"] = gap_reasons(table, indicators[is_ranked], means, policy, lang=lang)
    table["rank"] = ranks_of(index[is_ranked])
    table = table.sort_values("rank")
    table["rank_low"] = np.minimum(table["rank_low"], table["rank"])
    table["rank_high"] = np.maximum(table["rank_high"], table["rank"])
    return Gaps(
        table=GAPS.check(table[GAPS.names].reset_index(drop=True)),
        sensitivity=rank_sensitivity(indicators[used], coverage, is_ranked, rules),
        indicators_used=tuple(used),
        indicators_left_out=left_out,
        n_unclassed=int(coverage["inner_class"].isna().sum()),
    )


def find_indicators(coverage: pd.DataFrame, targets_by_municipality: pd.DataFrame) -> pd.DataFrame:
    """Return the indicators of the index, one row per row of `coverage`; missing is not known.

    Where nobody reaches a desk, the desk indicators take the region's worst value.
    """
    adults = coverage["adults"].where(coverage["adults"] > 0).astype("float64")
    residents = coverage["residents"].where(coverage["residents"] > 0).astype("float64")
    target_share = coverage["istat_code"].map(
        targets_by_municipality.set_index("istat_code")["target_share"]
    )
    indicators = pd.DataFrame(
        {
            "travel_min": coverage["travel_min"],
            "adults_unreachable_share": coverage["adults_unreachable"] / adults,
            "hours_per_1000_adults": coverage["hours_per_1000_adults"],
            "weekly_coverage_share": coverage["weekly_coverage_share"],
            "over65_share": coverage["over65"] / residents,
            "minutes_to_pole_min": coverage["minutes_to_pole_min"],
            "target_distance_share": (1 - target_share.astype("float64")).clip(lower=0),
        },
        index=coverage.index,
    ).astype("float64")
    nobody = coverage["travel_min"].isna().to_numpy()
    for name in DESK_INDICATORS:
        known = indicators.loc[~nobody, name]
        worst = known.min() if name in LOWER_IS_WORSE else known.max()
        if name == "adults_unreachable_share":
            worst = 1.0
        indicators.loc[nobody, name] = worst
    return indicators


def is_under_served(table: pd.DataFrame, rules: GapRules) -> NDArray[np.bool_]:
    """Apply the policy's rule, in one sentence.

    A municipality is under-served if its adults are on average more than ``under_served_min``
    minutes from a desk, or more than ``unreachable_share`` of them reach none by road.
    """
    far = table["travel_min"].fillna(np.inf).to_numpy() > rules.under_served_min
    adults = table["adults"].to_numpy()
    cut_off = table["adults_unreachable"].to_numpy() > rules.unreachable_share * adults
    return np.asarray(far | cut_off, dtype=np.bool_)
