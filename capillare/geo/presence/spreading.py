"""Whole people of a municipality spread over its places so that one more never takes one away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALVINGS = 100


def spread_evenly(
    total: NDArray[np.int64], weight: NDArray[np.float64], group: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Spread whole people by weight within groups; sums equal `total`.

    Sainte-Lague's divisors (1910): each further person goes where people per weight would be
    fewest. Unlike largest remainders, a larger total never leaves a place with fewer.

    Parameters
    ----------
    total
        People of each group, shape (n_groups,).
    weight, group
        Weight (above 0) and group number of each entry, shape (n,). Ties go to the earlier entry.

    Examples
    --------
    >>> spread_evenly(np.array([7]), np.array([5.0, 2.0, 1.0]), np.array([0, 0, 0]))
    array([4, 2, 1])
    """
    share = weight / np.bincount(group, weight, minlength=total.size)[group]
    # Below `few` nobody is left out, above `many` too many are in: count = floor(q x share + 1/2).
    few = np.zeros(total.size)
    many = total + np.bincount(group, minlength=total.size) + 1.0
    for _ in range(_HALVINGS):
        middle = (few + many) / 2
        count = np.floor(middle[group] * share + 0.5)
        is_enough = np.bincount(group, count, minlength=total.size) > total
        many, few = np.where(is_enough, middle, many), np.where(is_enough, few, middle)
    given = np.floor(few[group] * share + 0.5).astype(np.int64)
    left = total - np.bincount(group, given, minlength=total.size).astype(np.int64)
    is_next = np.floor(many[group] * share + 0.5).astype(np.int64) > given
    order = np.lexsort((np.arange(group.size), ~is_next, group))
    first = np.searchsorted(group[order], np.arange(total.size))
    rank = np.empty(group.size, dtype=np.int64)
    rank[order] = np.arange(group.size) - first[group[order]]
    return np.asarray(given + (rank < left[group]))
