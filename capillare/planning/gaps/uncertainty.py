"""How sure a rank is: over drawn weights, scales and minutes, and with one choice changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.schema import GAPS_SENSITIVITY
from capillare.planning.gaps.index import (
    PERCENTILE_SCALE,
    RANGE_SCALE,
    SCALES,
    Scale,
    ampi,
    ranks_of,
    signed,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.settings import GapRules

MINUTES = {"travel_min": "travel_basis", "minutes_to_pole_min": "pole_basis"}
"""Indicators in minutes, and the column that says where each municipality's come from."""

TAKEN_AS_TRUE = frozenset({"given", "official", "known"})
"""Bases of minutes that are not ours to doubt: a user's matrix, and published lists."""

RANK_PERCENTILES = (5, 95)
LEFT_OUT = {
    "rank_without_travel": "travel_min",
    "rank_without_unreachable": "adults_unreachable_share",
    "rank_without_hours": "hours_per_1000_adults",
    "rank_without_coverage": "weekly_coverage_share",
    "rank_without_over65": "over65_share",
    "rank_without_pole": "minutes_to_pole_min",
    "rank_without_target": "target_distance_share",
}
"""Column of ``gaps_sensitivity`` and the indicator that it leaves out."""


def minute_errors(
    indicators: pd.DataFrame, municipalities: pd.DataFrame, travel_error_min: float
) -> NDArray[np.float64]:
    """Return how wrong each indicator of each municipality is held to be: mean absolute error.

    Minutes of `TAKEN_AS_TRUE` have none. Estimated ones have the measured error of the estimate.
    Those of roads and of a routing server, whose error nobody has measured, have the same one, so
    that no rank looks surer than it is; and so have minutes whose basis is not said.

    Returns
    -------
    Minutes, shape of `indicators`; 0 for what is not in minutes.
    """
    errors = np.zeros(indicators.shape)
    for position, name in enumerate(indicators):
        basis = MINUTES.get(str(name))
        if basis is None:
            continue
        is_doubted = np.ones(len(indicators), dtype=bool)
        if basis in municipalities:
            is_doubted = ~municipalities[basis].isin(TAKEN_AS_TRUE).to_numpy()
        errors[:, position] = np.where(is_doubted, travel_error_min, 0.0)
    return errors


def rank_intervals(
    indicators: pd.DataFrame,
    is_ranked: NDArray[np.bool_],
    rules: GapRules,
    errors_min: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Percentiles of the rank over seeded draws of weights, scale and travel error.

    Each draw multiplies every weight by a factor between one half and two (log-uniform), picks
    one of the two scales with even odds, and adds to the minutes a Laplace error whose mean
    absolute value is theirs in `errors_min`.

    Parameters
    ----------
    indicators
        Those of the index, one row per municipality of the region.
    is_ranked
        Which rows are ranked.
    rules
        Weights, number of draws and seed.
    errors_min
        As `minute_errors` gives them.

    Returns
    -------
    5th percentile rounded down and 95th rounded up, one per ranked row.
    """
    n_ranked = int(is_ranked.sum())
    if n_ranked == 0 or indicators.shape[1] == 0:
        ones = np.ones(n_ranked, dtype=np.int64)
        return ones, np.full(n_ranked, max(n_ranked, 1), dtype=np.int64)
    random = np.random.default_rng(rules.seed)
    weights = _weights(indicators, rules)
    is_minutes = np.array([name in MINUTES for name in indicators])
    floor = np.where(is_minutes, 0.0, -np.inf)
    worse = signed(indicators)
    ranks = np.empty((rules.n_draws, n_ranked), dtype=np.int64)
    for draw in range(rules.n_draws):
        factor = 2.0 ** random.uniform(-1, 1, weights.size)
        scale = SCALES[int(random.integers(len(SCALES)))]
        noise = random.laplace(0.0, errors_min)
        index = ampi(np.maximum(worse + noise, floor), weights * factor, scale=scale)
        ranks[draw] = ranks_of(index[is_ranked])
    low, high = np.percentile(ranks, RANK_PERCENTILES, axis=0)
    return np.floor(low).astype(np.int64), np.ceil(high).astype(np.int64)


def rank_sensitivity(
    indicators: pd.DataFrame,
    municipalities: pd.DataFrame,
    is_ranked: NDArray[np.bool_],
    rules: GapRules,
) -> pd.DataFrame:
    """Rank again with each choice of the index made otherwise, one at a time.

    Parameters
    ----------
    indicators
        Those of the index, one row per municipality of the region.
    municipalities
        ``istat_code`` and ``municipality`` of the same rows, sorted by ``istat_code``.
    is_ranked
        Which rows are ranked.
    rules
        Weights.

    Returns
    -------
    Table ``gaps_sensitivity``, sorted by ``rank``: one row per ranked municipality.
    """
    weights = _weights(indicators, rules)
    used = [str(name) for name in indicators]

    def ranked_by(
        names: list[str], given: NDArray[np.float64], scale: Scale = RANGE_SCALE
    ) -> NDArray[np.int64]:
        if not names or not is_ranked.any():
            return np.arange(1, int(is_ranked.sum()) + 1)
        return ranks_of(ampi(signed(indicators[names]), given, scale=scale)[is_ranked])

    table = municipalities.loc[is_ranked, ["istat_code", "municipality"]].assign(
        rank=ranked_by(used, weights),
        rank_equal_weights=ranked_by(used, np.ones(len(used))),
        rank_percentile_scale=ranked_by(used, weights, PERCENTILE_SCALE),
    )
    others = ["rank_equal_weights", "rank_percentile_scale"]
    for column, name in LEFT_OUT.items():
        kept = [other for other in used if other != name]
        if name not in used or not kept:
            table[column] = pd.array([pd.NA] * len(table), dtype="Int64")
            continue
        table[column] = ranked_by(kept, weights[[used.index(other) for other in kept]])
        others.append(column)
    shifts = table[others].sub(table["rank"], axis="index").abs()
    table["max_shift"] = shifts.max(axis="columns")
    return GAPS_SENSITIVITY.check(
        table[GAPS_SENSITIVITY.names].sort_values("rank", ignore_index=True)
    )


def _weights(indicators: pd.DataFrame, rules: GapRules) -> NDArray[np.float64]:
    return np.array([rules.weights[str(name)] for name in indicators], dtype=np.float64)
