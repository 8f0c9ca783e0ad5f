"""What an approval tells citizens: the next days of each row that it writes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.hours import ROME, next_opening
from capillare.geo.points.stops import next_dates, read_stops
from capillare.geo.schema import DESKS, STOPS
from capillare.geo.sources.reference import from_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.geo.points.row_changes import Cells, RowChange

_ONE_DAY = timedelta(days=1)


def announced_days(change: RowChange, *, since: date, n: int = 3) -> tuple[date, ...]:
    """Return the next days on which a changed row's stop is made, or its desk opens.

    Parameters
    ----------
    change
        Of table ``stops`` or ``desks``.
    since
        First day that counts.
    n
        At most so many days.

    Returns
    -------
    Fewer than `n` days where the row ends before; none for a row that goes, a desk that is not
    active, or one whose hours are not known.
    """
    if change.after is None:
        return ()
    if change.table == STOPS.name:
        frame = pd.DataFrame([change.after], columns=STOPS.names, dtype="str")
        (stop,) = read_stops(STOPS.check(from_text(frame, STOPS)))
        return next_dates(stop, as_of=since, n=n)
    return _open_days(change.after, since, n) if change.table == DESKS.name else ()


def _open_days(desk: Cells, since: date, n: int) -> tuple[date, ...]:
    if desk["status"] != "active":
        return ()
    first = max(since, date.fromisoformat(desk.get("valid_from", since.isoformat())))
    last = date.fromisoformat(desk.get("valid_to", date.max.isoformat()))
    days: list[date] = []
    while len(days) < n and first <= last:
        opening = next_opening(
            desk.get("opening_hours"),
            datetime.combine(first, time(), ROME),
            istat_code=desk["istat_code"],
        )
        if opening is None or opening.date() > last:
            break
        days.append(opening.date())
        first = opening.date() + _ONE_DAY
    return tuple(days)


def with_their_desks(chosen: Sequence[RowChange], changes: Sequence[RowChange]) -> list[RowChange]:
    """Return chosen changes and those without which they cannot stand, in the order of `changes`.

    A stop needs the desk that stops: where an approval writes that desk, it goes with it.
    """
    needed = {
        (DESKS.name, (change.after["desk_id"],))
        for change in chosen
        if change.table == STOPS.name and change.after
    }
    wanted = needed | {(change.table, change.key) for change in chosen}
    return [change for change in changes if (change.table, change.key) in wanted]
