"""Desks that may be one and the same: alike by name and close together, or at one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from rtree.index import Index

from capillare.geo.places import metric_xy, normalised_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]

NEAR_M = 150.0
ALIKE_PERCENT = 92

MAX_PAIRS = 3_000_000
"""Pairs looked at: beyond it, so many spots crowd together that the list would be of no use."""

_CHUNK = 200
_BACK = 10


def alike_desks(desks: pd.DataFrame) -> pd.DataFrame:
    """Find desks of one municipality with like names, under 150 m apart or at one address.

    Distance counts only between given coordinates. A desk is compared with at most the ten before
    it at its address or its very spot, and ten of each other spot.

    Parameters
    ----------
    desks
        Table ``desks``, placed, in the order read.

    Returns
    -------
    ``first``, ``second``: positions in `desks`, one pair for each second desk, in order.
    """
    ways = (*_given_pairs(desks), _same_address_pairs(desks))
    first = np.concatenate([way[0] for way in ways])
    second = np.concatenate([way[1] for way in ways])
    code = pd.factorize(desks["istat_code"])[0]
    # "Sportello 1" and "Sportello 2" are alike, and two.
    digits = pd.factorize(desks["name"].str.replace(r"\D+", " ", regex=True).str.strip())[0]
    together = (code[first] == code[second]) & (digits[first] == digits[second])
    first, second = first[together], second[together]
    names = desks["name"].to_numpy(dtype=object)
    folded = {row: normalised_name(names[row]) for row in np.unique([first, second]).tolist()}
    likeness = process.cpdist(
        [folded[row] for row in first.tolist()],
        [folded[row] for row in second.tolist()],
        scorer=fuzz.ratio,
        score_cutoff=ALIKE_PERCENT,
    )
    pairs = pd.DataFrame({"first": first, "second": second})[likeness >= ALIKE_PERCENT]
    pairs = pairs.sort_values(["second", "first"]).drop_duplicates("second")
    return pairs.reset_index(drop=True)


def _given_pairs(desks: pd.DataFrame) -> tuple[Pairs, Pairs]:
    """Pair desks at one spot, and at spots under 150 m apart, to the metre."""
    given = np.flatnonzero((desks["position_basis"] == "given").to_numpy(dtype=bool))
    at = desks.iloc[given]
    xy = metric_xy(at["lat"].to_numpy(), at["lon"].to_numpy()).round()
    spots, spot = np.unique(xy, axis=0, return_inverse=True)
    same = _window_pairs(given, spot)
    first, second = _near_spots(spots)
    order = np.argsort(spot, kind="stable")
    n_desks = np.bincount(spot, minlength=len(spots))
    starts = np.cumsum(n_desks) - n_desks
    n_taken = np.minimum(n_desks, _BACK)
    n_pairs = n_taken[first] * n_taken[second]
    within = np.cumsum(n_pairs) <= MAX_PAIRS
    first, second, n_pairs = first[within], second[within], n_pairs[within]
    number = np.arange(n_pairs.sum()) - np.repeat(np.cumsum(n_pairs) - n_pairs, n_pairs)
    width = np.repeat(n_taken[second], n_pairs)
    one = given[order[np.repeat(starts[first], n_pairs) + number // np.maximum(width, 1)]]
    other = given[order[np.repeat(starts[second], n_pairs) + number % np.maximum(width, 1)]]
    return same, (np.minimum(one, other), np.maximum(one, other))


def _near_spots(spots: NDArray[np.float64]) -> Pairs:
    """Return pairs of distinct spots under 150 m apart, found in an R-tree."""
    if not len(spots):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    index = Index((np.arange(len(spots)), spots, spots))
    firsts, seconds, n_found = [], [], 0
    for start in range(0, len(spots), _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, len(spots)))
        around = spots[rows] - NEAR_M, spots[rows] + NEAR_M
        found, counts = index.intersection_v(*around)  # type: ignore[no-untyped-call]
        first, second = found.astype(np.int64), np.repeat(rows, counts.astype(np.int64))
        is_near = np.hypot(*(spots[first] - spots[second]).T) < NEAR_M
        is_pair = is_near & (first < second)
        firsts.append(first[is_pair])
        seconds.append(second[is_pair])
        n_found += len(found)
        if n_found > MAX_PAIRS:
            break
    return np.concatenate(firsts), np.concatenate(seconds)


def _same_address_pairs(desks: pd.DataFrame) -> Pairs:
    address = desks["address"].fillna("").str.casefold().str.replace(r"\W+", " ", regex=True)
    where = desks["istat_code"] + "|" + address.str.strip()
    stated = np.flatnonzero((address.str.strip() != "").to_numpy(dtype=bool))
    return _window_pairs(stated, pd.factorize(where.iloc[stated])[0])


def _window_pairs(rows: NDArray[np.int64], group: NDArray[np.int64]) -> Pairs:
    """Pair each row with at most `_BACK` before it in its group."""
    order = np.argsort(group, kind="stable")
    rows, group = rows[order], group[order]
    firsts, seconds = [rows[:0]], [rows[:0]]
    for back in range(1, min(_BACK, rows.size) + 1):
        is_same = group[back:] == group[:-back]
        firsts.append(rows[:-back][is_same])
        seconds.append(rows[back:][is_same])
    return np.concatenate(firsts), np.concatenate(seconds)
