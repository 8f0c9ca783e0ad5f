"""Why each application of a call is funded, waits or is refused, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capillare.geo.numerals import Language, euros, number

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

    from capillare.planning.network import Network
    from capillare.planning.siting.calls import Call, Ceiling

    Row = Mapping[Hashable, Any]

_MAX_NAMED = 3

_WORDS: dict[Language, dict[str, str]] = {
    "it": {
        "gains": "{n} maggiorenni in più entro {m} minuti in auto, {o} con almeno 65 anni: {towns}",
        "score": "punteggio {score}",
        "by_score": "nessuno in più oltre a chi raggiungono le altre: entra per il punteggio",
        "reserve": "riserva numero {k}: {gains}",
        "blocked": "accanto alle finanziate supererebbe {ceiling} di {excess}",
        "swap": "per finanziarla uscirebbe {others}: {lost}",
        "swap_many": "per finanziarla uscirebbero {others}: {lost}",
        "lost": "la scelta varrebbe {n} maggiorenni in meno, punteggi compresi",
        "lost_people": "la scelta varrebbe {n} maggiorenni in meno",
        "even": "al posto di {others} varrebbe altrettanto",
        "no_seats": "nessuna sede utilizzabile dichiarata: non si sa chi raggiungerebbe",
        "no_score": "senza punteggio, che le regole dell'avviso richiedono",
        "low_score": "punteggio {score}, sotto il minimo di {least}",
        "adds_nobody": "non porta nessuno in più entro {m} minuti: dei {c} maggiorenni del suo "
        "bacino, tutti hanno già uno sportello",
        "few": "da sola porta {n} maggiorenni in più entro {m} minuti, sotto il minimo di {k}",
        "covered": "da sola porterebbe {n} maggiorenni in più, ma accanto alle domande finanziate "
        "ne porta meno di {k}",
        "alone": "da sola supera {ceiling} di {excess}",
        "over_budget": "il bilancio dell'avviso",
        "over_body_cap": "il limite dell'ente {name}",
        "over_province_cap": "il limite della provincia {name}",
        "applications": "{n} domande",
        "one_application": "una domanda",
        "more_towns": " e altri {n} comuni",
        "one_more_town": " e un altro comune",
        "more_others": " e altre {n}",
        "one_more_other": " e un'altra",
    },
    "en": {
        "gains": "{n} more adults within {m} minutes by car, {o} aged 65 or older: {towns}",
        "score": "score {score}",
        "by_score": "nobody more than the others reach: it enters by its score",
        "reserve": "number {k} of the reserve: {gains}",
        "blocked": "beside those funded it would pass {ceiling} by {excess}",
        "swap": "to fund it {others} would leave: {lost}",
        "swap_many": "to fund it {others} would leave: {lost}",
        "lost": "the choice would be worth {n} adults less, scores counted as adults",
        "lost_people": "the choice would be worth {n} adults less",
        "even": "in place of {others} it would be worth as much",
        "no_seats": "no usable seat declared: nobody knows whom it would reach",
        "no_score": "no score, which the rules of the call ask for",
        "low_score": "score {score}, under the minimum of {least}",
        "adds_nobody": "brings nobody more within {m} minutes: of the {c} adults in its "
        "catchment, all have a desk already",
        "few": "alone it brings {n} more adults within {m} minutes, under the minimum of {k}",
        "covered": "alone it would bring {n} more adults, but beside those funded it brings fewer "
        "than {k}",
        "alone": "alone it passes {ceiling} by {excess}",
        "over_budget": "the budget of the call",
        "over_body_cap": "the limit of body {name}",
        "over_province_cap": "the limit of province {name}",
        "applications": "{n} applications",
        "one_application": "one application",
        "more_towns": " and {n} more municipalities",
        "one_more_town": " and one more municipality",
        "more_others": " and {n} more",
        "one_more_other": " and one more",
    },
}


def say_why(
    table: pd.DataFrame,
    call: Call,
    order: NDArray[np.intp],
    newly: NDArray[np.int64],
    network: Network,
) -> list[str]:
    """Say for each row of table ``ranked_applications`` why it stands where it does.

    Parameters
    ----------
    table
        Every column but ``reasons``.
    call
        The question, applications in the order of their ids.
    order
        Position in `call` of each row.
    newly
        Row that first reaches each place, -1 for none, shape (n_places,).
    network
        Names, rules and language.
    """
    lang = network.scenario.lang
    words = _WORDS[lang]
    towns = _towns(newly, network)
    funded = order[(table["outcome"] == "funded").to_numpy()]
    names = table.set_index("application_id")["entity"]
    reasons = []
    for position, row in enumerate(table.to_dict("records")):
        gains = _gains(row, towns.get(position, []), network)
        if row["outcome"] == "funded":
            reasons.append(gains + _scored(row, network))
        elif row["outcome"] == "reserve":
            waiting = words["reserve"].format(k=number(row["reserve_rank"], lang=lang), gains=gains)
            beside = call.broken(np.append(funded, order[position]))
            blocks = [
                words["blocked"].format(
                    ceiling=_ceiling(ceiling, lang), excess=_excess(ceiling, excess, lang)
                )
                for ceiling, excess in beside
            ]
            parts = [waiting + _scored(row, network), *blocks, *_swap(row, names, network)]
            reasons.append("; ".join(parts))
        else:
            reasons.append(_refusal(row, call, int(order[position]), network))
    return reasons


def _gains(row: Row, towns: list[str], network: Network) -> str:
    lang = network.scenario.lang
    words = _WORDS[lang]
    if not row["adults_gained"]:
        return words["by_score"]
    shown, rest = towns[:_MAX_NAMED], len(towns) - _MAX_NAMED
    more = "" if rest < 1 else words["one_more_town" if rest == 1 else "more_towns"]
    return words["gains"].format(
        n=number(_figure(row, "adults_gained"), lang=lang),
        m=number(network.policy.reach.within_min, lang=lang),
        o=number(_figure(row, "over65_gained"), lang=lang),
        towns=", ".join(shown) + more.format(n=number(rest, lang=lang)),
    )


def _towns(newly: NDArray[np.int64], network: Network) -> dict[int, list[str]]:
    """Name the municipalities that each row newly reaches, most adults first."""
    lang = network.scenario.lang
    names = network.territory.municipalities.set_index("istat_code")["municipality"]
    gained = network.territory.places.assign(row=newly)[newly >= 0]
    summed = gained.groupby(["row", "istat_code"])[["adults"]].sum().reset_index()
    summed = summed.sort_values(["row", "adults", "istat_code"], ascending=[True, False, True])
    named: dict[int, list[str]] = {}
    for entry in summed.to_dict("records"):
        written = f"{names[entry['istat_code']]} {number(entry['adults'], lang=lang)}"
        named.setdefault(int(entry["row"]), []).append(written)
    return named


def _scored(row: Row, network: Network) -> str:
    score = _figure(row, "score")
    if np.isnan(score) or not network.policy.calls.adults_per_score:
        return ""
    lang = network.scenario.lang
    return "; " + _WORDS[lang]["score"].format(score=_points(score, lang))


def _swap(row: Row, names: pd.Series, network: Network) -> list[str]:
    if pd.isna(row["displaces"]):
        return []
    lang = network.scenario.lang
    words = _WORDS[lang]
    out = str(row["displaces"]).split(";")
    shown, rest = out[:_MAX_NAMED], len(out) - _MAX_NAMED
    more = "" if rest < 1 else words["one_more_other" if rest == 1 else "more_others"]
    others = ", ".join(f"{names[one]} ({one})" for one in shown) + more.format(n=rest)
    lost = _figure(row, "worth_lost_people")
    if not lost > 0:
        return [words["even"].format(others=others)]
    said = words["lost" if network.policy.calls.adults_per_score else "lost_people"]
    told = said.format(n=number(lost, lang=lang))
    return [words["swap" if len(out) == 1 else "swap_many"].format(others=others, lost=told)]


def _refusal(row: Row, call: Call, position: int, network: Network) -> str:
    lang = network.scenario.lang
    words = _WORDS[lang]
    rule = str(row["refusal_rule"])
    if rule.startswith("over_"):
        return passed_alone(call, position, rule, lang)
    least_adults = max(network.policy.calls.least_adults, 1)
    if rule == "adds_nobody" and row["adults_alone"]:
        rule = "few" if row["adults_alone"] < least_adults else "covered"
    least = network.policy.calls.least_score or 0.0
    return words[rule].format(
        n=number(_figure(row, "adults_alone"), lang=lang),
        m=number(network.policy.reach.within_min, lang=lang),
        k=number(least_adults, lang=lang),
        c=number(_figure(row, "catchment_adults"), lang=lang),
        score=_points(_figure(row, "score"), lang),
        least=_points(least, lang),
    )


def passed_alone(call: Call, position: int, rule: str, lang: Language) -> str:
    """Say which ceiling an application passes by itself, and by how much."""
    alone = call.broken(np.array([position], dtype=np.intp))
    ceiling, excess = next(entry for entry in alone if entry[0].rule == rule)
    return _WORDS[lang]["alone"].format(
        ceiling=_ceiling(ceiling, lang), excess=_excess(ceiling, excess, lang)
    )


def _ceiling(ceiling: Ceiling, lang: Language) -> str:
    return _WORDS[lang][ceiling.rule].format(name=ceiling.name)


def _excess(ceiling: Ceiling, excess: float, lang: Language) -> str:
    if ceiling.unit == "EUR":
        return euros(excess, lang=lang)
    key = "one_application" if excess == 1 else "applications"
    return _WORDS[lang][key].format(n=number(excess, lang=lang))


def _points(score: float, lang: Language) -> str:
    return number(score, int(score % 1 > 0), lang=lang) if score >= 0 else ""


def _figure(row: Row, column: str) -> float:
    return float(row[column])


__all__ = ["passed_alone", "say_why"]
