"""What a reader must know before trusting a seasonal plan, as Italian sentences."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from capillare.geo.numerals import MONTHS_IT, euros, number, percent
from capillare.planning.seasons.question import why_nothing_moves

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.presence import Presence
    from capillare.geo.settings import Policy
    from capillare.planning.seasons.seats import SeasonSeats
    from capillare.planning.seasons.solving import SeasonAnswer

_MOST_NAMED = 8
_LEAST_SEASON = 0.01


def presence_caveats(
    presence: Presence, sensitivity: pd.DataFrame, policy: Policy, names: pd.Series
) -> list[str]:
    """Say how the people present are counted; `names` are municipalities by ISTAT code."""
    swelling = _swelling_in_one_place(presence, policy)
    rules = policy.presence
    estimated, unknown = presence.codes("estimated"), presence.codes("unknown")
    caveats = [
        (
            "I presenti sono i maggiorenni residenti più i turisti adulti di un giorno medio del "
            f"mese, contati {number(rules.visitor_weight, 2)} residenti l'uno ({rules.source}). "
            "Seconde case, alloggi non registrati e visitatori in giornata restano fuori: non c'è "
            "un dato."
        ),
        weight_sentence(sensitivity),
        (
            "In un comune i turisti sono ripartiti fra le località in base alla grandezza e alla "
            "distanza dal mare: è un'ipotesi, non un dato."
        ),
    ]
    if estimated:
        error = presence.profile_error
        measured = (
            f" (errore medio, dove i mesi sono noti: {percent(error)} delle presenze nel mese "
            "sbagliato)"
            if isfinite(error)
            else ""
        )
        caveats.append(
            f"Di {number(len(estimated))} comuni sono note le presenze dell'anno ma non dei mesi: "
            f"il profilo è quello di comuni simili{measured}."
        )
    if unknown:
        caveats.append(
            f"I turisti di {number(len(unknown))} comuni non sono noti e contano solo i residenti: "
            f"{_listed(unknown, names)}."
        )
    if swelling:
        caveats.append(
            f"In {number(len(swelling))} comuni turistici è nota una sola località: non si vede "
            "dove dormono i turisti e le loro frazioni non possono ricevere una sede stagionale: "
            f"{_listed(swelling, names)}."
        )
    return caveats


def _swelling_in_one_place(presence: Presence, policy: Policy) -> list[str]:
    """Municipalities with a season, most visitors first, whose people are all in one place."""
    counted = presence.municipalities
    share = counted["visitors"].astype("float64") / counted["adults"].clip(lower=1)
    in_season = counted[share >= max(policy.seasons.season_share, _LEAST_SEASON)]
    most = in_season.groupby("istat_code")["visitors"].max().sort_values(ascending=False)
    n_places = presence.places.groupby("istat_code")["place_id"].nunique()
    return [code for code in most.index if n_places[code] == 1]


def _listed(codes: list[str], names: pd.Series) -> str:
    shown = ", ".join(names.reindex(codes[:_MOST_NAMED]).dropna())
    return shown + (" …" if len(codes) > _MOST_NAMED else "")


def plan_caveats(
    found: SeasonSeats, answer: SeasonAnswer, policy: Policy, *, n_active: int
) -> list[str]:
    """Say what the plan takes for granted and what was proved."""
    rules, n_points = policy.seasons, len(found.mains)
    caveats = [
        (
            f"Costi e regole delle sedi stagionali ({euros(rules.seat_year_eur)} l'anno e "
            f"{euros(rules.seat_month_eur)} al mese per sede, al più {euros(rules.budget_eur)} a "
            f"punto) sono un'ipotesi ({rules.source}). Ogni punto ha una squadra sola."
        ),
    ]
    if n_points < n_active:
        caveats.append(
            f"{number(n_active - n_points)} punti attivi su {number(n_active)} non entrano nel "
            "piano stagionale: non hanno una sede fissa in servizio con ore note."
        )
    reason = why_nothing_moves(rules, point_hours=policy.point.weekly_hours)
    if reason:
        caveats.append(reason)
    if answer.status != "optimal":
        caveats.append(
            "Il piano stagionale è il migliore trovato, non dimostrato ottimo: scarto dal limite "
            f"superiore {percent(answer.gap, 3)}."
        )
    return caveats


def _counted_seats(n_seats: int) -> str:
    return "1 sede stagionale" if n_seats == 1 else f"{number(n_seats)} sedi stagionali"


def weight_sentence(sensitivity: pd.DataFrame) -> str:
    """Say what other weights of tourists would change."""
    shown = [
        f"con peso {number(row['visitor_weight'], 2)}, {number(row['visitors'])} turisti contati "
        f"({percent(row['visitors_share'], 1)} dei presenti) e "
        f"{_counted_seats(row['seasonal_seats'])}"
        for row in sensitivity.to_dict("records")
    ]
    month = MONTHS_IT[int(sensitivity["month"].iloc[-1]) - 1]
    return f"Il peso dei turisti conta: in {month}, {'; '.join(shown)}."
