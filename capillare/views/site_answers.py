"""What stands behind proposed sites: each one's worth, the curve, and how sure the choice is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from capillare.geo.numerals import euros, number, percent
from capillare.geo.schema import SITE_EXPLANATIONS, SITING_CURVE, SITING_PARETO, SITING_STABILITY
from capillare.views.cached import asked, tradeoffs_of
from capillare.views.grids import show_grid
from capillare.views.long_work import awaited
from capillare.views.notes import as_text
from capillare.views.session import current

if TYPE_CHECKING:
    from capillare.geo.settings import Policy
    from capillare.planning.plan import Plan

EXPLAINED = (
    "rank",
    "locality",
    "municipality",
    "adults_nearest",
    "before_min",
    "after_min",
    "adults_lost",
    "next_locality",
    "next_municipality",
    "next_adults_fewer",
    "next_cost_eur",
    "municipalities_gaining",
)
CURVE = ("sites_opened", "adults_within", "covered_share", "adults_added", "cost_eur", "proof")
_STATE = "sites_tradeoffs"


def show_answers(plan: Plan, page: str) -> None:
    """Show explanations, curve and, once asked for, what is traded and how sure the choice is."""
    explained, curve, traded = st.tabs(
        ["Sede per sede", "Quanto vale una sede in più", "Compromessi e stabilità"]
    )
    with explained:
        show_grid(
            plan.proposal.explanations,
            SITE_EXPLANATIONS,
            EXPLAINED,
            key=f"{page}_explained",
            description="Che cosa cambia ogni sede, e che cosa la sostituirebbe",
            height=400,
        )
    with curve:
        _show_curve(plan, page)
    with traded:
        _show_tradeoffs(plan, page)


def explain_site(plan: Plan, candidate_id: str) -> str:
    """Say in Italian what one site changes, what is lost without it, and the next best."""
    rows = plan.proposal.explanations
    found = rows[rows["candidate_id"] == candidate_id]
    if found.empty:
        return ""
    row = found.to_dict("records")[0]
    parts = []
    if row["adults_nearest"]:
        parts.append(
            f"Sarebbe la più vicina per {number(row['adults_nearest'])} maggiorenni: da "
            f"{number(row['before_min'])} a {number(row['after_min'])} minuti in media."
        )
    parts.append(f"Senza, {number(row['adults_lost'])} maggiorenni resterebbero oltre la soglia.")
    if found["next_candidate_id"].notna().iloc[0]:
        fewer = int(row["next_adults_fewer"])
        change = (
            "altrettanti"
            if fewer == 0
            else f"{number(abs(fewer))} in " + ("meno" if fewer > 0 else "più")
        )
        parts.append(
            f"Alternativa: {as_text(row['next_locality'])} ({as_text(row['next_municipality'])}), "
            f"{change} entro la soglia, {euros(row['next_cost_eur'])}."
        )
    return " ".join(parts)


def tell_target(site: pd.Series, policy: Policy) -> str:
    """Say in Italian what target a new point would carry, and whether its catchment honours it."""
    if pd.isna(site["target_citizens"]):
        return ""
    most = percent(policy.siting.target_share)
    share = percent(site["target_of_catchment_share"], 1)
    verdict = (
        f"il bacino lo regge, perché si accetta fino al {most}"
        if site["is_target_honoured"]
        else f"oltre il {most} che si accetta, difficile da raggiungere"
    )
    return (
        f"Obiettivo: {number(site['target_citizens'])} persone, il {share} dei maggiorenni del "
        f"bacino; {verdict}."
    )


def _show_curve(plan: Plan, page: str) -> None:
    curve = plan.proposal.curve
    if len(curve) > 1:
        st.line_chart(
            curve.assign(share=100.0 * curve["covered_share"]),
            x="sites_opened",
            y="share",
            x_label="Nuove sedi",
            y_label="Maggiorenni entro la soglia, %",
            height=260,
        )
    st.caption(
        "Ogni passo è scelto da capo e con la sua prova: non dice quali sedi aprire per prime. "
        "Le richieste che impongono sedi o quote qui non valgono."
    )
    show_grid(
        curve,
        SITING_CURVE,
        CURVE,
        key=f"{page}_curve",
        description="Maggiorenni entro la soglia con zero, una, due sedi",
        height=320,
    )


def _show_tradeoffs(plan: Plan, page: str) -> None:
    scenario, proposal = current().scenario, plan.proposal
    if proposal.pareto is None and st.session_state.get(_STATE) != scenario:
        st.caption(
            "Quante persone si coprono se nessuna località può restare troppo lontana, e quanto "
            "spesso ogni sede sarebbe scelta se i minuti fossero sbagliati del loro errore noto."
        )
        if not st.button("Calcola (circa mezzo minuto)", key=f"{page}_tradeoffs"):
            return
        st.session_state[_STATE] = scenario
    if proposal.pareto is None or proposal.stability is None:
        inputs = current().inputs
        drawn = awaited(
            "tradeoffs",
            asked(scenario, inputs),
            lambda: tradeoffs_of(scenario, inputs),
            title="Provo la scelta con altri limiti e altri minuti",
            page=page,
        )
        if drawn is None:
            return
        front, stability = drawn
    else:
        front, stability = proposal.pareto, proposal.stability
    proposed = stability[stability["is_proposed"]]
    if len(proposed):
        firm = int((proposed["near_share"] >= 0.8).sum())  # noqa: PLR2004 (four draws in five)
        st.markdown(
            f"{firm} sedi proposte su {len(proposed)} restano lì, o a 10 minuti, in almeno "
            f"{percent(0.8)} delle {number(proposed['n_draws'].iloc[0])} estrazioni; errore medio "
            f"dei minuti: {number(plan.network.travel_error.mean_absolute_error_min, 1)}."
        )
    show_grid(
        stability,
        SITING_STABILITY,
        ("locality", "municipality", "is_proposed", "chosen_share", "near_share"),
        key=f"{page}_stability",
        description="Quanto spesso ogni località è scelta se i minuti sono sbagliati",
        height=320,
    )
    show_grid(
        front,
        SITING_PARETO,
        ("max_min", "worst_min", "adults_within", "covered_share", "proof"),
        key=f"{page}_pareto",
        description="Persone coperte se nessuna località può superare certi minuti",
        height=320,
    )


__all__ = ["explain_site", "show_answers", "tell_target"]
