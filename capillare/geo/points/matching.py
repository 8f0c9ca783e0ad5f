"""Which desk of a published list is which desk of the registry: ids say it, or place and name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from rtree.index import Index

from capillare.geo.places import metric_xy, normalised_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NEAR_M = 150.0
LIKE_PERCENT = 60
"""Likeness of names from which two desks near each other, or at one address, are one."""

SAME_PERCENT = 90
"""Likeness from which two desks of a municipality are one by their names alone."""

_MOST_NEAR = 50
_BASES = ("near", "address", "name")
# What every desk of the programme is called tells none from another.
_COMMON_WORDS = frozenset({
    "punto", "punti", "digitale", "facile", "pdf", "sportello", "presso", "sede", "di", "del",
    "della", "dei", "la", "il", "e",
})  # fmt: skip


class _Pair(NamedTuple):
    """A listed desk that may be a desk of the registry; ordered best first."""

    basis: int
    unlikeness: float
    away_m: float
    listed: int
    present: int


def match_desks(present: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Find which listed desk is which present one, each at most once.

    Equal ids are one desk. Of the others, two are one if their names are alike and they stand
    within `NEAR_M` of each other (both by given coordinates) or at one address of a municipality;
    or if their names are almost the same in one municipality and no coordinates tell them apart.
    Words that every desk bears do not count, numbers in names must agree. The nearest and likest
    pairs go first; ties by row.

    Parameters
    ----------
    present, listed
        Table ``desks``, placed.

    Returns
    -------
    ``listed``, ``present``: rows, from 0; ``matched_by``: id, near, address or name; in the
    list's order.
    """
    row_of = {desk_id: row for row, desk_id in enumerate(present["desk_id"])}
    by_id = {row: row_of[i] for row, i in enumerate(listed["desk_id"]) if i in row_of}
    found = [(row, other, "id") for row, other in by_id.items()]
    taken_listed, taken_present = set(by_id), set(by_id.values())
    ends = _Ends.of(present), _Ends.of(listed)
    for pair in sorted(_pairs(*ends, taken_present, taken_listed)):
        if pair.listed in taken_listed or pair.present in taken_present:
            continue
        taken_listed.add(pair.listed)
        taken_present.add(pair.present)
        found.append((pair.listed, pair.present, _BASES[pair.basis]))
    frame = pd.DataFrame(found, columns=["listed", "present", "matched_by"])
    return frame.sort_values("listed", ignore_index=True)


class _Ends(NamedTuple):
    """What desks are compared by."""

    names: list[str]
    digits: list[str]
    code: list[str]
    address: list[str]
    xy: NDArray[np.float64]
    is_given: NDArray[np.bool_]

    @classmethod
    def of(cls, desks: pd.DataFrame) -> _Ends:
        address = desks["address"].fillna("").map(normalised_name)
        return cls(
            names=[_own_words(name) for name in desks["name"]],
            digits=desks["name"].str.replace(r"\D+", " ", regex=True).str.strip().tolist(),
            code=desks["istat_code"].tolist(),
            address=address.tolist(),
            xy=metric_xy(desks["lat"].to_numpy(), desks["lon"].to_numpy()),
            is_given=(desks["position_basis"] == "given").to_numpy(dtype=bool),
        )


def _own_words(name: str) -> str:
    words = normalised_name(name).split()
    return " ".join(word for word in words if word not in _COMMON_WORDS) or " ".join(words)


def _pairs(
    present: _Ends, listed: _Ends, taken_present: set[int], taken_listed: set[int]
) -> Iterator[_Pair]:
    index = Index()
    in_municipality: dict[str, list[int]] = {}
    for row in range(len(present.names)):
        if row in taken_present:
            continue
        in_municipality.setdefault(present.code[row], []).append(row)
        if present.is_given[row]:
            index.insert(row, (*present.xy[row], *present.xy[row]))
    for row in range(len(listed.names)):
        if row not in taken_listed:
            yield from _near(present, listed, row, index)
            yield from _in_municipality(
                present, listed, row, in_municipality.get(listed.code[row], [])
            )


def _near(present: _Ends, listed: _Ends, row: int, index: Index) -> Iterator[_Pair]:
    if not listed.is_given[row]:
        return
    x, y = listed.xy[row]
    around = (x - NEAR_M, y - NEAR_M, x + NEAR_M, y + NEAR_M)
    for number, other in enumerate(index.intersection(around)):
        if number == _MOST_NEAR:
            return
        away_m = float(np.hypot(*(present.xy[other] - listed.xy[row])))
        likeness = fuzz.token_set_ratio(present.names[other], listed.names[row])
        is_like = likeness >= LIKE_PERCENT and present.digits[other] == listed.digits[row]
        if away_m <= NEAR_M and is_like:
            yield _Pair(0, -likeness, away_m, row, other)


def _in_municipality(present: _Ends, listed: _Ends, row: int, others: list[int]) -> Iterator[_Pair]:
    for other in others[: _MOST_NEAR * 10]:
        if present.digits[other] != listed.digits[row]:
            continue
        away_m = 0.0
        if present.is_given[other] and listed.is_given[row]:
            away_m = float(np.hypot(*(present.xy[other] - listed.xy[row])))
        address = listed.address[row]
        if address and address == present.address[other]:
            likeness = fuzz.token_set_ratio(present.names[other], listed.names[row])
            if likeness >= LIKE_PERCENT:
                yield _Pair(1, -likeness, away_m, row, other)
        elif away_m <= NEAR_M:
            likeness = fuzz.token_sort_ratio(present.names[other], listed.names[row])
            if likeness >= SAME_PERCENT:
                yield _Pair(2, -likeness, away_m, row, other)
