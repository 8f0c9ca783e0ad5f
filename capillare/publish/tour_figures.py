"""What mobile tours found, for programs and terminals: section ``tours`` of ``summary.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capillare.geo.numerals import number, percent
from capillare.planning.tours.calendar_value import HOURS_ENOUGH
from capillare.planning.tours.timetable_rows import MARKET_NOTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from capillare.planning.tours.calendar_value import Worth
    from capillare.planning.tours.proposal import Tours

SHARE_DECIMALS = 6


def tour_figures(tours: Tours) -> dict[str, Any]:
    """Return the headline figures of proposed tours, how they were found and what was proved."""
    stops = tours.stops[tours.stops["place_id"].notna()]
    cost = tours.cost_per_person_eur
    return {
        "vans": len(tours.vans),
        "first_day": tours.params["first_day"],
        "last_day": tours.params["last_day"],
        "places": int(stops["place_id"].nunique()),
        "visits": len(stops),
        "market_visits": int((stops["note"] == MARKET_NOTE).sum()),
        "patterns": {
            name: int(stops.loc[stops["pattern"] == name, "place_id"].nunique())
            for name in ("weekly", "biweekly", "monthly")
        },
        "adults_unserved": tours.people_unserved,
        "adults_served": tours.worth.people,
        "adults_by_hours": tours.people_by_hours,
        "hours_counted_at_most": HOURS_ENOUGH,
        "plan": _worth(tours.worth),
        "obvious_plan": _worth(tours.obvious),
        "cost_eur": tours.cost_eur,
        "cost_per_person_eur": None if cost is None else round(cost, 2),
        "by_van": _records(tours.van_figures),
        "solver": {
            "status": tours.status,
            "objective_people": tours.worth.people,
            "bound_people": tours.bound_people,
            "gap": round(
                (tours.bound_people - tours.worth.people) / max(tours.worth.people, 1),
                SHARE_DECIMALS,
            ),
        },
    }


def tour_summary(tours: Tours) -> str:
    """Say what the tours bring in one Italian sentence."""
    places = tours.stops["place_id"].nunique()
    cost = tours.cost_per_person_eur
    costs = "" if cost is None else f" Costo per persona in più: {number(cost, 2)} €."
    share = percent(tours.worth.people / max(tours.people_unserved, 1), 1)
    return (
        f"Furgoni: {number(len(tours.vans))}, in {number(places)} località; portano una sosta a "
        f"{number(tours.worth.people)} maggiorenni senza sportello su "
        f"{number(tours.people_unserved)} ({share}); il piano ovvio a "
        f"{number(tours.obvious.people)}.{costs}"
    )


def tour_lines(tours: Tours, caveats: Iterable[str] = ()) -> list[str]:
    """Say the tours in a few Italian lines, van by van, for a terminal."""
    lines = [
        tour_summary(tours),
        "",
        (
            f"{'furgone':<20} {'giorni':>6} {'soste':>6} {'luoghi':>6} {'ore':>6} {'guida h':>8} "
            f"{'persone':>9} {'chieste':>8}"
        ),
    ]
    for row in _records(tours.van_figures):
        asked = "" if row["citizens_asked"] is None else number(row["citizens_asked"])
        lines.append(
            f"{row['van'][:20]:<20} {row['n_days']:>6} {row['n_visits']:>6} {row['n_places']:>6} "
            f"{number(row['open_hours'], 1):>6} {number(row['drive_hours'], 1):>8} "
            f"{number(row['adults_served']):>9} {asked:>8}"
        )
    lines += [
        "",
        "chieste: i cittadini che l'obiettivo del punto chiede a queste ore di sosta.",
        f"{'':<14} {'persone':>10} {'ore-persona':>13} {'guida h':>8}",
    ]
    for name, worth in (("questo piano", tours.worth), ("piano ovvio", tours.obvious)):
        lines.append(
            f"{name:<14} {number(worth.people):>10} {number(worth.person_hours):>13} "
            f"{number(-worth.less_driving / 60, 1):>8}"
        )
    notes = [f"- {caveat}" for caveat in (*caveats, *tours.caveats)]
    return [*lines, "", "Da sapere prima di usare queste cifre:", *notes]


def _worth(worth: Worth) -> dict[str, float]:
    return {
        "people": worth.people,
        "person_hours": worth.person_hours,
        "drive_min": -worth.less_driving,
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype("object").where(frame.notna(), None)
    return [{str(name): cell for name, cell in row.items()} for row in plain.to_dict("records")]


__all__ = ["tour_figures", "tour_lines", "tour_summary"]
