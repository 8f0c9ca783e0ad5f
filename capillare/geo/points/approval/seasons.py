"""A seasonal plan as the registry holds it: hours by month of its seats, and seasonal desks."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.errors import DataError
from capillare.geo.hours import normalise_hours
from capillare.geo.hours.grammar import MONTHS

if TYPE_CHECKING:
    from datetime import date

    from capillare.geo.points.approval.approving import Source

_A_YEAR = timedelta(days=364)
_ALL_YEAR = tuple(range(1, 13))
_HOLIDAYS_OFF = re.compile(r"PH (?:off|closed)")


def season_desks(
    season_plan: pd.DataFrame,
    desks: pd.DataFrame,
    points: pd.DataFrame,
    source: Source,
    until: date | None,
) -> pd.DataFrame:
    """Return the desks of a seasonal plan: known ones with new hours, and new seasonal ones.

    A point without a seasonal seat keeps its hours: the days that a plan suggests where none are
    known change nothing, and nobody has decided them.

    Parameters
    ----------
    season_plan
        Table ``season_plan``: twelve rows a seat.
    desks, points
        Tables of the registry.
    until
        Last day of the new desks; None for a year from the plan's day. Desks that the registry
        has stay valid as long as they were.

    Raises
    ------
    DataError
        If a desk is not in the registry, or its hours cannot be read or are none in every month.
    """
    known = desks.set_index("desk_id", drop=False)
    names = points.set_index("point_id")["point"]
    seats = season_plan.groupby(["point_id", "desk_id", "candidate_id"], dropna=False, sort=True)
    opens = season_plan["candidate_id"].notna() & season_plan["is_open"]
    moving = set(season_plan.loc[opens, "point_id"])
    rows = []
    for _, months in seats:
        seat = months.iloc[0]
        point_id, desk_id = str(seat["point_id"]), seat["desk_id"]
        hours = hours_of_the_year(months)
        if pd.isna(desk_id):
            if hours:
                name = str(names.get(point_id, point_id))
                rows.append(_new_desk(seat, name, hours, source, until))
            continue
        if desk_id not in known.index or not hours:
            what = "shut in every month" if desk_id in known.index else "not in the registry"
            raise DataError(
                f"season_plan: desk {desk_id} {what}. Leave its point out with --only, or correct "
                "the registry."
            )
        if point_id in moving:
            rows.append(_known_desk(known.loc[desk_id].to_dict(), hours, source))
    return pd.DataFrame(rows)


def _known_desk(desk: dict[Any, Any], hours: str, source: Source) -> dict[Any, Any]:
    if desk["opening_hours"] == hours:
        return desk
    remark = f"Orario del {source.cells['source']}"
    note = "" if pd.isna(desk["note"]) else str(desk["note"])
    said = note if remark in note else "; ".join(filter(None, (note, remark)))
    return desk | {"opening_hours": hours, "hours_basis": "stated", "note": said}


def _new_desk(
    seat: pd.Series, point: str, hours: str, source: Source, until: date | None
) -> dict[str, Any]:
    locality = seat["municipality"] if pd.isna(seat["locality"]) else seat["locality"]
    return {
        "desk_id": f"{seat['point_id'][:40]}-{seat['candidate_id'][:38]}",
        "point_id": seat["point_id"],
        "network": "pdf",
        "kind": "seasonal",
        "name": f"{point}, sede stagionale di {locality}",
        "istat_code": seat["istat_code"],
        "locality": seat["locality"],
        "lat": seat["lat"],
        "lon": seat["lon"],
        "position_basis": "locality",
        "opening_hours": hours,
        "hours_basis": "stated",
        "valid_from": source.as_of.isoformat(),
        "valid_to": (until or source.as_of + _A_YEAR).isoformat(),
        "channels": "in_person",
        "status": "active",
        "verified_on": source.approved_on.isoformat(),
        "note": "Indirizzo da indicare",
        **source.cells,
    }


def hours_of_the_year(months: pd.DataFrame) -> str:
    """Return a seat's twelve rows of a season plan as one expression of hours.

    Empty where every month is shut.

    Raises
    ------
    DataError
        If a month's hours cannot be read.
    """
    by_month = {
        int(month): str(hours)
        for month, is_open, hours in zip(
            months["month"], months["is_open"], months["opening_hours"], strict=True
        )
        if is_open and pd.notna(hours)
    }
    by_hours: dict[str, list[int]] = {}
    for month, hours in sorted(by_month.items()):
        by_hours.setdefault(hours, []).append(month)
    rules: list[str] = []
    shut: dict[str, list[int]] = {}
    for hours, open_months in by_hours.items():
        for part in (part.strip() for part in hours.split(";")):
            if _HOLIDAYS_OFF.fullmatch(part):
                shut.setdefault("PH off", []).extend(open_months)
            else:
                rules.append(_selector(open_months) + part)
    rules += [_selector(sorted(months)) + part for part, months in shut.items()]
    expression = "; ".join(rules)
    canonical = normalise_hours(expression) if expression else ""
    if canonical is None:
        raise DataError(
            f"season_plan: hours {expression[:80]!r} cannot be read. Draw the plan again."
        )
    return canonical


def _selector(months: list[int]) -> str:
    return "" if tuple(months) == _ALL_YEAR else f"{_runs(months)} "


def _runs(months: list[int]) -> str:
    """Write months as the grammar does.

    >>> _runs([1, 2, 3, 6, 11, 12])
    'Jan-Mar,Jun,Nov-Dec'
    """
    written = []
    for _, run in groupby(enumerate(months), key=lambda pair: pair[1] - pair[0]):
        numbers = [month for _, month in run]
        names = dict.fromkeys((MONTHS[numbers[0] - 1], MONTHS[numbers[-1] - 1]))
        written.append("-".join(names))
    return ",".join(written)
