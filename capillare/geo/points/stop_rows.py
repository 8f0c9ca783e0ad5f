"""Rows of stops on their way into the registry: rules that can happen, of desks that move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.points.stops import read_stops, scheduled_dates
from capillare.geo.schema.stops import WEEKDAY_NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.points.rows import Rows


def check_stops(stops: Rows, desks: Rows | None, territory: Territory) -> None:
    """Refuse stops that cannot happen as they are written, and those of a desk that stands still.

    A repeated stop without a weekday takes that of its first day, and says so. Reported, and kept:
    exceptions on days without a stop, a rule that meets no day, an unknown settlement.
    """
    _fill_weekday(stops)
    _refuse_spans(stops)
    _refuse_rules(stops)
    if desks is not None:
        _refuse_still_desks(stops, desks)
    _report_days(stops)
    _report_places(stops, territory)


def at_their_places(stops: pd.DataFrame, territory: Territory) -> pd.DataFrame:
    """Give stops without coordinates those of the settlement of their municipality they name."""
    places = territory.places.set_index("place_id")
    own = places.reindex(stops["place_id"])
    is_there = (own["istat_code"].to_numpy(dtype=object) == stops["istat_code"].to_numpy()) & (
        stops["lat"].isna().to_numpy()
    )
    return stops.assign(
        lat=stops["lat"].mask(is_there, pd.Series(own["lat"].to_numpy(), index=stops.index)),
        lon=stops["lon"].mask(is_there, pd.Series(own["lon"].to_numpy(), index=stops.index)),
        position_basis=stops["position_basis"].mask(is_there, "locality"),
    )


def _fill_weekday(stops: Rows) -> None:
    frame = stops.frame
    is_repeated = frame["every_n_weeks"].notna() | frame["week_of_month"].notna()
    is_bare = is_repeated & frame["weekday"].isna() & frame["starts_on"].notna()
    rows = np.flatnonzero(is_bare.to_numpy(dtype=bool) & ~stops.is_refused)
    if not rows.size:
        return
    days = pd.to_datetime(frame["starts_on"].iloc[rows]).dt.day_of_week
    named = [WEEKDAY_NAMES[day] for day in days]
    stops.frame.loc[rows, "weekday"] = named
    is_filled = np.isin(np.arange(len(frame)), rows)
    ways = ("letto come " + stops.frame["weekday"]).fillna("").to_numpy(dtype=object)
    stops.note(is_filled, "weekday", pd.Series("", index=frame.index), ways)


def _refuse_spans(stops: Rows) -> None:
    frame = stops.frame
    is_before = (frame["ends_on"] < frame["starts_on"]).fillna(value=False)
    _refuse(stops, is_before, "ends_on", "finisce prima di cominciare", "Correggi le due date.")
    is_reversed = (frame["to_time"] <= frame["from_time"]).fillna(value=False)
    _refuse(
        stops,
        is_reversed,
        "to_time",
        "la sosta finisce prima di cominciare",
        "Correggi le due ore; una sosta non passa la mezzanotte.",
    )


def _refuse_rules(stops: Rows) -> None:
    frame = stops.frame
    _refuse(
        stops,
        frame["week_of_month"] == 0,
        "week_of_month",
        "non è una settimana del mese",
        "Scrivi da 1 a 5, o -1 per l'ultima.",
    )
    _refuse(
        stops,
        frame["week_of_month"].notna() & (frame["every_n_weeks"] > 1),
        "every_n_weeks",
        "c'è già la settimana del mese",
        "Tieni una sola delle due colonne.",
    )
    is_long = frame["weekday"].isna() & (frame["ends_on"] > frame["starts_on"])
    _refuse(
        stops,
        is_long,
        "ends_on",
        "una sosta senza giorno della settimana dura un giorno solo",
        "Scrivi weekday, o togli la data di fine.",
    )


def _refuse_still_desks(stops: Rows, desks: Rows) -> None:
    kinds = desks.kept.set_index("desk_id")["kind"]
    kind = stops.frame["desk_id"].map(kinds)
    _refuse(
        stops,
        kind.notna() & (kind != "mobile"),
        "desk_id",
        "lo sportello non è itinerante",
        "Scrivi mobile nella colonna kind dello sportello, o correggi il codice.",
    )


def _refuse(stops: Rows, is_bad: pd.Series, column: str, problem: str, remedy: str) -> None:
    bad = is_bad.fillna(value=False).to_numpy(dtype=bool) & ~stops.is_refused
    stops.refuse(bad, column, stops.frame[column], problem, remedy)


def _report_days(stops: Rows) -> None:
    kept = np.flatnonzero(~stops.is_refused)
    has_stray = np.zeros(len(stops.frame), dtype=bool)
    is_idle = np.zeros(len(stops.frame), dtype=bool)
    for row, stop in zip(kept.tolist(), read_stops(stops.frame.iloc[kept]), strict=True):
        is_idle[row] = next(scheduled_dates(stop, stop.starts_on), None) is None
        has_stray[row] = any(
            next(scheduled_dates(stop, day), None) != day for day in stop.exceptions
        )
    stops.warn(
        has_stray,
        "exceptions",
        stops.frame["exceptions"],
        "una delle date saltate non è un giorno di sosta",
        "Controlla le date.",
    )
    stops.warn(
        is_idle,
        "weekday",
        stops.frame["weekday"].fillna(""),
        "non cade mai fra le due date",
        "Controlla il giorno e le date.",
    )


def _report_places(stops: Rows, territory: Territory) -> None:
    frame = stops.frame
    is_here = frame["istat_code"].isin(territory.municipalities["istat_code"])
    known = territory.places["istat_code"] + "/" + territory.places["place_id"]
    is_unknown = frame["place_id"].notna() & ~(frame["istat_code"] + "/" + frame["place_id"]).isin(
        known
    )
    is_reported: NDArray[np.bool_] = (is_here & is_unknown).to_numpy(dtype=bool) & ~stops.is_refused
    stops.warn(
        is_reported,
        "place_id",
        frame["place_id"],
        "nessuna località del comune ha questo codice",
        "Correggilo, o lascialo vuoto.",
    )
