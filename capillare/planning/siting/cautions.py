"""What a reader must know before trusting proposed sites, as Italian sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.numerals import euros, number, percent
from capillare.planning.siting.answer import OBJECTIVES_IT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capillare.geo.settings import Policy
    from capillare.planning.siting.proposal import Proposal

MOST_NAMED = 5


def find_cautions(
    proposal: Proposal, policy: Policy, *, budget_eur: float | None = None
) -> list[str]:
    """List what is unproved, given up, unused or hard to keep in a proposal."""
    return [
        *_proof_cautions(proposal, policy),
        *_size_cautions(proposal, policy, budget_eur),
        *_desk_cautions(proposal, policy),
        *_target_cautions(proposal, policy),
    ]


def _proof_cautions(proposal: Proposal, policy: Policy) -> list[str]:
    answer = proposal.answer
    cautions = [
        f"Obiettivo «{OBJECTIVES_IT[stage.objective]}»: le sedi proposte sono le migliori trovate, "
        f"non provate ottime; lo scarto dal limite dimostrato è al più {percent(stage.gap, 2)}."
        for stage in answer.stages
        if stage.status == "feasible"
    ]
    if any(stage.status == "no_solution" for stage in answer.stages):
        cautions.append("La ricerca si è fermata prima di trovare una scelta per ogni obiettivo.")
    case = proposal.case
    counts_minutes = any(stage.objective in {"minutes", "worst"} for stage in answer.stages)
    if case is not None and counts_minutes and case.far_min < policy.siting.far_min:
        cautions.append(
            f"Il territorio è grande: i minuti oltre {number(case.far_min)} contano come "
            f"{number(case.far_min)}."
        )
    if answer.given_up:
        others = ", ".join(OBJECTIVES_IT[stage.objective] for stage in answer.stages[1:])
        cautions.append(
            f"La scelta che copre più persone ne porterebbe entro la soglia altre "
            f"{number(answer.given_up)}: vi si rinuncia, entro la tolleranza, "
            f"a favore di: {others}."
        )
    return cautions


def _size_cautions(proposal: Proposal, policy: Policy, budget_eur: float | None) -> Iterator[str]:
    """Say why fewer sites are proposed than one might expect."""
    answer, case, n_sites = proposal.answer, proposal.case, len(proposal.sites)
    within = number(policy.reach.within_min)
    if case is None:
        return
    cheapest = float(case.options.cost_eur.min()) if case.options.cost_eur.size else 0.0
    n_candidates = case.candidate_ids.size
    if not (case.demand.weight > 0).any():
        yield "Nel territorio non risultano abitanti da servire: nessuna sede serve a qualcuno."
    elif n_sites == 0 and bool((case.today_min <= case.within_min).all()):
        yield f"Tutti sono già entro {within} minuti da uno sportello: non serve nessuna sede."
    elif budget_eur is not None and n_sites == 0 and budget_eur < cheapest:
        yield (
            f"{euros(budget_eur)} non bastano per nessuna sede: la meno costosa ne chiede "
            f"{euros(cheapest)}."
        )
    elif answer.n_asked is None or n_sites >= answer.n_asked or not answer.is_of_coverage:
        return
    elif n_candidates < answer.n_asked:
        yield (
            f"Sono chieste {number(answer.n_asked)} sedi, ma le località candidate sono "
            f"{number(n_candidates)}. {_enough(n_sites, within)}"
        )
    else:
        yield _enough(n_sites, within)


def _enough(n_sites: int, within: str) -> str:
    if n_sites == 0:
        return f"Nessuna sede porterebbe qualcuno in più entro {within} minuti."
    said = "Basta una sede" if n_sites == 1 else f"Bastano {number(n_sites)} sedi"
    return f"{said}: altre non porterebbero nessuno in più entro {within} minuti."


def _desk_cautions(proposal: Proposal, policy: Policy) -> list[str]:
    answer, rules, cautions = proposal.answer, policy.siting, []
    if answer.n_branches:
        cautions.append(
            f"Le sedi di punti esistenti prendono ciascuna {number(rules.branch_hours)} ore alla "
            f"settimana dalla sede principale, che ne tiene almeno {number(rules.main_seat_hours)}"
            f": ore e costi sono una scelta di Capillare ({rules.source})."
        )
    if proposal.ceased:
        named = ", ".join(proposal.ceased[:MOST_NAMED])
        more = ", …" if len(proposal.ceased) > MOST_NAMED else ""
        cautions.append(
            f"Sportelli che chiudono o si spostano: {len(proposal.ceased)} ({named}{more}). "
            f"{number(answer.adults_lost)} maggiorenni oggi entro la soglia non lo sarebbero più."
        )
    case = proposal.case
    if case is not None and case.adults_per_hour is not None:
        cautions.append(
            f"Si conta che un'ora di facilitatore alla settimana serva al più "
            f"{number(case.adults_per_hour)} maggiorenni ({rules.source})."
        )
    return cautions


def _target_cautions(proposal: Proposal, policy: Policy) -> Iterator[str]:
    sites = proposal.sites
    unable = sites[sites["is_target_honoured"].eq(other=False).fillna(value=False).astype("bool")]
    if unable.empty:
        return
    named = ", ".join(unable["locality"].head(MOST_NAMED))
    more = ", …" if len(unable) > MOST_NAMED else ""
    noun = "nuovo punto avrebbe" if len(unable) == 1 else "nuovi punti avrebbero"
    yield (
        f"{len(unable)} {noun} un obiettivo oltre il {percent(policy.siting.target_share)} dei "
        f"maggiorenni del bacino, difficile da raggiungere: {named}{more}."
    )


__all__ = ["find_cautions"]
