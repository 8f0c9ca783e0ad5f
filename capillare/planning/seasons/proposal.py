"""From the hours of seats to the seasonal plan people read: rows, months, points, minutes used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.patched_travel import pair_bases
from capillare.geo.schema.seasons import SEASON_MONTHS, SEASON_PLAN
from capillare.geo.schema.siting import TRAVEL_USED
from capillare.geo.season_rules import MONTHS
from capillare.geo.travel import Spots, spots_of
from capillare.planning.seasons.timetable import BREAK_MIN, find_timetable, opening_hours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.geo.season_rules import SeasonRules
    from capillare.geo.travel import TravelTimes
    from capillare.planning.seasons.seats import SeasonSeats
    from capillare.planning.seasons.solving import SeasonAnswer


@dataclass(frozen=True, eq=False)
class Seating:
    """The seats that a plan uses, in the order of its rows, and who is nearest to each.

    Attributes
    ----------
    frame
        One row per seat, each point's main seat first: ``seat_id``, ``point_row``, ``seat_row``
        (-1 for a main seat), ``point_id``, ``desk_id``, ``candidate_id``, ``lat``, ``lon``,
        ``landmass``, ``istat_code``, ``locality``.
    hours
        Shape (n_seats, 12).
    pairs
        Every place within reach of a seat: ``place``, ``seat`` (rows) and ``travel_min``, the
        nearest seat of a place first.
    served
        Seat that serves each place in each month, -1 where none is open within reach, shape
        (n_places, 12).
    """

    frame: pd.DataFrame
    hours: NDArray[np.float64]
    pairs: pd.DataFrame
    served: NDArray[np.int64]


def seat_people(found: SeasonSeats, answer: SeasonAnswer) -> Seating:
    """Put each place's people in the nearest open seat within reach, ties by the seat's id."""
    used = np.flatnonzero((answer.plan.seats > 0).any(axis=1))
    mains = found.mains.assign(
        point_row=range(len(found.mains)), seat_row=-1, seat_id=found.mains["desk_id"]
    )
    seats = found.seats.iloc[used].assign(seat_row=used)
    seats["point_id"] = found.mains["point_id"].to_numpy()[seats["point_row"]]
    seats["seat_id"] = seats["candidate_id"]
    frame = pd.concat([mains.assign(candidate_id=None), seats.assign(desk_id=None)])
    frame = frame.sort_values(["point_row", "seat_row"], ignore_index=True)[
        [
            *("seat_id", "point_row", "seat_row", "point_id", "desk_id", "candidate_id"),
            *("lat", "lon", "landmass", "istat_code", "locality"),
        ]
    ]
    is_main = frame["seat_row"].to_numpy() < 0
    hours = np.where(
        is_main[:, None],
        answer.plan.mains(found.question)[frame["point_row"]],
        answer.plan.seats[np.where(is_main, 0, frame["seat_row"])] if len(used) else 0.0,
    )
    pairs = _pairs(found, frame, is_main)
    served = np.full((found.question.people.shape[0], MONTHS), -1, dtype=np.int64)
    for month in range(MONTHS):
        is_open = hours[pairs["seat"].to_numpy(), month] > 0
        first = pairs[is_open].drop_duplicates("place")
        served[first["place"].to_numpy(), month] = first["seat"].to_numpy()
    return Seating(frame, hours, pairs, served)


def _pairs(found: SeasonSeats, frame: pd.DataFrame, is_main: NDArray[np.bool_]) -> pd.DataFrame:
    parts = []
    for pairs, kind, key in (
        (found.main_pairs, is_main, "point_row"),
        (found.seat_pairs, ~is_main, "seat_row"),
    ):
        row_of = np.full(pairs.shape[1] + 1, -1, dtype=np.int64)
        row_of[frame.loc[kind, key].to_numpy(dtype=np.int64)] = np.flatnonzero(kind)
        seat = row_of[pairs.destination]
        parts.append(
            pd.DataFrame({"place": pairs.origin, "seat": seat, "travel_min": pairs.travel_min})
        )
    listed = pd.concat(parts, ignore_index=True)
    listed = listed[listed["seat"] >= 0]
    listed["seat_id"] = frame["seat_id"].to_numpy(dtype=str)[listed["seat"].to_numpy()]
    return listed.sort_values(["place", "travel_min", "seat_id", "seat"], ignore_index=True)


def plan_rows(
    found: SeasonSeats,
    seating: Seating,
    territory: Territory,
    rules: SeasonRules,
    targets: pd.Series,
) -> pd.DataFrame:
    """Write table ``season_plan``: twelve rows a seat.

    A main seat whose hours the plan leaves whole keeps its stated opening hours; where none are
    stated, and where hours are split, days and times are proposed.

    Parameters
    ----------
    targets
        Adults that each point has to reach, by ``point_id``; missing where not known.
    """
    names = territory.municipalities.set_index("istat_code")["municipality"]
    frame = seating.frame
    n_served = _people_served(seating, found.question.people)
    weekly, texts, notes = _weeks(found, seating, rules)
    rows = frame.loc[np.repeat(frame.index, MONTHS)].reset_index(drop=True)
    hours = weekly.ravel()
    # A point's target falls on its hours of the year; every month counts as one.
    asked = rows["point_id"].map(targets).astype("float64")
    of_year = pd.Series(hours).groupby(rows["point_id"]).transform("sum").to_numpy()
    weeks = _WEEKS_A_YEAR / MONTHS
    return SEASON_PLAN.check(
        rows.assign(
            month=np.tile(np.arange(1, MONTHS + 1), len(frame)),
            is_open=hours > 0,
            weekly_hours=hours,
            opening_hours=np.concatenate(texts) if texts else [],
            staff_team=rows["point_id"].str.slice(0, 78) + "-1",
            present_people=n_served.ravel(),
            note=np.concatenate(notes) if notes else [],
            municipality=names.reindex(rows["istat_code"]).to_numpy(),
            target_citizens=(asked * hours / of_year).round(2),
            citizens_per_hour=(asked / (of_year * weeks)).where(hours > 0).round(3),
        )[SEASON_PLAN.names]
    )


_WEEKS_A_YEAR = 365.25 / 7


def _people_served(seating: Seating, people: NDArray[np.float64]) -> NDArray[np.int64]:
    n_served = np.zeros(seating.hours.shape, dtype=np.int64)
    for month in range(MONTHS):
        seat = seating.served[:, month]
        counted = np.bincount(
            seat[seat >= 0], people[seat >= 0, month], minlength=len(seating.frame)
        )
        n_served[:, month] = np.rint(counted)
    return n_served


def _weeks(
    found: SeasonSeats, seating: Seating, rules: SeasonRules
) -> tuple[NDArray[np.float64], list[NDArray[np.object_]], list[NDArray[np.object_]]]:
    """Return weekly hours, opening hours and notes, seat by seat in the order of the rows."""
    weekly = seating.hours.copy()
    texts, notes = [], []
    may_share_days = 2 * rules.from_main_min <= BREAK_MIN
    for point, rows in seating.frame.groupby("point_row", sort=True).indices.items():
        main = found.mains.iloc[int(str(point))]
        hours = seating.hours[rows]
        whole = found.question.hours[int(str(point))]
        is_stated = isinstance(main["opening_hours"], str)
        timed = hours.copy()
        if is_stated:
            timed[0, hours[0] == whole] = 0.0  # its own hours stand, and nobody else is open then
            weekly[rows[0], hours[0] == whole] = main["weekly_hours"]
        timetable = find_timetable(
            timed,
            least=rules.least_opening_hours,
            may_share_days=may_share_days,
            point_id=str(main["point_id"]),
        )
        for row, figures in enumerate(timed):
            written = [opening_hours(timetable[row, f]) if f > 0 else None for f in figures]
            if row == 0 and is_stated:
                written = [text or main["opening_hours"] for text in written]
            texts.append(np.array(written, dtype=object))
            notes.append(_notes(row, hours, main, is_stated=is_stated, is_whole=hours[0] == whole))
    return weekly, texts, notes


def _notes(
    row: int,
    hours: NDArray[np.float64],
    main: pd.Series,
    *,
    is_stated: bool,
    is_whole: NDArray[np.bool_],
) -> NDArray[np.object_]:
    if row:
        words = np.where(hours[row] > 0, "sede stagionale proposta", "chiusa in questo mese")
        return words.astype(object)
    own = "orario dichiarato" if is_stated else "giorni e ore proposti: l'orario non è noto"
    words = np.where(is_whole, own, "le altre ore sono alla sede stagionale").astype(object)
    if main["n_others"]:
        n_others = int(main["n_others"])
        others = "un'altra sede" if n_others == 1 else f"altre {n_others} sedi"
        words = words + f"; {others} del punto come oggi"
    return np.asarray(words, dtype=object)


def month_rows(found: SeasonSeats, answer: SeasonAnswer) -> pd.DataFrame:
    """Write table ``season_months``."""
    plan, fixed = answer.served, answer.served_year_round
    within, before = (np.rint(s.people_within).astype(np.int64) for s in (plan, fixed))
    return SEASON_MONTHS.check(
        pd.DataFrame(
            {
                "month": np.arange(1, MONTHS + 1),
                "present_people": np.rint(found.question.people.sum(axis=0)),
                "people_today": np.rint(answer.served_today.people_within),
                "people_year_round": before,
                "people_within": within,
                "people_gained": within - before,
                "full_hours_year_round": fixed.full_people.round(1),
                "full_hours": plan.full_people.round(1),
                "seats_open": (answer.plan.seats > 0).sum(axis=0),
            }
        )
    )


def pairs_used(
    found: SeasonSeats, seating: Seating, territory: Territory, travel: TravelTimes
) -> pd.DataFrame:
    """Write table ``travel_used``: places to seats within reach, seats to their main seat."""
    ends = spots_of(seating.frame, id_column="seat_id")
    places = spots_of(territory.places, id_column="place_id")
    pairs = seating.pairs
    parts = [
        _used(
            places.at(pairs["place"].to_numpy()),
            ends.at(pairs["seat"].to_numpy()),
            pairs["travel_min"].to_numpy(),
            travel,
        )
    ]
    proposed = np.flatnonzero(seating.frame["seat_row"].to_numpy() >= 0)
    if proposed.size:
        frame = seating.frame.reset_index(names="row")
        first = frame.drop_duplicates("point_row").set_index("point_row")["row"]
        to = first.loc[frame["point_row"].to_numpy()[proposed]].to_numpy(dtype=np.int64)
        legs = found.legs_min[frame["seat_row"].to_numpy()[proposed]]
        parts.append(_used(ends.at(proposed), ends.at(to), legs, travel))
    used = pd.concat(parts, ignore_index=True).drop_duplicates(["from_id", "to_id"])
    return TRAVEL_USED.check(used.sort_values(["from_id", "to_id"], ignore_index=True))


def _used(
    from_: Spots, to: Spots, travel_min: NDArray[np.float64], travel: TravelTimes
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from_id": from_.ids,
            "to_id": to.ids,
            "travel_min": travel_min,
            "basis": pair_bases(travel, from_, to),
        }
    )
