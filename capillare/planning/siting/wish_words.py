"""What is wanted of new sites, in a few Italian words each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.numerals import counted, number, percent
from capillare.planning.siting.wishes import EVERY_DESK, SitingWishes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capillare.planning.siting.wishes import Objective

OBJECTIVE_WORDS: dict[Objective, str] = {
    "coverage": "più persone entro la soglia",
    "minutes": "meno strada per tutti",
    "worst": "prima chi sta più lontano",
    "fewest": "meno sedi possibile",
    "cost": "meno spesa possibile",
}


def tell_wishes(wishes: SitingWishes) -> tuple[str, ...]:
    """Say what is wanted beyond what every plan wants; empty where nothing is.

    >>> tell_wishes(SitingWishes(people="over65", max_min=40, require=("051002",)))
    ('conta solo chi ha almeno 65 anni', 'nessuna località oltre 40 minuti', 'una sede obbligata')
    """
    return (
        *_aims(wishes),
        *_shares(wishes),
        *_areas(wishes),
        *_places(wishes),
        *_desks(wishes),
        *(["con compromessi e stabilità"] if wishes.tradeoffs else []),
    )


def _aims(wishes: SitingWishes) -> Iterator[str]:
    if wishes.objective != SitingWishes().objective:
        yield ", poi ".join(OBJECTIVE_WORDS[objective] for objective in wishes.objective)
    if wishes.tolerance_share is not None:
        yield f"cedendo al più il {percent(wishes.tolerance_share, 1)} di un obiettivo"
    if wishes.people == "over65":
        yield "conta solo chi ha almeno 65 anni"
    if wishes.people == "mix":
        yield f"chi ha almeno 65 anni conta {number(wishes.over65_weight, 1)} volte"


def _shares(wishes: SitingWishes) -> Iterator[str]:
    if wishes.cover_share is not None:
        yield f"almeno il {percent(wishes.cover_share, 1)} dei maggiorenni coperto"
    if wishes.inner_share is not None:
        yield f"almeno il {percent(wishes.inner_share, 1)} nelle aree interne"
    if wishes.max_min is not None:
        yield f"nessuna località oltre {number(wishes.max_min, 0)} minuti"


def _areas(wishes: SitingWishes) -> Iterator[str]:
    if wishes.per_province:
        yield f"almeno {_sites(wishes.per_province)} in ogni provincia"
    if wishes.per_union:
        yield f"almeno {_sites(wishes.per_union)} in ogni unione"
    for wish in wishes.at_least:
        yield f"almeno {_sites(wish.n_sites)} in {wish.area}"


def _sites(count: int) -> str:
    return "una sede" if count == 1 else f"{number(count)} sedi"


def _places(wishes: SitingWishes) -> Iterator[str]:
    for names, one, many in (
        (wishes.require, "una sede obbligata", "sedi obbligate"),
        (wishes.exclude, "un luogo escluso", "luoghi esclusi"),
    ):
        if names:
            yield one if len(names) == 1 else f"{number(len(names))} {many}"
    if wishes.spacing_min is not None:
        yield f"almeno {number(wishes.spacing_min, 0)} minuti fra gli sportelli"
    if wishes.spacing_km is not None:
        yield f"almeno {number(wishes.spacing_km, 1)} km fra gli sportelli"


def _desks(wishes: SitingWishes) -> Iterator[str]:
    if wishes.branches:
        yield "anche sedi di punti esistenti"
    if wishes.honour_targets:
        yield "punti solo dove il bacino regge l'obiettivo"
    if wishes.capacity:
        yield "entro le ore degli sportelli"
    for names, verb in ((wishes.closable, "chiudere"), (wishes.movable, "spostarsi")):
        if EVERY_DESK in names:
            yield f"ogni sportello può {verb}"
        elif names:
            can = "sportello può" if len(names) == 1 else "sportelli possono"
            yield f"{number(len(names))} {can} {verb}"
    if wishes.close_desks:
        yield f"chiudere almeno {counted(wishes.close_desks, 'sportello', 'sportelli')}"


__all__ = ["OBJECTIVE_WORDS", "tell_wishes"]
