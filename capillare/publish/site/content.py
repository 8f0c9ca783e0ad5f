"""What every page is written from: entries, hours, stops and neighbours, found once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from capillare.publish.site.entries import Entry, by_province, find_entries
from capillare.publish.site.figures import Figures, count_entries
from capillare.publish.site.neighbours import nearest_desks
from capillare.publish.site.openings import OpenSpan, open_spans, opening_code
from capillare.publish.site.published import published_desks
from capillare.publish.site.structured_data import structured_data
from capillare.publish.site.visits import StopPlace, stop_places

if TYPE_CHECKING:
    from datetime import date

    from capillare.planning.network import Network
    from capillare.publish.site.entries import ProvinceEntries

MAX_ON_ONE_PAGE = 400
"""Entries that the first page still lists whole; beyond, each province has its own page."""

_N_COMING_DAYS = 3


@dataclass(frozen=True)
class Municipality:
    """A municipality of the territory, whether it has a desk or not."""

    istat_code: str
    municipality: str
    province: str
    province_short: str


@dataclass(frozen=True)
class Content:
    """What the pages show of a network.

    Attributes
    ----------
    entries
        Every entry, in the order of `find_entries`.
    provinces
        The same entries, by province and municipality.
    spans
        When each entry's desk is open, by `desk_id` of the entry; absent where not known.
    stops
        Stops with dates to come, by ``desk_id``.
    """

    network: Network
    entries: tuple[Entry, ...]
    provinces: tuple[ProvinceEntries, ...]
    figures: Figures
    spans: dict[str, tuple[OpenSpan, ...]]
    stops: dict[str, tuple[StopPlace, ...]]

    @property
    def first_day(self) -> date:
        """Day 0 of every span."""
        return self.network.scenario.as_of

    @property
    def is_one_page(self) -> bool:
        """Whether the first page lists every entry."""
        return len(self.entries) <= MAX_ON_ONE_PAGE

    @cached_property
    def codes(self) -> dict[str, str]:
        """Opening code of each entry whose hours are known, by ``desk_id``."""
        return {desk_id: opening_code(spans) for desk_id, spans in self.spans.items() if spans}

    @cached_property
    def of_desk(self) -> dict[str, Entry]:
        """Entry that each desk is in, by ``desk_id``."""
        return {desk_id: entry for entry in self.entries for desk_id in entry.desk_ids}

    @cached_property
    def of_municipality(self) -> dict[str, tuple[Entry, ...]]:
        """Entries of each municipality that has one, by ``istat_code``."""
        return {
            held.istat_code: held.entries
            for province in self.provinces
            for held in province.municipalities
        }

    @cached_property
    def municipalities(self) -> dict[str, Municipality]:
        """Every municipality of the territory, by ``istat_code``."""
        columns = ["istat_code", "municipality", "province", "province_short"]
        rows = self.network.territory.municipalities[columns].to_dict("records")
        return {
            row["istat_code"]: Municipality(
                row["istat_code"],
                row["municipality"],
                row["province"],
                "" if pd.isna(row["province_short"]) else row["province_short"],
            )
            for row in rows
        }

    @cached_property
    def nearest(self) -> dict[str, list[tuple[Entry, int]]]:
        """Up to three entries nearest to each municipality and the minutes, by ``istat_code``."""
        return {
            code: [(self.of_desk[desk_id], minutes) for desk_id, minutes in near]
            for code, near in nearest_desks(self.network).items()
        }

    @cached_property
    def structured(self) -> dict[str, str]:
        """JSON-LD of each desk, safe in a page, by ``desk_id``."""
        return structured_data(self.network)

    def stops_in(self, istat_code: str) -> tuple[StopPlace, ...]:
        """Return the stops of every mobile desk in a municipality."""
        return tuple(
            stop for stops in self.stops.values() for stop in stops if stop.istat_code == istat_code
        )

    def coming_days(self, desk_id: str) -> tuple[int, ...]:
        """Return the next days, counted from the first, on which a desk is known to open."""
        days = sorted({span.day for span in self.spans.get(desk_id, ()) if span.is_known})
        return tuple(days[:_N_COMING_DAYS])


def find_content(network: Network) -> Content:
    """Find what the pages show of a network."""
    desks = published_desks(network)
    entries = find_entries(desks)
    stops: dict[str, tuple[StopPlace, ...]] = {}
    for stop in stop_places(network):
        stops[stop.desk_id] = (*stops.get(stop.desk_id, ()), stop)
    return Content(
        network=network,
        entries=entries,
        provinces=by_province(entries, network),
        figures=count_entries(entries, network),
        spans=_spans(desks, stops, network.scenario.as_of),
        stops=stops,
    )


def _spans(
    desks: pd.DataFrame, stops: dict[str, tuple[StopPlace, ...]], first: date
) -> dict[str, tuple[OpenSpan, ...]]:
    """Find when each desk is open; one with stops is open where it stops."""
    spans = {}
    columns = ["desk_id", "istat_code", "opening_hours", "valid_from", "valid_to"]
    for desk_id, code, hours, *validity in desks[columns].itertuples(index=False, name=None):
        if desk_id in stops:
            spans[desk_id] = tuple(
                sorted(span for stop in stops[desk_id] for span in stop.spans(first))
            )
        elif not pd.isna(hours):
            since, until = ("" if pd.isna(day) else str(day) for day in validity)
            spans[desk_id] = open_spans(
                hours, first, istat_code=code, valid_from=since, valid_to=until
            )
    return spans
