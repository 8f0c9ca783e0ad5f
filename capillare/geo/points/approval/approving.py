"""What the approval of a proposal changes in the registry, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.errors import ConfigError
from capillare.geo.fields import nearest
from capillare.geo.points.approval.seasons import season_desks
from capillare.geo.points.approval.tours import tour_desks, tour_rules
from capillare.geo.points.row_changes import RowChange, row_changes
from capillare.geo.schema import DESKS, STOPS

if TYPE_CHECKING:
    from capillare.geo.points.approval.proposal_files import WrittenPlan
    from capillare.geo.points.scope import Tables

_ONE_DAY = timedelta(days=1)
PARTS_IT = {
    "tour_stops": "le soste dei furgoni",
    "season_plan": "le sedi stagionali",
    "sites": "le sedi proposte",
}
"""What of a plan can be approved, in words."""

_NAMED_BY = {
    "tour_stops": ("van", "point_id"),
    "season_plan": ("point_id", "candidate_id"),
    "sites": ("candidate_id",),
}


@dataclass(frozen=True)
class Source:
    """Where approved rows come from: the plan's day, and the day of the approval."""

    as_of: date
    approved_on: date

    @property
    def cells(self) -> dict[str, str]:
        """What their rows say of it."""
        return {
            "source": f"piano Capillare del {self.as_of.isoformat()}, approvato",
            "source_date": self.as_of.isoformat(),
        }


@dataclass(frozen=True)
class Wishes:
    """What of a plan is approved.

    Attributes
    ----------
    parts
        ``tour_stops``, ``season_plan``, ``sites``.
    only
        Vans, points and candidates; empty for all.
    until
        Last day of what is approved; None to end with what the plan itself drew.
    """

    parts: tuple[str, ...]
    only: tuple[str, ...] = ()
    until: date | None = None

    def sentence(self, as_of: date) -> str:
        """Say in Italian what was approved of the plan of a day, for the journal.

        >>> Wishes(("tour_stops",), ("Amiata",)).sentence(date(2026, 11, 22))
        'approvate le soste dei furgoni del piano del 2026-11-22 (Amiata)'
        """
        named = " e ".join(PARTS_IT[part] for part in self.parts)
        only = f" ({', '.join(self.only)})" if self.only else ""
        return f"approvate {named} del piano del {as_of.isoformat()}{only}"


def approvable_names(plan: WrittenPlan, part: str) -> list[str]:
    """Return what can be approved apart in a part of a plan, in the plan's order.

    Vans of tours, points of seasonal seats, candidates of sites: names for `Wishes.only`.
    """
    return list(dict.fromkeys(plan.tables[part][_NAMED_BY[part][0]].dropna()))


def approve(
    plan: WrittenPlan, tables: Tables, wishes: Wishes, *, approved_on: date
) -> list[RowChange]:
    """Return the changes by which a registry takes over what a plan proposes.

    A van becomes a mobile desk with its stops; what that desk had announced for the days of the
    plan ends the day before it, or goes if it had not begun. Seasonal seats become desks with
    hours by month; sites become planned desks. Nothing else changes, and what is already so stays.

    Parameters
    ----------
    tables
        The registry's, whole; see `whole_tables`.
    approved_on
        Day on which somebody vouches for it.

    Raises
    ------
    ConfigError
        If the plan lacks a part, or nothing of it is called as in ``only``.
    DataError
        If the plan names a desk that the registry has not.
    """
    proposals = _chosen(plan, wishes)
    source = Source(plan.as_of, approved_on)
    desks, stops = tables[DESKS.name], tables[STOPS.name]
    if "tour_stops" in proposals:
        rules = tour_rules(proposals["tour_stops"], source, wishes.until)
        stops = _upserted(_made_room(stops, rules), rules, "stop_id")
        desks = _upserted(desks, tour_desks(proposals["tour_stops"], desks, source), "desk_id")
    if "season_plan" in proposals:
        seats = season_desks(
            proposals["season_plan"], desks, tables["points"], source, wishes.until
        )
        desks = _upserted(desks, seats, "desk_id")
    if "sites" in proposals:
        desks = _upserted(desks, _planned_desks(proposals["sites"], desks, source), "desk_id")
    after = {DESKS.name: DESKS.check(desks[DESKS.names]), STOPS.name: STOPS.check(stops)}
    return row_changes({DESKS.name: tables[DESKS.name], STOPS.name: tables[STOPS.name]}, after)


