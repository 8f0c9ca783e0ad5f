"""What a published list, or another registry, changes: new desks, changed fields, desks gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.places import metric_xy, normalised_name
from capillare.geo.points.matching import match_desks
from capillare.geo.schema import CHANGES, DESKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MOVED_M = 10.0
"""Given coordinates nearer than this are the same place."""

_POSITION = ("lat", "lon")
# Where a row comes from, and what the intake makes of it, is no news of the desk.
_NEVER_COMPARED = frozenset(
    {"desk_id", "source", "source_date", "position_basis", "hours_basis", *_POSITION}
)
_NAMES = frozenset({"name", "locality", "address"})
_DEGREE_DECIMALS = 6


def compare_desks(
    present: pd.DataFrame,
    listed: pd.DataFrame,
    *,
    stated: Iterable[str] = tuple(DESKS.names),
    is_exact: bool = False,
    not_gone: Iterable[str] = (),
) -> pd.DataFrame:
    """Hold listed desks against present ones.

    Parameters
    ----------
    present, listed
        Table ``desks``, placed.
    stated
        Fields that the list states; others are not compared.
    is_exact
        Whether every cell counts as it stands, as between two registries. A published list says
        nothing with an empty cell, and writes names and addresses in its own case.
    not_gone
        Ids of present desks that are not reported gone though no listed desk is theirs.

    Returns
    -------
    Table ``changes``.
    """
    present, listed = present.reset_index(drop=True), listed.reset_index(drop=True)
    pairs = match_desks(present, listed)
    is_new = ~np.isin(np.arange(len(listed)), pairs["listed"])
    is_gone = ~np.isin(np.arange(len(present)), pairs["present"])
    is_gone &= ~present["desk_id"].isin(set(not_gone)).to_numpy(dtype=bool)
    before = present.iloc[pairs["present"]].reset_index(drop=True)
    after = listed.iloc[pairs["listed"]].reset_index(drop=True)
    parts = [
        _whole(listed[is_new], "new"),
        _changed(before, after, pairs["matched_by"], sorted(stated), is_exact=is_exact),
        _whole(present[is_gone], "gone"),
    ]
    return CHANGES.check(pd.concat(parts, ignore_index=True))


def _whole(desks: pd.DataFrame, change: str) -> pd.DataFrame:
    ids = desks["desk_id"]
    rows = desks[["desk_id", "name", "istat_code"]].assign(change=change, column="desk_id")
    rows = rows.assign(before=ids) if change == "gone" else rows.assign(after=ids, listed_id=ids)
    return rows.sort_values("desk_id")


def _changed(
    before: pd.DataFrame,
    after: pd.DataFrame,
    matched_by: pd.Series,
    stated: list[str],
    *,
    is_exact: bool,
) -> pd.DataFrame:
    said = before[["desk_id", "name", "istat_code"]].assign(
        change="changed", matched_by=matched_by, listed_id=after["desk_id"]
    )
    parts = []
    for name in DESKS.names:
        if name not in stated or name in _NEVER_COMPARED:
            continue
        old, new = _written(before[name]), _written(after[name])
        differs = _folded(old, name, is_exact=is_exact) != _folded(new, name, is_exact=is_exact)
        differs &= is_exact | new.notna()
        parts.append(said.assign(column=name, before=old, after=new)[differs])
    if set(_POSITION) & set(stated):
        has_moved = _has_moved(before, after, is_exact=is_exact)
        for name in _POSITION:
            old, new = (_degrees(side, name) for side in (before, after))
            parts.append(said.assign(column=name, before=old, after=new)[has_moved])
    rows = pd.concat(parts, ignore_index=True) if parts else said.iloc[:0].assign(column="")
    return rows.sort_values("desk_id", kind="stable")


def _written(cells: pd.Series) -> pd.Series:
    """Write cells as text, spaces folded; missing stays missing."""
    if pd.api.types.is_bool_dtype(cells.dtype):
        return cells.map({True: "true", False: "false"}).astype("str")
    return cells.astype("str").str.replace(r"\s+", " ", regex=True).str.strip()


def _folded(cells: pd.Series, name: str, *, is_exact: bool) -> pd.Series:
    """Return cells as they are compared; missing is empty."""
    filled = cells.fillna("").astype("str")
    return filled if is_exact or name not in _NAMES else filled.map(normalised_name)


def _is_given(desks: pd.DataFrame) -> NDArray[np.bool_]:
    return (desks["position_basis"] == "given").to_numpy(dtype=bool)


def _has_moved(before: pd.DataFrame, after: pd.DataFrame, *, is_exact: bool) -> NDArray[np.bool_]:
    """Tell which desks have given coordinates that are new or elsewhere, or have lost them."""
    was, stands = _is_given(before), _is_given(after)
    spots = [metric_xy(side["lat"].to_numpy(), side["lon"].to_numpy()) for side in (before, after)]
    is_away = np.hypot(*(spots[0] - spots[1]).T) > MOVED_M
    is_lost = was & ~stands if is_exact else np.zeros(len(was), dtype=bool)
    return np.asarray((stands & (~was | is_away)) | is_lost, dtype=bool)


def _degrees(desks: pd.DataFrame, name: str) -> pd.Series:
    given = desks[name].where(_is_given(desks)).round(_DEGREE_DECIMALS)
    return given.map(lambda angle: repr(float(angle)), na_action="ignore").astype("str")
