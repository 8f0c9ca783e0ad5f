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

NEAR_M = 150.0
ALIKE_PERCENT = 92

MAX_PAIRS = 3_000_000
"""Pairs looked at: beyond it, so many desks stand together that the list would be of no use."""

_CHUNK = 200
_BACK = 50


def alike_desks(desks: pd.DataFrame) -> pd.DataFrame:
    """Find desks of one municipality with like names, under 150 m apart or at one address.

    Distance counts only between given coordinates. A desk is compared with at most the 50 before
    it at its address.

    Parameters
    ----------
    desks
        Table ``desks``, placed, in the order read.

    Returns
    -------
    ``first``, ``second``: positions in `desks`, one pair for each second desk, in order.
    """
    near, same = _near_pairs(desks), _same_address_pairs(desks)
    first = np.concatenate([near[0], same[0]])
    second = np.concatenate([near[1], same[1]])
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


def _near_pairs(desks: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    given = np.flatnonzero((desks["position_basis"] == "given").to_numpy(dtype=bool))
    if not given.size:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    spots = desks.iloc[given]
    xy = metric_xy(spots["lat"].to_numpy(), spots["lon"].to_numpy())
    index = Index((given, xy, xy))
    firsts, seconds, n_pairs = [], [], 0
    for start in range(0, given.size, _CHUNK):
        rows = slice(start, start + _CHUNK)
        around = xy[rows] - NEAR_M, xy[rows] + NEAR_M
        found, counts = index.intersection_v(*around)  # type: ignore[no-untyped-call]
        first = found.astype(np.int64)
        second = np.repeat(given[rows], counts.astype(np.int64))
        earlier = first < second
        firsts.append(first[earlier])
        seconds.append(second[earlier])
        n_pairs += int(earlier.sum())
        if n_pairs > MAX_PAIRS:
            break
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    at = np.zeros((len(desks), 2))
    at[given] = xy
    is_near = np.hypot(*(at[first] - at[second]).T) < NEAR_M
    return first[is_near], second[is_near]


def _same_address_pairs(desks: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    address = desks["address"].fillna("").str.casefold().str.replace(r"\W+", " ", regex=True)
    where = desks["istat_code"] + "|" + address.str.strip()
    stated = np.flatnonzero((address.str.strip() != "").to_numpy(dtype=bool))
    group = pd.factorize(where.iloc[stated])[0]
    order = np.argsort(group, kind="stable")
    rows, group = stated[order], group[order]
    firsts, seconds = [rows[:0]], [rows[:0]]
    for back in range(1, min(_BACK, rows.size) + 1):
        is_same = group[back:] == group[:-back]
        if not is_same.any():
            break
        firsts.append(rows[:-back][is_same])
        seconds.append(rows[back:][is_same])
    return np.concatenate(firsts), np.concatenate(seconds)
