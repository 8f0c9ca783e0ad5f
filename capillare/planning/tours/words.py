"""What a reader must know before using proposed tours, as Italian sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.numerals import day, euros, number, percent
from capillare.planning.tours.calendar_value import HOURS_ENOUGH
from capillare.planning.tours.ground import NO_WAY
from capillare.planning.tours.timetable_rows import MARKET_NOTE

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.settings import Policy
    from capillare.planning.tours.calendar_value import Worth
    from capillare.planning.tours.ground import Ground

LARGE_PLACE_ADULTS = 15_000
"""From this size on a place without a desk lacks one in the registry, rather than needs a van."""
_MAX_NAMED = 5


def tour_caveats(
    ground: Ground,
    stops: pd.DataFrame,
    worth: Worth,
    *,
    bound_people: int,
    policy: Policy,
    markets: pd.DataFrame,
) -> tuple[str, ...]:
    """List what is uncertain, assumed or left out in proposed tours."""
    within = number(policy.reach.within_min)
    found = (
        "nessun altro giro ne raggiungerebbe di più"
        if worth.people >= bound_people
        else f"al più {number(bound_people)} sarebbero possibili"
    )
    caveats = [
        (
            f"I giri dei furgoni, dal {day(ground.horizon.monday)} al "
            f"{day(ground.horizon.last)}, sono proposte di una ricerca euristica: "
            f"{number(worth.people)} maggiorenni entro {within} minuti da una sosta, {found}. "
            "Ore e strada sono le migliori trovate, non dimostrate."
        ),
        (
            f"Ogni persona conta una volta, e di ore al più {number(HOURS_ENOUGH)} in quattro "
            "settimane; quante ne serve un'ora di sosta non è considerato."
        ),
    ]
    caveats += _market_caveat(stops, markets)
    caveats += _place_caveats(ground)
    if any(crew.van.cost_eur is None for crew in ground.crews):
        caveats.append(
            f"Un furgone senza costo dichiarato conta {euros(policy.point.cost_eur)}, quanto un "
            "punto: le regole non dicono che cosa costa un mezzo."
        )
    return tuple(caveats)


def _market_caveat(stops: pd.DataFrame, markets: pd.DataFrame) -> list[str]:
    n_market = int((stops["note"] == MARKET_NOTE).sum())
    n_visits = int(stops["place_id"].notna().sum())
    if not n_visits:
        return []
    share = percent(n_market / n_visits)
    known = number(markets["istat_code"].nunique())
    return [
        (
            f"{number(n_market)} soste su {number(n_visits)} ({share}) sono nella mattina di "
            f"mercato. I giorni di mercato sono noti per {known} comuni toscani, da pagine di "
            "viaggio non verificate: vanno confermati col comune, come la piazza e il permesso di "
            "sosta. Dove il santo patrono del comune non è noto vale quello del capoluogo di "
            "provincia."
        )
    ]


def _place_caveats(ground: Ground) -> list[str]:
    caveats = []
    reachable = (ground.out < NO_WAY).any(axis=0)
    lost = ~ground.reach[:, reachable].any(axis=1) & (ground.adults > 0)
    if lost.any():
        frame = ground.stops[lost].assign(adults=ground.adults[lost])
        caveats.append(
            f"{number(int(ground.adults[lost].sum()))} maggiorenni senza sportello sono fuori "
            f"dalla portata di ogni base, dei turni e delle strade: {_named(frame)}. Per un'isola "
            "serve un giorno di traghetto, in un file dei furgoni."
        )
    large = ground.adults >= LARGE_PLACE_ADULTS
    if large.any():
        frame = ground.stops[large].assign(adults=ground.adults[large])
        caveats.append(
            f"{_named(frame)}: sono località grandi che nel registro non hanno uno sportello in "
            "servizio. Prima di mandarvi un furgone, verifica che il registro sia completo."
        )
    return caveats


def _named(places: pd.DataFrame) -> str:
    ranked = places.sort_values(["adults", "place_id"], ascending=[False, True])
    shown = ", ".join(ranked["place"].head(_MAX_NAMED))
    return shown + (" …" if len(ranked) > _MAX_NAMED else "")


__all__ = ["LARGE_PLACE_ADULTS", "tour_caveats"]
