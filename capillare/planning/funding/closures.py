"""What closing points costs people: who loses a desk, who has farther to go, and where to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.numerals import Language, number, percent
from capillare.geo.travel import spots_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

    from capillare.planning.funding.serving import Serving
    from capillare.planning.network import Network

    Row = Mapping[Hashable, Any]


def describe_closures(
    network: Network,
    serving: Serving,
    is_kept: NDArray[np.bool_],
    is_direct: NDArray[np.bool_],
) -> pd.DataFrame:
    """Describe every point of a choice as table ``renewal`` has it.

    Kept points come first; in each part the one with most adults at stake, then the larger
    catchment, then the id.
    """
    decision = np.where(is_direct, "kept_direct", np.where(is_kept, "kept", "closed"))
    table = _described(network, serving, decision)
    table = table.assign(**_people(network, serving, is_kept), **_moved(network, serving, is_kept))
    table["next_point"] = table["next_point_id"].map(_names(network, serving.desks))
    is_closed = (table["decision"] == "closed").to_numpy()
    order = np.lexsort(
        (table["point_id"], -table["catchment_adults"], -table["adults_at_stake"], is_closed)
    )
    table = table.iloc[order].reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    table["reasons"] = [_reason(row, network) for row in table.to_dict("records")]
    return table


def _described(network: Network, serving: Serving, decision: NDArray[np.str_]) -> pd.DataFrame:
    desks, points = serving.desks, serving.points
    columns = ["point", "entity", "target_citizens", "citizens_reached", "target_share"]
    targets = network.targets.set_index("point_id")[[*columns, "renewal_line_share"]]
    own = desks[desks["point_id"].isin(points)]
    n_desks = own["n_desks"].fillna(1).astype("int64").groupby(own["point_id"]).sum()
    first = own.assign(is_other=own["kind"] != "main").sort_values(["is_other", "desk_id"])
    seat = first.drop_duplicates("point_id").set_index("point_id")["istat_code"]
    names = network.territory.municipalities.set_index("istat_code")
    codes = seat.reindex(points)
    return targets.reindex(points).reset_index(names="point_id").assign(
        istat_code=codes.to_numpy(),
        municipality=codes.map(names["municipality"]).to_numpy(),
        province=codes.map(names["province"]).to_numpy(),
        decision=decision,
        n_desks=n_desks.reindex(points).to_numpy(),
        weekly_hours=serving.weekly_hours,
    )  # fmt: skip


def _people(
    network: Network, serving: Serving, is_kept: NDArray[np.bool_]
) -> dict[str, NDArray[np.int64]]:
    """Adults in the catchment of each point, and those at stake with it."""
    adults = network.territory.places["adults"].to_numpy().astype(np.int64)
    within_min = network.policy.reach.within_min
    reach = serving.minutes <= within_min
    is_elsewhere = serving.elsewhere_min <= within_min
    n_left = reach[:, is_kept].sum(axis=1) + is_elsewhere
    only_here = reach & (n_left == np.int64(1))[:, None] & ~is_elsewhere[:, None]
    nowhere = reach & (n_left == 0)[:, None]
    return {
        "catchment_adults": adults @ reach,
        "adults_at_stake": adults @ np.where(is_kept, only_here, nowhere),
    }


def _moved(network: Network, serving: Serving, is_kept: NDArray[np.bool_]) -> dict[str, pd.Series]:
    """Find what becomes of those whose nearest desk is each point's own today."""
    desks, points = serving.desks, serving.points
    places = network.territory.places
    owner = desks.set_index("desk_id")["point_id"]
    is_closed = desks["point_id"].isin(points[~is_kept])
    left = desks[~is_closed].reset_index(drop=True)
    origins = spots_of(places, id_column="place_id")
    after = network.travel.nearest(origins, spots_of(left, id_column="desk_id"))
    # A desk that belongs to no point stands for itself.
    stands_for = left["point_id"].fillna(left["desk_id"])
    within_min = network.policy.reach.within_min
    now_min = network.access.places["travel_min"].to_numpy("float64")
    loses = (now_min <= within_min) & ~(after.travel_min <= within_min)
    adults = places["adults"].to_numpy().astype(np.int64)
    people = pd.DataFrame(
        {
            "point_id": network.access.places["nearest_desk_id"].map(owner).to_numpy(),
            "next_point_id": stands_for.reindex(after.destination).to_numpy(),
            "adults_moved": adults,
            "adults_lost": np.where(loses, adults, 0),
            "over65_lost": np.where(loses, places["over65"], 0),
            "adults_unreachable": np.where(np.isnan(after.travel_min), adults, 0),
            "reaching": np.where(np.isnan(after.travel_min), 0, adults),
            "now": adults * np.nan_to_num(now_min),
            "after": adults * np.nan_to_num(after.travel_min),
        }
    )
    summed = people.drop(columns="next_point_id").groupby("point_id").sum()
    summed = summed.reindex(points, fill_value=0)
    is_shut = pd.Series(~is_kept, index=summed.index)
    by_next = people.groupby(["point_id", "next_point_id"])["adults_moved"].sum().reset_index()
    by_next = by_next.sort_values(
        ["point_id", "adults_moved", "next_point_id"], ascending=[True, False, True]
    )
    nearest = by_next.drop_duplicates("point_id").set_index("point_id")["next_point_id"]
    described = {
        name: summed[name].reset_index(drop=True)
        for name in ("adults_moved", "adults_lost", "over65_lost", "adults_unreachable")
    }
    now = summed["now"] / summed["adults_moved"].where(summed["adults_moved"] > 0)
    then = summed["after"] / summed["reaching"].where(summed["reaching"] > 0)
    return described | {
        "travel_now_min": now.reset_index(drop=True),
        "travel_after_min": then.reset_index(drop=True),
        "next_point_id": nearest.reindex(points).where(is_shut).reset_index(drop=True),
    }


