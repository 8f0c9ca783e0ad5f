"""Answers to what a mayor asks of a list of sites: why there, why not here, what does it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.numerals import euros, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.planning.coordinators import CoordinatorList
    from capillare.planning.plan import Plan


_COLUMNS = ("municipality", "adults", "within_share", "best_locality", "adults_gained", "answer")


@dataclass(frozen=True)
class Answer:
    """One question and its answer, in Italian."""

    question: str
    answer: str


def find_answers(listing: CoordinatorList) -> tuple[Answer, ...]:
    """Answer the questions that a list always raises, with the list's own figures."""
    plan = listing.plan
    return (
        Answer("Perché proprio lì?", _why_there(plan)),
        Answer("Quanto è sicuro che non ci sia di meglio?", _how_sure(plan)),
        Answer("Quanto costa, e chi paga?", _what_it_costs(listing)),
        Answer("Che cosa deve raggiungere un punto nuovo?", _what_is_owed(plan)),
        Answer("E se i minuti fossero sbagliati?", _if_minutes_err(plan)),
        Answer("Perché contano i minuti e non «uno per comune»?", _why_minutes(plan)),
    )


def why_not_here(listing: CoordinatorList) -> pd.DataFrame:
    """Say, for each municipality of the territory without a proposed site, why it has none.

    Returns
    -------
    One row per municipality, by name: ``municipality``, ``adults``, ``within_share`` (adults
    within reach today), ``best_locality`` (its best runner-up, listed or not; missing without
    one), ``adults_gained`` (adults that this one would add beside the plan), ``answer`` (Italian).
    """
    proposed = listing.table[listing.table["proposal"] == "proposed"]
    towns = listing.coverage[~listing.coverage["istat_code"].isin(proposed["istat_code"])]
    best = listing.runners_up.drop_duplicates("istat_code").set_index("istat_code")
    gains = listing.plan.proposal.sites["adults_gained"]
    least = int(gains.min()) if len(gains) else 0
    rows = []
    for town in towns.sort_values("municipality").to_dict("records"):
        runner = best.loc[town["istat_code"]] if town["istat_code"] in best.index else None
        rows.append(
            {
                "municipality": town["municipality"],
                "adults": town["adults"],
                "within_share": town["adults_within"] / max(town["adults"], 1),
                "best_locality": None if runner is None else runner["locality"],
                "adults_gained": 0 if runner is None else int(runner["adults_gained"]),
                "answer": _why_not(town, runner, least),
            }
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _why_not(town: Mapping[Any, Any], runner: pd.Series | None, least: int) -> str:
    if town["adults"] == town["adults_within"]:
        return "Tutti i maggiorenni hanno già uno sportello vicino."
    if runner is None:
        return "Nessuna località candidata qui raggiunge chi oggi non ha uno sportello vicino."
    gained = int(runner["adults_gained"])
    if gained == 0:
        return "Le sedi proposte altrove servono già chi una sede qui raggiungerebbe."
    if gained < least:
        return (
            f"{runner['locality']} ne porterebbe {number(gained)} in più; l'ultima sede del piano "
            f"ne porta {number(least)}."
        )
    return (
        f"{runner['locality']} ne porterebbe {number(gained)} in più: entra con più risorse, o al "
        "posto di una sede che altre possono sostituire."
    )


def _why_there(plan: Plan) -> str:
    within = number(plan.network.policy.reach.within_min)
    return (
        "Le sedi sono scelte insieme, non una alla volta: sono quelle che, con le stesse risorse, "
        f"portano più maggiorenni entro {within} minuti da uno sportello, tenendo gli sportelli "
        "che ci sono. Il perché di ognuna è nella tabella."
    )


def _how_sure(plan: Plan) -> str:
    answer = plan.proposal.answer
    if answer.status == "optimal":
        return (
            "È dimostrato: con questi dati e queste regole nessun'altra scelta fa meglio. "
            "Dati migliori possono cambiare la risposta."
        )
    return (
        f"La migliore scelta possibile non può superare questa di oltre il {percent(answer.gap, 2)}"
        ": è il limite dimostrato."
    )


def _what_it_costs(listing: CoordinatorList) -> str:
    point = listing.plan.network.policy.point
    own = listing.table[listing.table["proposal"] == "proposed"]
    total = euros(float(own["cost_eur"].sum()))
    here = {
        0: "Nessuna sede proposta cade qui.",
        1: f"La sede proposta qui costa {total}.",
    }.get(len(own), f"Le {number(len(own))} sedi proposte qui costano {total}.")
    return (
        f"{here} Un punto nuovo riceve fino a {euros(point.contribution_eur)} di contributo e "
        f"circa {euros(point.equipment_eur)} di attrezzature. Fonte: {point.source}."
    )


def _what_is_owed(plan: Plan) -> str:
    policy = plan.network.policy
    return (
        f"Circa {number(policy.point.weekly_hours)} ore a settimana, e un numero di cittadini che "
        "dipende dai residenti del territorio che fa domanda: la colonna «Obiettivo» lo dà per il "
        f"solo comune della sede. Fonte: {policy.bands.source}."
    )


def _if_minutes_err(plan: Plan) -> str:
    error = plan.network.travel_error
    return (
        f"I minuti hanno un errore medio di {number(error.mean_absolute_error_min, 1)} minuti "
        f"({error.basis}). Una sede che guadagna poche persone può quindi cambiare; prima di "
        "decidere, chi conosce le strade guardi la tabella."
    )


def _why_minutes(plan: Plan) -> str:
    within = number(plan.network.policy.reach.within_min)
    return (
        "Le persone attraversano i confini: chi abita a dieci minuti dallo sportello del comune "
        "vicino è servito, chi sta a quaranta minuti da quello del proprio no. La soglia di "
        f"{within} minuti è nelle regole del piano ({plan.network.policy.reach.source})."
    )


__all__ = ["Answer", "find_answers", "why_not_here"]
