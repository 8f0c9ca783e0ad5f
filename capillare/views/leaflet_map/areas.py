"""What a map's municipalities show: a figure each, and the words beside the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.numerals import number, percent

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Areas:
    """Municipalities of a choropleth, in one order.

    Attributes
    ----------
    istat_codes
        Shape (n,).
    figures
        Shape (n,); NaN where there is none.
    tips
        Lines of text, the first is the title; shape (n,).
    """

    istat_codes: list[str]
    figures: NDArray[np.float64]
    tips: list[list[str]]


def coverage_areas(coverage: pd.DataFrame, *, within_min: float) -> Areas:
    """Show minutes to the nearest desk, from table ``coverage``."""
    return Areas(
        coverage["istat_code"].tolist(),
        coverage["travel_min"].to_numpy(dtype=np.float64),
        [_coverage_tip(row, within_min) for row in coverage.to_dict("records")],
    )


def within_areas(coverage: pd.DataFrame, minutes: int) -> Areas:
    """Show the share of adults within some minutes of a desk, from table ``coverage``."""
    shares = coverage[f"adults_{minutes}min_share"].to_numpy(dtype=np.float64)
    elders = coverage[f"over65_{minutes}min_share"].to_numpy(dtype=np.float64)
    tips = [
        [
            name,
            f"{_share(share)} dei maggiorenni entro {number(minutes)} minuti",
            f"{_share(elder)} di chi ha 65 anni o più",
        ]
        for name, share, elder in zip(coverage["municipality"], shares, elders, strict=True)
    ]
    return Areas(coverage["istat_code"].tolist(), shares, tips)


def open_areas(found: pd.DataFrame, column: str) -> Areas:
    """Show the share of adults with an open desk, `column` of the rows of one moment."""
    tips = [
        [
            row["municipality"],
            f"da {_share(row['open_low_share'])} a {_share(row['open_high_share'])}",
            "dei maggiorenni con uno sportello aperto entro la soglia",
        ]
        for row in found.to_dict("records")
    ]
    return Areas(found["istat_code"].tolist(), found[column].to_numpy(dtype=np.float64), tips)


def scenario_areas(compared: pd.DataFrame, side: str) -> Areas:
    """Show minutes in one of two scenarios, from table ``scenario_municipalities``."""
    minutes, within = compared[f"{side}_min"], compared[f"{side}_within"]
    tips = [
        [name, minutes_phrase(mean_min), f"{number(near)} maggiorenni su {number(adults)} vicini"]
        for name, mean_min, near, adults in zip(
            compared["municipality"], minutes, within, compared["adults"], strict=True
        )
    ]
    return Areas(compared["istat_code"].tolist(), minutes.to_numpy(dtype=np.float64), tips)


def gap_areas(coverage: pd.DataFrame, gaps: pd.DataFrame) -> Areas:
    """Show the gap index; municipalities of ``coverage`` that ``gaps`` lacks have no figure."""
    ranked = coverage[["istat_code", "municipality"]].merge(
        gaps.drop(columns="municipality"), on="istat_code", how="left", validate="one_to_one"
    )
    return Areas(
        ranked["istat_code"].tolist(),
        ranked["gap_index"].to_numpy(dtype=np.float64),
        [_gap_tip(row) for row in ranked.to_dict("records")],
    )


def minutes_phrase(travel_min: float) -> str:
    """Say how far a desk is.

    >>> minutes_phrase(12.4), minutes_phrase(1.0)
    ('in media 12 minuti allo sportello più vicino', 'in media 1 minuto allo sportello più vicino')
    >>> minutes_phrase(float("nan"))
    'nessuno sportello raggiungibile in auto'
    """
    if np.isnan(travel_min):
        return "nessuno sportello raggiungibile in auto"
    written = number(travel_min)
    noun = "minuto" if written == "1" else "minuti"
    return f"in media {written} {noun} allo sportello più vicino"


def _share(share: float) -> str:
    return "non si sa quanti" if np.isnan(share) else percent(share)


def _coverage_tip(row: dict[Any, Any], within_min: float) -> list[str]:
    lines = [row["municipality"], minutes_phrase(row["travel_min"])]
    if row["adults"]:
        share = percent(row["adults_within"] / row["adults"])
        lines.append(f"{number(row['adults'])} maggiorenni, {share} entro {number(within_min)} min")
    if row["adults_unreachable"]:
        lines.append(f"{number(row['adults_unreachable'])} non raggiungono sportelli via strada")
    letter = row["inner_class"]
    lines.append("classe non nota" if pd.isna(letter) else f"classe {letter}")
    return lines


def _gap_tip(row: dict[Any, Any]) -> list[str]:
    if pd.isna(row["rank"]):
        return [row["municipality"], "non è in elenco"]
    return [
        f"{number(row['rank'])}. {row['municipality']}",
        f"indice di carenza {number(row['gap_index'], 1)}, classe {row['inner_class']}",
        f"posizione fra {number(row['rank_low'])} e {number(row['rank_high'])}",
        row["reasons"],
    ]