def _names(network: Network, desks: pd.DataFrame) -> pd.Series:
    points = network.registry.points.set_index("point_id")["point"]
    lone = desks[desks["point_id"].isna()].set_index("desk_id")["name"]
    names: pd.Series = pd.concat([points, lone[~lone.index.isin(points.index)]])
    return names


_WORDS: dict[Language, dict[str, str]] = {
    "it": {
        "direct": "ha raggiunto il {share} del suo obiettivo, e la soglia è {line}: si proroga "
        "direttamente",
        "below": "ha raggiunto il {share} del suo obiettivo, sotto la soglia di {line}",
        "unknown": "avanzamento non noto",
        "needed": "senza di lui {n} maggiorenni non avrebbero più uno sportello entro {m} minuti",
        "spare": "chi lo raggiunge entro {m} minuti ha anche un altro sportello che resta",
        "loses": "{n} maggiorenni ({o} con almeno 65 anni) perdono lo sportello entro {m} minuti",
        "nobody": "nessuno perde lo sportello entro {m} minuti",
        "same": "i {n} che vi fanno capo hanno agli stessi minuti {next}",
        "moves": "per i {n} che vi fanno capo i minuti in auto passano da {now} a {then}, verso "
        "{next}",
        "lost": "{n} maggiorenni non raggiungono più nessuno sportello su strada",
        "back": "tenendo anche questo, {n} maggiorenni lo riavrebbero",
    },
    "en": {
        "direct": "it reached {share} of its target, and the line is {line}: it is renewed "
        "directly",
        "below": "it reached {share} of its target, under the line of {line}",
        "unknown": "progress not known",
        "needed": "without it {n} adults would have no desk within {m} minutes any more",
        "spare": "those who reach it within {m} minutes have another desk that stays",
        "loses": "{n} adults ({o} aged 65 or older) lose their desk within {m} minutes",
        "nobody": "nobody loses the desk within {m} minutes",
        "same": "the {n} whose nearest desk it is have {next} at the same minutes",
        "moves": "for the {n} whose nearest desk it is the minutes by car go from {now} to {then}, "
        "to {next}",
        "lost": "{n} adults reach no desk by road any more",
        "back": "were it kept too, {n} adults would have one again",
    },
}


def _reason(row: Row, network: Network) -> str:
    lang = network.scenario.lang
    words = _WORDS[lang]
    figures = {
        "m": number(network.policy.reach.within_min, lang=lang),
        "share": _percent(row["target_share"], lang),
        "line": percent(row["renewal_line_share"], lang=lang),
        "next": row["next_point"],
    }

    def said(key: str, column: str | None = None) -> str:
        counted = {"n": number(_figure(row, column), lang=lang)} if column else {}
        return words[key].format(**figures, **counted)

    stake = said("needed", "adults_at_stake") if row["adults_at_stake"] else said("spare")
    if row["decision"] == "kept_direct":
        return f"{said('direct')}; {stake}"
    progress = said("unknown" if pd.isna(row["target_share"]) else "below")
    if row["decision"] == "kept":
        return f"{stake}; {progress}"
    figures |= {"o": number(_figure(row, "over65_lost"), lang=lang)}
    parts = [said("loses", "adults_lost") if row["adults_lost"] else said("nobody")]
    if row["adults_moved"] and pd.notna(row["travel_after_min"]):
        figures |= {
            "now": number(_figure(row, "travel_now_min"), lang=lang),
            "then": number(_figure(row, "travel_after_min"), lang=lang),
        }
        is_same = figures["now"] == figures["then"]
        parts.append(said("same" if is_same else "moves", "adults_moved"))
    if row["adults_unreachable"]:
        parts.append(said("lost", "adults_unreachable"))
    if row["adults_at_stake"]:
        parts.append(said("back", "adults_at_stake"))
    return "; ".join([*parts, progress])


def _percent(share: float, lang: Language) -> str:
    return "" if pd.isna(share) else percent(share, 1, lang=lang)


def _figure(row: Row, column: str) -> float:
    return float(row[column])


__all__ = ["describe_closures"]
