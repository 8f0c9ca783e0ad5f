"""The adjusted Mazziotta-Pareto index, and the ranks that it gives.

Mazziotta and Pareto (2016): each indicator is rescaled to about 70-130 with the regional mean at
100, then ``index = M + S * S / M`` with M and S the weighted mean and standard deviation of a
municipality's indicators. Higher is worse, so imbalance is a penalty added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from capillare.geo.settings import LOWER_IS_WORSE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Scale = Literal["range", "percentile"]

CENTRE = 100.0
INDEX_DECIMALS = 3
RANGE_SCALE: Scale = "range"
PERCENTILE_SCALE: Scale = "percentile"
SCALES = (RANGE_SCALE, PERCENTILE_SCALE)
GOALPOSTS = (5, 95)
"""Percentiles between which `PERCENTILE_SCALE` rescales; values beyond count as at them."""

_HALF_RANGE = 30.0


def ampi(
    worse: NDArray[np.float64], weights: NDArray[np.float64], *, scale: Scale = RANGE_SCALE
) -> NDArray[np.float64]:
    """Compute the adjusted Mazziotta-Pareto index, penalty added; missing cells are left out.

    Parameters
    ----------
    worse
        Indicators in which more is worse, shape (n, n_indicators).
    weights
        Weights, shape (n_indicators,).
    scale
        Goalposts of the rescaling: the least and the most, or the percentiles `GOALPOSTS`.

    Returns
    -------
    Index, shape (n,); 100 is a municipality at the mean in everything; missing where nothing is
    known.
    """
    rescaled = _rescaled(_between_goalposts(worse) if scale == PERCENTILE_SCALE else worse)
    weight = np.where(np.isnan(rescaled), 0.0, weights)
    total = weight.sum(axis=1)
    total[total == 0] = np.nan
    weight = weight / total[:, None]
    mean = np.where(np.isnan(total), np.nan, np.nansum(rescaled * weight, axis=1))
    spread = np.nansum(weight * (rescaled - mean[:, None]) ** 2, axis=1)
    index: NDArray[np.float64] = mean + spread / mean
    return index


def signed(indicators: pd.DataFrame) -> NDArray[np.float64]:
    """Return indicators with the sign that makes more of each worse, shape (n_rows, n_names)."""
    signs = np.array([-1.0 if name in LOWER_IS_WORSE else 1.0 for name in indicators])
    return np.asarray(indicators.to_numpy(dtype=np.float64) * signs)


def ranks_of(index: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rank of each row, 1 for the highest index; ties go to the earlier row.

    >>> ranks_of(np.array([90.0, 120.0, 120.0004]))
    array([3, 1, 2])
    """
    order = np.argsort(-index.round(INDEX_DECIMALS), kind="stable")
    ranks = np.empty(index.size, dtype=np.int64)
    ranks[order] = np.arange(1, index.size + 1)
    return ranks


def _rescaled(worse: NDArray[np.float64]) -> NDArray[np.float64]:
    width = np.nanmax(worse, axis=0) - np.nanmin(worse, axis=0)
    width = np.where(width > 0, width, 1.0)
    deviation = (worse - np.nanmean(worse, axis=0)) / width
    return np.asarray(CENTRE + 2 * _HALF_RANGE * deviation)


def _between_goalposts(worse: NDArray[np.float64]) -> NDArray[np.float64]:
    """Clip each indicator to its goalposts, unless they fall together: it would say nothing."""
    low, high = np.nanpercentile(worse, GOALPOSTS, axis=0)
    low, high = np.where(high > low, [low, high], [[-np.inf], [np.inf]])
    return np.asarray(np.clip(worse, low, high))