def _chosen(plan: WrittenPlan, wishes: Wishes) -> dict[str, pd.DataFrame]:
    lacking = [part for part in wishes.parts if part not in plan.tables]
    if lacking:
        raise ConfigError(
            f"plan: no {', '.join(f'{part}.csv' for part in lacking)}. Draw it with what you want "
            "to approve, or ask for less."
        )
    found: set[str] = set()
    called: set[str] = set()
    chosen = {}
    for part in wishes.parts:
        frame = plan.tables[part]
        names = [frame[name].astype("str") for name in _NAMED_BY[part]]
        called |= {name for column in names for name in column.dropna()}
        is_named = pd.concat([column.isin(wishes.only) for column in names], axis=1).any(axis=1)
        found |= {name for name in wishes.only for column in names if (column == name).any()}
        kept = frame[is_named] if wishes.only else frame
        if len(kept):
            chosen[part] = kept.reset_index(drop=True)
    strangers = sorted(set(wishes.only) - found)
    if strangers:
        raise ConfigError(
            f"--only {strangers[0]!r}: no van, point or candidate of what is proposed is called "
            f"so.{nearest(strangers[0], sorted(called))}"
        )
    return chosen


def _upserted(frame: pd.DataFrame, rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return `frame` with rows put in, in the place of those with their key."""
    if rows.empty:
        return frame
    kept = frame[~frame[key].isin(rows[key])]
    both = [part.astype("object") for part in (kept, rows) if len(part)]
    return pd.concat(both, ignore_index=True)


def _made_room(stops: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """End, the day before, what the same desks had announced for the days of new rules."""
    starts = rules.groupby("desk_id")["starts_on"].min()
    ends = rules.groupby("desk_id")["ends_on"].max()
    first, last = stops["desk_id"].map(starts), stops["desk_id"].map(ends)
    is_other = ~stops["stop_id"].isin(rules["stop_id"]) & first.notna()
    ends_on = stops["ends_on"].where(stops["weekday"].notna(), stops["starts_on"])
    is_met = is_other & (stops["starts_on"] <= last) & ~(ends_on < first)
    is_begun = is_met & (stops["starts_on"] < first)
    day_before = first[is_begun].map(lambda day: (date.fromisoformat(day) - _ONE_DAY).isoformat())
    ended = stops.assign(ends_on=stops["ends_on"].mask(is_begun, day_before))
    return ended[~(is_met & ~is_begun)]


def _planned_desks(sites: pd.DataFrame, desks: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return a planned desk for each site; one that the registry already has is left alone."""
    rows = [
        {
            "desk_id": f"sede-{site['candidate_id']}"[:80],
            "network": "pdf",
            "kind": "main" if site["option"] == "point" else "branch",
            "name": site["venue"]
            if pd.notna(site["venue"])
            else f"Nuovo sportello di {site['locality']}",
            "istat_code": site["istat_code"],
            "locality": site["locality"],
            "lat": site["lat"],
            "lon": site["lon"],
            "position_basis": "locality",
            "channels": "in_person",
            "status": "planned",
            "hours_basis": "unknown",
            "note": "Previsto: punto, indirizzo e orario da indicare",
            **source.cells,
        }
        for site in sites.to_dict("records")
    ]
    planned = pd.DataFrame(rows, columns=DESKS.names)
    return planned[~planned["desk_id"].isin(desks["desk_id"])]
