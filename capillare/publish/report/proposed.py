"""What seasons and vans would bring to a territory, and what everything proposed there costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.hours import readable_it
from capillare.geo.numerals import MONTHS_IT, euros, number
from capillare.geo.schema.seasons import SEASON_PLAN
from capillare.planning.comparison import places_after
from capillare.publish.labels import label_it
from capillare.publish.tour_figures import tour_summary
from capillare.publish.tour_layers import stop_places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.planning.coordinators import CoordinatorList

Cells = tuple[str, ...]


@dataclass(frozen=True)
class SeasonHere:
    """A seasonal plan in a territory.

    Attributes
    ----------
    summary
        What the whole plan brings.
    presence
        Month, and adults present here in it.
    seats
        Seasonal seats here: where, whose, months, hours, hours a week, most people served.
    """

    summary: str
    presence: tuple[Cells, ...]
    seats: tuple[Cells, ...]


@dataclass(frozen=True)
class ToursHere:
    """Tours of vans in a territory.

    Attributes
    ----------
    summary
        What all tours bring.
    gained
        What they bring here.
    stops
        Stops here: van, where, weekday, times, how often, dates, adults.
    """

    summary: str
    gained: str
    stops: tuple[Cells, ...]


def season_here(listing: CoordinatorList) -> SeasonHere | None:
    """Return what a seasonal plan holds for the territory; None where there is no such plan."""
    season = listing.plan.season
    if season is None:
        return None
    present = _here(season.presence.municipalities, listing).groupby("month")["present_people"]
    months = zip(MONTHS_IT, present.sum().sort_index(), strict=True)
    return SeasonHere(
        season.summary(),
        tuple((month, number(people)) for month, people in months),
        tuple(_seat(rows, listing) for _, rows in _seats_here(listing).groupby("candidate_id")),
    )


def _seats_here(listing: CoordinatorList) -> pd.DataFrame:
    """Return the months in which a seasonal seat of the territory is open."""
    if listing.plan.season is None:
        return SEASON_PLAN.empty()
    rows = _here(listing.plan.season.table, listing)
    return rows[rows["candidate_id"].notna() & rows["is_open"]].sort_values("month")


def _seat(rows: pd.DataFrame, listing: CoordinatorList) -> Cells:
    names = listing.plan.network.registry.points.set_index("point_id")["point"]
    first = rows.iloc[0]
    hours = rows["opening_hours"].dropna().unique()
    return (
        _where(first),
        str(names.get(first["point_id"], first["point_id"])),
        ", ".join(MONTHS_IT[month - 1] for month in rows["month"]),
        " · ".join(readable_it(one) or one for one in hours),
        " · ".join(number(n, int(n % 1 > 0)) for n in sorted(rows["weekly_hours"].unique())),
        number(rows["present_people"].max()),
    )


def tours_here(listing: CoordinatorList) -> ToursHere | None:
    """Return what tours of vans hold for the territory; None where no van is planned."""
    tours = listing.plan.tours
    if tours is None:
        return None
    gained = int(_here(tours.coverage, listing)["adults_gained"].sum())
    days = f"dal {_day(tours.params['first_day'])} al {_day(tours.params['last_day'])}"
    stops = stop_places(_here(tours.stops, listing)).sort_values(["municipality", "locality"])
    return ToursHere(
        tour_summary(tours),
        f"Qui, {days}, {number(gained)} maggiorenni senza uno sportello vicino ne avrebbero uno "
        "che passa.",
        tuple(_stop(row) for row in stops.to_dict("records")),
    )


def _stop(row: Mapping[Any, Any]) -> Cells:
    return (
        row["van"],
        _where(row),
        label_it("weekday", row["weekday"]),
        f"{_opens(row)}-{row['depart']}",
        label_it("pattern", row["pattern"]),
        ", ".join(f"{day[8:]}/{day[5:7]}" for day in row["dates"].split(";")),
        number(row["adults_served"]),
    )


def _opens(row: Mapping[Any, Any]) -> str:
    """Return when people are received: after the van has arrived and been set up."""
    hour, minute = map(int, row["arrive"].split(":"))
    opens = 60 * hour + minute + round(row["setup_min"])
    return f"{opens // 60:02d}:{opens % 60:02d}"


def _where(row: Any) -> str:  # noqa: ANN401 (a row as mapping or series)
    locality, town = row["locality"], row["municipality"]
    return town if pd.isna(locality) or locality == town else f"{locality}, comune di {town}"


def costs_here(listing: CoordinatorList) -> list[Cells]:
    """Return what is proposed in the territory, how many, what it costs, and how that is meant."""
    plan = listing.plan
    sites = listing.table[listing.table["proposal"] == "proposed"]
    rows: list[Cells] = [
        (
            "Sedi proposte",
            number(len(sites)),
            euros(float(sites["cost_eur"].sum())),
            "contributo e attrezzature, una volta",
        )
    ]
    if plan.season is not None:
        seats = _seats_here(listing)
        points = plan.season.points
        paid = points.loc[points["point_id"].isin(seats["point_id"]), "cost_eur"]
        rows.append(
            (
                "Sedi stagionali",
                number(seats["candidate_id"].nunique()),
                euros(float(paid.sum())),
                "all'anno, dei punti che le aprono",
            )
        )
    if plan.tours is not None:
        stops = _here(plan.tours.stops, listing)
        vans = plan.tours.van_figures
        vans = vans[vans["van"].isin(stops.loc[stops["place_id"].notna(), "van"])]
        rows.append(
            (
                "Furgoni che si fermano qui",
                number(len(vans)),
                euros(float(vans["cost_eur"].sum())),
                "interi: si dividono con gli altri territori che servono",
            )
        )
    return rows


def towns_here(listing: CoordinatorList) -> pd.DataFrame:
    """Return the municipalities of the territory, today and with the proposed sites open.

    Returns
    -------
    Table ``coverage`` by name, with ``within_share`` and ``after_share`` (of adults).
    """
    after = places_after(listing.plan)
    reached = after[after["is_within"]].groupby("istat_code")["adults"].sum()
    towns = listing.coverage.sort_values("municipality")
    adults = towns["adults"].clip(lower=1)
    return towns.assign(
        within_share=towns["adults_within"] / adults,
        after_share=towns["istat_code"].map(reached).fillna(0) / adults,
    )


def _here(frame: pd.DataFrame, listing: CoordinatorList) -> pd.DataFrame:
    return frame[frame["istat_code"].isin(listing.ground.istat_codes)]


def _day(text: str) -> str:
    return f"{text[8:]}/{text[5:7]}/{text[:4]}"


__all__ = ["SeasonHere", "ToursHere", "costs_here", "season_here", "tours_here", "towns_here"]
