"""Proposed tours as the registry holds them: a mobile desk per van, and the rules of its stops."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from capillare.geo.places import normalised_name
from capillare.geo.points.stops import next_dates, read_stops, scheduled_dates
from capillare.geo.schema import STOPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capillare.geo.points.approval.approving import Source

_WEEKS = {"weekly": 1, "biweekly": 2, "monthly": 4}
_PLACE = ["van", "place_id", "istat_code", "locality", "weekday", "from_time", "to_time"]


class Visit(NamedTuple):
    """A place where a van opens at the same weekday and hours, and the days it does."""

    van: str
    place_id: str | None
    istat_code: str
    locality: str
    weekday: str
    from_time: str
    to_time: str
    lat: float
    lon: float
    pattern: str
    days: tuple[date, ...]


def van_desk_id(van: str) -> str:
    """Return the id of the mobile desk that stands for a van.

    >>> van_desk_id("Furgone Casentino 1")
    'mobile-furgone-casentino-1'
    """
    return f"mobile-{normalised_name(van).replace(' ', '-')}"[:80]


def tour_desks(tour_stops: pd.DataFrame, desks: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return one mobile desk for each van.

    A van that the registry already has keeps its desk as it is, save that it is active. A new one
    stands at its base, and is called by the phone, e-mail and booking of its point's main seat.

    Parameters
    ----------
    tour_stops
        Table ``tour_stops``.
    desks
        Table ``desks`` of the registry.
    """
    known = desks.set_index("desk_id", drop=False)
    bases = tour_stops[tour_stops["pattern"].isna()].drop_duplicates("van", keep="first")
    rows: list[dict[Any, Any]] = []
    for base in bases.to_dict("records"):
        desk_id = van_desk_id(base["van"])
        if desk_id in known.index:
            rows.append(known.loc[desk_id].to_dict() | {"kind": "mobile", "status": "active"})
            continue
        main = desks[(desks["point_id"] == base["point_id"]) & (desks["kind"] == "main")]
        contact = main.iloc[0] if len(main) else pd.Series(dtype="object")
        rows.append(
            {
                "desk_id": desk_id,
                "point_id": base["point_id"],
                "network": "pdf",
                "kind": "mobile",
                "name": f"Sportello mobile {base['van']}",
                "istat_code": base["istat_code"],
                "lat": base["lat"],
                "lon": base["lon"],
                "position_basis": "given",
                "channels": "in_person",
                "status": "active",
                "hours_basis": "unknown",
                "verified_on": source.approved_on.isoformat(),
                "note": "Gira: giorni e luoghi sono nelle soste; qui la sua base",
                **{name: contact.get(name) for name in ("phone", "email", "booking_url")},
                **source.cells,
            }
        )
    return pd.DataFrame(rows)


def tour_rules(tour_stops: pd.DataFrame, source: Source, until: date | None) -> pd.DataFrame:
    """Return table ``stops``: the rules whose dates are exactly those of a proposal.

    Days of the rule on which the proposal does not stop, and that are no holiday, become
    exceptions. Days that no rule of the pattern gives become stops of one day each.

    Parameters
    ----------
    tour_stops
        Table ``tour_stops``.
    until
        Last day up to which the four weeks repeat; None to end with the proposal's last day.
    """
    rows = [
        row | source.cells
        for visit in _visits(tour_stops)
        for row in (_as_rule(visit, until) or [_on_one_day(visit, day) for day in visit.days])
    ]
    return STOPS.check(pd.DataFrame(rows, columns=STOPS.names))


def _visits(tour_stops: pd.DataFrame) -> Iterator[Visit]:
    stops = tour_stops[tour_stops["pattern"].notna()]
    opens = [
        (datetime.strptime(arrive, "%H:%M") + timedelta(minutes=float(setup))).strftime("%H:%M")  # noqa: DTZ007 (a time of the wall clock)
        for arrive, setup in zip(stops["arrive"], stops["setup_min"], strict=True)
    ]
    timed = stops.assign(from_time=opens, to_time=stops["depart"]).sort_values(["van", "date"])
    for _, rows in timed.groupby(_PLACE, sort=True, dropna=False):
        first: dict[Any, Any] = rows.iloc[0].to_dict()
        cells = {name: first[name] for name in (*_PLACE, "lat", "lon", "pattern")}
        place_id = None if pd.isna(first["place_id"]) else first["place_id"]
        days = tuple(date.fromisoformat(day) for day in rows["date"])
        yield Visit(**cells | {"place_id": place_id}, days=days)


def _row(visit: Visit, first: date) -> dict[str, object]:
    desk_id = van_desk_id(visit.van)
    place = visit.place_id or normalised_name(visit.locality).replace(" ", "-")
    mark = f"{first:%Y%m%d}-{visit.from_time.replace(':', '')}"
    return {
        "stop_id": f"{desk_id[:40]}-{place[:20]}-{mark}",
        "desk_id": desk_id,
        "place_id": visit.place_id,
        "istat_code": visit.istat_code,
        "locality": visit.locality,
        "lat": visit.lat,
        "lon": visit.lon,
        "position_basis": "given",
        "starts_on": first.isoformat(),
        "from_time": visit.from_time,
        "to_time": visit.to_time,
    }


def _on_one_day(visit: Visit, day: date) -> dict[str, object]:
    return _row(visit, day) | {"ends_on": day.isoformat()}


def _as_rule(visit: Visit, until: date | None) -> list[dict[str, object]]:
    """Return the one row whose dates are the visit's; none where its days follow no rule."""
    first, last = visit.days[0], visit.days[-1]
    row = _row(visit, first) | {
        "ends_on": last.isoformat(),
        "weekday": visit.weekday,
        "every_n_weeks": _WEEKS[visit.pattern],
    }
    rule = read_stops(STOPS.check(pd.DataFrame([row], columns=STOPS.names)))[0]
    if not set(visit.days) <= set(scheduled_dates(rule, first)):
        return []
    given = next_dates(rule, as_of=first, n=(last - first).days + 1)
    if not set(visit.days) <= set(given):
        row |= {"on_holidays": True}
        given = tuple(scheduled_dates(rule, first))
    skipped = sorted(day.isoformat() for day in set(given) - set(visit.days))
    ends_on = max(until, last) if until else last
    return [row | {"exceptions": ";".join(skipped) or None, "ends_on": ends_on.isoformat()}]
