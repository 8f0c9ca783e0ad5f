"""What a seasonal plan found, for programs: section ``season`` of ``summary.json``."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from capillare.geo.numerals import MONTHS_IT, euros, number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from capillare.planning.seasons import SeasonPlan

DECIMALS = 6


def season_figures(season: SeasonPlan) -> dict[str, Any]:
    """Return the headline figures of a seasonal plan, how it was found and what was proved."""
    answer, points = season.answer, season.points
    error = season.presence.profile_error
    bases = ("given", "known", "estimated", "unknown")
    return {
        "points": len(points),
        "seasonal_seats": season.n_seasonal,
        "cost_eur": float(points["cost_eur"].sum()),
        "months": season.months.to_dict("records"),
        "presence": {
            "municipalities": {basis: len(season.presence.codes(basis)) for basis in bases},
            "profile_error_share": round(error, DECIMALS) if isfinite(error) else None,
            "weight_sensitivity": season.sensitivity.round(DECIMALS).to_dict("records"),
        },
        "solver": {
            "status": answer.status,
            "objective_person_months": round(answer.objective, 3),
            "bound_person_months": round(answer.bound, 3),
            "gap": round(answer.gap, 9),
            "today_person_months": round(answer.served_today.worth, 3),
            "year_round_person_months": round(answer.served_year_round.worth, 3),
            "blocks": answer.n_blocks,
            "stopped_by": answer.stopped_by,
            "seconds": round(answer.seconds, 3),
        },
    }


def season_lines(season: SeasonPlan, caveats: Iterable[str] = ()) -> list[str]:
    """Say a seasonal plan in a few Italian lines, for a terminal: month by month, seat by seat.

    `caveats` of the network are listed before the plan's own.
    """
    lines = [season.summary(), ""]
    lines.append(
        f"{'mese':<10} {'presenti':>10} {'piano fisso':>12} {'stagioni':>10} {'in più':>8}"
    )
    lines += [
        f"{MONTHS_IT[row['month'] - 1]:<10} {number(row['present_people']):>10} "
        f"{number(row['people_year_round']):>12} {number(row['people_within']):>10} "
        f"{number(row['people_gained']):>8}"
        for row in season.months.to_dict("records")
    ]
    proposed = season.table[season.table["desk_id"].isna() & season.table["is_open"]]
    if len(proposed):
        lines += ["", "Sedi stagionali proposte:"]
    for (_, locality, municipality), rows in proposed.groupby(
        ["point_id", "locality", "municipality"], sort=False
    ):
        months = ", ".join(MONTHS_IT[month - 1][:3] for month in rows["month"])
        hours = " e ".join(
            dict.fromkeys(f"{number(h, int(h % 1 > 0))} ore" for h in rows["weekly_hours"])
        )
        lines.append(f"- {locality} ({municipality}): {months}; {hours} a settimana")
    lines += ["", f"Costo annuo delle sedi: {euros(float(season.points['cost_eur'].sum()))}."]
    notes = [f"- {caveat}" for caveat in (*caveats, *season.caveats)]
    return [*lines, "", "Da sapere prima di usare queste cifre:", *notes]
