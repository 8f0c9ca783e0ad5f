"""Under-served inner municipalities, ranked by the adjusted Mazziotta-Pareto index.

Mazziotta and Pareto (2016): each indicator is rescaled to about 70-130 with the regional mean at
100, then ``index = M + S * S / M`` with M and S the weighted mean and standard deviation of a
municipality's indicators. Higher is worse, so imbalance is a penalty added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.schema import GAPS
from capillare.planning.reasons import gap_reasons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.numerals import Language
    from capillare.geo.settings import GapRules, Policy

INDICATORS = (
    "travel_min",
    "adults_unreachable_share",
    "hours_per_1000_adults",
    "weekly_coverage_share",
    "over65_share",
    "minutes_to_pole_min",
    "target_distance_share",
)
LOWER_IS_WORSE = frozenset({"hours_per_1000_adults", "weekly_coverage_share"})
MINUTES = frozenset({"travel_min", "minutes_to_pole_min"})
DESK_INDICATORS = (
    "travel_min",
    "adults_unreachable_share",
    "hours_per_1000_adults",
    "weekly_coverage_share",
)
RANK_PERCENTILES = (5, 95)
_HALF_RANGE = 30.0
_CENTRE = 100.0


@dataclass(frozen=True)
class Gaps:
    """The ranking and what it was made of.

    Attributes
    ----------
    table
        Table ``gaps``, sorted by ``rank``.
    indicators_used, indicators_left_out
        Names; left out are those known for too few of the ranked municipalities.
    n_unclassed
        Municipalities of the region whose class is not known: they are not ranked.
    """

    table: pd.DataFrame
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
        Mean absolute error of the minutes, for the rank intervals.
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
    index = np.full(len(coverage), _CENTRE)
    if used:
        weights = np.array([rules.weights[name] for name in used])
        index = ampi(_signed(indicators[used]), weights)
    table = coverage[is_ranked].assign(gap_index=index[is_ranked].round(3))
    low, high = _rank_intervals(indicators[used], is_ranked, rules, travel_error_min)
    table["rank_low"], table["rank_high"] = low, high
    table["under_served"] = is_under_served(table, rules)
    means = indicators.mean()
    table["reasons"] = gap_reasons(table, indicators[is_ranked], means, policy, lang=lang)
    table = table.sort_values(["gap_index", "istat_code"], ascending=[False, True])
    table["rank"] = np.arange(1, len(table) + 1)
    table["rank_low"] = np.minimum(table["rank_low"], table["rank"])
    table["rank_high"] = np.maximum(table["rank_high"], table["rank"])
    return Gaps(
        table=GAPS.check(table[GAPS.names].reset_index(drop=True)),
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


def ampi(worse: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the adjusted Mazziotta-Pareto index, penalty added; missing cells are left out.

    Parameters
    ----------
    worse
        Indicators in which more is worse, shape (n, n_indicators).
    weights
        Weights, shape (n_indicators,).

    Returns
    -------
    Index, shape (n,); 100 is a municipality at the mean in everything.
    """
    rescaled = _rescaled(worse)
    weight = np.where(np.isnan(rescaled), 0.0, weights)
    weight = weight / weight.sum(axis=1, keepdims=True)
    mean = np.nansum(rescaled * weight, axis=1)
    spread = np.nansum(weight * (rescaled - mean[:, None]) ** 2, axis=1)
    index: NDArray[np.float64] = mean + spread / mean
    return index


def _rescaled(worse: NDArray[np.float64]) -> NDArray[np.float64]:
    width = np.nanmax(worse, axis=0) - np.nanmin(worse, axis=0)
    width = np.where(width > 0, width, 1.0)
    deviation = (worse - np.nanmean(worse, axis=0)) / width
    return np.asarray(_CENTRE + 2 * _HALF_RANGE * deviation)


def _signed(indicators: pd.DataFrame) -> NDArray[np.float64]:
    signs = np.array([-1.0 if name in LOWER_IS_WORSE else 1.0 for name in indicators])
    return np.asarray(indicators.to_numpy(dtype=np.float64) * signs)


def is_under_served(table: pd.DataFrame, rules: GapRules) -> NDArray[np.bool_]:
    """Apply the policy's rule, in one sentence.

    A municipality is under-served if its adults are on average more than ``under_served_min``
    minutes from a desk, or more than ``unreachable_share`` of them reach none by road.
    """
    far = table["travel_min"].fillna(np.inf).to_numpy() > rules.under_served_min
    adults = table["adults"].to_numpy()
    cut_off = table["adults_unreachable"].to_numpy() > rules.unreachable_share * adults
    return np.asarray(far | cut_off, dtype=np.bool_)


def _rank_intervals(
    indicators: pd.DataFrame,
    is_ranked: NDArray[np.bool_],
    rules: GapRules,
    travel_error_min: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Percentiles of the rank over seeded draws of weights and travel error.

    Each draw multiplies every weight by a factor between one half and two (log-uniform) and adds
    to the minutes a Laplace error whose mean absolute value is `travel_error_min`.
    """
    n_ranked = int(is_ranked.sum())
    if n_ranked == 0 or indicators.shape[1] == 0:
        ones = np.ones(n_ranked, dtype=np.int64)
        return ones, np.full(n_ranked, max(n_ranked, 1), dtype=np.int64)
    random = np.random.default_rng(rules.seed)
    weights = np.array([rules.weights[str(name)] for name in indicators])
    is_minutes = np.array([name in MINUTES for name in indicators])
    worse = _signed(indicators)
    ranks = np.empty((rules.n_draws, n_ranked), dtype=np.int64)
    for draw in range(rules.n_draws):
        factor = 2.0 ** random.uniform(-1, 1, weights.size)
        noise = random.laplace(0.0, travel_error_min, worse.shape) * is_minutes
        index = ampi(
            np.maximum(worse + noise, np.where(is_minutes, 0.0, -np.inf)), weights * factor
        )
        ranks[draw] = np.argsort(np.argsort(-index[is_ranked], kind="stable")) + 1
    low, high = np.percentile(ranks, RANK_PERCENTILES, axis=0)
    return np.floor(low).astype(np.int64), np.ceil(high).astype(np.int64)
